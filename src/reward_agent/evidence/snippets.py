"""What others send as snippets -> bounded, plain, single-line text."""

import re
from html import unescape

_TAG = re.compile(r"</?[A-Za-z][^<>]{0,500}>")


def plain(text: str, limit: int) -> str:
    """At most `limit` characters: tags dropped, character references resolved, nothing that a terminal obeys."""
    words = unescape(_TAG.sub("", text[: 4 * limit])).split()
    return "".join(c if c.isprintable() else " " for c in " ".join(words))[:limit].rstrip()
