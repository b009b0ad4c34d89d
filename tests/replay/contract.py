"""Requests that the contract lets the gateway refuse before it asks a provider."""

from refusals import TYPES
from wire import Number, load

AT_LEAST_ONE = ("n", "dimensions")


def why_invalid(exchange):
    """What the contract asks of the request and it has not; None where it is valid."""
    body = exchange.request
    if exchange.protocol == "openai-embeddings":
        texts = body["input"] if isinstance(body["input"], list) else [body["input"]]
        if all(text == "" for text in texts):
            return "`input` has not one token"
        if body.get("encoding_format") not in (None, "float", "base64"):
            return "`encoding_format` is neither float nor base64"
    messages = body.get("messages")
    if messages == [] or (isinstance(messages, list) and not all(isinstance(one, dict) and one.get("role") for one in messages)):
        return "`messages` needs at least one message, each with a `role`"
    small = next((name for name in AT_LEAST_ONE if isinstance(body.get(name), Number) and (body[name].whole or 0) < 1), None)
    return f"`{small}` is no whole number of 1 or more" if small else None


def differences(response):
    """How our own refusal differs from one of the contract: 400 or 422, and it names the parameter."""
    try:
        error = load(response.body.decode())["error"]
    except (ValueError, KeyError, TypeError):
        return [f"the refusal is no error of the contract: {response.status} {response.body[:200]!r}"]
    found = [] if response.status in (400, 422) else [f"an invalid request is refused with {response.status}"]
    if error.get("type") != TYPES.get(response.status):
        found.append(f"the type of {response.status} is {error.get('type')}")
    return found if error.get("param") else [*found, "the refusal does not name the parameter"]
