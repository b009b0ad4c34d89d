"""Shared fixtures. `world` is one running gateway with two accounts in it, for the whole session."""

import os
from pathlib import Path

import pytest

pytest.register_assert_rewrite("expect", "refusal")

from support import Yunxin
from things import World
from till import Till

# Sign-ups and sign-ins come from one address here; what limits them has tests of its own in crates/*/tests.
CONFIG = """
[accounts]
sign_up = "open"
# Buyers are sent back to it.
public_url = "http://localhost"
sign_ups_burst = 100000
attempts_burst = 100000
address_attempts_burst = 100000

# The webhooks of the walks are on loopback, where nobody listens.
[webhooks]
allow_private_networks = true
"""


def database():
    """The database of `tests/run.py postgres -- …` if that is what runs this; else SQLite in a folder."""
    url = os.environ.get("TEST_POSTGRES_URL")
    return {"YUNXIN__DATABASE__URL": url} if url else {}


@pytest.fixture(scope="session")
def binary():
    path = os.environ.get("YUNXIN_BINARY")
    if not path:
        pytest.exit("set YUNXIN_BINARY to the yunxin binary, or use `tests/run.py walks --yunxin PATH`", returncode=2)
    return Path(path).resolve()


@pytest.fixture(scope="session")
def server(binary, tmp_path_factory):
    config = CONFIG + Till().config
    with Yunxin(binary, tmp_path_factory.mktemp("walks"), config=config, env=database()) as installation:
        yield installation.start()


@pytest.fixture(scope="session")
def world(server):
    return World(server)


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport(item):
    """A failure shows the end of the gateway's log."""
    report = yield
    if report.failed and "server" in item.funcargs:
        report.sections.append(("log of the server", item.funcargs["server"].log_text()[-1500:]))
    return report
