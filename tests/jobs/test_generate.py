import asyncio
import json
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from reward_agent.chat.errors import RefusedError, ServerError
from reward_agent.config import Settings
from reward_agent.config.chat import OpenAIChatSettings
from reward_agent.errors import ConfigError, DataError, RunError
from reward_agent.jobs.drawing import GenerateJob, first_seed
from reward_agent.jobs.generate import Generated, generate
from reward_agent.jobs.run import Tally
from reward_agent.jobs.samples import Taken, read_taken
from reward_agent.protocols import ChatModel
from reward_agent.testing import DrawingChat, ScriptedChat
from reward_agent.types import Drawn, Message

Rule = Callable[[str, int | None], Drawn]


def numbered(asked: str, seed: int | None) -> Drawn:
    return Drawn(text=f"{asked} {seed}", finish="stop")


@pytest.fixture
def data(tmp_path: Path) -> Path:
    path = tmp_path / "prompts.jsonl"
    rows = [{"key": f"k{number}", "prompt": f"Prompt {number}", "aliases": [str(number)]} for number in range(5)]
    path.write_text("".join(json.dumps(row) + "\n" for row in rows), encoding="utf-8")
    return path


def run(
    data: Path,
    model: ChatModel,
    *,
    settings: Settings | None = None,
    watch: Callable[[Tally], None] = lambda tally: None,
    concurrency: int = 3,
    **job: Any,
) -> Generated:
    @asynccontextmanager
    async def opened() -> AsyncIterator[ChatModel]:
        yield model

    told = GenerateJob(**{"data": str(data), "generator": "m", "n": 4, **job})
    out = data.with_name("responses.jsonl")
    made = generate(told, settings or Settings(), opened, out, concurrency=concurrency, watch=watch)
    return asyncio.run(made)


def rows(data: Path) -> list[dict[str, Any]]:
    text = data.with_name("responses.jsonl").read_text(encoding="utf-8")
    return [json.loads(line) for line in text.splitlines()]


def asked_for(model: DrawingChat) -> list[int]:
    return [request.sampling.n for request in model.requests if request.sampling is not None]


def test_every_prompt_gets_its_answers_with_the_row_s_other_columns(data: Path) -> None:
    model = DrawingChat(rule=numbered)
    found = run(data, model)
    assert (found.prompts, found.complete, found.asked, found.answers) == (5, 5, 20, 20)
    first = rows(data)[0]
    seed = first_seed(0, "k0")
    assert first == {
        "id": "k0",
        "prompt": "Prompt 0",
        "responses": [f"Prompt 0 {seed + index}" for index in range(4)],
        "generator": "m",
        "finish_reasons": ["stop"] * 4,
        "missing": 0,
        "key": "k0",
        "aliases": ["0"],
    }
    assert asked_for(model) == [4] * 5


def test_the_file_is_read_by_those_who_judge_it(data: Path) -> None:
    run(data, DrawingChat(rule=numbered))
    items = list(read_taken(str(data.with_name("responses.jsonl")), Settings()))
    assert all(isinstance(item, Taken) for item in items)
    first = items[0]
    assert isinstance(first, Taken)
    assert (first.sample.id, len(first.sample.candidates)) == ("k0", 4)
    assert first.columns["aliases"] == ["0"]


def test_a_model_that_gives_one_answer_at_a_time_is_asked_for_each_alone_and_gives_the_same(data: Path) -> None:
    run(data, DrawingChat(rule=numbered))
    together = rows(data)
    alone_at = data.parent / "alone"
    alone_at.mkdir()
    alone = data.rename(alone_at / data.name)
    model = DrawingChat(rule=numbered, most=1)
    run(alone, model, concurrency=1)
    assert rows(alone) == together
    assert asked_for(model) == [4] + [1] * (5 * 4 - 1)


def failing(*bad: str, error: Exception) -> Rule:
    def rule(asked: str, seed: int | None) -> Drawn:
        if asked in bad:
            raise error
        return numbered(asked, seed)

    return rule


