"""Cohere's chat: what is asked for. Only providers speak it, so that nothing is written."""

from ..conversation import Asked, Part
from . import openai
from .common import leave_out, stops, text

KNOWN = "model messages stream max_tokens temperature p stop_sequences tools tool_choice".split()


def read(body):
    asked = Asked()
    for message in body["messages"]:
        role = message["role"]
        parts = openai.content(message.get("content"))
        if role == "tool":
            documents = [one["document"].get("data") for one in message["content"] if isinstance(one, dict) and "document" in one]
            asked.add("user", [Part("result", id=message["tool_call_id"], parts=parts or [text(one) for one in documents if isinstance(one, str)])])
        elif role == "assistant":
            asked.add(role, [text(message.get("tool_plan")), *parts, *openai.calls(message)])
        else:
            asked.add(role, parts)
    for tool in body.get("tools") or []:
        openai.read_tool(asked, tool)
    asked.choice = {"REQUIRED": "required", "NONE": "none"}.get(body.get("tool_choice"))
    asked.limit, asked.temperature, asked.top_p = body.get("max_tokens"), body.get("temperature"), body.get("p")
    asked.stop = stops(body.get("stop_sequences"))
    leave_out(asked, body, KNOWN)
    return asked
