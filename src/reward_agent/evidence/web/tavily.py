"""Tavily: https://docs.tavily.com. Its `answer`, which a model writes, is not asked for: it is no evidence."""

from collections.abc import Iterator
from typing import Any

from reward_agent.evidence.web.provider import Ask, Hit, Provider, list_of, text_of


def _ask(query: str, count: int, key: str) -> Ask:
    body = {"query": query, "max_results": min(count, 20), "search_depth": "basic", "include_answer": False}
    return Ask(method="POST", path="/search", headers={"Authorization": f"Bearer {key}"}, body=body)


def _read(answer: Any) -> Iterator[Hit]:
    for result in list_of(answer, "results"):
        yield Hit(text=text_of(result, "content"), title=text_of(result, "title"), address=text_of(result, "url"))


TAVILY = Provider(name="tavily", url="https://api.tavily.com", key_env="TAVILY_API_KEY", ask=_ask, read=_read)
