"""What an index folder says of itself.

    index.json       this
    segments-*/      tantivy's files

`index.json` is written last and replaced whole, so a folder holds a complete index or none, whenever a build dies.
"""

from dataclasses import dataclass
from pathlib import Path

from pydantic import TypeAdapter, ValidationError

from reward_agent.errors import ConfigError

FORMAT = 1
STAMP_FILE = "index.json"


@dataclass(frozen=True, slots=True, kw_only=True)
class Stamp:
    """`fingerprint` is a digest of every passage with its title and source, in order; `files` are the segment files
    with their sizes in bytes; `tantivy` is the version that wrote them."""

    kind: str = "reward-agent index"
    format: int = FORMAT
    tantivy: str
    segments: str
    files: dict[str, int]
    pages: int
    passages: int
    passage_chars: int
    overlap_chars: int
    fingerprint: str


_STAMP = TypeAdapter(Stamp)


def stamp_text(stamp: Stamp) -> str:
    """The stamp as it stands in the folder."""
    return _STAMP.dump_json(stamp, indent=2).decode() + "\n"


def file_sizes(folder: Path) -> dict[str, int]:
    """The files that matter in a folder of segments; locks do not."""
    return {file.name: file.stat().st_size for file in sorted(folder.iterdir()) if not file.name.endswith(".lock")}


def read_stamp(folder: Path) -> Stamp:
    """The stamp of an index whose files are there in their sizes. Raises ConfigError saying what to do."""
    again = f"Build it: reward-agent index DOCS... --out {folder} --replace"
    file = folder / STAMP_FILE
    try:
        stamp = _STAMP.validate_json(file.read_bytes())
    except FileNotFoundError:
        raise ConfigError(f"{folder} holds no index ({STAMP_FILE} is not there). {again}") from None
    except (OSError, ValidationError) as error:
        first_line = str(error).split("\n", 1)[0]
        raise ConfigError(f"{file} is damaged or not an index's ({first_line}). {again}") from None
    if stamp.format != FORMAT:
        raise ConfigError(f"{folder} has format {stamp.format}, and this version reads format {FORMAT}. {again}")
    segments = folder / Path(stamp.segments).name
    found = file_sizes(segments) if segments.is_dir() else {}
    for name, size in stamp.files.items():
        if found.get(name) != size:
            came = f"has {found[name]:,} bytes" if name in found else "is missing"
            raise ConfigError(
                f"{folder} is damaged: {segments.name}/{name} should have {size:,} bytes and {came}. {again}"
            )
    return stamp
