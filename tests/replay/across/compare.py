"""Whether a client was told what the recording says: text, thoughts, calls, the reason to end, tokens by class."""

import re

import wire

# What a language has no word for, and the word that stands for it.
ENDS = {
    "openai": {"refusal": "filter", "pause": "stop", "error": "stop"},
    "responses": {"refusal": "filter", "pause": "stop", "error": "stop"},
    "anthropic": {"filter": "refusal", "error": "stop"},
    "gemini": {"refusal": "filter", "pause": "stop"},
}
# Languages in which a refusal is a text.
WITHOUT_REFUSALS = ("anthropic", "gemini")
ID = re.compile(r"[a-zA-Z0-9_-]+")


def differences(recorded, told, client, is_same):
    """`is_same` is true where client and provider speak one language, so that every byte passes."""
    return [
        *text_differences(recorded, told, client),
        *call_differences(recorded.calls, told.calls, client, is_same),
        *end_differences(recorded, told, client, is_same),
        *usage_differences(recorded, told, client),
    ]


def text_differences(recorded, told, client):
    text, refusal = recorded.text, recorded.refusal
    if client in WITHOUT_REFUSALS:
        text, refusal = text + refusal, ""
    wanted = {"text": text, "thoughts": recorded.thoughts, "refusal": refusal}
    return [f"{name} is {wire.short(getattr(told, name))!r}, recorded: {wire.short(value)!r}" for name, value in wanted.items() if getattr(told, name) != value]


def call_differences(recorded, told, client, is_same):
    if len(recorded) != len(told):
        return [f"{len(told)} calls, recorded: {len(recorded)}"]
    found = []
    for one, other in zip(recorded, told):
        if one.name != other.name:
            found.append(f"the call is of {other.name}, recorded: {one.name}")
        # A text without a form is one member where arguments are an object.
        wanted = {"input": one.arguments} if one.is_custom and client in ("anthropic", "gemini") else arguments(one.arguments)
        if wanted != arguments(other.arguments):
            found.append(f"the arguments of {one.name} are {wire.short(other.arguments)}, recorded: {wire.short(one.arguments)}")
        if not is_same and (problem := id_problem(one.id, other.id, client)):
            found.append(problem)
    if len({call.id for call in told}) < len(told) and not is_same:
        found.append(f"two calls have one id: {[call.id for call in told]}")
    return found


def arguments(text):
    """By value, numbers as written: nothing is an empty object. What is no JSON stays a text."""
    try:
        return wire.load(text) if text.strip() else {}
    except ValueError:
        return text


def id_problem(recorded, told, client):
    if not told:
        return "a call has no id"
    if client == "anthropic" and not ID.fullmatch(told):
        return f"the id {told!r} of a call is none of the language"
    is_kept = recorded and (client != "anthropic" or ID.fullmatch(recorded))
    return f"the id of a call is {told!r}, recorded: {recorded!r}" if is_kept and told != recorded else None


def end_differences(recorded, told, client, is_same):
    wanted = recorded.finish if is_same else ENDS[client].get(recorded.finish, recorded.finish)
    wanted, got = end(wanted, recorded.calls), end(told.finish, told.calls)
    return [] if wanted == got else [f"it ends with {got}, recorded: {recorded.finish}"]


def end(reason, calls):
    """A response with calls ends for them, whatever word is used; one without does not."""
    if calls and reason in ("stop", "pause", None):
        return "calls"
    return "stop" if reason is None or (reason == "calls" and not calls) else reason


def usage_differences(recorded, told, client):
    wanted, got = recorded.usage, told.usage
    if wanted is None:
        return []
    if got is None:
        return ["no tokens are said, though the provider counted"]
    pairs = [("input", wanted.input, got.input), ("output", wanted.output, got.output), ("cached", wanted.cached, got.cached)]
    if wanted.reasoning is not None and got.reasoning is not None:
        pairs.append(("reasoning", wanted.reasoning, got.reasoning))
    if client == "anthropic" and recorded.written is not None:
        pairs.append(("written to the cache", recorded.written, told.written or 0))
    return [f"{name} tokens are {other}, recorded: {one}" for name, one, other in pairs if one is not None and one != other]
