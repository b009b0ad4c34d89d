"""A connection stays good after a refusal, or the response says that it ends."""

import socket

import pytest

ROUNDS = 40


def read(connection):
    """One response with its body; what came until the end of the connection if it ends first."""
    data = b""
    while b"\r\n\r\n" not in data:
        more = connection.recv(65_536)
        if not more:
            return data
        data += more
    head, _, body = data.partition(b"\r\n\r\n")
    length = next((int(line.split(b":")[1]) for line in head.lower().split(b"\r\n") if line.startswith(b"content-length")), 0)
    while len(body) < length and (more := connection.recv(65_536)):
        body += more
    return head + b"\r\n\r\n" + body


@pytest.mark.parametrize(
    ("path", "headers"),
    [
        ("/api/v1/accounts/x/api-keys", "X-Yunxin-Request: dashboard\r\nSec-Fetch-Site: same-origin\r\n"),
        ("/api/v1/auth/sign-in", ""),
        ("/v1/chat/completions", "Authorization: Bearer yx-wrong\r\n"),
    ],
    ids=["nobody", "another site", "a wrong key"],
)
def test_a_refusal_before_the_body_has_come_leaves_the_connection_or_says_that_it_ends(server, path, headers):
    """Clients keep connections: one that ends unannounced makes their next request fail."""
    host, port = server.url.removeprefix("http://").split(":")
    body = b'{"grace_seconds":3600}'
    head = f"POST {path} HTTP/1.1\r\nHost: {host}:{port}\r\nContent-Type: application/json\r\n{headers}Content-Length: {len(body)}\r\n\r\n"
    broken = 0
    for _ in range(ROUNDS):
        with socket.create_connection((host, int(port)), timeout=5) as connection:
            connection.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
            connection.sendall(head.encode())
            try:
                connection.sendall(body)
                response = read(connection)
                if b"connection: close" in response.lower():
                    continue
                connection.sendall(f"GET /healthz HTTP/1.1\r\nHost: {host}:{port}\r\n\r\n".encode())
                broken += not read(connection).startswith(b"HTTP/1.1 200")
            except OSError:
                broken += 1
    assert broken == 0, f"{broken} of {ROUNDS} connections ended unannounced"
