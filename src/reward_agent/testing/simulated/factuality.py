"""How the simulated model finds claims, stands, verdicts, differences and ratings.

A claim is a sentence. A candidate asserts it if its own nearest sentence agrees, denies it if that speaks of the same
thing and does not agree. A passage decides a claim in the same way.
"""

import json
import re
from collections.abc import Mapping, Sequence

from reward_agent.testing.simulated.registry import answers, fenced_texts
from reward_agent.testing.simulated.sentences import agree, closest, sentences, subject, words
from reward_agent.types import ChatRequest

_LIMIT = re.compile(r"at most (\d+)")
_TITLED = re.compile(r"[^\n]*[^\n.!?…]\n.")
_NUMBERED = re.compile(r"^(\d+)\. (.*)$", re.MULTILINE)


@answers("factuality.claims")
def claims(request: ChatRequest) -> str:
    candidates = _candidates(request)
    said = sorted({sentence for text in candidates.values() for sentence in sentences(text)})
    everything = len(candidates) == 1 or "even if they agree" in _system(request)
    found = []
    for sentence in said:
        asserts, denies = _stands(sentence, candidates)
        if everything or len(asserts) < len(candidates):
            found.append({"claim": sentence, "query": subject(sentence), "asserts": asserts, "denies": denies})
    found.sort(key=lambda claim: not claim["denies"])
    return json.dumps({"claims": found[: _limit(request)]})


@answers("factuality.stands")
def stands(request: ChatRequest) -> str:
    candidates = _candidates(request)
    reply = {}
    for number, claim in _claims(request):
        asserts, denies = _stands(claim, candidates)
        reply[number] = {"asserts": asserts, "denies": denies}
    return json.dumps(reply)


@answers("factuality.verdicts")
def verdicts(request: ChatRequest) -> str:
    evidence = _evidence(request)
    reply = {}
    for number, claim in _claims(request):
        quote = closest(claim, evidence)
        agreed = None if quote is None else agree(claim, quote)
        verdict = {True: "supported", False: "contradicted", None: "not enough evidence"}[agreed]
        reply[number] = {"quote": quote or "", "verdict": verdict}
    return json.dumps(reply)


@answers("factuality.differences")
def differences(request: ChatRequest) -> str:
    candidates = _candidates(request)
    said = sorted({sentence for text in candidates.values() for sentence in sentences(text)})
    stands = {sentence: _stands(sentence, candidates) for sentence in said}
    differing = [sentence for sentence, (asserts, _) in stands.items() if len(asserts) < len(candidates)]
    differing.sort(key=lambda sentence: not stands[sentence][1])  # what another denies comes first
    found = [{"difference": sentence, "query": subject(sentence)} for sentence in differing]
    return json.dumps({"differences": found[: _limit(request)]})


@answers("factuality.ratings")
def ratings(request: ChatRequest) -> str:
    evidence = _evidence(request)
    rated = {letter: _rating(text, evidence) for letter, text in _candidates(request).items()}
    return json.dumps({"reason": "by the sentences that the passages bear out", **rated})


def _rating(text: str, evidence: Sequence[str]) -> int:
    """Ten for what the passages bear out alone, one for what they contradict alone, five where they are silent."""
    found = [agree(sentence, closest(sentence, evidence) or "") for sentence in sentences(text)]
    decided = [verdict for verdict in found if verdict is not None]
    return 1 + round(9 * sum(decided) / len(decided)) if decided else 5


def _stands(claim: str, candidates: Mapping[str, str]) -> tuple[list[str], list[str]]:
    asserts: list[str] = []
    denies: list[str] = []
    for letter, text in candidates.items():
        nearest = closest(claim, sentences(text))
        agreed = None if nearest is None else agree(claim, nearest)
        if agreed is not None:
            (asserts if agreed else denies).append(letter)
    return asserts, denies


def _candidates(request: ChatRequest) -> dict[str, str]:
    prefix = "candidate "
    return {
        found.name.removeprefix(prefix): found.text for found in fenced_texts(request) if found.name.startswith(prefix)
    }


def _claims(request: ChatRequest) -> list[tuple[str, str]]:
    """The numbered claims the prompt asks about."""
    return [
        match for found in fenced_texts(request) if found.name == "claims" for match in _NUMBERED.findall(found.text)
    ]


def _evidence(request: ChatRequest) -> list[str]:
    """The sentences of all passages that say anything. A title says nothing: it is a first line that ends without a
    mark."""
    passages = [found.text for found in fenced_texts(request) if found.name.startswith("passage ")]
    said = (text.partition("\n")[2] if _TITLED.match(text) else text for text in passages)
    return sorted({sentence for text in said for sentence in sentences(text) if words(sentence)})


def _limit(request: ChatRequest) -> int:
    match = _LIMIT.search(_system(request))
    return int(match[1]) if match else 8


def _system(request: ChatRequest) -> str:
    return "\n".join(message.content for message in request.messages if message.role == "system")
