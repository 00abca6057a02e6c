"""Rules for code blocks, tables, dialogues and answers to choose from."""

from __future__ import annotations

import re
from collections.abc import Iterable

from reward_agent.verify.instructions.constraint import Constraint, Quantity
from reward_agent.verify.instructions.grammar.rule import Found, Rule, example, wants

_LANGUAGES = (
    r"python|javascript|typescript|java|c\+\+|c#|rust|go|bash|shell|html|css|sql|ruby|php|haskell|kotlin|swift|json|"
    r"yaml|xml|r\b|matlab|lua|perl|scala"
)


def _table(found: Found) -> Iterable[Constraint]:
    if re.search(r"\b(?:for|about|of|from|on) (?:a|the|my|this) *$", found.before):
        return  # "a test plan for a table with 3 columns"
    params = {}
    for key in ("columns", "rows"):
        if found.has(key):
            params[key] = found.quantity(key)
    if params:
        yield wants("table.shape", **params)


def _headers(found: Found) -> Iterable[Constraint]:
    if "csv" in found.sentence.low:
        return
    names = tuple(literal.value for literal in found.literals("names"))
    if not names and found.has("plain"):
        words = found.words("plain")
        names = tuple(n.strip() for n in re.split(r",\s*(?:and\s+)?|\s+and\s+", words) if n.strip())
        if not all(n[0].isupper() for n in names):
            return
    if len(names) > 1:
        yield wants("table.headers", names=names)


def _code(found: Found) -> Iterable[Constraint]:
    quantity = found.quantity("amount") if found.has("amount") else Quantity.at_least(1)
    around = f"{found.masked('before')} {found.after[:60]}".lower()
    match = re.search(rf"\b(?:in|for|of)? ?({_LANGUAGES})(?!\w)", around)
    params: dict[str, object] = {"quantity": quantity}
    if match:
        params["language"] = match[1]
    if quantity is not None:
        yield wants("code.blocks", **params)


def _prefixes(found: Found) -> Iterable[Constraint]:
    prefixes = tuple(literal.value for literal in found.literals("first") + found.literals("second"))
    if len(prefixes) > 1:
        yield wants("lines.prefixed", prefixes=prefixes)


def _choices(found: Found) -> Iterable[Constraint]:
    options = tuple(literal.value for literal in found.literals("options"))
    if len(options) > 1:
        yield wants("choices.one_of", options=options)


def _choice_lines(found: Found) -> Iterable[Constraint]:
    later = found.text.sentences[found.index + 1 : found.index + 8]
    options = []
    for sentence in later:
        line = found.text.original[sentence.start : sentence.start + len(sentence.text)].strip()
        if (
            not line
            or len(line) > 80
            or re.match(r"(?:just|please|choose|pick|answer|only|you)\b", line, re.IGNORECASE)
        ):
            break
        options.append(line.lstrip("-*• "))
    if len(options) > 1:
        yield wants("choices.one_of", options=tuple(options))


_ONLY = re.compile(r"\b(?:only|just|simply)\b", re.IGNORECASE)

