"""Chat completions, whole or in chunks, with what those who copy them add: one choice, the first."""

import reasons
import usage as tokens
import wire

from ..conversation import Call, Said

FINISH = {"length": "length", "tool_calls": "calls", "function_call": "calls", "content_filter": "filter", "model_length": "length"}


def whole(body):
    return put_together([without_deltas(body)])


def without_deltas(body):
    """Perplexity has an empty `delta` beside the message of a whole response."""
    choices = [{name: value for name, value in choice.items() if name != "delta"} for choice in body.get("choices") or []]
    return body | {"choices": choices} if choices else body


def stream(data):
    events = wire.events(data.decode())
    found = put_together([event.json for event in events if event.json is not None], [event.name for event in events if event.json is not None])
    if found.finish is None and found.error is None and any(event.data == wire.DONE for event in events):
        found.finish = "stop"
    return found


def put_together(bodies, names=()):
    found, calls, kept = Said(), {}, None
    for place, body in enumerate(bodies):
        if error := reasons.error_in(body, names[place] if names else ""):
            found.error = found.error or error
            continue
        for choice in body.get("choices") or []:
            if number(choice.get("index")) == 0:
                add(found, calls, choice)
        for usage in tokens.usages(body):
            kept = usage if tokens.tokens(usage) else kept
    found.usage = tokens.tokens(kept) if kept else None
    found.written = tokens.detail(kept, "prompt", "cache_write_tokens") if kept else None
    found.calls = [call for call in calls.values() if call.name]
    return found


def number(value):
    return value.whole if isinstance(value, wire.Number) else 0


def add(found, calls, choice):
    part = choice.get("delta") or choice.get("message") or {}
    content = part.get("content") if part else choice.get("text")
    if isinstance(content, list):
        for piece in content:
            add_piece(found, piece)
    elif isinstance(content, str):
        found.text += content
    found.thoughts += thought(part)
    found.refusal += part.get("refusal") or ""
    for call in part.get("tool_calls") or []:
        add_call(calls, call)
    if isinstance(part.get("function_call"), dict):
        add_call(calls, {"index": wire.Number("0"), "function": part["function_call"]})
    if choice.get("finish_reason"):
        found.finish = FINISH.get(choice["finish_reason"], "stop")


def add_piece(found, piece):
    """Mistral's content: thoughts are a list within a part."""
    if piece.get("type") == "thinking":
        found.thoughts += "".join(inner.get("text") or "" for inner in piece.get("thinking") or [])
    elif isinstance(piece.get("text"), str):
        found.text += piece["text"]


def thought(part):
    plain = part.get("reasoning_content") or part.get("reasoning")
    if isinstance(plain, str) and plain:
        return plain
    details = part.get("reasoning_details") or []
    return "".join(detail.get("text") or detail.get("summary") or "" for detail in details)


def add_call(calls, call):
    """Later pieces have the index alone; several whole calls may share one, with ids of their own, or have none."""
    function = call.get("function") or call.get("custom") or {}
    id, index = call.get("id") or "", call.get("index")
    key = next((key for key in reversed(calls) if is_same(calls[key], key, id, index, function)), None)
    if key is None:
        key = (index.text if index is not None else None, len(calls))
        # Snowflake has an empty `custom` beside each function.
        calls[key] = Call(id, "", "", not call.get("function") and bool(call.get("custom")))
    known = calls[key]
    known.id = known.id or id
    known.name = known.name or function.get("name") or ""
    given = function.get("arguments", function.get("input"))
    known.arguments += given if isinstance(given, str) else "" if given is None else wire.dump(given)


def is_same(known, key, id, index, function):
    if index is not None:
        return key[0] == index.text and (not id or not known.id or known.id == id)
    return known.id == id if id else not function.get("name")
