"""Public test doubles: one for every protocol, so that nobody has to patch anything.

>>> from reward_agent.testing import ScoringVerifier, LengthPreference, agent_of
>>> agent = agent_of(verifiers=[ScoringVerifier("polite", lambda text: float("please" in text))])
"""

from reward_agent.testing.doubles import (
    BrokenEvidence,
    BrokenJudger,
    BrokenPreference,
    BrokenRouter,
    BrokenVerifier,
    DrawingChat,
    FixedEvidence,
    FixedRouter,
    LengthPreference,
    ListeningChat,
    OverlapEvidence,
    ScoringVerifier,
    ScriptedChat,
    ScriptedSandbox,
    SumJudger,
    agent_of,
)

__all__ = [
    "BrokenEvidence",
    "BrokenJudger",
    "BrokenPreference",
    "BrokenRouter",
    "BrokenVerifier",
    "DrawingChat",
    "FixedEvidence",
    "FixedRouter",
    "LengthPreference",
    "ListeningChat",
    "OverlapEvidence",
    "ScoringVerifier",
    "ScriptedChat",
    "ScriptedSandbox",
    "SumJudger",
    "agent_of",
]
