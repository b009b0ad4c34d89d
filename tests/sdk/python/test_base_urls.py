"""Base URLs as people configure them, credentials as other clients send them, and bodies that they compress."""

import gzip
import json

import httpx
import openai
import pytest

from reading import chat_body
from support import say


@pytest.mark.parametrize("base", ["", "/", "/v1/", "/v1/v1", "//v1"])
def test_the_official_client_works_with_every_base_url_that_people_configure(server, enterprise, base):
    with openai.OpenAI(base_url=server.url + base, api_key=enterprise.secret, max_retries=0) as client:
        assert "sandbox-small" in [model.id for model in client.models.list()]
        response = client.chat.completions.create(model="sandbox-small", messages=say("hello"))
        assert response.choices[0].message.content
        parts = client.chat.completions.create(model="sandbox-small", messages=say("hello"), stream=True)
        assert [part for part in parts if part.choices]
        assert client.embeddings.create(model="sandbox-embedding", input="hello").data


@pytest.mark.parametrize("header", ["x-api-key", "api-key", "x-goog-api-key", "authorization"])
def test_the_key_works_in_the_headers_of_other_clients(server, enterprise, header):
    response = httpx.get(server.api + "/key", headers={header: enterprise.secret})
    assert response.status_code == 200


def test_a_key_that_is_pasted_with_its_quotes_works_in_the_official_client(server, enterprise):
    for secret in (f'"{enterprise.secret}"', f"Bearer {enterprise.secret}"):
        with server.client(secret) as client:
            assert list(client.models.list())


def test_a_provider_key_is_told_to_be_one(server):
    with server.client("sk-proj-something") as client, pytest.raises(openai.AuthenticationError) as caught:
        client.models.list()
    assert "another service" in caught.value.message and "something" not in caught.value.message


def test_a_compressed_body_is_read(http):
    body = gzip.compress(json.dumps(chat_body("hello")).encode())
    response = http.post("/chat/completions", content=body, headers={"content-encoding": "gzip"})
    assert response.status_code == 200, response.text
