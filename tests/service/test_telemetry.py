"""What the service sees of its own rewards, and shows."""

import asyncio

import pytest

from reward_agent.service.pages.page import POLICY
from reward_agent.service.telemetry import Telemetry
from reward_agent.service.trends import Recent, Trends
from reward_agent.testing import BrokenVerifier, ScoringVerifier, agent_of
from tests.service.doubles import SAMPLE, LoopJudges, a_service, asked, client_of


class FakeClock:
    now = 0.0

    def __call__(self) -> float:
        return self.now


def test_scores_that_follow_length_correlate_and_constant_ones_say_nothing() -> None:
    trends = Trends(first_hour_s=3600, clock=FakeClock())
    for length in range(40):
        trends.scored("longer", [2.0 * length], [length])
        trends.scored("shorter", [-1.0 * length], [length])
        trends.scored("flat", [1.0], [length])
    assert trends.correlation("longer") == pytest.approx(1.0)
    assert trends.correlation("shorter") == pytest.approx(-1.0)
    assert trends.correlation("flat") is None


def test_drift_is_unknown_in_the_first_hour_and_then_in_its_deviations() -> None:
    clock = FakeClock()
    trends = Trends(first_hour_s=3600, clock=clock)
    trends.scored("s", [0.0, 1.0] * 20, [1] * 40)
    assert trends.drift("s") is None
    clock.now = 4000
    trends.scored("s", [1.0, 2.0] * 20, [1] * 40)
    assert trends.drift("s") == pytest.approx(2.0)
    clock.now = 4000 + 2 * 3600
    assert trends.drift("s") is None


def test_an_abstention_is_no_score_of_zero() -> None:
    trends = Trends(first_hour_s=3600, clock=FakeClock())
    trends.scored("s", [None] * 50, [1] * 50)
    assert trends.correlation("s") is None


def test_recent_counts_forget_after_an_hour() -> None:
    clock = FakeClock()
    recent = Recent(clock=clock)
    recent.add("a", 3)
    clock.now = 1800
    recent.add("a")
    assert recent.counts()["a"] == 4
    clock.now = 3700
    assert recent.counts()["a"] == 1


def test_outcomes_groups_and_failures_are_counted() -> None:
    agent = agent_of(
        verifiers=[
            ScoringVerifier("instructions", lambda text: None if text == "?" else float(len(text))),
            BrokenVerifier("facts"),
        ]
    )
    service = a_service(LoopJudges(agent=agent))
    samples = [
        {"prompt": "flat", "candidates": ["a", "b"]},
        {"prompt": "none", "candidates": ["?", "a"]},
        {"prompt": "single", "candidates": ["a"]},
    ]
    assert asked("POST", "/v1/score", service=service, json={"samples": samples}).status_code == 200
    value = service.reception.telemetry.value
    assert value("signal_samples_total", signal="instructions", outcome="scored") == 2
    assert value("signal_samples_total", signal="instructions", outcome="abstained") == 1
    assert value("signal_samples_total", signal="facts", outcome="failed") == 3
    assert value("failures_total", source="facts", kind="error") == 3
    assert value("groups_total", variance="without") == 1
    assert value("samples_total", status="scored") == 2
    text = asked("GET", "/metrics", service=service).text
    assert 'reward_agent_http_requests_total{path="/v1/score",status="200"} 1.0' in text


def test_a_path_of_the_clients_own_is_no_label() -> None:
    service = a_service()
    asked("GET", "/secret-words", service=service)
    text = asked("GET", "/metrics", service=service).text
    assert "secret" not in text
    assert 'path="other",status="404"' in text


@pytest.mark.parametrize(("turned", "flips"), [((0.0, 1.0), 1.0), ((2.0, 1.0), 0.0), ((1.0, 1.0), 0.0)])
def test_a_flip_is_a_winner_that_wins_in_one_order_alone(turned: tuple[float, float], flips: float) -> None:
    telemetry = Telemetry()
    telemetry.turned((1.0, 0.0), turned)
    assert telemetry.value("flips_total") == flips
    assert telemetry.value("flip_probes_total") == 1


def test_samples_are_judged_in_the_other_order_now_and_then() -> None:
    async def ask() -> None:
        judges = LoopJudges()
        service = a_service(judges, flip_probe=1.0)
        async with client_of(service) as client:
            await client.post("/v1/score", json={"samples": [SAMPLE]})
            await client.post("/v1/score", json={"samples": [SAMPLE]})
        assert judges.jobs[1].sample.id == "s@reversed"
        assert service.reception.telemetry.value("flip_probes_total") >= 1
        assert service.reception.telemetry.value("samples_total", status="scored") == 2

    asyncio.run(ask())


def test_the_dashboard_shows_trouble_escaped_and_fetches_nothing() -> None:
    service = a_service(LoopJudges(agent=agent_of(verifiers=[BrokenVerifier("<script>alert(1)</script>")])))
    asked("POST", "/v1/score", service=service, json={"samples": [SAMPLE]})
    reply = asked("GET", "/dashboard", service=service)
    assert reply.headers["content-security-policy"] == POLICY
    assert "default-src 'none'" in POLICY
    assert "&lt;script&gt;alert(1)&lt;/script&gt; failed or timed out on 1 samples" in reply.text
    assert "<script" not in reply.text
    assert "http" not in reply.text.replace("http-equiv", "")


def test_the_docs_show_every_endpoint_with_an_example() -> None:
    reply = asked("GET", "/docs")
    for path in (
        "/v1/judge",
        "/v1/score",
        "/v1/signals",
        "/v1/group",
        "/evaluate/",
        "/get_reward",
        "/verify",
        "/classify",
    ):
        assert f"POST {path}</code>" in reply.text
        assert f"127.0.0.1:8000{path} " in reply.text
    assert "<script" not in reply.text
    assert "cdn" not in reply.text
