"""Whether the client got what the provider answered, event by event where it is a stream, and whether it ended right."""

import folding
import refusals
import reasons
import wire
from wire import DONE

# Random letters that hide the length of what was said (OpenAI, Azure, Mistral): they may stay away.
PADDING = ("obfuscation", "p")


def differences(exchange, model, refusal, response):
    if refusal is not None and not has_begun(exchange):
        return refusals.differences(exchange, refusal, response)
    if exchange.stream is not None and not exchange.is_stream_wanted and not is_complete(exchange):
        return [] if response.status == 502 else [f"half a stream became a whole response with {response.status}"]
    if response.status != 200:
        return [f"the status is {response.status}, recorded: 200: {response.body[:300].decode(errors='replace')}"]
    if exchange.is_stream_wanted:
        return stream_differences(exchange, model, refusal, response)
    return whole_differences(exchange, model, response)


def has_begun(exchange):
    """True where events were passed on before the recording broke off, so that the status was 200 already."""
    if exchange.stream is None or not exchange.is_stream_wanted:
        return False
    place, _ = refusals.error_event(exchange)
    return place is None or place > 0


def whole_differences(exchange, model, response):
    try:
        got = wire.load(response.body.decode())
    except ValueError as error:
        return [f"the response is no JSON: {error}: {response.body[:80]!r}"]
    if exchange.stream is not None:  # streamed, though not asked for
        bodies = [event.json for event in exchange.events if event.json]
        return said_differences(bodies, [got]) + name_differences(bodies, got, model)
    found = wire.difference(renamed(exchange.response, model), got)
    return [f"the response differs: {found}"] if found else []


def stream_differences(exchange, model, refusal, response):
    text = response.body.decode(errors="replace")
    if not response.headers.get("content-type", "").startswith("text/event-stream"):
        return [f"the stream is labelled {response.headers.get('content-type')!r}"]
    if not text.endswith("\n\n"):
        return [f"the stream does not end with an empty line: {text[-80:]!r}"]
    got = wire.events(text)
    if exchange.stream is None:  # whole, though a stream was asked for
        return said_differences([exchange.response], [event.json for event in got if event.json]) + end_differences(exchange, None, got)
    return end_differences(exchange, refusal, got) + event_differences(exchange, model, refusal, got)


def name_differences(bodies, got, model):
    """Where no event names a model, none has to be made up."""
    is_named = any(isinstance(body.get("model"), str) for body in bodies)
    return [f"model is {got.get('model')}, asked for: {model}"] if is_named and got.get("model") != model else []


def said_differences(wanted, got):
    found = wire.difference(folding.said(wanted), folding.said(got))
    return [f"what was said differs: {found}"] if found else []


def event_differences(exchange, model, refusal, got):
    """Every event of the provider arrives in its order; a broken stream's own error event is the last and judged apart."""
    wanted = expected(exchange, model, refusal)
    bodies = [event.json for event in got if event.data != DONE]
    if refusal is not None or not is_complete(exchange):
        bodies = bodies[:-1]
    for place, (one, other) in enumerate(zip(wanted, bodies)):
        if other is None:
            return [f"event {place} is no JSON object"]
        if found := wire.difference(one, as_recorded(one, other)):
            return [f"event {place} differs: {found}"]
    if len(wanted) != len(bodies):
        rest = (wanted if len(wanted) > len(bodies) else bodies)[min(len(wanted), len(bodies))]
        return [f"{len(bodies)} events arrived, recorded: {len(wanted)}; the first of the difference: {wire.short(rest)}"]
    return []


def expected(exchange, model, refusal):
    """The recorded events as the client must get them: the model's name, and no usage that was not asked for."""
    found = []
    for event in exchange.events:
        body = event.json
        if body is None or event.data == DONE:
            continue
        if refusal is not None and reasons.error_in(body, event.name):
            break
        if not exchange.is_usage_wanted and body.get("usage") is not None:
            if not body.get("choices"):
                continue
            body = {name: value for name, value in body.items() if name != "usage"}
        found.append(renamed(body, model))
    return found


def renamed(body, model):
    """The model of a response is the one that was asked for; where the provider names none, none is made up."""
    return body | {"model": model} if isinstance(body, dict) and isinstance(body.get("model"), str) else body


def as_recorded(wanted, got):
    """The event with the padding that it may lack, and without the `null` that may stand for the usage that was taken out."""
    if "usage" not in wanted and "usage" in got and got["usage"] is None:
        got = {name: value for name, value in got.items() if name != "usage"}
    return got | {name: wanted[name] for name in PADDING if name in wanted and name not in got}


def end_differences(exchange, refusal, got):
    last = got[-1] if got else None
    if refusal is not None:
        return broken_differences(exchange, refusal, got)
    if is_complete(exchange):
        if last is None or last.data != DONE:
            return [f"the stream was good and does not end in [DONE] but in {wire.short(last.data) if last else 'nothing'}"]
        return ["[DONE] was sent twice"] if sum(event.data == DONE for event in got) > 1 else []
    return broken_differences(exchange, None, got)


def broken_differences(exchange, refusal, got):
    """A stream that broke off ends in an error event, and never in [DONE]."""
    if any(event.data == DONE for event in got):
        return ["the stream broke and ends in [DONE], as if all had gone well"]
    error = got[-1].json if got else None
    if not isinstance(error, dict) or not isinstance(error.get("error"), dict):
        return [f"the stream broke and does not end in an error event but in {wire.short(got[-1].data) if got else 'nothing'}"]
    if refusal is None:
        return []
    as_response = type("Response", (), {"status": None, "headers": {}, "body": got[-1].data.encode()})
    return refusals.differences(exchange, refusal, as_response, is_streamed_error=True)


def is_complete(exchange):
    """A whole response, `[DONE]`, or a reason to finish in every choice that began and a clean end of the body."""
    if exchange.stream is None or any(event.data == DONE for event in exchange.events):
        return True
    finished = {}
    for event in exchange.events:
        for choice in (event.json or {}).get("choices") or []:
            index = wire.dump(choice.get("index"))
            finished[index] = bool(choice.get("finish_reason")) or finished.get(index, False)
    return bool(finished) and all(finished.values())
