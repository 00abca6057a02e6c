"""Where the built component lies: a folder that only this user can write, since what is in it is run as machine code.

The key covers the guest's sources, the versions of both tools, the machine and the engine's settings: another version
is another file, and nothing is ever changed in place.

Does NOT promise: anything against the user's own account, or root.
"""

import asyncio
import contextlib
import hashlib
import importlib.metadata
import importlib.util
import os
import platform
import shutil
import stat
import subprocess
import sys
import tempfile
from pathlib import Path

from filelock import FileLock

from reward_agent.errors import ConfigError
from reward_agent.sandbox.wasm.build import MACHINE_CODE, sources

PACKAGES = ("wasmtime", "componentize-py")
_ENGINE = "1"  # raise it when engine.new_engine changes
_BUILD_S = 600.0


def missing() -> str | None:
    """What of the extra is not installed, or None."""
    absent = [name for name in PACKAGES if importlib.util.find_spec(name.replace("-", "_")) is None]
    return f"{' and '.join(absent)} not installed: pip install 'reward-agent[wasm]'" if absent else None


def user_folder() -> Path:
    """The user's cache folder of this system."""
    if sys.platform == "win32":
        root = os.environ.get("LOCALAPPDATA") or str(Path.home() / "AppData" / "Local")
    elif sys.platform == "darwin":
        root = str(Path.home() / "Library" / "Caches")
    else:
        root = os.environ.get("XDG_CACHE_HOME") or str(Path.home() / ".cache")
    return Path(root) / "reward-agent" / "wasm"


async def component(folder: Path | None = None) -> Path:
    """The machine code, built on first use (about half a minute). Raises ConfigError where it cannot be."""
    return await asyncio.to_thread(ensure, folder or user_folder())


def ensure(folder: Path) -> Path:
    """The same, waiting. Several processes may ask at once: one builds, the others wait for it."""
    lacking = missing()
    if lacking is not None:
        raise ConfigError(f"the wasm tier of the sandbox needs {lacking}")
    try:
        folder.mkdir(parents=True, exist_ok=True, mode=0o700)
        _check_private(folder)
        place = folder / _key()
        if not place.is_dir():
            with FileLock(folder / "lock", mode=0o600):
                if not place.is_dir():
                    _build(folder, place)
        file = place / MACHINE_CODE
        _check_private(place)
        _check_private(file)
    except OSError as error:
        raise ConfigError(f"the sandbox's component cannot be kept in {folder}: {error}") from None
    return file


def _build(folder: Path, place: Path) -> None:
    fresh = Path(tempfile.mkdtemp(dir=folder))  # mode 0700
    try:
        done = subprocess.run(  # noqa: S603  # this very interpreter
            [sys.executable, "-m", "reward_agent.sandbox.wasm.build", str(fresh)],
            env={**os.environ, "RUST_BACKTRACE": "0", "PYTHONPATH": os.pathsep.join(path for path in sys.path if path)},
            capture_output=True,
            text=True,
            errors="replace",
            timeout=_BUILD_S,
            check=False,
        )
        if done.returncode != 0:
            raise ConfigError(f"the sandbox's component could not be built: {done.stderr.strip()[-600:]}")
        (fresh / MACHINE_CODE).chmod(0o600)
        fresh.rename(place)  # whole or not at all
    except subprocess.TimeoutExpired:
        raise ConfigError(f"the sandbox's component was not built within {_BUILD_S:.0f} s") from None
    finally:
        with contextlib.suppress(OSError):
            shutil.rmtree(fresh)


def _check_private(path: Path) -> None:
    """Raises ConfigError unless only this user can write there. On Windows the profile's own rights have to do."""
    if os.name == "nt":
        return
    found = path.lstat()
    if stat.S_ISLNK(found.st_mode) or found.st_uid != os.geteuid() or found.st_mode & 0o022:
        raise ConfigError(
            f"{path} must belong to you and be writable by nobody else, since the sandbox runs machine code from it; "
            f"it has owner {found.st_uid} and mode {stat.S_IMODE(found.st_mode):o}. Remove it, or correct it"
        )


def _key() -> str:
    seen = hashlib.sha256(_ENGINE.encode())
    for file in sources():
        seen.update(file.name.encode() + b"\0" + file.read_bytes() + b"\0")
    for name in PACKAGES:
        seen.update(f"{name} {importlib.metadata.version(name)}".encode())
    seen.update(" ".join((platform.machine(), platform.system(), _processor())).encode())
    return seen.hexdigest()[:32]


def _processor() -> str:
    """Machine code is for one kind of processor; a home folder may be shared by several."""
    with contextlib.suppress(OSError), open("/proc/cpuinfo", encoding="utf-8", errors="replace") as file:  # noqa: PTH123
        return next((line for line in file if line.startswith(("flags", "Features"))), "")
    return platform.processor()
