"""PDF -> text, page by page, through pypdf (the extra `pdf`).

Does NOT promise text from pictures: a scanned page has none.
"""

from collections.abc import Iterator
from pathlib import Path


def file_pages(path: Path) -> Iterator[dict[str, object]]:
    """The title, then the text of each page with its number. Raises what pypdf raises on a bad file."""
    import pypdf

    reader = pypdf.PdfReader(path, strict=False)
    if reader.is_encrypted and not reader.decrypt(""):
        yield {"fault": "it needs a password"}
        return
    yield {"title": " ".join(str((reader.metadata and reader.metadata.title) or "").split())}
    for number, page in enumerate(reader.pages, 1):
        yield {"page": number, "text": page.extract_text()}
