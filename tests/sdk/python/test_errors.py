"""Every error class of the official client, and every line of the contract's error tables that needs no fault upstream."""

import asyncio

import httpx
import openai
import pytest

import keyformat
from expect import envelope, raised
from reading import bearer
from support import say

CHAT = "/chat/completions"
GOOD = {"model": "sandbox-small", "messages": say("hello")}


def ask(client, **more):
    return client.chat.completions.create(**{**GOOD, **more})


# -- 401 ---------------------------------------------------------------------------------------------------------------


def test_no_key_is_401_missing_api_key(client):
    error = raised(
        openai.AuthenticationError, lambda: ask(client, extra_headers={"Authorization": openai.omit})
    )
    assert (error.status_code, error.type, error.code) == (401, "authentication_error", "missing_api_key")


@pytest.mark.parametrize("path", ["/chat/completions", "/completions", "/embeddings"])
def test_no_key_is_401_on_every_post_route(server, path):
    assert envelope(httpx.post(server.api + path, json=GOOD))["code"] == "missing_api_key"


@pytest.mark.parametrize("path", ["/models", "/models/sandbox-small", "/key", "/usage"])
def test_no_key_is_401_on_every_get_route(server, path):
    response = httpx.get(server.api + path)
    assert response.status_code == 401 and envelope(response)["code"] == "missing_api_key"


@pytest.mark.parametrize(
    "spoil",
    [
        keyformat.unknown,
        keyformat.damaged,
        lambda key: key[:-1],
        lambda key: key + "x",
        lambda key: "sk-" + key[3:],
        lambda key: "yx-short",
        lambda key: "yx-" + "a" * 5000,
    ],
    ids=["unknown", "wrong checksum", "too short", "too long", "other prefix", "tiny", "huge"],
)
def test_a_key_that_is_not_one_is_401_invalid_api_key(server, enterprise, spoil):
    with server.client(spoil(enterprise.secret)) as client:
        error = raised(openai.AuthenticationError, lambda: ask(client))
    assert (error.status_code, error.type, error.code) == (401, "authentication_error", "invalid_api_key")


@pytest.mark.parametrize("header", ["Basic eXg6eXg=", "Bearer", "yx-"])
def test_an_authorization_without_a_key_is_401(server, header):
    response = httpx.get(f"{server.api}/models", headers={"Authorization": header})
    assert response.status_code == 401 and envelope(response)["type"] == "authentication_error"


def test_the_message_of_a_401_does_not_repeat_the_key(server, enterprise):
    wrong = keyformat.unknown(enterprise.secret)
    assert wrong not in httpx.get(f"{server.api}/models", headers=bearer(wrong)).text


# -- 403, 404 ----------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("tier", "model"),
    [
        ("free", "sandbox-standard"),
        ("free", "sandbox-premium"),
        ("basic", "sandbox-premium"),
        ("basic", "sandbox-experimental"),
        ("pro", "sandbox-experimental"),
    ],
)
def test_a_model_above_the_tier_is_403_model_tier_restricted(server, tier, model):
    with server.client(server.key(tier).secret) as client:
        error = raised(openai.PermissionDeniedError, lambda: ask(client, model=model))
    assert (error.status_code, error.type, error.code) == (403, "permission_error", "model_tier_restricted")
    assert error.param == "model"


@pytest.mark.parametrize("model", ["no-such-model", "sandbox/none"])
def test_an_unknown_model_is_404_invalid_model(client, model):
    error = raised(openai.NotFoundError, lambda: ask(client, model=model))
    assert (error.status_code, error.type, error.code, error.param) == (404, "not_found_error", "invalid_model", "model")


def test_retrieving_an_unknown_model_is_404_invalid_model(client):
    error = raised(openai.NotFoundError, lambda: client.models.retrieve("no/such/model"))
    assert (error.status_code, error.type, error.code) == (404, "not_found_error", "invalid_model")


@pytest.mark.parametrize(("method", "path"), [("GET", "/nothing"), ("POST", "/nothing/here"), ("GET", "/")])
def test_an_unknown_route_is_404_in_the_envelope(http, method, path):
    response = http.request(method, path)
    assert response.status_code == 404 and envelope(response)["type"] == "not_found_error"


def test_an_unknown_route_outside_v1_is_404_in_the_envelope(server):
    response = httpx.get(f"{server.url}/no-such-page")
    assert response.status_code == 404 and envelope(response)["type"] == "not_found_error"


@pytest.mark.parametrize(("method", "path"), [("GET", CHAT), ("DELETE", CHAT), ("POST", "/models"), ("GET", "/embeddings")])
def test_a_wrong_method_is_405_in_the_envelope(http, method, path):
    response = http.request(method, path)
    assert response.status_code == 405
    envelope(response)


# -- 400: it cannot be understood --------------------------------------------------------------------------------------


@pytest.mark.parametrize("text", ["", "{", "[]", "null", '"text"', '{"model": "sandbox-small", "messages": [}', "\xff\xfe"])
def test_a_body_that_is_not_a_json_object_is_400(http, text):
    response = http.post(CHAT, content=text.encode("latin-1"), headers={"Content-Type": "application/json"})
    assert response.status_code == 400 and envelope(response)["type"] == "invalid_request_error"


