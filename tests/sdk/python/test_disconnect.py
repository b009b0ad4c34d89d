"""The client leaves, the operator stops the server: what runs is cancelled or finished, and always metered."""

import json
import threading
import time

import httpx
import pytest

from reading import bearer, cancelled, chat_body, chunks, content, usage
from support import eventually, sandbox


def leave(server, secret, body, path="/chat/completions", after=3):
    """Read `after` chunks of a stream and hang up; the time of hanging up."""
    with httpx.stream("POST", server.api + path, headers=bearer(secret), json={**body, "stream": True}) as response:
        for _, line in zip(range(after), (line for line in response.iter_lines() if line.startswith("data:"))):
            assert line
    return time.monotonic()


@pytest.mark.parametrize("path", ["/chat/completions", "/completions"])
def test_a_client_that_leaves_a_stream_cancels_the_upstream_within_a_second(server, enterprise, path):
    before = cancelled(server)
    prompt = sandbox(words=2_000, wps=20)
    left = leave(server, enterprise.secret, {**chat_body(prompt), "prompt": prompt}, path)
    assert eventually(lambda: cancelled(server) > before, seconds=1.2, every=0.02), "still generating"
    assert time.monotonic() - left < 1.3


def test_a_client_that_leaves_before_the_first_chunk_cancels_the_upstream(server, enterprise):
    before = cancelled(server)
    body = chat_body(sandbox(words=5, ttft_ms=20_000), stream=True)
    with pytest.raises(httpx.ReadTimeout):
        httpx.post(f"{server.api}/chat/completions", headers=bearer(enterprise.secret), json=body, timeout=0.5)
    assert eventually(lambda: cancelled(server) > before, seconds=1.2, every=0.02)


def test_a_client_that_leaves_a_plain_response_cancels_the_upstream(server, enterprise):
    before = cancelled(server)
    body = chat_body(sandbox(words=2_000, wps=20))
    with pytest.raises(httpx.ReadTimeout):
        httpx.post(f"{server.api}/chat/completions", headers=bearer(enterprise.secret), json=body, timeout=0.5)
    assert eventually(lambda: cancelled(server) > before, seconds=1.2, every=0.02)


def test_what_a_client_received_before_it_left_is_metered(server):
    key = server.key("basic")
    leave(server, key.secret, chat_body(sandbox(words=2_000, wps=50)), after=12)
    requests, given, output = eventually(lambda: (got := usage(server, key.secret))[2] and got) or (0, 0, 0)
    assert requests == 1 and given > 0
    assert 5 <= output <= 150, "not what was delivered"


def test_a_client_that_leaves_has_used_one_request(server):
    key = server.key("basic")
    leave(server, key.secret, chat_body(sandbox(words=2_000, wps=20)))
    assert eventually(lambda: usage(server, key.secret)[0]) == 1
    response = httpx.post(f"{server.api}/chat/completions", headers=bearer(key.secret), json=chat_body("x"))
    assert int(response.headers["x-ratelimit-used"]) in (1, 2)  # 1 when the minute has turned


def test_the_official_client_cancels_by_closing_the_stream(server, client):
    before = cancelled(server)
    stream = client.chat.completions.create(
        model="sandbox-small", messages=chat_body(sandbox(words=2_000, wps=20))["messages"], stream=True
    )
    next(stream)
    stream.close()
    assert eventually(lambda: cancelled(server) > before, seconds=1.2, every=0.02)


def test_sigterm_lets_a_running_stream_finish_and_exits_zero(installation):
    server = installation.start()
    key = server.key("basic")
    data, first = [], threading.Event()

    def read():
        body = chat_body(sandbox(words=40, wps=25), stream=True)
        with httpx.stream(
            "POST", f"{server.api}/chat/completions", headers=bearer(key.secret), json=body, timeout=20
        ) as response:
            for line in response.iter_lines():
                if line.startswith("data:"):
                    data.append(line.removeprefix("data:").strip())
                    first.set()

    reader = threading.Thread(target=read)
    reader.start()
    assert first.wait(10)
    url = server.url
    server.terminate()

    def turned_away():
        try:
            return httpx.get(f"{url}/readyz", timeout=2).status_code == 503
        except httpx.TransportError:
            return True

    assert eventually(turned_away, seconds=2), "still ready after SIGTERM"
    reader.join(20)
    assert data[-1] == "[DONE]" and len(content(chunks(data)).split()) == 40
    assert server.wait() == 0
    server.start()
    assert usage(server, key.secret)[2] == 40, "the last request was not metered"


def test_a_second_sigterm_stops_at_once(installation):
    server = installation.start()
    key = server.key("basic")
    body = chat_body(sandbox(words=500, wps=10), stream=True)
    with httpx.stream(
        "POST", f"{server.api}/chat/completions", headers=bearer(key.secret), json=body, timeout=20
    ) as response:
        assert next(response.iter_lines())
        server.terminate()
        time.sleep(0.3)
        server.terminate()
        server.wait(seconds=5)


def test_usage_survives_a_restart(installation):
    server = installation.start()
    key = server.key("basic")
    with server.client(key.secret) as client:
        tokens = client.chat.completions.create(**chat_body("count me")).usage.total_tokens
    server.stop()
    server.start()
    requests, given, output = usage(server, key.secret)
    assert (requests, given + output) == (1, tokens)


def test_health_and_readiness_response(server):
    assert httpx.get(f"{server.url}/healthz").status_code == 200
    assert httpx.get(f"{server.url}/readyz").status_code == 200


def test_logs_are_json_lines_and_a_failure_can_be_found_by_its_request_id(server, http):
    request = http.post("/chat/completions", json=chat_body(sandbox(status=500))).headers["x-request-id"]
    assert eventually(lambda: request in server.log_text(), seconds=2), "no log line has the request id"
    *lines, _ = server.log_text().split("\n")
    assert all(isinstance(json.loads(line), dict) for line in lines)
