"""Commands on a corpus: index, search."""

from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Literal

import typer

from reward_agent.cli.console import say_problems, shown, terminal

if TYPE_CHECKING:
    from reward_agent.evidence.corpus import Cutter, IndexReport
    from reward_agent.evidence.corpus.cluster import Scheme
    from reward_agent.jobs.index import IndexJob


def index(
    docs: Annotated[
        list[str],
        typer.Argument(help="Files or folders: text, Markdown, HTML, PDF, JSON lines, Parquet; or hf:OWNER/NAME."),
    ],
    out: Annotated[str, typer.Option(help="The index's folder, or https://HOST:PORT/INDEX of a search cluster.")],
    replace: Annotated[bool, typer.Option("--replace", help="Build an index anew that is there.")] = False,
    text_column: Annotated[str | None, typer.Option(help="The rows' column of text; guessed by default.")] = None,
    title_column: Annotated[str | None, typer.Option(help="... of titles.")] = None,
    source_column: Annotated[str | None, typer.Option(help="... of addresses.")] = None,
    passage_chars: Annotated[int, typer.Option(min=100, max=4000, help="Characters of a passage, at most.")] = 800,
    max_file_mb: Annotated[int, typer.Option(min=1, help="A larger file is left out.")] = 256,
    key_env: Annotated[str | None, typer.Option(help="The variable with the cluster's key.")] = None,
    key_scheme: Annotated[Literal["apikey", "bearer", "basic"], typer.Option(help="How it is sent.")] = "apikey",
) -> None:
    """Index documents as evidence.

    Then set evidence.type=corpus and evidence.path=INDEX.
    """
    from reward_agent.evidence.corpus import Cutter
    from reward_agent.evidence.corpus.rows import Columns
    from reward_agent.jobs.index import IndexJob, Problems, index_in_folder, shown_indexing

    columns = Columns(text=text_column, title=title_column, source=source_column)
    job = IndexJob(docs=tuple(docs), columns=columns, max_file_bytes=max_file_mb << 20)
    problems = Problems()
    cutter = Cutter(passage_chars=passage_chars, overlap_chars=passage_chars // 6, note=problems.note)
    try:
        with shown_indexing(cutter, terminal(stderr=True)):
            if out.startswith(("http://", "https://")):
                report = index_in_cluster(job, out, cutter, key_env, key_scheme)
            else:
                report = index_in_folder(job, Path(out), cutter, replace=replace)
    finally:
        say_problems(problems.first, problems.count)
    typer.echo(shown(f"{out}: {report.passages:,} passages, fingerprint {report.fingerprint[:12]}"))


def search(
    index: Annotated[Path, typer.Argument(help="A folder made by `reward-agent index`.")],
    query: Annotated[str, typer.Argument(help="A question or a claim.")],
    passages: Annotated[int, typer.Option(min=1, max=50, help="How many to show.")] = 5,
) -> None:
    """Look into an index.

    The passages that a claim would be held against.
    """
    from reward_agent.evidence.corpus import open_corpus
    from reward_agent.reports.passages import passages_text

    terminal().print(passages_text(open_corpus(index, passages=passages).found(query)))


def index_in_cluster(
    job: "IndexJob", url: str, cutter: "Cutter", key_env: str | None, scheme: "Scheme"
) -> "IndexReport":
    import asyncio

    from reward_agent.build.evidence import open_indexer
    from reward_agent.jobs.index import index_in_cluster

    async def indexed() -> "IndexReport":
        async with open_indexer(url, key_env=key_env, key_scheme=scheme) as indexer:
            return await index_in_cluster(job, indexer, cutter)

    return asyncio.run(indexed())
