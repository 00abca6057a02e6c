"""Other systems' protocols."""

import pytest

from reward_agent.service.dialects.chat_text import last_turn, prompt_of, split_off, turns_of, without_special
from reward_agent.testing import BrokenVerifier, ScoringVerifier, agent_of
from reward_agent.types import Message
from tests.service.doubles import LoopJudges, a_service, asked

CHATML = "<|im_start|>system\nBe kind.<|im_end|>\n<|im_start|>user\nAsk.<|im_end|>\n<|im_start|>assistant\n"
TEMPLATES = {
    "chatml": ("<|im_start|>user\nAsk.<|im_end|>\n<|im_start|>assistant\n", "please<|im_end|>"),
    "llama 3": (
        "<|begin_of_text|><|start_header_id|>user<|end_header_id|>\n\nAsk.<|eot_id|>"
        "<|start_header_id|>assistant<|end_header_id|>\n\n",
        "please<|eot_id|>",
    ),
    "gemma": ("<bos><start_of_turn>user\nAsk.<end_of_turn>\n<start_of_turn>model\n", "please<end_of_turn>\n"),
    "zephyr": ("<|user|>\nAsk.</s>\n<|assistant|>\n", "please</s>"),
    "mistral": ("<s>[INST] Ask. [/INST]", " please</s>"),
    "deepseek": ("<｜begin▁of▁sentence｜><｜User｜>Ask.<｜Assistant｜>", "please<｜end▁of▁sentence｜>"),
}


@pytest.mark.parametrize("name", TEMPLATES)
def test_the_turns_of_every_known_template_are_found(name: str) -> None:
    prompt, response = TEMPLATES[name]
    found = last_turn(prompt + response)
    assert found is not None
    assert found[0] == (Message(role="user", content="Ask."),)
    assert found[1].strip() == "please"
    assert prompt_of(prompt) == found[0]


def test_a_system_prompt_between_brackets_is_one() -> None:
    turns = turns_of("<s>[INST] <<SYS>>\nBe kind.\n<</SYS>>\n\nAsk. [/INST] please </s>")
    assert turns is not None
    assert [turn.role for turn in turns] == ["system", "user", "assistant"]


def test_plain_text_is_no_conversation() -> None:
    assert turns_of("Ask. please") is None
    assert prompt_of("Ask.") == (Message(role="user", content="Ask."),)


def test_special_tokens_inside_a_text_stay() -> None:
    assert without_special("<s>a </s> b</s></s>\n") == "a </s> b"


def test_a_prompt_is_cut_off_its_query_with_and_without_the_first_token() -> None:
    assert split_off("Ask.", "<s>Ask. please</s>") == " please"
    assert split_off("Other", "Ask. please") is None


def test_evaluate_gives_instruction_scores_alone() -> None:
    judges = LoopJudges()
    reply = asked(
        "POST", "/evaluate/", service=a_service(judges), json={"instruction": "i", "answers": ["please", "no"]}
    )
    assert reply.json() == {"result": [1.0, 0.0]}
    assert judges.jobs[0].checks == ("instructions",)


@pytest.mark.parametrize(
    ("verifier", "status"),
    [
        (BrokenVerifier("instructions"), 503),
        (ScoringVerifier("instructions", lambda text: None), 422),
        (ScoringVerifier("other", lambda text: 1.0), 503),
    ],
)
def test_evaluate_never_makes_a_score_up(verifier: ScoringVerifier | BrokenVerifier, status: int) -> None:
    service = a_service(LoopJudges(agent=agent_of(verifiers=[verifier])))
    reply = asked("POST", "/evaluate/", service=service, json={"instruction": "i", "answers": ["a"]})
    assert reply.status_code == status
    assert "result" not in reply.json()


