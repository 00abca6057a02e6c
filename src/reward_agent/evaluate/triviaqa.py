"""TriviaQA: is the answer one of the accepted ones? (Joshi et al. 2017, arXiv 1705.03551)

Exact match and F1 are the official ones: the best over all accepted answers after TriviaQA's normalisation. They are
made for bare answers; an answer in a sentence matches none. `contains` is not official: an accepted answer stands in
the response as whole words. It suits chat models, and rewards whoever lists many answers.

The accepted answers are read from the row as published (`answer` with value, aliases, normalized_aliases; `Answer`
with Value, Aliases, NormalizedAliases, HumanAnswers), or from a column of texts: answers, answer, aliases,
ground_truth, possible_answers, a list, a JSON list as text, or one text with `; ` between the answers.
"""

import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from reward_agent.evaluate.answers import f1, normalised, stands_in
from reward_agent.evaluate.evaluation import Measure, Score

MEASURES = (
    Measure(name="exact match", unit="1 where the answer is an accepted one, else 0"),
    Measure(name="F1", unit="shared words with the nearest accepted answer, 0 to 1"),
    Measure(name="contains", unit="1 where an accepted answer stands in the response, else 0"),
)
COLUMNS = ("answer", "Answer", "answers", "aliases", "ground_truth", "ground_truths", "possible_answers")
_KEYS = ("value", "aliases", "normalized_value", "normalized_aliases", "human_answers", "humananswers")
_MOST = 10_000


@dataclass(frozen=True, slots=True, kw_only=True)
class TriviaQA:
    """By the official rules, and `contains`."""

    name: str = "triviaqa"
    measures: Sequence[Measure] = MEASURES

    def score(self, row: Mapping[str, object], response: str, index: int) -> Score:
        """The best over the accepted answers."""
        accepted = accepted_answers(row)
        if not accepted:
            return Score.missing(f"expected accepted answers in a column {', '.join(COLUMNS)}")
        said = normalised(response)
        values = (
            float(said in accepted),
            max(f1(said, answer) for answer in accepted),
            float(any(stands_in(answer, said) for answer in accepted)),
        )
        return Score(values=dict(zip((m.name for m in MEASURES), values, strict=True)))


def accepted_answers(row: Mapping[str, object]) -> frozenset[str]:
    """The row's accepted answers, normalised; those that are nothing but articles and punctuation are left out."""
    found = (answer for column in COLUMNS for answer in _texts(row.get(column)))
    return frozenset(filter(None, (normalised(answer) for answer, _ in zip(found, range(_MOST), strict=False))))


def _texts(value: object) -> Iterator[str]:
    match value:
        case Mapping():
            for key, inner in value.items():
                if str(key).replace("Normalized", "normalized_").lower() in _KEYS:
                    yield from _texts(inner)
        case list() | tuple():
            yield from (item for item in value if isinstance(item, str))
        case str():
            yield from _listed(value)


def _listed(text: str) -> Iterator[str]:
    """One text: a JSON list, or answers with `; ` between them (then the whole is no answer)."""
    if text.lstrip().startswith("["):
        try:
            yield from _texts(json.loads(text))
        except (ValueError, RecursionError):
            yield text
        return
    yield from text.split("; ")
