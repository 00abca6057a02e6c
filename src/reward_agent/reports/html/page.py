"""The page itself, from templates that escape whatever they are given.

One document serves both doors. In the file it carries its samples: rows as JSON, the pages of single samples in
compressed blocks. Over HTTP it asks for them. Script and style stand in the document, allowed by their hashes; the
policy allows nothing else, and no connection (over HTTP: none but to the server itself).
"""

import base64
import gzip
import hashlib
import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from functools import cache
from importlib.resources import files
from typing import Any

from jinja2 import Environment, PackageLoader, StrictUndefined
from markupsafe import Markup

from reward_agent.reports.html.queries import COLUMNS
from reward_agent.reports.wording import Sheet

SCRIPTS = ("dom.js", "sources.js", "sample.js", "list.js")
BLOCK = 25
"""Samples in one compressed block."""
_FOR_SCRIPT = {ord(c): f"\\u{ord(c):04x}" for c in "<>&\u2028\u2029"}


@dataclass(frozen=True, slots=True, kw_only=True)
class Drawn:
    """A drawing with what it shows and how to read it."""

    caption: str
    drawing: Markup
    note: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Table:
    """A table with its caption."""

    caption: str
    sheet: Sheet
    note: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Section:
    """A heading with drawings, tables and lines under it."""

    title: str
    parts: Sequence[Drawn | Table] = ()
    lines: Sequence[str] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Overview:
    """All that stands above the list of samples. `figure`, `interval`: the headline's number in words, if there is
    one; `settings` is the run's settings file."""

    title: str
    subtitle: str
    warnings: Sequence[str] = ()
    figure: str = ""
    figure_name: str = ""
    interval: str = ""
    facts: Sequence[tuple[str, str]] = ()
    sections: Sequence[Section] = ()
    settings: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Shown:
    """The samples that a file carries: `rows` as `queries.COLUMNS`, `details` aligned with them; of `total`."""

    rows: Sequence[Sequence[Any]]
    details: Sequence[str]
    total: int
    note: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Options:
    """What the list needs to know: which subsets there are, whether there is an answer key, and the runs' names."""

    subsets: Sequence[str] = ()
    labelled: bool = True
    both_orders: bool = False
    runs: Sequence[str] = ()
    served: bool = False
    extra: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True, slots=True, kw_only=True)
class Head:
    """An overview as it stands in the page: its title, and the HTML that `overview_fragment` made."""

    title: str
    fragment: str


def file_page(overview: Overview, options: Options, shown: Shown) -> str:
    """The whole report in one document."""
    blocks = [
        _packed("[" + ",".join(shown.details[start : start + BLOCK]) + "]")
        for start in range(0, len(shown.details), BLOCK)
    ]
    data = {
        "columns": COLUMNS,
        "rows": shown.rows,
        "block": BLOCK,
        "total": shown.total,
        "note": shown.note,
        **_told(options),
    }
    head = Head(title=overview.title, fragment=overview_fragment(overview))
    return _page(head, data=for_script(data), blocks=blocks, policy=policy(served=False))


def served_page(head: Head, options: Options) -> str:
    """The document that asks the server for its samples. Its policy stands in the header of the reply."""
    data = {"columns": COLUMNS, "served": True, **_told(options)}
    return _page(head, data=for_script(data), blocks=[], policy="")


def overview_fragment(overview: Overview) -> str:
    """What stands above the list alone, for a page that is open while the run goes on."""
    return _environment().get_template("overview.html.j2").render(overview=overview)


def policy(*, served: bool) -> str:
    """The Content-Security-Policy: our script and style by their hashes, and nothing else."""
    parts = [
        "default-src 'none'",
        "img-src data:",
        f"script-src '{_digest(_script())}'",
        f"style-src '{_digest(_style())}'",
    ]
    parts += ["connect-src 'self'", "frame-ancestors 'none'"] if served else []
    return "; ".join([*parts, "base-uri 'none'", "form-action 'none'"])


def for_script(value: Any) -> Markup:
    """The value as JSON that cannot end the script it stands in."""
    text = json.dumps(value, ensure_ascii=False, separators=(",", ":"), allow_nan=False).translate(_FOR_SCRIPT)
    return Markup(text.encode("utf-8", "replace").decode())  # noqa: S704  # no < > & is left in it


def _told(options: Options) -> dict[str, Any]:
    return {
        "subsets": options.subsets,
        "labelled": options.labelled,
        "bothOrders": options.both_orders,
        "runs": options.runs,
        **options.extra,
    }


def _page(head: Head, *, data: Markup, blocks: Sequence[str], policy: str) -> str:
    return (
        _environment()
        .get_template("page.html.j2")
        .render(
            title=head.title,
            fragment=Markup(head.fragment),  # noqa: S704  # from a template that escapes
            data=data,
            blocks=blocks,
            policy=policy,
            script=Markup(_script()),  # noqa: S704  # our own file
            style=Markup(_style()),  # noqa: S704  # our own file
        )
    )


def _packed(text: str) -> str:
    return base64.b64encode(gzip.compress(text.encode("utf-8", "replace"), 6, mtime=0)).decode("ascii")


@cache
def _environment() -> Environment:
    made = Environment(
        loader=PackageLoader("reward_agent.reports.html"),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    made.tests["drawn"] = lambda part: isinstance(part, Drawn)
    return made


@cache
def _script() -> str:
    return "\n" + "\n".join(_static(name) for name in SCRIPTS)


@cache
def _style() -> str:
    return "\n" + _static("report.css")


def _static(name: str) -> str:
    return files("reward_agent.reports.html").joinpath("static", name).read_text(encoding="utf-8")


def _digest(text: str) -> str:
    return "sha256-" + base64.b64encode(hashlib.sha256(text.encode()).digest()).decode("ascii")
