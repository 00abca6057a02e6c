"""Which form a response has (a letter, a poem, a list, code), for questions about a response.

These checkers read marks on the surface. Where the marks point neither way they do not tell (`met` is None): a text
without a salutation may still be a letter.
"""

from __future__ import annotations

import itertools
import re
from collections.abc import Callable
from typing import Literal

from reward_agent.verify.instructions.catalog.evidence import listing
from reward_agent.verify.instructions.catalog.registry import checker
from reward_agent.verify.instructions.constraint import Measurement
from reward_agent.verify.instructions.markdown import code_blocks, items, tables
from reward_agent.verify.instructions.units import each_unit, lines, words

Form = Literal["list", "poem", "letter", "email", "dialogue", "code", "html", "table", "questions"]
Thing = Literal["amount", "number", "date", "link", "time", "description"]

_OPENER = re.compile(
    r"^\s*(?:sure|certainly|of course|absolutely|okay|ok|here(?:'s|’s| is| are)|below (?:is|are)|the following|"
    r"i(?:'ve| have) (?:written|made))\b[^\n]{0,200}:[ \t]*\n+",
    re.IGNORECASE,
)
_SALUTATION = re.compile(
    r"^[ \t>*\"“]*(?:(?:my )?dear(?:est)?|hi|hello|hey|greetings|good (?:morning|day)|to whom)\b[^\n]{0,80}",
    re.IGNORECASE | re.MULTILINE,
)
_CLOSING = re.compile(
    r"^[ \t>*]*(?:sincerely|(?:best|kind|warm) (?:regards|wishes)|regards|love|yours|with (?:all (?:my|our) )?love|"
    r"respectfully|cheers|cordially|warmly)\b[^\n]{0,40}$",
    re.IGNORECASE | re.MULTILINE,
)
_SUBJECT = re.compile(r"^[ \t*]*(?:subject|re)\b[ *]*:", re.IGNORECASE | re.MULTILINE)
_SPEAKER = re.compile(r"^[ \t*_>]*[A-Z][\w .'-]{0,30}[*_]*:[*_]* ?\S", re.MULTILINE)
_TAG = re.compile(r"</?[a-z][a-z0-9]{0,20}(?:\s[^<>]{0,500})?/?>", re.IGNORECASE)
_CODE = re.compile(
    r"\b[A-Za-z_][\w.]{0,40}\([^()\n]{0,200}\)|^\s*(?:def|class|import|from|return|function|const|let|var|print|SELECT|"
    r"#include)\b[^\n]*|[;{}][ \t]{0,20}$|^\s*\$ \S|=>|<[a-z]{1,20}[^<>\n]{0,200}>",
    re.MULTILINE,
)
_THINGS: dict[str, re.Pattern[str]] = {
    "amount": re.compile(
        r"[$€£¥₹] ?\d|\d ?(?:[$€£¥₹]|dollars?\b|euros?\b|pounds?\b|cents?\b|usd\b|eur\b)|\bfree\b", re.IGNORECASE
    ),
    "number": re.compile(r"\d"),
    "date": re.compile(
        r"\b\d{4}-\d{2}-\d{2}\b|\b\d{1,2}[/.]\d{1,2}[/.]\d{2,4}\b|\b(?:jan|feb|mar|apr|may|june?|july?|aug|sept?|oct|nov|"
        r"dec)\w{0,7}\.? \d{1,4}\b|\b\d{1,2}\.? (?:january|february|march|april|may|june|july|august|september|october|"
        r"november|december)\b",
        re.IGNORECASE,
    ),
    "description": re.compile(r"(?:\S{1,60}\s+){8}\S"),
    "link": re.compile(r"https?://|\]\([^)\s]|\bwww\."),
    "time": re.compile(
        r"\b\d{1,2}:\d{2}\b|\b\d{1,2} ?[ap]\.?m\b|\b\d+ ?(?:minutes?|hours?|mins?|hrs?)\b", re.IGNORECASE
    ),
}


def without_opener(response: str) -> str:
    """The response without a chatty first line that ends in a colon: "Here is the poem:"."""
    return _OPENER.sub("", response, count=1)


