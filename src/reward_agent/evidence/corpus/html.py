"""HTML -> text: what a reader of the page sees, without scripts, styles and markup. Nothing is fetched or run.

selectolax (lexbor) parses as browsers do. Pages can be made to take it, and any other HTML parser, for ever, so it runs
in a process with bounds.
"""

import codecs
import re
from collections.abc import Iterator
from pathlib import Path

_UNSEEN = ["head", "script", "style", "noscript", "template", "svg", "math", "iframe", "object", "select", "textarea"]
_BLOCKS = (
    "address,article,aside,blockquote,caption,dd,details,div,dl,dt,fieldset,figcaption,figure,footer,form,h1,h2,h3,h4,"
    "h5,h6,header,hr,li,main,nav,ol,p,pre,section,summary,table,tr,ul"
)
_CHARSET = re.compile(rb"""<meta[^>]{0,200}charset\s*=\s*["']?\s*([A-Za-z0-9_.:-]{1,40})""", re.IGNORECASE)
_MARKS = ((codecs.BOM_UTF8, "utf-8-sig"), (codecs.BOM_UTF16_LE, "utf-16"), (codecs.BOM_UTF16_BE, "utf-16"))
_SPACES = re.compile(r"[ \t\r\f\v\xa0]+")
_LINES = re.compile(r" ?\n ?")
_BLANKS = re.compile(r"\n{3,}")


def file_text(path: Path) -> Iterator[dict[str, object]]:
    """The title, then the text. Raises UnicodeError or LookupError for an encoding that cannot be read."""
    raw = path.read_bytes()
    title, text = seen_text(raw.decode(_encoding(raw)))
    yield {"title": title}
    yield {"text": text}


def seen_text(html: str) -> tuple[str, str]:
    """A document's title and the text that is seen, a blank line between blocks."""
    from selectolax.lexbor import LexborHTMLParser

    tree = LexborHTMLParser(html)
    heading = tree.css_first("head > title")
    title = " ".join(heading.text().split()) if heading else ""
    tree.strip_tags(_UNSEEN)
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
    for mark, name in _MARKS:
        if raw.startswith(mark):
            return name
    declared = _CHARSET.search(raw[:2048])
    name = declared[1].decode("ascii").lower() if declared else "utf-8"
    return "cp1252" if name in ("iso-8859-1", "latin1", "ascii", "us-ascii") else name  # as browsers read them
