"""The search of a MediaWiki, such as Wikipedia: https://www.mediawiki.org/wiki/API:Search. No key.

Give the folder of its api.php as the address, such as https://en.wikipedia.org/w. The snippets are short: for much
work over Wikipedia, index a dump (`reward-agent index`).
"""

from collections.abc import Iterator
from typing import Any

from reward_agent.evidence.web.provider import Ask, Hit, Provider, list_of, text_of


def _ask(query: str, count: int, key: str) -> Ask:
    params = {
        "action": "query",
        "list": "search",
        "srsearch": query,
        "srlimit": str(min(count, 50)),
        "srprop": "snippet",
        "format": "json",
        "formatversion": "2",
    }
    return Ask(path="/api.php", params=params)


def _read(answer: Any) -> Iterator[Hit]:
    if fault := answer.get("error"):
        raise ValueError(f"it answered with the error {str(fault.get('code'))[:60]!r}")
    for result in list_of(answer["query"], "search"):
        title = text_of(result, "title")
        yield Hit(text=text_of(result, "snippet"), title=title, address=title)


MEDIAWIKI = Provider(name="mediawiki", url="https://en.wikipedia.org/w", key_env="", ask=_ask, read=_read)
