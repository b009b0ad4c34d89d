"""What of one replayed exchange is not as it was recorded. Pure: the self-test calls it with outcomes of its own."""

from dataclasses import dataclass

import responses
import arrival
import contract
import folding
import kinds
import refusals
import usage


@dataclass
class Outcome:
    """What one run of an exchange came to."""

    arrived: list
    response: object
    receipt: dict


def why_refused(exchange):
    """Why a refusal is expected; None where the exchange has to succeed."""
    if reason := contract.why_invalid(exchange):
        return f"invalid by the contract: {reason}"
    refusal = refusals.of(exchange)
    return None if refusal is None else refusal.why


def differences(exchange, model, outcome, key):
    refusal = refusals.of(exchange)
    if not outcome.arrived and is_refused_first(exchange, refusal):
        return contract.differences(outcome.response) + usage.differences(exchange, outcome.receipt, is_free=True, said=False)
    found = arrival.differences(exchange, model, outcome.arrived, key)
    found += responses.differences(exchange, model, refusal, outcome.response)
    return found + metering_differences(exchange, refusal, outcome.receipt)


def is_refused_first(exchange, refusal):
    """True where the gateway may refuse without asking: invalid by the contract, or what the provider refuses as the client's mistake too."""
    return bool(contract.why_invalid(exchange)) or (refusal is not None and refusal.kind in (kinds.REQUEST, kinds.VALUE))


def metering_differences(exchange, refusal, receipt):
    has_begun = responses.has_begun(exchange)
    is_free = refusal is not None and not has_begun
    said = folding.is_anything(usage.bodies(exchange))
    found = usage.differences(exchange, receipt, is_free, said)
    if refusal is not None and has_begun and found and receipt["counted_by"] == usage.ESTIMATE:
        # After its error a provider may still count; whoever stops reading there estimates what was delivered.
        return usage.estimate_differences(exchange, receipt, said)
    return found
