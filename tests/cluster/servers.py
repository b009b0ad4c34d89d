"""Several real servers on one database, and a client that asks them in turn."""

import contextlib
import http.client
import itertools
import json
import os
import signal
import subprocess
import threading
import time
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path

from redis import free_port

START_SECONDS = 90
# Of each server's log, where something is wrong.
LOG_BYTES = int(os.environ.get("LOG_BYTES", "3000"))
TRIES = 10
RETRY_SECONDS = 0.5
BODY = json.dumps({"model": "sandbox-small", "max_tokens": 5, "messages": [{"role": "user", "content": "Hello"}]})


# A response of two seconds.
SLOW = json.dumps({
    "model": "sandbox-small", "stream": True,
    "messages": [{"role": "user", "content": "[[sandbox: words=20, wps=10]] Hello"}],
})


@dataclass
class Outcome:
    server: int
    status: int
    seconds: float
    headers: dict
    # Of the whole request, as the response says; 0 of a stream.
    tokens: int = 0

    @property
    def is_true(self):
        """Used and remaining add up to the limit, where there is one."""
        limit = self.headers.get("x-ratelimit-limit")
        if limit is None:
            return True
        used, remaining = (int(self.headers[f"x-ratelimit-{name}"]) for name in ("used", "remaining"))
        return used + remaining == int(limit)


class Cluster:
    def __init__(self, binary, folder, database, redis_urls, ports=None, drain_wait_ms=0, ways=None, more=""):
        """`redis_urls`: the way to Redis of each server, or one for all. `ways`: the way to the database of each server, where
        it is not `database` itself. `more`: of the configuration."""
        self.binary, self.folder, self.database = binary, Path(folder), database
        self.ports = ports or [free_port() for _ in range(3)]
        self.processes = [None] * len(self.ports)
        # Responses of 503, after which was asked again.
        self.undecided = 0
        for index, port in enumerate(self.ports):
            (self.folder / f"data-{index}").mkdir(exist_ok=True)
            (self.folder / f"{index}.toml").write_text(
                f'[server]\nlisten = "127.0.0.1:{port}"\nmetrics_listen = ""\ndrain_wait_ms = {drain_wait_ms}\ndata_dir = "{self.folder}/data-{index}"\n'
                f'[database]\nurl = "{ways[index] if ways else database}"\n[auth]\nmaster_key = "{"ab" * 32}"\n'
                f'[shared_state]\nredis_url = "{redis_urls if isinstance(redis_urls, str) else redis_urls[index]}"\n[telemetry]\naccess_log = "off"\n{more}'
            )

    def command(self, *arguments):
        done = subprocess.run(
            [self.binary, *arguments, "--config", self.folder / "0.toml", "--json"],
            cwd=self.folder, capture_output=True, text=True, timeout=60,
        )
        if done.returncode != 0:
            raise SystemExit(f"{' '.join(arguments)} failed: {done.stderr}")
        return json.loads(done.stdout)

    def sql(self, text):
        subprocess.run(["psql", "-q", "-o", os.devnull, "-v", "ON_ERROR_STOP=1", self.database, "-c", text], check=True, timeout=60)

    def number(self, text):
        done = subprocess.run(["psql", "-qtA", self.database, "-c", text], check=True, timeout=60, capture_output=True, text=True)
        return int(done.stdout)

    def key(self, tier):
        """The secret of a key of a new account."""
        account = self.command("account", "create", "--email", f"{os.urandom(4).hex()}@example.com", "--tier", tier)["id"]
        return self.command("key", "create", "--account", account, "--name", "load")["key"]

    def start(self, index):
        with (self.folder / f"{index}.log").open("a") as log:
            self.processes[index] = subprocess.Popen(
                [self.binary, "serve", "--config", self.folder / f"{index}.toml"],
                cwd=self.folder, stdout=log, stderr=log, start_new_session=True,
            )

    def signal(self, index, number):
        os.killpg(self.processes[index].pid, number)
        if number == signal.SIGKILL:
            self.processes[index].wait()

    def wait(self, among=None):
        until = time.monotonic() + START_SECONDS
        for index, port in enumerate(self.ports):
            if among is not None and index not in among:
                continue
            while self.get(port, "/readyz") != 200:
                if self.processes[index].poll() is not None or time.monotonic() > until:
                    raise SystemExit(f"server {index} does not start: {(self.folder / f'{index}.log').read_text()[-2000:]}")
                time.sleep(0.05)

    @staticmethod
    def get(port, path):
        with contextlib.suppress(OSError, http.client.HTTPException):
            connection = http.client.HTTPConnection("127.0.0.1", port, timeout=2)
            connection.request("GET", path)
            return connection.getresponse().status
        return None

    def show_logs(self):
        for index in range(len(self.ports)):
            log = self.folder / f"{index}.log"
            print(f"-- server {index}\n{log.read_text()[-LOG_BYTES:] if log.exists() else ''}")

    def standings(self):
        """How each server counts limits, as it said of itself."""
        return [server["limits"] for server in self.command("cluster", "status")]

    def until_joined(self, count, seconds):
        """How long it took until so many servers decided together."""
        begun = time.monotonic()
        while self.standings().count("joined") < count:
            if time.monotonic() - begun > seconds:
                self.show_logs()
                raise SystemExit(f"not joined after {seconds} s: {self.standings()}")
            time.sleep(0.1)
        return time.monotonic() - begun

    def offer(self, key, count, among=None, workers=9, body=BODY):
        """Sends so many requests to the servers in turn, several at a time."""
        among = list(range(len(self.ports))) if among is None else among
        turns = itertools.islice(itertools.cycle(among), count)
        place = threading.local()

        def ask(index):
            held = place.__dict__.setdefault("connections", {})
            connection = held.setdefault(index, http.client.HTTPConnection("127.0.0.1", self.ports[index], timeout=30))
            begun = time.monotonic()
            # A server that waits for the others to agree says so, and a client asks again, as the official ones do.
            for _ in range(TRIES):
                connection.request("POST", "/v1/chat/completions", body, {"authorization": f"Bearer {key}", "content-type": "application/json"})
                response = connection.getresponse()
                text = response.read()
                if response.status != 503:
                    break
                self.undecided += 1
                time.sleep(RETRY_SECONDS)
            headers = {name.lower(): value for name, value in response.getheaders()}
            used = json.loads(text)["usage"]["total_tokens"] if response.status == 200 and body is BODY else 0
            return Outcome(index, response.status, time.monotonic() - begun, headers, used)

        with ThreadPoolExecutor(workers) as pool:
            return list(pool.map(ask, turns))

    @contextlib.contextmanager
    def running(self, among=(0, 1, 2)):
        try:
            for index in among:
                self.start(index)
            self.wait(among)
            yield self
        finally:
            for process in self.processes:
                if process is not None:
                    with contextlib.suppress(ProcessLookupError):
                        os.killpg(process.pid, signal.SIGCONT)
                        os.killpg(process.pid, signal.SIGKILL)
                    process.wait()
