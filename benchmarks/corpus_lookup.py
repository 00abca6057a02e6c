"""How fast an index is built and looked up: 100,000 made-up passages.

    python -m benchmarks.corpus_lookup [--passages 100000] [--queries 2000]

Words are made up and drawn as in natural text (a word's frequency goes with one over its rank; the most frequent fill
half of every sentence, as "the" and "of" do), 60 to 120 words a passage. A query is eight to sixteen words of one
passage, as a question about it would share them. Look-ups are timed one after the other on the event loop, as a caller
sees them, and once with 32 at a time. Peak memory is the whole process's, building included.
"""

import argparse
import asyncio
import itertools
import random
import resource
import statistics
import tempfile
import time
from collections.abc import Iterator, Sequence
from pathlib import Path

from benchmarks.provenance import print_header
from reward_agent.evidence.corpus import CorpusEvidence, Cutter, Page, build_index, open_corpus

VOCABULARY = 80_000
SEED = 7


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--passages", type=int, default=100_000)
    parser.add_argument("--queries", type=int, default=2_000)
    asked = parser.parse_args()
    print_header("made up")
    before = _peak_mb()
    with tempfile.TemporaryDirectory() as folder:
        place = Path(folder) / "index"
        writer = _Writer()
        made = time.perf_counter()
        for _ in writer.pages(asked.passages):
            pass
        making = time.perf_counter() - made
        started = time.perf_counter()
        report = build_index(_Writer().pages(asked.passages), place, cutter=Cutter())
        building = time.perf_counter() - started - making
        size = sum(file.stat().st_size for file in place.rglob("*") if file.is_file())
        print(
            f"{report.passages:,} passages from {report.pages:,} documents: {report.passages / building:,.0f} a second"
        )
        print(f"index {size / 1e6:.0f} MB; peak memory {_peak_mb():.0f} MB, {before:.0f} MB of it before")
        asyncio.run(_look_up(open_corpus(place), writer.queries(asked.queries)))


async def _look_up(corpus: CorpusEvidence, queries: Sequence[str]) -> None:
    for query in queries[:50]:
        await corpus.search(query)
    times = []
    for query in queries:
        started = time.perf_counter()
        await corpus.search(query)
        times.append(1000 * (time.perf_counter() - started))
    inline = []
    for query in queries:
        started = time.perf_counter()
        corpus.found(query)
        inline.append(1000 * (time.perf_counter() - started))
    started = time.perf_counter()
    limit = asyncio.Semaphore(32)

    async def one(query: str) -> None:
        async with limit:
            await corpus.search(query)

    await asyncio.gather(*(one(query) for query in queries))
    together = len(queries) / (time.perf_counter() - started)
    for name, values in (("look-up", times), ("of it in the index", inline)):
        cuts = statistics.quantiles(values, n=100)
        print(f"{name}: p50 {cuts[49]:.2f} ms, p95 {cuts[94]:.2f} ms, p99 {cuts[98]:.2f} ms")
    print(f"32 at a time: {together:,.0f} look-ups a second")


class _Writer:
    """Makes up text, the same each time."""

    def __init__(self) -> None:
        self._random = random.Random(SEED)
        syllables = [a + b for a in "bcdfghklmnprstvw" for b in ("a", "e", "i", "o", "u", "an", "er", "ol")]
        self._words = [
            "".join(self._random.choices(syllables, k=self._random.randint(1, 4))) for _ in range(VOCABULARY)
        ]
        self._weights = list(itertools.accumulate(1 / (rank + 2.7) for rank in range(VOCABULARY)))
        self._sampled: list[str] = []

    def pages(self, count: int) -> Iterator[Page]:
        for number in range(count):
            words = self._drawn(self._random.randint(60, 120))
            if number % 97 == 0:
                self._sampled.append(" ".join(words))
            sentences = [" ".join(words[start : start + 15]).capitalize() for start in range(0, len(words), 15)]
            yield Page(text=". ".join(sentences), title=" ".join(self._drawn(3)), source=f"made-up/{number}")

    def queries(self, count: int) -> list[str]:
        texts = self._random.choices(self._sampled, k=count)
        return [" ".join(self._random.sample(text.split(), self._random.randint(8, 16))) for text in texts]

    def _drawn(self, count: int) -> list[str]:
        return self._random.choices(self._words, cum_weights=self._weights, k=count)


def _peak_mb() -> float:
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024


if __name__ == "__main__":
    main()
