"""Calls and prompt characters a sample, by purpose, with the simulated model: how much a judgment asks for.

    python -m benchmarks.agent_calls [--evidence {corpus,recall}]

The samples are made up here. Answers of about 600 characters each state a dozen facts, of which some differ; the
corpus holds a passage of about 500 characters for each fact. What a real model replies changes how many claims are looked
up, and so the length of the second prompt; the number of calls follows from the sizes alone.
"""

import argparse
import asyncio
from collections.abc import Sequence
from dataclasses import dataclass

from benchmarks.provenance import print_header
from reward_agent.protocols import EvidenceSource
from reward_agent.testing import OverlapEvidence
from reward_agent.testing.simulated import SimulatedChat
from reward_agent.types import Passage, Sample
from reward_agent.verify.factuality.grouped import GroupedClaims
from reward_agent.verify.factuality.pairwise import PairedDifferences
from reward_agent.verify.factuality.verifier import FactualityVerifier, Way

FACTS = (
    "The Harbour Museum of Westrand opened in {}.",
    "Its main hall measures {} metres from the quay door to the clock.",
    "The architect Nilla Brosk drew {} plans before the council chose one.",
    "Some {} visitors came in its first summer.",
    "The model of the lightship Tern was built from {} pieces of pear wood.",
    "A fire in the east wing destroyed {} paintings of the herring fleet.",
    "The reading room keeps {} logbooks from the whaling years.",
    "Entrance for children has been free since {}.",
)
FILLER = (
    " The building stands on piles of oak at the mouth of the old harbour, where the ferries turned until the bridge was "
    "built. Its collections grew out of the cupboard of a harbour master who never threw a letter away, and out of gifts "
    "from families whose men had sailed from here. School classes come in spring, when the tide is low enough to walk "
    "around the whole of it, and the guides like to show the marks that the great floods left on the walls."
)


@dataclass(slots=True)
class CountingRecall:
    """Answers all queries in one call and counts calls, as `recall` does; what it remembers is the corpus."""

    corpus: OverlapEvidence
    calls: int = 0

    async def search(self, query: str) -> Sequence[Passage]:
        return (await self.search_many([query]))[0]

    async def search_many(self, queries: Sequence[str]) -> Sequence[Sequence[Passage]]:
        self.calls += bool(queries)
        return [(await self.corpus.search(query))[:1] for query in queries]


def made_up_sample(candidates: int) -> Sample:
    """Candidates that state the same eight facts; every other one is mistaken in two of them."""
    texts = []
    for index in range(candidates):
        wrong = {index % len(FACTS), (3 * index + 1) % len(FACTS)} if index % 2 else set()
        values = [_value(place) + (index if place in wrong else 0) for place in range(len(FACTS))]
        texts.append(" ".join(fact.format(value) for fact, value in zip(FACTS, values, strict=True)))
    return Sample.of("Tell me about the Harbour Museum of Westrand.", texts, id=f"made-up-{candidates}")


def made_up_corpus() -> list[Passage]:
    return [
        Passage(text=fact.format(_value(place)) + FILLER, title="Harbour Museum", source=f"museum-{place}")
        for place, fact in enumerate(FACTS)
    ]


def _value(place: int) -> int:
    return 1871 + 13 * place


async def print_calls(evidence: EvidenceSource | CountingRecall, candidates: int, pairwise: bool) -> None:
    chat = SimulatedChat()
    recalled = evidence.calls if isinstance(evidence, CountingRecall) else 0
    way: Way = (PairedDifferences if pairwise else GroupedClaims)(chat=chat, evidence=evidence)
    signal = await FactualityVerifier(way=way).verify(made_up_sample(candidates))
    recalls = evidence.calls - recalled if isinstance(evidence, CountingRecall) else 0
    calls = ", ".join(f"{purpose} {count}" for purpose, count in sorted(chat.calls.items()))
    print(
        f"{'pairwise' if pairwise else 'grouped':9} n = {candidates:2}: {chat.calls.total() + recalls:3} calls ({calls}"
        f"{f', recall {recalls}' if recalls else ''}), {chat.prompt_characters.total():,} prompt characters"
        f"{'' if signal.scores else ', and a candidate without a score'}"
    )


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--evidence", choices=["corpus", "recall"], default="corpus")
    corpus = OverlapEvidence(made_up_corpus())
    recall = parser.parse_args().evidence == "recall"
    print_header("made-up samples and a made-up corpus, in this script")
    for pairwise in (False, True):
        for candidates in (1, 2, 4, 8, 16, 32):
            asyncio.run(print_calls(CountingRecall(corpus) if recall else corpus, candidates, pairwise))


if __name__ == "__main__":
    main()
