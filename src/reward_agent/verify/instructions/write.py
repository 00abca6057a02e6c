"""Has a model write a checker for a requirement that the catalog does not know.

    written = await CheckerWriter(coder=chat, admission=admission).checker(says, passing, failing)

One question gives the code and examples; it is admitted or goes back with what is wrong, twice at most. The examples in
the arguments come from whoever read the instruction and are never shown to the writer. An admitted checker serves every
candidate and every prompt that asks for the same, now and, with a store, later: what lies in a store is data, so it is
admitted anew before it is believed. Does NOT promise that a checker can be had.
"""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass, field

from pydantic import TypeAdapter, ValidationError

from reward_agent.errors import StoreError
from reward_agent.presentation import on_one_line
from reward_agent.prompting import Fence, ask, load_prompt
from reward_agent.protocols import ChatModel
from reward_agent.store import Store
from reward_agent.verify.instructions.checker import EXAMPLES_AT_LEAST, Admission, Checker
from reward_agent.verify.instructions.parse_model import usable_examples
from reward_agent.verify.instructions.share import Shared

PURPOSE = "instructions.write"
REPAIRS_AT_MOST = 2
STORED_AS = "checkers"
_REPLY_TOKENS = 2_000
_COMPLAINT = 1_500

_STORED: TypeAdapter[Checker] = TypeAdapter(Checker)


@dataclass(frozen=True, slots=True, kw_only=True)
class Refused:
    """No checker was admitted, and why."""

    why: str


@dataclass(frozen=True, slots=True, kw_only=True)
class _Reply:
    code: str
    passing: list[str]
    failing: list[str]


@dataclass(frozen=True, slots=True, kw_only=True)
class CheckerWriter:
    """Writes each checker once; those who ask for the same one at the same time share it."""

    coder: ChatModel
    admission: Admission
    store: Store | None = None
    _written: Shared[Checker | Refused] = field(default_factory=Shared, repr=False, compare=False)

    async def checker(self, says: str, passing: Sequence[str], failing: Sequence[str]) -> Checker | Refused:
        """An admitted checker, or why there is none. Raises SignalError where the model or the sandbox fails."""
        if len(passing) < EXAMPLES_AT_LEAST or len(failing) < EXAMPLES_AT_LEAST or set(passing) & set(failing):
            return Refused(why="no second set of examples to try a checker on")
        key = hashlib.sha256(normalised(says).encode("utf-8", "surrogatepass")).hexdigest()
        return await self._written.value(key, lambda: self._had(key, says, tuple(passing), tuple(failing)))

    async def _had(self, key: str, says: str, passing: tuple[str, ...], failing: tuple[str, ...]) -> Checker | Refused:
        stored = await self._stored(key, says)
        if stored is not None:
            return stored
        written = await self._asked(says, passing, failing)
        if self.store is not None and isinstance(written, Checker):
            with suppress(StoreError):  # then it is written anew by the next process
                await self.store.put(STORED_AS, key, _STORED.dump_json(written))
        return written

    async def _stored(self, key: str, says: str) -> Checker | None:
        """The store's checker, where it is for this requirement and is still admitted."""
        if self.store is None:
            return None
        try:
            found = await self.store.get(STORED_AS, key)
            checker = _STORED.validate_json(found) if found is not None else None
        except (StoreError, ValidationError):
            return None  # of another version, or damaged: written anew
        if checker is None:
            return None
        if normalised(checker.says) != normalised(says) or await self.admission.complaint(checker) is not None:
            return None
        return checker

    async def _asked(self, says: str, passing: tuple[str, ...], failing: tuple[str, ...]) -> Checker | Refused:
        code, complaint = "", ""
        for _ in range(1 + REPAIRS_AT_MOST):
            reply = await self._reply(says, code, complaint)
            checker = Checker(
                says=says,
                source=reply.code,
                passing=usable_examples(reply.passing),
                failing=usable_examples(reply.failing),
                kept_passing=passing,
                kept_failing=failing,
            )
            objection = await self.admission.complaint(checker)
            if objection is None:
                return checker
            code, complaint = reply.code, objection
        return Refused(why=f"no written checker was admitted in {1 + REPAIRS_AT_MOST} attempts, the last: {complaint}")

    async def _reply(self, says: str, code: str, complaint: str) -> _Reply:
        code, complaint = code[: 4 * _COMPLAINT], complaint[:_COMPLAINT]
        fence = Fence(says, code, complaint)
        earlier = (
            f"\nYour earlier code:\n{fence('code', code)}\nWhat is wrong with it:\n{fence('complaint', complaint)}"
            if complaint
            else ""
        )
        return await ask(
            self.coder,
            load_prompt(__package__, "write"),
            _Reply,
            purpose=PURPOSE,
            max_tokens=_REPLY_TOKENS,
            rule=fence.rule,
            requirement=fence("requirement", says),
            earlier=earlier,
        )


def normalised(says: str) -> str:
    """What makes two requirements the same: their words, whatever the blanks, the case of the first letter and the
    full stop at the end. The case of the rest can matter to a keyword."""
    flat = on_one_line(says, len(says) + 1).rstrip(" .")
    return flat[:1].lower() + flat[1:]
