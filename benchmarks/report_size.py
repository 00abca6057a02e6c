"""What looking at a run costs: the size of report.html and how soon it can be used, how long it takes to write one, and
how fast `reward-agent view` answers over a large run.

    python -m benchmarks.report_size [--file 1000] [--build 10000] [--view 100000]

The runs are of made-up data: pairs of 1,500-character answers with five findings each, written as a run folder holds
them, without judging. With Chromium and Playwright at hand the page is timed in the browser; else only over HTTP.
"""

import argparse
import json
import random
import resource
import statistics
import subprocess
import sys
import tempfile
import threading
import time
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from pydantic import TypeAdapter

from benchmarks.provenance import print_header
from reward_agent.benchmarks import fingerprint
from reward_agent.config import load_settings
from reward_agent.jobs.folder import RunFolder, code_version
from reward_agent.jobs.viewing import Viewing
from reward_agent.reports.html.serve import ViewServer
from reward_agent.reports.metrics import Integrity
from reward_agent.types import (
    Candidate,
    Decision,
    Failure,
    Finding,
    Judgment,
    LabeledSample,
    Message,
    Plan,
    Signal,
    Verdict,
)

CHROMIUM = Path("/usr/bin/chromium")
ARGUMENTS = ["--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-background-networking"]
WORDS = 6_000
SYLLABLES = [consonant + vowel for consonant in "bcdfghjklmnprstvwz" for vowel in "aeiou"]
ANSWER_WORDS = 250
ROUNDS = 5
BUILD = (
    "import sys; from pathlib import Path; from reward_agent.jobs.benchmark import write_report; "
    "write_report(Path(sys.argv[1]))"
)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--file", type=int, default=1_000, help="samples of the run whose report.html is opened")
    parser.add_argument("--build", type=int, default=10_000, help="samples of the run whose report is built")
    parser.add_argument("--view", type=int, default=100_000, help="samples of the run that is viewed")
    told = parser.parse_args()
    print_header("made up by this script")
    with tempfile.TemporaryDirectory() as place, browser() as chromium:
        measure_file(Path(place) / "file", told.file, chromium)
        measure_build(Path(place) / "build", told.build)
        measure_view(Path(place) / "view", told.view, chromium)


def measure_file(folder: Path, count: int, chromium: Any) -> None:
    make_run(folder, count)
    built(folder)
    file = folder / "report.html"
    print(f"report.html of {count:,} samples: {file.stat().st_size / 1e6:.2f} MB (raw run {raw_mb(folder):.1f} MB)")
    if chromium is not None:
        times = [opened_s(chromium, file.as_uri()) for _ in range(ROUNDS)]
        print(f"  interactive after {statistics.median(times):.2f} s in headless Chromium (worst {max(times):.2f} s)")


def measure_build(folder: Path, count: int) -> None:
    make_run(folder, count)
    seconds, peak_mb = built(folder)
    size = (folder / "report.html").stat().st_size / 1e6
    print(f"report of {count:,} samples built in {seconds:.1f} s, at most {peak_mb:.0f} MB; report.html {size:.2f} MB")


def measure_view(folder: Path, count: int, chromium: Any) -> None:
    make_run(folder, count)
    cache = folder.parent / "cache"
    for state in ("first look, no index yet", "later looks"):
        started = time.perf_counter()
        with Viewing.open([folder], cache=cache) as viewing, serving(viewing) as url:
            fetched(url)
            print(f"view of {count:,} samples, {state}: first page over HTTP {time.perf_counter() - started:.2f} s")
            viewing.wait_read()
            if state != "later looks":
                print(f"  the whole index after {time.perf_counter() - started:.1f} s")
                continue
            fetched(url)
            for name, query in (
                ("a filter", "outcome=wrong&disagree=1"),
                ("a margin filter, sorted", "within=0.1&order=close"),
                ("a search", f"search={made_word(4321)}+{made_word(977)}"),
                ("a search for a word of nearly all", f"search={made_word(1)}"),
            ):
                times = [fetched(f"{url}api/rows?{query}") for _ in range(ROUNDS)]
                print(f"  {name}: {statistics.median(times):.3f} s (worst {max(times):.3f} s)")
            if chromium is not None:
                times = [opened_s(chromium, url) for _ in range(ROUNDS)]
                print(f"  first page in headless Chromium: {statistics.median(times):.2f} s (worst {max(times):.2f} s)")


