"""Answers to the instruction verifier's prompts: reading an instruction, writing a checker, judging what is soft.

It knows a few wordings of soft demands ("in a calm tone"), one of the catalog's kinds in words that the rules do not
know ("nothing but capitals"), and the made-up demands of `DEMANDS`, for which it writes real checkers. The one for
vowels is wrong at first and right once it is told so. Any other checker it writes is of no use and is not admitted.
"""

import json
import re
from dataclasses import dataclass
from typing import Any

from reward_agent.testing.simulated.registry import answers, fenced_texts
from reward_agent.types import ChatRequest

_SOFT = re.compile(
    r"(?:in|with) an? [\w-]+(?: and [\w-]+)? (?:tone|mood|voice|style)|with a (?:touch|hint) of \w+"
    r"|sound like an? \w+|from the viewpoint of an? \w+",
    re.IGNORECASE,
)
_CAPITALS = re.compile(r"nothing but capitals", re.IGNORECASE)
_MOODS = {
    "calm": {"calm", "quiet", "gently", "soft", "still", "slow"},
    "cheerful": {"cheerful", "happy", "joy", "glad", "delight", "hooray"},
    "irony": {"irony", "ironic", "naturally", "surprise", "obviously"},
    "pirate": {"pirate", "arr", "matey", "ahoy"},
}
_EMPTY_WORDS = frozenset(
    {"all", "and", "answer", "are", "from", "hint", "its", "like", "mood", "must", "response", "should", "sound"}
    | {"style", "than", "the", "tone", "touch", "viewpoint", "voice", "with", "written"}
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Demand:
    """A hard demand outside the catalog: the words that make it, examples on either side, and code that checks it."""

    words: str
    says: str
    passing: tuple[str, ...]
    failing: tuple[str, ...]
    more_passing: tuple[str, ...]
    more_failing: tuple[str, ...]
    code: str
    first_attempt: str = ""


DEMANDS = (
    Demand(
        words="last word must be longer than the first word",
        says="The last word of the response is longer than its first word.",
        passing=("a tiger", "go home"),
        failing=("tiger a", "home go"),
        more_passing=("I like elephants.", "On we went"),
        more_failing=("Elephants like me.", "word"),
        code=(
            "import re\n\ndef check_following(response: str) -> bool:\n    words = re.findall(r'\\w+', response)\n"
            "    return bool(words) and len(words[-1]) > len(words[0])\n"
        ),
    ),
    Demand(
        words="number of vowels must be even",
        says="The number of vowels (a, e, i, o, u) in the response is even.",
        passing=("aa", "tree"),
        failing=("a", "tea o"),
        more_passing=("go on", "sky"),
        more_failing=("sun", "I go on"),
        code=(
            "def check_following(response: str) -> bool:\n"
            "    return sum(1 for c in response.lower() if c in 'aeiou') % 2 == 0\n"
        ),
        first_attempt="def check_following(response: str) -> bool:\n    return True\n",
    ),
    Demand(
        words="keep the brackets balanced",
        says="Every round bracket that is opened in the response is closed.",
        passing=("(a)", "a (b (c))"),
        failing=("(a", "a)"),
        more_passing=("none", "(one) and (two)"),
        more_failing=(")(", "((a)"),
        code=(
            "def check_following(response: str) -> bool:\n    depth = 0\n    for c in response:\n"
            "        depth += (c == '(') - (c == ')')\n        if depth < 0:\n            return False\n"
            "    return depth == 0\n"
        ),
    ),
    Demand(
        words="each of the five vowels must occur",
        says="Each of the vowels a, e, i, o and u occurs in the response.",
        passing=("a e i o u", "education"),
        failing=("sky", "a e i o"),
        more_passing=("An unlikely dodo, there.", "Sequoia"),
        more_failing=("None of it.", "Aaaa"),
        code=(
            "def check_following(response: str) -> bool:\n    low = response.lower()\n"
            "    return all(vowel in low for vowel in 'aeiou')\n"
        ),
    ),
)


@answers("instructions.parse")
def parse(request: ChatRequest) -> str:
    texts = {text.name: text.text for text in fenced_texts(request)}
    instruction, read = texts["instruction"], texts["read"].lower()
    offered = "\n".join(message.content for message in request.messages)
    found: list[dict[str, Any]] = [
        {"span": match[0], "says": f"The response is written {match[0]}.", "hard": False}
        for match in _SOFT.finditer(instruction)
    ]
    if match := _CAPITALS.search(instruction):
        kind = "case.upper" if "case.upper(" in offered else ""
        found.append({"span": match[0], "says": "All letters are capitals.", "hard": True, "kind": kind, "params": []})
    for demand in DEMANDS:
        if match := re.search(re.escape(demand.words), instruction, re.IGNORECASE):
            examples = {"passing": demand.passing, "failing": demand.failing}
            found.append({"span": match[0], "says": demand.says, "hard": True, **examples})
    return json.dumps({"requirements": [item for item in found if item["span"].lower() not in read]})


@answers("instructions.write")
def write(request: ChatRequest) -> str:
    texts = {text.name: text.text for text in fenced_texts(request)}
    for demand in DEMANDS:
        if demand.says.lower() in texts["requirement"].lower():
            code = demand.code if "complaint" in texts or not demand.first_attempt else demand.first_attempt
            return json.dumps({"code": code, "passing": demand.more_passing, "failing": demand.more_failing})
    code = "def check_following(response: str) -> bool:\n    return True\n"
    return json.dumps({"code": code, "passing": ["one", "two"], "failing": ["three", "four"]})


@answers("instructions.soft")
def judge(request: ChatRequest) -> str:
    texts = fenced_texts(request)
    listed = next(text.text for text in texts if text.name == "requirements").split("\n")
    candidates = [text.text for text in texts if text.name.startswith("candidate ")]
    verdicts = [
        {"candidate": candidate, "requirement": requirement, **_verdict(says.partition(". ")[2], text)}
        for candidate, text in enumerate(candidates, start=1)
        for requirement, says in enumerate(listed, start=1)
    ]
    return json.dumps({"verdicts": verdicts})


def _verdict(says: str, text: str) -> dict[str, str]:
    """By the words that the two have in common, or words that go with them."""
    asked = {word for word in re.findall(r"[a-z]{3,}", says.lower()) if word not in _EMPTY_WORDS}
    sought = next(
        (_MOODS[mood] for mood in sorted(asked & _MOODS.keys())),
        asked - {"all", "and", "are", "its", "response", "than", "the", "written"},
    )
    if not sought:
        return {"verdict": "cannot tell", "why": "nothing to look for"}
    common = sought & set(re.findall(r"[a-z]+", text.lower()))
    if common:
        return {"verdict": "yes", "why": min(common)}
    return {"verdict": "no", "why": f"none of {', '.join(sorted(sought))}"}
