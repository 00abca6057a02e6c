"""HTML -> text: what a reader of the page sees, without scripts, styles and markup. Nothing is fetched or run.

selectolax (lexbor) parses as browsers do. Time grows with the depth of nesting, so that is bounded: pages
made to take for ever are refused. (The standard library's parser takes hours for a megabyte of "<!--" on the Pythons we support.)
"""

import codecs
import re
from collections.abc import Iterator
from pathlib import Path

from reward_agent.evidence.corpus.page import Page
from reward_agent.types import Problem

_UNSEEN = ("head", "script", "style", "noscript", "template", "svg", "math", "iframe", "object", "select", "textarea")
_BLOCKS = (
    "address,article,aside,blockquote,caption,dd,details,div,dl,dt,fieldset,figcaption,figure,footer,form,h1,h2,h3,h4,"
    "h5,h6,header,hr,li,main,nav,ol,p,pre,section,summary,table,tr,ul"
)
_VOID = frozenset(
    {"area", "base", "br", "col", "embed", "hr", "img", "input", "link", "meta", "source", "track", "wbr"}
)
_CLOSED_BY_THE_NEXT = frozenset({"p", "li", "dt", "dd", "tr", "td", "th", "thead", "tbody", "tfoot", "option"})
MAX_DEPTH = 1_000
_ANY_TAG = re.compile(r"<(/?)([a-zA-Z][a-zA-Z0-9]*)")
_CHARSET = re.compile(rb"""<meta[^>]{0,200}charset\s*=\s*["']?\s*([A-Za-z0-9_.:-]{1,40})""", re.IGNORECASE)
_SPACES = re.compile(r"[ \t\r\f\v\xa0]+")
_LINES = re.compile(r" ?\n ?")
_BLANKS = re.compile(r"\n{3,}")


def read_html(path: Path) -> Iterator[Page | Problem]:
    """The file as one page, its title the document's."""
    raw = path.read_bytes()
    try:
        text = raw.decode(_encoding(raw))
    except (UnicodeError, LookupError) as error:
        yield Problem(place=str(path), what=f"its encoding cannot be read ({error})", remedy="Save the file as UTF-8")
        return
    if _is_too_deep(text):
        what = f"its elements are nested more than {MAX_DEPTH:,} deep, or so many are never closed"
        yield Problem(place=str(path), what=what, remedy="Convert it to text")
        return
    title, seen = seen_text(text)
    yield Page(text=seen, title=title or path.stem, source=str(path))


def seen_text(html: str) -> tuple[str, str]:
    """A document's title and the text that is seen, a blank line between blocks."""
    from selectolax.lexbor import LexborHTMLParser

    tree = LexborHTMLParser(html)
    heading = tree.css_first("head > title")
    title = " ".join(heading.text().split()) if heading else ""
    tree.strip_tags(list(_UNSEEN))
    body = tree.body
    if body is None:
        return title, ""
    for block in body.css(_BLOCKS):
        block.insert_before("\n\n")
        block.insert_after("\n\n")
    for line_break in body.css("br"):
        line_break.insert_before("\n")
    for cell in body.css("td,th"):
        cell.insert_after(" ")
    return title, _BLANKS.sub("\n\n", _LINES.sub("\n", _SPACES.sub(" ", body.text()))).strip()


def _encoding(raw: bytes) -> str:
    """What the file says: a byte order mark, its `charset`, else UTF-8."""
    for mark, name in (
        (codecs.BOM_UTF8, "utf-8-sig"),
        (codecs.BOM_UTF16_LE, "utf-16"),
        (codecs.BOM_UTF16_BE, "utf-16"),
    ):
        if raw.startswith(mark):
            return name
    declared = _CHARSET.search(raw[:2048])
    name = declared[1].decode("ascii").lower() if declared else "utf-8"
    return "cp1252" if name in ("iso-8859-1", "latin1", "ascii", "us-ascii") else name  # as browsers read them


def _is_too_deep(html: str) -> bool:
    depth = 0
    for match in _ANY_TAG.finditer(html):
        name = match[2].lower()
        if name not in _VOID and name not in _CLOSED_BY_THE_NEXT:
            depth = max(0, depth - 1) if match[1] else depth + 1
            if depth > MAX_DEPTH:
                return True
    return False
