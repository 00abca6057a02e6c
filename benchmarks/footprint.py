"""What a new user waits for: the start-up of the command line and the downloads of a core install.

    python -m benchmarks.footprint [--rounds 9]

The downloads need the package registry.
"""

import argparse
import statistics
import subprocess
import sys
import tempfile
import time
from pathlib import Path

from benchmarks.provenance import ROOT, print_header


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--rounds", type=int, default=9)
    rounds = parser.parse_args().rounds
    print_header("none")
    program = Path(sys.executable).with_name("reward-agent")
    for arguments in (["--help"], ["benchmark", "--help"], ["--version"]):
        times = []
        for _ in range(rounds + 1):
            started = time.perf_counter()
            subprocess.run([program, *arguments], capture_output=True, check=True)
            times.append(time.perf_counter() - started)
        times = times[1:]  # the first fills the file cache
        print(
            f"reward-agent {' '.join(arguments)}: {statistics.median(times):.2f} s ({min(times):.2f}-{max(times):.2f})"
        )
    with tempfile.TemporaryDirectory() as folder:
        subprocess.run(
            [sys.executable, "-m", "pip", "download", "--quiet", "--dest", folder, str(ROOT)],
            capture_output=True,
            check=True,
        )
        sizes = sorted(((f.stat().st_size, f.name) for f in Path(folder).iterdir()), reverse=True)
    total = sum(size for size, _ in sizes)
    print(f"core install: {total / 1e6:.1f} MB in {len(sizes)} files; the largest: ", end="")
    print(", ".join(f"{name.split('-')[0]} {size / 1e6:.1f} MB" for size, name in sizes[:4]))


if __name__ == "__main__":
    main()
