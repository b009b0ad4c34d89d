"""An upstream that says nothing. The names of the settings are read from `config dump`, so no test here is slow."""

import re

import openai
import pytest

from expect import raised
from reading import chat_body, chunks, content, events
from support import Yunxin, sandbox, say

WANTED = re.compile(r"first_?(byte|token|chunk)|gap|idle|stall|between|chunk|read")


def short(name, value):
    """One second in the notation that this setting has now, or None when it is not a duration."""
    if isinstance(value, str):
        return "1s" if re.fullmatch(r"\d+(\.\d+)?\s*(ms|s|m|min|h)", value) else None
    if isinstance(value, (int, float)) and not isinstance(value, bool):
        if re.search(r"_(ms|millis)$", name):
            return "1000"
        return "1" if re.search(r"_(s|secs?|seconds)$|timeout", name) else None
    return None


@pytest.fixture(scope="module")
def hasty(binary, tmp_path_factory):
    """A gateway that waits one second for an upstream's first byte and for each next one."""
    root = tmp_path_factory.mktemp("hasty")
    upstream = Yunxin(binary, root / "asked").cli("config", "dump").get("upstream", {})
    settings = {
        f"YUNXIN__UPSTREAM__{name.upper()}": short(name, value)
        for name, value in upstream.items()
        if WANTED.search(name) and short(name, value)
    }
    assert len(settings) >= 2, f"found no first-byte and gap timeouts among {sorted(upstream)}"
    with Yunxin(binary, root / "run", env=settings) as server:
        yield server.start()


@pytest.fixture(scope="module")
def key(hasty):
    return hasty.key("enterprise")


def test_an_upstream_that_never_begins_its_stream_is_502_upstream_timeout(hasty, key):
    with hasty.client(key.secret) as client:
        error = raised(
            openai.InternalServerError,
            lambda: client.chat.completions.create(
                model="sandbox-small", stream=True, messages=say(sandbox(fault="hang"))
            ),
        )
    assert (error.status_code, error.type, error.code) == (502, "upstream_error", "upstream_timeout")


def test_a_stream_that_stalls_ends_with_an_error_event_and_no_done(hasty, key):
    _, data, _ = events(hasty, key.secret, chat_body(sandbox(words=20, fault="stall", after=3)))
    parsed = chunks(data)
    assert "[DONE]" not in data and "error" in parsed[-1]
    assert parsed[-1]["error"]["code"] == "upstream_timeout" and content(parsed[:-1])


def test_a_slow_but_living_stream_is_not_cut(hasty, key):
    _, data, _ = events(hasty, key.secret, chat_body(sandbox(words=12, wps=6)))
    assert data[-1] == "[DONE]" and len(content(chunks(data)).split()) == 12
