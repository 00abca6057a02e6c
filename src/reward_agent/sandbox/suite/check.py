"""The whole check of a host, as `reward-agent sandbox-check` shows it."""

import json
import time
from collections.abc import Sequence
from dataclasses import dataclass

from reward_agent.sandbox.opening import Choice, Requirement, open_sandbox
from reward_agent.sandbox.report import STOPS, SandboxReport
from reward_agent.sandbox.suite.cases import honest_checkers, hostile_cases
from reward_agent.sandbox.suite.trial import CaseResult, Difference, comparable, try_honest, try_hostile

# Where the kernel's filter is off these would do harm to more than canaries: they are not run in the degraded tier.
_HARMFUL = frozenset({"signals", "kernel", "processes"})


@dataclass(frozen=True, slots=True, kw_only=True)
class HostCheck:
    """What was found out about this host."""

    report: SandboxReport
    hostile: tuple[CaseResult, ...]
    left_out: int
    honest: int
    differences: tuple[Difference, ...]
    seconds: float

    @property
    def escaped(self) -> tuple[CaseResult, ...]:
        """The hostile checkers that were not contained."""
        return tuple(result for result in self.hostile if result.problems)

    @property
    def sound(self) -> bool:
        """Everything hostile was contained and everything honest agreed with plain Python."""
        return not self.escaped and not self.differences


async def check_host(
    *, require: Requirement = "strict", tier: Choice = "auto", without: Sequence[str] = ()
) -> HostCheck:
    """Runs both suites. Raises ConfigError where the host cannot give what is required."""
    started = time.monotonic()
    async with open_sandbox(require=require, tier=tier, without=without) as sandbox:
        report = sandbox.report()
    cases = [case for case in hostile_cases() if report.tier != "degraded" or case.family not in _HARMFUL]
    hostile = await try_hostile(cases, require=require, tier=tier, without=without)
    differences = await try_honest(honest_checkers(), require=require, tier=tier)
    return HostCheck(
        report=report,
        hostile=tuple(hostile),
        left_out=len(hostile_cases()) - len(cases),
        honest=len(comparable(honest_checkers(), report.python)),
        differences=tuple(differences),
        seconds=time.monotonic() - started,
    )


def host_check_text(check: HostCheck) -> str:
    """For people."""
    report = check.report
    lines = [f"tier: {report.tier}   ({report.platform}, Python {report.python}, {report.workers} workers)", ""]
    for layer in report.layers:
        lines.append(f"  {'held' if layer.held else 'OFF ':4}  {layer.name:18} {layer.detail}".rstrip())
        lines.append(f"        {'stops' if layer.held else 'would stop'}: {STOPS.get(layer.name, '')}")
    lines += ["", f"hostile checkers: {len(check.hostile) - len(check.escaped)} of {len(check.hostile)} contained"]
    if check.left_out:
        lines.append(f"  {check.left_out} were left out: without the kernel's filter they could do harm here")
    lines += [f"  {r.case.family}: {r.case.name}: {'; '.join(r.problems)}" for r in check.escaped]
    differing = {difference.checker.name for difference in check.differences}
    lines.append(f"honest checkers: {check.honest - len(differing)} of {check.honest} as in plain Python")
    lines += [
        f"  {d.checker.family}: {d.checker.name}: {d.sandboxed} here, {d.plain} in plain Python, on {d.response[:40]!r}"
        for d in check.differences[:20]
    ]
    lines += [f"seconds: {check.seconds:.1f}", "", "Evidence, no proof: these are the attacks we thought of."]
    return "\n".join(lines)


def host_check_json(check: HostCheck) -> str:
    """For programs."""
    return json.dumps(
        {
            "tier": check.report.tier,
            "platform": check.report.platform,
            "python": check.report.python,
            "layers": [{"name": x.name, "held": x.held, "detail": x.detail} for x in check.report.layers],
            "hostile": {
                "cases": len(check.hostile),
                "left_out": check.left_out,
                "not_contained": [
                    {"family": r.case.family, "name": r.case.name, "problems": r.problems} for r in check.escaped
                ],
            },
            "honest": {
                "checkers": check.honest,
                "differences": [
                    {"name": d.checker.name, "plain": d.plain, "sandboxed": d.sandboxed} for d in check.differences
                ],
            },
            "sound": check.sound,
            "seconds": round(check.seconds, 2),
        },
        indent=2,
    )
