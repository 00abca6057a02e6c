"""How a client asks: again where that helps, never past its deadline, and with what it was told to send."""

import pickle
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from email.utils import formatdate
from typing import Any

import pytest

from reward_agent.clients.trl import RewardServiceError, Service
from tests.clients.faulty import Fault, FaultyService

QUERY = {"query": ["ab"], "prompts": ["a"], "labels": [None]}


@dataclass(slots=True)
class Clock:
    """Time that passes only in sleep."""

    now: float = 0.0
    sleeps: list[float] = field(default_factory=list)

    def __call__(self) -> float:
        return self.now

    def sleep(self, seconds: float) -> None:
        self.sleeps.append(seconds)
        self.now += seconds


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def asking(service: FaultyService, clock: Clock) -> Callable[..., Any]:
    def ask(deadline_s: float = 60.0) -> Any:
        return Service(service.url, deadline_s=deadline_s, clock=clock, sleep=clock.sleep).post("/get_reward", QUERY)

    return ask


def test_a_busy_service_is_asked_again_after_the_time_it_names(
    service: FaultyService, asking: Callable[..., Any], clock: Clock
) -> None:
    service.faults = [Fault(status=429, headers={"Retry-After": "7"}), Fault(status=503, headers={"Retry-After": "3"})]

    assert asking()["rewards"] == [2.0]
    assert 7 <= clock.sleeps[0] < 9
    assert 3 <= clock.sleeps[1] < 4


def test_a_date_to_ask_again_at_is_read_too(service: FaultyService, asking: Callable[..., Any], clock: Clock) -> None:
    service.faults = [Fault(status=503, headers={"Retry-After": formatdate(time.time() + 20, usegmt=True)})]

    asking()

    assert 15 < clock.sleeps[0] < 25


@pytest.mark.parametrize("nonsense", ["soon", "-5", "nan", "1e9x", ""])
def test_a_time_to_wait_that_cannot_be_read_is_no_time(
    service: FaultyService, asking: Callable[..., Any], clock: Clock, nonsense: str
) -> None:
    service.faults = [Fault(status=429, headers={"Retry-After": nonsense})]

    asking()

    assert 0.2 <= clock.sleeps[0] <= 0.5


def test_pauses_grow_between_tries(service: FaultyService, asking: Callable[..., Any], clock: Clock) -> None:
    service.faults = [Fault(status=502) for _ in range(8)]

    asking()

    assert clock.sleeps[-1] > 4 * clock.sleeps[0]
    assert max(clock.sleeps) <= 10


def test_nothing_is_asked_past_the_deadline(service: FaultyService, asking: Callable[..., Any], clock: Clock) -> None:
    service.faults = [Fault(status=503) for _ in range(99)]

    with pytest.raises(RewardServiceError, match="HTTP 503"):
        asking(deadline_s=10.0)

    assert clock.now < 10


def test_a_wait_that_ends_after_the_deadline_is_not_begun(
    service: FaultyService, asking: Callable[..., Any], clock: Clock
) -> None:
    service.faults = [Fault(status=429, headers={"Retry-After": "3600"})]

    with pytest.raises(RewardServiceError, match="429"):
        asking(deadline_s=10.0)

    assert clock.sleeps == []


def test_a_reply_that_is_cut_off_is_asked_for_again(service: FaultyService, asking: Callable[..., Any]) -> None:
    service.faults = [Fault(text='{"rewards": [1.0', cut=True)]

    assert asking()["rewards"] == [2.0]


def test_a_service_that_is_not_there_is_asked_until_the_deadline(clock: Clock) -> None:
    absent = Service("http://127.0.0.1:9", deadline_s=30.0, clock=clock, sleep=clock.sleep)

    with pytest.raises(RewardServiceError, match="Connection refused") as caught:
        absent.post("/get_reward", QUERY)

    assert len(clock.sleeps) > 3
    assert not caught.value.misconfigured


def test_a_service_that_says_nothing_costs_no_more_than_the_deadline(service: FaultyService) -> None:
    service.faults = [Fault(hang=True)]
    began = time.monotonic()

    with pytest.raises(RewardServiceError, match="TimeoutError"):
        Service(service.url, deadline_s=0.2).post("/get_reward", QUERY)

    assert time.monotonic() - began < 5


@pytest.mark.parametrize("text", ["<html>gateway</html>", "", "\x00\xff", '{"rewards": [1'])
def test_a_reply_that_is_no_json_is_an_error_at_once(
    service: FaultyService, asking: Callable[..., Any], clock: Clock, text: str
) -> None:
    service.faults = [Fault(text=text)]

    with pytest.raises(RewardServiceError, match="no JSON"):
        asking()

    assert clock.sleeps == []


@pytest.mark.parametrize("status", [400, 401, 403, 404, 413, 422, 500])
def test_a_refusal_is_not_repeated_and_says_why(
    service: FaultyService, asking: Callable[..., Any], clock: Clock, status: int
) -> None:
    service.faults = [Fault(status=status, text='{"detail": "no\x1b[31m such thing"}')]

    with pytest.raises(RewardServiceError, match=r"no .31m such thing") as caught:
        asking()

    assert clock.sleeps == []
    assert caught.value.status == status
    assert caught.value.misconfigured == (status in (401, 403, 404))


def test_connections_are_kept(service: FaultyService) -> None:
    client = Service(service.url)
    for _ in range(5):
        client.post("/get_reward", QUERY)

    assert service.connections == 1


def test_a_kept_connection_that_the_service_closed_is_replaced_without_a_pause(
    service: FaultyService, clock: Clock
) -> None:
    client = Service(service.url, clock=clock, sleep=clock.sleep)
    client.post("/get_reward", QUERY)
    service.faults = [Fault(drop=True)]

    assert client.post("/get_reward", QUERY)["rewards"] == [2.0]
    assert clock.sleeps == [0.0]
    assert service.connections == 2


def test_the_token_of_the_environment_is_sent_and_never_told(
    service: FaultyService, asking: Callable[..., Any], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("REWARD_AGENT_TOKEN", "very-secret")
    service.faults = [Fault(status=400, text="no")]

    with pytest.raises(RewardServiceError) as caught:
        asking()

    assert service.tokens == ["Bearer very-secret"]
    assert "very-secret" not in str(caught.value) + repr(caught.value)


def test_the_service_is_told_what_is_left_of_the_deadline(service: FaultyService, asking: Callable[..., Any]) -> None:
    service.faults = [Fault(status=503, headers={"Retry-After": "20"})]

    asking(deadline_s=60.0)

    first, second = (body["timeout_s"] for body in service.bodies)
    assert 58 < first < 60
    assert 34 < second < 40


@pytest.mark.parametrize("url", ["", "127.0.0.1:8000", "ftp://host", "http://", "http://user:secret@host:8000"])
def test_an_address_that_cannot_work_is_refused_without_telling_a_password(
    url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("REWARD_AGENT_URL", raising=False)

    with pytest.raises(ValueError, match=r"http://127\.0\.0\.1:8000") as caught:
        Service(url)

    assert "secret" not in str(caught.value)


def test_a_client_can_be_pickled(service: FaultyService) -> None:
    client = Service(service.url, deadline_s=9.0)
    client.post("/get_reward", QUERY)

    copy = pickle.loads(pickle.dumps(client))

    assert copy.deadline_s == 9.0
    assert copy.post("/get_reward", QUERY)["rewards"] == [2.0]
