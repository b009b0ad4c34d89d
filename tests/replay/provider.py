"""The replaying side: each exchange is a provider on a port of its own, which responds with what was recorded."""

import asyncio

import http1

# What belongs to a connection and not to the recorded response.
NOT_REPLAYED = {"transfer-encoding", "content-length", "content-encoding", "connection", "keep-alive", "alt-svc"}
REASONS = {200: "OK", 400: "Bad Request", 401: "Unauthorized", 403: "Forbidden", 404: "Not Found", 429: "Too Many Requests"}


class Provider:
    """Responds to every request with the recording, cut as `pieces` says, and keeps what came in."""

    def __init__(self, exchange):
        self.exchange = exchange
        self.pieces = [exchange.bytes]
        self.arrived = []

    async def start(self):
        self.server = await asyncio.start_server(self.serve, "127.0.0.1", 0, limit=http1.HEAD_MAX)
        self.port = self.server.sockets[0].getsockname()[1]
        return self

    def stop(self):
        self.server.close()

    async def serve(self, reader, writer):
        try:
            while request := await http1.receive(reader):
                self.arrived.append(request)
                await self.response(writer)
        except (http1.Broken, ConnectionError, asyncio.CancelledError):
            pass
        finally:
            writer.close()

    async def response(self, writer):
        exchange = self.exchange
        kept = {name: value for name, value in exchange.headers.items() if name not in NOT_REPLAYED}
        is_chunked = exchange.is_streamed or "chunked" in exchange.headers.get("transfer-encoding", "")
        length = {"transfer-encoding": "chunked"} if is_chunked else {"content-length": str(sum(map(len, self.pieces)))}
        writer.write(http1.head(f"HTTP/1.1 {exchange.status} {REASONS.get(exchange.status, 'Status')}", kept | length))
        for piece in self.pieces:
            if piece:
                writer.write(b"%x\r\n%b\r\n" % (len(piece), piece) if is_chunked else piece)
                await writer.drain()
                # A turn of the loop between two pieces, so that they are written apart.
                await asyncio.sleep(0)
        writer.write(b"0\r\n\r\n" if is_chunked else b"")
        await writer.drain()
