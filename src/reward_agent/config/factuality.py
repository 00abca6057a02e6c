"""`[verify.factuality]`: how claims are found and held against evidence."""

from reward_agent.config.section import Off

FactualitySettings = Off
