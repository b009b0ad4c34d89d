"""The life of a key, changed by the CLI while the server runs: what the command said holds when it returns."""

import openai
import pytest

import keyformat
from expect import limits, raised
from reading import chat_body, post, usage, values, walk
from support import eventually, fresh_minute, say


def ask(server, key, model="sandbox-small"):
    """A chat with this key or secret; raises what the official client raises."""
    with server.client(getattr(key, "secret", key)) as client:
        return client.chat.completions.create(model=model, messages=say("hello"))


def refused(server, key, kind, status, type_, code):
    error = raised(kind, lambda: ask(server, key))
    assert (error.status_code, error.type, error.code) == (status, type_, code)


def invalid(server, key):
    refused(server, key, openai.AuthenticationError, 401, "authentication_error", "invalid_api_key")


def forbidden(server, key, code):
    refused(server, key, openai.PermissionDeniedError, 403, "permission_error", code)


def used(server, key):
    response = post(server, getattr(key, "secret", key), "/chat/completions", chat_body("hello"))
    assert response.status_code == 200
    return limits(response.headers)[2]


def test_a_key_has_the_shape_and_the_checksum_that_scanners_match(server):
    keys = [server.key("basic").secret for _ in range(3)]
    assert all(keyformat.SHAPE.fullmatch(key) for key in keys) and len(set(keys)) == 3
    assert set.intersection(*map(keyformat.spellings, keys)), "no spelling of CRC32C fits every key"


def test_ids_have_their_prefixes(server):
    key = server.key("free")
    assert key.id.startswith("key_") and key.account.startswith("acct_")


def test_a_key_works_as_soon_as_it_is_created(server):
    for _ in range(3):
        assert ask(server, server.key("basic")).choices


def test_a_revoked_key_is_403_key_revoked_at_once(server):
    key = server.key("basic")
    assert ask(server, key).choices
    server.cli("key", "revoke", key.id)
    forbidden(server, key, "key_revoked")


def test_a_revoked_key_is_refused_on_reads_too(server):
    key = server.key("basic")
    server.cli("key", "revoke", key.id)
    with server.client(key.secret) as client:
        error = raised(openai.PermissionDeniedError, lambda: client.models.list())
    assert error.code == "key_revoked"


def test_revoking_one_key_leaves_the_others_of_the_account(server):
    first = server.key("basic")
    second = server.key(account=first.account)
    server.cli("key", "revoke", first.id)
    assert ask(server, second).choices


def test_a_regenerated_key_has_a_new_secret_and_the_old_one_is_invalid_at_once(server):
    key = server.key("basic")
    made = server.cli("key", "regenerate", key.id)
    assert made["id"] == key.id and made["key"] != key.secret and keyformat.SHAPE.fullmatch(made["key"])
    assert ask(server, made["key"]).choices
    invalid(server, key)


def test_a_regenerated_key_with_grace_leaves_the_old_secret_working(server):
    key = server.key("basic")
    made = server.cli("key", "regenerate", key.id, "--grace", "1h")
    assert ask(server, made["key"]).choices and ask(server, key).choices


def test_a_revoke_ends_the_grace_of_the_old_secret_too(server):
    key = server.key("basic")
    made = server.cli("key", "regenerate", key.id, "--grace", "1h")
    server.cli("key", "revoke", key.id)
    forbidden(server, made["key"], "key_revoked")
    with pytest.raises((openai.PermissionDeniedError, openai.AuthenticationError)):
        ask(server, key)


def test_regenerating_keeps_the_counters_of_the_minute(server):
    key = server.key("basic")
    fresh_minute()
    assert [used(server, key) for _ in range(3)] == [1, 2, 3]
    made = server.cli("key", "regenerate", key.id, "--grace", "1h")
    assert used(server, made["key"]) == 4
    assert used(server, key) == 5, "the old and the new secret are one key"


def test_regenerating_keeps_name_and_history(server):
    key = server.key("basic", name="Production Server")
    ask(server, key)
    assert eventually(lambda: usage(server, key.secret)[0] == 1)
    made = server.cli("key", "regenerate", key.id)
    assert usage(server, made["key"])[0] == 1
    assert "Production Server" in values(server.cli("key", "show", key.id))


