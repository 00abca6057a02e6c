"""The sandbox: runs checkers that a model wrote, where they can do no harm.

    from reward_agent.sandbox import open_sandbox

    async with open_sandbox(require="strict") as sandbox:
        outcomes = await sandbox.run("def check_following(response): return len(response) < 9", ["short", "too long "])

    opening.py            which tier this host gives, and a sandbox of it
    pool.py batching.py   the caller's side: many callers, batches, replacement of workers
    worker.py             one worker process of the jail, and how workers are asked
    jail/                 what runs inside that process, one layer a file
    wasm/                 workers that run checkers in WebAssembly (extra `wasm`)
    report.py             tiers and layers
    suite/                hostile and honest checkers that show what holds on this host
    fusion.py             a SandboxFusion server behind the same seam

Nothing here is a proof. It narrows what a checker can reach to a short list of system calls of one kernel; see
docs/sandbox.md for what each layer does not promise.
"""

import importlib
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from reward_agent.sandbox.fusion import FusionSandbox
    from reward_agent.sandbox.opening import open_sandbox
    from reward_agent.sandbox.pool import JailedSandbox
    from reward_agent.sandbox.report import Layer, SandboxReport
    from reward_agent.sandbox.worker import SandboxError

__all__ = ["FusionSandbox", "JailedSandbox", "Layer", "SandboxError", "SandboxReport", "open_sandbox"]

_HOMES = {
    "FusionSandbox": "fusion",
    "JailedSandbox": "pool",
    "Layer": "report",
    "SandboxError": "worker",
    "SandboxReport": "report",
    "open_sandbox": "opening",
}


def __getattr__(name: str) -> object:
    if name not in _HOMES:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    return getattr(importlib.import_module(f"{__name__}.{_HOMES[name]}"), name)
