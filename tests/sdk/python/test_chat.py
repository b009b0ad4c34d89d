"""`POST /v1/chat/completions` through the official client, plain and streamed."""

import asyncio
import json
import time

import pytest

from support import sandbox, say

MODEL = "sandbox-small"
TOOL = {
    "type": "function",
    "function": {
        "name": "get_weather",
        "description": "The weather of a city.",
        "parameters": {"type": "object", "properties": {"city": {"type": "string"}}, "required": ["city"]},
    },
}


def ask(client, text="Hello there.", **more):
    return client.chat.completions.create(model=MODEL, messages=say(text), **more)


def deltas(stream):
    return [choice.delta for chunk in stream for choice in chunk.choices]


def test_a_plain_response_has_the_openai_shape(client):
    response = ask(client)
    assert response.id and response.object == "chat.completion" and response.created > 1_600_000_000
    assert response.model
    (choice,) = response.choices
    assert choice.index == 0 and choice.finish_reason == "stop"
    assert choice.message.role == "assistant" and choice.message.content.strip()
    assert response._request_id


def test_usage_counts_a_token_per_word_and_four_per_message(client):
    response = ask(client, sandbox("one two three", words=7))
    words = len(sandbox("one two three", words=7).split())
    assert response.usage.prompt_tokens in (3 + 4, words + 4)
    assert response.usage.completion_tokens == len(response.choices[0].message.content.split()) == 7
    assert response.usage.total_tokens == response.usage.prompt_tokens + response.usage.completion_tokens


def test_the_same_request_has_the_same_response(client):
    assert ask(client, "again").choices[0].message.content == ask(client, "again").choices[0].message.content


def test_an_alias_names_the_same_model(client):
    response = client.chat.completions.create(model="sandbox/small", messages=say("by its other name"))
    assert response.choices[0].message.content


@pytest.mark.parametrize("model", ["sandbox-small", "sandbox-standard", "sandbox-premium", "sandbox-experimental"])
def test_an_enterprise_key_reaches_every_chat_model(client, model):
    response = client.chat.completions.create(model=model, messages=say("hello"))
    assert response.choices[0].message.content


def test_content_parts_are_accepted(client):
    pixel = "data:image/png;base64,iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg=="
    parts = [
        {"type": "text", "text": "What is this?"},
        {"type": "image_url", "image_url": {"url": pixel, "detail": "low"}},
    ]
    response = client.chat.completions.create(model=MODEL, messages=[{"role": "user", "content": parts}])
    assert response.choices[0].message.content


def test_n_gives_that_many_choices(client):
    response = ask(client, n=3)
    assert sorted(choice.index for choice in response.choices) == [0, 1, 2]
    assert all(choice.message.content for choice in response.choices)


def test_response_format_json_object_gives_json(client):
    response = ask(client, "Response in JSON.", response_format={"type": "json_object"})
    assert isinstance(json.loads(response.choices[0].message.content), dict)


def test_response_format_json_schema_gives_json(client):
    schema = {
        "name": "response",
        "schema": {
            "type": "object",
            "properties": {"text": {"type": "string"}},
            "required": ["text"],
            "additionalProperties": False,
        },
    }
    response = ask(client, "Response in JSON.", response_format={"type": "json_schema", "json_schema": schema})
    assert isinstance(json.loads(response.choices[0].message.content), dict)


def test_a_tool_call_comes_back(client):
    response = ask(client, sandbox("Weather in Oslo?", tool="get_weather"), tools=[TOOL])
    (choice,) = response.choices
    assert choice.finish_reason == "tool_calls"
    (call,) = choice.message.tool_calls
    assert call.id and call.type == "function" and call.function.name == "get_weather"
    assert isinstance(json.loads(call.function.arguments), dict)


def test_a_tool_result_can_be_sent_back(client):
    asked = say(sandbox("Weather in Oslo?", tool="get_weather"))
    call = client.chat.completions.create(model=MODEL, messages=asked, tools=[TOOL]).choices[0].message
    told = [*say("Weather in Oslo?"), call, {"role": "tool", "tool_call_id": call.tool_calls[0].id, "content": "4 degrees"}]
    response = client.chat.completions.create(model=MODEL, messages=told, tools=[TOOL])
    assert response.choices[0].finish_reason == "stop" and response.choices[0].message.content