RULES: tuple[Rule, ...] = (
    Rule(
        kind="choices.one_of",
        pattern=r"(?:answer|respond|reply)(?: with| by saying)?(?: only| just| simply)?(?: with)?(?: a| either)?"
        r"(?: simple)? (?:yes or no|yes/no)(?= *[.;!]| only| *$)",
        build=lambda found: (
            (wants("choices.one_of", options=("yes", "no")),) if _ONLY.search(found.matched + found.after[:6]) else ()
        ),
        needs=("yes",),
        examples=(example("Is it wet? Answer only yes or no.", wants("choices.one_of", options=("yes", "no"))),),
    ),
    Rule(
        kind="code.blocks",
        pattern=(
            r"(?P<amount>(?:{relation} )?{number}) (?P<before>[\w+#]+ )?code (?:snippets?|blocks?|examples?|"
            r"samples?)"
        ),
        build=_code,
        numeric=True,
        needs=("code",),
        examples=(example("Include at least 3 code snippets.", wants("code.blocks", quantity=Quantity.at_least(3))),),
    ),
    Rule(
        kind="code.blocks",
        pattern=(
            r"(?:include|includes|including|feature|with|add|as|provide|within|in|contain) (?:a|an|one) "
            r"(?P<before>[\w+#]+ )?(?:markdown )?code (?:snippet|block)(?! (?:that|which)[^.;,]{0,40} (?:does not|"
            r"not))"
        ),
        build=_code,
        needs=("code",),
        examples=(
            example(
                "Include a code block in Python.",
                wants("code.blocks", quantity=Quantity.at_least(1), language="python"),
            ),
        ),
    ),
    Rule(
        kind="table.headers",
        pattern=(
            r"(?:columns?|headers?|column (?:names?|titles?|headers?))(?: ?:| for| labell?ed(?: as)?| named| titled|"
            r" called| being| are| such as|,? each labell?ed as| headers?){0,2} ?\[?(?:(?P<names>{literals})|"
            r"(?P<plain>[a-z][\w ]{1,40}(?:, (?:and )?[a-z][\w ]{1,40}| and [a-z][\w ]{1,40}){1,8}))"
        ),
        build=lambda found: _headers(found) if "table" in found.sentence.low or "column" in found.sentence.low else (),
        needs=("column", "table"),
        examples=(
            example("Use a table with columns for 'Name', 'Year'.", wants("table.headers", names=("Name", "Year"))),
            example(
                "Format it as a table with headers 'Name' and 'Year'.", wants("table.headers", names=("Name", "Year"))
            ),
        ),
    ),
    Rule(
        kind="table.shape",
        pattern=(
            r"table[^.;\n]{0,50}? (?:with|of|containing|having|has|that has) (?P<columns>(?:{relation} )?{count})[- "
            r"]columns?(?: (?:and|by|,) (?P<rows>(?:{relation:r2} )?{count:c2})[- ](?:data )?rows?)?"
        ),
        build=_table,
        numeric=True,
        needs=("table",),
        examples=(
            example("Answer in a markdown table with 3 columns.", wants("table.shape", columns=Quantity.exactly(3))),
            example(
                "Make a table with at least 3 columns and 5 rows.",
                wants("table.shape", columns=Quantity.at_least(3), rows=Quantity.exactly(5)),
            ),
        ),
    ),
    Rule(
        kind="table.shape",
        pattern=r"(?P<columns>{number})[- ]column (?:markdown )?table",
        build=_table,
        numeric=True,
        needs=("column",),
        examples=(example("Give a two-column table.", wants("table.shape", columns=Quantity.exactly(2))),),
    ),
    Rule(
        kind="lines.prefixed",
        pattern=(
            r"(?:labell?ed|prefixed|starting|start|marked|beginning|begin|using)(?: clearly)?(?: as| with| by)?(?: "
            r"the)? (?P<first>{literals})(?:,? (?:and|with) the answers? (?:labell?ed |starting |marked |prefixed "
            r")?(?:as |with |by )?(?P<second>{literal}))?"
        ),
        build=lambda found: (
            _prefixes(found)
            if re.search(r"q\s?& ?a\b|question|dialogue|conversation|speaker|script", found.sentence.low)
            and all(x.value.endswith(":") for x in found.literals("first"))
            else ()
        ),
        needs=("label", "prefix", "start", "begin", "mark"),
        examples=(
            example(
                "Use a Q&A format, clearly labelled 'Q:' and 'A:'.", wants("lines.prefixed", prefixes=("Q:", "A:"))
            ),
        ),
    ),
    Rule(
        kind="lines.prefixed",
        pattern=(
            r"(?:prefix|start|begin|label)(?:ed|ing|s)? (?:each|every) line with (?:the )?(?:speaker|character)"
            r"(?:'s|s')? name|(?:each|every) line (?:{modal}|is |being |to )?(?:be )?"
            r"(?:prefixed|labell?ed|start(?:s|ed|ing)?|begin(?:s|ning)?|preceded) (?:with|by) "
            r"(?:the )?(?:speaker|character)(?:'s|s')? name"
        ),
        build=lambda found: (wants("lines.prefixed"),),
        needs=("speaker", "character"),
        examples=(example("Prefix each line with the speaker's name and a colon.", wants("lines.prefixed")),),
    ),
    Rule(
        kind="choices.one_of",
        pattern=(
            r"(?:answer|respond|reply|choose|pick|select|say)\w* (?:(?:must|should) be |one ?:? ?)?(?:only |"
            r"exactly |simply |just )*(?:with |from |"
            r"between |one of |by )*(?:only |exactly )*(?:one of |either )?(?:the )?(?:following|these)? ?"
            r"(?:options|phrases|answers|choices|words|responses)? ?:? ?\(?"
            r"(?P<options>{literal}(?: ?(?:,|/|or|, or) ?{literal})+)"
        ),
        build=_choices,
        needs=("answer", "respond", "reply", "choose", "pick", "select", "say"),
        examples=(
            example(
                "Answer with one of the following options: 'yes', 'no', 'unsure'.",
                wants("choices.one_of", options=("yes", "no", "unsure")),
            ),
            example(
                "Answer with one of the following options: ('yes', 'no').",
                wants("choices.one_of", options=("yes", "no")),
            ),
            example("Choose one of the following: 'red', 'blue'.", wants("choices.one_of", options=("red", "blue"))),
            example("Answer with either 'yes' or 'no'.", wants("choices.one_of", options=("yes", "no"))),
        ),
    ),
    Rule(
        kind="choices.one_of",
        pattern=(
            r"(?:choose|pick|select|answer)(?: with)?(?: one)?(?: from| of)(?: the)?(?: following)?(?: options| "
            r"phrases| answers| choices| list)? ?: ?$"
        ),
        build=_choice_lines,
        needs=("choose", "pick", "select", "answer"),
        also=(":",),
        examples=(
            example(
                "Is rain wet? Choose from:\nIt is so.\nIt is not so.\nJust choose one.",
                wants("choices.one_of", options=("It is so.", "It is not so.")),
            ),
        ),
    ),
    Rule(
        kind="table.shape",
        pattern=(
            r"table[^.;\n]{0,50}? (?:with|of|containing|having|has) (?P<rows>(?:{relation} )?{count})[- ]rows?"
            r"(?: (?:and|by|,) (?P<columns>(?:{relation:r2} )?{count:c2})[- ]columns?)?"
        ),
        build=_table,
        numeric=True,
        needs=("table",),
        examples=(
            example(
                "Use a table with 4 rows and 2 columns.",
                wants("table.shape", columns=Quantity.exactly(2), rows=Quantity.exactly(4)),
            ),
        ),
    ),
)
