"""report.html: the run folder's report as one file that opens offline.

write_html(folder)          # after every run, of whatever job; a look back, which costs no model call
"""

import json
from pathlib import Path
from typing import Any

from reward_agent.jobs.folder import write_whole
from reward_agent.jobs.run_index import ReadRun
from reward_agent.reports.html.index import RunIndex
from reward_agent.reports.html.overview import overview_of
from reward_agent.reports.html.page import Options, Shown, file_page
from reward_agent.reports.html.queries import MOST, Query, found

FILE = "report.html"
MOST_SAMPLES = 2_000
"""A run with more samples shows as many in the file, the most telling ones."""
LARGE = 20_000
"""A run of more samples is for `reward-agent view`: a job writes no file of it unasked, which would take a minute."""
MOST_BYTES = 24_000_000
"""... or fewer, so that their pages have at most so many bytes before they are compressed."""
TEXT_CHARS = 20_000
UNRECORDED = (
    "The run kept no prompts and replies. Run with --record FILE, and `reward-agent view DIR` shows them from there."
)


def write_html(out: Path, *, most_bytes: int = MOST_BYTES) -> Path:
    """Writes report.html into the run folder; its samples' pages have at most `most_bytes` before they are compressed.
    Raises RunError where the folder holds no run."""
    run = ReadRun.open(out)
    index = RunIndex.open(None)
    try:
        run.read_into(index)
        facts = run.facts(index)
        options = Options(
            subsets=subsets_of(index),
            labelled=facts.labelled,
            both_orders=run.both_orders,
            extra={"talk": talk_words(run, "`reward-agent view DIR` shows them from the record.")},
        )
        page = file_page(overview_of(index, facts), options, _chosen(run, index, out, most_bytes))
    finally:
        index.close()
    write_whole(out / FILE, page)
    return out / FILE


def subsets_of(index: RunIndex) -> list[str]:
    """In the order of the data."""
    return [name for (name,) in index.rows("SELECT subset FROM samples GROUP BY subset ORDER BY min(no) LIMIT 500")]


def talk_words(run: ReadRun, recorded: str) -> str:
    """Where the prompts and replies of the run's models are to be had."""
    return recorded if run.settings.record.file is not None else UNRECORDED


def _chosen(run: ReadRun, index: RunIndex, out: Path, most_bytes: int) -> Shown:
    rows: list[tuple[Any, ...]] = []
    details: list[str] = []
    size = 0
    total = index.count()
    for offset in range(0, min(total, MOST_SAMPLES), MOST):
        for row in found(index, Query(offset=offset, limit=min(MOST, MOST_SAMPLES - offset)))[1]:
            detail = json.dumps(run.detail(index, row[1], limit=TEXT_CHARS), ensure_ascii=False, separators=(",", ":"))
            size += len(detail)
            if size > most_bytes and rows:
                break
            rows.append(row)
            details.append(detail)
        else:
            continue
        break
    note = ""
    if len(rows) < total:
        note = (
            f"This file holds {len(rows):,} of {total:,} samples, the most telling ones: wrong, unjudged, failed, tied "
            f"first. All of them: reward-agent view {out}"
        )
    return Shown(rows=rows, details=details, total=total, note=note)
