"""Machine-readable formats."""

from __future__ import annotations

import json
import re
from typing import Literal

from reward_agent.verify.instructions.catalog.evidence import all_found, excerpt, listing
from reward_agent.verify.instructions.catalog.registry import checker
from reward_agent.verify.instructions.constraint import Measurement
from reward_agent.verify.instructions.markdown import code_blocks

_FENCES = ("```json", "```Json", "```JSON", "```")


@checker("json.valid")
def json_valid(response: str, *, where: Literal["whole", "block"] = "whole") -> Measurement:
    """Whether the response is one JSON value, in a code fence or not; `where="block"`: or has a code block that is."""
    text = response.strip()
    error = json_error(_unfenced(text))
    if error and where == "block" and any(json_error(block.code) is None for block in code_blocks(response)):
        error = None
    return Measurement.of(error is None, error or "valid JSON")


def _unfenced(text: str) -> str:
    for fence in _FENCES:
        if text.startswith(fence):
            text = text.removeprefix(fence)
            break
    return text.removesuffix("```").strip()


def json_error(text: str) -> str | None:
    """Why a text is no JSON, or None."""
    try:
        json.loads(text)
    except json.JSONDecodeError as error:
        return f"{error.msg} at {excerpt(text[max(0, error.pos - 20) : error.pos + 20])}"
    except (RecursionError, ValueError) as error:
        return f"not readable: {type(error).__name__}"
    return None


def parsed_json(text: str) -> object:
    """The JSON value of a response, in a code fence or not; None where there is none."""
    for source in (_unfenced(text.strip()), *(block.code for block in code_blocks(text)[:20])):
        if json_error(source) is None:
            value: object = json.loads(source)
            return value
    return None


@checker("json.keys")
def json_keys(response: str, *, keys: tuple[str, ...], exact: bool = False) -> Measurement:
    """Whether the JSON object (or each object of its list) has the given keys; `exact`: and no others."""
    value = parsed_json(response)
    rows = value if isinstance(value, list) else [value]
    objects = [row for row in rows if isinstance(row, dict)]
    if not objects:
        return Measurement.of(False, "no JSON object")
    missing = [key for key in keys if any(key not in row for row in objects)]
    extra = [key for row in objects for key in row if key not in keys] if exact else []
    if missing or not extra:
        return all_found(keys, missing, "key")
    return Measurement(met=False, measured=f"other keys {listing(extra)}", distance=0.5)


@checker("csv.valid")
def csv_valid(
    response: str,
    *,
    columns: tuple[str, ...] | None = None,
    rows: int | None = None,
    delimiter: str = ",",
    quoted_special: bool = False,
) -> Measurement:
    """Whether the response is CSV: every row as wide as the header, with the given column names and number of rows.

    `quoted_special`: at least one field in double quotes holds a character that is no letter, digit or blank.
    """
    text = _unfenced_as(response, "csv")
    parsed = _csv_rows(text, delimiter)
    if len(parsed) < 2:
        return Measurement.of(False, "fewer than two rows of CSV")
    header, body = parsed[0], parsed[1:]
    faults: list[str] = []
    ragged = sum(1 for row in body if len(row) != len(header))
    if len(header) < 2 or ragged:
        faults.append(f"{ragged} of {len(body)} rows are not {len(header)} wide")
    if columns is not None and [name.strip().lower() for name in header] != [name.strip().lower() for name in columns]:
        faults.append(f"columns {listing(header)}")
    if rows is not None and len(body) != rows:
        faults.append(f"{len(body)} rows, not {rows}")
    if quoted_special and not re.search(r'"[^"\n]*[^\w\s"][^"\n]*"', text):
        faults.append("no quoted field with a special character")
    return Measurement(
        met=not faults, measured="; ".join(faults) or f"{len(body)} rows of CSV", distance=len(faults) / 5
    )


def _csv_rows(text: str, delimiter: str) -> list[list[str]]:
    import csv

    try:
        return [row for row in csv.reader(text.splitlines(), delimiter=delimiter[:1] or ",") if row]
    except csv.Error:
        return []


def _unfenced_as(response: str, language: str) -> str:
    """The first code block in a language (or without one), else the whole response."""
    for block in code_blocks(response):
        if block.language in (language, ""):
            return block.code.strip()
    return response.strip()


