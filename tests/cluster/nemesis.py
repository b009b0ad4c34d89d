"""What goes wrong with the servers, their database and their Redis while keys are revoked: one fault at a time."""

import asyncio
import contextlib
import os
import random
import signal
from pathlib import Path

FAULT_SECONDS = (0.1, 4.0)
CALM_SECONDS = (0.3, 1.2)
LATE_SECONDS = 0.3


class Nemesis:
    def __init__(self, cluster, databases, redis, seed):
        """`databases`: the way to PostgreSQL of each server."""
        self.cluster, self.databases, self.redis = cluster, databases, redis
        self.random = random.Random(seed)
        self.count = dict.fromkeys(self.faults(), 0)
        # The fault that goes on, with the server that it is about.
        self.fault, self.server = None, None

    def faults(self):
        return {
            "cut off from the database": self.cut_off,
            "late at the database": self.late,
            "stopped": self.stopped,
            "killed": self.killed,
            "database frozen": self.frozen,
            "connections ended": self.connections_ended,
            "Redis emptied": self.emptied,
        }

    async def run(self):
        faults = self.faults()
        while True:
            await asyncio.sleep(self.random.uniform(*CALM_SECONDS))
            # Each as often as the others, in an order of their own.
            name = min(faults, key=lambda one: (self.count[one], self.random.random()))
            self.count[name] += 1
            self.server, self.fault = self.random.randrange(len(self.cluster.ports)), name
            try:
                await faults[name](self.server, self.random.uniform(*FAULT_SECONDS))
            finally:
                self.fault = None

    async def cut_off(self, server, seconds):
        self.databases[server].is_cut = True
        try:
            await asyncio.sleep(seconds)
        finally:
            self.databases[server].is_cut = False

    async def late(self, server, seconds):
        self.databases[server].delay = LATE_SECONDS
        try:
            await asyncio.sleep(seconds)
        finally:
            self.databases[server].delay = 0.0

    async def stopped(self, server, seconds):
        # Up to beyond the lease, which is what a server must not use when it goes on.
        self.cluster.signal(server, signal.SIGSTOP)
        try:
            await asyncio.sleep(seconds * 2)
        finally:
            self.cluster.signal(server, signal.SIGCONT)

    async def killed(self, server, _):
        self.cluster.signal(server, signal.SIGKILL)
        self.cluster.start(server)
        await asyncio.to_thread(self.cluster.wait, [server])

    async def frozen(self, _, seconds):
        children = self.postgres()
        try:
            for process in children:
                signal_if_there(process, signal.SIGSTOP)
            await asyncio.sleep(seconds)
        finally:
            for process in children:
                signal_if_there(process, signal.SIGCONT)

    async def connections_ended(self, _, __):
        await asyncio.to_thread(self.cluster.sql, "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE pid <> pg_backend_pid() AND datname = current_database()")

    async def emptied(self, _, __):
        await asyncio.to_thread(self.redis.command, "FLUSHALL")

    def postgres(self):
        """The database's processes, the first of them and those that it has made."""
        first = self.cluster.number("SELECT pg_stat_get_backend_pid(pg_stat_get_backend_idset) FROM pg_stat_get_backend_idset() LIMIT 1")
        parent = parent_of(first)
        return [parent, *(int(path.name) for path in Path("/proc").iterdir() if path.name.isdigit() and parent_of(int(path.name)) == parent)]


def parent_of(process):
    with contextlib.suppress(OSError):
        return int(Path(f"/proc/{process}/stat").read_text().rpartition(")")[2].split()[1])
    return None


def signal_if_there(process, number):
    with contextlib.suppress(ProcessLookupError):
        os.kill(process, number)
