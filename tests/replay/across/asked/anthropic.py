"""Messages: what is asked for."""

import wire

from ..conversation import Asked, Part
from .common import given, leave_out, object_of, text, texts

KNOWN = "model messages system max_tokens stream tools tool_choice thinking output_config output_format temperature top_p stop_sequences anthropic_version".split()
LIMIT = wire.Number("4096")


def read(body):
    asked = Asked()
    asked.add("system", content(body.get("system")))
    for message in body["messages"]:
        asked.add(message["role"], content(message["content"]))
    for tool in body.get("tools") or []:
        if tool.get("type", "custom") == "custom":
            asked.tools.append({"name": tool["name"], "description": tool.get("description"), "schema": tool.get("input_schema"), "strict": tool.get("strict")})
        else:
            asked.left_out.append(f"tools.{tool['type']}")
    choice = body.get("tool_choice") or {}
    asked.choice = {"any": "required", "tool": ("tool", choice.get("name")), None: None}.get(choice.get("type"), choice.get("type"))
    asked.parallel = False if choice.get("disable_parallel_tool_use") else None
    shape = body.get("output_format") or (body.get("output_config") or {}).get("format")
    asked.output = {"name": "output", "schema": shape["schema"], "strict": True} if shape else None
    asked.limit, asked.temperature, asked.top_p = body.get("max_tokens"), body.get("temperature"), body.get("top_p")
    asked.stop = body.get("stop_sequences") or []
    asked.budget, asked.effort = (body.get("thinking") or {}).get("budget_tokens"), (body.get("output_config") or {}).get("effort")
    leave_out(asked, body, KNOWN)
    return asked


def content(value):
    if isinstance(value, list):
        return [part for part in map(block, value) if part is not None]
    return [text(value)] if value else []


def block(value):
    kind = value["type"]
    if kind == "text":
        return text(value["text"])
    if kind == "thinking":
        return Part("thought", text=value["thinking"], proof=("anthropic", value["signature"]))
    if kind == "tool_use":
        return Part("call", id=value["id"], name=value["name"], text=wire.dump(value["input"]))
    if kind == "tool_result":
        return Part("result", id=value["tool_use_id"], parts=content(value.get("content")), is_error=bool(value.get("is_error")))
    if kind in ("image", "document"):
        source = value["source"]
        if not (source.get("url") or source.get("data")):
            return None  # A file that the provider has.
        return Part("image" if kind == "image" else "file", url=source.get("url"), data=source.get("data"), media_type=source.get("media_type"))
    return None


def write(asked, model, is_streamed):
    body = {"model": model, "max_tokens": asked.limit or LIMIT, "messages": [turn for turn in map(written_turn, asked.turns) if turn["content"]]}
    body |= {"stream": True} if is_streamed else {}
    body |= given(system=[{"type": "text", "text": one} for one in asked.system])
    if asked.tools:
        body["tools"] = [
            given(name=tool["name"], description=tool["description"], input_schema=tool["schema"] or {"type": "object"}, strict=tool["strict"]) for tool in asked.tools
        ]
        body |= given(tool_choice=choice(asked))
    if isinstance(asked.output, dict):
        body["output_config"] = {"format": {"type": "json_schema", "schema": asked.output["schema"]}}
    if asked.budget:
        body["thinking"] = {"type": "enabled", "budget_tokens": asked.budget}
    elif asked.effort and asked.effort != "none":
        body["output_config"] = body.get("output_config", {}) | {"effort": {"minimal": "low"}.get(asked.effort, asked.effort)}
    return body | given(temperature=asked.temperature, top_p=asked.top_p, stop_sequences=asked.stop)


def choice(asked):
    value = asked.choice
    found = {"type": "tool", "name": value[1]} if isinstance(value, tuple) else {"required": {"type": "any"}, None: None}.get(value, {"type": value})
    if asked.parallel is False and value != "none":
        found = (found or {"type": "auto"}) | {"disable_parallel_tool_use": True}
    return found


def written_turn(turn):
    role = "assistant" if turn.role == "assistant" else "user"
    # Results come first, as the language wants them.
    parts = sorted(turn.parts, key=lambda part: part.kind != "result") if role == "user" else turn.parts
    return {"role": role, "content": [block for block in map(written, parts) if block]}


def written(part):
    if part.kind == "text":
        return {"type": "text", "text": part.text}
    if part.kind == "thought":
        is_own = part.proof and part.proof[0] == "anthropic"
        return {"type": "thinking", "thinking": part.text, "signature": part.proof[1]} if is_own else None
    if part.kind == "call":
        return {"type": "tool_use", "id": part.id, "name": part.name, "input": object_of(part.text)}
    if part.kind == "result":
        return {"type": "tool_result", "tool_use_id": part.id, "content": texts(part.parts)} | ({"is_error": True} if part.is_error else {})
    if part.kind in ("image", "file"):
        source = {"type": "url", "url": part.url} if part.url else {"type": "base64", "media_type": part.media_type, "data": part.data}
        return {"type": "image" if part.kind == "image" else "document", "source": source}
    return None