def test_an_answer_that_failed_is_missing_and_counted_and_the_next_run_asks_for_it_alone(data: Path) -> None:
    found = run(data, DrawingChat(rule=failing("Prompt 2", error=ServerError("overloaded"))))
    assert (found.answers, found.missing, found.example) == (16, {"server error": 4}, {"server error": "overloaded"})
    assert [row["id"] for row in rows(data)] == ["k0", "k1", "k3", "k4"]
    assert "NA" not in data.with_name("responses.jsonl").read_text()
    model = DrawingChat(rule=numbered)
    again = run(data, model)
    assert (again.answers, again.missing) == (20, {})
    assert [request.messages[0].content for request in model.requests] == ["Prompt 2"]
    assert [row["id"] for row in rows(data)] == ["k0", "k1", "k2", "k3", "k4"]


def test_a_prompt_that_has_some_of_its_answers_asks_for_the_missing_ones_alone(data: Path) -> None:
    seeds = {first_seed(0, f"k{number}") + index for number in range(5) for index in (1, 3)}

    def rule(asked: str, seed: int | None) -> Drawn:
        if seed in seeds:
            raise RefusedError("no")
        return numbered(asked, seed)

    first = run(data, DrawingChat(rule=rule, most=1), concurrency=1)
    assert (first.answers, first.missing) == (10, {"refused": 10})
    assert [row["missing"] for row in rows(data)] == [2] * 5
    model = DrawingChat(rule=numbered)
    run(data, model, n=6)
    assert asked_for(model) == [1, 3] * 5  # index 1; then 3, 4 and 5: no run of seeds has a gap
    assert rows(data)[0]["responses"] == [f"Prompt 0 {first_seed(0, 'k0') + index}" for index in range(6)]


def test_a_finished_run_asks_nothing_and_opens_nothing(data: Path) -> None:
    run(data, DrawingChat(rule=numbered))
    before = data.with_name("responses.jsonl").read_bytes()

    def fail() -> Any:
        pytest.fail("it opened the model")

    job = GenerateJob(data=str(data), generator="m", n=4)
    asyncio.run(generate(job, Settings(), fail, data.with_name("responses.jsonl"), concurrency=1))
    assert data.with_name("responses.jsonl").read_bytes() == before


def test_empty_and_truncated_answers_are_what_they_are(data: Path) -> None:
    def rule(asked: str, seed: int | None) -> Drawn:
        return Drawn(text="", finish="stop") if asked == "Prompt 0" else Drawn(text="cut o", finish="length")

    found = run(data, DrawingChat(rule=rule))
    assert (found.answers, found.empty, found.truncated) == (20, 4, 16)
    assert rows(data)[0]["responses"] == [""] * 4
    assert rows(data)[1]["finish_reasons"] == ["length"] * 4


def test_an_answer_that_a_filter_stopped_is_missing(data: Path) -> None:
    found = run(data, DrawingChat(rule=lambda asked, seed: Drawn(text="par", finish="content_filter")))
    assert (found.answers, found.missing) == (0, {"refused": 20})
    assert rows(data) == []


def test_a_model_that_draws_nothing_ends_the_run_with_everything_missing(data: Path) -> None:
    assert run(data, ScriptedChat(["a reply"] * 5)).missing == {"no answer": 20}


def test_a_torn_journal_loses_one_request_and_doubles_none(data: Path) -> None:
    run(data, DrawingChat(rule=numbered))
    whole = rows(data)
    journal = data.with_name("responses.jsonl.run") / "answers.jsonl"
    journal.write_bytes(journal.read_bytes()[:-40])
    model = DrawingChat(rule=numbered)
    run(data, model)
    assert asked_for(model) == [4]
    assert rows(data) == whole


def test_an_error_that_ends_the_run_leaves_what_was_drawn_in_the_file(data: Path) -> None:
    with pytest.raises(ConfigError):
        run(data, DrawingChat(rule=failing("Prompt 3", error=ConfigError("bad key"))), concurrency=1)
    assert [row["id"] for row in rows(data)] == ["k0", "k1", "k2"]


