"""What the instruction verifier asks of a language model: calls and prompt characters, by kind of instruction and by
number of candidates. The model is simulated (it answers at once, by rules), the sandbox is the real one.

    python -m benchmarks.instruction_calls
"""

import asyncio
from collections.abc import Sequence

from benchmarks.provenance import print_header
from reward_agent.build import build_agent, instruction_verifier_of
from reward_agent.build.resources import Resources, open_sandbox
from reward_agent.config import Settings, load_settings
from reward_agent.testing.simulated import SimulatedChat
from reward_agent.types import Sample
from reward_agent.verify.instructions.verifier import InstructionVerifier

INSIDE = (
    "Explain why the sea is salty. Answer in exactly three sentences. Include the keyword 'river'. "
    "Do not use any commas."
)
LAST = "The last word must be longer than the first word."
BRACKETS = "Please keep the brackets balanced."
VOWELS = "Make sure that the number of vowels must be even."  # its checker is wrong at first, so it costs a repair
SOFT = "Write in a calm tone, with a touch of irony."

INSTRUCTIONS = {
    "three inside the catalog": INSIDE,
    "three inside, two outside": f"{INSIDE} {LAST} {BRACKETS}",
    "three inside, two outside, one repaired": f"{INSIDE} {LAST} {VOWELS}",
    "two soft": f"Explain why the sea is salty. {SOFT}",
    "three inside, two outside, two soft": f"{INSIDE} {LAST} {BRACKETS} {SOFT}",
}
SENTENCE = "Every river carries a little salt to the sea and the sun takes only the water away. "
RESPONSE_CHARACTERS = 1_300


def responses(n: int) -> list[str]:
    """Different texts of the length of an average answer."""
    return [f"Answer {number}. {SENTENCE * 20}"[:RESPONSE_CHARACTERS] for number in range(n)]


async def asked(settings: Settings, resources: Resources, chat: SimulatedChat, samples: Sequence[Sample]) -> None:
    """Verifies with a verifier that has seen nothing yet, and prints what it asked."""
    verifier: InstructionVerifier = instruction_verifier_of(build_agent(settings, resources))
    for sample in samples:
        await verifier.verify(sample)
    names = [purpose.partition(".")[2] for purpose in sorted(chat.calls)]
    by_purpose = ", ".join(f"{name} {chat.calls[f'instructions.{name}']}" for name in names)
    print(f"{chat.calls.total()} calls ({by_purpose}), {chat.prompt_characters.total():,} prompt characters |")


async def main() -> None:
    print_header("instructions of our own, below; a simulated model")
    overrides = ["verify.instructions.type=model", 'chat.default={model="simulated"}']
    settings = load_settings(overrides=overrides)
    async with open_sandbox(settings) as sandbox:

        async def row(name: str, samples: Sequence[Sample], settings: Settings = settings) -> None:
            chat = SimulatedChat()
            opened = Resources(chat={"default": chat}, sandbox=sandbox, tier=sandbox.report().tier)
            print(f"| {name} | ", end="")
            await asked(settings, opened, chat, samples)

        for name, instruction in INSTRUCTIONS.items():
            await row(f"{name}, a pair", [Sample.of(instruction, responses(2))])
        everything = INSTRUCTIONS["three inside, two outside, two soft"]
        for n in (1, 2, 16, 32):
            await row(f"the last, {n} candidates", [Sample.of(everything, responses(n))])
        again = [Sample.of(everything, responses(2), id=f"sample {number}") for number in range(10)]
        await row("the last, ten pairs", again)
        for parsing in ("unread", "rules"):
            by_rules = load_settings(overrides=[*overrides, f"verify.instructions.parse={parsing}"])
            for name in ("three inside the catalog", "two soft"):
                pair = [Sample.of(INSTRUCTIONS[name], responses(2))]
                await row(f"{name}, a pair, parse = {parsing}", pair, by_rules)


if __name__ == "__main__":
    asyncio.run(main())
