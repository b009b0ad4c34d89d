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
    def __init__(self, folder):
        self.folder, self.port, self.process = Path(folder), free_port(), None

    @property
    def url(self):
        return f"redis://127.0.0.1:{self.port}/"

    def start(self):
        server = shutil.which("redis-server") or shutil.which("valkey-server")
        with (self.folder / "redis.log").open("a") as log:
            self.process = subprocess.Popen(
                [server, "--port", str(self.port), "--bind", "127.0.0.1", "--save", "", "--appendonly", "no", "--dir", str(self.folder)],
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
        text = f"*{len(words)}\r\n" + "".join(f"${len(word)}\r\n{word}\r\n" for word in words)
        with socket.create_connection(("127.0.0.1", self.port), timeout=10) as connection:
            connection.sendall(text.encode())
            return connection.makefile("rb").readline().decode().strip()


@contextlib.contextmanager
def running(folder):
    redis = Redis(folder)
    try:
        redis.start()
        yield redis
    finally:
        redis.kill()
