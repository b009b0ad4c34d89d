"""As much of HTTP/1.1 as two ends on loopback need."""

import asyncio
from dataclasses import dataclass, field

HEAD_MAX = 1 << 20
BODY_MAX = 64 << 20


class Broken(Exception):
    """The other end did not speak HTTP to the end."""


@dataclass
class Message:
    start: str
    headers: dict
    body: bytes = b""
    pieces: list = field(default_factory=list)

    @property
    def status(self):
        return int(self.start.split(" ")[1])

    @property
    def path(self):
        return self.start.split(" ")[1]


async def receive(reader):
    """One request or response; None where the other end closed before it began one."""
    head = await until(reader, b"\r\n\r\n")
    if head is None:
        return None
    start, *lines = head.decode("latin-1").split("\r\n")
    headers = {}
    for name, _, value in (line.partition(":") for line in lines):
        key = name.strip().lower()
        headers[key] = f"{headers[key]}, {value.strip()}" if key in headers else value.strip()
    message = Message(start, headers)
    message.body = await body(reader, headers, message)
    return message


async def until(reader, end):
    try:
        return (await reader.readuntil(end)).removesuffix(end)
    except asyncio.IncompleteReadError as short:
        if short.partial:
            raise Broken(f"the connection closed within a head: {short.partial[:80]!r}") from None
        return None
    except ConnectionError as error:
        raise Broken(f"the connection broke: {error}") from None


async def body(reader, headers, message):
    try:
        if "chunked" in headers.get("transfer-encoding", "").lower():
            return await chunks(reader)
        if "content-length" in headers:
            return await reader.readexactly(int(headers["content-length"]))
        return await reader.read(BODY_MAX) if message.start.startswith("HTTP/") else b""
    except (asyncio.IncompleteReadError, ConnectionError) as error:
        raise Broken(f"the body broke off: {error}") from None


async def chunks(reader):
    found = bytearray()
    while size := int((await reader.readline()).split(b";")[0] or b"0", 16):
        found += await reader.readexactly(size)
        await reader.readexactly(2)
    while (await reader.readline()).strip():
        pass
    return bytes(found)


async def call(port, method, path, headers, body=b"", seconds=60):
    """One request on a connection of its own."""
    reader, writer = await asyncio.wait_for(asyncio.open_connection("127.0.0.1", port, limit=HEAD_MAX), seconds)
    try:
        given = {"host": f"127.0.0.1:{port}", "connection": "close", "content-length": str(len(body)), **headers}
        writer.write(head(f"{method} {path} HTTP/1.1", given) + body)
        response = await asyncio.wait_for(receive(reader), seconds)
        if response is None:
            raise Broken("the connection closed without a response")
        return response
    finally:
        writer.close()


def head(start, headers):
    return "\r\n".join([start, *(f"{name}: {value}" for name, value in headers.items()), "", ""]).encode("latin-1")
