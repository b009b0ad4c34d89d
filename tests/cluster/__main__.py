"""python3 tests/cluster --yunxin PATH [--full]: three servers, PostgreSQL (TEST_POSTGRES_URL) and Redis, all real."""

import argparse
import os
import signal
import sys
import tempfile
import time
from pathlib import Path

import moved
import redis as redis_server
import revoke
import rolling
from proxy import Proxy
from servers import SLOW, Cluster

# Requests per minute of the tiers, for this suite.
SMALL, LARGE, DAY = 10, 300, 40
TOKENS, TOKENS_RESERVED, AT_ONCE = 900, 40, 4
JOIN_SECONDS = 10
# What `make test` has time for, beside three servers without Redis and an upgrade.
QUICK = ("emptied", "cut")
MINUTE = 60


class Table:
    """What was offered and admitted, and whether that is right."""

    def __init__(self):
        self.wrong = []
        print(f"{'':44} {'limit':>6} {'offered':>8} {'admitted':>9}  right if", flush=True)

    def line(self, name, limit, outcomes, least, most):
        admitted = sum(outcome.status == 200 for outcome in outcomes)
        others = sorted({outcome.status for outcome in outcomes} - {200, 429})
        untrue = sum(not outcome.is_true for outcome in outcomes)
        is_right = least <= admitted <= most and not others and not untrue
        bounds = str(most) if least == most else f"{least}..{most}"
        note = "" if is_right else f"  WRONG (other statuses {others}, untrue headers {untrue})"
        print(f"{name:44} {limit:>6} {len(outcomes):>8} {admitted:>9}  {bounds}{note}", flush=True)
        if not is_right:
            self.wrong.append(name)

    def fact(self, name, value, is_right):
        print(f"{name:44} {value}{'' if is_right else '  WRONG'}", flush=True)
        if not is_right:
            self.wrong.append(name)

    def end(self):
        print(f"cluster: {'all right' if not self.wrong else 'WRONG: ' + ', '.join(self.wrong)}")
        return 1 if self.wrong else 0


def with_room(seconds):
    """Begins where so much of the minute is left: counts of two windows would say nothing."""
    left = MINUTE - time.time() % MINUTE
    if left < seconds:
        time.sleep(left + 0.2)


def tiers(cluster):
    limits = {
        "free": ("requests_per_minute", SMALL),
        "basic": ("requests_per_minute", LARGE),
        "pro": ("requests_per_day", DAY),
        "enterprise": ("tokens_per_minute", TOKENS),
        "at-once": ("concurrent_requests", AT_ONCE),
    }
    cluster.sql(
        "CREATE TEMP TABLE made AS SELECT * FROM tiers WHERE id = 'free';"
        " UPDATE made SET id = 'at-once', display_name = 'At once', rank = 9; INSERT INTO tiers SELECT * FROM made"
    )
    for tier, (column, limit) in limits.items():
        cluster.sql(
            "UPDATE tiers SET requests_per_minute = NULL, tokens_per_minute = NULL, requests_per_day = NULL,"
            f" concurrent_requests = NULL, account_multiplier = 1 WHERE id = '{tier}';"
            f" UPDATE tiers SET {column} = {limit} WHERE id = '{tier}'"
        )


def healthy(cluster, table, keys):
    with_room(20)
    table.line("one key, a small limit", SMALL, cluster.offer(keys.pop(), 6 * SMALL), SMALL, SMALL)
    large = cluster.key("basic")
    table.line("one key, a large limit", LARGE, cluster.offer(large, LARGE + 60), LARGE, LARGE)
    table.line("one key, a limit per day", DAY, cluster.offer(cluster.key("pro"), 3 * DAY), DAY, DAY)
    tokens(cluster, table, cluster.key("enterprise"), "one key")
    concurrency(cluster, table, cluster.key("at-once"), "one key")


def tokens(cluster, table, key, name):
    """Tokens per minute: what was used is within the limit, and what is left is too little for one more request."""
    with_room(20)
    outcomes = cluster.offer(key, 90)
    used, most = sum(outcome.tokens for outcome in outcomes), max(outcome.tokens for outcome in outcomes)
    refused = sum(outcome.status == 429 for outcome in outcomes)
    # Of a request more is reserved than it uses: its bound, and the prompt as it is estimated.
    is_right = TOKENS - most - TOKENS_RESERVED <= used <= TOKENS and refused > 0
    table.fact(f"{name}, tokens used of {TOKENS} per minute", str(used), is_right)


def concurrency(cluster, table, key, name):
    """Requests at the same time: as many as may over all servers, and as many again when they have ended."""
    for again in ("", ", again"):
        outcomes = cluster.offer(key, 3 * AT_ONCE, workers=3 * AT_ONCE, body=SLOW)
        table.line(f"{name}, at the same time{again}", AT_ONCE, outcomes, AT_ONCE, AT_ONCE)


