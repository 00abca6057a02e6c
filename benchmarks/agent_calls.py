"""Calls and prompt characters a sample, by purpose, with the simulated model: how much a judgment asks for.

    python -m benchmarks.agent_calls [--evidence {corpus,recall}]

The samples are made up here. Candidates state the same eight facts, and every other one is mistaken in two of them;
"long" ones go on for 4,000 characters. The corpus holds a passage of about 550 characters for each fact. What a real
model replies changes how many claims are looked up, and with that the length of the prompts that follow; the number of
calls depends on the sizes alone.
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
    " The building stands on piles of oak at the mouth of the old harbour, where the ferries turned until the bridge "
    "was built. Its collections grew out of the cupboard of a harbour master who never threw a letter away, and out of "
    "gifts from families whose men had sailed from here. School classes come in spring, when the tide is low enough to "
    "walk around the whole of it, and the guides like to show the marks that the great floods left on the walls."
)
LONG = 4_000


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


def made_up_sample(candidates: int, *, long: bool, town: str = "") -> Sample:
    """Every candidate has a text of its own. With a `town`, the museum is another one and every claim names it."""
    texts = []
    for index in range(candidates):
        wrong = {index % len(FACTS), (3 * index + 1) % len(FACTS)} if index % 2 else set()
        values = [_value(place) + (index if place in wrong else 0) for place in range(len(FACTS))]
        facts = " ".join(fact.format(value) for fact, value in zip(FACTS, values, strict=True))
        text = f"{facts} This is what guide number {index + 1} tells."
        text = (
            text if not town else text.replace("Westrand", town).replace(" in ", f" in {town} in ").replace("Its", town)
        )
        texts.append((text + FILLER * LONG)[:LONG] if long else text)
    return Sample.of(f"Tell me about the Harbour Museum of {town or 'Westrand'}.", texts, id=f"made-up-{candidates}")


def made_up_corpus() -> list[Passage]:
    return [
        Passage(text=fact.format(_value(place)) + FILLER, title="Harbour Museum", source=f"museum-{place}")
        for place, fact in enumerate(FACTS)
    ]


def _value(place: int) -> int:
    return 1871 + 13 * place


async def print_calls(evidence: EvidenceSource, candidates: int, *, pairwise: bool, long: bool) -> None:
    chat = SimulatedChat()
    recalled = evidence.calls if isinstance(evidence, CountingRecall) else 0
    way: Way = (PairedDifferences if pairwise else GroupedClaims)(chat=chat, evidence=evidence)
    signal = await FactualityVerifier(way=way).verify(made_up_sample(candidates, long=long))
    recalls = evidence.calls - recalled if isinstance(evidence, CountingRecall) else 0
    calls = ", ".join(f"{purpose} {count}" for purpose, count in sorted(chat.calls.items()))
    name = f"{'pairwise' if pairwise else 'grouped':8} {'long' if long else 'short':5} n = {candidates:2}"
    recall = f", recall {recalls}" if recalls else ""
    unscored = "" if signal.scores else ", a candidate without a score"
    total = chat.calls.total() + recalls
    print(f"{name}: {total:3} calls ({calls}{recall}), {chat.prompt_characters.total():,} prompt characters{unscored}")


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--evidence", choices=["corpus", "recall"], default="corpus")
    corpus = OverlapEvidence(made_up_corpus())
    recall = parser.parse_args().evidence == "recall"
    print_header("made-up samples and a made-up corpus, in this script")
    for pairwise, long in ((False, False), (False, True), (True, False)):
        for candidates in (1, 2, 4, 8, 16, 32):
            source = CountingRecall(corpus) if recall else corpus
            asyncio.run(print_calls(source, candidates, pairwise=pairwise, long=long))


if __name__ == "__main__":
    main()
