"""Inside the process that reads one PDF: `python -m reward_agent.evidence.corpus.pdf_process FILE MAX_BYTES`.

Writes JSON lines: {"title": ...}, then {"page": 1, "text": ...} for each page, or {"fault": ...} where it ends early.
"""

import json
import sys

MEMORY_BYTES = 2 << 30
CPU_S = 100


def main(path: str, max_bytes: int) -> None:
    """Writes what the file holds. Whatever pypdf raises on a bad file is a fault of the file."""
    _bound()
    import pypdf

    written = 0
    try:
        reader = pypdf.PdfReader(path, strict=False)
        if reader.is_encrypted and not reader.decrypt(""):
            _write({"fault": "it needs a password"})
            return
        _write({"title": str((reader.metadata and reader.metadata.title) or "")})
        for number, page in enumerate(reader.pages, 1):
            text = page.extract_text()
            written += len(text)
            if written > max_bytes:
                _write({"fault": f"it holds more than {max_bytes:,} characters of text; what stands before was read"})
                return
            _write({"page": number, "text": text})
    except Exception as error:  # noqa: BLE001  # the file is anybody's, and pypdf fails on it in its own many ways
        _write({"fault": f"it cannot be read as a PDF ({type(error).__name__}: {str(error)[:200]})"})


def _write(line: dict[str, object]) -> None:
    sys.stdout.write(json.dumps(line) + "\n")


def _bound() -> None:
    try:
        import resource
    except ImportError:  # not on Windows; the caller's limit of time holds there
        return
    resource.setrlimit(resource.RLIMIT_AS, (MEMORY_BYTES, MEMORY_BYTES))
    resource.setrlimit(resource.RLIMIT_CPU, (CPU_S, CPU_S))


if __name__ == "__main__":
    main(sys.argv[1], int(sys.argv[2]))
