"""report.html of a run folder, and the viewer's answers over the same folder."""

import http.client
import json
import shutil
import threading
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from pathlib import Path

import pytest

from reward_agent.errors import RunError
from reward_agent.jobs.html import write_html
from reward_agent.jobs.run_index import ReadRun
from reward_agent.jobs.viewing import Viewing
from reward_agent.reports.html.index import RunIndex
from reward_agent.reports.html.queries import Query, found
from reward_agent.reports.html.serve import ViewServer
from tests.reports.html.runs import hostile_pairs, make_run, pairs

View = Callable[..., Viewing]


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return make_run(tmp_path_factory.mktemp("runs") / "run", [*pairs(40), *hostile_pairs()], broken=True)


@pytest.fixture
def view(tmp_path: Path) -> Iterator[View]:
    with ExitStack() as stack:

        def opened(*paths: Path) -> Viewing:
            viewing = stack.enter_context(Viewing.open(paths, cache=tmp_path / "cache"))
            assert viewing.wait_read(30)
            return viewing

        yield opened


def test_every_benchmark_run_leaves_a_report_that_says_the_same_as_its_figures(folder: Path) -> None:
    text = (folder / "report.html").read_text()
    report = json.loads((folder / "report.json").read_text())
    assert f"{100 * report['overall']['accuracy']:.1f} %" in text
    assert "owned" not in text.split("<script>")[-1]
    assert len(text) < 600_000


def test_a_folder_that_is_no_run_is_refused_with_what_to_do(tmp_path: Path) -> None:
    with pytest.raises(RunError, match=r"settings\.toml"):
        write_html(tmp_path)
    with pytest.raises(RunError, match="no folder"):
        write_html(tmp_path / "nowhere")


def test_a_damaged_line_is_named(folder: Path, tmp_path: Path) -> None:
    copy = Path(shutil.copytree(folder, tmp_path / "copy"))
    with (copy / "judgments.jsonl").open("ab") as journal:
        journal.write(b"{}\n")
    with pytest.raises(RunError, match=r"judgments\.jsonl, byte"):
        write_html(copy)


def test_outcomes_add_up_to_the_reports_accuracy_with_both_orders_too(tmp_path: Path) -> None:
    run = make_run(tmp_path / "both", pairs(30), both_orders=True)
    index = RunIndex.open(None)
    ReadRun.open(run).read_into(index)
    (mean,) = index.rows("SELECT avg(credit) FROM samples")[0]
    report = json.loads((run / "report.json").read_text())
    assert mean == pytest.approx(report["overall"]["accuracy"])
    detail = ReadRun.open(run).detail(index, "pair 3", limit=100)
    assert detail is not None
    first, second = detail["judgments"]
    assert first["scores"] == second["scores"]
    index.close()


def test_a_large_run_keeps_the_most_telling_samples_and_says_where_all_are(folder: Path, tmp_path: Path) -> None:
    copy = Path(shutil.copytree(folder, tmp_path / "copy"))
    text = write_html(copy, most_bytes=30_000).read_text()
    assert "reward-agent view" in text and "of 44 samples, the most telling ones" in text


def test_a_file_without_an_answer_key_can_be_looked_at(folder: Path, tmp_path: Path) -> None:
    copy = Path(shutil.copytree(folder, tmp_path / "copy", ignore=shutil.ignore_patterns("report.*")))
    rows = [json.loads(line) for line in (copy / "samples.jsonl").read_text().splitlines()]
    taken = [{"sample": row["sample"], "columns": {"answer": ["<b>"]}, "place": "file:1"} for row in rows]
    (copy / "samples.jsonl").write_text("".join(json.dumps(row) + "\n" for row in taken))
    settings = (copy / "settings.toml").read_text().replace('kind = "benchmark"', 'kind = "annotate"')
    (copy / "settings.toml").write_text(settings.replace('benchmark = "pairs"\n', ""))
    curve = {"metric": "score", "sizes": [1, 2], "methods": [{"name": "ours", "values": [1, 2]}]}
    (copy / "curve.json").write_text(json.dumps(curve))
    text = write_html(copy).read_text()
    assert "annotate, preset" in text and "score against n" in text and "accuracy so far" not in text


