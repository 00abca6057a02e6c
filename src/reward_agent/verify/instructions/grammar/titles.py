"""Rules for titles and for headings and sections with given names."""

from __future__ import annotations

import re
from collections.abc import Iterable

from reward_agent.verify.instructions.constraint import Constraint
from reward_agent.verify.instructions.grammar.rule import Found, Rule, example, wants

_NAMES = (
    r"(?:titled|labell?ed(?: as)?|named|called|headed|entitled|with (?:the )?(?:title|heading|header|label|"
    r"name)s?(?: of)?|heading|header|title(?! (?:wrapped|in|enclosed|inside|starting))|subheading)s?"
)
_HIDDEN_NAMES = "[\ue000\ue001\ue002\ue003\ue005]"
_TEMPLATE = re.compile(r"\{[^}]*\}|\[[^\]]*\]|^#+|\bnumber\b\W*$|^title$|\b[NX]\b|\.\.\.", re.IGNORECASE)


def _named(found: Found) -> Iterable[Constraint]:
    names = tuple(
        literal.value.strip("#* ")
        for literal in found.literals("names")
        if not (_TEMPLATE.search(literal.value) and literal.kind != "bold") and literal.value.strip("#* ")
    )
    if all(re.fullmatch(r"[A-Za-z]+ \d{1,2}", name) for name in names):
        return  # labels with numbers: the count of sections says more
    if re.search(r"\b(?:table|columns?)\b", found.before[-60:] + found.matched.lower()):
        return
    if names and not re.search(
        r"\b(?:a|the) (?:book|film|movie|song|poem|article|story|paper|product|album|essay|novel)\b[^.;]{0,30}$",
        found.before,
    ):
        yield wants("headings.named", names=names)


def _bare_names(found: Found) -> Iterable[Constraint]:
    words = found.words("names")
    names = tuple(name.strip() for name in re.split(r",\s*(?:and\s+)?|\s+and\s+", words) if name.strip())
    if len(names) > 1 and all(name[0].isupper() and len(name) < 80 for name in names):
        yield wants("headings.named", names=names)


def _capital_name(found: Found) -> Iterable[Constraint]:
    name = re.match(r"[A-Z0-9][A-Z0-9'?!&-]*(?: [A-Z0-9'?!&-]+)+(?![a-z])", found.words("name"))
    if name:
        yield wants("headings.named", names=(name[0].strip(),))


def _title(found: Found) -> Iterable[Constraint]:
    yield wants("title.wrapped")


RULES: tuple[Rule, ...] = (
    Rule(
        kind="headings.named",
        pattern=(
            rf"(?:sections?|parts?|headings?|headers?|list|titles?|columns?|chapters?)(?: \w+){{0,2}}?,? (?:each "
            rf")?(?:clearly )?(?:\w+ )?{_NAMES}(?: in bold)?(?: as| such as| like| for)? ?(?::|,)? "
            rf"?(?:e{{dot}}g{{dot}} ?)?"
            rf"(?P<names>{_HIDDEN_NAMES}[\ue0ff\ue0fd]*(?:(?: ?, ?(?:and )?| and | ?, followed by | ?; "
            rf"?){_HIDDEN_NAMES}[\ue0ff\ue0fd]*){{0,11}})"
        ),
        build=_named,
        needs=("section", "part", "head", "list", "title", "chapter"),
        examples=(
            example(
                "Write two sections titled 'Causes' and 'Effects'.",
                wants("headings.named", names=("Causes", "Effects")),
            ),
            example(
                "Include a section titled <<Next Steps>> at the end.", wants("headings.named", names=("Next Steps",))
            ),
            example("Add a header section labelled as {{Sources}}.", wants("headings.named", names=("Sources",))),
        ),
        not_in=('Write an article with the title "Rain".',),
    ),
    Rule(
        kind="headings.named",
        pattern=(
            rf"(?:sections?|headings?|headers?|subheadings?)(?: for| such as| like| with headings?)? ?:? "
            rf"?(?P<names>{_HIDDEN_NAMES}[\ue0ff\ue0fd]*(?:(?: ?, ?(?:and )?| and "
            rf"){_HIDDEN_NAMES}[\ue0ff\ue0fd]*){{1,11}})"
        ),
        build=_named,
        needs=("section", "head"),
        examples=(
            example(
                "Structure it in three sections: 'Past', 'Present' and 'Future'.",
                wants("headings.named", names=("Past", "Present", "Future")),
            ),
            example(
                "Use headings such as: 'Past', 'Present', and 'Future'.",
                wants("headings.named", names=("Past", "Present", "Future")),
            ),
        ),
    ),
    Rule(
        kind="headings.named",
        pattern=(
            r"(?:sections|parts|headings) ?: (?P<names>[a-z][^\n:;.\ue000-\ue007]{4,160}?)(?= *(?:,? (?:and "
            r")?(?:each|followed|include|contain|with|use|ensure|must|should|in)\b|[.;:,]? *$|[.;:]))"
        ),
        build=_bare_names,
        needs=("section", "part", "heading"),
        examples=(
            example(
                "Use three sections: Introduction, Body, and Conclusion.",
                wants("headings.named", names=("Introduction", "Body", "Conclusion")),
            ),
        ),
    ),
    Rule(
        kind="headings.named",
        pattern=r"section (?:titled|labell?ed|named|called) (?P<name>[a-z][^\n,.:]{3,80})",
        build=_capital_name,
        needs=("section",),
        examples=(
            example(
                "Include a section titled HOW RAIN FORMS in all caps.",
                wants("headings.named", names=("HOW RAIN FORMS",)),
            ),
        ),
    ),
    Rule(
        kind="start.title",
        pattern=(
            r"{start} (?:{response} )?with a title (?:enclosed|wrapped|in|written|formatted|"
            r"surrounded)[^.;,]{0,25}?(?P<style>double asterisks|bold|angle|angular)"
        ),
        build=lambda found: (
            wants("start.title", style="angle" if found.words("style").lower().startswith("ang") else "bold"),
        ),
        needs=("title",),
        examples=(example("Start with a title enclosed in double asterisks.", wants("start.title", style="bold")),),
    ),
    Rule(
        kind="title.wrapped",
        pattern=(
            r"(?:title|name|answer|headline|heading|header|label|it|names)\b[^.;\n]{0,60}?(?:(?:double (?:angular|"
            r"angle)|angular|double angled?) brackets?(?:[^.;\n]{0,25}?{angle})?|{angle:bare})"
        ),
        build=_title,
        needs=("bracket", "\ue002"),
        in_questions=True,
        examples=(
            example(
                "Your answer must contain a title, wrapped in double angular brackets, i.e. <<title>>.",
                wants("title.wrapped"),
            ),
            example("Put the title in double angle brackets.", wants("title.wrapped")),
            example("Give it a title like <<my title>>.", wants("title.wrapped")),
        ),
    ),
)