def _is_list(text: str) -> bool | None:
    if len(items(text)) >= 2:
        return True
    rows = lines(text)
    if len(rows) >= 3 and sum(len(words(row)) <= 8 for row in rows) >= 0.8 * len(rows):
        return True
    return True if re.search(r"(?:[^,.;:\n]{2,40}, ?){3,9}(?:and |or )?[^,.;:\n]{2,40}", text) else None


def _is_poem(text: str) -> bool | None:
    rows = [row for row in lines(text) if not row.lstrip().startswith(("#", "```"))]
    if len(rows) < 3 or len(items(text)) > 0.6 * len(rows):
        return False if len(rows) < 2 and len(words(text)) > 40 else None
    lengths = sorted(len(words(row)) for row in rows)
    if lengths[len(lengths) // 2] <= 12 and lengths[-1] <= 30:
        return True
    return False if lengths[len(lengths) // 2] > 25 else None


def _is_letter(text: str) -> bool | None:
    return True if _SALUTATION.search(text) and (_CLOSING.search(text) or len(lines(text)) > 2) else None


def _is_email(text: str) -> bool | None:
    return True if _SUBJECT.search(text) or _is_letter(text) else None


def _is_dialogue(text: str) -> bool | None:
    return True if len(_SPEAKER.findall(text)) >= 2 else None


def _is_code(text: str) -> bool | None:
    return bool(code_blocks(text)) or _CODE.search(text) is not None


def _is_html(text: str) -> bool | None:
    return _TAG.search(text) is not None


def _is_questions(text: str) -> bool | None:
    found = each_unit(text, "sentence", "natural")
    return bool(found) and all(sentence.rstrip("*_\"')] ").endswith("?") for sentence in found)


_FORMS: dict[str, Callable[[str], bool | None]] = {
    "list": _is_list,
    "poem": _is_poem,
    "letter": _is_letter,
    "email": _is_email,
    "dialogue": _is_dialogue,
    "code": _is_code,
    "html": _is_html,
    "table": lambda text: bool(tables(text)),
    "questions": _is_questions,
}


@checker("form.is")
def form_is(response: str, *, form: Form) -> Measurement:
    """Whether the response has a form, by marks on its surface (a salutation, short lines, list markers, tags)."""
    seen = _FORMS[form](without_opener(response))
    words_for_it = {True: f"has the marks of {form}", False: f"no mark of {form}", None: f"may or may not be: {form}"}
    return Measurement(met=seen, measured=words_for_it[seen], distance=1.0 if seen is False else 0.0)


@checker("person.is")
def person_is(response: str, *, person: Literal["first", "third"]) -> Measurement:
    """Whether the response speaks in the first person (I, we) or the third (no I, we or you), quotations left out."""
    text = re.sub(r"\"[^\"\n]{1,400}\"|“[^”\n]{1,400}”", " ", without_opener(response))
    first = re.findall(r"\b(?:I|me|my|mine|myself|we|us|our|ours|We|My|Our)\b", text)
    if person == "first":
        return Measurement.of(bool(first), f"{len(first)} pronouns of the first person")
    second = re.findall(r"\b(?:you|your|yours)\b", text, re.IGNORECASE)
    return Measurement.of(
        not first and not second, f"{len(first) + len(second)} pronouns of the first or second person"
    )


@checker("each.has")
def each_has(response: str, *, thing: Thing) -> Measurement:
    """Whether each list item, with the lines below it, holds a thing: an amount of money, a date, a link, ...

    A `description` is more than eight words. Not known where no list is found.
    """
    parts = _items_with_body(response)
    if len(parts) < 2:
        return Measurement(met=None, measured="no list found")
    without = [part for part in parts if not _THINGS[thing].search(part)]
    return Measurement(
        met=not without,
        measured=f"{len(without)} of {len(parts)} items without {thing}{': ' if without else ''}{listing(without[:1])}",
        distance=len(without) / len(parts),
    )


_ITEM = re.compile(
    r"^[ \t]{0,3}(?:\d{1,3}[.):]|[-*•+]|\*\*\d{1,3}[.)]?|#{1,6})[ \t]*\S|^[ \t*#]*[A-Z][a-z]+ \d{1,3}\b", re.MULTILINE
)


def _items_with_body(response: str) -> list[str]:
    starts = [match.start() for match in _ITEM.finditer(response)][:500]
    return [response[start:end] for start, end in itertools.pairwise([*starts, len(response)])]
