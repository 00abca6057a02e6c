"""The command that draws answers: generate."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any, Literal

import typer

from reward_agent.cli.console import say, say_problems, shown, stoppable, terminal
from reward_agent.cli.options import Config, Preset, Record, Replay, Set, settings_from

if TYPE_CHECKING:
    from reward_agent.config import Settings
    from reward_agent.jobs.drawing import GenerateJob
    from reward_agent.jobs.generate import Generated
    from reward_agent.protocols import ChatModel
    from reward_agent.reports.metrics import Integrity

IN_PROCESS = 64  # prompts in a batch of vLLM, where nothing else is said


def generate(
    data: Annotated[
        str,
        typer.Option(help="Prompts: JSON lines, JSON, Parquet, CSV or text, a folder, or hf:OWNER/NAME[@REV][:SPLIT]."),
    ],
    model: Annotated[str, typer.Option(help="A [chat.NAME] of the settings, or a model's name on the server.")],
    out: Annotated[Path, typer.Option(help="The file of responses; the same command again goes on where it stopped.")],
    n: Annotated[int, typer.Option("--n", min=1, max=4096, help="Answers to each prompt.")] = 32,
    temperature: Annotated[float, typer.Option(min=0.0, max=5.0, help="0 gives the same answer every time.")] = 1.0,
    top_p: Annotated[float, typer.Option(min=0.01, max=1.0, help="The share of probability drawn from.")] = 1.0,
    max_tokens: Annotated[int, typer.Option(min=1, help="A longer answer is cut off, and marked so.")] = 2048,
    seed: Annotated[int, typer.Option(help="Another seed draws other answers.")] = 0,
    system: Annotated[str | None, typer.Option(help="A system turn, for prompts that bring none.")] = None,
    prompt_column: Annotated[str | None, typer.Option(help="The column of prompts; found out by default.")] = None,
    template: Annotated[str | None, typer.Option(help="A text around each prompt, with {prompt} in its place.")] = None,
    base_url: Annotated[str | None, typer.Option(help="The server, such as http://127.0.0.1:8000/v1.")] = None,
    engine: Annotated[
        Literal["server", "vllm"], typer.Option(help="A server with OpenAI's API, or vLLM in this process.")
    ] = "server",
    vllm: Annotated[
        list[str] | None,
        typer.Option(metavar="KEY=VALUE", help="An argument of vLLM's engine, such as max_model_len=8192. Repeatable."),
    ] = None,
    limit: Annotated[int | None, typer.Option(min=1, help="Answer only the first prompts.")] = None,
    concurrency: Annotated[
        int | None, typer.Option(min=1, help="Requests at once.", show_default="run.concurrency; 64 with vllm")
    ] = None,
    preset: Preset = None,
    config: Config = None,
    set_: Set = None,
    record: Record = None,
    replay: Replay = None,
) -> None:
    """Draw n answers to every prompt.

    Rows {id, prompt, responses, generator} with the data's other columns, as best-of-n and annotate take them. What
    failed is missing and counted; the same command again asks for it.
    """
    from reward_agent.config.named import model_of, with_chat_model
    from reward_agent.jobs.drawing import GenerateJob
    from reward_agent.jobs.prompts import PromptShape

    settings = settings_from(preset, config, set_, record, replay)
    if engine == "vllm":
        settings = settings.model_copy(update={"chat": {}})
    elif vllm:
        raise typer.BadParameter("--vllm is for --engine vllm")
    else:
        settings = with_chat_model(settings, model, base_url)
    if temperature == 0 and n > 1:
        say(f"warning: at temperature 0 the {n} answers to a prompt are the same")
    job = GenerateJob(
        data=data,
        generator=model if engine == "vllm" else model_of(settings, model),
        n=n,
        temperature=temperature,
        top_p=top_p,
        max_tokens=max_tokens,
        seed=seed,
        system=system,
        shape=PromptShape(column=prompt_column, template=template),
        limit=limit,
        engine=engine,
        engine_options=engine_options(vllm or []),
    )
    at_once = concurrency or (IN_PROCESS if engine == "vllm" else settings.run.concurrency)
    show(generated(job, settings, model, out, at_once), out)


def generated(job: "GenerateJob", settings: "Settings", model: str, out: Path, concurrency: int) -> "Generated":
    import asyncio

    from reward_agent.jobs.generate import generate
    from reward_agent.jobs.progress import shown_progress

    def told(integrity: "Integrity") -> None:
        say_problems(integrity.problems, max(integrity.set_aside, len(integrity.problems)))

    async def run() -> "Generated":
        with shown_progress("generate", terminal(stderr=True), done="drawn") as watch:
            return await generate(
                job,
                settings,
                lambda: opened(job, settings, model),
                out,
                concurrency=concurrency,
                watch=watch,
                read=told,
            )

    with stoppable(f"{out} has what was drawn so far; run the same command again to go on"):
        return asyncio.run(run())


@asynccontextmanager
async def opened(job: "GenerateJob", settings: "Settings", model: str) -> "AsyncIterator[ChatModel]":
    from reward_agent.build import open_chat_model
    from reward_agent.chat.vllm import open_vllm

    if job.engine == "vllm":
        async with open_vllm(model, job.engine_options) as in_process:
            yield in_process
    else:
        async with open_chat_model(settings, model, say=say) as served:
            yield served


def engine_options(texts: list[str]) -> dict[str, Any]:
    """KEY=VALUE texts, the value in TOML (a bare word is a string)."""
    import tomllib

    options: dict[str, Any] = {}
    for text in texts:
        key, sep, value = text.partition("=")
        if not sep or not key.strip().isidentifier():
            raise typer.BadParameter(f"--vllm takes KEY=VALUE such as max_model_len=8192, got {text!r}")
        try:
            options[key.strip()] = tomllib.loads(f"value = {value}")["value"]
        except tomllib.TOMLDecodeError:
            options[key.strip()] = value
    return options


def show(found: "Generated", out: Path) -> None:
    from reward_agent.jobs.answers import tallied

    if found.empty or found.truncated:
        say(f"{found.empty:,} answers are empty, {found.truncated:,} were cut off at the token limit")
    if found.answers < found.asked:
        say(f"{found.asked - found.answers:,} answers are missing: {tallied(found.missing)}")
        for kind, error in found.example.items():
            say(f"  {kind}: {error}")
        say("run the same command again to ask for them")
    typer.echo(
        shown(
            f"{out}: {found.answers:,} of {found.asked:,} answers to {found.prompts:,} prompts, "
            f"{found.complete:,} of them complete"
        )
    )
    if not found.answers:
        raise typer.Exit(1)
