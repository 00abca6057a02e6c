"""Two runs side by side, from their indexes: which samples changed, and why."""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any, Final

from reward_agent.reports import wording
from reward_agent.reports.html.index import RunIndex
from reward_agent.reports.html.page import Overview, Section, Table
from reward_agent.reports.html.queries import COLUMNS, ORDERS, Query, conditions
from reward_agent.reports.paired import compare_runs
from reward_agent.types import Comparison

COMPARED: Final = (*COLUMNS, "outcome_b", "why")
CHANGES: Final[Mapping[str, str]] = {
    "outcome": "(s.outcome != t.outcome OR s.chosen IS NOT t.chosen)",
    "better": "t.credit > s.credit",
    "worse": "t.credit < s.credit",
    "signals": "EXISTS (SELECT 1 FROM signals g LEFT JOIN b.signals h ON h.sample = t.no AND h.name = g.name "
    "WHERE g.sample = s.no AND g.side IS NOT h.side) OR EXISTS (SELECT 1 FROM b.signals h LEFT JOIN signals g ON "
    "g.sample = s.no AND g.name = h.name WHERE h.sample = t.no AND g.sample IS NULL)",
}
_JOIN = "samples s LEFT JOIN b.samples t ON t.id = s.id"
_WORDS = {1: "for", 0: "level", -1: "against", None: "silent"}


def joined(a: RunIndex, b: RunIndex) -> RunIndex:
    """A reader of both: `b` is attached under that name."""
    reader = a.reader()
    reader.connection.execute("ATTACH DATABASE ? AS b", (str(b.path),))
    return reader


def found_in_both(both: RunIndex, query: Query, changed: str) -> tuple[int, list[list[Any]]]:
    """How many samples the query finds, and one page of their rows, as `COMPARED`."""
    where, values = conditions(query)
    if changed in CHANGES:
        where += f" AND ({CHANGES[changed]})"
    (total,) = both.rows(f"SELECT count(*) FROM {_JOIN} WHERE {where}", values)[0]  # noqa: S608  # ours
    columns = ", ".join(f"s.{name}" for name in COLUMNS)
    order = ORDERS[query.order]
    rows = both.rows(
        f"SELECT {columns}, t.outcome, t.no FROM {_JOIN} WHERE {where} ORDER BY {order} LIMIT ? OFFSET ?",  # noqa: S608  # ours
        (*values, query.limit, query.offset),
    )
    return total, [[*row[:-1], _why(both, row[0], row[-1])] for row in rows]


def _why(both: RunIndex, a: int, b: int | None) -> list[str]:
    """What is otherwise in the second run: sides of signals, failures, and if nothing else the margin."""
    if b is None:
        return ["only in A"]
    first, second = _sides(both, "main", a), _sides(both, "b", b)
    why = [
        f"{name}: {_stand(first, name)} → {_stand(second, name)}"
        for name in dict.fromkeys((*first, *second))
        if _stand(first, name) != _stand(second, name)
    ]
    failed, failed_now = (_failed(both, schema, no) for schema, no in (("main", a), ("b", b)))
    why += [f"✘ {failure} in B" for failure in failed_now if failure not in failed]
    why += [f"✘ {failure} in A alone" for failure in failed if failure not in failed_now]
    columns = "outcome, chosen, decider, margin"
    (was, pick, by, margin), (now, pick_now, by_now, margin_now) = (
        both.rows(f"SELECT {columns} FROM {schema}.samples WHERE no = ?", (no,))[0]  # noqa: S608  # ours
        for schema, no in (("main", a), ("b", b))
    )
    if by != by_now and by_now is not None and by is not None:
        why.append(f"decided by {by_now}, not {by}")
    if was == now and pick != pick_now and None not in (pick, pick_now):
        why.insert(0, f"picks candidate {pick_now + 1}, not {pick + 1}")
    if not why and margin is not None and margin_now is not None and margin != margin_now:
        why.append(f"signals on the same sides; margin {margin:.3g} → {margin_now:.3g}")
    return why


