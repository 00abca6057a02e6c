"""Serper: Google's results, https://serper.dev. The reference's choice, and the paper's."""

from collections.abc import Iterator
from typing import Any

from reward_agent.evidence.web.provider import Ask, Hit, Provider, list_of, text_of


def _ask(query: str, count: int, key: str) -> Ask:
    return Ask(method="POST", path="/search", headers={"X-API-KEY": key}, body={"q": query, "num": count})


def _read(answer: Any) -> Iterator[Hit]:
    results = list_of(answer, "organic")
    box = answer.get("answerBox")
    if isinstance(box, dict) and (text := text_of(box, "snippet") or text_of(box, "answer")):
        yield Hit(text=text, title=text_of(box, "title"), address=text_of(box, "link"))
    for result in results:
        yield Hit(text=text_of(result, "snippet"), title=text_of(result, "title"), address=text_of(result, "link"))


SERPER = Provider(name="serper", url="https://google.serper.dev", key_env="SERPER_API_KEY", ask=_ask, read=_read)
