"""OpenAI's responses: items of output, whole or in events."""

import usage as tokens
import wire

from ..conversation import Call, Said


def whole(body):
    if body.get("object") != "response" and "output" not in body:
        return Said(error=body)
    found = Said()
    for item in body.get("output") or []:
        add(found, item)
    return ended(found, body)


def ended(found, body):
    """The reason to end, the failure and the count, which the last event has too."""
    status, why = body.get("status"), (body.get("incomplete_details") or {}).get("reason")
    if status == "failed" or body.get("error"):
        found.error = body.get("error") or body
    elif status == "incomplete":
        found.finish = {"max_output_tokens": "length", "content_filter": "filter"}.get(why, "stop")
    elif status in ("completed", None):
        found.finish = "stop"
    usage = body.get("usage")
    if isinstance(usage, dict):
        found.usage = tokens.tokens(usage)
        found.written = tokens.detail(usage, "prompt", "cache_write_tokens")
    return found


def add(found, item):
    kind = item.get("type")
    if kind == "message":
        for piece in item.get("content") or []:
            found.text += piece.get("text") or ""
            found.refusal += piece.get("refusal") or ""
    elif kind == "reasoning":
        # All of a thought, where that is given, and not its summary beside it.
        full = [piece.get("text") or "" for piece in item.get("content") or []]
        # Each part of a summary is a paragraph.
        found.thoughts += "".join(full) or "\n\n".join(piece.get("text") or "" for piece in item.get("summary") or [])
    elif kind in ("function_call", "custom_tool_call"):
        is_custom = kind == "custom_tool_call"
        given = item.get("input" if is_custom else "arguments")
        found.calls.append(Call(item.get("call_id") or "", item["name"], given or "", is_custom))


def contradicts(data):
    """True for a stream that says other arguments of a call where they grow than where they are done."""
    bodies = [event.json or {} for event in wire.events(data.decode())]
    items = {body["item"].get("id"): body["item"] for body in bodies if body.get("type") == "response.output_item.done"}
    grown = {}
    for body in bodies:
        if body.get("type") == "response.function_call_arguments.delta":
            grown[body["item_id"]] = grown.get(body["item_id"], "") + body["delta"]
    return any(id in items and items[id].get("arguments") != said for id, said in grown.items())


def stream(data):
    """The items where they are done; arguments as they grew, where that was said."""
    found, last, items, grown = Said(), None, [], {}
    for event in wire.events(data.decode()):
        body = event.json or {}
        kind = body.get("type") or ""
        if kind == "error":
            found.error = body
        elif kind == "response.output_item.done":
            items.append(body["item"])
        elif kind in ("response.function_call_arguments.delta", "response.custom_tool_call_input.delta"):
            grown[body["item_id"]] = grown.get(body["item_id"], "") + body["delta"]
        elif kind in ("response.completed", "response.incomplete", "response.failed"):
            last = body["response"]
    for item in items or (last or {}).get("output") or []:
        name = "input" if item.get("type") == "custom_tool_call" else "arguments"
        add(found, item | {name: grown[item["id"]]} if item.get("id") in grown else item)
    return found if last is None else ended(found, last)
