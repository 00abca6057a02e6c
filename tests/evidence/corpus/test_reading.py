"""Files become pages: each format, each kind of bad file, and folders that hold more than documents."""

import os
from collections.abc import Iterator
from pathlib import Path

import pytest

from reward_agent.errors import DataError
from reward_agent.evidence.corpus import Page
from reward_agent.evidence.corpus.isolation import IsolatedReader
from reward_agent.evidence.corpus.reading import ENDINGS, document_files, read_file
from reward_agent.evidence.corpus.text import PAGE_CHARS
from reward_agent.types import Problem


@pytest.fixture(scope="module")
def parser() -> Iterator[IsolatedReader]:
    with IsolatedReader() as reader:
        yield reader


def read(path: Path, parser: IsolatedReader, content: str | bytes) -> tuple[list[Page], list[Problem]]:
    path.write_bytes(content if isinstance(content, bytes) else content.encode())
    items = list(read_file(path, max_bytes=50_000_000, parser=parser))
    return [item for item in items if isinstance(item, Page)], [item for item in items if isinstance(item, Problem)]


def pdf(*pages: str) -> bytes:
    """A small PDF, one line of text a page."""
    kids = " ".join(f"{4 + 2 * number} 0 R" for number in range(len(pages)))
    objects = [
        "<< /Type /Catalog /Pages 2 0 R >>",
        f"<< /Type /Pages /Kids [{kids}] /Count {len(pages)} >>",
        "<< /Type /Font /Subtype /Type1 /BaseFont /Helvetica >>",
    ]
    for number, text in enumerate(pages):
        stream = f"BT /F1 12 Tf 72 720 Td ({text}) Tj ET" if text else ""
        resources = "/Resources << /Font << /F1 3 0 R >> >> /MediaBox [0 0 612 792]"
        objects.append(f"<< /Type /Page /Parent 2 0 R {resources} /Contents {5 + 2 * number} 0 R >>")
        objects.append(f"<< /Length {len(stream)} >>\nstream\n{stream}\nendstream")
    out, places = b"%PDF-1.4\n", []
    for number, body in enumerate(objects, start=1):
        places.append(len(out))
        out += f"{number} 0 obj\n{body}\nendobj\n".encode()
    table = "".join(f"{place:010} 00000 n \n" for place in places)
    size = len(objects) + 1
    trailer = f"trailer\n<< /Size {size} /Root 1 0 R >>\nstartxref\n{len(out)}\n%%EOF"
    return out + f"xref\n0 {size}\n0000000000 65535 f \n{table}{trailer}".encode()


def test_a_text_file_is_a_page_with_its_name_as_title(tmp_path: Path, parser: IsolatedReader) -> None:
    pages, problems = read(tmp_path / "tides.TXT", parser, "\ufeffThe ebb\r\nis out.")
    assert pages == [Page(text="The ebb\nis out.", title="tides", source=str(tmp_path / "tides.TXT"), line=1)]
    assert not problems


def test_utf_16_with_its_mark_is_read(tmp_path: Path, parser: IsolatedReader) -> None:
    pages, _ = read(tmp_path / "a.txt", parser, "Die Flut".encode("utf-16"))
    assert pages[0].text == "Die Flut"


def test_a_long_text_is_read_in_parts_that_know_their_line(tmp_path: Path, parser: IsolatedReader) -> None:
    paragraph = "The ebb is out at noon.\n" * 100 + "\n"
    pages, _ = read(tmp_path / "a.txt", parser, paragraph * 200)
    assert len(pages) > 2
    assert "".join(page.text for page in pages) == paragraph * 200
    assert all(len(page.text) < PAGE_CHARS + len(paragraph) for page in pages)
    assert pages[1].line == pages[0].text.count("\n") + 1


def test_one_endless_line_is_read_in_parts(tmp_path: Path, parser: IsolatedReader) -> None:
    pages, problems = read(tmp_path / "a.txt", parser, "x" * 3_000_000)
    assert len(pages) > 5
    assert not problems


@pytest.mark.parametrize("content", [b"gr\xfc\xdfe", b"good\n\x00\x00", b"\xff\xfea"])
def test_what_is_no_text_is_reported_and_not_guessed(tmp_path: Path, parser: IsolatedReader, content: bytes) -> None:
    pages, (problem,) = read(tmp_path / "a.txt", parser, content)
    assert "UTF-8" in problem.remedy
    assert "\x00" not in "".join(page.text for page in pages)


def test_markdown_is_a_page_a_section(tmp_path: Path, parser: IsolatedReader) -> None:
    text = "# Harbour\nOld.\n## Ferry ##\nAt noon.\n```\n# not a heading\n```\n## Quay\n"
    pages, _ = read(tmp_path / "a.md", parser, text)
    assert [(page.title, page.text, page.line) for page in pages] == [
        ("Harbour", "Old.\n", 2),
        ("Harbour: Ferry", "At noon.\n```\n# not a heading\n```\n", 4),
    ]


