"""Thousands of keys are revoked while servers, database and Redis fail: no request that was sent after the response to a
revocation is served, at any server."""

import asyncio
import contextlib
import json
import os
import random
import re
import time
from pathlib import Path

from nemesis import Nemesis
from proxy import Proxy
from redis import free_port
from servers import Cluster

SERVERS = 5
AT_ONCE = 4
# Of a server's lease, as config.default.toml has it, stretched as the author of a change stretches it.
LEASE_SECONDS = 5 * 1.02 + 0.05
PATIENCE = 15
PAUSE = 0.04
OUR_PAGE = "x-yunxin-request: dashboard\r\nsec-fetch-site: same-origin\r\n"


class Connections:
    """Kept connections to one server."""

    def __init__(self, port):
        self.port, self.idle = port, []

    async def ask(self, method, path, headers, body=None):
        """Status and text; 0 where the server does not answer."""
        text = b"" if body is None else json.dumps(body).encode()
        head = f"{method} {path} HTTP/1.1\r\nhost: 127.0.0.1\r\ncontent-type: application/json\r\ncontent-length: {len(text)}\r\n{headers}\r\n"
        try:
            async with asyncio.timeout(PATIENCE):
                reader, writer = self.idle.pop() if self.idle else await asyncio.open_connection("127.0.0.1", self.port)
                try:
                    writer.write(head.encode() + text)
                    answered = await response(reader)
                except BaseException:
                    writer.close()
                    raise
        except (TimeoutError, OSError, asyncio.IncompleteReadError):
            return 0, b"", {}
        status, content, headers = answered
        if headers.get("connection") == "close":
            writer.close()
        else:
            self.idle.append((reader, writer))
        return status, content, headers


async def response(reader):
    head = (await reader.readuntil(b"\r\n\r\n")).decode("latin-1").split("\r\n")
    headers = {name.lower(): value.strip() for name, _, value in (line.partition(":") for line in head[1:] if line)}
    content = await reader.readexactly(int(headers.get("content-length", "0")))
    return int(head[0].split()[1]), content, headers


class Trial:
    """The owner of the keys, everybody who uses them, and what came of it."""

    def __init__(self, ports):
        self.servers = [Connections(port) for port in ports]
        self.session, self.account = "", ""
        self.random = random.Random(1)
        self.healthy, self.by_fault = [], {}
        self.asked = self.after = 0
        self.wrong = []
        # The requests that were sent after a revocation.
        self.last = []

    async def sign_up(self, email):
        status, text, headers = await self.servers[0].ask(
            "POST", "/api/v1/auth/sign-up", OUR_PAGE, {"email": email, "password": "correct horse battery", "name": "Ann"}
        )
        if status not in (200, 201):
            raise SystemExit(f"nobody can sign up: {status} {text[:300]}")
        self.session = OUR_PAGE + "cookie: " + headers["set-cookie"].split(";", 1)[0] + "\r\n"
        self.account = json.loads(text)["accounts"][0]["id"]

    async def manage(self, path, body=None):
        """Asks until it is done, each time another server: `(its response, how long that one took, when it came)`."""
        while True:
            begun = time.monotonic()
            status, text, _ = await self.random.choice(self.servers).ask("POST", f"/api/v1/accounts/{self.account}/api-keys{path}", self.session, body)
            if status in (200, 201):
                now = time.monotonic()
                return json.loads(text), now - begun, now
            if status not in (0, 500, 503):
                self.wrong.append(f"POST …/api-keys{path}: {status} {text[:200]}")
                return None, 0.0, time.monotonic()
            await asyncio.sleep(0.05)

    async def use_once(self, server, secret, sent):
        at = time.monotonic()
        status, _, _ = await self.servers[server].ask("GET", "/v1/models", f"authorization: Bearer {secret}\r\n")
        sent.append((at, time.monotonic(), status, server))

    async def use(self, server, secret, sent):
        """Asks one server with a key until told to stop; every request with the time that it was sent."""
        while True:
            await self.use_once(server, secret, sent)
            await asyncio.sleep(PAUSE)

    async def revoke_one(self, nemesis):
        made, _, _ = await self.manage("", {"name": "chaos", "environment": "live"})
        if made is None:
            return
        secret, sent, everyone = made["secret"], [], range(len(self.servers))
        users = [asyncio.create_task(self.use(server, secret, sent)) for server in everyone]
        with contextlib.suppress(TimeoutError):
            async with asyncio.timeout(0.5):
                while len({server for _, _, status, server in sent if status == 200}) < len(self.servers):
                    await asyncio.sleep(PAUSE / 10)
        begun, fault = time.monotonic(), nemesis and nemesis.fault
        _, took, answered = await self.manage(f"/{made['api_key']['id']}/revoke")
        fault = fault or (nemesis and (nemesis.fault or "between faults"))
        (self.by_fault.setdefault(fault, []) if fault else self.healthy).append(took)
        for user in users:
            user.cancel()
        # Nobody waits for these: a server that is stopped answers when it goes on.
        self.last.append(asyncio.create_task(self.use_after(secret, sent, (begun, answered, fault))))

    async def use_after(self, secret, sent, facts):
        await asyncio.gather(*(self.use_once(server, secret, sent) for server in range(len(self.servers))))
        self.judge(sent, *facts)

    def judge(self, sent, begun, answered, fault):
        self.asked += len(sent)
        for at, until, status, server in sent:
            self.after += at > answered
            if at > answered and status == 200:
                self.wrong.append(f"server {server} served a request sent {at - answered:.3f} s after the response ({fault})")
            if until < begun and status in (401, 403, 404):
                self.wrong.append(f"server {server} said {status} of a good key ({fault})")

    async def revoke(self, count, nemesis=None):
        turns = iter(range(count))

        async def work():
            for _ in turns:
                await self.revoke_one(nemesis)

        await asyncio.gather(*(work() for _ in range(AT_ONCE)))
        await asyncio.gather(*self.last)
        self.last.clear()


