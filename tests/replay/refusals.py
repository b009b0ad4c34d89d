"""A recording that is itself a failure: what of it must reach the client, and what must not."""

import re
from dataclasses import dataclass

import kinds
import reasons
from wire import load

TYPES = {
    400: "invalid_request_error", 401: "authentication_error", 402: "billing_error", 403: "permission_error", 404: "not_found_error",
    409: "conflict_error", 422: "validation_error", 429: "rate_limit_error", 500: "internal_error", 502: "upstream_error",
    503: "service_unavailable",
}
WORDS_MAX = 300


@dataclass(frozen=True)
class Refusal:
    kind: kinds.Kind
    words: tuple
    param: str | None
    where: str

    @property
    def why(self):
        return f"{self.kind.name}: {self.kind.why} ({self.where}: {self.words[0][:120] if self.words else 'without a word'})"


def of(exchange):
    """None where the recording is a success."""
    if exchange.status >= 400:
        return make(exchange.status, reasons.body_of(exchange), f"HTTP {exchange.status}")
    if exchange.stream is None:
        error = reasons.error_in(reasons.body_of(exchange))
        return make(inner_status(error), error, "an error under HTTP 200") if error else None
    place, error = error_event(exchange)
    return make(inner_status(error), error, f"event {place} of a stream") if error else None


def make(status, error, where):
    words = tuple(reasons.words(error))
    return Refusal(kinds.of(status, reasons.codes(error), words), words, reasons.param(error), where)


def error_event(exchange):
    """The place and the error of the first event that is one."""
    for place, event in enumerate(exchange.events):
        if error := reasons.error_in(event.json, event.name):
            return place, error
    return None, None


def inner_status(error):
    """An error without a status of its own is told by codes and words; as long as they say nothing, it is a failure."""
    numbers = [int(code) for code in reasons.codes(error) if code.isdigit() and 400 <= int(code) < 600]
    if numbers:
        return numbers[0]
    # The guess that leaves the kind to codes and words.
    specific = kinds.of(400, reasons.codes(error), reasons.words(error))
    return 500 if specific is kinds.REQUEST and "invalid_request_error" not in reasons.codes(error) else 400


def differences(exchange, refusal, response, is_streamed_error=False):
    """What a refused client sees otherwise. `response` has status, headers and the error's body."""
    try:
        error = load(response.body.decode())["error"]
        message = error["message"]
        code, kind, named = error["code"], error["type"], error["param"]
    except (ValueError, KeyError, TypeError):
        return [f"the refusal is no error of the contract: {response.status} {response.body[:200]!r}"]
    found = []
    if not any(status in (response.status, None) and wanted in (code, None) for status, wanted in allowed(refusal, is_streamed_error)):
        expected = " or ".join(f"{status} {wanted or ''}".strip() for status, wanted in refusal.kind.responses)
        found.append(f"the refusal is {response.status} {code}, right for a {refusal.kind.name} is {expected}")
    if not is_streamed_error and TYPES.get(response.status) != kind:
        found.append(f"the type of {response.status} is {kind}")
    if refusal.param and refusal.kind.words == kinds.ALL and response.status < 500 and named != refusal.param:
        found.append(f"param is {named}, recorded: {refusal.param}")
    if refusal.kind.waits and not is_streamed_error:
        found += wait_differences(exchange.headers.get("retry-after", "0"), response.headers.get("retry-after", ""))
    return found + word_differences(refusal, message)


def wait_differences(wanted, got):
    if not got.isdigit():
        return ["there is no Retry-After"]
    least = float(wanted) if re.fullmatch(r"\d+(?:\.\d+)?", wanted) else 0
    return [f"Retry-After is {got}, recorded: {wanted}"] if int(got) < least else []


def allowed(refusal, is_streamed_error):
    """A stream that has begun has the status 200, so that the code alone tells the kind."""
    return [(None, code) for _, code in refusal.kind.responses] if is_streamed_error else refusal.kind.responses


def word_differences(refusal, message):
    has = [plain(words)[:WORDS_MAX] in plain(message) for words in refusal.words]
    if refusal.kind.words == kinds.ALL and not all(has):
        missing = refusal.words[has.index(False)]
        return [f"the client does not learn why: {message[:120]!r}, recorded: {missing[:160]!r}"]
    if refusal.kind.words == kinds.NONE and any(has):
        return [f"what the provider says of the operator's credential reached the client: {message[:160]!r}"]
    return []


def plain(text):
    return " ".join(text.split())
