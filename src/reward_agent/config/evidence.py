"""`[evidence]`: where passages about a claim come from."""

from reward_agent.config.section import Off

EvidenceSettings = Off
