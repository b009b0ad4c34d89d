"""A provider beside the sandbox, from the operator's catalogue file."""

import openai
import pytest

import elsewhere
from expect import raised
from support import Yunxin, say


@pytest.fixture(scope="module")
def server(binary, tmp_path_factory):
    with elsewhere.Upstream() as upstream, Yunxin(binary, tmp_path_factory.mktemp("elsewhere")) as one:
        elsewhere.make_known(one, upstream, "sk-elsewhere")
        yield one.start()


@pytest.fixture(scope="module")
def account(server):
    return server.account("basic")


def ask(server, key, text="hello"):
    with server.client(key.secret) as client:
        return client.chat.completions.create(model=elsewhere.MODEL, messages=say(text))


def test_a_live_key_reaches_the_provider(server, account):
    assert ask(server, server.key(account=account)).choices[0].message.content == "from elsewhere"


def test_a_test_key_asking_for_a_model_outside_the_sandbox_is_403(server, account):
    key = server.key("basic", "--environment", "test", account=account)
    error = raised(openai.PermissionDeniedError, lambda: ask(server, key))
    assert (error.type, error.code) == ("permission_error", "insufficient_permissions")


def test_a_credential_that_the_provider_refuses_is_502_and_not_shown(server, account):
    error = raised(openai.InternalServerError, lambda: ask(server, server.key(account=account), "REFUSE"))
    assert (error.status_code, error.type) == (502, "upstream_error") and "sk-elsewhere" not in error.response.text


def test_the_filter_by_provider_tells_it_from_the_sandbox(server, account):
    with server.client(server.key(account=account).secret) as client:
        assert [model.id for model in client.models.list(extra_query={"provider": "elsewhere"})] == [elsewhere.MODEL]
