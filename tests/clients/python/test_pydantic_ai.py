"""pydantic-ai in each language that it has for a model by its name alone; `openai:` is the Responses API."""

import pytest
from pydantic import BaseModel
from pydantic_ai import Agent

MODELS = ["openai:sandbox-small", "openai-chat:sandbox-small", "openai-responses:sandbox-small", "anthropic:sandbox-small"]
every_model = pytest.mark.parametrize("model", MODELS)


class City(BaseModel):
    city: str
    country: str


@every_model
def test_a_text_comes_whole_and_streamed_alike(model, run):
    async def both():
        agent = Agent(model, instructions="You are brief.")
        whole = await agent.run("Hello there.")
        async with agent.run_stream("Hello there.") as streamed:
            text = await streamed.get_output()
        return whole.output, text

    whole, streamed = run(both())
    assert whole == streamed != ""


@every_model
def test_a_tool_is_called_and_its_result_read(model, run):
    agent, asked = Agent(model), []

    @agent.tool_plain
    def get_weather(city: str) -> str:
        """The weather of a city."""
        asked.append(city)
        return "sunny"

    result = run(agent.run("The weather in Oslo? [[sandbox: tool=get_weather]]"))
    assert len(asked) == 1 and asked[0]
    assert "sunny" in result.output


@every_model
def test_an_object_has_the_shape_of_its_schema(model, run):
    result = run(Agent(model, output_type=City).run("Where were the games of 2012?"))
    assert isinstance(result.output, City) and result.output.city
