"""Pieces that several languages share."""

import wire

from ..conversation import Asked, Part


def text(value):
    return Part("text", text=value) if value else None


def at(url, kind="image"):
    """Media at a URL; the bytes, where it is a `data:` URL."""
    head, comma, data = url.partition(",")
    if url.startswith("data:") and comma:
        return Part(kind, data=data, media_type=head[5:].split(";")[0])
    return Part(kind, url=url)


def url(part, fallback="image/png"):
    return part.url or f"data:{part.media_type or fallback};base64,{part.data}"


def leave_out(asked: Asked, body, known):
    """Names what the recording has that no member of `Asked` is for."""
    asked.left_out += [name for name, value in body.items() if name not in known and value not in (None, [], {}, False)]


def texts(parts):
    return "\n".join(part.text for part in parts if part.kind == "text")


def object_of(arguments):
    """Arguments as an object: nothing is an empty one; text that is no object stays under one name."""
    try:
        value = wire.load(arguments or "{}")
    except ValueError:
        value = None
    return value if isinstance(value, dict) else {"input": arguments}


def stops(value):
    return [value] if isinstance(value, str) else list(value or [])


def given(**members):
    return {name: value for name, value in members.items() if value not in (None, [])}
