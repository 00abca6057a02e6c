"""How well the rule parser reads instructions: IFEval's official constraints, THU IFBench's pairs, and its speed.

    python -m benchmarks.constraint_parsing [FOLDER [SHOW]]

FOLDER is ../shared/data (the developers' half of each set). SHOW is a part of a kind's name whose missed and
surplus constraints are printed.

IFEval is counted in requirements by official kind with their parameters: a range is a lower and an upper bound, a
keyword list one requirement a word, and "at least once" an inclusion. How a checker counts (`match`, `tokens`,
`splitter`, ...) is no parameter of the instruction and is not compared, nor is the relation of kinds whose official
form has none (sections, highlights, placeholders, bullets, paragraphs). Surplus constraints of official kinds count
as errors, even those that the prompt does ask for and the official list leaves out.
"""

from __future__ import annotations

import json
import sys
import time
from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from benchmarks.provenance import SHARED_DATA, print_header
from reward_agent.verify.instructions.catalog import measure
from reward_agent.verify.instructions.catalog.ifeval import from_ifeval
from reward_agent.verify.instructions.constraint import Constraint, Quantity
from reward_agent.verify.instructions.parse_rules import parse

Atom = tuple[object, ...]
_OFFICIAL = frozenset({
    "words.count", "sentences.count", "paragraphs.count", "keywords.include", "keywords.forbid",
    "keywords.frequency", "letters.frequency", "case.upper", "case.lower", "case.capital_words",
    "punctuation.forbid", "quotes.wrapped", "end.phrase", "paragraph.first_word", "title.wrapped",
    "sections.labelled", "bullets.count", "highlights.count", "placeholders.count", "postscript",
    "json.valid", "two.responses", "repeat.prompt", "choices.one_of", "language.is",
})  # fmt: skip
_NUMBER_ONLY = frozenset(
    {"sections.labelled", "highlights.count", "placeholders.count", "bullets.count", "paragraphs.count"}
)
_HOW_TO_COUNT = frozenset(
    {"match", "match_case", "tokens", "splitter", "anywhere", "whole", "separator", "marker", "identifier"}
)


def atoms(constraint: Constraint) -> Iterator[Atom]:
    """The single requirements that a constraint of an official kind consists of."""
    kind = constraint.kind
    params = {k: v for k, v in constraint.params.items() if k not in _HOW_TO_COUNT and v is not None}
    if kind.startswith("case."):
        params.pop("language", None)
    quantity = params.pop("quantity", None)
    if kind in ("keywords.include", "keywords.forbid"):
        yield from ((kind, word.lower()) for word in params["words"])
        return
    rest = tuple(sorted((name, _normal(value)) for name, value in params.items()))
    if not isinstance(quantity, Quantity):
        yield (kind, rest)
    elif kind in _NUMBER_ONLY:
        yield (kind, rest, quantity.low)
    else:
        if kind == "keywords.frequency" and quantity.low == 1:
            yield ("keywords.include", params["word"].lower())
        elif quantity.low is not None:
            yield (kind, rest, "at least", quantity.low)
        if quantity.high is not None:
            yield (kind, rest, "at most", quantity.high)


def _normal(value: object) -> object:
    if isinstance(value, str):
        return " ".join(value.lower().split())
    return tuple(_normal(entry) for entry in value) if isinstance(value, tuple) else value


def ifeval(path: Path, show: str) -> None:
    """Prints precision, recall and F1 of the requirements found, and the kinds that fall short."""
    rows = [json.loads(line) for line in path.open(encoding="utf-8")]
    found, missed, surplus, whole = Counter[object](), Counter[object](), Counter[object](), 0
    for row in rows:
        wanted = {
            atom
            for name, kwargs in zip(row["instruction_id_list"], row["kwargs"], strict=True)
            for atom in atoms(from_ifeval(name, kwargs))
        }
        read = {atom for c in parse(row["prompt"]).constraints if c.kind in _OFFICIAL for atom in atoms(c)}
        found.update(atom[0] for atom in wanted & read)
        missed.update(atom[0] for atom in wanted - read)
        surplus.update(atom[0] for atom in read - wanted)
        whole += wanted == read
        for label, some in (("missed", wanted - read), ("surplus", read - wanted)):
            for atom in some:
                if show and show in str(atom[0]):
                    print(f"{label} in {row['key']}: {str(atom)[:200]}")
    right, wrong, absent = found.total(), surplus.total(), missed.total()
    print(f"IFEval, {len(rows)} prompts, {right + absent} requirements of official kinds")
    print(f"  precision {right / (right + wrong):.4f}, recall {right / (right + absent):.4f}", end="")
    print(
        f", F1 {2 * right / (2 * right + wrong + absent):.4f}, prompts read without any error {whole / len(rows):.4f}"
    )
    for kind in sorted(set(missed) | set(surplus), key=str):
        print(f"  {kind}: {found[kind]} right, {missed[kind]} missed, {surplus[kind]} surplus")


