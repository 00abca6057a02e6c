"""`[sandbox]`: where generated checkers run."""

from typing import Literal

from pydantic import Field

from reward_agent.config.section import Section


class SandboxSettings(Section):
    """Where generated checkers run. `require`: the least tier to accept ("degraded" is resource limits alone).
    `tier`: "wasm" takes WebAssembly (extra `wasm`) even where the kernel's jail would do. `workers`: one a core by
    default. `cpu_s` and `wall_s`: for one response, the second as a backstop. `memory_mb`: for one batch. `in_flight`:
    calls served at once. `server`: the address of a SandboxFusion server that runs them instead; the other settings but
    `wall_s` are then that server's own."""

    require: Literal["strict", "wasm", "degraded"] = "strict"
    tier: Literal["auto", "wasm"] = "auto"
    workers: int | None = Field(default=None, ge=1, le=1024)
    cpu_s: float = Field(default=1.0, gt=0, le=600)
    wall_s: float = Field(default=10.0, gt=0, le=3600)
    memory_mb: int = Field(default=512, ge=32, le=65536)
    in_flight: int = Field(default=1024, ge=1, le=65536)
    server: str | None = Field(default=None, pattern=r"^https?://")
