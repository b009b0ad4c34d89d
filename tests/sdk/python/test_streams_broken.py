"""Streams that break in the middle: one error event, no `[DONE]`, no invented finish; and those that do not break."""

import json

import httpx
import openai
import pytest

from reading import chat_body, chunks, content, events, usage
from support import eventually, sandbox, say

BREAKS = ["reset_mid", "half_frame", "truncate", "garbage", "error_event"]


@pytest.mark.parametrize("fault", BREAKS)
def test_a_stream_that_breaks_ends_with_one_error_event_and_no_done(server, enterprise, fault):
    response, data, _ = events(server, enterprise.secret, chat_body(sandbox(words=20, fault=fault, after=3)))
    assert response.status_code == 200 and response.headers["content-type"].startswith("text/event-stream")
    assert "[DONE]" not in data
    parsed = [json.loads(text) for text in data]
    errors = [event["error"] for event in parsed if "error" in event]
    assert len(errors) == 1 and "error" in parsed[-1], f"the stream ended with {data[-1:]}"
    assert errors[0]["type"] and errors[0]["code"] and errors[0]["message"]
    assert errors[0].keys() >= {"type", "message", "code", "param"}


@pytest.mark.parametrize("fault", BREAKS)
def test_a_stream_that_breaks_keeps_what_was_said_and_invents_no_finish(server, enterprise, fault):
    _, data, _ = events(server, enterprise.secret, chat_body(sandbox(words=20, fault=fault, after=3)))
    parsed = chunks(data)
    assert 1 <= len(content(parsed).split()) < 20
    assert not [c for event in parsed for c in event.get("choices", ()) if c.get("finish_reason")]


@pytest.mark.parametrize("fault", BREAKS)
def test_the_official_client_raises_on_a_broken_stream(client, fault):
    stream = client.chat.completions.create(
        model="sandbox-small", messages=say(sandbox(words=20, fault=fault, after=3)), stream=True
    )
    with pytest.raises(openai.APIError) as caught:
        list(stream)
    assert caught.value.message and caught.value.code and caught.value.type


@pytest.mark.parametrize("fault", ["reset_mid", "truncate", "error_event"])
def test_a_broken_stream_of_the_text_endpoint_ends_the_same_way(server, enterprise, fault):
    body = {"model": "sandbox-small", "prompt": sandbox(words=20, fault=fault, after=3)}
    _, data, _ = events(server, enterprise.secret, body, "/completions")
    assert "[DONE]" not in data and "error" in json.loads(data[-1])


def test_a_broken_stream_is_metered_for_what_was_said(server):
    key = server.key("basic")
    events(server, key.secret, chat_body(sandbox(words=20, fault="reset_mid", after=3)))
    requests, _, output = eventually(lambda: (got := usage(server, key.secret))[2] and got) or (0, 0, 0)
    assert requests == 1 and 1 <= output < 20


def test_a_stream_with_a_finish_and_no_done_is_complete_and_gets_its_done(server, enterprise):
    _, data, _ = events(server, enterprise.secret, chat_body(sandbox(words=20, fault="no_done", after=3)))
    parsed = chunks(data[:-1])
    assert data[-1] == "[DONE]" and not [event for event in parsed if "error" in event]
    assert [c["finish_reason"] for event in parsed for c in event.get("choices", ()) if c.get("finish_reason")] == ["stop"]


@pytest.mark.parametrize("fault", ["no_usage", "wrong_usage"])
def test_a_stream_with_no_usable_usage_still_ends_well(server, enterprise, fault):
    body = chat_body(sandbox(words=9, fault=fault))
    _, data, clean = events(server, enterprise.secret, body)
    assert clean and data[-1] == "[DONE]" and len(content(chunks(data)).split()) == 9


@pytest.mark.parametrize("fault", ["no_usage", "wrong_usage"])
@pytest.mark.parametrize("stream", [False, True], ids=["plain", "streamed"])
def test_a_request_with_no_usable_usage_is_metered_by_our_own_count(server, fault, stream):
    key = server.key("basic")
    with server.client(key.secret) as client:
        response = client.chat.completions.create(
            model="sandbox-small", messages=say(sandbox(words=30, fault=fault)), stream=stream
        )
        if stream:
            list(response)
    _, given, output = eventually(lambda: (got := usage(server, key.secret))[2] and got) or (0, 0, 0)
    assert 5 <= output <= 300 and 5 <= given <= 300, "no count, or the nonsense of the upstream was believed"


def test_the_gateway_is_well_after_every_fault(server, enterprise):
    for fault in [*BREAKS, "reset"]:
        events(server, enterprise.secret, chat_body(sandbox(words=5, fault=fault, after=1)))
    assert httpx.get(f"{server.url}/readyz").status_code == 200
    assert events(server, enterprise.secret, chat_body(sandbox(words=5)))[1][-1] == "[DONE]"
