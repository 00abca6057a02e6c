"""Requests survive the way; a body whose lengths do not add up is refused."""

import itertools

import pytest
from hypothesis import given
from hypothesis import strategies as st

from reward_agent.sandbox.jail import frames


@given(st.lists(st.binary(max_size=50), min_size=1, max_size=20))
def test_texts_are_found_where_they_were_put(texts: list[bytes]) -> None:
    body = memoryview(frames.request_body(texts[0], texts[1:]))
    assert [bytes(body[a:b]) for a, b in frames.spans(body, len(texts) - 1)] == texts


@given(st.binary(max_size=200), st.integers(min_value=0, max_value=50))
def test_any_bytes_are_either_cut_exactly_or_refused(body: bytes, responses: int) -> None:
    try:
        found = frames.spans(memoryview(body), responses)
    except ValueError:
        return
    assert len(found) == responses + 1
    assert found[-1][1] == len(body)
    assert all(a[1] == b[0] for a, b in itertools.pairwise(found))


def test_a_missing_and_a_surplus_byte_are_refused() -> None:
    body = frames.request_body(b"source", [b"text"])
    for wrong in (body[:-1], body + b"x", body[:3], b""):
        with pytest.raises(ValueError, match="bytes"):
            frames.spans(memoryview(wrong), 1)
