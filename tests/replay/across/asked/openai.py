"""Chat completions: what is asked for."""

from ..conversation import Asked, Part
from .common import at, given, leave_out, stops, text, texts, url

KNOWN = (
    "model messages stream stream_options tools tool_choice parallel_tool_calls response_format max_tokens max_completion_tokens temperature top_p stop "
    "reasoning_effort reasoning"
).split()


def read(body):
    asked = Asked()
    for message in body.get("messages") or []:
        read_message(asked, message)
    for tool in body.get("tools") or []:
        read_tool(asked, tool)
    asked.choice = choice(body.get("tool_choice"))
    asked.parallel = body.get("parallel_tool_calls")
    asked.output = output(body.get("response_format"))
    asked.limit = body.get("max_completion_tokens") or body.get("max_tokens")
    asked.temperature, asked.top_p, asked.stop = body.get("temperature"), body.get("top_p"), stops(body.get("stop"))
    reasoning = body.get("reasoning") if isinstance(body.get("reasoning"), dict) else {}
    asked.effort, asked.budget = body.get("reasoning_effort") or reasoning.get("effort"), reasoning.get("max_tokens")
    leave_out(asked, body, KNOWN)
    return asked


def read_message(asked, message):
    role, parts = message.get("role"), content(message.get("content"))
    if role in ("system", "developer"):
        asked.add("system", parts)
    elif role in ("tool", "function"):
        asked.add("user", [Part("result", id=message.get("tool_call_id") or message.get("name") or "", parts=parts)])
    elif role == "assistant":
        thought = message.get("reasoning_content") or message.get("reasoning")
        asked.add("assistant", [Part("thought", text=thought) if isinstance(thought, str) and thought else None, *parts, *calls(message)])
    else:
        asked.add("user", parts)


def calls(message):
    for call in message.get("tool_calls") or []:
        function = call.get("function") or call.get("custom") or {}
        yield Part("call", id=call.get("id") or "", name=function.get("name") or "", text=function.get("arguments") or function.get("input") or "")


def content(value):
    if isinstance(value, list):
        return [part for part in map(piece, value) if part is not None]
    return [text(value)] if value else []


def piece(value):
    kind = value.get("type")
    if kind == "text":
        return text(value["text"])
    if kind == "thinking":
        return Part("thought", text="".join(inner.get("text") or "" for inner in value["thinking"]))
    if kind == "image_url":
        image = value["image_url"]
        return at(image if isinstance(image, str) else image["url"])
    if kind == "document_url":
        return at(value["document_url"], "file")
    if kind == "file":
        return at(value["file"].get("file_data") or value["file"].get("file_url") or "", "file")
    if kind == "input_audio":
        sound = value["input_audio"]
        return Part("audio", data=sound if isinstance(sound, str) else sound["data"], media_type="audio/" + ("mp3" if isinstance(sound, str) else sound["format"]))
    return None


def read_tool(asked, tool):
    function = tool.get("function")
    if tool.get("type", "function") == "function" and function:
        asked.tools.append({"name": function["name"], "description": function.get("description"), "schema": function.get("parameters"), "strict": function.get("strict")})
    else:
        asked.left_out.append(f"tools.{tool.get('type')}")


def choice(value):
    if isinstance(value, dict):
        return ("tool", (value.get("function") or value)["name"])
    return {"any": "required"}.get(value, value)


def output(value):
    kind = (value or {}).get("type") or ("json_schema" if value else None)
    if kind == "json_schema":
        schema = value["json_schema"]
        return {"name": schema.get("name") or "output", "schema": schema.get("schema") or {}, "strict": schema.get("strict")}
    return "json" if kind == "json_object" else None


def write(asked, model, is_streamed):
    body = {"model": model, "messages": messages(asked)}
    body |= {"stream": True, "stream_options": {"include_usage": True}} if is_streamed else {}
    if asked.tools:
        body["tools"] = [
            {"type": "function", "function": given(name=tool["name"], description=tool["description"], parameters=tool["schema"], strict=tool["strict"])} for tool in asked.tools
        ]
        body |= given(tool_choice={"type": "function", "function": {"name": asked.choice[1]}} if isinstance(asked.choice, tuple) else asked.choice)
        body |= given(parallel_tool_calls=asked.parallel)
    if asked.output == "json":
        body["response_format"] = {"type": "json_object"}
    elif asked.output:
        body["response_format"] = {"type": "json_schema", "json_schema": given(**asked.output)}
    effort = {"reasoning": {"max_tokens": asked.budget}} if asked.budget and not asked.effort else given(reasoning_effort=asked.effort)
    return body | given(max_completion_tokens=asked.limit, temperature=asked.temperature, top_p=asked.top_p, stop=asked.stop) | effort


def messages(asked):
    found = [{"role": "system", "content": one} for one in asked.system]
    for turn in asked.turns:
        if turn.role == "assistant":
            found.append(said(turn))
        elif turn.role == "system":
            found.append({"role": "developer", "content": texts(turn.parts)})
        else:
            found += heard(turn)
    return found


def said(turn):
    message = {"role": "assistant", "content": "".join(part.text for part in turn.parts if part.kind == "text") or None}
    if thoughts := "".join(part.text for part in turn.parts if part.kind == "thought"):
        message["reasoning_content"] = thoughts
    calls = [part for part in turn.parts if part.kind == "call"]
    if calls:
        message["tool_calls"] = [{"id": call.id, "type": "function", "function": {"name": call.name, "arguments": call.text}} for call in calls]
    return message


def heard(turn):
    """Results are messages of their own, in their order before what the user says."""
    found = [{"role": "tool", "tool_call_id": part.id, "content": texts(part.parts)} for part in turn.parts if part.kind == "result"]
    pieces = [piece for piece in map(written, turn.parts) if piece]
    if len(pieces) == 1 and pieces[0]["type"] == "text":
        pieces = pieces[0]["text"]
    return found + ([{"role": "user", "content": pieces}] if pieces else [])


def written(part):
    if part.kind == "text":
        return {"type": "text", "text": part.text}
    if part.kind == "image":
        return {"type": "image_url", "image_url": {"url": url(part)}}
    if part.kind == "file":
        return {"type": "file", "file": {"filename": "file", "file_data": url(part, "application/pdf")}}
    if part.kind == "audio" and part.data:
        return {"type": "input_audio", "input_audio": {"data": part.data, "format": part.media_type.partition("/")[2]}}
    return None
