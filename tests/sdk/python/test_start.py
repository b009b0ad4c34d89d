"""Starting: what cannot work says so in one line, and the demo's curl line works as pasted."""

import json
import socket
import sqlite3
import stat
import subprocess

import httpx
import pytest

from support import Yunxin


def complaint(installation, *arguments):
    """The one line that a start which cannot work leaves on stderr."""
    done = installation.run(*(arguments or ("serve", "--json")), seconds=15)
    assert done.returncode not in (0, 101) and done.returncode > 0, f"exit code {done.returncode}"
    assert not done.stdout.strip() and "panicked" not in done.stderr
    lines = [line for line in done.stderr.splitlines() if line.strip() and not line.startswith("{")]
    assert len(lines) == 1, f"not one line: {done.stderr!r}"
    return lines[0]


def test_a_taken_port_is_named(binary, tmp_path):
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
        assert str(port) in complaint(Yunxin(binary, tmp_path, listen=f"127.0.0.1:{port}"))


def test_an_unknown_config_key_is_named(installation):
    installation.config.write_text(installation.config.read_text().replace("[server]", "[server]\nlisten_adress = 1"))
    assert "listen_adress" in complaint(installation)


def test_an_unknown_environment_key_is_named(installation):
    installation.env["YUNXIN__SERVER__LISTEN_ADRESS"] = "127.0.0.1:0"
    assert "listen_adress" in complaint(installation).lower()


def test_a_config_value_of_the_wrong_type_is_named(installation):
    installation.config.write_text(installation.config.read_text().replace('listen = "127.0.0.1:0"', "listen = 5", 1))
    assert "listen" in complaint(installation)


def test_a_config_that_is_not_toml_is_one_line_with_its_path(installation):
    installation.config.write_text("this is = not [ toml")
    assert installation.config.name in complaint(installation)


def test_a_missing_config_is_one_line_with_its_path(installation):
    installation.config.unlink()
    assert installation.config.name in complaint(installation)


def test_a_config_that_is_a_folder_is_one_line_with_its_path(installation):
    installation.config.unlink()
    installation.config.mkdir()
    assert installation.config.name in complaint(installation)


def test_config_check_says_what_serve_would_say(installation):
    installation.config.write_text(installation.config.read_text() + "\n[no_such_section]\nkey = 1\n")
    assert "no_such_section" in complaint(installation, "config", "check")


def test_a_database_newer_than_the_binary_is_refused(installation):
    installation.start()
    installation.stop()
    connection = sqlite3.connect(installation.database)
    with connection:
        (table,) = connection.execute("SELECT name FROM sqlite_master WHERE type = 'table' AND name LIKE '%migration%'").fetchone()
        names = [row[1] for row in connection.execute(f"PRAGMA table_info({table})")]
        others = ", ".join(name for name in names if name != "version")
        connection.execute(
            f"INSERT INTO {table} (version, {others}) SELECT version + 90000000000000, {others} FROM {table} "
            "ORDER BY version DESC LIMIT 1"
        )
    connection.close()
    line = complaint(installation).lower()
    assert "newer" in line or "version" in line or "upgrade" in line


def test_serve_without_demo_seeds_nothing(installation):
    info = installation.start().info
    assert "keys" not in info
    assert "acct_" not in json.dumps(installation.cli("account", "list"))


def test_the_master_key_file_is_readable_by_its_owner_only(installation):
    installation.start("--demo")
    data = installation.root / "data"
    private = [path for path in data.iterdir() if path.is_file() and not path.name.startswith("yunxin.db")]
    modes = {path.name: stat.S_IMODE(path.stat().st_mode) for path in private}
    assert 0o600 in modes.values(), f"no generated key file in the data folder: {modes}"
    assert {mode for name, mode in modes.items() if "key" in name or "secret" in name} == {0o600}


def test_the_demo_prints_a_key_for_each_tier_that_works(installation):
    info = installation.start("--demo").info
    assert info["keys"].keys() == {"free", "basic", "pro", "enterprise"}
    for priority, tier in enumerate(("free", "basic", "pro", "enterprise"), 1):
        response = httpx.get(f"{installation.api}/models", headers={"Authorization": f"Bearer {info['keys'][tier]}"})
        assert response.status_code == 200 and response.headers["x-request-priority"] == str(priority)


def test_the_demo_seeds_once_and_shows_its_keys_once(installation):
    keys = installation.start("--demo").info["keys"]
    installation.stop()
    again = json.dumps(installation.start("--demo").info)
    assert not [key for key in keys.values() if key in again], "a secret was shown twice"
    assert httpx.get(f"{installation.api}/models", headers={"Authorization": f"Bearer {keys['free']}"}).status_code == 200


@pytest.mark.parametrize("arguments", [("--demo",), ()], ids=["demo", "plain"])
def test_serve_listens_on_loopback_only(installation, arguments):
    installation.start(*arguments)
    for url in (installation.url, installation.info["metrics_url"], installation.info["sandbox_url"]):
        assert httpx.URL(url).host in ("127.0.0.1", "localhost", "::1")


def test_the_curl_line_of_the_demo_works_as_pasted(installation):
    installation.spawn("--demo")
    line = installation.next_line()
    while not line.strip().startswith("curl "):
        line = installation.next_line()
    assert line.startswith("curl "), "the curl line is indented"
    done = subprocess.run(
        ["bash", "-c", line], env=installation.env, cwd=installation.root, capture_output=True, text=True, timeout=30
    )
    assert done.returncode == 0, done.stderr
    assert '"choices"' in done.stdout and '"error"' not in done.stdout
