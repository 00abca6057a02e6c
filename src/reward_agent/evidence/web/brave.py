"""Brave Search API, an index of its own: https://api-dashboard.search.brave.com.

`extra_snippets`, other excerpts of the same page, come with some plans.
"""

from collections.abc import Iterator
from typing import Any

from reward_agent.evidence.web.provider import Ask, Hit, Provider, list_of, text_of


def _ask(query: str, count: int, key: str) -> Ask:
    params = {"q": query, "count": str(min(count, 20)), "extra_snippets": "true"}
    return Ask(path="/res/v1/web/search", params=params, headers={"X-Subscription-Token": key})


def _read(answer: Any) -> Iterator[Hit]:
    for result in list_of(answer.get("web") or {}, "results"):
        extra = result.get("extra_snippets") or []
        texts = [text_of(result, "description"), *(text for text in extra if isinstance(text, str))]
        yield Hit(text=" … ".join(filter(None, texts)), title=text_of(result, "title"), address=text_of(result, "url"))


BRAVE = Provider(name="brave", url="https://api.search.brave.com", key_env="BRAVE_API_KEY", ask=_ask, read=_read)