def test_json_nested_without_end_is_400(http):
    deep = '{"model": "sandbox-small", "messages": ' + "[" * 50_000 + "]" * 50_000 + "}"
    response = http.post(CHAT, content=deep, headers={"Content-Type": "application/json"})
    assert response.status_code == 400 and envelope(response)["type"] == "invalid_request_error"


@pytest.mark.parametrize("param", ["model", "messages"])
def test_a_missing_parameter_is_400_and_named(http, param):
    response = http.post(CHAT, json={name: value for name, value in GOOD.items() if name != param})
    error = envelope(response)
    assert (response.status_code, error["type"], error["param"]) == (400, "invalid_request_error", param)


@pytest.mark.parametrize(
    ("param", "value"),
    [("model", 5), ("messages", "hello"), ("stream", "yes"), ("max_tokens", "many"), ("n", "two"), ("stream_options", 1)],
)
def test_a_parameter_of_the_wrong_type_is_400_and_named(client, param, value):
    error = raised(openai.BadRequestError, lambda: ask(client, extra_body={param: value}))
    assert (error.status_code, error.type) == (400, "invalid_request_error")
    assert error.param and error.param.startswith(param)


@pytest.mark.parametrize("messages", [[5], ["hello"], [{"content": "nobody says it"}]])
def test_messages_that_are_not_messages_are_400_invalid_messages(client, messages):
    error = raised(openai.BadRequestError, lambda: ask(client, messages=messages))
    assert (error.status_code, error.type, error.code) == (400, "invalid_request_error", "invalid_messages")
    assert error.param.startswith("messages")


def test_no_messages_at_all_are_refused_as_invalid_messages(client):
    with pytest.raises((openai.BadRequestError, openai.UnprocessableEntityError)) as caught:
        ask(client, messages=[])
    assert (caught.value.code, caught.value.param) == ("invalid_messages", "messages")


def test_an_embedding_without_input_is_400_and_named(http):
    response = http.post("/embeddings", json={"model": "sandbox-embedding"})
    assert (response.status_code, envelope(response)["param"]) == (400, "input")


def test_a_completion_without_prompt_is_400_and_named(http):
    response = http.post("/completions", json={"model": "sandbox-small"})
    assert (response.status_code, envelope(response)["param"]) == (400, "prompt")


@pytest.mark.parametrize(("path", "model"), [(CHAT, "sandbox-embedding"), ("/embeddings", "sandbox-small")])
def test_a_model_of_another_kind_is_a_client_error_that_names_it(http, path, model):
    response = http.post(path, json={"model": model, "messages": say("hello"), "input": "hello"})
    assert response.status_code in (400, 404, 422) and envelope(response)["param"] == "model"


def test_a_prompt_beyond_the_context_is_400_context_length_exceeded(client):
    error = raised(openai.BadRequestError, lambda: ask(client, messages=say("a " * 128_500)))
    assert (error.type, error.code) == ("invalid_request_error", "context_length_exceeded")


# -- 422: right type, value out of range -------------------------------------------------------------------------------


@pytest.mark.parametrize(("param", "value"), [("max_tokens", 0), ("n", 0)])
def test_a_chat_parameter_out_of_range_is_422_validation_error(client, param, value):
    error = raised(openai.UnprocessableEntityError, lambda: ask(client, **{param: value}))
    assert (error.status_code, error.type, error.param) == (422, "validation_error", param)


@pytest.mark.parametrize(("param", "value"), [("dimensions", 0), ("encoding_format", "x")])
def test_an_embedding_parameter_out_of_range_is_422_validation_error(client, param, value):
    error = raised(
        openai.UnprocessableEntityError,
        lambda: client.embeddings.create(model="sandbox-embedding", input="hello", **{param: value}),
    )
    assert (error.status_code, error.type, error.param) == (422, "validation_error", param)


# -- the rest ----------------------------------------------------------------------------------------------------------


def test_every_request_has_an_id_of_its_own(http):
    ids = {http.get("/models").headers["x-request-id"] for _ in range(20)}
    assert len(ids) == 20


def test_a_streamed_request_that_is_refused_is_a_plain_error(client):
    raised(openai.NotFoundError, lambda: ask(client, model="no-such-model", stream=True))


def test_the_async_client_raises_the_same_class(server, enterprise):
    async def call():
        async with server.async_client(keyformat.unknown(enterprise.secret)) as client:
            await client.models.list()

    with pytest.raises(openai.AuthenticationError) as caught:
        asyncio.run(call())
    assert caught.value.code == "invalid_api_key" and caught.value.request_id


def test_a_page_of_any_origin_gets_a_refusal_it_can_read_and_nothing_else(http):
    assert "access-control-allow-origin" not in http.get("/models").headers
    refused = http.get("/models", headers={"Origin": "https://example.test"})
    assert refused.status_code == 403
    assert refused.json()["error"]["code"] == "browser_not_allowed"
    assert refused.headers["access-control-allow-origin"] == "https://example.test"