def make_run(folder: Path, count: int) -> None:
    """A run folder as a finished benchmark run leaves it, but for the reports."""
    draw = random.Random(20_260_101)
    run = RunFolder(path=folder)
    samples = [made_sample(number, draw) for number in range(count)]
    told = {"kind": "benchmark", "benchmark": "pairs", "data": "made-up.jsonl", "both_orders": False}
    told |= {"fingerprint": fingerprint(samples), "version": code_version()}
    integrity = Integrity(
        rows=count, set_aside=0, duplicates=0, label_counts={}, fingerprint=fingerprint(samples), problems=()
    )
    with run.held():
        run.claim(told, load_settings(preset="offline"))
        run.integrity_file.write_bytes(TypeAdapter(Integrity).dump_json(integrity))
        sample_type, judgment_type = TypeAdapter(LabeledSample), TypeAdapter(Judgment)
        with run.samples_file.open("wb") as file:
            file.writelines(sample_type.dump_json(sample) + b"\n" for sample in samples)
        with run.journal_file.open("wb") as file:
            file.writelines(judgment_type.dump_json(made_judgment(sample, draw)) + b"\n" for sample in samples)


def made_words(draw: random.Random, count: int) -> str:
    """Words of which few are common and many rare, as in language."""
    return " ".join(made_word(int(WORDS ** draw.random())) for _ in range(count))


def made_word(number: int) -> str:
    """As many words as numbers, that begin in as many ways as words do."""
    word = ""
    while number or not word:
        number, syllable = divmod(number, len(SYLLABLES))
        word += SYLLABLES[syllable]
    return word


def made_sample(number: int, draw: random.Random) -> LabeledSample:
    return LabeledSample.pair(
        id=f"made-{number:06}",
        prompt=(Message(role="user", content=made_words(draw, 60)),),
        chosen=Candidate(text=made_words(draw, ANSWER_WORDS)),
        rejected=Candidate(text=made_words(draw, ANSWER_WORDS)),
        subset=f"subset {number % 7}",
    )


def made_judgment(labeled: LabeledSample, draw: random.Random) -> Judgment:
    verdicts = []
    for text in labeled.sample.responses:
        findings = tuple(
            Finding(
                subject=f"words.count: The number of {k}",
                score=float(draw.random() < 0.7),
                reason=f'{draw.randrange(90)} words, at most 60, the last "{" ".join(text.split()[-6:])}"',
                sources=("no more than 60 words",),
            )
            for k in range(5)
        )
        verdicts.append(Verdict(score=sum(f.score or 0.0 for f in findings) / 5, findings=findings))
    taste = [draw.gauss(0, 1) for _ in verdicts]
    signals = (
        Signal(name="instructions", kind="verification", verdicts=tuple(verdicts)),
        Signal(name="preference", kind="preference", verdicts=tuple(Verdict(score=t) for t in taste)),
    )
    scores = tuple((v.score or 0.0) + 0.02 * t for v, t in zip(verdicts, taste, strict=True))
    failed = (Failure(source="factuality", kind="timeout", error="no reply in 30 s"),) if draw.random() < 0.02 else ()
    return Judgment(
        sample_id=labeled.sample.id,
        plan=Plan(checks=("instructions",), reason="made up"),
        signals=signals,
        failures=failed,
        decision=Decision(scores=scores, reason="made up"),
    )


def built(folder: Path) -> tuple[float, float]:
    """Seconds to write all reports in a fresh process, and its largest memory in MB (of all such so far)."""
    started = time.perf_counter()
    subprocess.run([sys.executable, "-c", BUILD, str(folder)], check=True)
    return time.perf_counter() - started, resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss / 1024


def raw_mb(folder: Path) -> float:
    return sum((folder / name).stat().st_size for name in ("samples.jsonl", "judgments.jsonl")) / 1e6


@contextmanager
def serving(viewing: Viewing) -> Iterator[str]:
    with ViewServer(viewing, port=0) as server:
        thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02})
        thread.start()
        try:
            yield server.url
        finally:
            server.shutdown()
            thread.join()


def fetched(url: str) -> float:
    started = time.perf_counter()
    with urllib.request.urlopen(url) as reply:
        body = reply.read()
    if "api" in url:
        json.loads(body)
    return time.perf_counter() - started


@contextmanager
def browser() -> Iterator[Any]:
    """Chromium, or None with a line that says why not. It runs in its own process; its driver needs this thread."""
    try:
        from playwright.sync_api import sync_playwright
    except ImportError:
        print("no Playwright: nothing is timed in a browser (pip install playwright)")
        yield None
        return
    if not CHROMIUM.exists():
        print(f"no {CHROMIUM}: nothing is timed in a browser (apt-get install chromium)")
        yield None
        return
    with sync_playwright() as playwright:
        chromium = playwright.chromium.launch(executable_path=str(CHROMIUM), args=ARGUMENTS)
        yield chromium
        chromium.close()


def opened_s(chromium: Any, address: str) -> float:
    """From the request to a list that answers."""
    page = chromium.new_page()
    started = time.perf_counter()
    page.goto(address, wait_until="commit")
    page.wait_for_selector("html[data-ready]")
    seconds = time.perf_counter() - started
    page.close()
    return seconds


if __name__ == "__main__":
    main()
