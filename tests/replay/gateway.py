"""One gateway with a catalogue in which every exchange is a provider, a model and a deployment."""

import asyncio
import json
import os
import subprocess
from pathlib import Path

import http1

START_SECONDS = 30
RECEIPT_TRIES, RECEIPT_EVERY = 50, 0.2
PASSWORD = "correct horse battery"
CREDENTIAL = "sk-replayed-by-the-operator"
OUR_PAGE = {"x-yunxin-request": "dashboard", "sec-fetch-site": "same-origin", "content-type": "application/json"}


class NotReady(Exception):
    """The gateway did not come up; the text says why."""


class Gateway:
    def __init__(self, binary, folder, catalogue):
        self.folder = Path(folder)
        (self.folder / "catalog.toml").write_text(catalogue)
        (self.folder / "yunxin.toml").write_text("")
        foreign = ("YUNXIN", "REPLAY_")
        kept = {name: value for name, value in os.environ.items() if not name.startswith(foreign) and not name.lower().endswith("_proxy")}
        self.process = None
        self.environment = kept | {
            "YUNXIN__SERVER__DATA_DIR": str(self.folder / "data"),
            "YUNXIN__SERVER__METRICS_LISTEN": "127.0.0.1:0",
            "YUNXIN__CATALOG__FILE": str(self.folder / "catalog.toml"),
            "YUNXIN__ANOMALIES__ENABLED": "false",
            "REPLAY_CREDENTIAL": CREDENTIAL,
        }
        configuration = ("--listen", "127.0.0.1:0", "--config", str(self.folder / "yunxin.toml"))
        self.command = [str(binary), "serve", "--demo", "--json", *configuration]

    async def start(self):
        """Up, with a key without limits and somebody signed in who may read its receipts."""
        with (self.folder / "log").open("wb") as log:
            pipes = {"stdin": subprocess.DEVNULL, "stdout": subprocess.PIPE, "stderr": log}
            try:
                self.process = subprocess.Popen(self.command, env=self.environment, cwd=self.folder, **pipes)
            except OSError as error:
                raise NotReady(f"{self.command[0]} cannot be run: {error.strerror}") from None
        info = await self.introduction()
        self.port = int(info["url"].rstrip("/").rpartition(":")[2])
        body = {"token": info["operator_link"].partition("#")[2], "email": "operator@example.test", "password": PASSWORD, "name": "Olga"}
        headers, me = await self.manage("POST", "/api/v1/auth/first-operator", body)
        self.cookie = headers["set-cookie"].partition(";")[0]
        account = me["accounts"][0]["id"]
        await self.manage("PATCH", f"/api/v1/admin/accounts/{account}", {"tier": "enterprise"})
        self.account = f"/api/v1/accounts/{account}"
        self.key = (await self.manage("POST", f"{self.account}/api-keys", {"name": "Replay", "environment": "live", "shows_cost": False}))[1]["secret"]
        return self

    async def introduction(self):
        """The line of JSON that `serve --json` prints when it is up."""
        try:
            line = await asyncio.wait_for(asyncio.to_thread(self.process.stdout.readline), START_SECONDS)
            return json.loads(line)
        except (TimeoutError, ValueError):
            raise NotReady(f"the gateway did not start:\n{self.log()[-2000:]}") from None

    async def manage(self, method, path, body=None):
        headers = OUR_PAGE | ({"cookie": self.cookie} if hasattr(self, "cookie") else {})
        response = await http1.call(self.port, method, path, headers, b"" if body is None else json.dumps(body).encode())
        if response.status >= 300:
            raise LookupError(f"{method} {path}: {response.status} {response.body[:300].decode()}")
        return response.headers, json.loads(response.body)

    async def ask(self, path, body):
        return await http1.call(self.port, "POST", path, {"authorization": f"Bearer {self.key}", "content-type": "application/json"}, body)

    async def receipt(self, request_id):
        """Usage is written a few times per second, so a receipt may not be there at once."""
        for left in reversed(range(RECEIPT_TRIES)):
            try:
                return (await self.manage("GET", f"{self.account}/requests/{request_id}"))[1]
            except LookupError:
                if not left:
                    raise
            await asyncio.sleep(RECEIPT_EVERY)

    def log(self):
        return (self.folder / "log").read_text(errors="replace")

    def stop(self):
        if self.process is None:
            return
        self.process.terminate()
        try:
            self.process.wait(timeout=15)
        except subprocess.TimeoutExpired:
            self.process.kill()
            self.process.wait()
        self.process.stdout.close()