def test_openrlhf_gets_rewards_of_the_responses_without_prompt_and_tokens() -> None:
    judges = LoopJudges()
    body = {
        "query": [CHATML + "please<|im_end|>", CHATML + "no<|im_end|>"],
        "prompts": [CHATML] * 2,
        "labels": ["", ""],
    }
    reply = asked("POST", "/get_reward", service=a_service(judges), json=body).json()
    assert reply["rewards"] == reply["scores"] == [7.0, 2.0]
    assert reply["extra_logs"] == {"instructions": 0.5, "length": 4.0}
    (job,) = judges.jobs
    assert [message.role for message in job.sample.prompt] == ["system", "user"]
    assert job.sample.responses == ("please", "no")


@pytest.mark.parametrize(
    "body",
    [
        {"query": ["no template at all"], "prompts": []},
        {"query": ["a", "b"], "prompts": ["a"]},
        {"query": []},
    ],
)
def test_openrlhf_queries_that_cannot_be_read_are_refused(body: dict[str, object]) -> None:
    assert asked("POST", "/get_reward", json=body).status_code == 422


def test_openrlhf_gets_503_where_a_signal_failed() -> None:
    service = a_service(LoopJudges(agent=agent_of(verifiers=[BrokenVerifier("instructions")])))
    body = {"query": ["Ask. please"], "prompts": ["Ask."]}
    assert asked("POST", "/get_reward", service=service, json=body).status_code == 503


ROLLOUT = {
    "responses_create_params": {"instructions": "Be kind.", "input": [{"role": "developer", "content": "x"}]},
    "response": {
        "output": [
            {"type": "reasoning", "summary": []},
            {"type": "message", "role": "assistant", "content": [{"type": "output_text", "text": "please"}]},
        ]
    },
    "verifier_metadata": {"kept": [1, None, "é"]},
}


def test_nemo_gym_gets_its_request_back_with_the_reward() -> None:
    judges = LoopJudges()
    reply = asked("POST", "/verify", service=a_service(judges), json=ROLLOUT).json()
    assert reply == {**ROLLOUT, "reward": 7.0, "reward_components": {"instructions": 1.0, "length": 6.0}}
    assert [message.role for message in judges.jobs[0].sample.prompt] == ["system", "system"]


def test_nemo_gym_gets_no_reward_of_zero_where_a_judge_failed() -> None:
    service = a_service(LoopJudges(agent=agent_of(verifiers=[BrokenVerifier("instructions")])))
    reply = asked("POST", "/verify", service=service, json=ROLLOUT)
    assert reply.status_code == 503
    assert "reward" not in reply.json()


@pytest.mark.parametrize(
    "change",
    [
        {"responses_create_params": {}},
        {"responses_create_params": {"input": [{"role": "nobody", "content": "x"}]}},
        {"response": {}},
    ],
)
def test_nemo_gym_rollouts_that_cannot_be_read_are_refused(change: dict[str, object]) -> None:
    assert asked("POST", "/verify", json={**ROLLOUT, **change}).status_code == 422


def test_classify_scores_messages_and_templated_text_alike() -> None:
    messages = [{"role": "user", "content": "Ask."}, {"role": "assistant", "content": "please"}]
    by_messages = asked("POST", "/classify", json={"messages": messages, "use_activation": False}).json()
    text = "".join(TEMPLATES["chatml"])
    by_text = asked("POST", "/classify", json={"model": "m", "input": [text, text]}).json()
    assert by_messages["data"] == [{"index": 0, "label": "LABEL_0", "probs": [7.0], "num_classes": 1}]
    assert [row["probs"] for row in by_text["data"]] == [[7.0], [7.0]]
    assert by_text["model"] == "m"


@pytest.mark.parametrize(
    "body", [{}, {"input": "plain"}, {"input": []}, {"messages": [{"role": "user", "content": "a"}]}]
)
def test_what_classify_cannot_split_is_refused(body: dict[str, object]) -> None:
    assert asked("POST", "/classify", json=body).status_code == 422


def test_score_pairs_one_prompt_with_many_responses() -> None:
    judges = LoopJudges()
    body = {"queries": "Ask.", "documents": ["please", "no"]}
    reply = asked("POST", "/score", service=a_service(judges), json=body).json()
    assert [row["score"] for row in reply["data"]] == [7.0, 2.0]
    assert len(judges.jobs) == 1
