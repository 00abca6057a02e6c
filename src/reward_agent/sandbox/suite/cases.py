"""Reads the checkers of `hostile/` and `honest/`.

A block starts with `#### name`, then optionally `-> outcomes` that are allowed, then `| wasm: outcomes` that are
allowed besides in WebAssembly, then `<< texts` it is run on. Without outcomes everything but "true" is allowed: a
hostile checker returns True only if what it tried has worked. In WebAssembly some calls say that they have worked and
do nothing, numbers are of 32 bits, and there is no pipe to forge.
An honest checker whose verdicts depend on the version of Python has `~ version` behind its name.
"""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cache
from importlib import resources

from reward_agent.types import Outcome

_HEADER = re.compile(
    r"^#### (?P<name>[^<>|~\n]+?)(?P<version> ~ version)?(?: -> (?P<allowed>[a-z, ]+?))?"
    r"(?: \| wasm: (?P<wasm>[a-z, ]+?))?(?: << (?P<texts>[a-z ]+))?$",
    re.MULTILINE,
)
_ANY_BUT_TRUE = frozenset(Outcome) - {Outcome.TRUE}

# What an attacker would write first: a way to the worker's own modules, and system calls by machine.
_PREAMBLE = """\
import os, sys, types
def tool(name):
    frame = sys._getframe()
    while frame:
        for thing in list(frame.f_globals.values()):
            if isinstance(thing, types.ModuleType):
                for found in (thing, *vars(thing).values()):
                    if isinstance(found, types.ModuleType) and found.__name__ == name:
                        return found
        frame = frame.f_back
    return __import__(name)
def number(x86_64, aarch64):
    return x86_64 if tool("reward_agent.sandbox.jail.kernel").MACHINE == "x86_64" else aarch64
"""


@dataclass(frozen=True, slots=True, kw_only=True)
class Case:
    """One hostile checker. `allowed`: the outcomes that a contained run may have; `in_wasm`: others that it may have
    there."""

    family: str
    name: str
    source: str
    responses: tuple[str, ...]
    allowed: frozenset[Outcome]
    in_wasm: frozenset[Outcome] = frozenset()

    def written_for(self, places: Mapping[str, str]) -> str:
        """The source with `@PLACE@` filled in."""
        source = self.source
        for name, text in {**places, **_LARGE}.items() if "@" in source else ():
            source = source.replace(f"@{name}@", text)
        return _PREAMBLE + source


@dataclass(frozen=True, slots=True, kw_only=True)
class HonestChecker:
    """A checker that does what it should. `by_version`: another version of Python may decide otherwise."""

    family: str
    name: str
    source: str
    by_version: bool = False


@cache
def hostile_cases() -> tuple[Case, ...]:
    """All hostile checkers."""
    return tuple(
        Case(
            family=family,
            name=header["name"],
            source=source,
            responses=_TEXTS[header["texts"] or "plain"],
            allowed=_outcomes(header["allowed"]) or _ANY_BUT_TRUE,
            in_wasm=_outcomes(header["wasm"]),
        )
        for family, header, source in _blocks("hostile")
    )


@cache
def honest_checkers() -> tuple[HonestChecker, ...]:
    """All honest checkers."""
    return tuple(
        HonestChecker(family=family, name=header["name"], source=source, by_version=bool(header["version"]))
        for family, header, source in _blocks("honest")
    )


def _outcomes(words: str | None) -> frozenset[Outcome]:
    return frozenset(Outcome(word.strip()) for word in words.split(",")) if words else frozenset()


def _blocks(folder: str) -> Iterator[tuple[str, "re.Match[str]", str]]:
    files = resources.files("reward_agent.sandbox.suite").joinpath(folder).iterdir()
    for file in sorted((f for f in files if f.name.endswith(".txt")), key=lambda f: f.name):
        text = file.read_text(encoding="utf-8")
        headers = list(_HEADER.finditer(text))
        if len(headers) != text.count("#### "):
            raise ValueError(f"{folder}/{file.name} has a #### line that cannot be read")
        ends = [header.start() for header in headers[1:]] + [len(text)]
        for header, end in zip(headers, ends, strict=True):
            yield file.name.removesuffix(".txt"), header, text[header.end() + 1 : end]


_CODE = "__import__('os').system('echo x > /tmp/made'); import os; os._exit(0)"
_TEXTS: dict[str, tuple[str, ...]] = {
    "plain": ("a plain response",),
    "five megabytes": ("é" * 5_000_000,),
    "surrogates": ("a\ud800b\udfff",),
    "nulls": ("a\0b\0",),
    "empty": ("",),
    "code": (_CODE,),
    "thousand": tuple(f"response {n}" for n in range(1000)),
}
_LARGE = {
    "NUL": "\0",
    "NEST": "(" * 50_000 + ")" * 50_000,
    "MEGABYTE": "x" * 900_000,
    "PLUS": "1" + "+1" * 400_000,
    "SURROGATE": "\ud800",
}
