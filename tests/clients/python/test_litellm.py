"""LiteLLM, which is itself in front of programs, in each of its languages."""

import litellm
import pytest

SAID = [{"role": "user", "content": "Hello there."}]


def at(server, secret, language, **more):
    base = server.api if language == "openai" else server.url
    return {"model": f"{language}/sandbox-small", "api_base": base, "api_key": secret, "max_tokens": 200, "messages": SAID, **more}


@pytest.mark.parametrize("language", ["openai", "anthropic", "gemini"])
def test_a_text_comes_whole_and_streamed_alike(server, secret, language):
    whole = litellm.completion(**at(server, secret, language))
    chunks = list(litellm.completion(**at(server, secret, language, stream=True)))
    assert whole.choices[0].message.content == "".join(chunk.choices[0].delta.content or "" for chunk in chunks) != ""
    assert whole.usage.completion_tokens > 0


def test_a_message_of_anthropic_is_asked_for(server, secret, run):
    message = run(litellm.anthropic.messages.acreate(**at(server, secret, "anthropic")))
    assert message["type"] == "message" and message["content"][0]["text"]


def test_a_response_is_asked_for(server, secret):
    response = litellm.responses(model="openai/sandbox-small", input="Hello there.", api_base=server.api, api_key=secret)
    assert response.output[0].content[0].text


@pytest.mark.parametrize("language", ["openai", "anthropic", "gemini"])
def test_a_model_that_does_not_exist_is_not_found(server, secret, language):
    with pytest.raises(litellm.NotFoundError):
        litellm.completion(**at(server, secret, language, model=f"{language}/no-such-model"))
