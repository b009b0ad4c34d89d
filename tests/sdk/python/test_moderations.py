"""`POST /v1/moderations` through the official client."""

import openai
import pytest

MODEL = "sandbox-moderation"


def test_a_text_is_judged_by_category(client):
    (result,) = client.moderations.create(model=MODEL, input="I will attack them.").results
    assert result.flagged and result.categories.violence and not result.categories.hate
    assert result.category_scores.violence > 0.5 > result.category_scores.hate


def test_each_text_of_a_list_has_a_result_in_order(client):
    response = client.moderations.create(model=MODEL, input=["a nice day", "stupid"])
    assert [result.flagged for result in response.results] == [False, True] and response.model == MODEL


def test_parts_are_judged_together(client):
    parts = [
        {"type": "text", "text": "what is this?"},
        {"type": "image_url", "image_url": {"url": "data:image/png;base64,AAAA"}},
    ]
    (result,) = client.moderations.create(model=MODEL, input=parts).results
    assert not result.flagged


def test_a_moderation_has_its_own_resource(client):
    raw = client.moderations.with_raw_response.create(model=MODEL, input="hello")
    assert raw.headers["x-ratelimit-resource"] == "moderations"


def test_a_key_without_the_endpoint_is_refused(server):
    client = server.client(server.key("basic", "--endpoints", "chat").secret)
    with pytest.raises(openai.PermissionDeniedError):
        client.moderations.create(model=MODEL, input="hello")
