"""A batch of rows -> the head's numbers, with torch.

Rows are padded on the right and no attention mask is given: a causal model never looks to the right, so padding cannot
reach a real token, and the attention kernel may skip half of the work. The hidden states a head asks for are gathered
before the head, which is computed in 32 bits: scores that differ in the third digit stay apart in bfloat16.
"""

import inspect
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import Any

from reward_agent.prefer.local.batches import Row, Unit
from reward_agent.prefer.local.engine import OutOfMemory, Outputs

Head = Callable[[Any], Any]
"""From hidden states [rows, places, width] in 32 bits to numbers [rows, outputs]."""


@dataclass(frozen=True, slots=True, kw_only=True)
class CausalScorer:
    """A causal backbone on one device and the head over its last hidden states."""

    backbone: Any
    head: Head
    pad: int
    _cache: str = field(init=False)

    def __post_init__(self) -> None:
        known = inspect.signature(self.backbone.forward).parameters
        object.__setattr__(self, "_cache", "cache" if "cache" in known else "past_key_values")  # renamed in 5.x

    def outputs(self, batch: Sequence[Unit]) -> Sequence[Outputs]:
        """See `Scorer`."""
        import torch

        try:
            with torch.inference_mode():
                states = self._after_shared(batch) if batch[0].shared else self._whole(batch)
                return self.head(states.float()).tolist()  # type: ignore[no-any-return]  # numbers, row by row
        except torch.OutOfMemoryError as error:
            reason = str(error).splitlines()[0]
        torch.cuda.empty_cache()  # after the handler, which holds the frames that hold the tensors
        raise OutOfMemory(reason)

    def _whole(self, batch: Sequence[Unit]) -> Any:
        rows = [row for unit in batch for row in unit.rows]
        hidden = self.backbone(input_ids=self._padded([row.ids for row in rows]), use_cache=False).last_hidden_state
        return self._gathered(hidden, [row.places for row in rows])

    def _after_shared(self, batch: Sequence[Unit]) -> Any:
        """The beginnings once, then every row's own rest over their keys and values."""
        import torch

        rows = [row for unit in batch for row in unit.rows]
        owner = [index for index, unit in enumerate(batch) for _ in unit.rows]
        shared = [unit.shared for unit in batch for _ in unit.rows]
        begun = self.backbone(
            input_ids=self._padded([unit.rows[0].ids[: unit.shared] for unit in batch]), use_cache=True
        )
        cache = getattr(begun, self._cache)
        cache.batch_select_indices(torch.tensor(owner, device=self._device))
        rests = self._padded([row.ids[length:] for row, length in zip(rows, shared, strict=True)])
        starts = torch.tensor(shared, device=self._device)
        mask = self._mask(starts, rests.shape[1]) if len(set(shared)) > 1 else None
        positions = starts[:, None] + torch.arange(rests.shape[1], device=self._device)
        rest = self.backbone(
            input_ids=rests, attention_mask=mask, position_ids=positions, use_cache=True, **{self._cache: cache}
        )
        # A head's places may lie on both sides: read each where it is, padding the other side's index with 0.
        before = [
            [place if place < length else 0 for place in row.places] for row, length in zip(rows, shared, strict=True)
        ]
        after = [[max(place - length, 0) for place in row.places] for row, length in zip(rows, shared, strict=True)]
        early = torch.tensor(
            [[place < length for place in row.places] for row, length in zip(rows, shared, strict=True)],
            device=self._device,
        )
        begun_states = begun.last_hidden_state[
            torch.tensor(owner, device=self._device)[:, None], torch.tensor(before, device=self._device)
        ]
        return torch.where(early[:, :, None], begun_states, self._gathered(rest.last_hidden_state, after))

    def _mask(self, starts: Any, rest: int) -> Any:
        """Ones, but for the padding between a beginning and the rest."""
        import torch

        seen = torch.arange(int(starts.max()), device=self._device) < starts[:, None]
        return torch.cat([seen, seen.new_ones(len(starts), rest)], dim=1).long()

    def _gathered(self, hidden: Any, places: Sequence[Sequence[int]]) -> Any:
        import torch

        index = torch.tensor(places, device=self._device)
        return hidden[torch.arange(len(places), device=self._device)[:, None], index]

    def _padded(self, rows: Sequence[Sequence[int]]) -> Any:
        return padded(rows, self.pad).to(self._device, non_blocking=True)

    @property
    def _device(self) -> Any:
        return self.backbone.device


@dataclass(frozen=True, slots=True, kw_only=True)
class WholeModelScorer:
    """A sequence classifier of another build, called as it is: one score a row, nothing shared."""

    model: Any
    pad: int | None

    def outputs(self, batch: Sequence[Unit]) -> Sequence[Outputs]:
        """See `Scorer`. Without a padding token each row goes alone."""
        import torch

        rows = [row for unit in batch for row in unit.rows]
        try:
            with torch.inference_mode():
                if self.pad is None:
                    return [self._scores([row], 0)[0] for row in rows]
                return self._scores(rows, self.pad)
        except torch.OutOfMemoryError as error:
            reason = str(error).splitlines()[0]
        torch.cuda.empty_cache()
        raise OutOfMemory(reason)

    def _scores(self, rows: Sequence[Row], pad: int) -> Sequence[Outputs]:
        import torch

        ids = padded([row.ids for row in rows], pad)
        lengths = torch.tensor([[len(row.ids)] for row in rows])
        mask = (torch.arange(ids.shape[1]) < lengths).long()
        device = self.model.device
        logits = self.model(input_ids=ids.to(device), attention_mask=mask.to(device)).logits
        return logits.float().reshape(len(rows), 1).tolist()  # type: ignore[no-any-return]


def padded(rows: Sequence[Sequence[int]], pad: int) -> Any:
    """The rows as one tensor, padded on the right."""
    import torch

    width = max(map(len, rows))
    return torch.tensor([[*ids, *[pad] * (width - len(ids))] for ids in rows])
