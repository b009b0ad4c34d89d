"""Converse: a whole body, or AWS's binary messages."""

import struct

import wire
from usage import Tokens

from ..conversation import Call, Said

FINISH = {
    "tool_use": "calls",
    "max_tokens": "length",
    "model_context_window_exceeded": "length",
    "guardrail_intervened": "filter",
    "content_filtered": "filter",
    "malformed_model_output": "error",
    "malformed_tool_use": "error",
}


def whole(body):
    if "output" not in body:
        return Said(error=body)
    found = Said(finish=FINISH.get(body.get("stopReason"), "stop"))
    for block in ((body["output"] or {}).get("message") or {}).get("content") or []:
        add(found, block)
    count(found, body.get("usage") or {})
    return found


def add(found, block):
    if isinstance(block.get("text"), str):
        found.text += block["text"]
    elif "reasoningContent" in block:
        found.thoughts += (block["reasoningContent"].get("reasoningText") or {}).get("text") or ""
    elif "toolUse" in block and block["toolUse"].get("type") != "server_tool_use":
        use = block["toolUse"]
        found.calls.append(Call(use["toolUseId"], use["name"], wire.dump(use["input"]) if use.get("input") else ""))
    elif "citationsContent" in block:
        found.text += "".join(piece.get("text") or "" for piece in block["citationsContent"].get("content") or [])


def messages(data):
    """The headers and the payload of each message: lengths of all and of the headers, a checksum, both, a checksum."""
    place = 0
    while place < len(data):
        size, headers_size = struct.unpack_from(">II", data, place)
        start = place + 12
        yield headers(data[start : start + headers_size]), data[start + headers_size : place + size - 4]
        place += size


def headers(data):
    found, place = {}, 0
    while place < len(data):
        length = data[place]
        name = data[place + 1 : place + 1 + length].decode()
        place += 1 + length + 1
        (size,) = struct.unpack_from(">H", data, place)
        found[name] = data[place + 2 : place + 2 + size].decode()
        place += 2 + size
    return found


def stream(data):
    found, growing = Said(), {}
    for head, payload in messages(data):
        body = wire.load(payload.decode() or "{}")
        kind = head.get(":event-type")
        if head.get(":message-type") == "exception":
            found.error = body
        elif kind == "contentBlockStart":
            begin(found, growing, body)
        elif kind == "contentBlockDelta":
            grow(found, growing, body)
        elif kind == "messageStop":
            found.finish = FINISH.get(body.get("stopReason"), "stop")
        elif kind == "metadata":
            count(found, body.get("usage") or {})
    return found


def begin(found, growing, body):
    use = (body.get("start") or {}).get("toolUse")
    if use and use.get("type") != "server_tool_use":
        found.calls.append(Call(use["toolUseId"], use["name"], ""))
        growing[body["contentBlockIndex"].text] = found.calls[-1]


def grow(found, growing, body):
    delta = body.get("delta") or {}
    if "toolUse" in delta:
        if call := growing.get(body["contentBlockIndex"].text):
            given = delta["toolUse"].get("input") or ""
            call.arguments += given if isinstance(given, str) else wire.dump(given)
    elif "reasoningContent" in delta:
        found.thoughts += delta["reasoningContent"].get("text") or ""
    else:
        found.text += delta.get("text") or ""


def count(found, usage):
    number = lambda *names: next((usage[name].whole for name in names if isinstance(usage.get(name), wire.Number)), None)
    if number("inputTokens") is None and number("outputTokens") is None:
        return
    read = number("cacheReadInputTokens", "cacheReadInputTokenCount") or 0
    written = number("cacheWriteInputTokens", "cacheWriteInputTokenCount") or 0
    found.usage = Tokens((number("inputTokens") or 0) + read + written, number("outputTokens"), read, None)
    found.written = written
