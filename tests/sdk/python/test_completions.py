"""`POST /v1/completions`, the old text endpoint, through the official client."""

import asyncio

from support import sandbox

MODEL = "sandbox-small"


def test_a_plain_completion_has_the_openai_shape(client):
    response = client.completions.create(model=MODEL, prompt=sandbox(words=8))
    assert response.id and response.object == "text_completion"
    assert len(response.choices[0].text.split()) == 8 and response.choices[0].finish_reason == "stop"
    assert response.usage.completion_tokens == 8
    assert response.usage.total_tokens == response.usage.prompt_tokens + 8


def test_a_streamed_completion_has_the_words_of_the_plain_one(client):
    chunks = list(client.completions.create(model=MODEL, prompt=sandbox(words=8), stream=True))
    assert all(chunk.object == "text_completion" for chunk in chunks)
    text = "".join(choice.text for chunk in chunks for choice in chunk.choices)
    plain = client.completions.create(model=MODEL, prompt=sandbox(words=8)).choices[0].text
    assert text.strip() == plain.strip()
    assert [c.finish_reason for chunk in chunks for c in chunk.choices if c.finish_reason] == ["stop"]


def test_a_streamed_completion_shows_usage_only_when_asked(client):
    silent = list(client.completions.create(model=MODEL, prompt=sandbox(words=3), stream=True))
    assert all(chunk.usage is None for chunk in silent)
    asked = client.completions.create(
        model=MODEL, prompt=sandbox(words=3), stream=True, stream_options={"include_usage": True}
    )
    assert [chunk.usage.completion_tokens for chunk in asked if chunk.usage] == [3]


def test_the_async_client_completes(server, enterprise):
    async def one():
        async with server.async_client(enterprise.secret) as client:
            return await client.completions.create(model=MODEL, prompt=sandbox(words=4))

    assert len(asyncio.run(one()).choices[0].text.split()) == 4
