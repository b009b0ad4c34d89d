"""Faults that a gateway could have, put into an outcome that is right. A judge that lets one pass is no judge."""

import faults_of_responses  # noqa: F401 (registers its faults, as do the next two)
import faults_of_refusals  # noqa: F401
import faults_of_requests  # noqa: F401
import judge
from spoiling import FAULTS


def unnoticed(exchange, model, outcome, key):
    """The names of the faults that were planted and not noticed, and how many were planted."""
    missed, planted = [], 0
    if not outcome.arrived:
        return missed, planted
    for name, spoil in FAULTS.items():
        spoiled = spoil(exchange, outcome, key)
        if spoiled is None:
            continue
        planted += 1
        if not judge.differences(exchange, model, spoiled, key):
            missed.append(name)
    return missed, planted
