"""LangChain's chat models of OpenAI (both of its interfaces) and Anthropic."""

import pytest
from langchain_anthropic import ChatAnthropic
from langchain_core.tools import tool
from langchain_openai import ChatOpenAI, OpenAIEmbeddings
from pydantic import BaseModel

MODELS = {
    "chat completions": lambda: ChatOpenAI(model="sandbox-small"),
    "responses": lambda: ChatOpenAI(model="sandbox-small", use_responses_api=True),
    "anthropic": lambda: ChatAnthropic(model="sandbox-small", max_tokens=200),
}
every_model = pytest.mark.parametrize("model", MODELS.values(), ids=MODELS)


class City(BaseModel):
    """A city."""

    city: str
    country: str


@tool
def get_weather(city: str) -> str:
    """The weather of a city."""
    return f"sunny in {city}"


@every_model
def test_a_text_comes_whole_and_streamed_alike(model):
    whole = model().invoke("Hello there.")
    chunks = list(model().stream("Hello there."))
    assert whole.text == "".join(chunk.text for chunk in chunks) != ""
    assert whole.usage_metadata["output_tokens"] > 0


@every_model
def test_a_tool_is_called_and_its_result_read(model):
    bound, asked = model().bind_tools([get_weather]), "The weather in Oslo? [[sandbox: tool=get_weather]]"
    first = bound.invoke(asked)
    (call,) = first.tool_calls
    result = get_weather.invoke({**call, "type": "tool_call"})
    assert "sunny in" in bound.invoke([("user", asked), first, result]).text


@every_model
def test_an_object_has_the_shape_of_its_schema(model):
    assert model().with_structured_output(City).invoke("A city?").city


def test_texts_are_embedded_in_their_order():
    vectors = OpenAIEmbeddings(model="sandbox-embedding", check_embedding_ctx_length=False).embed_documents(["one", "two"])
    assert len(vectors) == 2 and len(vectors[0]) == 256
