"""Converse: what is asked for. Only providers speak it, so that nothing is written."""

import wire

from ..conversation import Asked, Part
from .common import leave_out, text

KNOWN = "messages system inferenceConfig toolConfig outputConfig additionalModelRequestFields modelId".split()


def read(body):
    asked = Asked()
    asked.add("system", [block(one) for one in body.get("system") or []])
    for message in body["messages"]:
        asked.add(message["role"], [block(one) for one in message["content"]])
    tools = body.get("toolConfig") or {}
    for tool in tools.get("tools") or []:
        if spec := tool.get("toolSpec"):
            asked.tools.append({"name": spec["name"], "description": spec.get("description"), "schema": spec["inputSchema"]["json"], "strict": spec.get("strict")})
        else:
            asked.left_out += [f"tools.{name}" for name in tool]
    choice = tools.get("toolChoice") or {}
    asked.choice = ("tool", choice["tool"]["name"]) if "tool" in choice else "required" if "any" in choice else "auto" if "auto" in choice else None
    config = body.get("inferenceConfig") or {}
    asked.limit, asked.temperature, asked.top_p = config.get("maxTokens"), config.get("temperature"), config.get("topP")
    asked.stop = config.get("stopSequences") or []
    asked.budget = ((body.get("additionalModelRequestFields") or {}).get("thinking") or {}).get("budget_tokens")
    leave_out(asked, body, KNOWN)
    return asked


def block(value):
    if "text" in value:
        return text(value["text"])
    if "guardContent" in value:
        return text((value["guardContent"].get("text") or {}).get("text"))
    if "toolUse" in value:
        use = value["toolUse"]
        return Part("call", id=use["toolUseId"], name=use["name"], text=wire.dump(use["input"]))
    if "toolResult" in value:
        outcome = value["toolResult"]
        parts = [text(piece["text"]) if "text" in piece else text(wire.dump(piece.get("json"))) for piece in outcome["content"]]
        return Part("result", id=outcome["toolUseId"], parts=[part for part in parts if part], is_error=outcome.get("status") == "error")
    for kind, name in (("image", "image"), ("document", "file")):
        if kind in value:
            media = value[kind]
            types = {"pdf": "application/pdf", "txt": "text/plain"}
            return Part(name, data=media["source"].get("bytes"), media_type=types.get(media["format"], f"{kind}/{media['format']}"))
    return None
