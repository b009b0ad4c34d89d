"""The programs of `examples/` run as they are and keep the key to themselves."""

import http.client
import os
import shutil
import socket
import subprocess
import sys
from pathlib import Path

import httpx
import pytest

from support import clean_environment

EXAMPLES = Path(__file__).resolve().parents[3] / "examples"
PAGE = "http://localhost:3000"
QUESTION = {"messages": [{"role": "user", "content": "Hello"}]}
COMMANDS = {
    "proxy-python": lambda: [sys.executable, "proxy.py"],
    "proxy-node": lambda: [shutil.which("node") or pytest.fail("node is missing"), "proxy.mjs"],
}


@pytest.fixture(params=COMMANDS)
def proxy(request, server, enterprise, tmp_path):
    """The example in a folder of its own, with a `.env` beside it as its README says."""
    folder = tmp_path / request.param
    shutil.copytree(EXAMPLES / request.param, folder)
    settings = (folder / ".env.example").read_text()
    settings = settings.replace("yx-your-key", enterprise.secret).replace("http://127.0.0.1:8080/v1", server.api)
    (folder / ".env").write_text(settings.replace("PORT=8090", "PORT=0"))
    process = subprocess.Popen(
        COMMANDS[request.param](), cwd=folder, env=clean_environment(), stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True
    )
    try:
        line = process.stdout.readline()
        assert line.startswith("listening on http://127.0.0.1:"), line + process.stderr.read()
        with httpx.Client(base_url=line.split()[-1], headers={"origin": PAGE}, timeout=30, trust_env=False) as page:
            yield page
    finally:
        process.kill()
        process.communicate()


def test_a_page_gets_a_streamed_response_without_ever_seeing_the_key(proxy, enterprise):
    pieces = []
    with proxy.stream("POST", "/api/chat", json=QUESTION) as response:
        assert response.status_code == 200
        assert response.headers["content-type"].startswith("text/event-stream")
        assert response.headers["access-control-allow-origin"] == PAGE
        pieces.extend(response.iter_text())
    text = "".join(pieces)
    assert text.count("data: ") > 2 and text.rstrip().endswith("data: [DONE]")
    assert enterprise.secret not in text + str(response.headers)


def test_a_browser_may_ask_first_if_the_page_is_ours(proxy):
    asked = {"access-control-request-method": "POST", "access-control-request-headers": "content-type"}
    ours = proxy.options("/api/chat", headers=asked)
    assert (ours.status_code, ours.headers["access-control-allow-origin"]) == (204, PAGE)
    theirs = proxy.options("/api/chat", headers={**asked, "origin": "https://evil.example"})
    assert theirs.status_code == 403 and "access-control-allow-origin" not in theirs.headers


@pytest.mark.parametrize(
    ("change", "status"),
    [
        ({"headers": {"origin": "https://evil.example"}, "json": QUESTION}, 403),
        ({"json": {**QUESTION, "model": "sandbox-standard"}}, 400),
        ({"json": {"messages": "x"}}, 400),
        ({"content": b"{"}, 400),
        ({"json": {"messages": [{"role": "user", "content": "x" * 70_000}]}}, 413),
    ],
)
def test_what_a_page_may_not_choose_is_refused_here(proxy, change, status):
    response = proxy.post("/api/chat", **change)
    assert response.status_code == status and response.json()["error"]["message"]


def test_a_page_is_told_when_its_connection_closes_after_a_refusal(proxy):
    # Else the next question goes out on a connection that is closing, and fails now and then.
    with socket.create_connection((proxy.base_url.host, proxy.base_url.port), timeout=10) as page:
        page.sendall(b"POST /api/chat HTTP/1.1\r\nHost: x\r\nOrigin: %s\r\nContent-Length: 1\r\n\r\n{" % PAGE.encode())
        response = http.client.HTTPResponse(page)
        response.begin()
        assert response.status == 400 and response.read()
        if response.getheader("connection") == "close":
            assert page.recv(1) == b""
        else:
            page.sendall(b"POST /api/chat HTTP/1.1\r\nHost: x\r\nOrigin: %s\r\nContent-Length: 1\r\n\r\n{" % PAGE.encode())
            assert page.recv(12) == b"HTTP/1.1 400"


def test_what_a_page_may_not_choose_is_not_sent_on(proxy):
    # The gateway refuses an `n` that is no number: if it were sent on, this would fail.
    response = proxy.post("/api/chat", json={**QUESTION, "n": "many", "max_tokens": 10**9, "stream": False})
    assert response.status_code == 200 and response.text.startswith("data: ")


def test_a_visitor_asks_ten_times_a_minute(proxy):
    statuses = [proxy.post("/api/chat", json=QUESTION).status_code for _ in range(21)]
    # The minute may end meanwhile, once.
    assert statuses[:10] == [200] * 10 and 429 in statuses


def test_it_does_not_start_without_a_key(tmp_path):
    for name, command in COMMANDS.items():
        done = subprocess.run(
            command(), cwd=shutil.copytree(EXAMPLES / name, tmp_path / name), env=clean_environment(), capture_output=True, timeout=30
        )
        assert done.returncode != 0 and b"YUNXIN_API_KEY" in done.stderr, name


def test_no_key_is_in_the_examples():
    for path in EXAMPLES.rglob("*"):
        if path.is_file():
            assert os.path.getsize(path) < 20_000 and "yx-your-key" in path.read_text() or "yx-" not in path.read_text(), path
