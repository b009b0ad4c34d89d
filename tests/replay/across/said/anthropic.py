"""Messages, whole or in events."""

import wire
from usage import Tokens

from ..conversation import Call, Said

FINISH = {"max_tokens": "length", "model_context_window_exceeded": "length", "tool_use": "calls", "refusal": "refusal", "pause_turn": "pause"}


def whole(body):
    if body.get("type") == "error" or "content" not in body:
        return Said(error=body)
    found = Said(finish=finish(body.get("stop_reason")))
    for block in body["content"]:
        begin(found, block)
    count(found, body.get("usage") or {})
    return found


def finish(reason):
    return None if reason is None else FINISH.get(reason, "stop")


def begin(found, block):
    kind = block.get("type")
    if kind == "text":
        found.text += block.get("text") or ""
    elif kind == "thinking":
        found.thoughts += block.get("thinking") or ""
    elif kind == "tool_use":
        given = block.get("input")
        found.calls.append(Call(block["id"], block["name"], wire.dump(given) if given else ""))


def stream(data):
    found, kinds, usage = Said(), {}, {}
    for event in wire.events(data.decode()):
        body = event.json or {}
        kind = body.get("type")
        if kind == "error":
            found.error = body
        elif kind == "message_start":
            usage |= given(body["message"].get("usage"))
        elif kind == "content_block_start":
            kinds[body["index"].text] = body["content_block"].get("type")
            begin(found, body["content_block"])
        elif kind == "content_block_delta":
            grow(found, kinds.get(body["index"].text), body["delta"])
        elif kind == "message_delta":
            found.finish = finish(body["delta"].get("stop_reason")) or found.finish
            usage |= given(body.get("usage"))
    count(found, usage)
    return found


def given(usage):
    return {name: value for name, value in (usage or {}).items() if value is not None}


def grow(found, kind, delta):
    if delta["type"] == "text_delta" and kind == "text":
        found.text += delta["text"]
    elif delta["type"] == "thinking_delta":
        found.thoughts += delta.get("thinking") or ""
    elif delta["type"] == "input_json_delta" and kind == "tool_use":
        found.calls[-1].arguments += delta["partial_json"]


def count(found, usage):
    number = lambda name: usage[name].whole if isinstance(usage.get(name), wire.Number) else None
    if number("input_tokens") is None and number("output_tokens") is None:
        return
    read, written = number("cache_read_input_tokens") or 0, number("cache_creation_input_tokens") or 0
    details = usage.get("output_tokens_details") or {}
    thinking = details["thinking_tokens"].whole if isinstance(details.get("thinking_tokens"), wire.Number) else None
    found.usage = Tokens((number("input_tokens") or 0) + read + written, number("output_tokens"), read, thinking)
    found.written = written