def test_a_stream_says_the_role_first_and_ends_with_a_reason(client):
    chunks = list(ask(client, sandbox(words=12), stream=True))
    assert all(chunk.object == "chat.completion.chunk" for chunk in chunks)
    assert len({chunk.id for chunk in chunks}) == 1
    assert chunks[0].choices[0].delta.role == "assistant"
    reasons = [choice.finish_reason for chunk in chunks for choice in chunk.choices if choice.finish_reason]
    assert reasons == ["stop"]


def test_a_stream_has_the_words_of_the_plain_response(client):
    text = sandbox("the same words", words=25)
    streamed = "".join(delta.content or "" for delta in deltas(ask(client, text, stream=True)))
    assert streamed.strip() == ask(client, text).choices[0].message.content.strip()
    assert len(streamed.split()) == 25


def test_a_stream_arrives_while_it_is_made(client):
    stream = ask(client, sandbox(words=30, wps=30), stream=True)
    times = [time.monotonic() for _ in stream]
    assert times[-1] - times[0] > 0.5, "the chunks came in one piece"


def test_a_streamed_tool_call_adds_up(client):
    stream = ask(client, sandbox("Weather in Oslo?", tool="get_weather"), tools=[TOOL], stream=True)
    name, arguments, ids, reasons = "", "", set(), []
    for chunk in stream:
        for choice in chunk.choices:
            reasons.append(choice.finish_reason)
            for call in choice.delta.tool_calls or ():
                assert call.index == 0
                ids.add(call.id)
                name += call.function.name or ""
                arguments += call.function.arguments or ""
    assert name == "get_weather" and ids - {None}
    assert isinstance(json.loads(arguments), dict)
    assert [reason for reason in reasons if reason] == ["tool_calls"]


def test_the_stream_helper_of_the_client_builds_the_whole_message(client):
    with client.chat.completions.stream(model=MODEL, messages=say(sandbox(words=9))) as stream:
        final = stream.get_final_completion()
    assert len(final.choices[0].message.content.split()) == 9


def test_a_stream_without_include_usage_shows_no_usage(client):
    chunks = list(ask(client, sandbox(words=5), stream=True))
    assert all(chunk.usage is None for chunk in chunks)
    assert all(chunk.choices for chunk in chunks), "the hidden usage chunk left an empty one behind"


def test_a_stream_with_include_usage_ends_with_the_usage(client):
    chunks = list(ask(client, sandbox(words=5), stream=True, stream_options={"include_usage": True}))
    *before, last = chunks
    assert last.choices == [] and last.usage.completion_tokens == 5
    assert last.usage.total_tokens == last.usage.prompt_tokens + 5
    assert all(chunk.usage is None for chunk in before)


def test_the_async_client_works_plain_and_streamed(server, enterprise):
    async def both():
        async with server.async_client(enterprise.secret) as client:
            plain = await client.chat.completions.create(model=MODEL, messages=say(sandbox(words=6)))
            stream = await client.chat.completions.create(model=MODEL, messages=say(sandbox(words=6)), stream=True)
            words = "".join([delta.content or "" async for chunk in stream for delta in [c.delta for c in chunk.choices]])
            return plain.choices[0].message.content, words

    plain, streamed = asyncio.run(both())
    assert plain.strip() == streamed.strip() and len(plain.split()) == 6


def test_the_async_client_runs_many_streams_at_once(server, enterprise):
    async def many():
        async with server.async_client(enterprise.secret) as client:

            async def one(count):
                stream = await client.chat.completions.create(
                    model=MODEL, messages=say(sandbox(words=count)), stream=True
                )
                return "".join([c.delta.content or "" async for chunk in stream for c in chunk.choices])

            return await asyncio.gather(*map(one, range(1, 33)))

    assert [len(text.split()) for text in asyncio.run(many())] == list(range(1, 33))
