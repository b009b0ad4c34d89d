"""`POST /v1/responses` through OpenAI's client, plain and streamed, over a provider of chat completions."""

import json

import openai
import pytest

MODEL = "sandbox-small"
TOOL = {
    "type": "function",
    "name": "get_weather",
    "description": "The weather of a city.",
    "parameters": {"type": "object", "properties": {"city": {"type": "string"}}, "required": ["city"]},
    "strict": False,
}


def ask(client, text="Hello there.", **more):
    return client.responses.create(**({"model": MODEL, "input": text} | more))


def test_a_plain_response_has_its_shape(client):
    response = ask(client, instructions="You are brief.", metadata={"a": "b"})
    assert response.object == "response" and response.status == "completed" and response.model == MODEL
    assert response.id.startswith("resp_") and response.output_text.strip()
    assert response.instructions == "You are brief." and response.metadata == {"a": "b"}
    assert response.usage.input_tokens > 0
    assert response.usage.total_tokens == response.usage.input_tokens + response.usage.output_tokens


def test_a_stream_says_what_a_response_says_and_ends_in_completed(client):
    whole = ask(client)
    events = list(ask(client, stream=True))
    assert [event.sequence_number for event in events] == list(range(len(events)))
    assert events[0].type == "response.created" and events[-1].type == "response.completed"
    text = "".join(event.delta for event in events if event.type == "response.output_text.delta")
    assert text == whole.output_text == events[-1].response.output_text
    assert events[-1].response.usage.output_tokens == whole.usage.output_tokens


def test_the_helper_for_streams_reads_it(client):
    with client.responses.stream(model=MODEL, input="Hello there.") as stream:
        for _ in stream:
            pass
        assert stream.get_final_response().output_text.strip()


@pytest.mark.parametrize("streamed", [False, True])
def test_a_forced_function_is_called(client, streamed):
    wish = {"tools": [TOOL], "tool_choice": {"type": "function", "name": "get_weather"}}
    if streamed:
        response = list(ask(client, stream=True, **wish))[-1].response
    else:
        response = ask(client, **wish)
    (call,) = [item for item in response.output if item.type == "function_call"]
    assert call.name == "get_weather" and "city" in json.loads(call.arguments)
    turn = [{"role": "user", "content": "The weather in Oslo?"}, call.to_dict()]
    turn.append({"type": "function_call_output", "call_id": call.call_id, "output": "Rain."})
    assert ask(client, input=turn, tools=[TOOL]).output_text.strip()


def test_an_output_that_reached_its_bound_is_incomplete(client):
    response = ask(client, max_output_tokens=1)
    assert response.status == "incomplete" and response.incomplete_details.reason == "max_output_tokens"


@pytest.mark.parametrize("wish", [{"previous_response_id": "resp_1"}, {"store": True}, {"background": True}])
def test_what_would_have_to_be_kept_is_refused(client, wish):
    with pytest.raises(openai.BadRequestError) as refused:
        ask(client, **wish)
    assert refused.value.code == "unsupported_parameter" and refused.value.param == next(iter(wish))
