"""Ollama's own chat: one object, or a line for each piece."""

import wire
from usage import Tokens

from ..conversation import Call, Said


def whole(body):
    return put_together([body])


def stream(data):
    return put_together([wire.load(line) for line in data.decode().splitlines() if line.strip()])


def put_together(pieces):
    found = Said()
    for piece in pieces:
        if piece.get("error"):
            found.error = piece
            continue
        message = piece.get("message") or {}
        found.text += message.get("content") or ""
        found.thoughts += message.get("thinking") or ""
        for call in message.get("tool_calls") or []:
            function = call["function"]
            arguments = function.get("arguments")
            found.calls.append(Call(call.get("id") or "", function["name"], wire.dump(arguments) if arguments else ""))
        if piece.get("done"):
            found.finish = "length" if piece.get("done_reason") == "length" else "stop"
            number = lambda name: piece[name].whole if isinstance(piece.get(name), wire.Number) else 0
            if piece.get("eval_count") is not None:
                found.usage = Tokens(number("prompt_eval_count"), number("eval_count"), 0, None)
    return found
