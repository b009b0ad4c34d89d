"""Faults on the way to the provider."""

from dataclasses import replace

import wire
from spoiling import fault, with_request


@fault("a number of the request was written anew")
def number(exchange, outcome, key):
    body = wire.load(outcome.arrived[0].body.decode())
    name = next((name for name, value in body.items() if isinstance(value, wire.Number)), None)
    if name is None:
        return None
    return with_request(outcome, lambda _: wire.dump(body | {name: wire.Number(body[name].text + ".0")}).encode())


@fault("a member of the request was lost")
def lost_member(exchange, outcome, key):
    body = wire.load(outcome.arrived[0].body.decode())
    name = next(name for name in body if name not in ("model", "stream_options"))
    return with_request(outcome, lambda _: wire.dump({one: value for one, value in body.items() if one != name}).encode())


@fault("a member of the request was made up")
def made_up(exchange, outcome, key):
    return with_request(outcome, lambda body: body.replace(b"{", b'{"made_up":true,', 1))


@fault("the provider was asked for another model")
def other_model(exchange, outcome, key):
    return with_request(outcome, lambda body: wire.dump(wire.load(body.decode()) | {"model": "another"}).encode())


@fault("the customer's key went to the provider")
def leaked_key(exchange, outcome, key):
    return with_request(outcome, headers=lambda given: given | {"x-api-key": key})


@fault("the provider was asked twice")
def twice(exchange, outcome, key):
    return replace(outcome, arrived=outcome.arrived * 2)
