"""A provider that takes so many requests at a time, works on each for a while, and fails as it is told."""

import asyncio
import json
import time

CHUNK = {"id": "c1", "object": "chat.completion.chunk", "created": 1, "model": "m"}
WHOLE = {
    "id": "c1",
    "object": "chat.completion",
    "created": 1,
    "model": "m",
    "choices": [{"index": 0, "message": {"role": "assistant", "content": "Hello!"}, "finish_reason": "stop"}],
    "usage": {"prompt_tokens": 10, "completion_tokens": 5, "total_tokens": 15},
}


def event(delta, finish=None):
    chunk = {**CHUNK, "choices": [{"index": 0, "delta": delta, "finish_reason": finish}]}
    return f"data: {json.dumps(chunk)}\n\n".encode()


def framed(part):
    return b"%x\r\n%s\r\n" % (len(part), part)


class Provider:
    """What one deployment does. `fault(number, now)` names what is wrong with a request: None, `hang`, `500`, `break`."""

    def __init__(self, seconds, at_once=1_000_000, fault=lambda number, now: None):
        self.seconds, self.at_once, self.fault = seconds, at_once, fault
        self.running = self.refused = self.accepted = self.completed = 0
        self.times, self.served = [], {}
        self.port, self.server, self.is_cut = None, None, False

    async def start(self):
        self.server = await asyncio.start_server(self.serve, "127.0.0.1", self.port or 0, backlog=1024)
        self.port = self.server.sockets[0].getsockname()[1]
        return self

    async def serve(self, reader, writer):
        try:
            while True:
                head = await reader.readuntil(b"\r\n\r\n")
                length = next(line for line in head.lower().split(b"\r\n") if line.startswith(b"content-length:"))
                body = json.loads(await reader.readexactly(int(length.split(b":")[1])))
                if not await self.respond(body, writer):
                    break
        except (asyncio.IncompleteReadError, asyncio.CancelledError, ConnectionError, StopIteration):
            pass
        finally:
            writer.close()

    async def respond(self, body, writer):
        """Whether the connection goes on."""
        self.times.append(time.monotonic())
        if self.is_cut:
            return False
        if self.running >= self.at_once:
            self.refused += 1
            return await self.send(writer, "429 Too Many Requests", b"{}")
        fault = self.fault(self.accepted, time.monotonic())
        self.accepted += 1
        self.running += 1
        try:
            if fault == "hang":
                await asyncio.sleep(600)
            if fault == "500":
                return await self.send(writer, "500 Internal Server Error", b'{"error":{"message":"out of order"}}')
            await asyncio.sleep(self.seconds)
            if body.get("stream"):
                return await self.stream(writer, fault == "break", body)
            self.complete(body)
            return await self.send(writer, "200 OK", json.dumps(WHOLE).encode())
        finally:
            self.running -= 1

    async def stream(self, writer, breaks, body):
        writer.write(b"HTTP/1.1 200 OK\r\ncontent-type: text/event-stream\r\ntransfer-encoding: chunked\r\n\r\n")
        if breaks:
            writer.write(framed(b": working\n\n"))
            await writer.drain()
            return False
        parts = [event({"role": "assistant", "content": "Hello"}), event({"content": "!"}), event({}, "stop")]
        usage = {**CHUNK, "choices": [], "usage": WHOLE["usage"]}
        for part in [*parts, f"data: {json.dumps(usage)}\n\n".encode(), b"data: [DONE]\n\n"]:
            writer.write(framed(part))
        writer.write(b"0\r\n\r\n")
        await writer.drain()
        self.complete(body)
        return True

    def complete(self, body):
        self.completed += 1
        name = body.get("user")
        self.served[name] = self.served.get(name, 0) + 1

    async def send(self, writer, status, body):
        writer.write(
            b"HTTP/1.1 %s\r\ncontent-type: application/json\r\ncontent-length: %d\r\n\r\n%s" % (status.encode(), len(body), body)
        )
        await writer.drain()
        return True
