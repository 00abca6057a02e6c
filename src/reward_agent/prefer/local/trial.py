"""A trial at loading: which fast ways of computing a model give the same as the model itself; the others stay off."""

from collections.abc import Callable, Sequence

from reward_agent.prefer.local.batches import Row, Unit, common_beginning
from reward_agent.prefer.local.engine import Outputs, Scorer
from reward_agent.prefer.local.template import ChatTemplate
from reward_agent.types import Message

EXACT, ROUNDED = 1e-4, 0.02
"""How far two ways may lie apart, relative to the size of a score and at least to 1: above what the order of additions
does in 32 and in 16 bits, below what a wrong position or mask does to a trained model."""

Places = Callable[[Sequence[int]], tuple[int, ...]]
"""Which hidden states of a conversation a head reads."""

_UNFIT = (TypeError, AttributeError, ValueError, RuntimeError, IndexError)


def trial_rows(template: ChatTemplate, places: Places) -> list[Row]:
    """Two fixed answers to one prompt."""
    prompt = [Message(role="user", content="Name a river, and say where it ends.")]
    rows = [template.ids(prompt, text) for text in ("The Rhine ends in the North Sea.", "No.")]
    return [Row(ids=ids, places=places(ids)) for ids in rows]


def agree(ours: Scorer, theirs: Scorer, rows: Sequence[Row], *, exact: bool) -> bool:
    """Whether two scorers give the same in one batch; a scorer that fails does not."""
    batch = [Unit((row,)) for row in rows]
    try:
        return _close(ours.outputs(batch), theirs.outputs(batch), exact)
    except _UNFIT:
        return False


def shares(scorer: Scorer, rows: Sequence[Row], *, exact: bool) -> bool:
    """Whether rows of one prompt get the same when their beginning is computed once: not every cache and attention
    can do it."""
    shared = common_beginning([row.ids for row in rows])
    backwards = tuple(reversed(rows))
    if shared < 2:
        return False
    # Two beginnings of different length in one batch, as it comes about with several prompts.
    units = [Unit(tuple(rows), shared), Unit(backwards, shared - 1)]
    try:
        ours = scorer.outputs(units)
    except _UNFIT:
        return False
    return _close(ours, scorer.outputs([Unit((row,)) for row in (*rows, *backwards)]), exact)


def _close(ours: Sequence[Outputs], theirs: Sequence[Outputs], exact: bool) -> bool:
    within = EXACT if exact else ROUNDED
    pairs = [(a, b) for left, right in zip(ours, theirs, strict=True) for a, b in zip(left, right, strict=True)]
    return all(abs(a - b) <= within * max(1.0, abs(a), abs(b)) for a, b in pairs)
