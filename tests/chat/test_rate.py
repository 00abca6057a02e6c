from hypothesis import given
from hypothesis import strategies as st

from reward_agent.chat.rate import Rate


def test_a_seconds_worth_is_there_at_once_and_the_rest_is_waited_for() -> None:
    rate = Rate(per_minute=120)
    for _ in range(2):
        assert rate.wait_s(1, 0.0) == 0
        rate.take(1, 0.0)
    assert rate.wait_s(1, 0.0) == 0.5
    assert rate.wait_s(1, 0.5) == 0


def test_more_than_a_second_holds_may_be_taken_and_is_paid_for_by_the_next() -> None:
    rate = Rate(per_minute=600)
    assert rate.wait_s(100, 0.0) == 0
    rate.take(100, 0.0)
    assert rate.wait_s(1, 0.0) > 9


def test_what_was_not_used_comes_back() -> None:
    rate = Rate(per_minute=600)
    rate.take(100, 0.0)
    rate.give_back(95)
    assert rate.wait_s(5, 0.0) == 0


@given(st.lists(st.floats(0.1, 50), min_size=1, max_size=80), st.integers(60, 6000))
def test_no_minute_holds_more_than_its_limit_and_a_second_and_the_last(amounts: list[float], limit: int) -> None:
    rate, now, taken = Rate(per_minute=limit), 0.0, []
    for amount in amounts:
        now += rate.wait_s(amount, now)
        rate.take(amount, now)
        taken.append((now, amount))
    for start, _ in taken:
        within = [amount for at, amount in taken if start <= at < start + 60]
        assert sum(within[:-1]) <= limit * 61 / 60 + max(amounts) + 1e-6
