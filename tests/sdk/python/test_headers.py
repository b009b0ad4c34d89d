"""The limit headers of section 2: on plain, streamed and error responses, for limited, unlimited and unknown callers."""

import httpx
import pytest

import keyformat
from expect import limits, unlimited
from reading import bearer, chat_body, events, post
from support import fresh_minute, sandbox

PRIORITY = {"free": 1, "basic": 2, "pro": 3, "enterprise": 4}
PER_MINUTE = {"free": 10, "basic": 50, "pro": 100}
TOKENS = {"free": 40_000, "basic": 200_000, "pro": 1_000_000}
OPENAI = [f"x-ratelimit-{part}-{what}" for part in ("limit", "remaining", "reset") for what in ("requests", "tokens")]


@pytest.fixture(scope="module")
def keys(server):
    return {tier: server.key(tier) for tier in PRIORITY}


def chat(server, key, text="hello", **more):
    return post(server, key.secret, "/chat/completions", chat_body(text, **more))


@pytest.mark.parametrize("tier", PER_MINUTE)
def test_a_plain_response_has_the_limit_of_the_tier(server, keys, tier):
    headers = chat(server, keys[tier]).headers
    assert limits(headers, "chat", PRIORITY[tier])[0] == PER_MINUTE[tier]


def test_an_unlimited_tier_sends_used_resource_and_priority_only(server, keys):
    unlimited(chat(server, keys["enterprise"]).headers, "chat")


def test_a_stream_has_the_headers_on_its_first_bytes(server, keys):
    response, data, _ = events(server, keys["basic"].secret, chat_body("hello"))
    limits(response.headers, "chat", 2)
    assert data[-1] == "[DONE]" and response.headers["x-request-id"]


def test_a_stream_of_an_unlimited_tier_has_its_headers_too(server, keys):
    unlimited(events(server, keys["enterprise"].secret, chat_body("hello"))[0].headers, "chat")


def test_embeddings_count_under_their_own_name(server, keys):
    body = {"model": "sandbox-embedding", "input": "hello"}
    limits(post(server, keys["basic"].secret, "/embeddings", body).headers, "embeddings", 2)


def test_completions_have_the_headers(server, keys):
    body = {"model": "sandbox-small", "prompt": "hello"}
    limits(post(server, keys["basic"].secret, "/completions", body).headers, priority=2)


@pytest.mark.parametrize(
    ("path", "body", "status"),
    [
        ("/chat/completions", b"{", 400),
        ("/chat/completions", b'{"model": "no-such-model", "messages": [{"role": "user", "content": "x"}]}', 404),
        ("/chat/completions", b'{"model": "sandbox-premium", "messages": [{"role": "user", "content": "x"}]}', 403),
        ("/embeddings", b'{"model": "sandbox-embedding", "input": "x", "dimensions": 0}', 422),
        ("/nothing", b"{}", 404),
    ],
    ids=["400", "404 model", "403", "422", "404 route"],
)
def test_an_error_response_has_the_headers(server, keys, path, body, status):
    headers = {**bearer(keys["basic"].secret), "Content-Type": "application/json"}
    response = httpx.post(server.api + path, content=body, headers=headers)
    assert response.status_code == status
    limits(response.headers, priority=2)


@pytest.mark.parametrize("upstream", [500, 429])
def test_a_response_after_an_upstream_failure_has_the_headers(server, keys, upstream):
    limits(chat(server, keys["basic"], sandbox(status=upstream)).headers, "chat", 2)


@pytest.mark.parametrize("secret", [None, "invalid"])
@pytest.mark.parametrize("path", ["/chat/completions", "/models"])
def test_an_unidentified_caller_is_told_that_it_has_nothing(server, enterprise, secret, path):
    headers = {} if secret is None else bearer(keyformat.unknown(enterprise.secret))
    response = httpx.request("GET" if path == "/models" else "POST", server.api + path, headers=headers)
    assert response.status_code == 401
    assert limits(response.headers, priority=1)[:3] == (0, 0, 0)


def test_used_goes_up_by_one_for_each_request_and_a_stream_is_one(server):
    fresh_minute()
    key = server.key("basic")
    seen = [limits(chat(server, key).headers)[2]]
    seen.append(limits(events(server, key.secret, chat_body(sandbox(words=50)))[0].headers)[2])
    seen.append(limits(chat(server, key).headers)[2])
    assert seen == [1, 2, 3]


@pytest.mark.parametrize("path", ["/models", "/models/sandbox-small", "/key", "/usage"])
def test_a_read_has_the_headers_and_uses_nothing_up(server, keys, path):
    fresh_minute()
    before = limits(chat(server, keys["pro"]).headers)[2]
    for _ in range(3):
        response = httpx.get(server.api + path, headers=bearer(keys["pro"].secret))
        assert response.status_code == 200
        limits(response.headers, priority=3)
    assert limits(chat(server, keys["pro"]).headers)[2] == before + 1


@pytest.mark.parametrize("name", OPENAI)
@pytest.mark.parametrize("stream", [False, True], ids=["plain", "streamed"])
def test_the_openai_header_is_sent_besides(server, keys, name, stream):
    assert chat(server, keys["basic"], stream=stream).headers[name]


@pytest.mark.parametrize("tier", TOKENS)
def test_the_openai_headers_agree_with_the_tier(server, keys, tier):
    headers = chat(server, keys[tier]).headers
    assert int(headers["x-ratelimit-limit-requests"]) == PER_MINUTE[tier]
    assert int(headers["x-ratelimit-remaining-requests"]) == int(headers["x-ratelimit-remaining"])
    assert int(headers["x-ratelimit-limit-tokens"]) == TOKENS[tier]
    assert 0 < int(headers["x-ratelimit-remaining-tokens"]) < TOKENS[tier]


def test_the_async_and_the_plain_client_can_read_the_headers(server, keys):
    with server.client(keys["basic"].secret) as client:
        raw = client.chat.completions.with_raw_response.create(
            model="sandbox-small", messages=[{"role": "user", "content": "hello"}]
        )
        streamed = client.chat.completions.with_raw_response.create(
            model="sandbox-small", messages=[{"role": "user", "content": "hello"}], stream=True
        )
        assert limits(raw.headers, "chat", 2) and limits(streamed.headers, "chat", 2)
        assert raw.parse().choices and list(streamed.parse())
