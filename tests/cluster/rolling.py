"""An upgrade, one server after the other, under load: nothing is refused, reset or cut."""

import contextlib
import http.client
import json
import select
import signal
import threading
import time
from pathlib import Path

from servers import Cluster

CHECK_SECONDS = 0.1
DRAIN_WAIT_MS = 1000
STOP_SECONDS = 60
QUICK = json.dumps({"model": "sandbox-small", "max_tokens": 5, "messages": [{"role": "user", "content": "Hello"}]})
STREAM = json.dumps({
    "model": "sandbox-small", "stream": True,
    "messages": [{"role": "user", "content": "[[sandbox: words=40, wps=20]] Hello"}],
})


class Balancer:
    """Clients behind a balancer: each asks a server that was ready when it was last looked at."""

    def __init__(self, cluster, key):
        self.cluster, self.key = cluster, key
        self.ready = set()
        self.is_over = threading.Event()
        self.served = {"request": 0, "stream": 0}
        self.failures = []
        self.threads = []

    def begin(self, requests, streams):
        self.look()
        workers = [threading.Thread(target=self.check, daemon=True)]
        workers += [threading.Thread(target=self.work, args=("request", QUICK, turn), daemon=True) for turn in range(requests)]
        workers += [threading.Thread(target=self.work, args=("stream", STREAM, turn), daemon=True) for turn in range(streams)]
        self.threads = workers
        for worker in workers:
            worker.start()

    def end(self):
        self.is_over.set()
        for worker in self.threads:
            worker.join(timeout=60)

    def look(self):
        self.ready = {index for index, port in enumerate(self.cluster.ports) if Cluster.get(port, "/readyz") == 200}

    def check(self):
        while not self.is_over.wait(CHECK_SECONDS):
            self.look()

    def work(self, kind, body, turn):
        connections = {}
        headers = {"authorization": f"Bearer {self.key}", "content-type": "application/json"}
        while not self.is_over.is_set():
            ready = sorted(self.ready)
            if not ready:
                self.failures.append(f"{kind}: no server is ready")
                time.sleep(0.2)
                continue
            turn += 1
            index = ready[turn % len(ready)]
            connection = connections.setdefault(index, http.client.HTTPConnection("127.0.0.1", self.cluster.ports[index], timeout=60))
            # As every client with a pool does: a connection that the server closed while it was idle is not used.
            if connection.sock and select.select([connection.sock], [], [], 0)[0]:
                connection.close()
            try:
                connection.request("POST", "/v1/chat/completions", body, headers)
                response = connection.getresponse()
                text = response.read()
            except (OSError, http.client.HTTPException) as error:
                self.failures.append(f"{kind} at server {index}: {error!r}")
                connection.close()
                continue
            is_whole = kind == "request" or text.rstrip().endswith(b"data: [DONE]")
            if response.status != 200 or not is_whole:
                self.failures.append(f"{kind} at server {index}: status {response.status}, {text[-120:]!r}")
            self.served[kind] += 1
            if kind == "request":
                time.sleep(0.05)
        for connection in connections.values():
            connection.close()


def restart(cluster, balancer, index):
    """How long the server took from SIGTERM to being ready again; the balancer has to have seen it leave."""
    begun = time.monotonic()
    cluster.signal(index, signal.SIGTERM)
    process = cluster.processes[index]
    was_unready = False
    while process.poll() is None:
        was_unready = was_unready or Cluster.get(cluster.ports[index], "/readyz") == 503
        if time.monotonic() - begun > STOP_SECONDS:
            raise SystemExit(f"server {index} does not stop")
        time.sleep(0.02)
    cluster.start(index)
    cluster.wait([index])
    while index not in balancer.ready:
        time.sleep(0.02)
    return was_unready, time.monotonic() - begun


def upgrade(binary, folder, database, table):
    folder = Path(folder)
    folder.mkdir()
    first = Cluster(binary, folder, database, "")
    first.sql("CREATE DATABASE rolling")
    cluster = Cluster(binary, folder, database.rsplit("/", 1)[0] + "/rolling", "", ports=first.ports[:2], drain_wait_ms=DRAIN_WAIT_MS)
    cluster.command("account", "list")  # makes the schema
    cluster.sql(
        "UPDATE tiers SET requests_per_minute = NULL, tokens_per_minute = NULL, requests_per_day = NULL,"
        " concurrent_requests = NULL WHERE id = 'enterprise'"
    )
    with cluster.running([0, 1]):
        balancer = Balancer(cluster, cluster.key("enterprise"))
        balancer.begin(requests=6, streams=6)
        for index in (0, 1):
            was_unready, took = restart(cluster, balancer, index)
            table.fact(f"server {index + 1} of 2 upgraded under load, in", f"{took:.1f} s", was_unready)
        balancer.end()
        served = balancer.served
        enough = served["request"] > 50 and served["stream"] > 5
        table.fact("  requests and streams meanwhile", f"{served['request']} and {served['stream']}", enough)
        table.fact("  refused, reset or cut", str(len(balancer.failures)), not balancer.failures)
        for failure in balancer.failures[:5]:
            print(f"    {failure}")
        if balancer.failures:
            with contextlib.suppress(OSError):
                cluster.show_logs()
