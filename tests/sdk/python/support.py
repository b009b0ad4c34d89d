"""Drives one Yunxin binary the way an operator does: a config file, commands, signals, HTTP.

Nothing here knows the code. What the contract leaves open (the exact shape of a sandbox or usage response) is read
through the tolerant helpers of `reading.py`, in one place.
"""

import json
import os
import queue
import signal
import sqlite3
import subprocess
import threading
import time
from dataclasses import dataclass
from pathlib import Path

import openai

START_SECONDS = 30
COMMAND_SECONDS = 30
DRAIN_SECONDS = 30

CONFIG = """\
[server]
listen = "{listen}"
metrics_listen = "127.0.0.1:0"
data_dir = "{root}/data"

[database]
url = "sqlite:{root}/data/yunxin.db"
"""


def clean_environment(**extra):
    """The caller's environment without what would steer the product or a client from outside."""
    foreign = ("YUNXIN", "OPENAI_", "TEST_")
    kept = {
        name: value
        for name, value in os.environ.items()
        if not name.startswith(foreign) and not name.lower().endswith("_proxy")
    }
    return {**kept, **extra}


@dataclass(frozen=True)
class Key:
    id: str
    secret: str
    account: str


class CommandFailed(AssertionError):
    pass


class Yunxin:
    """One installation in a folder of its own: at most one server process at a time, and its CLI."""

    def __init__(self, binary, root, *, listen="127.0.0.1:0", config="", env=None):
        self.binary = str(binary)
        self.root = Path(root)
        self.root.mkdir(parents=True, exist_ok=True)
        self.config = self.root / "yunxin.toml"
        self.config.write_text(CONFIG.format(listen=listen, root=self.root) + config)
        self.log = self.root / "stderr.log"
        self.env = clean_environment(**(env or {}))
        self.process = None
        self.info = {}
        self._lines = queue.Queue()
        self._accounts = 0

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.kill()

    # -- the server ------------------------------------------------------------------------------------------------

    @property
    def url(self):
        return self.info["url"].rstrip("/")

    @property
    def api(self):
        return f"{self.url}/v1"

    @property
    def metrics_url(self):
        url = self.info["metrics_url"].rstrip("/")
        return url if url.endswith("/metrics") else f"{url}/metrics"

    @property
    def sandbox_url(self):
        return self.info["sandbox_url"].rstrip("/").removesuffix("/v1")

    @property
    def database(self):
        return self.root / "data" / "yunxin.db"

    def spawn(self, *arguments):
        """Start `serve` and return the process; `lines()` gives its standard output."""
        assert self.process is None, "this installation already has a server"
        command = [self.binary, "serve", "--config", str(self.config), *arguments]
        with self.log.open("ab") as log:
            self.process = subprocess.Popen(
                command, cwd=self.root, env=self.env, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=log
            )
        self._lines = queue.Queue()
        threading.Thread(target=self._read, args=(self.process.stdout, self._lines), daemon=True).start()
        return self.process

    @staticmethod
    def _read(stream, lines):
        with stream:
            for line in stream:
                lines.put(line.decode(errors="replace").rstrip("\n"))
        lines.put(None)

    def next_line(self, seconds=START_SECONDS):
        """The next line of the server's standard output; a failure with its log when none comes."""
        try:
            line = self._lines.get(timeout=seconds)
        except queue.Empty:
            line = None
        if line is None:
            raise CommandFailed(f"serve printed nothing more; its stderr ends:\n{self.log_text()[-2000:]}")
        return line

    def start(self, *arguments):
        self.spawn("--json", *arguments)
        line = self.next_line()
        try:
            self.info = json.loads(line)
        except ValueError:
            raise CommandFailed(f"`serve --json` printed this instead of one JSON line: {line!r}") from None
        return self

    def terminate(self):
        self.process.send_signal(signal.SIGTERM)

    def wait(self, seconds=DRAIN_SECONDS):
        code = self.process.wait(timeout=seconds)
        self.process = None
        return code

    def stop(self):
        self.terminate()
        return self.wait()

    def kill(self):
        if self.process is not None:
            self.process.kill()
            self.process.wait(timeout=10)
            self.process = None

    def log_text(self):
        return self.log.read_text(errors="replace") if self.log.exists() else ""

    # -- the command line ------------------------------------------------------------------------------------------

    def run(self, *arguments, seconds=COMMAND_SECONDS):
        """Run one command; the finished process, whatever its exit code."""
        command = [self.binary, *map(str, arguments), "--config", str(self.config)]
        return subprocess.run(
            command, cwd=self.root, env=self.env, stdin=subprocess.DEVNULL, capture_output=True, text=True, timeout=seconds
        )

    def cli(self, *arguments):
        """Run one command with `--json`; what it printed, parsed."""
        done = self.run(*arguments, "--json")
        if done.returncode != 0:
            raise CommandFailed(f"yunxin {' '.join(map(str, arguments))} exited {done.returncode}: {done.stderr.strip()}")
        return json.loads(done.stdout) if done.stdout.strip() else None

    def account(self, tier):
        self._accounts += 1
        email = f"{tier}-{self._accounts}-{os.getpid()}@example.test"
        return self.cli("account", "create", "--email", email, "--tier", tier)["id"]

    def key(self, tier="enterprise", *options, account=None, name="sdk suite"):
        """A new key, on a new account unless one is given."""
        account = account or self.account(tier)
        made = self.cli("key", "create", "--account", account, "--name", name, *options)
        return Key(made["id"], made["key"], account)

    def sql(self, statement, *values):
        """Change the stopped server's SQLite file: the operator's last door."""
        assert self.process is None, "stop the server before editing its database"
        connection = sqlite3.connect(self.database)
        try:
            with connection:
                return connection.execute(statement, values).fetchall()
        finally:
            connection.close()

    # -- clients ---------------------------------------------------------------------------------------------------

    def client(self, secret, **options):
        return openai.OpenAI(base_url=self.api, api_key=secret, **{"max_retries": 0, "timeout": 30, **options})

    def async_client(self, secret, **options):
        return openai.AsyncOpenAI(base_url=self.api, api_key=secret, **{"max_retries": 0, "timeout": 30, **options})


def fresh_minute(need=15):
    """Sleep to the next minute, but only when fewer than `need` seconds of this one are left."""
    left = 60 - time.time() % 60
    if left < need:
        time.sleep(left + 0.2)


def eventually(check, seconds=5, every=0.05):
    """The first truthy value of `check()`; its last value when the time is over."""
    deadline = time.monotonic() + seconds
    while True:
        value = check()
        if value or time.monotonic() > deadline:
            return value
        time.sleep(every)


def say(text):
    """A chat's messages."""
    return [{"role": "user", "content": text}]


def sandbox(text="Say something.", **orders):
    """A prompt that the sandbox obeys. A value of None is a bare word (`content_filter`)."""
    words = [name if value is None else f"{name}={value}" for name, value in orders.items()]
    return f"{text} [[sandbox: {' '.join(words)}]]"