def test_other_options_are_other_answers_and_refused_but_not_another_pace(data: Path) -> None:
    slow = Settings(chat={"m": OpenAIChatSettings(model="m")})
    run(data, DrawingChat(rule=numbered), settings=slow)
    with pytest.raises(RunError, match=r"job.temperature: 1.0 there, 0.5 now"):
        run(data, DrawingChat(rule=numbered), settings=slow, temperature=0.5)
    with pytest.raises(RunError, match=r"chat.m.model"):
        run(data, DrawingChat(rule=numbered), settings=Settings(chat={"m": OpenAIChatSettings(model="other")}))
    patient = Settings(chat={"m": OpenAIChatSettings(model="m", timeout_s=600, in_flight=2)})
    run(data, DrawingChat(rule=numbered), settings=patient, n=5)


def test_a_file_that_is_not_ours_is_not_written_over(data: Path, tmp_path: Path) -> None:
    model = DrawingChat(rule=numbered)
    (tmp_path / "responses.jsonl").write_text("precious")
    with pytest.raises(RunError, match="no run of this command wrote it"):
        run(data, model)
    assert (tmp_path / "responses.jsonl").read_text() == "precious"
    (tmp_path / "responses.jsonl").unlink()
    (tmp_path / "responses.jsonl").mkdir()
    with pytest.raises(RunError, match="is a folder"):
        run(data, model)


def test_data_without_a_usable_prompt_are_refused_with_the_reasons(data: Path) -> None:
    data.write_text('{"prompt": ""}\n')
    with pytest.raises(DataError, match=r"no usable prompt:\n .*prompts.jsonl:1: prompt is empty"):
        run(data, DrawingChat(rule=numbered))


def test_rows_with_one_id_are_kept_apart(data: Path) -> None:
    data.write_text('{"id": "a", "prompt": "x"}\n{"id": "a", "prompt": "y"}\nbroken\n')
    run(data, DrawingChat(rule=numbered))
    assert [(row["id"], row["prompt"]) for row in rows(data)] == [("a", "x"), ("a#2", "y")]
    integrity = json.loads((data.with_name("responses.jsonl.run") / "integrity.json").read_text())
    assert integrity["set_aside"] == 1
    assert len(integrity["problems"]) == 2


def test_a_system_turn_is_given_to_prompts_that_bring_none(data: Path) -> None:
    own = [{"role": "system", "content": "Own."}, {"role": "user", "content": "y"}]
    data.write_text(json.dumps({"prompt": "x"}) + "\n" + json.dumps({"prompt": own}) + "\n")
    model = DrawingChat(rule=numbered)
    run(data, model, system="Be brief.", max_tokens=9, temperature=0.3, top_p=0.8)
    by_text = {request.messages[-1].content: request for request in model.requests}
    assert by_text["x"].messages[0] == Message(role="system", content="Be brief.")
    assert by_text["y"].messages[0] == Message(role="system", content="Own.")
    request = by_text["x"]
    assert (request.max_tokens, request.temperature) == (9, 0.3)
    assert request.sampling is not None
    assert request.sampling.top_p == 0.8
    assert rows(data)[0]["prompt"] == "x"
    assert rows(data)[1]["prompt"] == own


def test_seeds_depend_on_the_run_s_seed_and_the_sample_alone() -> None:
    assert first_seed(0, "a") == first_seed(0, "a")
    assert len({first_seed(seed, id) for seed in range(3) for id in ("a", "b", "c")}) == 9
    assert all(0 <= first_seed(seed, "x") + 4_095 < 2**31 for seed in range(-50, 50))


def test_the_tally_tells_how_far_it_is(data: Path) -> None:
    told: list[Tally] = []
    run(
        data,
        DrawingChat(rule=failing("Prompt 2", error=ServerError("x"))),
        watch=lambda tally: told.append(replace(tally)),
    )
    assert (told[0].done, told[0].total) == (0, 20)
    assert (told[-1].done, told[-1].failures, told[-1].calls) == (16, 4, 4)
