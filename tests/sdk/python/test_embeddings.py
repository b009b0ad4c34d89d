"""`POST /v1/embeddings` through the official client."""

import asyncio
import base64
import math
import struct

import pytest

MODEL = "sandbox-embedding"


def embed(client, given, **more):
    return client.embeddings.create(model=MODEL, input=given, **more)


def test_a_string_gives_one_vector(client):
    response = embed(client, "a single text")
    assert response.object == "list" and response.model
    (item,) = response.data
    assert item.object == "embedding" and item.index == 0
    assert item.embedding and all(isinstance(x, float) and math.isfinite(x) for x in item.embedding)
    assert response.usage.prompt_tokens > 0 and response.usage.total_tokens == response.usage.prompt_tokens


def test_an_array_gives_a_vector_for_each_in_order(client):
    texts = ["first text", "second text", "third text"]
    response = embed(client, texts)
    assert [item.index for item in response.data] == [0, 1, 2]
    assert [item.embedding for item in response.data] == [embed(client, text).data[0].embedding for text in texts]


def test_float_and_base64_are_the_same_numbers(http):
    def raw(encoding):
        body = {"model": MODEL, "input": "same numbers", "encoding_format": encoding}
        return http.post("/embeddings", json=body).json()["data"][0]["embedding"]

    floats, packed = raw("float"), base64.b64decode(raw("base64"))
    assert isinstance(floats, list)
    unpacked = struct.unpack(f"<{len(packed) // 4}f", packed)
    assert unpacked == pytest.approx(floats, rel=1e-6, abs=1e-7)


def test_the_vector_of_a_text_does_not_change(client):
    assert embed(client, "stable").data[0].embedding == embed(client, "stable").data[0].embedding
    assert embed(client, "stable").data[0].embedding != embed(client, "another").data[0].embedding


@pytest.mark.parametrize("dimensions", [1, 16, 64])
def test_dimensions_sets_the_length(client, dimensions):
    assert len(embed(client, "short", dimensions=dimensions).data[0].embedding) == dimensions


def test_the_async_client_embeds(server, enterprise):
    async def one():
        async with server.async_client(enterprise.secret) as client:
            return await embed(client, ["a", "b"])

    assert len(asyncio.run(one()).data) == 2
