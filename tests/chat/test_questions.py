from dataclasses import replace

from hypothesis import assume, given
from hypothesis import strategies as st

from reward_agent.chat.questions import question_key
from reward_agent.types import ChatRequest, Message, Sampling

MESSAGES = st.builds(Message, role=st.sampled_from(["system", "user", "assistant"]), content=st.text(max_size=20))
SAMPLINGS = st.builds(
    Sampling, n=st.integers(1, 3), seed=st.none() | st.integers(0, 3), top_p=st.sampled_from([0.5, 0.9, 1.0])
)
REQUESTS = st.builds(
    ChatRequest,
    messages=st.lists(MESSAGES, min_size=1, max_size=3).map(tuple),
    schema=st.none() | st.text(max_size=10),
    temperature=st.floats(0, 2),
    max_tokens=st.integers(1, 4096),
    purpose=st.text(max_size=5),
    sampling=st.none() | SAMPLINGS,
)


@given(REQUESTS, REQUESTS, st.text(max_size=5), st.text(max_size=5))
def test_whatever_changes_the_answer_changes_the_key(
    one: ChatRequest, other: ChatRequest, model: str, another: str
) -> None:
    same = replace(one, purpose="") == replace(other, purpose="") and model == another
    assert (question_key(model, one) == question_key(another, other)) == same


@given(REQUESTS, st.text(max_size=5))
def test_the_purpose_changes_nothing(request: ChatRequest, purpose: str) -> None:
    assert question_key("m", request) == question_key("m", replace(request, purpose=purpose))


@given(REQUESTS, st.sampled_from(["schema", "max_tokens", "temperature", "messages", "sampling"]))
def test_each_part_counts(request: ChatRequest, part: str) -> None:
    changed = {
        "schema": replace(request, schema=(request.schema or "") + "x"),
        "max_tokens": replace(request, max_tokens=request.max_tokens + 1),
        "temperature": replace(request, temperature=request.temperature + 0.5),
        "sampling": replace(request, sampling=Sampling(n=4)),
        "messages": replace(request, messages=(*request.messages, Message(role="user", content=""))),
    }[part]
    assume(changed != request)
    assert question_key("m", request) != question_key("m", changed)
