"""/dashboard: whether the rewards can still be trusted, at a glance. Rates are of the last hour."""

from starlette.responses import Response

from reward_agent.service.pages.page import escaped, page, table
from reward_agent.service.reception import Reception
from reward_agent.service.telemetry import DECISION, Telemetry

REFRESH_S = 10
OUTCOMES = ("scored", "abstained", "failed", "timeout")
FLAT_AT_MOST, FAILED_AT_MOST, FLIPPED_AT_MOST, CORRELATED_AT_MOST, DRIFTED_AT_MOST = 0.5, 0.05, 0.2, 0.5, 1.0
"""Beyond these something deserves a look; they are marks for the eye and no more."""


def dashboard(reception: Reception) -> Response:
    """The page as of now."""
    telemetry = reception.telemetry
    judges = reception.judges
    now = (
        f"<p>{escaped(reception.phase)}, {judges.alive} workers ({judges.restarts} lost so far), "
        f"{reception.pending} samples in progress.</p>"
    )
    marks = "".join(f'<li class="bad">{escaped(mark)}</li>' for mark in _marks(telemetry))
    said = f"<ul>{marks}</ul>" if marks else '<p class="note">Nothing stands out in the last hour.</p>'
    parts = [now, said, _signals(telemetry), _scores(telemetry), _groups(telemetry), _times(telemetry)]
    return page("RewardAgent: rewards", "".join(parts), refresh_s=REFRESH_S)


def _signals(telemetry: Telemetry) -> str:
    rows = []
    counts = telemetry.trends.recent.counts()
    for name in sorted({key.partition(":")[2] for key in counts if ":" in key}):
        of = [counts[f"{outcome}:{name}"] for outcome in OUTCOMES]
        rows.append([name, sum(of), *(_share(part, sum(of)) for part in of)])
    return "<h2>Signals, the last hour</h2>" + table(["signal", "samples", *OUTCOMES], rows)


def _scores(telemetry: Telemetry) -> str:
    trends = telemetry.trends
    rows = [[name, _number(trends.correlation(name)), _number(trends.drift(name))] for name in trends.names]
    note = (
        '<p class="note">Correlation with the length of the candidates, of the last ones. Drift: how many standard '
        "deviations of the first hour the last hour's mean lies above the first hour's; it is known after that.</p>"
    )
    return "<h2>Scores</h2>" + table(["signal", "correlation with length", "drift"], rows) + note


def _groups(telemetry: Telemetry) -> str:
    counts = telemetry.trends.recent.counts()
    asked = counts["model calls"] + counts["cached"]
    rows = [
        ["groups whose scores are all equal", _share(counts["flat groups"], counts["groups"]), counts["groups"]],
        ["winners that changed with the order", _share(counts["flips"], counts["flip probes"]), counts["flip probes"]],
        ["questions answered from the cache", _share(counts["cached"], asked), asked],
    ]
    return "<h2>Groups, order, cache, the last hour</h2>" + table(["what", "share", "of"], rows)


def _times(telemetry: Telemetry) -> str:
    rows = []
    for name in ("queue", "judge", "sandbox"):
        count, total = telemetry.value(f"{name}_seconds_count"), telemetry.value(f"{name}_seconds_sum")
        rows.append([name, f"{total / count * 1000:,.1f} ms" if count else "–", f"{count:,.0f}"])
    return "<h2>Times, since the start</h2>" + table(["what", "mean", "times"], rows)


def _marks(telemetry: Telemetry) -> list[str]:
    counts, trends = telemetry.trends.recent.counts(), telemetry.trends
    marks = []
    for name in sorted({key.partition(":")[2] for key in counts if ":" in key}):
        bad = counts[f"failed:{name}"] + counts[f"timeout:{name}"]
        if bad > FAILED_AT_MOST * sum(counts[f"{outcome}:{name}"] for outcome in OUTCOMES):
            marks.append(f"{name} failed or timed out on {bad} samples")
    if counts["flat groups"] > FLAT_AT_MOST * counts["groups"]:
        marks.append("in most groups all scores are equal: a trainer learns nothing from them")
    if counts["flips"] > FLIPPED_AT_MOST * counts["flip probes"]:
        marks.append("winners change with the order in which candidates are shown")
    for name in trends.names:
        if abs(trends.correlation(name) or 0) > CORRELATED_AT_MOST:
            marks.append(f"the scores of {_told(name)} follow the candidates' length")
        if abs(trends.drift(name) or 0) > DRIFTED_AT_MOST:
            marks.append(f"the scores of {_told(name)} have drifted from the first hour's")
    return marks


def _told(name: str) -> str:
    return "the judger" if name == DECISION else name


def _share(part: int, whole: int) -> str:
    return f"{part / whole:.1%}" if whole else "–"


def _number(value: float | None) -> str:
    return "–" if value is None else f"{value:+.2f}"
