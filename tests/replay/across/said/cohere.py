"""Cohere's chat, whole or in events."""

import wire
from usage import Tokens

from ..conversation import Call, Said

FINISH = {"MAX_TOKENS": "length", "ERROR_LIMIT": "length", "TOOL_CALL": "calls", "ERROR_TOXIC": "filter", "ERROR": "error", "TIMEOUT": "error"}


def whole(body):
    message = body.get("message")
    if not isinstance(message, dict):
        return Said(error=body)
    found = Said(finish=FINISH.get(body.get("finish_reason"), "stop"), text=message.get("tool_plan") or "")
    for piece in message.get("content") or []:
        add(found, piece)
    for call in message.get("tool_calls") or []:
        found.calls.append(Call(call["id"], call["function"]["name"], call["function"].get("arguments") or ""))
    count(found, body.get("usage") or {})
    return found


def add(found, piece):
    found.thoughts += piece.get("thinking") or ""
    found.text += piece.get("text") or ""


def stream(data):
    found = Said()
    for event in wire.events(data.decode()):
        body = event.json or {}
        delta = body.get("delta") or {}
        message = delta.get("message") or {}
        kind = body.get("type")
        if kind in ("content-start", "content-delta"):
            add(found, message.get("content") or {})
        elif kind == "tool-plan-delta":
            found.text += message.get("tool_plan") or ""
        elif kind == "tool-call-start":
            call = message["tool_calls"]
            found.calls.append(Call(call["id"], call["function"]["name"], call["function"].get("arguments") or ""))
        elif kind == "tool-call-delta":
            found.calls[-1].arguments += message["tool_calls"]["function"].get("arguments") or ""
        elif kind == "message-end":
            found.finish = FINISH.get(delta.get("finish_reason"), "stop")
            found.error = delta if delta.get("error") else None
            count(found, delta.get("usage") or {})
    return found


def count(found, usage):
    counts = usage.get("tokens") or usage.get("billed_units") or {}
    number = lambda members, name: members[name].whole if isinstance(members.get(name), wire.Number) else None
    read, written = number(counts, "input_tokens"), number(counts, "output_tokens")
    if read is not None or written is not None:
        found.usage = Tokens(read, written, number(usage, "cached_tokens") or 0, number(counts, "reasoning_tokens"))