@checker("xml.valid")
def xml_valid(response: str, *, root: str | None = None) -> Measurement:
    """Whether the response is well-formed XML, in a code fence or not, with a root element of the given name."""
    text = _unfenced_as(response, "xml")
    name, error = _xml_root(text)
    if error:
        return Measurement.of(False, error)
    if root is not None and name != root:
        return Measurement(met=False, measured=f"the root is {name}", distance=0.5)
    return Measurement(met=True, measured=f"XML with root {name}")


def _xml_root(text: str) -> tuple[str, str | None]:
    """The name of the root element, and why the text is no XML. Entities are refused: they can grow without bound."""
    from xml.parsers import expat

    parser = expat.ParserCreate(encoding="utf-8")
    names: list[str] = []

    def start(name: str, attributes: dict[str, str]) -> None:
        if not names:
            names.append(name)

    parser.StartElementHandler = start
    if "<!DOCTYPE" in text or "<!ENTITY" in text:
        return "", "document types are not accepted"
    try:
        parser.Parse(text.encode("utf-8", "replace"), True)
    except expat.ExpatError as error:
        return "", f"no XML: {error}"
    return (names[0], None) if names else ("", "no XML element")


_YAML_LINE = re.compile(r"^(?:-\s+)*(?:[^\s:#\[\]{},&*!|>'\"%@`-][^:\n]{0,200}|\"[^\"\n]*\"|'[^'\n]*'):(?:\s|$)")


@checker("yaml.valid")
def yaml_valid(response: str, *, keys: tuple[str, ...] = ()) -> Measurement:
    """Whether the response looks like a YAML mapping or list, in a code fence or not, with the given keys.

    Checks indentation by blanks, `key: value` and `- item` lines and block scalars; not the whole of YAML.
    """
    rows = [line.rstrip() for line in _unfenced_as(response, "yaml").split("\n")]
    found: set[str] = set()
    scalar_indent = -1
    bad = ""
    for row in rows:
        text = row.strip()
        indent = len(row) - len(row.lstrip(" "))
        if (
            not text
            or text.startswith("#")
            or text in ("---", "...")
            or (scalar_indent >= 0 and indent > scalar_indent)
        ):
            continue
        scalar_indent = -1
        if row.startswith("\t") or not (_YAML_LINE.match(text) or text.startswith("- ") or text in "-]}"):
            bad = bad or text
            continue
        if _YAML_LINE.match(text):
            found.add(text.removeprefix("- ").partition(":")[0].strip("'\" "))
        if text.endswith(("|", ">", "|-", ">-")):
            scalar_indent = indent
    if bad or not any(row.strip() for row in rows):
        return Measurement.of(False, f"no YAML line: {excerpt(bad)}")
    return all_found(keys, [key for key in keys if key not in found], "key")


@checker("template.followed")
def template_followed(response: str, *, labels: tuple[str, ...]) -> Measurement:
    """Whether the labels of a template ("My answer:") stand in the response in order, each with text after it."""
    places = [0]
    for reached, label in enumerate(labels):
        index = response.find(label.strip(), places[-1])
        if index < 0 or (reached and not any(map(str.isalnum, response[places[-1] : index]))):
            seen = f"missing {excerpt(label)}" if index < 0 else f"nothing before {excerpt(label)}"
            return Measurement(met=False, measured=seen, distance=1 - reached / len(labels))
        places.append(index + len(label.strip()))
    filled = any(map(str.isalnum, response[places[-1] :]))
    return Measurement(
        met=filled,
        measured=f"labels {listing(labels)} in order" if filled else "nothing after the last label",
        distance=0.0 if filled else 1 / (len(labels) + 1),
    )


@checker("response.exactly")
def response_exactly(response: str, *, text: str, match_case: bool = False) -> Measurement:
    """Whether the response is a given text and nothing else, blanks between words aside."""
    given, wanted = " ".join(response.split()), " ".join(text.split())
    met = given == wanted if match_case else given.lower() == wanted.lower()
    near = wanted.lower() in given.lower()
    return Measurement(
        met=met, measured=f"answers {excerpt(response)}", distance=0.0 if met else (0.5 if near else 1.0)
    )
