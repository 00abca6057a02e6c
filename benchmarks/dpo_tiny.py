"""DPO on pairs from the IFEval answers, with a tiny model: that the whole loop works, not that the model gets good.

    python -m benchmarks.dpo_tiny [--data ../shared/data/ifeval] [--steps 80] [--svg docs/dpo-loss.svg]

`annotate --preset offline` makes the pairs, `train-dpo` trains a model of random weights, made on the spot, whose
tokens are bytes. What it prints and draws is the curve of DPO's loss and reward margin; the model cannot write.
"""

import argparse
import json
import subprocess
import sys
import tempfile
from pathlib import Path

from pydantic import TypeAdapter

from benchmarks.annotated_pairs import annotate, write_responses
from benchmarks.provenance import ROOT, SHARED_DATA, print_header
from reward_agent.jobs.training.curves import Point, draw
from reward_agent.testing.checkpoints import tiny_chat_model

SETTINGS = {
    "learning_rate": 1e-3,
    "lr_scheduler_type": "constant",
    "per_device_train_batch_size": 4,
    "max_length": 768,
    "logging_steps": 4,
    "save_steps": 40,
    "gradient_checkpointing": "false",
}


def train(pairs: Path, model: Path, out: Path, steps: int) -> None:
    command = [sys.executable, "-m", "reward_agent.cli", "train-dpo", "--pairs", str(pairs), "--model", str(model)]
    for name, value in {**SETTINGS, "max_steps": steps}.items():
        command += ["--set", f"dpo.{name}={value}"]
    done = subprocess.run([*command, "--out", str(out)], capture_output=True, text=True, check=False)
    if done.returncode:
        raise SystemExit(done.stderr)
    print(done.stdout)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--data", type=Path, default=SHARED_DATA / "ifeval")
    parser.add_argument("--steps", type=int, default=80)
    parser.add_argument("--svg", type=Path, default=ROOT / "docs" / "dpo-loss.svg")
    asked = parser.parse_args()
    print_header(f"all of {asked.data.name}: the developers' half; only the curve is kept")
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        write_responses(asked.data, folder / "responses.jsonl")
        annotate(
            folder / "responses.jsonl", folder / "pairs", "--preset", "offline", "--rule", "all", "--max-pairs", "4"
        )
        tiny_chat_model(folder / "model")
        train(folder / "pairs", folder / "model", folder / "trained", asked.steps)
        report = json.loads((folder / "trained" / "report.json").read_text(encoding="utf-8"))
    points = TypeAdapter(tuple[Point, ...]).validate_python(report["curve"])
    print(f"pairs {report['pairs']}, cut {report['cut']}, set aside {report['set_aside']}")
    print("| step | loss | margin | accuracy |\n|---|---|---|---|")
    for point in points:
        print(f"| {point.step} | {point.loss:.4f} | {point.margin:.4f} | {point.accuracy:.2f} |")
    files = draw(points, asked.svg.parent, asked.svg.stem, title="DPO of a tiny random model on IFEval pairs")
    for path in files:
        if path != asked.svg:
            path.unlink()
    print(f"drawn: {asked.svg}")


if __name__ == "__main__":
    main()
