"""The evaluators of picks held against labels that others made.

    python -m benchmarks.evaluators [FOLDER]

The folder (../shared/data) holds ifeval/ (prompts, and responses with the official verdicts) and triviaqa/ (questions
with accepted answers and one answer that was meant to be false). Printed: IFEval's figures by our evaluator and by the
official verdicts, and on how many responses they agree; for TriviaQA what an accepted answer and the one that was
meant to be false score. The second is no error rate: where a "false" answer is in the list of accepted ones, it counts
as right.
"""

import gzip
import json
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from benchmarks.provenance import SHARED_DATA, print_header
from reward_agent.evaluate import EVALUATORS


def main(folder: Path) -> None:
    print_header(f"all of {folder / 'ifeval'} and {folder / 'triviaqa'}")
    ifeval(folder / "ifeval")
    triviaqa(folder / "triviaqa")


def ifeval(folder: Path) -> None:
    asked = {str(row["key"]): row for row in rows(folder / "input_data.jsonl")}
    ours, official, agreed, instructions, responses = [0.0] * 4, [0.0] * 4, [0] * 2, 0.0, 0
    for row in rows(folder / "responses.jsonl.gz"):
        score = EVALUATORS["ifeval"].score(asked[str(row["key"])], row["response"] or "", 0)
        loose, strict = row["loose"], row["strict"]
        told = (all(loose), all(strict), sum(loose), sum(strict))
        weights = (1.0, 1.0, score.weight, score.weight)
        values = [value * weight for value, weight in zip(score.values.values(), weights, strict=True)]
        ours = [a + b for a, b in zip(ours, values, strict=True)]
        official = [a + b for a, b in zip(official, told, strict=True)]
        agreed = [a + (values[place] == told[place]) for place, a in enumerate(agreed)]
        instructions += score.weight
        responses += 1
    print(f"IFEval, {responses:,} responses, {instructions:,.0f} instructions   ours  official  agree")
    for place, measure in enumerate(EVALUATORS["ifeval"].measures):
        of = instructions if measure.pooled else responses
        agreement = "" if measure.pooled else f"{agreed[place] / responses:8.4f}"
        print(f"  {measure.name:46} {ours[place] / of:8.4f} {official[place] / of:8.4f} {agreement}")


def triviaqa(folder: Path) -> None:
    evaluator = EVALUATORS["triviaqa"]
    found = {"an accepted answer": [0.0] * 3, "the one meant to be false": [0.0] * 3}
    count = 0
    for row in rows(folder / "false_answers.jsonl.gz"):
        count += 1
        said = (row["answer"].split("; ")[-1], row["false_answer"])
        for name, response in zip(found, said, strict=True):
            values = evaluator.score(row, response, 0).values.values()
            found[name] = [a + b for a, b in zip(found[name], values, strict=True)]
    print(f"\nTriviaQA, {count:,} questions  {'  '.join(measure.name for measure in evaluator.measures)}")
    for name, sums in found.items():
        print(f"  {name:26} {'  '.join(f'{value / count:9.4f}' for value in sums)}")


def rows(path: Path) -> Iterator[dict[str, Any]]:
    opened = gzip.open if path.suffix == ".gz" else open
    with opened(path, "rt", encoding="utf-8") as file:
        for line in file:
            yield json.loads(line)


if __name__ == "__main__":
    main(Path(sys.argv[1]) if len(sys.argv) > 1 else SHARED_DATA)
