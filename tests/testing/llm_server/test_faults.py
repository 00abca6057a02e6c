from collections import Counter

import pytest

from reward_agent.testing.llm_server import Faults


def drawn(faults: Faults, count: int = 2000) -> list[str | None]:
    return [faults.draw(str(number).encode()) for number in range(count)]


def test_faults_come_in_their_shares() -> None:
    counts = Counter(drawn(Faults.parse("429=0.2, hang=0.1"), 5000))
    assert 850 < counts["429"] < 1150
    assert 400 < counts["hang"] < 600
    assert counts[None] == 5000 - counts["429"] - counts["hang"]


def test_the_same_seed_gives_the_same_faults_and_another_gives_others() -> None:
    assert drawn(Faults.parse("429=0.5")) == drawn(Faults.parse("429=0.5"))
    assert drawn(Faults.parse("429=0.5")) != drawn(Faults.parse("429=0.5", seed=1))


def test_a_request_that_comes_again_draws_afresh() -> None:
    faults = Faults.parse("429=0.5")
    assert len({faults.draw(b"the same") for _ in range(50)}) == 2


def test_without_shares_nothing_goes_wrong() -> None:
    assert set(drawn(Faults())) == {None}


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("429", "kind=share"),
        ("429=often", "kind=share"),
        ("fire=0.1", "there is no fault 'fire'"),
        ("429=0.6,500=0.6", "sum to at most 1"),
        ("429=-0.1", "shares of 0 or more"),
    ],
)
def test_what_cannot_be_a_share_is_refused(text: str, message: str) -> None:
    with pytest.raises(ValueError, match=message):
        Faults.parse(text)
