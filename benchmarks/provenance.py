"""What every figure needs beside it: the command, the day, the machine, the version."""

import datetime
import os
import platform
import shlex
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
SHARED_DATA = ROOT.parent / "shared" / "data"


def print_header(share: str) -> None:
    """Prints the lines to copy above the figures; `share` says which part of the data they were taken on."""
    module = Path(sys.argv[0]).stem
    commit = subprocess.run(
        ["git", "describe", "--always", "--dirty"], cwd=ROOT, capture_output=True, text=True, check=False
    ).stdout.strip()
    print(f"command: python -m benchmarks.{module} {shlex.join(sys.argv[1:])}".rstrip())
    print(f"date: {datetime.datetime.now(datetime.UTC):%Y-%m-%d}, commit {commit or 'unknown'}")
    print(f"machine: {platform.machine()}, {os.cpu_count()} cores shared, Python {platform.python_version()}")
    print(f"data: {share}\n")
