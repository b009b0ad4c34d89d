"""A streamed response and a whole one in one form: what was said, by choice."""


def said(bodies):
    """By index of the choice: text, thoughts, calls and how it ended, put together from events or taken from a whole response."""
    choices = {}
    for body in bodies:
        for choice in body.get("choices") or []:
            number = getattr(choice.get("index"), "text", "0")
            known = choices.setdefault(number, {"text": "", "thoughts": "", "calls": {}, "finish": None})
            add(known, choice, body.get("object") == "chat.completion")
    return choices


def add(found, choice, is_whole):
    # Perplexity and Writer have the whole text in `message` beside each `delta`, and Perplexity an empty `delta` beside a whole message.
    one, other = ("message", "delta") if is_whole else ("delta", "message")
    part = choice.get(one) or choice.get(other) or {}
    # Together has the text of a chat beside its `delta`, too.
    found["text"] += text(part.get("content") if part else choice.get("text"))
    found["thoughts"] += text(part.get("reasoning_content") or part.get("reasoning"))
    for place, call in enumerate(part.get("tool_calls") or []):
        add_call(found["calls"], call, place)
    if isinstance(part.get("function_call"), dict):
        add_call(found["calls"], {"function": part["function_call"]}, 0)
    found["finish"] = choice.get("finish_reason") or found["finish"]


def add_call(calls, call, place):
    """Later pieces have the index alone; several whole calls may share one, with ids of their own."""
    index = getattr(call.get("index"), "text", str(place))
    known = calls.get(index)
    if known and call.get("id") and known["id"] and call["id"] != known["id"]:
        index = call["id"]
    found = calls.setdefault(index, {"id": None, "name": "", "arguments": ""})
    function = call.get("function") or {}
    found["id"] = call.get("id") or found["id"]
    found["name"] = found["name"] or function.get("name") or ""
    found["arguments"] += function.get("arguments") or ""


def text(content):
    """Text as it is; of a list of parts (Mistral's thinking) all their texts."""
    if isinstance(content, list):
        return "".join(text(part.get("text") or part.get("thinking")) for part in content if isinstance(part, dict))
    return content if isinstance(content, str) else ""


def is_anything(bodies):
    return any(choice["text"] or choice["thoughts"] or choice["calls"] for choice in said(bodies).values())
