"""Whether the provider was asked for what the client asked for: both bodies are read into the form of no language."""

import wire

from . import asked
from .asked.common import texts

# Members of `Asked` that are numbers or words, with the names that a loss of them may be listed by.
SETTINGS = {
    "limit": ("max_tokens", "max_completion_tokens", "max_output_tokens", "generationConfig.maxOutputTokens"),
    "temperature": ("temperature", "generationConfig.temperature"),
    "top_p": ("top_p", "generationConfig.topP"),
    "stop": ("stop", "stop_sequences", "generationConfig.stopSequences"),
    "choice": ("tool_choice", "toolConfig"),
}


def differences(client, sent, recording, body, dropped):
    """`dropped` are the names of what the gateway says that it left out."""
    wanted, got = asked.read(client, wire.load(sent.decode())), asked.read(recording.language, wire.load(body.decode()))
    return [
        *instruction_differences(wanted, got),
        *turn_differences(wanted, got),
        *tool_differences(wanted, got, recording.language),
        *setting_differences(wanted, got, dropped),
    ]


def instruction_differences(wanted, got):
    one, other = "\n\n".join(wanted.system), "\n\n".join(got.system)
    return [] if one == other else [f"the instructions that arrived are {wire.short(other)!r}, sent: {wire.short(one)!r}"]


def turn_differences(wanted, got):
    if any(turn.role == "system" for turn in wanted.turns + got.turns):
        return []  # Later instructions have places of their own in each language.
    one, other = said(wanted), said(got)
    if len(one) != len(other):
        return [f"{len(other)} turns arrived, sent: {len(one)}"]
    return [f"turn {place} arrived as {wire.short(str(b))}, sent: {wire.short(str(a))}" for place, (a, b) in enumerate(zip(one, other)) if a != b][:1]


def said(conversation):
    """What each turn says. Calls are known by their places, since languages have ids of their own."""
    places, found = {}, []
    for turn in conversation.turns:
        parts = [part for part in turn.parts if part.kind not in ("text", "thought")]
        text = "".join(part.text for part in turn.parts if part.kind == "text")
        if text or parts:
            found.append((turn.role, text, [key(part, places) for part in parts]))
    return found


def key(part, places):
    if part.kind == "call":
        places[part.id] = len(places)
        return ("call", part.name, arguments(part.text))
    if part.kind == "result":
        return ("result", places.get(part.id), texts(part.parts))
    return (part.kind,)


def arguments(text):
    try:
        return wire.dump(wire.load(text or "{}"))
    except ValueError:
        return text


def tool_differences(wanted, got, language):
    if got.tools and not wanted.tools and isinstance(wanted.output, (str, dict)):
        return []  # A form of the output that the provider has no word for is asked for by a tool.
    names = [[tool["name"] for tool in one.tools] for one in (wanted, got)]
    if names[0] != names[1]:
        return [f"the tools that arrived are {names[1]}, sent: {names[0]}"]
    found = []
    for one, other in zip(wanted.tools, got.tools):
        if one["description"] != other["description"]:
            found.append(f"the description of {one['name']} arrived as {wire.short(str(other['description']))}")
        # Google takes a part of JSON Schema.
        if language != "gemini" and one["schema"] and one["schema"] != other["schema"]:
            found.append(f"the schema of {one['name']} arrived changed: {wire.difference(one['schema'], other['schema'])}")
    return found


def setting_differences(wanted, got, dropped):
    found = []
    for name, words in SETTINGS.items():
        one, other = getattr(wanted, name), getattr(got, name)
        if one not in (None, []) and one != other and not any(word in dropped for word in words) and not is_default(name, one, other):
            found.append(f"{name} arrived as {shown(other)}, sent: {shown(one)}")
    return found


def is_default(name, sent, arrived):
    """Saying that the model may choose is the same as saying nothing."""
    return name == "choice" and sent == "auto" and arrived is None


def shown(value):
    return value.text if isinstance(value, wire.Number) else repr(value)
