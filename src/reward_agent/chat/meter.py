"""What a run asks of its models, by purpose: a `ChatModel` around a `ChatModel`, and the ledger that it fills."""

from collections import Counter
from dataclasses import dataclass, field

from reward_agent.chat.errors import ChatError
from reward_agent.errors import SignalError
from reward_agent.prompting import spend
from reward_agent.protocols import ChatModel
from reward_agent.types import ChatRequest, Completion, Usage


@dataclass(slots=True, kw_only=True)
class Entry:
    """What one purpose has asked of one model. `asked` counts questions, answered or not."""

    asked: int = 0
    usage: Usage = field(default_factory=Usage)
    failures: Counter[str] = field(default_factory=Counter)


@dataclass(slots=True, kw_only=True)
class Ledger:
    """Entries by purpose and model's name."""

    entries: dict[tuple[str, str], Entry] = field(default_factory=dict)

    def entry(self, purpose: str, model: str) -> Entry:
        """The entry, made where it is missing."""
        return self.entries.setdefault((purpose, model), Entry())

    @property
    def usage(self) -> Usage:
        """All entries together."""
        return sum((entry.usage for entry in self.entries.values()), Usage())

    def lines(self) -> list[str]:
        """For a person: the whole, then each purpose, the most calls first. Empty where nothing was asked."""
        if not self.entries:
            return []
        failures = sum((entry.failures for entry in self.entries.values()), Counter[str]())
        rows = sorted(self.entries.items(), key=lambda item: (-item[1].usage.calls, item[0]))
        parts = [f"  {purpose} ({model}): {_told(entry.usage, entry.failures)}" for (purpose, model), entry in rows]
        return [f"models: {_told(self.usage, failures)}", *parts]


def _told(usage: Usage, failures: Counter[str]) -> str:
    parts = [f"{_counted(usage.calls, 'call')}, {usage.cached:,} from the cache"]
    parts.append(f"{usage.tokens - usage.completion_tokens:,} + {usage.completion_tokens:,} tokens")
    if usage.cost:
        parts.append(f"${usage.cost:,.4f}")
    if usage.calls:
        parts.append(f"{usage.seconds / usage.calls:.2f} s a call")
    if failures:
        parts.append("failed: " + ", ".join(f"{count:,} {kind}" for kind, count in failures.most_common()))
    return "; ".join(parts)


def _counted(number: int, noun: str) -> str:
    return f"{number:,} {noun}" if number == 1 else f"{number:,} {noun}s"


@dataclass(frozen=True, slots=True, kw_only=True)
class MeteredChat:
    """Enters every question into the ledger, under the model's `name`."""

    model: ChatModel
    name: str
    ledger: Ledger

    async def complete(self, request: ChatRequest) -> Completion:
        """The model's reply. What a failed call cost counts for the sample too."""
        entry = self.ledger.entry(request.purpose, self.name)
        entry.asked += 1
        try:
            completion = await self.model.complete(request)
        except SignalError as error:
            entry.failures[error.kind] += 1
            if isinstance(error, ChatError):
                entry.usage += error.usage
                spend(error.usage, role=request.purpose)
            raise
        entry.usage += completion.usage
        return completion
