"""Faults of refusals and of metering."""

import kinds
import refusals
import usage
import wire
from spoiling import fault, with_body, with_receipt


@fault("the refusal passed as the customer's own credential")
def status(exchange, outcome, key):
    return with_body(outcome, outcome.response.body, start="HTTP/1.1 401 Unauthorized") if outcome.response.status >= 400 else None


@fault("the refusal says nothing")
def silent(exchange, outcome, key):
    refusal = refusals.of(exchange)
    if refusal is None or refusal.kind.words != kinds.ALL or not refusal.words or outcome.response.status == 200:
        return None
    error = wire.load(outcome.response.body.decode())["error"]
    return with_body(outcome, wire.dump({"error": error | {"message": "The provider refused."}}).encode())


@fault("the provider's words of the operator's credential were shown")
def shown_credential(exchange, outcome, key):
    refusal = refusals.of(exchange)
    if refusal is None or refusal.kind.words != kinds.NONE or not refusal.words or outcome.response.status == 200:
        return None
    error = wire.load(outcome.response.body.decode())["error"]
    return with_body(outcome, wire.dump({"error": error | {"message": refusal.words[0]}}).encode())


@fault("Retry-After is missing")
def no_wait(exchange, outcome, key):
    refusal = refusals.of(exchange)
    return with_body(outcome, outcome.response.body, headers={}) if refusal and refusal.kind.waits and outcome.response.status != 200 else None


@fault("a token too many was metered")
def tokens(exchange, outcome, key):
    wanted = usage.counted(exchange)
    if wanted is None or refusals.of(exchange) or outcome.receipt["counted_by"] != usage.PROVIDER:
        return None
    return with_receipt(outcome, output_tokens=outcome.receipt["output_tokens"] + 1)


@fault("the cached tokens were lost")
def cached(exchange, outcome, key):
    return with_receipt(outcome, cached_tokens=0) if outcome.receipt["cached_tokens"] else None


@fault("the reasoning tokens were lost")
def reasoning(exchange, outcome, key):
    wanted = usage.counted(exchange)
    is_stated = wanted is not None and wanted.reasoning
    return with_receipt(outcome, reasoning_tokens=0) if is_stated and not refusals.of(exchange) else None


@fault("a count passed as an estimate, or an estimate as a count")
def counted_by(exchange, outcome, key):
    if refusals.of(exchange) or usage.counted(exchange) in (usage.Tokens(0, None, 0, None),):
        return None
    other = usage.ESTIMATE if outcome.receipt["counted_by"] == usage.PROVIDER else usage.PROVIDER
    return with_receipt(outcome, counted_by=other)


@fault("nothing was metered")
def nothing(exchange, outcome, key):
    if refusals.of(exchange):
        return None
    return with_receipt(outcome, input_tokens=0, output_tokens=0, cached_tokens=0, reasoning_tokens=0, counted_by="none")


@fault("a refusal was charged")
def charged(exchange, outcome, key):
    return with_receipt(outcome, charge_nanos=1) if outcome.response.status >= 400 else None
