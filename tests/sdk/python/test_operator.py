"""What an operator meets at the command line and around a restart."""

import asyncio
import json
import socket

import httpx

from support import Yunxin

NONSENSE = """
[[providers]]
name = "wrong"
kind = "opnai"

[[models]]
id = "wrong-model"
aliases = ["sandbox-small"]

[[deployments]]
model = "wrong-model"
provider = "nobody"
"""


def test_migrate_migrates_although_serve_is_told_not_to(installation):
    installation.env["YUNXIN__DATABASE__MIGRATE"] = "false"
    refused = installation.run("account", "list")
    assert refused.returncode == 1 and "yunxin migrate" in refused.stderr
    assert installation.cli("migrate")["schema_version"] > 0
    assert installation.cli("account", "list") == []


def test_a_demo_that_could_not_bind_has_made_no_key(binary, tmp_path):
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
        first = Yunxin(binary, tmp_path, listen=f"127.0.0.1:{port}")
        assert first.run("serve", "--demo", "--json", seconds=15).returncode == 1
    with Yunxin(binary, tmp_path) as second:
        second.start("--demo")
        assert sorted(second.info["keys"]) == ["basic", "enterprise", "free", "pro"]


def test_an_import_that_would_not_be_usable_imports_nothing(installation):
    catalog = installation.root / "nonsense.toml"
    catalog.write_text(NONSENSE)
    refused = installation.run("catalog", "import", str(catalog))
    assert refused.returncode == 1
    for said in ("opnai", "sandbox-small", "nobody"):
        assert said in refused.stderr
    assert "wrong-model" not in json.dumps(installation.cli("model", "list"))


def test_a_burst_on_one_key_right_after_a_restart_is_one_lookup(installation):
    """200 requests at once with a key that the new process has not seen: none is told that we are busy."""
    with installation:
        key = installation.start().key("enterprise")
        installation.stop()
        installation.start()
        body = {"model": "sandbox-small", "messages": [{"role": "user", "content": "hi"}]}

        async def burst():
            limits = httpx.Limits(max_connections=200)
            headers = {"Authorization": f"Bearer {key.secret}"}
            async with httpx.AsyncClient(base_url=installation.api, headers=headers, limits=limits, timeout=30) as http:
                return await asyncio.gather(*(http.post("/chat/completions", json=body) for _ in range(200)))

        statuses = {response.status_code for response in asyncio.run(burst())}
        assert statuses == {200}
