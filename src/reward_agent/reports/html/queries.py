"""What the list of samples can be asked: search, filters, an order, one page of rows."""

import math
import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final

from reward_agent.reports.html.index import RunIndex

PAGE = 50
MOST = 200
_WORD = re.compile(r"\w+")

COLUMNS: Final = (
    *("no", "id", "subset", "outcome", "credit", "margin", "chosen", "candidates", "failures", "disagree", "flipped"),
    *("decider", "excerpt"),
)
"""The fields of a row, in this order, here and in the page."""

ORDERS: Final[Mapping[str, str]] = {
    "interest": "s.interest, abs(s.margin) DESC, s.no",
    "file": "s.no",
    "id": "s.id",
    "margin": "s.margin IS NULL, s.margin, s.no",
    "close": "s.margin IS NULL, abs(s.margin), s.no",
    "failures": "s.failures DESC, s.no",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Query:
    """`outcome` is one of `Outcome`, or empty for all. `within`: only where the margin is at most that, either way."""

    search: str = ""
    outcome: str = ""
    subset: str = ""
    failed: bool = False
    disagree: bool = False
    flipped: bool = False
    within: float | None = None
    order: str = "interest"
    offset: int = 0
    limit: int = PAGE

    @classmethod
    def of(cls, fields: Mapping[str, str]) -> "Query":
        """From the address; what cannot be read is as if it were not there."""
        return cls(
            search=fields.get("search", "")[:200],
            outcome=fields.get("outcome", ""),
            subset=fields.get("subset", ""),
            failed=fields.get("failed") == "1",
            disagree=fields.get("disagree") == "1",
            flipped=fields.get("flipped") == "1",
            within=_number(fields.get("within", "")),
            order=fields.get("order", "") if fields.get("order", "") in ORDERS else "interest",
            offset=_count(fields.get("offset", ""), 0, 10**9),
            limit=_count(fields.get("limit", ""), PAGE, MOST),
        )


def found(index: RunIndex, query: Query) -> tuple[int, list[tuple[Any, ...]]]:
    """How many samples the query finds, and one page of their rows."""
    where, values = conditions(query)
    order, columns = ORDERS[query.order], ", ".join(f"s.{name}" for name in COLUMNS)
    rows = index.rows(
        "WITH page AS (SELECT s.no AS no, count(*) OVER () AS total FROM samples s "  # noqa: S608  # ours
        f"WHERE {where} ORDER BY {order} LIMIT ? OFFSET ?) "
        f"SELECT page.total, {columns} FROM page JOIN samples s USING (no) ORDER BY {order}",
        (*values, query.limit, query.offset),
    )
    if not rows and query.offset:
        (total,) = index.rows(f"SELECT count(*) FROM samples s WHERE {where}", values)[0]  # noqa: S608  # ours
        return total, []
    return (rows[0][0] if rows else 0), [row[1:] for row in rows]


def conditions(query: Query) -> tuple[str, list[Any]]:
    """The SQL condition on `samples s`, and its values."""
    parts: list[str] = ["1"]
    values: list[Any] = []
    if words := " ".join(f'"{word}"*' for word in _WORD.findall(query.search)):
        parts.append(
            "(s.no IN (SELECT rowid FROM texts WHERE texts MATCH ? UNION SELECT rowid FROM reasons WHERE reasons "
            "MATCH ?) OR instr(s.id, ?))"
        )
        values += [words, words, query.search.strip()]
    elif query.search.strip():
        parts.append("instr(s.excerpt, ?)")
        values.append(query.search.strip())
    if query.outcome:
        parts.append("s.outcome = ?")
        values.append(query.outcome)
    if query.subset:
        parts.append("s.subset = ?")
        values.append(query.subset)
    parts += ["s.failures > 0"] * query.failed + ["s.disagree"] * query.disagree + ["s.flipped"] * query.flipped
    if query.within is not None:
        parts.append("abs(s.margin) <= ?")
        values.append(query.within)
    return " AND ".join(parts), values


def _number(text: str) -> float | None:
    try:
        value = float(text)
    except ValueError:
        return None
    return value if math.isfinite(value) else None


def _count(text: str, default: int, most: int) -> int:
    return min(int(text), most) if text.isascii() and text.isdigit() and len(text) < 12 else default
