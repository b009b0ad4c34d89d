"""Faults on the way back to the client, where the recording is a success."""

import responses
import refusals
import wire
from spoiling import blocks, fault, is_passed_stream, is_passed_whole, with_body, written


@fault("a letter of what was said changed")
def letter(exchange, outcome, key):
    if not is_passed_whole(exchange, outcome):
        return None
    place = next((name for name in ("choices", "data") if exchange.response.get(name)), None)
    return place and with_body(outcome, outcome.response.body.replace(f'"{place}"'.encode(), f'"{place}_"'.encode(), 1))


@fault("a number of the response was written anew")
def answered_number(exchange, outcome, key):
    if not is_passed_whole(exchange, outcome):
        return None
    body = wire.load(outcome.response.body.decode())
    name = next((name for name, value in body.items() if isinstance(value, wire.Number)), None)
    return name and with_body(outcome, wire.dump(body | {name: wire.Number(body[name].text + ".0")}).encode())


@fault("the response names the provider's model")
def upstream_model(exchange, outcome, key):
    if not is_passed_whole(exchange, outcome) or not isinstance(exchange.response.get("model"), str):
        return None
    return with_body(outcome, wire.dump(exchange.response).encode())


@fault("the first event was lost")
def first_event(exchange, outcome, key):
    return with_body(outcome, written(blocks(outcome)[1:])) if is_passed_stream(exchange, outcome) else None


@fault("two events changed places")
def order(exchange, outcome, key):
    parts = blocks(outcome) if is_passed_stream(exchange, outcome) else []
    if len(parts) < 4 or parts[0] == parts[1]:
        return None
    return with_body(outcome, written([parts[1], parts[0], *parts[2:]]))


@fault("an event came twice")
def doubled(exchange, outcome, key):
    return with_body(outcome, written([blocks(outcome)[0], *blocks(outcome)])) if is_passed_stream(exchange, outcome) else None


@fault("the stream ended the other way")
def end(exchange, outcome, key):
    if not exchange.is_stream_wanted or outcome.response.status != 200:
        return None
    parts = blocks(outcome)
    is_good = responses.is_complete(exchange) and refusals.of(exchange) is None
    return with_body(outcome, written(parts[:-1] if is_good else [*parts, "data: [DONE]"]))


@fault("usage was shown that nobody asked for")
def shown_usage(exchange, outcome, key):
    if not is_passed_stream(exchange, outcome) or exchange.is_usage_wanted:
        return None
    return with_body(outcome, written(['data: {"choices":[],"usage":{"prompt_tokens":1}}', *blocks(outcome)]))


@fault("in the other form nothing of what was said is left")
def emptied(exchange, outcome, key):
    if exchange.is_stream_wanted == (exchange.stream is not None) or outcome.response.status != 200:
        return None
    body = written(["data: [DONE]"]) if exchange.is_stream_wanted else b'{"choices":[]}'
    return with_body(outcome, body)
