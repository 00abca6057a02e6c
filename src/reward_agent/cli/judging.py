"""Commands on single samples: judge, explain."""

from typing import Annotated

import typer

from reward_agent.cli.console import judgment_printer, say, sound, terminal
from reward_agent.cli.options import Config, Preset, Record, Replay, Set, settings_from


def judge(
    prompt: Annotated[str | None, typer.Option(help="What was asked.")] = None,
    candidate: Annotated[list[str] | None, typer.Option(help="One response. Repeatable.")] = None,
    file: Annotated[
        str | None, typer.Option(help="JSON lines with prompt and candidates; - for standard input.")
    ] = None,
    json: Annotated[bool, typer.Option("--json", help="Print one judgment a line as JSON.")] = False,
    preset: Preset = None,
    config: Config = None,
    set_: Set = None,
    record: Record = None,
    replay: Replay = None,
) -> None:
    """Judge candidates and print why.

    Every finding with its reason, the scores, what failed.
    """
    import asyncio

    from reward_agent.build import open_agent
    from reward_agent.jobs.judging import judge_each
    from reward_agent.jobs.samples import read_samples
    from reward_agent.types import Sample

    if (file is None) == (prompt is None) or (prompt is not None and not candidate):
        raise typer.BadParameter("give either --prompt with at least one --candidate, or --file")
    settings = settings_from(preset, config, set_, record, replay)
    items = [Sample.of(prompt or "", candidate or [])] if file is None else read_samples(file, settings)
    show = judgment_printer(json)

    async def judge_and_show() -> int:
        judged = 0
        async with open_agent(settings, say=say) as agent:
            async for sample, judgment in judge_each(agent, sound(items), concurrency=settings.run.concurrency):
                show(sample, judgment)
                judged += 1
        return judged

    if not asyncio.run(judge_and_show()):
        say("no sample could be read")
        raise typer.Exit(1)


def explain(
    prompt: Annotated[str, typer.Option(help="What was asked.")],
    candidate: Annotated[list[str] | None, typer.Option(help="One response. Repeatable.")] = None,
    preset: Preset = None,
    config: Config = None,
    set_: Set = None,
) -> None:
    """Show the constraints found in an instruction.

    With the words they come from and how each is checked; with candidates, their verdicts too.
    """
    import asyncio

    from reward_agent.build import instruction_verifier_of, open_agent
    from reward_agent.config import load_settings
    from reward_agent.reports.explain import findings_text
    from reward_agent.types import Sample

    settings = load_settings(preset=preset, config=config, overrides=set_ or [])

    async def show() -> None:
        async with open_agent(settings, say=say) as agent:
            terminal().print(findings_text(await instruction_verifier_of(agent).explain(prompt)))
            if candidate:
                sample = Sample.of(prompt, candidate)
                judgment_printer(as_json=False)(sample, await agent.judge(sample))

    asyncio.run(show())
