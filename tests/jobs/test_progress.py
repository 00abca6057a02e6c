import io

from rich.console import Console

from reward_agent.jobs.progress import shown_progress
from reward_agent.jobs.run import Tally


def last_line(tally: Tally) -> str:
    stream = io.StringIO()
    with shown_progress("pairs", Console(file=stream, width=200)) as watch:
        watch(tally)
    return stream.getvalue().strip().splitlines()[-1]


def test_what_a_run_has_cost_so_far_is_shown_with_its_failures() -> None:
    line = last_line(Tally(total=10, done=4, failures=2, calls=12, tokens=3_456, cost=1.239))
    assert "4 of 10 judged" in line
    assert "2 failures" in line
    assert "12 calls, 3,456 tokens, $1.24" in line


def test_a_run_that_asks_no_model_speaks_of_none() -> None:
    line = last_line(Tally(total=10, done=10, resumed=3))
    assert "3 of them before" in line
    assert "calls" not in line
    assert "$" not in line