def _sides(both: RunIndex, schema: str, no: int) -> dict[str, int | None]:
    return dict(both.rows(f"SELECT name, side FROM {schema}.signals WHERE sample = ? ORDER BY name", (no,)))  # noqa: S608  # ours


def _stand(sides: Mapping[str, int | None], name: str) -> str:
    return _WORDS[sides[name]] if name in sides else "not asked"


def _failed(both: RunIndex, schema: str, no: int) -> list[str]:
    rows = both.rows(f"SELECT DISTINCT source, kind FROM {schema}.failures WHERE sample = ?", (no,))  # noqa: S608  # ours
    return [f"{source} failed ({kind})" for source, kind in rows]


def compared_overview(
    both: RunIndex, names: Sequence[str], parts: Sequence[Overview], notes: Sequence[str]
) -> Overview:
    """The headline of two runs: the paired difference, where they have an answer key, and what changed."""
    (matched, changed) = both.rows(
        f"SELECT sum(t.no IS NOT NULL), sum({CHANGES['outcome']}) FROM {_JOIN}"  # noqa: S608  # ours
    )[0]
    facts = [("samples in both", f"{matched or 0:,}"), ("changed", f"{changed or 0:,}")]
    facts += [(f"{mark}: {name}", part.figure or "–") for mark, name, part in zip("AB", names, parts, strict=True)]
    overview = Overview(
        title=f"{names[0]} against {names[1]}",
        subtitle="two runs compared",
        warnings=[*notes, *(line for part in parts for line in part.warnings)],
        facts=facts,
        sections=_moves(both, names),
    )
    pairs = _comparisons(both)
    if not pairs:
        return overview
    first, second = zip(*pairs, strict=True)
    paired = compare_runs(names[0], first, names[1], second, ())
    overall = paired.overall
    interval = (
        ""
        if overall.ci95 is None
        else f"95 % interval {wording.points(overall.ci95[0], None)} to {wording.points(overall.ci95[1], None)}"
    )
    table = Table(caption="By subset, each sample once", sheet=wording.paired_sheet(paired), note=wording.PAIRED_NOTE)
    return replace(
        overview,
        figure=wording.points(overall.difference, None),
        figure_name="points, B − A",
        interval=interval,
        sections=[Section(title="The difference", parts=[table]), *overview.sections],
    )


def _comparisons(both: RunIndex) -> list[tuple[Comparison, Comparison]]:
    rows = both.rows(
        f"SELECT s.id, s.subset, s.credit, t.credit FROM {_JOIN} WHERE s.credit IS NOT NULL AND t.credit IS NOT NULL "  # noqa: S608  # ours
        "AND s.outcome != 'waiting' AND t.outcome != 'waiting' ORDER BY s.no"
    )

    def one(id: str, subset: str, credit: float) -> Comparison:
        return Comparison(id=id, sample_id=id, subset=subset, credit=credit, published=credit)

    return [(one(id, subset, a), one(id, subset, b)) for id, subset, a, b in rows]


def _moves(both: RunIndex, names: Sequence[str]) -> list[Section]:
    """How outcomes went from one run to the other."""
    counts: dict[str, dict[str, int]] = defaultdict(dict)
    for was, now, count in both.rows(
        f"SELECT s.outcome, t.outcome, count(*) FROM {_JOIN} WHERE t.no IS NOT NULL GROUP BY 1, 2"  # noqa: S608  # ours
    ):
        counts[was][now] = count
    columns = sorted({now for row in counts.values() for now in row})
    if not columns:
        return []
    rows = [[f"{was} in A", *(f"{row.get(now, 0):,}" for now in columns)] for was, row in sorted(counts.items())]
    sheet = wording.Sheet(["", *(f"{now} in B" for now in columns)], rows)
    return [
        Section(
            title="What changed", parts=[Table(caption=f"Outcomes in A ({names[0]}) and B ({names[1]})", sheet=sheet)]
        )
    ]
