"""`[verify.factuality]`: how claims are found and held against evidence."""

from typing import Annotated, Literal

from pydantic import Discriminator, Field

from reward_agent.config.section import Off, Section
from reward_agent.extras import ENTAILMENT, not_installed


class FactualitySection(Section):
    """What both ways have in common. `chat`: the model that is asked. `passage_chars`: how much of a passage is shown.
    `evidence_chars`: how much evidence a prompt shows for each claim, and for four at least, beyond the best passage
    of each. `lookups_in_flight`: of one sample."""

    chat: str = "default"
    passage_chars: int = Field(default=500, ge=100, le=20_000)
    evidence_chars: int = Field(default=450, ge=100, le=20_000)
    lookups_in_flight: int = Field(default=8, ge=1, le=256)


class GroupedFactuality(FactualitySection):
    """The claims on which candidates differ, each decided once. `claims`: how many are looked at for a pair, and half
    as many again with each doubling of the candidates. `prompt_chars`: how much of the candidates one prompt shows;
    a candidate is shortened where it is longer than its share of that and than `candidate_chars`."""

    type: Literal["grouped"]
    claims: int = Field(default=8, ge=1, le=64)
    prompt_chars: int = Field(default=24_000, ge=2_000, le=1_000_000)
    candidate_chars: int = Field(default=3_000, ge=200, le=1_000_000)


class PairwiseFactuality(FactualitySection):
    """The paper's way: pairs, their differences, ratings. `differences`: how many are looked up for a pair. `pairs`:
    how many are drawn, as many as there are candidates where it is not given. `everyone`: every candidate is drawn at
    least once. `shorter_wins`: of two equally correct answers the shorter one rates higher."""

    type: Literal["pairwise"]
    differences: int = Field(default=1, ge=1, le=16)
    pairs: int | None = Field(default=None, ge=1, le=100_000)
    everyone: bool = True
    shorter_wins: bool = False
    candidate_chars: int = Field(default=12_000, ge=200, le=1_000_000)


def _model_at_hand() -> str:
    """Resolved once, with the settings: a run's folder says which one judged, and is not resumed with the other."""
    return "none" if not_installed(ENTAILMENT) else "embedded"


class GroundedFactuality(Section):
    """No language model: claims by rules, held against the evidence's passages by their words and, where these leave
    it open, by a small entailment model. Without evidence there is no factuality signal. `claims`: how many of each
    candidate are looked up at most. `model`: "embedded", the entailment model that ships with the package; "none", the
    words alone; or the folder of one's own (training/README.md says how to make one). A model needs the extra
    `entailment`; where nothing is said it is "embedded" if that is installed, else "none". `entailment`: what the model
    reads: "open", the sentences that the words leave open; "all", every sentence, in more time."""

    type: Literal["grounded"]
    claims: int = Field(default=8, ge=1, le=64)
    model: str = Field(default_factory=_model_at_hand, min_length=1)
    entailment: Literal["open", "all"] = "open"
    lookups_in_flight: int = Field(default=8, ge=1, le=256)


FactualitySettings = Annotated[GroupedFactuality | PairwiseFactuality | GroundedFactuality | Off, Discriminator("type")]
