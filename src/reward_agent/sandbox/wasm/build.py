"""Makes the component and its machine code; run as a process of its own, since it takes seconds and much memory.

    python -m reward_agent.sandbox.wasm.build FOLDER     writes checker.wasm and checker.cwasm there

componentize-py runs our guest once, with Python and all modules a checker may import, and freezes the memory it then
has; wasmtime turns that into machine code for this processor.
"""

import os
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path

COMPONENT, MACHINE_CODE = "checker.wasm", "checker.cwasm"
_HERE = Path(__file__).resolve().parent
_GUEST = ("answer.py", "frames.py", "gate.py", "preload.py")  # of jail/: only what needs nothing but the library
_COMPONENTIZE = "import sys; from componentize_py import script; sys.exit(script())"


def sources() -> tuple[Path, ...]:
    """Every file that the component is made of."""
    return (_HERE / "world.wit", _HERE / "guest.py", *(_HERE.parent / "jail" / name for name in _GUEST))


def componentize(folder: Path) -> None:
    """Writes checker.wasm. Ends the process with what componentize-py said where it fails."""
    with tempfile.TemporaryDirectory(dir=folder) as place:
        app = Path(place) / "app"
        jail = app / "reward_agent" / "sandbox" / "jail"
        jail.mkdir(parents=True)
        for package in (jail, *list(jail.parents)[:2]):
            (package / "__init__.py").touch()  # the real ones load what is not there
        wit, guest, *modules = sources()
        shutil.copy(guest, app / "guest.py")
        for module in modules:
            shutil.copy(module, jail)
        command = [sys.executable, "-c", _COMPONENTIZE, "-d", str(wit), "-w", "checker", "componentize", "guest"]
        done = subprocess.run(  # noqa: S603  # our own interpreter and arguments
            [*command, "-p", str(app), "-o", str(folder / COMPONENT)],
            env={name: os.environ[name] for name in ("SYSTEMROOT", "TEMP", "TMPDIR") if name in os.environ},
            capture_output=True,
            text=True,
            errors="replace",
            check=False,
        )
    if done.returncode != 0:
        sys.exit(f"componentize-py failed: {done.stderr.strip()[:500]}")


def compile_component(folder: Path) -> None:
    """Writes checker.cwasm from checker.wasm."""
    from wasmtime.component import Component

    from reward_agent.sandbox.wasm.engine import new_engine

    component = Component.from_file(new_engine(), str(folder / COMPONENT))
    (folder / MACHINE_CODE).write_bytes(component.serialize())
    (folder / COMPONENT).unlink()  # of no more use


def main() -> None:
    """The command."""
    folder = Path(sys.argv[1])
    componentize(folder)
    compile_component(folder)


if __name__ == "__main__":
    main()
