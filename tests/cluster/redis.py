"""A private Redis on a loopback port, which can be killed, started again, emptied and slowed."""

import contextlib
import os
import shutil
import signal
import socket
import subprocess
import time
from pathlib import Path

START_SECONDS = 20


def free_port():
    with socket.create_server(("127.0.0.1", 0)) as listener:
        return listener.getsockname()[1]


class Redis:
    def __init__(self, folder, *options):
        self.folder, self.port, self.process = Path(folder), free_port(), None
        self.options = options

    @property
    def url(self):
        return f"redis://127.0.0.1:{self.port}/"

    def start(self):
        server = shutil.which("redis-server") or shutil.which("valkey-server")
        with (self.folder / "redis.log").open("a") as log:
            self.process = subprocess.Popen(
                [server, "--port", str(self.port), "--bind", "127.0.0.1", "--save", "", "--appendonly", "no", "--dir", str(self.folder), *self.options],
                stdout=log, stderr=log, start_new_session=True,
            )
        until = time.monotonic() + START_SECONDS
        while time.monotonic() < until:
            with contextlib.suppress(OSError):
                if self.command("PING") == "+PONG":
                    return
            time.sleep(0.02)
        raise SystemExit("Redis does not start")

    def kill(self):
        if self.process:
            with contextlib.suppress(ProcessLookupError):
                os.killpg(self.process.pid, signal.SIGKILL)
            self.process.wait()
            self.process = None

    def command(self, *words):
        """The first line of the response."""
        return self.text(*words).partition("\r\n")[0]

    def text(self, *words):
        """The beginning of the response, whole where it is short."""
        text = f"*{len(words)}\r\n" + "".join(f"${len(word)}\r\n{word}\r\n" for word in words)
        with socket.create_connection(("127.0.0.1", self.port), timeout=10) as connection:
            connection.sendall(text.encode())
            return connection.recv(4096).decode()


@contextlib.contextmanager
def two_nodes(folder):
    """A cluster of two nodes, each with half of the slots."""
    nodes = []
    try:
        for name in ("one", "two"):
            (Path(folder) / name).mkdir()
            # Its own bus must not be ten thousand above a port that is high already.
            nodes.append(Redis(Path(folder) / name, "--cluster-enabled", "yes", "--cluster-port", str(free_port())))
            nodes[-1].start()
        for node, first, last in ((nodes[0], 0, 8191), (nodes[1], 8192, 16383)):
            node.command("CLUSTER", "ADDSLOTSRANGE", str(first), str(last))
        other = nodes[1]
        nodes[0].command("CLUSTER", "MEET", "127.0.0.1", str(other.port), other.options[-1])
        until = time.monotonic() + START_SECONDS
        while not all("cluster_state:ok" in node.text("CLUSTER", "INFO") for node in nodes):
            if time.monotonic() > until:
                raise SystemExit("the nodes of Redis do not meet")
            time.sleep(0.1)
        yield nodes
    finally:
        for node in nodes:
            node.kill()


@contextlib.contextmanager
def running(folder):
    redis = Redis(folder)
    try:
        redis.start()
        yield redis
    finally:
        redis.kill()
