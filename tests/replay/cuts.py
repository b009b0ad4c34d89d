"""Where the body of a streamed response is cut: TCP and TLS cut anywhere, also within a character."""

import random

SEED = 20261129
SHORT = 4096
PIECES_MAX = 400


def of(exchange):
    """The ways in which a response is fed, by name. Only streams are fed in several."""
    body = exchange.bytes
    if exchange.stream is None:
        return {"whole": [body]}
    ways = {"recorded": recorded(body, exchange.chunk_bytes)} if exchange.chunk_bytes else {"whole": [body]}
    ways["seeded"] = seeded(body, exchange.name)
    if len(body) <= SHORT:
        ways["bytes"] = [body[place : place + 1] for place in range(len(body))]
    return ways


def recorded(body, sizes):
    """As it arrived when it was recorded; what the sizes leave over is a last piece."""
    pieces, place = [], 0
    for size in sizes:
        pieces.append(body[place : place + size])
        place += size
    return [piece for piece in [*pieces, body[place:]] if piece]


def seeded(body, name):
    """Cut at random places, the same ones in each run."""
    chance = random.Random(f"{SEED} {name}")
    wanted = min(max(len(body) // 50, 3), PIECES_MAX, max(len(body) - 1, 0))
    places = sorted(chance.sample(range(1, len(body)), wanted)) if len(body) > 1 else []
    return [body[start:end] for start, end in zip([0, *places], [*places, len(body)])]
