"""Run folders of our own making, with texts as hostile as a model can write them."""

import asyncio
import json
from collections.abc import Sequence
from pathlib import Path

from reward_agent.config import Settings
from reward_agent.jobs.benchmark import BenchmarkJob, read_data, run_benchmark
from reward_agent.testing import BrokenVerifier, LengthPreference, ScoringVerifier, agent_of
from reward_agent.types import Candidate, Finding, Sample, Signal, Verdict

SCRIPT = "<script>document.title='owned'</script><img src=x onerror=\"document.title='owned'\">"
ENDING = "</script><script>document.title='owned'</script><!--"
TURNED = "left \u202e right \u2066 and \u200f marks"
LONG = "long words " * 100_000
"""1.1 MB."""

HOSTILE = {"script": SCRIPT, "ending": ENDING, "turned": TURNED, "long": LONG}


class Quoting:
    """A verifier whose findings quote the candidate, a passage and an address; it likes no shouting."""

    name = "instructions"
    purpose = "quotes"

    async def verify(self, sample: Sample) -> Signal:
        return Signal(
            name=self.name,
            kind="verification",
            verdicts=tuple(self._verdict(candidate) for candidate in sample.candidates),
            notes=(
                Finding(
                    subject="written checker 12ab",
                    score=None,
                    reason="admitted on 4 examples",
                    sources=("def check_following(response):\n    return '!' not in response", "must pass: calm"),
                ),
            ),
        )

    def _verdict(self, candidate: Candidate) -> Verdict:
        calm = "!" not in candidate.text
        reason = "no sign of it" if calm else 'it shouts: "Help!"'
        found = Finding(
            subject="style: no exclamation mark",
            score=float(calm),
            reason=reason,
            sources=("without shouting", "https://example.org/rules: calm texts", "javascript:alert(1)"),
        )
        return Verdict(score=float(calm), findings=(found,))


def pairs(count: int) -> list[dict[str, str]]:
    """Pairs in two subsets; in every third the better answer is the shorter one and shouts."""
    rows = []
    for number in range(count):
        better = "Call for Help! now" if number % 3 == 0 else f"A calm and long answer, number {number}."
        worse = f"Another answer of middling length {number}" if number % 2 else f"Short, {number}"
        rows.append(
            {
                "id": f"pair {number}",
                "prompt": f"Answer question {number} without shouting.",
                "chosen": better,
                "rejected": worse,
                "subset": "odd" if number % 2 else "even",
            }
        )
    return rows


def hostile_pairs() -> list[dict[str, str]]:
    return [
        {"id": f"{name}/<b>&#", "prompt": text, "chosen": f"{text} Help!", "rejected": "no", "subset": "<i>bad</i>"}
        for name, text in HOSTILE.items()
    ]


def make_run(out: Path, rows: Sequence[dict[str, str]], *, broken: bool = False, both_orders: bool = False) -> Path:
    """Judges the rows into the folder, by a verifier that quotes and a preference for length."""
    data = out.with_suffix(".jsonl")
    data.write_text("".join(json.dumps(row) + "\n" for row in rows), encoding="utf-8")
    settings = Settings()
    job = BenchmarkJob(benchmark="pairs", data=str(data), both_orders=both_orders)
    verifiers = [Quoting(), *([BrokenVerifier("factuality")] if broken else [ScoringVerifier("polite", _polite)])]
    agent = agent_of(verifiers=verifiers, preference_models=[LengthPreference()])
    reading = read_data(job, settings)
    asyncio.run(run_benchmark(job, reading, settings, agent, out, watch=lambda tally: None))
    return out


def _polite(text: str) -> float:
    return float("calm" in text)
