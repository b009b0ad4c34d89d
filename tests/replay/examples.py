"""Small exchanges of each kind, and what a gateway without a fault makes of them."""

import responses
import arrival
import folding
import judge
import kinds
import refusals
import usage
import wire
from exchange import Exchange
from gateway import CREDENTIAL
from http1 import Message
from spoiling import written

MODEL, KEY = "x0", "yx-of-the-customer"


def example(**more):
    body = {"model": "m-1", "messages": [{"role": "user", "content": "Hi"}], "temperature": wire.Number("0.0")}
    given = {"name": "example", "provider": "openai", "protocol": "openai-chat", "model": "m-1", "body": body, "status": 200, "headers": {}}
    return Exchange(**(given | more))


def chat(text, **more):
    usage = {"prompt_tokens": 7, "completion_tokens": 3, "total_tokens": 10, "prompt_tokens_details": {"cached_tokens": 4}}
    body = {"id": "c", "created": 1, "model": "m-1-0613", "choices": [{"index": 0, "message": {"content": text}, "finish_reason": "stop"}]}
    return wire.load(wire.dump_plain(body | {"usage": usage} | more))


def events(*bodies, end="data: [DONE]\n\n"):
    return "".join(f"data: {wire.dump_plain(body)}\n\n" for body in bodies) + end


def delta(text, finish=None, **more):
    return {"model": "m-1-0613", "choices": [{"index": 0, "delta": {"content": text}, "finish_reason": finish}], **more}


def streamed(stream, **options):
    return example(body=example().body | {"stream": True} | options, stream=stream)


def error(status, body, **more):
    return example(status=status, response=wire.load(wire.dump_plain(body)), **more)


COUNT = {"usage": {"prompt_tokens": 5, "completion_tokens": 2, "total_tokens": 10, "completion_tokens_details": {"reasoning_tokens": 3}}}
EXAMPLES = {
    "whole": example(response=chat("Hello")),
    "streamed with usage": streamed(events(delta("He"), delta("llo", "stop"), {"choices": [], **COUNT}), stream_options={"include_usage": True}),
    "streamed without usage": streamed(events(delta("He"), delta("y"), delta("", "stop"))),
    "without [DONE]": streamed(events(delta("He"), delta("y", "stop"), end="")),
    "cut off": streamed(events(delta("He"), delta("y"), end="")),
    "error in a stream": streamed(events(delta("He"), {"error": {"message": "tool failed", "code": 502}}, end="")),
    "bad value": error(422, {"detail": [{"loc": ["body", "top_p"], "msg": "too high"}]}),
    "parameter": error(400, {"error": {"message": "no such value", "param": "temperature"}}),
    "overflow": error(400, {"error": {"message": "This model's maximum context length is 4096 tokens.", "code": 400}}),
    "credential": error(401, {"error": {"message": "Incorrect API key provided: sk-12."}}),
    "streamed, though not asked for": example(stream=events(delta("He"), delta("llo", "stop"))),
    "whole, though a stream was asked for": example(body=example().body | {"stream": True}, response=chat("Hi there")),
    "limit": error(429, {"error": "Slow down"}, headers={"retry-after": "2"}),
}


def perfect(exchange):
    """What a gateway without a fault makes of an exchange."""
    refusal = refusals.of(exchange)
    body = arrival.sent(exchange, exchange.upstream_model)
    request = Message(f"POST {exchange.endpoint} HTTP/1.1", {"authorization": f"Bearer {CREDENTIAL}"}, body)
    has_begun = responses.has_begun(exchange)
    if refusal is not None and not has_begun:
        status, code = refusal.kind.responses[0]
        response = Message(f"HTTP/1.1 {status} x", {"retry-after": "2"}, written_error(refusal, status, code))
    elif exchange.is_stream_wanted != (exchange.stream is not None):
        response = other_form(exchange)
    elif exchange.stream is None:
        response = Message("HTTP/1.1 200 OK", {}, wire.dump(responses.renamed(exchange.response, MODEL)).encode())
    else:
        parts = [wire.dump(one) for one in responses.expected(exchange, MODEL, refusal)]
        good = refusal is None and responses.is_complete(exchange)
        last = "[DONE]" if good else written_error(refusal, 502, "upstream_error").decode()
        response = Message("HTTP/1.1 200 OK", {"content-type": "text/event-stream"}, written(f"data: {part}" for part in [*parts, last]))
    return judge.Outcome([request], response, perfect_receipt(exchange, is_free=refusal is not None and not has_begun))


def other_form(exchange):
    """One choice with text alone, which is all that the examples have."""
    said = folding.said(usage.bodies(exchange))["0"]
    part = {"index": 0, "message": {"content": said["text"]}, "finish_reason": said["finish"]}
    if not exchange.is_stream_wanted:
        return Message("HTTP/1.1 200 OK", {}, wire.dump_plain({"model": MODEL, "choices": [part]}).encode())
    event = wire.dump_plain({"model": MODEL, "choices": [{"index": 0, "delta": part["message"], "finish_reason": said["finish"]}]})
    return Message("HTTP/1.1 200 OK", {"content-type": "text/event-stream"}, written([f"data: {event}", "data: [DONE]"]))


def written_error(refusal, status, code):
    told = refusal is not None and refusal.kind.words != kinds.NONE
    words = "; ".join(refusal.words) if told else "It failed."
    return wire.dump({"error": {"message": words, "type": refusals.TYPES[status], "code": code, "param": refusal and refusal.param}}).encode()


def perfect_receipt(exchange, is_free):
    wanted = usage.counted(exchange)
    if is_free or wanted is None:
        counted = usage.Tokens(0, 0, 0, 0) if is_free else usage.Tokens(3, 2, 0, 0)
        by = "none" if is_free else usage.ESTIMATE
    else:
        counted, by = wanted, usage.PROVIDER
    classes = {f"{name}_tokens": getattr(counted, name) or 0 for name in ("input", "output", "cached", "reasoning")}
    return classes | {"counted_by": by, "charge_nanos": 0 if is_free else 9}