def test_regenerating_keeps_the_restrictions(server):
    key = server.key("basic", "--models", "sandbox-embedding")
    made = server.cli("key", "regenerate", key.id)
    forbidden(server, made["key"], "insufficient_permissions")


def test_an_expired_key_is_401_invalid_api_key(server):
    key = server.key("basic", "--expires-in", "1s")

    def expired():
        try:
            with server.client(key.secret) as client:
                client.models.list()
        except openai.AuthenticationError:
            return True

    assert eventually(expired, seconds=5)
    invalid(server, key)


def test_a_key_with_time_left_works(server):
    assert ask(server, server.key("basic", "--expires-in", "30d")).choices


def test_a_suspended_account_is_403_account_suspended_at_once(server):
    key = server.key("basic")
    assert ask(server, key).choices
    server.cli("account", "suspend", key.account)
    forbidden(server, key, "account_suspended")


def test_a_new_tier_holds_at_once(server):
    key = server.key("free")
    with pytest.raises(openai.PermissionDeniedError):
        ask(server, key, "sandbox-standard")
    server.cli("account", "set-tier", key.account, "basic")
    assert ask(server, key, "sandbox-standard").choices
    server.cli("account", "set-tier", key.account, "free")
    with pytest.raises(openai.PermissionDeniedError) as caught:
        ask(server, key, "sandbox-standard")
    assert caught.value.code == "model_tier_restricted"


def test_a_free_account_has_three_keys_and_no_fourth(server):
    account = server.account("free")
    for _ in range(3):
        server.key(account=account)
    done = server.run("key", "create", "--account", account, "--name", "one too many", "--json")
    assert done.returncode != 0 and done.stderr.strip() and '"key"' not in done.stdout


def test_a_key_of_an_unknown_account_is_not_created(server):
    done = server.run("key", "create", "--account", "acct_nobody", "--name", "x", "--json")
    assert done.returncode != 0 and len(done.stderr.strip().splitlines()) == 1


@pytest.mark.parametrize("command", ["list", "show", "usage"])
def test_the_cli_shows_the_key_and_never_the_secret(server, command):
    key = server.key("basic", name=f"shown by {command}")
    ask(server, key)
    arguments = ("list", "--account", key.account) if command == "list" else (command, key.id)
    shown = server.cli("key", *arguments)
    assert command == "usage" or key.id in values(shown)
    assert key.secret not in str(shown) and key.secret[3:46] not in str(shown)


def test_the_list_has_every_key_of_the_account_and_no_other(server):
    first, other = server.key("basic"), server.key("basic")
    second = server.key(account=first.account)
    listed = {value for name, value in walk(server.cli("key", "list", "--account", first.account)) if name == "id"}
    assert {first.id, second.id} <= listed and other.id not in listed


def test_account_list_has_the_account_and_its_tier(server):
    account = server.account("pro")
    listed = server.cli("account", "list")
    rows = listed if isinstance(listed, list) else next(v for v in listed.values() if isinstance(v, list))
    assert ["pro" in row.values() for row in rows if row["id"] == account] == [True]


def test_model_list_of_the_cli_has_the_sandbox(server):
    assert {"sandbox-small", "sandbox-embedding"} <= set(values(server.cli("model", "list")))


def test_key_usage_of_the_cli_counts_requests_and_tokens(server):
    key = server.key("basic")
    tokens = sum(ask(server, key).usage.total_tokens for _ in range(2))
    assert eventually(lambda: usage(server, key.secret)[0] == 2)
    requests, given, output = usage(server, key.secret)
    assert given + output == tokens
    shown = values(server.cli("key", "usage", key.id))
    assert requests in shown and given in shown and output in shown


def test_the_calling_key_is_told_what_it_is(server):
    key = server.key("basic", name="who am I")
    with server.client(key.secret) as client:
        told = client.get("/key", cast_to=object)
    assert {key.id, "who am I", "basic"} <= set(values(told)) and key.secret not in str(told)
    assert {50, 200_000, 10_000} <= {value for value in values(told) if isinstance(value, int)}
