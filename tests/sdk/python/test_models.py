"""`GET /v1/models`, its filters, `GET /v1/models/{id}`; the model object field by field."""

import asyncio

import pytest

SANDBOX = {
    "sandbox-small": ("chat", "free"),
    "sandbox-standard": ("chat", "basic"),
    "sandbox-premium": ("chat", "pro"),
    "sandbox-experimental": ("chat", "enterprise"),
    "sandbox-embedding": ("embedding", "free"),
    "sandbox-moderation": ("moderation", "free"),
    "sandbox-rerank": ("rerank", "free"),
    "sandbox-image": ("image_generation", "free"),
    "sandbox-speech": ("tts", "free"),
    "sandbox-transcription": ("stt", "free"),
}
FREE = {name for name, (_, tier) in SANDBOX.items() if tier == "free"}
FIELDS = {
    "id": str,
    "object": str,
    "created": int,
    "owned_by": str,
    "provider": str,
    "model_type": str,
    "display_name": str,
    "context_length": int,
    "capabilities": list,
    "pricing_unit": str,
    "min_tier": str,
    "available": bool,
}


@pytest.fixture(scope="module")
def models(http):
    response = http.get("/models")
    assert response.status_code == 200 and response.json()["object"] == "list"
    return {model["id"]: model for model in response.json()["data"]}


def test_the_client_lists_models(client):
    assert SANDBOX.keys() <= {model.id for model in client.models.list()}


def test_the_async_client_lists_models(server, enterprise):
    async def ids():
        async with server.async_client(enterprise.secret) as client:
            return {model.id async for model in client.models.list()}

    assert SANDBOX.keys() <= asyncio.run(ids())


@pytest.mark.parametrize("field", FIELDS)
def test_every_model_has_the_field(models, field):
    for model in models.values():
        assert isinstance(model[field], FIELDS[field]), (model["id"], model.get(field))


@pytest.mark.parametrize("field", ["max_output_tokens", "input_price", "output_price"])
def test_every_model_has_the_number(models, field):
    assert all(field in model for model in models.values())
    assert float(models["sandbox-small"][field]) >= 0


@pytest.mark.parametrize("model", SANDBOX)
def test_the_sandbox_model_has_its_type_and_tier(models, model):
    assert (models[model]["model_type"], models[model]["min_tier"]) == SANDBOX[model]
    assert models[model]["object"] == "model"


def test_a_chat_model_says_what_it_can(models):
    assert {"chat", "streaming", "function_calling"} <= set(models["sandbox-small"]["capabilities"])


@pytest.mark.parametrize(
    ("tier", "reach"),
    [
        ("free", FREE),
        ("basic", FREE | {"sandbox-standard"}),
        ("pro", FREE | {"sandbox-standard", "sandbox-premium"}),
        ("enterprise", set(SANDBOX)),
    ],
)
def test_the_list_shows_all_and_says_what_the_caller_can_use(server, tier, reach):
    with server.client(server.key(tier).secret) as client:
        listed = {model.id: model.available for model in client.models.list() if model.id in SANDBOX}
    assert listed.keys() == SANDBOX.keys(), "a public model is hidden"
    assert {model for model, available in listed.items() if available} == reach


@pytest.mark.parametrize(
    ("name", "field", "value"),
    [
        ("type", "model_type", "embedding"),
        ("type", "model_type", "chat"),
        ("provider", "provider", None),
        ("capability", "capabilities", "function_calling"),
    ],
)
def test_the_filter_keeps_what_matches(client, models, name, field, value):
    value = value or models["sandbox-small"][field]

    def matches(model):
        return value in model[field] if field == "capabilities" else model[field] == value

    kept = {model.id for model in client.models.list(extra_query={name: value})}
    assert kept == {model["id"] for model in models.values() if matches(model)} and kept


@pytest.mark.parametrize("name", ["provider", "type", "capability"])
def test_the_filter_with_a_value_that_nothing_has_gives_an_empty_list(http, name):
    response = http.get("/models", params={name: "nothing-has-this"})
    assert response.status_code == 200 and response.json() == {"object": "list", "data": []}


def test_filters_combine(client):
    both = {"type": "chat", "capability": "streaming"}
    assert "sandbox-embedding" not in {model.id for model in client.models.list(extra_query=both)}


def test_one_model_is_the_row_of_the_list(client, models):
    one = client.models.retrieve("sandbox-premium").to_dict()
    assert one.items() >= {"id": "sandbox-premium", "min_tier": "pro", "model_type": "chat"}.items()
    assert one.keys() >= FIELDS.keys()


def test_a_model_id_with_a_slash_is_found_encoded_by_the_client(client):
    assert client.models.retrieve("sandbox/small").id in ("sandbox/small", "sandbox-small")


def test_a_model_id_with_a_slash_is_found_plain(http):
    assert http.get("/models/sandbox/small").json()["id"] in ("sandbox/small", "sandbox-small")
