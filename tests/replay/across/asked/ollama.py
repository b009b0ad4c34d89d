"""Ollama's own chat: what is asked for. Only providers speak it, so that nothing is written."""

import wire

from ..conversation import Asked, Part
from . import openai
from .common import leave_out, stops, text

KNOWN = "model messages stream tools options format think".split()


def read(body):
    asked, ids = Asked(), {}
    for message in body["messages"]:
        role, said = message["role"], text(message.get("content"))
        if role == "tool":
            asked.add("user", [Part("result", id=ids.get(message.get("tool_name"), "call_unknown"), parts=[said] if said else [])])
        elif role == "assistant":
            asked.add(role, [said, *(call(one["function"], ids) for one in message.get("tool_calls") or [])])
        else:
            asked.add(role, [said])
    for tool in body.get("tools") or []:
        openai.read_tool(asked, tool)
    options = body.get("options") or {}
    asked.limit, asked.temperature, asked.top_p = options.get("num_predict"), options.get("temperature"), options.get("top_p")
    asked.stop = stops(options.get("stop"))
    shape = body.get("format")
    asked.output = "json" if shape == "json" else {"name": "output", "schema": shape, "strict": None} if isinstance(shape, dict) else None
    leave_out(asked, body, KNOWN)
    return asked


def call(function, ids):
    id = ids[function["name"]] = f"call_{len(ids)}"
    return Part("call", id=id, name=function["name"], text=wire.dump(function.get("arguments") or {}))
