#!/usr/bin/env python3
"""How long the Dashboard's pages wait for the server, with a large history behind them. Standard library only.

    tests/bench_dashboard.py --yunxin PATH [--events 10000000] [--data FOLDER] [--out FOLDER]

Makes the history (or takes the one in FOLDER), starts the server on loopback, signs in as its first operator, and times what each page
asks for: alone, and all of a page together as a browser does. Prints a table, writes it as JSON, and fails when a median is over the gate.
"""

import argparse
import concurrent.futures
import datetime
import json
import os
import re
import signal
import socket
import statistics
import subprocess
import sys
import tempfile
import time
import urllib.error
import urllib.request
from pathlib import Path

GATE_MS = 300
RUNS = 7
DAYS = 90
ACCOUNTS = 50
START_SECONDS = 60
GENERATE_SECONDS = 3_600
PASSWORD = "a long enough password"


def free_port():
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


class Server:
    """The binary on a loopback port, with somebody signed in."""

    def __init__(self, yunxin, folder):
        self.base = f"http://127.0.0.1:{free_port()}"
        environment = os.environ | {
            "YUNXIN__SERVER__LISTEN": self.base.removeprefix("http://"),
            "YUNXIN__SERVER__METRICS_LISTEN": f"127.0.0.1:{free_port()}",
            "YUNXIN__SERVER__DATA_DIR": str(folder),
        }
        self.log = open(folder / "serve.log", "w+", encoding="utf-8")
        self.process = subprocess.Popen([yunxin, "serve"], env=environment, stdout=self.log, stderr=subprocess.STDOUT)
        self.cookie = ""
        self.wait()

    def wait(self):
        until = time.monotonic() + START_SECONDS
        while time.monotonic() < until and self.process.poll() is None:
            try:
                with urllib.request.urlopen(self.base + "/readyz", timeout=2):
                    return
            except OSError:
                time.sleep(0.1)
        self.log.seek(0)
        sys.exit(f"the server did not start:\n{self.log.read()}")

    def sign_in(self):
        self.log.seek(0)
        link = re.search(r"/first-operator#(\S+)", self.log.read())
        body = {"email": "bench@example.com", "password": PASSWORD}
        path = "/api/v1/auth/sign-in"
        if link:
            body["token"], path = link.group(1), "/api/v1/auth/first-operator"
        request = urllib.request.Request(self.base + path, data=json.dumps(body).encode(), method="POST")
        request.add_header("Content-Type", "application/json")
        request.add_header("X-Yunxin-Request", "dashboard")
        request.add_header("Sec-Fetch-Site", "same-origin")
        with urllib.request.urlopen(request, timeout=30) as response:
            self.cookie = response.headers["set-cookie"].split(";")[0]

    def get(self, path):
        """The response's bytes and how many milliseconds it took."""
        request = urllib.request.Request(self.base + path, headers={"Cookie": self.cookie})
        begun = time.perf_counter()
        with urllib.request.urlopen(request, timeout=120) as response:
            body = response.read()
        return body, (time.perf_counter() - begun) * 1_000

    def stop(self):
        self.process.send_signal(signal.SIGTERM)
        self.process.wait(timeout=30)


def rfc3339(moment):
    return moment.strftime("%Y-%m-%dT%H:%M:%S.000Z")


def pages(account, key, request):
    """What each page asks for."""
    now = datetime.datetime.now(datetime.timezone.utc)

    def since(**ago):
        return f"from={rfc3339(now - datetime.timedelta(**ago))}&to={rfc3339(now)}"

    base = f"/api/v1/accounts/{account}"
    usage, log = f"{base}/usage?", f"{base}/requests?limit=50"
    admin = "/api/v1/admin/usage?"
    ranges = {"hour": since(hours=1), "day": since(days=1), "week": since(days=7), "month": since(days=30), "quarter": since(days=DAYS)}
    return {
        "overview": [f"{usage}{since(days=1)}", f"{usage}{since(days=1)}&group_by=model", f"{usage}{since(days=2)}", f"{base}/limits", f"{log}&status=error"],
        "api keys": [f"{base}/api-keys"],
        "api key": [f"{base}/api-keys/{key}", f"{usage}{ranges['week']}&api_key_id={key}", f"{base}/api-keys/{key}/secrets", f"{log}&api_key_id={key}"],
        "usage, 1 h": [f"{usage}{ranges['hour']}&group_by=model"],
        "usage, 24 h": [f"{usage}{ranges['day']}&group_by={group}" for group in ("model", "api_key", "environment", "status", "endpoint")],
        "usage, 7 d": [f"{usage}{ranges['week']}&group_by={group}" for group in ("model", "api_key", "status")],
        "usage, 30 d": [f"{usage}{ranges['month']}&group_by={group}" for group in ("model", "api_key", "status")],
        "usage, 90 d": [f"{usage}{ranges['quarter']}&group_by={group}" for group in ("model", "api_key", "status")],
        "usage, 30 d, by hour": [f"{usage}{ranges['month']}&group_by=model&step=hour"],
        "usage, 30 d, CSV": [f"{base}/usage.csv?{ranges['month']}&group_by=api_key"],
        "requests": [log, f"{log}&{ranges['day']}"],
        "requests, one key failing": [f"{log}&api_key_id={key}&status=502"],
        "requests, nothing found": [f"{log}&model=no-such-model"],
        "requests, 60 days ago": [f"{log}&from={rfc3339(now - datetime.timedelta(days=61))}&to={rfc3339(now - datetime.timedelta(days=60))}"],
        "receipt": [f"{base}/requests/{request}"],
        "models": [f"{base}/models?limit=200"],
        "operator: accounts": ["/api/v1/admin/accounts"],
        "operator: account": [f"/api/v1/admin/accounts/{account}", f"{admin}{ranges['month']}&account_id={account}"],
        "operator: usage, 24 h": [f"{admin}{ranges['day']}&group_by={group}" for group in ("account", "model", "provider", "status")],
        "operator: usage, 7 d": [f"{admin}{ranges['week']}&group_by={group}" for group in ("account", "model")],
        "operator: usage, 30 d": [f"{admin}{ranges['month']}&group_by={group}" for group in ("account", "model")],
        "operator: usage, 90 d": [f"{admin}{ranges['quarter']}&group_by={group}" for group in ("account", "model")],
        "operator: audit log": ["/api/v1/admin/audit-log"],
        "operator: system": ["/api/v1/admin/system"],
    }


