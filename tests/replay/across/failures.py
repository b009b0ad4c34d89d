"""Recordings that are failures: a refused client gets a status, or an error event, in its own language."""

import refusals
import wire

from . import requests


def is_one(recording):
    return recording.status >= 400 or recording.said.error is not None


def has_begun(recording):
    """True where a stream broke after its first words."""
    return recording.is_streamed and recording.status == 200 and recording.said.is_anything


def differences(cell, response):
    error = envelope(cell.client, response)
    if error is None:
        return [f"the failure became {response.status} without an error of the language: {requests.shown(response.body)}"]
    refusal = refusals.of(cell.recording)
    found = []
    if response.status >= 400:
        wanted = {status for status, _ in refusal.kind.responses}
        if response.status not in wanted:
            found.append(f"the status is {response.status}, right for a {refusal.kind.name} is {' or '.join(map(str, sorted(wanted)))}")
    elif not cell.is_streamed or not has_begun(cell.recording):
        found.append(f"the failure became {response.status}")
    return found + refusals.word_differences(refusal, error.get("message") or "")


def envelope(client, response):
    """The error of the response, which has words in every language; None where it is none of the language."""
    if response.status == 200:
        events = wire.events(response.body.decode(errors="replace"))
        body = events[-1].json if events else None
    else:
        try:
            body = wire.load(response.body.decode())
        except ValueError:
            return None
    if not isinstance(body, dict):
        return None
    if client == "responses" and body.get("type") == "response.failed":
        return body["response"].get("error")
    if client == "responses" and body.get("type") == "error":
        return body
    error = body.get("error")
    is_own = client != "anthropic" or body.get("type") == "error"
    return error if is_own and isinstance(error, dict) and isinstance(error.get("message"), str) else None
