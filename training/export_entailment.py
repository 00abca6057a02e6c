"""Writes the trained entailment model as one int8 ONNX file, and its tokenizer beside it.

    python -m training.export_entailment --model /tmp/entailment --out FOLDER [--base FOLDER]

Weights are quantized to 7 of 8 bits, a scale a channel, so that no processor's arithmetic saturates and all agree;
activations as they come. `model.json` says what it was made from,
with the sizes and checksums of the files.
"""

import argparse
import json
from pathlib import Path

import torch
from onnxruntime.quantization import QuantType, quantize_dynamic

from training.entailment import Encoder, packaged_base, small_tokenizer
from training.read import checksum


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--model", type=Path, required=True)
    parser.add_argument("--out", type=Path, required=True)
    parser.add_argument("--base", type=Path)
    asked = parser.parse_args()
    base = asked.base or packaged_base()
    model = Encoder(base, attention="eager")  # written out, so that onnxruntime knows it and runs it as one
    model.load_state_dict(torch.load(asked.model / "model.pt", map_location="cpu"))
    model.eval()
    asked.out.mkdir(parents=True, exist_ok=True)
    whole = asked.model / "float32.onnx"
    ids = torch.randint(1000, 5000, (2, 24))
    names = ["input_ids", "attention_mask", "token_type_ids"]
    torch.onnx.export(
        model,
        (ids, torch.ones_like(ids), torch.zeros_like(ids)),
        str(whole),
        input_names=names,
        output_names=["logits"],
        dynamic_axes={name: {0: "batch", 1: "tokens"} for name in names} | {"logits": {0: "batch"}},
        opset_version=17,
        dynamo=False,
    )
    small = asked.out / "entailment.onnx"
    quantize_dynamic(str(whole), str(small), weight_type=QuantType.QInt8, per_channel=True, reduce_range=True)
    (asked.out / "tokenizer.json").write_text(small_tokenizer(base), encoding="utf-8")
    files = [small, asked.out / "tokenizer.json"]
    document = {
        "made by": "training/entailment.py, training/export_entailment.py",
        "base": {"all-MiniLM-L6-v2, model.safetensors": checksum(base / "model.safetensors")},
        **json.loads((asked.model / "settings.json").read_text(encoding="utf-8")),
        "files": {file.name: {"bytes": file.stat().st_size, "sha256": checksum(file)} for file in files},
    }
    (asked.out / "model.json").write_text(json.dumps(document, indent=1) + "\n", encoding="utf-8")
    print(json.dumps(document["files"], indent=1))


if __name__ == "__main__":
    main()
