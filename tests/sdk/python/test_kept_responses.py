"""Responses that are kept, through OpenAI's client: going on from one, and what is left of it."""

import openai
import pytest

MODEL = "sandbox-small"


@pytest.fixture
def kept(installation):
    with installation.config.open("a") as config:
        config.write("\n[responses]\nstore = true\n")
    installation.start()
    with installation.client(installation.key("enterprise").secret) as client:
        yield client


def test_a_conversation_goes_on_from_a_response(kept):
    first = kept.responses.create(model=MODEL, input="What is a tide?")
    second = kept.responses.create(model=MODEL, input="And a spring tide?", previous_response_id=first.id)
    assert second.previous_response_id == first.id and second.usage.input_tokens > first.usage.input_tokens
    with kept.responses.stream(model=MODEL, input="Thanks.", previous_response_id=second.id) as stream:
        for _ in stream:
            pass
        third = stream.get_final_response()
    assert third.usage.input_tokens > second.usage.input_tokens
    assert kept.responses.retrieve(third.id).output_text == third.output_text
    items = list(kept.responses.input_items.list(third.id, order="asc", limit=2))
    assert [item.role for item in items] == ["user", "assistant", "user", "assistant", "user"]
    assert items[-1].content[0].text == "Thanks."


def test_a_deleted_response_is_gone(kept):
    first = kept.responses.create(model=MODEL, input="Hello.")
    kept.responses.delete(first.id)
    with pytest.raises(openai.NotFoundError):
        kept.responses.retrieve(first.id)
    with pytest.raises(openai.BadRequestError) as refused:
        kept.responses.create(model=MODEL, input="On.", previous_response_id=first.id)
    assert refused.value.code == "previous_response_not_found"


def test_what_is_not_to_be_kept_is_not(kept):
    response = kept.responses.create(model=MODEL, input="Hello.", store=False)
    with pytest.raises(openai.NotFoundError):
        kept.responses.retrieve(response.id)
