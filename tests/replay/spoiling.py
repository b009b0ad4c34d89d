"""How an outcome that is right is spoiled: the registry of faults, and the parts of an outcome exchanged."""

from dataclasses import replace

from http1 import Message

FAULTS = {}


def fault(name):
    """Registers what spoils an outcome, or gives None where the exchange has nothing to spoil so."""

    def register(spoil):
        FAULTS[name] = spoil
        return spoil

    return register


def with_request(outcome, change=lambda body: body, headers=lambda given: given):
    one = outcome.arrived[0]
    return replace(outcome, arrived=[Message(one.start, headers(one.headers), change(one.body))])


def with_body(outcome, body, **more):
    given = outcome.response
    return replace(outcome, response=Message(more.get("start", given.start), more.get("headers", given.headers), body))


def with_receipt(outcome, **more):
    return replace(outcome, receipt=outcome.receipt | more)


def is_passed_stream(exchange, outcome):
    return exchange.is_stream_wanted and exchange.stream is not None and outcome.response.status == 200


def is_passed_whole(exchange, outcome):
    return not exchange.is_stream_wanted and exchange.stream is None and outcome.response.status == 200


def blocks(outcome):
    """The events of the response as they are written, comments left out."""
    return [block for block in outcome.response.body.decode().split("\n\n") if block.startswith(("data:", "event:"))]


def written(parts):
    return "".join(f"{part}\n\n" for part in parts).encode()
