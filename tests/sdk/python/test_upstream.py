"""What the upstream does wrong before the first byte, as the client sees it."""

import openai
import pytest

from expect import envelope, raised
from reading import chat_body, post
from support import sandbox, say


def fail(client, **orders):
    return client.chat.completions.create(model="sandbox-small", messages=say(sandbox(**orders)))


@pytest.mark.parametrize(
    ("upstream", "kind", "status", "type_", "code"),
    [
        (400, openai.BadRequestError, 400, "invalid_request_error", None),
        (401, openai.InternalServerError, 502, "upstream_error", None),
        (403, openai.InternalServerError, 502, "upstream_error", None),
        (409, openai.ConflictError, 409, "conflict_error", None),
        (422, openai.UnprocessableEntityError, 422, "validation_error", None),
        (429, openai.InternalServerError, 503, "service_unavailable", "upstream_rate_limited"),
        (500, openai.InternalServerError, 502, "upstream_error", None),
        (502, openai.InternalServerError, 502, "upstream_error", None),
        (503, openai.InternalServerError, 503, "service_unavailable", "upstream_overloaded"),
        (504, openai.InternalServerError, 502, "upstream_error", None),
    ],
)
def test_an_upstream_status_becomes_the_status_of_the_contract(client, upstream, kind, status, type_, code):
    error = raised(kind, lambda: fail(client, status=upstream))
    assert (error.status_code, error.type) == (status, type_)
    assert code is None or error.code == code


@pytest.mark.parametrize("upstream", [429, 503])
def test_an_upstream_without_room_says_when_to_come_back(client, upstream):
    error = raised(openai.InternalServerError, lambda: fail(client, status=upstream, retry_after=7))
    assert 1 <= int(error.response.headers["retry-after"]) <= 60


def test_an_upstream_429_is_not_mistaken_for_our_own_limit(client):
    error = raised(openai.InternalServerError, lambda: fail(client, status=429))
    assert error.code != "rate_limit_exceeded"


@pytest.mark.parametrize("fault", ["reset", "garbage", "truncate"])
def test_an_upstream_that_breaks_its_response_is_502_upstream_error(client, fault):
    error = raised(openai.InternalServerError, lambda: fail(client, fault=fault))
    assert (error.status_code, error.type) == (502, "upstream_error")


@pytest.mark.parametrize("upstream", [400, 401, 429, 500, 503])
def test_a_stream_that_fails_before_it_begins_is_a_plain_error(server, enterprise, upstream):
    response = post(server, enterprise.secret, "/chat/completions", chat_body(sandbox(status=upstream), stream=True))
    assert response.status_code >= 400
    envelope(response)


@pytest.mark.parametrize("path", ["/embeddings", "/completions"])
def test_the_other_endpoints_map_an_upstream_failure_too(server, enterprise, path):
    model = "sandbox-embedding" if path == "/embeddings" else "sandbox-small"
    prompt = sandbox(status=500)
    response = post(server, enterprise.secret, path, {"model": model, "input": prompt, "prompt": prompt})
    assert response.status_code == 502 and envelope(response)["type"] == "upstream_error"


def test_a_filtered_response_says_content_filter(client):
    """The contract has the code; an upstream may say it as an error or as the reason it stopped."""
    try:
        response = fail(client, content_filter=None)
    except openai.BadRequestError as error:
        assert (error.type, error.code) == ("invalid_request_error", "content_filter")
    else:
        assert response.choices[0].finish_reason == "content_filter"


def test_a_response_without_usage_is_counted_by_the_gateway(client):
    response = fail(client, words=6, fault="no_usage")
    assert len(response.choices[0].message.content.split()) == 6
