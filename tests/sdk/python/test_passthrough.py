"""What the gateway does not know reaches the upstream untouched."""

import uuid

import httpx
import pytest

from reading import bearer, upstream_body
from support import say

ODD = {
    "yunxin_unknown": {"deep": [1, 2.5, "é", None, {"a": True}], "empty": {}},
    "seed": 7,
    "logit_bias": {"50256": -100},
    "metadata": {"order": "kept"},
    "user": "someone",
    "temperature": 0.123456789,
}


def sent(server, marker, **more):
    return {"model": "sandbox-small", "messages": say(f"marker {marker}"), **more}


@pytest.fixture
def marker():
    return f"pass-{uuid.uuid4().hex}"


def test_unknown_parameters_reach_the_upstream(server, client, marker):
    known = {"seed", "logit_bias", "metadata", "user", "temperature"}
    client.chat.completions.create(
        **sent(server, marker), **{k: ODD[k] for k in known}, extra_body={"yunxin_unknown": ODD["yunxin_unknown"]}
    )
    received = upstream_body(server, marker)
    assert {name: received.get(name) for name in ODD} == ODD
    assert received["messages"] == say(f"marker {marker}")


def test_nothing_is_added_to_a_plain_request(server, client, marker):
    client.chat.completions.create(**sent(server, marker))
    assert upstream_body(server, marker).keys() == {"model", "messages"}


def test_a_stream_asks_the_upstream_for_usage_and_changes_nothing_else(server, client, marker):
    list(client.chat.completions.create(**sent(server, marker), stream=True, seed=3))
    received = upstream_body(server, marker)
    assert received["stream_options"]["include_usage"] is True
    assert received.keys() == {"model", "messages", "stream", "stream_options", "seed"}


def test_stream_options_of_the_client_are_kept_beside_ours(server, client, marker):
    options = {"include_obfuscation": False}
    list(client.chat.completions.create(**sent(server, marker), stream=True, stream_options=options))
    assert upstream_body(server, marker)["stream_options"] == {"include_obfuscation": False, "include_usage": True}


def test_a_large_integer_and_a_long_decimal_keep_every_digit(server, enterprise, marker):
    text = (
        '{"big": 12345678901234567890, "model": "sandbox-small", "exact": 0.1000000000000000055,'
        f' "messages": [{{"role": "user", "content": "marker {marker}"}}]}}'
    )
    headers = {**bearer(enterprise.secret), "Content-Type": "application/json"}
    assert httpx.post(f"{server.api}/chat/completions", content=text, headers=headers).status_code == 200
    assert upstream_body(server, marker)["big"] == 12345678901234567890


def test_embedding_parameters_reach_the_upstream(server, client, marker):
    client.embeddings.create(model="sandbox-embedding", input=f"marker {marker}", user="u-1", extra_body={"odd": [1]})
    received = upstream_body(server, marker)
    assert (received["user"], received["odd"]) == ("u-1", [1])


def test_the_key_of_the_caller_does_not_reach_the_upstream(server, enterprise, client, marker):
    client.chat.completions.create(**sent(server, marker))
    seen = httpx.get(f"{server.sandbox_url}/sandbox/requests", timeout=10).text
    assert marker in seen and enterprise.secret not in seen