def emptied(cluster, table, redis, keys):
    with_room(20)
    key = keys.pop()
    before = cluster.offer(key, 6)
    time.sleep(0.6)  # until the servers told each other
    redis.command("FLUSHALL")
    outcomes = before + cluster.offer(key, 30)
    cluster.until_joined(3, JOIN_SECONDS)
    outcomes += cluster.offer(key, 30)
    table.line("Redis emptied after 6", SMALL, outcomes, SMALL, SMALL)


def killed(cluster, table, redis, keys):
    with_room(45)
    key, large = keys.pop(), cluster.key("basic")
    before, large_before = cluster.offer(key, 6), cluster.offer(large, 60)
    used_up = keys.pop()
    all_of_it = cluster.offer(used_up, SMALL, among=[0])
    time.sleep(0.6)
    redis.kill()
    table.line("Redis killed after 6", SMALL, before + cluster.offer(key, 30), SMALL, SMALL)
    table.line("Redis killed after 60 of a large limit", LARGE, large_before + cluster.offer(large, LARGE + 60), LARGE, LARGE)
    table.line("Redis killed, used up elsewhere", SMALL, all_of_it + cluster.offer(used_up, 12, among=[1, 2]), SMALL, SMALL)
    fresh = cluster.offer(keys.pop(), 30)
    table.line("without Redis, a fresh key", SMALL, fresh, SMALL, SMALL)
    slowest = max(outcome.seconds for outcome in fresh)
    table.fact("  the slowest response without Redis", f"{slowest * 1000:.0f} ms", slowest < 2)
    redis.start()
    took = cluster.until_joined(3, JOIN_SECONDS)
    table.fact("Redis back, without memory: all joined after", f"{took:.1f} s", took <= 5)
    table.line("  the key that was used up meanwhile", SMALL, before + cluster.offer(key, 12), 6, 6)
    table.line("  a fresh key", SMALL, cluster.offer(keys.pop(), 60), SMALL, SMALL)


def slowed(cluster, table, redis, keys):
    with_room(25)
    key, large = keys.pop(), cluster.key("basic")
    before = cluster.offer(key, 6)
    time.sleep(0.6)
    for pause in (300, 1500):
        redis.command("CLIENT", "PAUSE", str(pause), "ALL")
        outcomes = cluster.offer(large, 30)
        slowest = max(outcome.seconds for outcome in outcomes)
        table.fact(f"Redis silent for {pause} ms: the slowest response", f"{slowest * 1000:.0f} ms", slowest < pause / 1000 + 1)
    table.line("Redis silent after 6", SMALL, before + cluster.offer(key, 30), 6, SMALL)
    cluster.until_joined(3, JOIN_SECONDS)


