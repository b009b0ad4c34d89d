"""`POST /v1/images/…` through the official client."""

import base64

import openai
import pytest

MODEL = "sandbox-image"
PNG = b"\x89PNG"


def picture(item):
    return base64.b64decode(item.b64_json)


def test_a_picture_comes_as_data_with_its_usage(client):
    response = client.images.generate(model=MODEL, prompt="a red boat", quality="low")
    (item,) = response.data
    assert picture(item).startswith(PNG) and response.usage.output_tokens == 272


def test_so_many_pictures_are_made_and_paid_for(client):
    raw = client.images.with_raw_response.generate(model=MODEL, prompt="a boat", n=3)
    pictures = [picture(item) for item in raw.parse().data]
    assert len(set(pictures)) == 3
    assert raw.headers["x-yunxin-cost"] == "0.12" and raw.headers["x-ratelimit-resource"] == "images"


def test_partial_images_come_before_the_whole_one(client):
    stream = client.images.generate(model=MODEL, prompt="a boat", stream=True, partial_images=2)
    types = [event.type for event in stream]
    assert types == ["image_generation.partial_image"] * 2 + ["image_generation.completed"]


@pytest.fixture(scope="module")
def boat(client):
    return picture(client.images.generate(model=MODEL, prompt="a boat").data[0])


def test_a_picture_is_changed_as_a_text_says(client, boat):
    response = client.images.edit(model=MODEL, prompt="paint it red", image=("boat.png", boat))
    assert picture(response.data[0]).startswith(PNG)
    assert response.usage.input_tokens_details.image_tokens > 0


def test_several_pictures_and_a_mask_may_be_sent(client, boat):
    files = [("a.png", boat), ("b.png", boat)]
    response = client.images.edit(model=MODEL, prompt="both", image=files, mask=("m.png", boat), n=2)
    assert len(response.data) == 2


def test_a_picture_is_varied(client, boat):
    assert client.images.create_variation(model=MODEL, image=("boat.png", boat), n=2).data


def test_a_file_that_is_no_picture_is_refused_whatever_its_name_says(client):
    with pytest.raises(openai.BadRequestError) as refused:
        client.images.edit(model=MODEL, prompt="p", image=("boat.png", b"%PDF-1.7"))
    assert refused.value.param == "image"


def test_the_model_may_come_behind_the_file(http, boat):
    parts = [("image", ("a.png", boat)), ("prompt", (None, "p")), ("model", (None, MODEL))]
    assert http.post("/images/edits", files=parts).status_code == 200
