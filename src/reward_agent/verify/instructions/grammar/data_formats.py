"""Rules for answers that programs read: JSON, YAML, CSV."""

from __future__ import annotations

import re
from collections.abc import Iterable

from reward_agent.verify.instructions.constraint import Constraint
from reward_agent.verify.instructions.grammar.rule import Found, Rule, example, wants

_OF_CODE = re.compile(
    r"\b(?:parse|parsing|how|what|deseriali\w+|reads?|loads?|explain|script|code|function|handle|program)\b"
)


def _csv(found: Found) -> Iterable[Constraint]:
    if _OF_CODE.search(found.before):
        return
    columns = found.listed("columns")
    yield wants("csv.valid", **({"columns": columns} if len(columns) > 1 else {}))


RULES: tuple[Rule, ...] = (
    Rule(
        kind="json.keys",
        pattern=r"(?:keys?|fields?|properties)(?: named| called| of|:)? ?(?P<names>{literals})",
        build=lambda found: (wants("json.keys", keys=tuple(literal.value for literal in found.literals("names"))),),
        needs=("key", "field", "properties"),
        also=("json",),
        examples=(
            example(
                "Return JSON with the keys 'name' and 'age'.",
                wants("json.valid"),
                wants("json.keys", keys=("name", "age")),
            ),
        ),
    ),
    Rule(
        kind="json.valid",
        pattern=(
            r"(?:(?:in|as|into|using|with|wrapped in|return|output|a|an|valid) (?:a |an |the |one )?(?:valid |single |"
            r"pure |only )*json(?: format| block| object| code block| output| code| array| string| document)?\b)(?! "
            r"file| schema| api| data from| parser| response| messages?)"
        ),
        build=lambda found: () if _OF_CODE.search(found.before) else (wants("json.valid"),),
        needs=("json",),
        in_questions=True,
        examples=(
            example("Wrap your entire response in JSON format.", wants("json.valid")),
            example("Give three rivers as one JSON object.", wants("json.valid")),
        ),
        not_in=("How do I parse JSON in Python?", "Write a script to read a file in JSON format."),
    ),
    Rule(
        kind="yaml.valid",
        pattern=(
            r"(?:in|as|using|with|return|output)(?: only)?(?: an?)?(?: valid)? yaml(?: format| only| document)*\b"
            r"(?! file| parser)"
        ),
        build=lambda found: () if _OF_CODE.search(found.before) else (wants("yaml.valid"),),
        needs=("yaml",),
        examples=(example("Answer with YAML only.", wants("yaml.valid")),),
        not_in=("Write a script that reads settings in YAML.", "How do I write lists in YAML?"),
    ),
    Rule(
        kind="csv.valid",
        pattern=(
            r"(?:in|as|return|output|give|provide|produce|with|use|write)(?: me)?(?: only)?(?: an?| the)?(?: valid)? "
            r"csv\b(?! parser| reader| library| module)(?: format| file| table| data| document| block)?"
            r"(?: (?:with|using|of|and)(?: only| exactly)? (?:the )?(?:following )?(?:columns?|headers?|fields?|"
            r"header row)(?: named| called)? ?:? ?(?P<columns>{keywords}))?"
        ),
        build=_csv,
        needs=("csv",),
        examples=(
            example(
                "Return a CSV with the columns name, age and city.",
                wants("csv.valid", columns=("name", "age", "city")),
            ),
            example("Give the data in CSV format.", wants("csv.valid")),
        ),
        not_in=("Write a script that reads a file in CSV format.", "How do I save a table as CSV?"),
    ),
)
