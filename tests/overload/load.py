"""An open load: requests arrive when they arrive, whether or not earlier ones were answered."""

import asyncio
import json
import random
import time
from dataclasses import dataclass, field

PATIENCE = 60


@dataclass
class Client:
    """One API key, with its connections."""

    name: str
    key: str
    model: str = "m"
    content: str = "Hello"
    idle: list = field(default_factory=list)


@dataclass
class Outcome:
    client: str
    arrived: float
    seconds: float
    status: int
    headers: dict
    is_whole: bool


def arrivals(per_second, seconds, seed):
    """Independent of each other, and equal in every run."""
    source, at, all_of_them = random.Random(seed), 0.0, []
    while (at := at + source.expovariate(per_second)) < seconds:
        all_of_them.append(at)
    return all_of_them


def merged(*plans):
    """Plans of (client, times) as one list in the order of time."""
    return sorted(((at, client) for client, times in plans for at in times), key=lambda one: one[0])


async def run(port, plan, streamed=False):
    """Sends what `plan` says, a list of (seconds, client); every outcome."""
    begun, tasks = time.monotonic(), []
    for number, (at, client) in enumerate(plan):
        wait = begun + at - time.monotonic()
        if wait > 0:
            await asyncio.sleep(wait)
        tasks.append(asyncio.create_task(ask(port, client, number, begun, at, streamed)))
    return await asyncio.gather(*tasks)


async def ask(port, client, number, begun, at, streamed):
    try:
        async with asyncio.timeout(PATIENCE):
            status, headers, is_whole = await exchange(port, client, number, streamed)
    except (TimeoutError, OSError, asyncio.IncompleteReadError):
        status, headers, is_whole = 0, {}, False
    return Outcome(client.name, at, time.monotonic() - begun - at, status, headers, is_whole)


async def exchange(port, client, number, streamed):
    body = {"model": client.model, "user": f"r{number}", "messages": [{"role": "user", "content": client.content}], "max_tokens": 50}
    if streamed:
        body["stream"] = True
    text = json.dumps(body).encode()
    reader, writer = client.idle.pop() if client.idle else await asyncio.open_connection("127.0.0.1", port)
    writer.write(
        b"POST /v1/chat/completions HTTP/1.1\r\nhost: test\r\nauthorization: Bearer %s\r\n"
        b"content-type: application/json\r\ncontent-length: %d\r\n\r\n%s" % (client.key.encode(), len(text), text)
    )
    head = (await reader.readuntil(b"\r\n\r\n")).decode("latin-1").split("\r\n")
    headers = {name.lower(): value.strip() for name, _, value in (line.partition(":") for line in head[1:] if line)}
    is_whole = await read_body(reader, headers)
    if headers.get("connection") == "close":
        writer.close()
    else:
        client.idle.append((reader, writer))
    return int(head[0].split()[1]), headers, is_whole


async def read_body(reader, headers):
    """Whether the body is one that ends well."""
    if "content-length" in headers:
        await reader.readexactly(int(headers["content-length"]))
        return True
    last = b""
    while (size := int(await reader.readuntil(b"\r\n"), 16)) > 0:
        last = await reader.readexactly(size + 2)
    await reader.readexactly(2)
    return b"[DONE]" in last


def percentile(values, percent):
    ordered = sorted(values)
    return ordered[max(0, -(-len(ordered) * percent // 100) - 1)] if ordered else 0.0


def jain(values):
    """1 where all are served alike."""
    return sum(values) ** 2 / (len(values) * sum(value * value for value in values)) if any(values) else 0.0