def test_html_is_what_is_seen(tmp_path: Path, parser: IsolatedReader) -> None:
    html = (
        "<html><head><title>Ebb &amp; flow</title><style>p{}</style></head><body><h1>Tides</h1>"
        "<p>The <b>ebb</b> is<br>out.</p>flow<script>steal()</script><!-- no --><table><tr><td>6<td>12</table>"
    )
    (page,), problems = read(tmp_path / "a.html", parser, html)
    assert page.title == "Ebb & flow"
    assert page.text == "Tides\n\nThe ebb is\nout.\n\nflow\n\n6 12"
    assert not problems


def test_html_in_another_declared_encoding_is_read(tmp_path: Path, parser: IsolatedReader) -> None:
    (page,), _ = read(tmp_path / "a.htm", parser, '<meta charset="iso-8859-1"><p>caf\xe9'.encode("latin-1"))
    assert page.text == "café"
    pages, (problem,) = read(tmp_path / "b.htm", parser, "<p>caf\xe9".encode("latin-1"))
    assert not pages
    assert "UnicodeDecodeError" in problem.what


def test_a_pdf_is_a_page_a_page(tmp_path: Path, parser: IsolatedReader) -> None:
    path = tmp_path / "log.pdf"
    pages, (problem,) = read(path, parser, pdf("The ebb is out.", "", "The flow is in."))
    assert [(page.text, page.source) for page in pages] == [
        ("The ebb is out.", f"{path}, page 1"),
        ("The flow is in.", f"{path}, page 3"),
    ]
    assert "1 pages of it hold no text" in problem.what
    assert not problem.set_aside


@pytest.mark.parametrize("content", [b"", b"%PDF-1.4\nnothing", b"\x00" * 1_000, pdf("x")[:150]])
def test_a_damaged_pdf_costs_itself_alone(tmp_path: Path, parser: IsolatedReader, content: bytes) -> None:
    pages, problems = read(tmp_path / "bad.pdf", parser, content)
    assert not pages
    assert problems
    assert read(tmp_path / "good.pdf", parser, pdf("Still here."))[0][0].text == "Still here."


@pytest.mark.slow
def test_a_page_made_to_take_for_ever_is_given_up_and_the_next_is_read(tmp_path: Path) -> None:
    with IsolatedReader(time_s=3.0) as hurried:
        pages, (problem,) = read(tmp_path / "bomb.html", hurried, "<div>" * 400_000)
        assert not pages
        assert "3 s" in problem.what
    with IsolatedReader(time_s=60.0) as patient:
        assert read(tmp_path / "a.html", patient, "<p>Still here.")[0][0].text == "Still here."


def test_a_file_over_the_bound_is_left_out(tmp_path: Path, parser: IsolatedReader) -> None:
    path = tmp_path / "a.txt"
    path.write_text("x" * 100)
    (problem,) = read_file(path, max_bytes=99, parser=parser)
    assert isinstance(problem, Problem)
    assert "100" in problem.what


def test_a_file_that_vanished_is_reported(tmp_path: Path, parser: IsolatedReader) -> None:
    (problem,) = read_file(tmp_path / "gone.txt", max_bytes=99, parser=parser)
    assert isinstance(problem, Problem)


def test_a_folder_is_walked_without_its_links_hidden_files_and_strangers(tmp_path: Path) -> None:
    outside = tmp_path / "outside"
    docs = tmp_path / "docs"
    for folder in (outside, docs / "b", docs / ".git"):
        folder.mkdir(parents=True)
    for file in (outside / "secret.txt", docs / "b" / "2.md", docs / "1.txt", docs / ".git" / "x.txt", docs / "x.exe"):
        file.write_text("x")
    (docs / "link").symlink_to(outside)
    (docs / "circle").symlink_to(docs)
    (docs / "secret.txt").symlink_to(outside / "secret.txt")
    os.mkfifo(docs / "pipe.txt")
    items = list(document_files(docs, ENDINGS))
    assert [item for item in items if isinstance(item, Path)] == [docs / "1.txt", docs / "b" / "2.md"]
    assert ["3 links" in str(item) for item in items if isinstance(item, Problem)] == [True, False]


def test_a_link_that_is_named_is_followed(tmp_path: Path) -> None:
    (tmp_path / "docs").mkdir()
    (tmp_path / "docs" / "a.txt").write_text("x")
    (tmp_path / "link").symlink_to(tmp_path / "docs")
    assert list(document_files(tmp_path / "link", ENDINGS)) == [tmp_path / "link" / "a.txt"]


@pytest.mark.parametrize("name", ["gone", "a.exe", "nul\0"])
def test_a_path_that_is_no_document_says_what_to_give(tmp_path: Path, name: str) -> None:
    (tmp_path / "a.exe").write_text("x")
    with pytest.raises(DataError):
        list(document_files(tmp_path / name, ENDINGS))
