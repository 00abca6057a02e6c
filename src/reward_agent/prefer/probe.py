"""A few fixed conversations that show what is wrong with a server of a reward model before a run does.

Finds: scores that went through a sigmoid, a first token that was doubled or another template (where the server counts
its tokens and the tokenizer is at hand), addresses that hold different models, a server that scores everything alike.
Does NOT find a wrong model behind a right name: compare it with a local one for that (`reward-agent doctor` does where
both are configured).
"""

from collections.abc import Sequence

from reward_agent.prefer.server import Answer, ServerPreference
from reward_agent.types import Message

PROBES: Sequence[tuple[str, Sequence[str]]] = (
    ("How many legs does a spider have?", ("A spider has eight legs.", "Six, like every insect.", "hjkl hjkl hjkl")),
    ("Write one friendly sentence to a new colleague.", ("Welcome, we are glad that you are here!", "Go away.")),
    ("What is 12 times 12?", ("12 times 12 is 144.", "It is 122.", "")),
)
DIFFERENT = 0.05
"""Two addresses of one model differ by less, relative to the spread of the scores: batches change the last digits."""


async def doubts(server: ServerPreference) -> list[str]:
    """What is wrong, in plain words with what to change; empty where nothing was found. Raises SignalError."""
    found: list[str] = []
    seen: dict[str, list[float]] = {}
    for url in server.addresses.urls:
        answers = [
            await server.answer_of(url, [Message(role="user", content=prompt)], responses)
            for prompt, responses in PROBES
        ]
        scores = seen[url] = [score for answer in answers for score in answer.scores]
        found += [f"{url}: {doubt}" for doubt in (*_of_scores(scores, server.unit_scores), *_of_tokens(answers))]
    first, *others = seen.items()
    scale = max(first[1]) - min(first[1])
    for url, scores in others:
        apart = max(abs(a - b) for a, b in zip(first[1], scores, strict=True))
        if apart > DIFFERENT * max(scale, 1e-6):
            found.append(
                f"{first[0]} and {url} differ by {apart:.3g}: they hold different models, or set them up apart"
            )
    return found


def _of_scores(scores: Sequence[float], unit_scores: bool) -> list[str]:
    if len(set(scores)) == 1:
        return [
            f"every conversation scores {scores[0]:g}: it does not read them. Check the model and its chat template"
        ]
    if not unit_scores and all(0 <= score <= 1 for score in scores):
        return [
            f"all scores lie between 0 and 1 ({min(scores):.3g} to {max(scores):.3g}), as after a sigmoid, which hides "
            "how far apart good answers are. Turn the activation off at the server (with vLLM: a version that knows "
            "use_activation), or set unit_scores = true if this model's scores are meant to lie there"
        ]
    return []


def _of_tokens(answers: Sequence[Answer]) -> list[str]:
    rows = list(zip(answers, PROBES, strict=True))
    extra = [
        (answer.tokens_there - answer.tokens_here) / len(responses)
        for answer, (_, responses) in rows
        if answer.tokens_there is not None and answer.tokens_here is not None
    ]
    if not any(extra):
        return []
    if all(more == 1 for more in extra):
        return [
            "the server reads one token more than the chat template wrote, in every conversation: it puts its first "
            "token before the template's own. Turn that off (with vLLM: add_special_tokens = false must be heeded)"
        ]
    return [
        f"the server reads {extra[0]:+.3g} tokens a conversation against the tokenizer configured here: it has another "
        "tokenizer or template. Give the tokenizer of the model that it holds"
    ]