def cut_off(cluster, table, proxies, keys):
    """One server whose way to Redis is slow for moments, then cut: the others reach it all the while."""
    with_room(45)
    large = cluster.key("basic")
    before = cluster.offer(large, 60)
    for _ in range(5):
        proxies[2].delay = 0.12
        before += cluster.offer(large, 40)
        proxies[2].delay = 0.0
        before += cluster.offer(large, 20)
    # Divided, some is left to those that are asked less; together again, all of it is handed out and no more.
    cluster.until_joined(3, JOIN_SECONDS)
    table.line("one server's Redis late by 120 ms, for moments", LARGE, before + cluster.offer(large, 150), LARGE, LARGE)
    small = keys.pop()
    begun = cluster.offer(small, 5)
    proxies[2].is_cut = True
    table.line("one server cut off from Redis after 5", SMALL, begun + cluster.offer(small, 30), SMALL, SMALL)
    fresh = keys.pop()
    table.line("  a fresh key, the others first", SMALL, cluster.offer(fresh, 30, among=[0, 1]) + cluster.offer(fresh, 12, among=[2]), SMALL // 3 * 3, SMALL)
    proxies[2].is_cut = False
    took = cluster.until_joined(3, JOIN_SECONDS)
    table.fact("  back again: all joined after", f"{took:.1f} s", took <= 5)
    table.line("  a fresh key", SMALL, cluster.offer(keys.pop(), 40), SMALL, SMALL)


def servers_lost(cluster, table, keys):
    with_room(25)
    stopped, dead = keys.pop(), keys.pop()
    begun = cluster.offer(stopped, 3)
    cluster.signal(2, signal.SIGSTOP)
    table.line("a server stopped after 3", SMALL, begun + cluster.offer(stopped, 30, among=[0, 1]), SMALL, SMALL)
    cluster.signal(2, signal.SIGCONT)
    begun = cluster.offer(dead, 3)
    cluster.signal(2, signal.SIGKILL)
    table.line("a server killed after 3", SMALL, begun + cluster.offer(dead, 30, among=[0, 1]), SMALL, SMALL)


def on_nodes(binary, folder, database, table):
    """Two servers, each given another node of a cluster of Redis: what they count lies on one of the two."""
    Path(folder).mkdir()
    with redis_server.two_nodes(folder) as nodes:
        first = Cluster(binary, folder, database, "")
        first.sql("CREATE DATABASE on_nodes")
        cluster = Cluster(binary, folder, database.rsplit("/", 1)[0] + "/on_nodes", [node.url for node in nodes], ports=first.ports[:2])
        cluster.command("account", "list")
        tiers(cluster)
        with cluster.running([0, 1]):
            took = cluster.until_joined(2, JOIN_SECONDS)
            table.fact("Redis as a cluster: two servers share after", f"{took:.1f} s", took <= 5)
            with_room(15)
            table.line("  one key, a small limit", SMALL, cluster.offer(cluster.key("free"), 4 * SMALL), SMALL, SMALL)
            if table.wrong:
                cluster.show_logs()


def without_redis(binary, folder, database, table):
    """Three servers on a database of their own; the second and third join while the first one hands out."""
    Path(folder).mkdir()
    first = Cluster(binary, folder, database, "")
    first.sql("CREATE DATABASE without_redis")
    cluster = Cluster(binary, folder, database.rsplit("/", 1)[0] + "/without_redis", "", ports=first.ports)
    cluster.command("account", "list")
    tiers(cluster)
    with cluster.running([0]):
        with_room(45)
        early = cluster.key("free")
        before = cluster.offer(early, 7, among=[0])
        for index in (1, 2):
            cluster.start(index)
        cluster.wait()
        took = cluster.until_joined(3, JOIN_SECONDS)
        table.fact("without Redis: three servers share after", f"{took:.1f} s", took <= 5)
        table.line("  a key that one server served before", SMALL, before + cluster.offer(early, 30), SMALL, SMALL)
        table.line("  one key, a small limit", SMALL, cluster.offer(cluster.key("free"), 6 * SMALL), SMALL, SMALL)
        table.line("  one key, a limit per day", DAY, cluster.offer(cluster.key("pro"), 3 * DAY), DAY, DAY)
        tokens(cluster, table, cluster.key("enterprise"), "  one key")
        concurrency(cluster, table, cluster.key("at-once"), "  one key")
        with_room(25)
        large = cluster.offer(cluster.key("basic"), LARGE + 120)
        table.line("  one key, a large limit", LARGE, large, LARGE, LARGE)
        table.line("  a large limit, one server", LARGE, cluster.offer(cluster.key("basic"), LARGE + 30, among=[1]), LARGE, LARGE)
        if table.wrong:
            cluster.show_logs()


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--yunxin", required=True, metavar="PATH", type=lambda path: Path(path).resolve())
    parser.add_argument("--only", choices=("healthy", "emptied", "killed", "slowed", "cut", "servers", "database", "moved", "nodes", "rolling", "revoke"))
    parser.add_argument("--quick", action="store_true", help="what `make test` has time for: one server cut off, no Redis, an upgrade")
    parser.add_argument("--revocations", type=int, default=150, help="how many keys are revoked under faults; 10,000 for an optimised binary")
    arguments = parser.parse_args()
    database = os.environ.get("TEST_POSTGRES_URL") or sys.exit("TEST_POSTGRES_URL is not set: tests/run.py postgres -- …")
    with tempfile.TemporaryDirectory(prefix="yunxin-cluster-", ignore_cleanup_errors=True) as folder, redis_server.running(folder) as redis:
        table = Table()
        if arguments.only in (None, "database"):
            without_redis(arguments.yunxin, Path(folder) / "database", database, table)
        if arguments.only in (None, "moved"):
            moved.move(arguments.yunxin, Path(folder) / "moved", database, table)
        if arguments.only in (None, "nodes"):
            on_nodes(arguments.yunxin, Path(folder) / "nodes", database, table)
        if arguments.only in (None, "rolling"):
            rolling.upgrade(arguments.yunxin, Path(folder) / "rolling", database, table)
        if arguments.only in (None, "revoke"):
            count = arguments.revocations
            revoke.chaos(arguments.yunxin, Path(folder) / "revoke", database, redis, count, table, is_timed=count >= 10_000)
        if arguments.only in ("database", "moved", "nodes", "rolling", "revoke"):
            return table.end()
        proxies = [Proxy(redis.port) for _ in range(3)]
        cluster = Cluster(arguments.yunxin, folder, database, [proxy.url for proxy in proxies])
        cluster.command("account", "list")  # makes the schema
        tiers(cluster)
        with cluster.running():
            took = cluster.until_joined(3, JOIN_SECONDS)
            table.fact("three servers decide together after", f"{took:.1f} s", took <= 5)
            keys = [cluster.key("free") for _ in range(12)]
            parts = {
                "healthy": lambda: healthy(cluster, table, keys),
                "emptied": lambda: emptied(cluster, table, redis, keys),
                "killed": lambda: killed(cluster, table, redis, keys),
                "slowed": lambda: slowed(cluster, table, redis, keys),
                "cut": lambda: cut_off(cluster, table, proxies, keys),
                "servers": lambda: servers_lost(cluster, table, keys),
            }
            for name, part in parts.items():
                if arguments.only == name or (arguments.only is None and not (arguments.quick and name not in QUICK)):
                    part()
            print(f"{'responses of 503 that were asked again':44} {cluster.undecided}")
            if table.wrong:
                cluster.show_logs()
        for proxy in proxies:
            proxy.close()
        return table.end()


if __name__ == "__main__":
    raise SystemExit(main())