def test_the_viewer_finds_filters_and_shows(folder: Path, view: View) -> None:
    viewing = view(folder)
    found_rows = viewing.rows({"search": "question 17"})
    assert [row[1] for row in found_rows["rows"]] == ["pair 17"]
    assert viewing.rows({"search": "exclamation"})["total"] == 44
    assert viewing.rows({"subset": "odd", "failed": "1"})["total"] == 20
    assert viewing.rows({"search": '" OR 1; --'})["total"] == 0
    assert viewing.rows({"order": "no such", "limit": "9999999", "within": "nan"})["total"] == 44
    assert viewing.sample("nobody") is None
    detail = viewing.sample("long/<b>&#")
    assert detail is not None and detail["prompt"][0]["left_out"] > 0


def test_an_index_is_kept_and_made_anew_when_the_run_was_changed(folder: Path, view: View, tmp_path: Path) -> None:
    copy = Path(shutil.copytree(folder, tmp_path / "copy"))
    assert view(copy).state()["judged"] == [44]
    lines = (copy / "judgments.jsonl").read_bytes().splitlines(keepends=True)
    (copy / "judgments.jsonl").write_bytes(b"".join(lines[1:]))
    assert view(copy).state()["judged"] == [43]


def test_two_runs_say_what_changed_and_why(folder: Path, view: View, tmp_path: Path) -> None:
    other = make_run(tmp_path / "other", [*pairs(40), *hostile_pairs()])
    viewing = view(folder, other)
    reply = viewing.rows({"changed": "signals", "limit": "3"})
    assert reply["total"] == 44
    why = dict(zip(reply["columns"], reply["rows"][0], strict=True))["why"]
    assert any(line.startswith("polite: not asked → ") for line in why)
    assert any("factuality failed" in line and "in A alone" in line for line in why)
    detail = viewing.sample("pair 3")
    assert detail is not None
    assert [judgment["name"] for judgment in detail["judgments"]] == ["A: run", "B: other"]
    assert "run against other" in viewing.page()


def test_the_same_folder_twice_is_refused(folder: Path) -> None:
    with pytest.raises(RunError, match="same folder"):
        Viewing.open([folder, folder])


def asked(server: ViewServer, path: str, host: str | None = None) -> tuple[int, dict[str, str], bytes]:
    connection = http.client.HTTPConnection("127.0.0.1", server.server_port)
    try:
        connection.request("GET", path, headers={} if host is None else {"Host": host})
        reply = connection.getresponse()
        return reply.status, dict(reply.getheaders()), reply.read()
    finally:
        connection.close()


def test_the_server_answers_its_own_name_alone_and_knows_no_files(folder: Path, view: View) -> None:
    with ViewServer(view(folder), port=0) as server:
        thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02})
        thread.start()
        try:
            status, headers, body = asked(server, "/")
            assert status == 200 and b"pairs, preset" in body
            assert "default-src 'none'" in headers["Content-Security-Policy"]
            assert headers["X-Content-Type-Options"] == "nosniff"
            assert asked(server, "/", host=f"evil.example:{server.server_port}")[0] == 403
            assert asked(server, "/", host=f"localhost:{server.server_port}")[0] == 200
            for path in ("/../settings.toml", "/etc/passwd", "/api/sample?id=..%2F..%2Fsettings.toml", "/api/none"):
                assert asked(server, path)[0] == 404
            assert asked(server, "/api/rows?" + "&".join(f"a{n}=1" for n in range(99)))[0] == 400
            assert json.loads(asked(server, "/api/state")[2])["total"] == [44]
        finally:
            server.shutdown()
            thread.join()


def test_the_order_of_the_list_begins_with_what_went_wrong(folder: Path) -> None:
    index = RunIndex.open(None)
    ReadRun.open(folder).read_into(index)
    outcomes = [row[3] for row in found(index, Query(limit=200))[1]]
    assert outcomes == sorted(outcomes, key=["wrong", "unjudged", "tie", "right"].index)
    index.close()
