"""`POST /v1/messages` through Anthropic's client, plain and streamed, over a provider of another language."""

import anthropic
import pytest

MODEL = "sandbox-small"
TOOL = {
    "name": "get_weather",
    "description": "The weather of a city.",
    "input_schema": {"type": "object", "properties": {"city": {"type": "string"}}, "required": ["city"]},
}


@pytest.fixture(scope="module")
def claude(server, enterprise):
    with anthropic.Anthropic(base_url=server.api.removesuffix("/v1"), api_key=enterprise.secret, max_retries=0, timeout=30) as one:
        yield one


def ask(client, text="Hello there.", **more):
    said = {"model": MODEL, "max_tokens": 200, "messages": [{"role": "user", "content": text}]}
    return client.messages.create(**(said | more))


def test_a_plain_message_has_anthropics_shape(claude):
    message = ask(claude, system="You are brief.")
    assert message.type == "message" and message.role == "assistant" and message.model == MODEL
    assert message.id.startswith("msg_") and message.stop_reason == "end_turn"
    assert message.content[0].type == "text" and message.content[0].text.strip()
    assert message.usage.input_tokens > 0 and message.usage.output_tokens > 0
    assert message._request_id


def test_a_stream_says_what_a_message_says(claude):
    whole = ask(claude)
    with claude.messages.stream(model=MODEL, max_tokens=200, messages=[{"role": "user", "content": "Hello there."}]) as stream:
        text = "".join(stream.text_stream)
        final = stream.get_final_message()
    assert text == whole.content[0].text == final.content[0].text
    assert final.stop_reason == "end_turn"
    assert final.usage.output_tokens == whole.usage.output_tokens


@pytest.mark.parametrize("streamed", [False, True])
def test_a_forced_tool_is_called_with_an_object(claude, streamed):
    wish = {
        "model": MODEL, "max_tokens": 200, "tools": [TOOL], "tool_choice": {"type": "tool", "name": "get_weather"},
        "messages": [{"role": "user", "content": "The weather in Oslo?"}],
    }
    if streamed:
        with claude.messages.stream(**wish) as stream:
            message = stream.get_final_message()
    else:
        message = claude.messages.create(**wish)
    (call,) = [block for block in message.content if block.type == "tool_use"]
    assert call.name == "get_weather" and isinstance(call.input, dict) and "city" in call.input
    assert message.stop_reason == "tool_use"


def test_a_result_goes_back_to_the_model(claude):
    turns = [
        {"role": "user", "content": "The weather in Oslo?"},
        {"role": "assistant", "content": [{"type": "tool_use", "id": "toolu_1", "name": "get_weather", "input": {"city": "Oslo"}}]},
        {"role": "user", "content": [{"type": "tool_result", "tool_use_id": "toolu_1", "content": "Rain."}]},
    ]
    message = ask(claude, messages=turns, tools=[TOOL])
    assert message.content[0].text.strip()


def test_tokens_are_counted_and_models_listed(claude):
    counted = claude.messages.count_tokens(model=MODEL, messages=[{"role": "user", "content": "Hello there."}])
    assert counted.input_tokens > 0
    models = [model.id for model in claude.models.list()]
    assert MODEL in models
    assert claude.models.retrieve(MODEL).type == "model"


def test_errors_are_those_of_the_client(server, claude):
    with pytest.raises(anthropic.NotFoundError) as missing:
        ask(claude, model="no-such-model")
    assert missing.value.body["error"]["type"] == "not_found_error"
    nobody = anthropic.Anthropic(base_url=server.api.removesuffix("/v1"), api_key="yx-nobody", max_retries=0)
    with pytest.raises(anthropic.AuthenticationError):
        ask(nobody)


def test_what_has_no_place_is_named(claude):
    raw = claude.messages.with_raw_response.create(
        model=MODEL, max_tokens=20, messages=[{"role": "user", "content": "Hello there."}], extra_body={"top_k": 5}
    )
    assert raw.headers["x-yunxin-dropped-params"] == "top_k"
