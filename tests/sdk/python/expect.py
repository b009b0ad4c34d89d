"""What every error response and every limit header of the contract has, whichever test looks at it."""

import time

import pytest


def envelope(response):
    """The error of a response, after what every error response has."""
    assert response.headers["content-type"].startswith("application/json"), response.headers
    assert response.headers["x-request-id"]
    body = response.json()
    assert body.keys() == {"error"} and body["error"].keys() >= {"type", "message", "code", "param"}
    error = body["error"]
    assert error["type"] and error["code"] and error["message"] and len(error["message"]) > 10
    return error


def raised(kind, call):
    """The exception of exactly this class that `call` raises, after what every one of them carries."""
    with pytest.raises(kind) as caught:
        call()
    error = caught.value
    assert type(error) is kind
    assert error.request_id and error.type and error.code and error.message
    envelope(error.response)
    return error


def limits(headers, resource=None, priority=None):
    """(limit, remaining, used, reset) of a limited caller's response, after the arithmetic that always holds."""
    limit, remaining, used, reset = (
        int(headers[f"x-ratelimit-{name}"]) for name in ("limit", "remaining", "used", "reset")
    )
    assert used + remaining == limit and min(limit, remaining, used) >= 0
    assert reset % 60 == 0, "the window does not end on a whole minute"
    assert time.time() - 2 < reset <= time.time() + 86_400
    assert headers["x-ratelimit-resource"] == resource if resource else headers["x-ratelimit-resource"]
    assert headers["x-request-priority"] == str(priority) if priority else headers["x-request-priority"] in "1234"
    return limit, remaining, used, reset


def unlimited(headers, resource=None, priority=4):
    """What an unlimited tier sends: used, resource and priority, and not the other three."""
    assert int(headers["x-ratelimit-used"]) >= 0
    assert headers["x-ratelimit-resource"] == resource if resource else headers["x-ratelimit-resource"]
    assert headers["x-request-priority"] == str(priority)
    assert not {"x-ratelimit-limit", "x-ratelimit-remaining", "x-ratelimit-reset"} & {*headers.keys()}