def measure(server, calls):
    """Milliseconds of each run of a page (all its calls at once), and the bytes of one."""
    times, size = [], 0
    with concurrent.futures.ThreadPoolExecutor(max_workers=6) as browser:
        for _ in range(RUNS):
            begun = time.perf_counter()
            responses = list(browser.map(server.get, calls))
            times.append((time.perf_counter() - begun) * 1_000)
            size = sum(len(body) for body, _ in responses)
    return times, size


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--yunxin", required=True)
    parser.add_argument("--events", type=int, default=10_000_000)
    parser.add_argument("--data", type=Path, help="a data folder to keep and use again")
    parser.add_argument("--out", type=Path, default=Path("bench-results"))
    arguments = parser.parse_args()
    yunxin = str(Path(arguments.yunxin).resolve())
    with tempfile.TemporaryDirectory(prefix="yunxin-bench-") as temporary:
        folder = (arguments.data or Path(temporary)).resolve()
        folder.mkdir(parents=True, exist_ok=True)
        if not (folder / "yunxin.db").exists():
            print(f"making {arguments.events:,} requests of {ACCOUNTS} accounts over {DAYS} days", flush=True)
            command = [yunxin, "generate-usage", "--events", arguments.events, "--days", DAYS, "--accounts", ACCOUNTS]
            begun = time.monotonic()
            environment = os.environ | {"YUNXIN__SERVER__DATA_DIR": str(folder)}
            subprocess.run([str(part) for part in command], env=environment, check=True, timeout=GENERATE_SECONDS)
            print(f"took {time.monotonic() - begun:.0f} s; {(folder / 'yunxin.db').stat().st_size / 2**30:.1f} GiB", flush=True)
        server = Server(yunxin, folder)
        try:
            server.sign_in()
            accounts = json.loads(server.get("/api/v1/admin/accounts?limit=200")[0])["data"]
            account = max(accounts, key=lambda one: one["requests_30d"])["id"]
            keys = json.loads(server.get(f"/api/v1/accounts/{account}/api-keys")[0])["data"]
            request = json.loads(server.get(f"/api/v1/accounts/{account}/requests?limit=1")[0])["data"][0]["id"]
            rows = []
            print(f"{'page':<28} {'calls':>5} {'KiB':>8} {'median ms':>10} {'worst ms':>9}")
            for page, calls in pages(account, keys[-1]["id"], request).items():
                times, size = measure(server, calls)
                median, worst = statistics.median(times), max(times)
                rows.append({"page": page, "calls": len(calls), "bytes": size, "median_ms": round(median, 1), "worst_ms": round(worst, 1)})
                verdict = "" if median < GATE_MS else "  OVER THE GATE"
                print(f"{page:<28} {len(calls):>5} {size / 1024:>8.1f} {median:>10.1f} {worst:>9.1f}{verdict}", flush=True)
        finally:
            server.stop()
    arguments.out.mkdir(parents=True, exist_ok=True)
    report = {"events": arguments.events, "gate_ms": GATE_MS, "pages": rows}
    (arguments.out / "dashboard.json").write_text(json.dumps(report, indent=2) + "\n", encoding="utf-8")
    slow = [row["page"] for row in rows if row["median_ms"] >= GATE_MS]
    print(f"{len(rows) - len(slow)} of {len(rows)} pages respond in under {GATE_MS} ms" + (f"; not: {', '.join(slow)}" if slow else ""))
    return 1 if slow else 0


if __name__ == "__main__":
    sys.exit(main())
