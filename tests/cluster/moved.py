"""An installation on SQLite moves to PostgreSQL: keys, usage and counts are there afterwards."""

import signal
import subprocess
from pathlib import Path

from servers import Cluster

REQUESTS = 7


def move(binary, folder, database, table):
    folder = Path(folder)
    folder.mkdir()
    Cluster(binary, folder, database, "").sql("CREATE DATABASE moved")
    target = database.rsplit("/", 1)[0] + "/moved"
    before = Cluster(binary, folder, f"sqlite:{folder}/before.db", "")
    with before.running([0]):
        key = before.key("free")
        outcomes = before.offer(key, REQUESTS, among=[0])
        table.line("on SQLite, one server", "-", outcomes, REQUESTS, REQUESTS)
        running = to(before, target)
        table.fact("  moved while it runs", "refused" if running.returncode else "taken", "a server runs" in running.stderr)
        before.signal(0, signal.SIGTERM)
        before.processes[0].wait(timeout=60)
    moved = to(before, target)
    table.fact("  moved to PostgreSQL", moved.stderr.strip()[-200:] or "yes", moved.returncode == 0)
    again = to(before, target)
    table.fact("  moved a second time", "refused" if again.returncode else "taken", "empty one" in again.stderr)
    after = Cluster(binary, folder, target, "", ports=before.ports)
    with after.running([0]):
        outcomes = after.offer(key, 2, among=[0])
        table.line("  on PostgreSQL, the same key", "-", outcomes, 2, 2)
        after.signal(0, signal.SIGTERM)
        after.processes[0].wait(timeout=60)
    events = after.number("SELECT COUNT(*) FROM usage_events")
    table.fact("  usage events of before and after", str(events), events == REQUESTS + 2)


def to(cluster, url):
    command = [cluster.binary, "migrate-to", url, "--config", cluster.folder / "0.toml", "--json"]
    return subprocess.run(command, cwd=cluster.folder, capture_output=True, text=True, timeout=120)
