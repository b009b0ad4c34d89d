"""Whether a stream has the order that its language promises: how it begins, what belongs together, how it ends."""

import wire
from wire import DONE


def problems(client, data):
    events = wire.events(data.decode())
    if not events:
        return ["the stream is empty"]
    return [problem for problem in CHECKS[client](events) if problem]


def openai(events):
    bodies = [event.json for event in events if event.data != DONE]
    yield None if events[-1].data == DONE else "the last event is not [DONE]"
    yield None if all(bodies) else "an event is no object"
    yield one_of(bodies, "id")
    yield None if all(body.get("object") == "chat.completion.chunk" for body in bodies if body) else "an event is no chunk"
    ends = [choice["finish_reason"] for body in bodies for choice in body["choices"] if choice.get("finish_reason")]
    yield None if len(ends) == 1 else f"{len(ends)} reasons to end"


def one_of(bodies, name):
    values = {body.get(name) for body in bodies if body}
    return None if len(values) == 1 else f"several of {name}: {sorted(map(str, values))}"


def anthropic(events):
    bodies = [event.json for event in events]
    yield None if all(body and event.name == body["type"] for event, body in zip(events, bodies)) else "an event is not named as its type"
    kinds = [body["type"] for body in bodies if body["type"] != "ping"]
    yield None if kinds[0] == "message_start" else f"it begins with {kinds[0]}"
    yield None if kinds[-2:] == ["message_delta", "message_stop"] else f"it ends with {kinds[-2:]}"
    growing, number = None, 0
    for body in bodies:
        kind = body["type"]
        if kind == "content_block_start":
            yield None if growing is None and body["index"].whole == number else f"block {body['index'].text} begins out of order"
            growing = number
        elif kind == "content_block_delta":
            yield None if body["index"].whole == growing else f"a delta of block {body['index'].text}, which does not grow"
        elif kind == "content_block_stop":
            yield None if body["index"].whole == growing else f"block {body['index'].text} ends out of order"
            growing, number = None, number + 1
    yield None if growing is None else "a block does not end"


def responses(events):
    bodies = [event.json for event in events]
    yield None if all(body and event.name == body["type"] for event, body in zip(events, bodies)) else "an event is not named as its type"
    numbers = [body["sequence_number"].whole for body in bodies]
    yield None if numbers == list(range(len(numbers))) else "the sequence numbers have a gap"
    kinds = [body["type"] for body in bodies]
    yield None if kinds[0] == "response.created" else f"it begins with {kinds[0]}"
    yield None if kinds[-1] in ("response.completed", "response.incomplete") else f"it ends with {kinds[-1]}"
    begun = [body["item"]["id"] for body in bodies if body["type"] == "response.output_item.added"]
    done = [body["item"]["id"] for body in bodies if body["type"] == "response.output_item.done"]
    yield None if begun == done else f"items that began: {begun}, that ended: {done}"
    items = [body["item"] for body in bodies if body["type"] == "response.output_item.done"]
    yield "the items of the last event are not those that were done" if wire.difference(items, bodies[-1]["response"]["output"]) else None
    yield from deltas(bodies)


# What grows, and the member of the event that has all of it.
GROWING = {
    "response.output_text": "text",
    "response.refusal": "refusal",
    "response.function_call_arguments": "arguments",
    "response.reasoning_summary_text": "text",
    "response.reasoning_text": "text",
}


def deltas(bodies):
    grown = {}
    for body in bodies:
        name, _, step = body["type"].rpartition(".")
        if name not in GROWING:
            continue
        key = (name, body["item_id"], getattr(body.get("content_index", body.get("summary_index")), "text", ""))
        if step == "delta":
            grown[key] = grown.get(key, "") + body["delta"]
        elif step == "done":
            yield None if grown.pop(key, "") == body[GROWING[name]] else f"the deltas of {name} are not what it ended with"
    yield f"{sorted(grown)} did not end" if grown else None


def gemini(events):
    bodies = [event.json for event in events]
    yield None if all(bodies) else "an event is no object"
    ends = [candidate["finishReason"] for body in bodies for candidate in body.get("candidates") or [] if candidate.get("finishReason")]
    yield None if len(ends) == 1 else f"{len(ends)} reasons to end"
    yield one_of(bodies, "responseId")


CHECKS = {"openai": openai, "anthropic": anthropic, "responses": responses, "gemini": gemini}
