"""SearXNG, a metasearch engine one runs oneself: https://docs.searxng.org/dev/search_api.html.

Its settings must allow `json` under `search.formats`; without, it answers 403.
"""

from collections.abc import Iterator
from typing import Any

from reward_agent.evidence.web.provider import Ask, Hit, Provider, list_of, text_of


def _ask(query: str, count: int, key: str) -> Ask:
    headers = {"Authorization": f"Bearer {key}"} if key else {}  # for a gateway in front of it
    return Ask(path="/search", params={"q": query, "format": "json", "safesearch": "0"}, headers=headers)


def _read(answer: Any) -> Iterator[Hit]:
    results = list_of(answer, "results")
    if not results and (silent := answer.get("unresponsive_engines")):
        raise ValueError(f"none of its engines answered ({str(silent)[:120]})")
    for result in results:
        yield Hit(text=text_of(result, "content"), title=text_of(result, "title"), address=text_of(result, "url"))


SEARXNG = Provider(name="searxng", url="", key_env="", ask=_ask, read=_read)
