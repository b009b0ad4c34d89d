"""Whether the provider got what the client sent: byte for byte but for the model, and the wish for usage on streams."""

import wire
from gateway import CREDENTIAL


def sent(exchange, model):
    """The body as the client sends it, with a model of the catalogue."""
    body = dict(exchange.request)
    body["model"] = model
    return wire.dump(body).encode()


def differences(exchange, model, arrived, key):
    if len(arrived) != 1:
        return [f"the provider was asked {len(arrived)} times"]
    request = arrived[0]
    found = []
    path = "/v1" + exchange.upstream_path
    if request.start != f"POST {path} HTTP/1.1":
        found.append(f"the provider was asked for {request.start!r}, not for POST {path}")
    return found + credential_differences(request, key) + body_differences(exchange, model, request.body)


def credential_differences(request, key):
    values = " ".join(f"{name}: {value}" for name, value in request.headers.items())
    if key in values or key.encode() in request.body:
        return ["the customer's key reached the provider"]
    return [] if CREDENTIAL in values else ["the provider did not get its credential"]


def body_differences(exchange, model, body):
    try:
        got = wire.load(body.decode())
    except ValueError as error:
        return [f"the request is no JSON: {error}"]
    wanted = exchange.request | {"model": exchange.upstream_model}
    if exchange.is_stream_wanted:
        got = without_wish(got, wanted)
    if found := wire.difference(wanted, got):
        return [f"the request that arrived differs: {found}"]
    untouched = sent(exchange, model).replace(wire.dump(model).encode(), wire.dump(exchange.upstream_model).encode(), 1)
    if not exchange.is_stream_wanted and body != untouched:
        return ["the request that arrived was written anew, though only the model's name had to change"]
    return []


def without_wish(got, recorded):
    """The body as it was sent, where nothing was added but the gateway's own wish for usage."""
    options = got.get("stream_options")
    if not isinstance(options, dict) or options.get("include_usage") is not True or others(options) != others(recorded.get("stream_options")):
        return got
    rest = {name: value for name, value in got.items() if name != "stream_options"}
    return rest | {name: value for name, value in recorded.items() if name == "stream_options"}


def others(options):
    return {name: value for name, value in (options or {}).items() if name != "include_usage"}
