"""The frame of a page: escaped, self-contained, under a policy that allows nothing but its own style."""

import hashlib
import html
from base64 import b64encode
from collections.abc import Sequence

from starlette.responses import HTMLResponse

STYLE = """
body{font:15px/1.5 system-ui,sans-serif;max-width:62rem;margin:2rem auto;padding:0 1rem;color:#1c2128;background:#fff}
h1{font-size:1.5rem}h2{font-size:1.1rem;margin-top:2rem;border-bottom:1px solid #d0d7de}
table{border-collapse:collapse;width:100%}th,td{text-align:left;padding:.25rem .6rem;border-bottom:1px solid #eaeef2}
td.n,th.n{text-align:right;font-variant-numeric:tabular-nums}pre{background:#f6f8fa;padding:.7rem;overflow-x:auto}
.bad{color:#b42318;font-weight:600}.note{color:#57606a}
@media(prefers-color-scheme:dark){body{color:#e6edf3;background:#0d1117}pre{background:#161b22}
h2,th,td{border-color:#30363d}.bad{color:#ff7b72}.note{color:#8d96a0}}
"""
_DIGEST = b64encode(hashlib.sha256(STYLE.encode()).digest()).decode()
POLICY = (
    f"default-src 'none'; style-src 'sha256-{_DIGEST}'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'"
)


def page(title: str, body: str, *, refresh_s: int | None = None) -> HTMLResponse:
    """The page. `body` is HTML, whose texts went through `escaped`."""
    again = "" if refresh_s is None else f'<meta http-equiv="refresh" content="{refresh_s}">'
    document = (
        f'<!doctype html><html lang="en"><head><meta charset="utf-8"><title>{escaped(title)}</title>{again}'
        f'<meta name="viewport" content="width=device-width"><style>{STYLE}</style></head>'
        f"<body><main><h1>{escaped(title)}</h1>{body}</main></body></html>"
    )
    return HTMLResponse(document, headers={"Content-Security-Policy": POLICY, "Referrer-Policy": "no-referrer"})


def escaped(text: object) -> str:
    """Any text, harmless within a page."""
    return html.escape(str(text).encode("utf-8", "replace").decode())


def table(heads: Sequence[str], rows: Sequence[Sequence[object]]) -> str:
    """A table whose first column names and whose others are numbers."""
    if not rows:
        return '<p class="note">nothing yet</p>'
    head = "".join(f'<th scope="col"{_side(place)}>{escaped(text)}</th>' for place, text in enumerate(heads))
    body = "".join(
        "<tr>" + "".join(f"<td{_side(place)}>{escaped(cell)}</td>" for place, cell in enumerate(row)) + "</tr>"
        for row in rows
    )
    return f"<table><thead><tr>{head}</tr></thead><tbody>{body}</tbody></table>"


def _side(place: int) -> str:
    return ' class="n"' if place else ""
