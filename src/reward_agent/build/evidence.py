"""The evidence source that the settings describe."""

import json
import os
from collections.abc import AsyncIterator, Mapping
from contextlib import AsyncExitStack, asynccontextmanager
from pathlib import Path
from typing import TYPE_CHECKING

from reward_agent.build.kept import Kept
from reward_agent.build.say import Say
from reward_agent.config import Settings
from reward_agent.config.evidence import CorpusSource, RecallSource, WebSource
from reward_agent.errors import ConfigError
from reward_agent.protocols import ChatModel, EvidenceSource
from reward_agent.store import Store

if TYPE_CHECKING:
    import httpx2

    from reward_agent.evidence.corpus.cluster import Scheme
    from reward_agent.evidence.corpus.cluster_indexing import ClusterIndexer


@asynccontextmanager
async def open_evidence(
    settings: Settings, chat: Mapping[str, ChatModel], kept: Kept, *, say: Say
) -> AsyncIterator[EvidenceSource | None]:
    """The source, open until the end; None where evidence is off. What is kept between runs is in `kept`; a replay
    opens neither an index nor a connection.

    Raises ConfigError where an index or a key is missing.
    """
    source = settings.evidence
    async with AsyncExitStack() as stack:
        if isinstance(source, RecallSource):
            from reward_agent.evidence.recall import RecalledEvidence

            yield RecalledEvidence(chat=chat[source.chat])  # whose replies the chat model's own record holds
        elif isinstance(source, CorpusSource | WebSource):
            identity = _identity(source)
            replayed = kept.replayed(identity=identity)
            yield replayed or kept.recorded(await _searched(source, kept.cache, stack, say), identity=identity)
        else:
            yield None


async def _searched(
    source: CorpusSource | WebSource, store: Store | None, stack: AsyncExitStack, say: Say
) -> EvidenceSource:
    if isinstance(source, WebSource):
        return _web(source, await stack.enter_async_context(open_client()), store, say)
    if source.url is None:
        return _index(source, say)
    return _cluster(source, await stack.enter_async_context(open_client()))


def _identity(source: CorpusSource | WebSource) -> str:
    """What tells the source from others on a record. An index that has moved is the same one."""
    if isinstance(source, WebSource):
        return json.dumps([source.provider, source.url, source.passages])
    return json.dumps(["corpus", source.url, source.passages])


@asynccontextmanager
async def open_client() -> "AsyncIterator[httpx2.AsyncClient]":
    """The HTTP client of a search service, which says who asks."""
    import httpx2

    about = "reward-agent (https://pypi.org/project/reward-agent/)"
    async with httpx2.AsyncClient(headers={"User-Agent": about}, timeout=None, follow_redirects=False) as client:
        yield client


@asynccontextmanager
async def open_indexer(url: str, *, key_env: str | None, key_scheme: "Scheme") -> "AsyncIterator[ClusterIndexer]":
    """What fills the cluster's index at `url`. Raises ConfigError where the key is missing."""
    from reward_agent.evidence.corpus.cluster import authorization
    from reward_agent.evidence.corpus.cluster_indexing import ClusterIndexer
    from reward_agent.evidence.fetching import Fetcher

    async with open_client() as client:
        yield ClusterIndexer(
            fetcher=Fetcher(client=client, name=url, timeout_s=60.0),
            url=url.rstrip("/"),
            headers=authorization(key_scheme, held_key(key_env, asked_by="--key-env")),
        )


def held_key(variable: str | None, *, asked_by: str) -> str:
    """What the environment variable holds; the empty string where none is named. Raises ConfigError."""
    if not variable:
        return ""
    key = os.environ.get(variable, "").strip()
    if not key:
        raise ConfigError(
            f"{asked_by} needs the environment variable {variable}, which is not set: export {variable}=..."
        )
    if not key.isascii() or not key.isprintable():
        raise ConfigError(f"{asked_by}: the environment variable {variable} holds characters that no key has")
    return key


def _index(source: CorpusSource, say: Say) -> EvidenceSource:
    from reward_agent.evidence.corpus import open_corpus

    corpus = open_corpus(Path(str(source.path)).expanduser(), passages=source.passages)
    stamp = corpus.stamp
    say(f"evidence: {source.path}, {stamp.passages:,} passages, fingerprint {stamp.fingerprint[:12]}")
    return corpus


def _cluster(source: CorpusSource, client: "httpx2.AsyncClient") -> EvidenceSource:
    from reward_agent.evidence.corpus.cluster import ClusterEvidence, Fields, authorization
    from reward_agent.evidence.fetching import Fetcher

    url = str(source.url).rstrip("/")
    names = source.fields
    return ClusterEvidence(
        fetcher=Fetcher(client=client, name=url, timeout_s=source.timeout_s),
        url=url,
        headers=authorization(source.key_scheme, held_key(source.key_env, asked_by="evidence.key_env")),
        fields=Fields(text=names.text, title=names.title, source=names.source),
        passages=source.passages,
    )


def _web(source: WebSource, client: "httpx2.AsyncClient", store: Store | None, say: Say) -> EvidenceSource:
    from asyncio import Semaphore

    from reward_agent.evidence.cache import NAMESPACE, CachedEvidence
    from reward_agent.evidence.fetching import Fetcher
    from reward_agent.evidence.web import PROVIDERS, WebEvidence
    from reward_agent.store.keeping import Keeping

    provider = PROVIDERS[source.provider]
    url = source.url or provider.url
    web = WebEvidence(
        provider=provider,
        fetcher=Fetcher(client=client, name=source.provider, timeout_s=source.timeout_s),
        url=url,
        key=held_key(source.key_env or provider.key_env, asked_by=f"evidence.provider = {source.provider}"),
        passages=source.passages,
        room=Semaphore(source.in_flight),
    )
    return CachedEvidence(
        source=web,
        keeping=Keeping(store=store, namespace=NAMESPACE, what="searches", say=say),
        identity=json.dumps([provider.name, url, source.passages]),
        fresh_days=source.fresh_days,
    )
