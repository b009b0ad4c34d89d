"""generateContent, whole or in chunks; a stream that was not asked for as events is a list of them."""

import reasons
import wire
from usage import Tokens

from ..conversation import Call, Said

FILTERS = "SAFETY RECITATION BLOCKLIST PROHIBITED_CONTENT SPII LANGUAGE MODEL_ARMOR IMAGE_SAFETY IMAGE_PROHIBITED_CONTENT IMAGE_RECITATION".split()
FAILURES = "MALFORMED_FUNCTION_CALL UNEXPECTED_TOOL_CALL OTHER IMAGE_OTHER NO_IMAGE TOO_MANY_TOOL_CALLS MISSING_THOUGHT_SIGNATURE MALFORMED_RESPONSE".split()


def whole(body):
    return put_together(body if isinstance(body, list) else [body])


def stream(data):
    text = data.decode()
    if text.lstrip().startswith("["):
        return put_together(wire.load(text))
    return put_together([event.json for event in wire.events(text) if event.json is not None])


def put_together(chunks):
    found = Said()
    for chunk in chunks:
        if error := reasons.error_in(chunk):
            found.error = error
            continue
        if (chunk.get("promptFeedback") or {}).get("blockReason"):
            found.finish = "filter"
        for candidate in chunk.get("candidates") or []:
            if getattr(candidate.get("index"), "text", "0") == "0":
                add(found, candidate)
        count(found, chunk.get("usageMetadata") or {})
    return found


def add(found, candidate):
    for part in (candidate.get("content") or {}).get("parts") or []:
        if part.get("thought") and "functionCall" not in part:
            found.thoughts += part.get("text") or ""
        elif isinstance(part.get("functionCall"), dict):
            call = part["functionCall"]
            arguments = call.get("args")
            found.calls.append(Call(call.get("id") or "", call["name"], wire.dump(arguments) if arguments else ""))
        elif isinstance(part.get("text"), str):
            found.text += part["text"]
    reason = candidate.get("finishReason")
    if reason and reason != "FINISH_REASON_UNSPECIFIED":
        found.finish = "filter" if reason in FILTERS else "error" if reason in FAILURES else "length" if reason == "MAX_TOKENS" else "stop"


def count(found, usage):
    number = lambda name: usage[name].whole if isinstance(usage.get(name), wire.Number) else None
    prompt, said, thoughts, total = (number(f"{name}TokenCount") for name in ("prompt", "candidates", "thoughts", "total"))
    if prompt is None and said is None and total is None:
        return
    beside = number("toolUsePromptTokenCount") or 0
    output = (said or 0) + (thoughts or 0)
    read = prompt + beside if prompt is not None else (total or 0) - output
    # What is in the total and named nowhere was written.
    output = max(output, (total or 0) - read)
    found.usage = Tokens(read, output, number("cachedContentTokenCount") or 0, thoughts)
