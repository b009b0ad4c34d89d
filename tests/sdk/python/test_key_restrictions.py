"""Keys that may do less than their account: by model, endpoint, address, environment."""

import httpx
import openai
import pytest

from expect import raised
from reading import bearer, chat_body, post
from support import say


def chat(server, key, model="sandbox-small"):
    with server.client(key.secret) as client:
        return client.chat.completions.create(model=model, messages=say("hello"))


def embed(server, key):
    with server.client(key.secret) as client:
        return client.embeddings.create(model="sandbox-embedding", input="hello")


def outside(call):
    error = raised(openai.PermissionDeniedError, call)
    assert (error.status_code, error.type, error.code) == (403, "permission_error", "insufficient_permissions")
    return error


@pytest.fixture(scope="module")
def account(server):
    return server.account("basic")


def test_a_key_for_some_models_reaches_those_and_no_other(server, account):
    key = server.key("basic", "--models", "sandbox-small,sandbox-standard", account=account)
    assert chat(server, key).choices and chat(server, key, "sandbox-standard").choices
    assert outside(lambda: embed(server, key)).param == "model"


def test_a_key_for_a_model_reaches_it_by_its_alias_too(server, account):
    key = server.key("basic", "--models", "sandbox-small", account=account)
    assert chat(server, key, "sandbox/small").choices


def test_a_model_list_does_not_lift_the_tier(server):
    key = server.key("free", "--models", "sandbox-premium")
    error = raised(openai.PermissionDeniedError, lambda: chat(server, key, "sandbox-premium"))
    assert error.code in ("model_tier_restricted", "insufficient_permissions")


def test_a_key_for_some_endpoints_reaches_those_and_no_other(server, account):
    key = server.key("basic", "--endpoints", "embeddings", account=account)
    assert embed(server, key).data
    outside(lambda: chat(server, key))


def test_a_key_for_two_endpoints_reaches_both(server, account):
    key = server.key("basic", "--endpoints", "chat,embeddings", account=account)
    assert embed(server, key).data and chat(server, key).choices


def test_a_key_for_another_network_is_refused(server, account):
    key = server.key("basic", "--allow-ip", "10.0.0.0/8", account=account)
    outside(lambda: chat(server, key))


def test_a_key_for_this_network_works(server, account):
    key = server.key("basic", "--allow-ip", "127.0.0.0/8", account=account)
    assert chat(server, key).choices


def test_a_header_does_not_move_the_caller_to_another_network(server, account):
    key = server.key("basic", "--allow-ip", "10.0.0.0/8", account=account)
    claims = {"X-Forwarded-For": "10.1.2.3", "X-Real-IP": "10.1.2.3", "Forwarded": "for=10.1.2.3"}
    headers = {**bearer(key.secret), **claims}
    assert httpx.post(f"{server.api}/chat/completions", headers=headers, json=chat_body("x")).status_code == 403


def test_a_bad_network_is_refused_when_the_key_is_made(server, account):
    done = server.run("key", "create", "--account", account, "--name", "x", "--allow-ip", "not-a-network", "--json")
    assert done.returncode != 0 and done.stderr.strip()


def test_a_test_key_reaches_the_sandbox(server, account):
    key = server.key("basic", "--environment", "test", account=account)
    assert chat(server, key).choices and embed(server, key).data


def test_a_test_key_is_limited_like_any_other(server, account):
    key = server.key("basic", "--environment", "test", account=account)
    assert post(server, key.secret, "/chat/completions", chat_body("x")).headers["x-ratelimit-limit"] == "50"


def test_a_test_key_is_told_apart_by_the_server(server, account):
    key = server.key("basic", "--environment", "test", account=account)
    assert "test" in str(httpx.get(f"{server.api}/key", headers=bearer(key.secret)).json())
