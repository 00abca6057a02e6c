"""The pipe between the server and a worker, both ends of it without a process."""

import asyncio

from reward_agent.service.judges import Done, Job
from reward_agent.service.judges.frames import AT_MOST, Answer, Ask, Cancel, Frame, Outbox, Ping, next_frames, packed
from reward_agent.service.judges.work import Desk
from reward_agent.service.judges.worker import answer_all
from reward_agent.testing import agent_of
from reward_agent.types import Candidate, Decision, Failure, Judgment, Message, Plan, Sample, Signal, Usage, Verdict
from tests.service.doubles import HeldVerifier

SAMPLE = Sample(
    id="s",
    prompt=(Message(role="system", content="Be kind."), Message(role="user", content="half \ud800")),
    candidates=(Candidate(text="a", source="one"), Candidate(text="b")),
)
DONE = Done(
    judgment=Judgment(
        sample_id="s",
        plan=Plan(checks=("x",), reason="r"),
        signals=(Signal(name="x", kind="verification", verdicts=(Verdict(score=0.5), Verdict(score=None))),),
        failures=(Failure(source="y", kind="timeout", error="half \ud800"),),
        decision=Decision(scores=(1.0, 0.25), reason="sum"),
        usage=Usage(calls=2, tokens=3, completion_tokens=1, cached=1, seconds=0.5, cost=0.1),
        roles={"coder": Usage(calls=1), "reader": Usage()},
    ),
    document=b"{}",
    judge_s=0.1,
    sandbox_s=(0.2,),
)


async def read(content: bytes) -> list[Frame]:
    reader = asyncio.StreamReader()
    reader.feed_data(content)
    reader.feed_eof()
    found: list[Frame] = []
    while frames := await next_frames(reader):
        found.extend(frames)
    return found


def test_frames_come_out_as_they_went_in() -> None:
    job = Job(sample=SAMPLE, checks=("x",), verify_only=True, whole=True, timeout_s=1.5)
    frames: list[Frame] = [
        Ask(1, job),
        Answer(2, DONE),
        Answer(3, Done(judgment=Judgment(sample_id="t", plan=Plan(checks=(), reason="")))),
    ]
    assert asyncio.run(read(packed(*frames[:2]) + packed(frames[2]))) == frames


def test_frames_of_one_round_leave_together_and_never_too_many() -> None:
    async def go() -> list[bytes]:
        written: list[bytes] = []
        outbox = Outbox(write=written.append)
        for number in range(AT_MOST + 2):
            outbox.put(Cancel(number))
        await asyncio.sleep(0)
        await asyncio.sleep(0)
        return written

    written = asyncio.run(go())
    assert len(written) == 2
    assert asyncio.run(read(b"".join(written))) == [Cancel(number) for number in range(AT_MOST + 2)]


def test_a_cancel_through_the_pipe_stops_the_work_and_the_worker_goes_on() -> None:
    async def go() -> None:
        verifier = HeldVerifier()
        sent: list[Frame] = []
        answered = asyncio.Event()

        def send(frame: Frame) -> None:
            sent.append(frame)
            if isinstance(frame, Answer):
                answered.set()

        reader = asyncio.StreamReader()
        reader.feed_data(packed(Ask(1, Job(sample=SAMPLE))))
        answering = asyncio.create_task(answer_all(Desk(agent=agent_of(verifiers=[verifier])), reader, send))
        async with asyncio.timeout(5):
            await verifier.began.wait()
            reader.feed_data(packed(Cancel(1), Ping()))
            await verifier.stopped.wait()
            verifier.let_go.set()
            reader.feed_data(packed(Ask(2, Job(sample=SAMPLE))))
            await answered.wait()
            reader.feed_eof()
            await answering
        assert [frame.number for frame in sent if isinstance(frame, Answer)] == [2]

    asyncio.run(go())


def test_a_deadline_in_the_job_ends_the_work_in_the_worker() -> None:
    async def go() -> None:
        verifier = HeldVerifier()
        done = await Desk(agent=agent_of(verifiers=[verifier])).done(Job(sample=SAMPLE, timeout_s=0.001))
        assert [failure.kind for failure in done.judgment.failures] == ["deadline"]
        assert verifier.stopped.is_set()

    asyncio.run(go())