def pairs(path: Path) -> None:
    """Prints the accuracy of "the better answer meets a larger share", equal shares ordered by mean distance."""
    rows: list[dict[str, Any]] = json.loads(path.read_text(encoding="utf-8"))
    verdicts: dict[str, Counter[str]] = {"share only": Counter(), "share, then distance": Counter()}
    read = 0
    for row in rows:
        prompt = row["text_chosen"][0]["content"]
        constraints = parse(prompt).constraints
        read += bool(constraints)
        answers = [row[key][-1]["content"] for key in ("text_chosen", "text_rejected")]
        better, worse = (_score(constraints, answer, prompt) for answer in answers)
        verdicts["share only"][_verdict(better[:1], worse[:1])] += 1
        verdicts["share, then distance"][_verdict(better, worse)] += 1
    print(f"\nTHU IFBench, {len(rows)} pairs, {read} with a constraint")
    for name, counts in verdicts.items():
        won, lost, tied = counts["won"], counts["lost"], counts["tied"]
        print(
            f"  {name}: accuracy, ties as 0.5, {(won + tied / 2) / len(rows):.4f}; precision on decided pairs "
            f"{won / max(won + lost, 1):.4f} ({won} won, {lost} lost, {tied} tied)"
        )


def _score(constraints: tuple[Constraint, ...], response: str, prompt: str) -> tuple[float, float]:
    """The share of decided constraints that the response meets, and minus the mean distance."""
    measured = [measure(c, response, prompt=prompt, reading="literal") for c in constraints]
    decided = [m for m in measured if m.met is not None]
    if not decided:
        return 0.0, 0.0
    return sum(bool(m.met) for m in decided) / len(decided), -sum(m.distance for m in decided) / len(decided)


def _verdict(better: tuple[float, ...], worse: tuple[float, ...]) -> str:
    if better == worse:
        return "tied"
    return "won" if better > worse else "lost"


def speed(prompts: list[str]) -> None:
    """Prints parses a second of processor time on the prompts of both sets, and the time for 1 MB."""
    for prompt in prompts:
        parse(prompt)
    taken = min(_seconds(prompts) for _ in range(5))
    mean = sum(map(len, prompts)) / len(prompts)
    print(f"\nspeed: {len(prompts) / taken:.0f} instructions a second, one core, {mean:.0f} characters on average")
    for name, piece in (
        ("prose", "Use at least 3 words, and include 'this'. "),
        ("quotes", "'a \"b {c *d "),
        ("one word", "x"),
    ):
        print(f"  1 MB of {name}: {_seconds([piece * (1_000_000 // len(piece))]):.3f} s")


def _seconds(prompts: list[str]) -> float:
    start = time.process_time()
    for prompt in prompts:
        parse(prompt)
    return time.process_time() - start


def main(folder: Path, show: str) -> None:
    print_header(f"all of {folder} (the developers' half of each set)")
    questions, answers = folder / "ifeval" / "input_data.jsonl", folder / "ifbench" / "data.converted.json"
    ifeval(questions, show)
    pairs(answers)
    prompts = [json.loads(line)["prompt"] for line in questions.open(encoding="utf-8")]
    prompts += [row["text_chosen"][0]["content"] for row in json.loads(answers.read_text(encoding="utf-8"))]
    speed(prompts)


if __name__ == "__main__":
    main(Path(sys.argv[1]) if len(sys.argv) > 1 else SHARED_DATA, sys.argv[2] if len(sys.argv) > 2 else "")
