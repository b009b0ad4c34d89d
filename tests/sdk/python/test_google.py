"""`/v1beta/models` through Google's client, plain and streamed, over a provider of another language."""

import pytest
from google import genai
from google.genai import errors, types

from support import sandbox

MODEL = "sandbox-small"
TOOL = types.Tool(
    function_declarations=[
        types.FunctionDeclaration(
            name="get_weather",
            description="The weather of a city.",
            parameters=types.Schema(type="OBJECT", properties={"city": types.Schema(type="STRING")}, required=["city"]),
        )
    ]
)


def client_of(server, secret):
    return genai.Client(api_key=secret, http_options=types.HttpOptions(base_url=server.api.removesuffix("/v1")))


@pytest.fixture(scope="module")
def google(server, enterprise):
    with client_of(server, enterprise.secret) as one:
        yield one


def ask(client, contents="Hello there.", **config):
    return client.models.generate_content(model=MODEL, contents=contents, config=types.GenerateContentConfig(**config))


def test_a_plain_response_has_googles_shape(google):
    response = ask(google, system_instruction="You are brief.", max_output_tokens=200)
    assert response.text.strip() and response.model_version == MODEL and response.response_id
    candidate = response.candidates[0]
    assert candidate.finish_reason == types.FinishReason.STOP and candidate.content.role == "model"
    usage = response.usage_metadata
    assert usage.total_token_count == usage.prompt_token_count + usage.candidates_token_count > 0


def test_a_stream_says_what_a_response_says(google):
    whole = ask(google)
    chunks = list(google.models.generate_content_stream(model=MODEL, contents="Hello there."))
    assert "".join(chunk.text or "" for chunk in chunks) == whole.text
    assert chunks[-1].candidates[0].finish_reason == types.FinishReason.STOP
    assert chunks[-1].usage_metadata.candidates_token_count == whole.usage_metadata.candidates_token_count


@pytest.mark.parametrize("streamed", [False, True])
def test_a_forced_tool_is_called_with_an_object(google, streamed):
    calling = types.FunctionCallingConfig(mode="ANY", allowed_function_names=["get_weather"])
    config = types.GenerateContentConfig(
        tools=[TOOL],
        tool_config=types.ToolConfig(function_calling_config=calling),
        automatic_function_calling=types.AutomaticFunctionCallingConfig(disable=True),
    )
    wish = {"model": MODEL, "contents": "The weather in Oslo?", "config": config}
    responses = list(google.models.generate_content_stream(**wish)) if streamed else [google.models.generate_content(**wish)]
    (call,) = [call for response in responses for call in response.function_calls or []]
    assert call.name == "get_weather" and "city" in call.args and call.id
    assert responses[-1].candidates[0].finish_reason == types.FinishReason.STOP


def test_a_result_goes_back_to_the_model(google):
    turns = [
        types.UserContent(parts=[types.Part(text="The weather in Oslo?")]),
        types.ModelContent(parts=[types.Part.from_function_call(name="get_weather", args={"city": "Oslo"})]),
        types.UserContent(parts=[types.Part.from_function_response(name="get_weather", response={"result": "Rain."})]),
    ]
    assert ask(google, turns, tools=[TOOL]).text.strip()


def test_a_chat_remembers_what_was_said(google):
    chat = google.chats.create(model=MODEL)
    for chunk in chat.send_message_stream("Hello there."):
        assert chunk.candidates
    assert chat.send_message("And again.").text.strip()
    # The client keeps a content for each chunk, and drops a whole turn if one of them has no part.
    roles = [content.role for content in chat.get_history(curated=True)]
    assert roles[0] == "user" and roles.count("user") == 2 and roles[-1] == "model"


def test_json_comes_after_a_schema(google):
    schema = {"type": "object", "properties": {"answer": {"type": "string"}}, "required": ["answer"]}
    response = ask(google, response_mime_type="application/json", response_json_schema=schema)
    assert isinstance(response.parsed, dict) and "answer" in response.parsed


def test_tokens_are_counted_and_models_listed(google):
    assert google.models.count_tokens(model=MODEL, contents="Hello there.").total_tokens > 0
    names = [model.name for model in google.models.list()]
    assert f"models/{MODEL}" in names
    assert "generateContent" in google.models.get(model=MODEL).supported_actions


def test_errors_are_those_of_the_client(server, google):
    with pytest.raises(errors.ClientError) as missing:
        google.models.generate_content(model="no-such-model", contents="Hello.")
    assert (missing.value.code, missing.value.status) == (404, "NOT_FOUND")
    with client_of(server, "yx-nobody") as nobody, pytest.raises(errors.ClientError) as refused:
        ask(nobody)
    assert (refused.value.code, refused.value.status) == (401, "UNAUTHENTICATED")
    with pytest.raises(errors.APIError) as broken:
        for _ in google.models.generate_content_stream(model=MODEL, contents=sandbox(words=20, fault="truncate", after=3)):
            pass
    assert broken.value.code == 502
