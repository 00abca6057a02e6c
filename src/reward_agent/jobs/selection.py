"""The rows of a best-of-n run's results: the picks of each size, and those of the largest with the reasons."""

from collections.abc import Mapping, Sequence
from dataclasses import asdict
from typing import Any

from pydantic_core import to_json

from reward_agent.jobs.standings import Standing
from reward_agent.types import Message, Sample


def result_row(sample: Sample, pick: int, *, judged: bool) -> dict[str, Any]:
    row = {"prompt": _told(sample.prompt), "response": sample.candidates[pick].text, "id": sample.id}
    return row if judged else {**row, "judged": False}


def selected_row(standing: Standing, picks: dict[int, int], *, tied: int) -> dict[str, Any]:
    """The pick of the largest size, why, and what the signals said of it."""
    sample = standing.taken.sample
    pick = picks[max(picks)]
    judgment, place = standing.judgment_of(pick)
    decision = None if judgment is None else judgment.decision
    row: dict[str, Any] = result_row(sample, pick, judged=True)
    row |= {
        "candidate": pick,
        "source": sample.candidates[pick].source,
        "judged": standing.ranks is not None,
        "tied": tied,
        "score": None if decision is None else decision.scores[place],
        "scores": _all_scores(standing),
        "reason": _reason(standing, decision is not None, tied),
        "signals": {} if judgment is None else {s.name: s.verdicts[place].score for s in judgment.signals},
        "findings": {} if judgment is None else {s.name: s.verdicts[place].findings for s in judgment.signals},
        "failures": () if judgment is None else judgment.failures,
        "picks": {str(size): index for size, index in picks.items()},
    }
    if standing.finalists is not None:
        row["finalists"] = standing.finalists
    return row


def _all_scores(standing: Standing) -> Sequence[float | None]:
    """Of the round that decided; None for who had no part in it."""
    scores: list[float | None] = [None] * len(standing.taken.sample.candidates)
    decision = standing.decision
    if decision is not None:
        final = standing.final is not None and standing.final.decision is not None
        places = (standing.finalists or ()) if final else range(len(scores))
        for index, score in zip(places, decision.scores, strict=True):
            scores[index] = score
    return scores


def _reason(standing: Standing, decided: bool, tied: int) -> str:
    if standing.ranks is None:
        return "unjudged: no signal could decide; drawn among all candidates by the sample's id"
    drawn = f"; drawn among {tied} that share the first place" if tied > 1 else ""
    reason = standing.decision.reason if decided and standing.decision is not None else "no signal could decide"
    if standing.finalists is None:
        return reason + drawn
    if len(standing.finalists) == 1 and standing.final is None:
        return f"alone in the running after the cheap signals: {reason}{drawn}"
    many = (
        f"{len(standing.finalists)} of {len(standing.taken.sample.candidates)} candidates got the expensive signals: "
    )
    return f"{many}{reason}{drawn}"


def _told(prompt: Sequence[Message]) -> str | list[dict[str, str]]:
    """A single user turn as its text, as the reference has it; a conversation as its messages."""
    if len(prompt) == 1 and prompt[0].role == "user":
        return prompt[0].content
    return [asdict(message) for message in prompt]


def json_line(row: Mapping[str, Any]) -> str:
    return to_json(row).decode() + "\n"


def results_name(size: int | str) -> str:
    return f"results_best_of_{size}.jsonl"
