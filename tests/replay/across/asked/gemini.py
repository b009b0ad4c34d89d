"""generateContent: what is asked for. The model and the wish for a stream stand in the path."""

import wire

from ..conversation import Asked, Part
from .common import given, leave_out, object_of, text, texts

KNOWN = "contents systemInstruction tools toolConfig generationConfig safetySettings".split()
MODES = {"AUTO": "auto", "VALIDATED": "auto", "NONE": "none", "ANY": "required"}


def read(body):
    asked = Asked()
    asked.add("system", [part for part in pieces(body.get("systemInstruction") or body.get("system_instruction") or {}, {}) if part])
    contents, ids = body["contents"], {}
    for turn in contents if isinstance(contents, list) else [contents]:
        asked.add("assistant" if turn.get("role") == "model" else "user", pieces(turn, ids))
    for tool in body.get("tools") or []:
        for name, value in tool.items():
            if name in ("functionDeclarations", "function_declarations"):
                asked.tools += [declared(one) for one in value]
            else:
                asked.left_out.append(f"tools.{name}")
    calling = (body.get("toolConfig") or {}).get("functionCallingConfig") or {}
    allowed = calling.get("allowedFunctionNames") or []
    asked.choice = ("tool", allowed[0]) if calling.get("mode") == "ANY" and len(allowed) == 1 else MODES.get(calling.get("mode"))
    settings(asked, body.get("generationConfig") or {})
    leave_out(asked, body, KNOWN)
    return asked


def declared(one):
    schema = one.get("parametersJsonSchema") or one.get("parameters_json_schema") or plain(one.get("parameters"))
    return {"name": one["name"], "description": one.get("description"), "schema": schema, "strict": None}


def plain(schema):
    """Google's types are written in capitals."""
    if isinstance(schema, list):
        return [plain(one) for one in schema]
    if not isinstance(schema, dict):
        return schema
    return {name: value.lower() if name == "type" and isinstance(value, str) else plain(value) for name, value in schema.items()}


def settings(asked, config):
    asked.limit, asked.temperature, asked.top_p = config.get("maxOutputTokens"), config.get("temperature"), config.get("topP")
    asked.stop = config.get("stopSequences") or []
    schema = config.get("responseJsonSchema") or plain(config.get("responseSchema") or config.get("response_schema"))
    is_json = (config.get("responseMimeType") or config.get("response_mime_type")) == "application/json"
    asked.output = {"name": "output", "schema": schema, "strict": None} if schema else "json" if is_json else None
    thinking = config.get("thinkingConfig") or {}
    level = thinking.get("thinkingLevel")
    asked.effort, asked.budget = level.lower() if level else None, thinking.get("thinkingBudget")
    others = "maxOutputTokens temperature topP stopSequences responseJsonSchema responseSchema response_schema responseMimeType response_mime_type thinkingConfig".split()
    asked.left_out += [f"generationConfig.{name}" for name in config if name not in others]


def pieces(turn, ids):
    return [piece(part, ids) for part in turn.get("parts") or []]


def piece(part, ids):
    """Calls without an id get one, and the result of the name has it too."""
    if "functionCall" in part:
        call = part["functionCall"]
        id = ids[call["name"]] = call.get("id") or f"call_{len(ids)}"
        return Part("call", id=id, name=call["name"], text=wire.dump(call.get("args") or {}))
    if "functionResponse" in part:
        outcome = part["functionResponse"]
        id = outcome.get("id") or ids.get(outcome["name"], "call_unknown")
        return Part("result", id=id, name=outcome["name"], parts=[Part("text", text=result(outcome["response"]))])
    if part.get("thought"):
        return None
    if "inlineData" in part:
        media = part["inlineData"]
        return of_type(Part("", data=media["data"], media_type=media["mimeType"]))
    if "fileData" in part:
        media = part["fileData"]
        return of_type(Part("", url=media["fileUri"], media_type=media.get("mimeType")))
    return text(part.get("text"))


def result(response):
    """A text that is no object stands under one name."""
    only = response.get("output") if list(response) == ["output"] else None
    return only if isinstance(only, str) else wire.dump(response)


def of_type(part):
    kind = (part.media_type or "").partition("/")[0]
    part.kind = kind if kind in ("image", "audio") else "file"
    return part


def write(asked, model, is_streamed):
    names = {part.id: part.name for turn in asked.turns for part in turn.parts if part.kind == "call"}
    body = {"contents": [turn for turn in (written_turn(turn, names) for turn in asked.turns) if turn["parts"]]}
    if asked.system:
        body["systemInstruction"] = {"parts": [{"text": one} for one in asked.system]}
    if asked.tools:
        body["tools"] = [{"functionDeclarations": [given(name=tool["name"], description=tool["description"], parametersJsonSchema=tool["schema"]) for tool in asked.tools]}]
        if asked.choice:
            is_one = isinstance(asked.choice, tuple)
            mode = "ANY" if is_one else {"auto": "AUTO", "none": "NONE", "required": "ANY"}[asked.choice]
            body["toolConfig"] = {"functionCallingConfig": {"mode": mode} | ({"allowedFunctionNames": [asked.choice[1]]} if is_one else {})}
    config = given(maxOutputTokens=asked.limit, temperature=asked.temperature, topP=asked.top_p, stopSequences=asked.stop)
    if asked.output:
        config["responseMimeType"] = "application/json"
        config |= {} if asked.output == "json" else {"responseJsonSchema": asked.output["schema"]}
    if asked.budget is not None:
        config["thinkingConfig"] = {"thinkingBudget": asked.budget, "includeThoughts": True}
    elif asked.effort in ("minimal", "low", "medium", "high"):
        config["thinkingConfig"] = {"thinkingLevel": asked.effort.upper(), "includeThoughts": True}
    return body | ({"generationConfig": config} if config else {})


def written_turn(turn, names):
    parts = [part for part in (written(part, names) for part in turn.parts) if part]
    return {"role": "model" if turn.role == "assistant" else "user", "parts": parts}


def written(part, names):
    if part.kind == "text":
        return {"text": part.text}
    if part.kind == "call":
        return {"functionCall": {"id": part.id, "name": part.name, "args": object_of(part.text)}}
    if part.kind == "result":
        return {"functionResponse": {"id": part.id, "name": part.name or names.get(part.id, "unknown"), "response": {"output": texts(part.parts)}}}
    if part.kind in ("image", "file", "audio") and (part.url or part.data):
        media_type = part.media_type or {"image": "image/png", "file": "application/pdf"}[part.kind]
        return {"fileData": {"fileUri": part.url, "mimeType": media_type}} if part.url else {"inlineData": {"mimeType": media_type, "data": part.data}}
    return None
