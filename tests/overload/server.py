"""The gateway with a database, accounts, keys and a catalogue of its own."""

import contextlib
import json
import os
import signal
import socket
import sqlite3
import subprocess
import tempfile
import time
import urllib.request
from pathlib import Path

START_SECONDS = 60


def free_port():
    with socket.create_server(("127.0.0.1", 0)) as listener:
        return listener.getsockname()[1]


class Server:
    def __init__(self, binary, folder, catalogue, settings=""):
        self.binary, self.folder = binary, Path(folder)
        self.port, self.metrics_port, self.process = free_port(), free_port(), None
        (self.folder / "data").mkdir()
        (self.folder / "catalog.toml").write_text(catalogue)
        self.config = self.folder / "yunxin.toml"
        self.config.write_text(
            f'[server]\nlisten = "127.0.0.1:{self.port}"\nmetrics_listen = "127.0.0.1:{self.metrics_port}"\n'
            f'data_dir = "{self.folder}/data"\nconnections_per_address_max = 10000\n'
            f'[database]\nurl = "sqlite:{self.folder}/data/yunxin.db"\n[catalog]\nfile = "{self.folder}/catalog.toml"\n'
            f"[sandbox]\nenabled = false\n{settings}"
        )

    def command(self, *arguments):
        done = subprocess.run(
            [self.binary, *arguments, "--config", self.config, "--json"],
            cwd=self.folder, capture_output=True, text=True, timeout=60,
        )
        if done.returncode != 0:
            raise SystemExit(f"{' '.join(arguments)} failed: {done.stderr}")
        return json.loads(done.stdout)

    def key(self, tier):
        """The secret of a key of a new account."""
        account = self.command("account", "create", "--email", f"{os.urandom(4).hex()}@example.com", "--tier", tier)["id"]
        return self.command("key", "create", "--account", account, "--name", "load")["key"]

    def without_limits(self):
        """Takes the limits off every tier: what is looked at is the gate, not the rates. Before the start."""
        with self.database() as database:
            database.execute(
                "UPDATE tiers SET requests_per_minute = NULL, tokens_per_minute = NULL, requests_per_day = NULL, concurrent_requests = NULL"
            )

    @contextlib.contextmanager
    def database(self):
        database = sqlite3.connect(self.folder / "data" / "yunxin.db", timeout=30)
        try:
            with database:
                yield database
        finally:
            database.close()

    @contextlib.contextmanager
    def running(self):
        with (self.folder / "log").open("w") as log:
            self.process = subprocess.Popen(
                [self.binary, "serve", "--config", self.config], cwd=self.folder, stdout=log, stderr=log, start_new_session=True
            )
        try:
            self.wait()
            yield self
        finally:
            with contextlib.suppress(ProcessLookupError):
                os.killpg(self.process.pid, signal.SIGTERM)
            try:
                self.process.wait(timeout=30)
            except subprocess.TimeoutExpired:
                os.killpg(self.process.pid, signal.SIGKILL)

    def wait(self):
        until = time.monotonic() + START_SECONDS
        while time.monotonic() < until:
            with contextlib.suppress(OSError):
                urllib.request.urlopen(f"http://127.0.0.1:{self.port}/readyz", timeout=1).close()
                return
            if self.process.poll() is not None:
                break
            time.sleep(0.05)
        raise SystemExit(f"the server does not start: {(self.folder / 'log').read_text()[-2000:]}")

    def metrics(self):
        with urllib.request.urlopen(f"http://127.0.0.1:{self.metrics_port}/metrics", timeout=10) as response:
            return response.read().decode()


@contextlib.contextmanager
def folder():
    with tempfile.TemporaryDirectory(prefix="yunxin-overload-", ignore_cleanup_errors=True) as name:
        yield name


def provider(name, port):
    return f'[[providers]]\nname = "{name}"\nkind = "openai_compatible"\nbase_url = "http://127.0.0.1:{port}/v1"\n'


def deployment(name):
    return f'[[deployments]]\nmodel = "m"\nprovider = "{name}"\n'


MODEL = '[[models]]\nid = "m"\nmin_tier = "free"\n'
