"""What a client of a language sends: path, headers, body."""

import json

import wire

from . import asked

PATHS = {"openai": "/v1/chat/completions", "responses": "/v1/responses", "anthropic": "/v1/messages"}


def path(client, model, is_streamed):
    if client == "gemini":
        return f"/v1beta/models/{model}:" + ("streamGenerateContent?alt=sse" if is_streamed else "generateContent")
    return PATHS[client]


def headers(client, key):
    credential = {"anthropic": {"x-api-key": key, "anthropic-version": "2023-06-01"}, "gemini": {"x-goog-api-key": key}}
    return {"content-type": "application/json"} | credential.get(client, {"authorization": f"Bearer {key}"})


def body(recording, client, model, is_streamed):
    """The recorded body, where the client speaks its language; else what it asks for in the client's language."""
    is_recorded = client == recording.language and isinstance(recording.body, dict)
    found = own(recording.body, client, model, is_streamed) if is_recorded else asked.write(client, recording.asked, model, is_streamed)
    return wire.dump(found).encode()


def own(recorded, client, model, is_streamed):
    found = {name: value for name, value in recorded.items() if name not in ("stream", "stream_options", "model")}
    if client == "gemini":
        return found
    if client == "responses":
        # OpenRouter's choice of its own providers: here it would be read as a choice of deployments.
        found.pop("provider", None)
    found |= {"model": model, "stream": True} if is_streamed else {"model": model}
    return found | ({"stream_options": {"include_usage": True}} if is_streamed and client == "openai" else {})


def shown(data):
    """The beginning of a body, for a person."""
    return json.dumps(data[:300].decode(errors="replace"), ensure_ascii=False)
