"""OpenAI's responses: what is asked for."""

from ..conversation import Asked, Part
from .common import at, given, leave_out, text, texts, url

KNOWN = "model input instructions stream tools tool_choice parallel_tool_calls text max_output_tokens temperature top_p reasoning store include".split()


def read(body):
    asked = Asked()
    if body.get("instructions"):
        asked.add("system", [text(body["instructions"])])
    given_input = body.get("input")
    if isinstance(given_input, str):
        asked.add("user", [text(given_input)])
    for item in given_input if isinstance(given_input, list) else []:
        read_item(asked, item)
    for tool in body.get("tools") or []:
        if tool["type"] == "function":
            asked.tools.append({"name": tool["name"], "description": tool.get("description"), "schema": tool.get("parameters"), "strict": tool.get("strict")})
        else:
            asked.left_out.append(f"tools.{tool['type']}")
    asked.choice = choice(body.get("tool_choice"))
    asked.parallel = body.get("parallel_tool_calls")
    shape = (body.get("text") or {}).get("format") or {}
    if shape.get("type") == "json_schema":
        asked.output = {"name": shape.get("name") or "output", "schema": shape["schema"], "strict": shape.get("strict")}
    elif shape.get("type") == "json_object":
        asked.output = "json"
    asked.limit, asked.temperature, asked.top_p = body.get("max_output_tokens"), body.get("temperature"), body.get("top_p")
    asked.effort = (body.get("reasoning") or {}).get("effort")
    leave_out(asked, body, KNOWN)
    return asked


def choice(value):
    if isinstance(value, dict):
        if value.get("name"):
            return ("tool", value["name"])
        return value.get("mode")
    return value


def read_item(asked, item):
    kind = item.get("type") or "message"
    if kind == "message":
        role = item.get("role")
        asked.add({"developer": "system"}.get(role, role), content(item.get("content")))
    elif kind == "function_call":
        asked.add("assistant", [Part("call", id=item["call_id"], name=item["name"], text=item["arguments"])])
    elif kind == "function_call_output":
        asked.add("user", [Part("result", id=item["call_id"], parts=content(item["output"]))])
    elif kind == "reasoning":
        summary = "".join(piece.get("text") or "" for piece in item.get("summary") or [])
        asked.add("assistant", [Part("thought", text=summary, proof=("responses", item.get("encrypted_content")))])
    else:
        asked.left_out.append(f"input.{kind}")


def content(value):
    if isinstance(value, list):
        return [part for part in map(piece, value) if part is not None]
    return [text(value)] if value else []


def piece(value):
    kind = value["type"]
    if kind in ("input_text", "output_text"):
        return text(value["text"])
    if kind == "input_image" and value.get("image_url"):
        return at(value["image_url"])
    if kind == "input_file" and (value.get("file_url") or value.get("file_data")):
        return at(value.get("file_url") or value["file_data"], "file")
    return None


def write(asked, model, is_streamed):
    body = {"model": model, "input": [item for turn in asked.turns for item in items(turn)], "store": False}
    body |= {"stream": True} if is_streamed else {}
    body |= given(instructions="\n\n".join(asked.system) or None)
    if asked.tools:
        body["tools"] = [
            {"type": "function", **given(name=tool["name"], description=tool["description"], strict=tool["strict"]), "parameters": tool["schema"] or {"type": "object", "properties": {}}}
            for tool in asked.tools
        ]
        body |= given(tool_choice={"type": "function", "name": asked.choice[1]} if isinstance(asked.choice, tuple) else asked.choice)
        body |= given(parallel_tool_calls=asked.parallel)
    if asked.output:
        shape = {"type": "json_object"} if asked.output == "json" else {"type": "json_schema", **given(**asked.output)}
        body["text"] = {"format": shape}
    if asked.effort:
        body["reasoning"] = {"effort": asked.effort}
    return body | given(max_output_tokens=asked.limit, temperature=asked.temperature, top_p=asked.top_p)


def items(turn):
    pieces = [piece for piece in (written(part, turn.role) for part in turn.parts) if piece]
    beside = [item for part in turn.parts if part.kind in ("call", "result") for item in [beside_messages(part)]]
    role = {"system": "developer"}.get(turn.role, turn.role)
    message = [{"type": "message", "role": role, "content": pieces}] if pieces else []
    return message + beside if turn.role == "assistant" else beside + message


def beside_messages(part):
    if part.kind == "call":
        return {"type": "function_call", "call_id": part.id, "name": part.name, "arguments": part.text or "{}"}
    return {"type": "function_call_output", "call_id": part.id, "output": texts(part.parts)}


def written(part, role):
    if part.kind == "text":
        return {"type": "output_text", "text": part.text, "annotations": []} if role == "assistant" else {"type": "input_text", "text": part.text}
    if part.kind == "image":
        return {"type": "input_image", "image_url": url(part), "detail": "auto"}
    if part.kind == "file":
        return {"type": "input_file", "file_url": part.url} if part.url else {"type": "input_file", "filename": "file", "file_data": url(part, "application/pdf")}
    return None
