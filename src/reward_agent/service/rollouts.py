"""Single responses -> samples of all responses to one prompt, and their rewards back in the order they came."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from reward_agent.service.judges import Done
from reward_agent.service.refusals import unfit
from reward_agent.service.translate import failures_of, named, status_of
from reward_agent.service.wire import GroupOut, GroupReply
from reward_agent.types import Candidate, Message, Sample


@dataclass(frozen=True, slots=True, kw_only=True)
class Group:
    """A sample, and where each of its candidates stood."""

    sample: Sample
    places: tuple[int, ...]


def grouped(rollouts: Iterable[tuple[str | None, tuple[Message, ...], str]]) -> list[Group]:
    """Groups of (group, prompt, response), in the order in which they first come. Raises Refusal where one group has
    two prompts."""
    places: dict[tuple[str | None, tuple[Message, ...] | None], list[int]] = {}
    prompts: dict[tuple[str | None, tuple[Message, ...] | None], tuple[Message, ...]] = {}
    responses = []
    for place, (group, prompt, response) in enumerate(rollouts):
        key = (None, prompt) if group is None else (group, None)
        if prompts.setdefault(key, prompt) != prompt:
            raise unfit(
                f"rollout {place}: group {str(group)[:60]!r} has another prompt already; a group has one prompt"
            )
        places.setdefault(key, []).append(place)
        responses.append(response)
    return [
        Group(
            sample=Sample(
                id=key[0] or named(prompts[key]),
                prompt=prompts[key],
                candidates=tuple(Candidate(text=responses[place]) for place in at),
            ),
            places=tuple(at),
        )
        for key, at in places.items()
    ]


def group_reply(groups: Sequence[Group], done: Sequence[Done], count: int) -> GroupReply:
    """Rewards and signals in the order of `count` rollouts."""
    rewards: list[float | None] = [None] * count
    signals: dict[str, list[float | None]] = {}
    out = []
    for group, one in zip(groups, done, strict=True):
        judgment = one.judgment
        scores = None if judgment.decision is None else judgment.decision.scores
        for index, place in enumerate(group.places):
            rewards[place] = None if scores is None else scores[index]
            for signal in judgment.signals:
                signals.setdefault(signal.name, [None] * count)[place] = signal.verdicts[index].score
        out.append(
            GroupOut(
                group=group.sample.id,
                rollouts=list(group.places),
                status=status_of(judgment, scores is not None),
                without_variance=None if scores is None or len(scores) < 2 else min(scores) == max(scores),
                failures=failures_of(judgment),
            )
        )
    return GroupReply(rewards=rewards, signals=signals, groups=out)
