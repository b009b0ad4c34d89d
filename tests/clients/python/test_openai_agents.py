"""openai-agents in its default mode, which is the Responses API."""

from agents import Agent, Runner, function_tool

MODEL = "sandbox-small"


@function_tool
def get_weather(city: str) -> str:
    """The weather of a city."""
    return f"sunny in {city}"


def test_an_agent_calls_a_tool_and_reads_its_result(run):
    agent = Agent(name="Weather", instructions="You are brief.", model=MODEL, tools=[get_weather])
    result = run(Runner.run(agent, "The weather in Oslo? [[sandbox: tool=get_weather]]", max_turns=3))
    kinds = [type(item).__name__ for item in result.new_items]
    assert kinds == ["ToolCallItem", "ToolCallOutputItem", "MessageOutputItem"]
    assert "sunny in" in result.final_output
    assert result.context_wrapper.usage.requests == 2 and result.context_wrapper.usage.total_tokens > 0


def test_a_streamed_run_says_what_a_whole_one_says(run):
    async def both():
        agent = Agent(name="Greeter", model=MODEL)
        whole = await Runner.run(agent, "Hello there.")
        streamed = Runner.run_streamed(agent, "Hello there.")
        deltas = []
        async for event in streamed.stream_events():
            if event.type == "raw_response_event" and event.data.type == "response.output_text.delta":
                deltas.append(event.data.delta)
        return whole.final_output, "".join(deltas), streamed.final_output

    whole, deltas, final = run(both())
    assert whole == deltas == final != ""
