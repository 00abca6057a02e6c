"""The shapes in which pairs and judged samples are written, a function a shape.

    preference   TRL's preference format: prompt, chosen, rejected, as messages (conversational) or as texts (plain)
    kto          TRL's unpaired format: prompt, completion, label; one row a candidate that stands in a pair
    ultrafeedback    instruction, completions with annotations by signal and an overall_score; every candidate
    scores       what the reference reads and writes: prompt, responses, scores by signal; every candidate

Beside what a trainer reads, the rows of `preference` carry what a person needs to audit them: both candidates' scores
by signal, the findings behind them, their places in the data. The journal holds all of it at full length.
"""

from collections.abc import Mapping, Sequence
from typing import Any, Literal

from reward_agent.jobs.pairing.rules import Pair
from reward_agent.jobs.samples import Taken
from reward_agent.presentation import on_one_line
from reward_agent.types import Finding, Judgment, Message, Sample

Format = Literal["conversational", "plain"]
Row = Mapping[str, Any]

SHOWN_FINDINGS = 16
SHOWN_CHARS = 300
"""How many findings of a candidate a pair shows, and how much of each; the journal holds the rest."""


def has_plain_form(sample: Sample) -> bool:
    """Whether the prompt is one turn of the user, so that its text alone is the prompt."""
    return len(sample.prompt) == 1 and sample.prompt[0].role == "user"


def preference_row(sample: Sample, judgment: Judgment, pair: Pair, format: Format) -> Row:
    """One pair. In the plain format the sample must have a plain form."""
    chosen, rejected = pair.chosen, pair.rejected
    scores = judgment.decision.scores if judgment.decision else ()
    return {
        "id": f"{sample.id}/{chosen}-{rejected}",
        "sample_id": sample.id,
        "prompt": _prompt(sample, format),
        "chosen": _response(sample, chosen, format),
        "rejected": _response(sample, rejected, format),
        "chosen_index": chosen,
        "rejected_index": rejected,
        "chosen_source": sample.candidates[chosen].source,
        "rejected_source": sample.candidates[rejected].source,
        "chosen_score": scores[chosen],
        "rejected_score": scores[rejected],
        "margin": pair.margin,
        "signals": [
            {
                "name": signal.name,
                "kind": signal.kind,
                "chosen": signal.verdicts[chosen].score,
                "rejected": signal.verdicts[rejected].score,
            }
            for signal in judgment.signals
        ],
        "chosen_findings": _findings(judgment, chosen),
        "rejected_findings": _findings(judgment, rejected),
        "decision": judgment.decision.reason if judgment.decision else None,
        "failures": [f"{failure.source}: {failure.kind}" for failure in judgment.failures],
    }


def kto_rows(sample: Sample, judgment: Judgment, pairs: Sequence[Pair], format: Format) -> list[Row]:
    """A row for each candidate that was only ever chosen or only ever rejected; one that was both says nothing."""
    scores = judgment.decision.scores if judgment.decision else ()
    chosen, rejected = {pair.chosen for pair in pairs}, {pair.rejected for pair in pairs}
    return [
        {
            "id": f"{sample.id}/{index}",
            "sample_id": sample.id,
            "prompt": _prompt(sample, format),
            "completion": _response(sample, index, format),
            "label": index in chosen,
            "index": index,
            "source": sample.candidates[index].source,
            "score": scores[index],
            "signals": [
                {"name": signal.name, "kind": signal.kind, "score": signal.verdicts[index].score}
                for signal in judgment.signals
            ],
        }
        for index in sorted(chosen ^ rejected)
    ]


def ultrafeedback_row(sample: Sample, judgment: Judgment | None, source: str) -> Row | None:
    """The sample as UltraFeedback writes one; None for a prompt of several turns, which that shape has no place for.
    Ratings are the signals' own numbers, and null where there is none."""
    system = [turn.content for turn in sample.prompt if turn.role == "system"]
    turns = [turn for turn in sample.prompt if turn.role != "system"]
    if len(turns) != 1 or turns[0].role != "user":
        return None
    completions = []
    for index, candidate in enumerate(sample.candidates):
        annotations = {
            signal.name: {
                "Rating": signal.verdicts[index].score,
                "Rationale": "; ".join(_said(finding) for finding in signal.verdicts[index].findings[:SHOWN_FINDINGS]),
            }
            for signal in (judgment.signals if judgment else ())
        }
        completions.append(
            {
                "model": candidate.source,
                "response": candidate.text,
                "annotations": annotations,
                "overall_score": _scores(judgment, sample)[index],
                **({"custom_system_prompt": "\n\n".join(system)} if system else {}),
            }
        )
    return {
        "id": sample.id,
        "source": source,
        "instruction": turns[0].content,
        "models": [candidate.source for candidate in sample.candidates],
        "completions": completions,
    }


def scores_row(taken: Taken, judgment: Judgment | None) -> Row:
    """The sample with `scores` by signal, a number or null a response, and `reward`, the judger's."""
    sample = taken.sample
    prompt: Any = sample.prompt[0].content if has_plain_form(sample) else _messages(sample.prompt)
    signals = judgment.signals if judgment else ()
    generator = taken.columns.get("generator")
    sources = [candidate.source for candidate in sample.candidates]
    return {
        "id": sample.id,
        "prompt": prompt,
        "responses": list(sample.responses),
        "generator": generator if isinstance(generator, str) else sources,
        "scores": {signal.name: [verdict.score for verdict in signal.verdicts] for signal in signals},
        "reward": _scores(judgment, sample),
    }


def _scores(judgment: Judgment | None, sample: Sample) -> Sequence[float | None]:
    if judgment is None or judgment.decision is None:
        return [None] * len(sample.candidates)
    return list(judgment.decision.scores)


def _prompt(sample: Sample, format: Format) -> Any:
    return sample.prompt[0].content if format == "plain" else _messages(sample.prompt)


def _messages(turns: Sequence[Message]) -> list[dict[str, str]]:
    return [{"role": turn.role, "content": turn.content} for turn in turns]


def _response(sample: Sample, index: int, format: Format) -> Any:
    text = sample.candidates[index].text
    return text if format == "plain" else [{"role": "assistant", "content": text}]


def _findings(judgment: Judgment, index: int) -> list[dict[str, Any]]:
    found = ((signal.name, finding) for signal in judgment.signals for finding in signal.verdicts[index].findings)
    return [
        {
            "signal": name,
            "subject": _short(finding.subject),
            "score": finding.score,
            "reason": _short(finding.reason),
        }
        for (name, finding), _ in zip(found, range(SHOWN_FINDINGS), strict=False)
    ]


def _said(finding: Finding) -> str:
    return f"{_short(finding.subject)}: {_short(finding.reason)}"


def _short(text: str) -> str:
    return text if len(text) <= SHOWN_CHARS and text.isprintable() else on_one_line(text, SHOWN_CHARS)