def percentile(values, percent):
    ordered = sorted(values)
    return ordered[max(0, -(-len(ordered) * percent // 100) - 1)] if ordered else 0.0


async def trial(cluster, databases, redis, count, table, is_timed):
    one = Trial(cluster.ports)
    await one.sign_up("ann@example.test")
    cluster.sql("UPDATE tiers SET keys_max = NULL, requests_per_minute = NULL, requests_per_day = NULL, concurrent_requests = NULL")
    await one.revoke(max(count // 10, AT_ONCE))
    nemesis = Nemesis(cluster, databases, redis, seed=count)
    faults = asyncio.create_task(nemesis.run())
    await one.revoke(count - count // 10, nemesis)
    faults.cancel()
    await asyncio.gather(faults, return_exceptions=True)
    times = [f"{percentile(one.healthy, percent) * 1e3:.0f} ms" for percent in (50, 99)]
    table.fact("  a revocation while all is well, p50 and p99", ", ".join(times), not is_timed or percentile(one.healthy, 99) <= 0.1)
    for fault, seconds in sorted(one.by_fault.items()):
        most = percentile(seconds, 99)
        # A database that is frozen answers nobody, and a stopped server that was asked answers when it goes on.
        is_bounded = fault in ("cut off from the database", "killed")
        times = f" ({nemesis.count[fault]} times)" if fault in nemesis.count else ""
        table.fact(f"  {fault}{times}: revocations, p99", f"{len(seconds)}, {most:.2f} s", not is_timed or not is_bounded or most <= LEASE_SECONDS + 1)
    table.fact("  requests with keys that were revoked, and after it", f"{one.asked} and {one.after}", one.after > count)
    table.fact("  served though sent after the response, or refused before", str(len(one.wrong)), not one.wrong)
    for wrong in one.wrong[:10]:
        print(f"    {wrong}")


def chaos(binary, folder, database, redis, count, table, is_timed=False):
    folder = Path(folder)
    folder.mkdir()
    Cluster(binary, folder, database, "", ports=[1]).sql("CREATE DATABASE revocations")
    url = database.rsplit("/", 1)[0] + "/revocations"
    port = int(re.search(r":(\d+)/", url).group(1))
    databases = [Proxy(port) for _ in range(SERVERS)]
    ways = [url.replace(f":{port}/", f":{proxy.port}/") for proxy in databases]
    cluster = Cluster(binary, folder, url, f"redis://127.0.0.1:{redis.port}/", ports=[free_port() for _ in range(SERVERS)], ways=ways, more='[accounts]\nsign_up = "open"\n')
    cluster.command("account", "list")  # makes the schema
    table.fact(f"{SERVERS} servers, {count} revocations under faults", f"seed {count}", True)
    with cluster.running(range(SERVERS)):
        asyncio.run(trial(cluster, databases, redis, count, table, is_timed))
        if table.wrong and os.environ.get("LOG_BYTES"):
            cluster.show_logs()
    for proxy in databases:
        proxy.close()
