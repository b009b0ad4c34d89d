"""Secrets are planted, used in every way that tends to leak them, and then looked for. None may be found."""

import base64
import secrets

import httpx
import pytest

import elsewhere
import keyformat
from reading import bearer, chat_body, events, metrics, post
from support import Yunxin, sandbox

CREDENTIAL = f"sk-planted-{secrets.token_hex(16)}"
PROMPT = f"canary-prompt-{secrets.token_hex(16)}"
UNKNOWN_ROUTE = f"canary-route-{secrets.token_hex(8)}"


def spellings(secret):
    """The bytes under which a secret would be found: plain, UTF-16, hexadecimal, base64 at each of its three offsets."""
    plain = secret.encode()
    yield plain
    yield secret.encode("utf-16-le")
    yield plain.hex().encode()
    for offset in range(3):
        yield base64.b64encode(b"\0" * offset + plain)[4 : -4].rstrip(b"=")


@pytest.fixture(scope="module")
def planted(binary, tmp_path_factory):
    """A gateway after traffic of every kind, still running: (it, the secrets, the responses to clients)."""
    with (
        elsewhere.Upstream() as upstream,
        Yunxin(binary, tmp_path_factory.mktemp("planted"), env={"OPENAI_API_KEY": CREDENTIAL}) as server,
    ):
        elsewhere.make_known(server, upstream, CREDENTIAL)
        demo = server.start("--demo").info["keys"]
        key, grace, gone = server.key("basic"), server.key("basic"), server.key("basic")
        fresh = server.cli("key", "regenerate", grace.id, "--grace", "1h")["key"]
        unknown = keyformat.unknown(key.secret)
        responses = []

        def send(secret, text, path="/chat/completions", **more):
            responses.append(post(server, secret, path, chat_body(f"{PROMPT} {text}", **more)).text)

        for secret in (*demo.values(), key.secret, grace.secret, fresh, unknown, keyformat.damaged(key.secret)):
            send(secret, "hello")
        server.cli("key", "revoke", gone.id)
        send(gone.secret, "after the end")
        for orders in ({"status": 400}, {"status": 401}, {"status": 500}, {"fault": "garbage"}, {"fault": "reset"}):
            send(key.secret, sandbox(**orders))
        for fault in ("truncate", "error_event", "garbage", "reset_mid"):
            events(server, key.secret, chat_body(f"{PROMPT} {sandbox(fault=fault, after=1)}"))
        send(key.secret, "wrong type", stream="yes")
        send(key.secret, "wrong value", max_tokens=0)
        send(key.secret, "REFUSE", model=elsewhere.MODEL)
        responses.append(post(server, key.secret, "/chat/completions", chat_body("hello", model=elsewhere.MODEL)).text)
        responses.append(httpx.get(f"{server.url}/{UNKNOWN_ROUTE}?api_key={key.secret}", headers=bearer(key.secret)).text)
        httpx.post(f"{server.api}/chat/completions", headers=bearer(key.secret), content=f'{{"{PROMPT}')
        shown = [server.cli("key", "list", "--account", key.account), server.cli("config", "dump")]
        responses += map(str, shown)
        keys = [*demo.values(), key.secret, grace.secret, gone.secret, fresh, unknown]
        yield server, upstream, [*keys, *(one[3:46] for one in keys), CREDENTIAL, PROMPT], responses


def found(data, planted_secrets):
    return [secret for secret in planted_secrets if any(spelling in data for spelling in spellings(secret))]


def test_the_provider_got_its_credential_and_not_the_key_of_the_client(planted):
    _, upstream, _, _ = planted
    assert upstream.seen
    for headers, body in upstream.seen:
        assert {name.lower(): value for name, value in headers.items()}["authorization"] == f"Bearer {CREDENTIAL}" and "yx-" not in str(headers)
        assert body["model"] == "elsewhere-1"


def test_no_secret_is_in_a_response_or_in_what_the_cli_prints(planted):
    _, _, secrets_, responses = planted
    text = "\n".join(responses).replace(PROMPT, "")  # the sandbox may repeat a prompt to the one who sent it
    assert not found(text.encode(), [secret for secret in secrets_ if secret != PROMPT])


def test_no_secret_is_in_the_metrics(planted):
    server, _, secrets_, _ = planted
    text = metrics(server)[1]
    assert not found(text.encode(), secrets_) and UNKNOWN_ROUTE not in text


def test_no_secret_is_in_the_log(planted):
    server, _, secrets_, _ = planted
    log = server.log.read_bytes()
    assert log.strip(), "the log is empty: this test would see nothing"
    assert not found(log, secrets_)


def test_no_secret_is_in_any_file_while_it_runs(planted):
    server, _, secrets_, _ = planted
    files = [path for path in (server.root / "data").rglob("*") if path.is_file()]
    assert any(path.name.startswith("yunxin.db") for path in files)
    assert {path.name: found(path.read_bytes(), secrets_) for path in files} == {path.name: [] for path in files}


def test_no_secret_is_in_any_file_after_a_clean_stop(planted):
    server, _, secrets_, _ = planted
    server.stop()
    files = [path for path in (server.root / "data").rglob("*") if path.is_file()]
    assert {path.name: found(path.read_bytes(), secrets_) for path in files} == {path.name: [] for path in files}
    assert not found(server.log.read_bytes(), secrets_)
