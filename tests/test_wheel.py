"""The wheel alone, in an empty environment outside the checkout, does what `make demo` does."""

import subprocess
import sys
import venv
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[1]


def called(*command: str | Path, cwd: Path) -> str:
    done = subprocess.run(command, cwd=cwd, capture_output=True, text=True, check=False)
    assert done.returncode == 0, f"{command}\n{done.stdout}\n{done.stderr}"
    return done.stdout


@pytest.mark.slow
def test_an_installed_wheel_runs_the_demo(tmp_path: Path) -> None:
    called(sys.executable, "-m", "build", "--wheel", "--no-isolation", "--outdir", tmp_path, ROOT, cwd=ROOT)
    (wheel,) = tmp_path.glob("*.whl")
    venv.create(tmp_path / "env", with_pip=True)
    python = tmp_path / "env" / "bin" / "python"
    called(python, "-m", "pip", "install", "--quiet", "--disable-pip-version-check", wheel, cwd=tmp_path)
    printed = called(python.with_name("reward-agent"), "demo", cwd=tmp_path)
    assert "runs/demo/report.md" in printed
    assert (tmp_path / "runs" / "demo" / "report.json").exists()
    home = called(python, "-c", "import reward_agent; print(reward_agent.__file__)", cwd=tmp_path)
    assert home.startswith(str(tmp_path))
