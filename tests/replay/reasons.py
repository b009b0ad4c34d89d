"""Why a provider refused, read from a recording without the product: its words, its parameter, its codes."""

import re

import wire
from wire import Number

# What a router says in place of its upstream's words.
WRAPPING = {"Provider returned error"}
# From here on a sentence names the operator's own account at the provider.
OPERATORS = re.compile(r"[.,;]?\s*\b(?:Team|API key ID|Organization|Project)\b:.*", re.DOTALL)


def body_of(exchange):
    """What a response without events says, whatever it is; of a stream with the status of an error, its text."""
    text = exchange.text if exchange.stream is None else exchange.stream
    if text is None:
        return exchange.response
    try:
        return wire.load(text)
    except ValueError:
        return next((event.json for event in wire.events(text) if event.json), text)


def error_in(body, event=""):
    """The error of a body, whatever its shape; None where it has none. A falsy `error` is none."""
    if isinstance(body, list) and body:
        return error_in(body[0], event)
    if not isinstance(body, dict):
        return None
    if body.get("error"):
        return body
    base = body.get("base_resp")
    if isinstance(base, dict) and isinstance(base.get("status_code"), Number) and base["status_code"].whole:
        return {"code": base["status_code"], "message": base.get("status_msg", "")}
    return body if event == "error" or body.get("object") == "error" or body.get("type") == "error" else None


def words(error):
    """All that it says of its reason, the innermost words of a router's upstream instead of its own."""
    found = [OPERATORS.sub("", one).strip() for one in said(error)]
    return list(dict.fromkeys(one for one in found if one))


def said(value):
    if isinstance(value, str):
        # A page of a proxy says nothing that a client could use.
        return [] if value.lstrip().startswith("<") else [value]
    if isinstance(value, list):
        return [one for part in value for one in said(part)]
    if not isinstance(value, dict):
        return []
    raw = inner(value)
    if raw:
        return said(raw)
    if isinstance(value.get("error"), (dict, str)) and value["error"]:
        return said(value["error"])
    own = [one for name in ("message", "msg") for one in said(value.get(name))]
    return [one for one in own if one not in WRAPPING] + said(value.get("detail")) + said(value.get("details"))


def inner(value):
    """What OpenRouter has of its upstream: `metadata.raw`, JSON as a string or plain text."""
    metadata = value.get("metadata")
    raw = metadata.get("raw") if isinstance(metadata, dict) else None
    if not isinstance(raw, str):
        return raw
    try:
        return wire.load(raw)
    except ValueError:
        return raw


def param(error):
    """The parameter that it names; None where it names none."""
    for place in envelopes(error):
        if isinstance(place.get("param"), str) and place["param"]:
            return place["param"]
    return None


def codes(error):
    """Every `code`, `type` and `status` of its layers, as text."""
    found = []
    for place in envelopes(error):
        for name in ("code", "type", "status", "status_code"):
            value = place.get(name)
            found += [value.text] if isinstance(value, Number) else [value] if isinstance(value, str) else []
    return found


def envelopes(value):
    """The objects from the outside in."""
    while isinstance(value, (dict, list)) and value:
        if isinstance(value, list):
            value = value[0]
            continue
        yield value
        value = inner(value) or value.get("error")
