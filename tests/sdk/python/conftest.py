"""Shared fixtures. `server` is one running gateway for the whole session; what must stop or break one starts its own."""

import os
from pathlib import Path

import httpx
import pytest

pytest.register_assert_rewrite("expect", "reading", "support")

from reading import bearer
from support import Yunxin, clean_environment

# What steers a client from outside would make a result depend on the machine.
os.environ.update(NO_PROXY="*", no_proxy="*")
for _name in set(os.environ) - set(clean_environment()) - {"NO_PROXY", "no_proxy"}:
    if _name != "YUNXIN_BINARY":
        del os.environ[_name]


@pytest.fixture(scope="session")
def binary():
    path = os.environ.get("YUNXIN_BINARY")
    if not path:
        pytest.exit("set YUNXIN_BINARY to the yunxin binary, or use `tests/run.py sdk --yunxin PATH`", returncode=2)
    return Path(path).resolve()


@pytest.fixture(scope="session")
def server(binary, tmp_path_factory):
    with Yunxin(binary, tmp_path_factory.mktemp("shared")) as installation:
        yield installation.start()


@pytest.fixture
def installation(binary, tmp_path):
    """A stopped installation of the test's own."""
    with Yunxin(binary, tmp_path / "own") as own:
        yield own


@pytest.fixture(scope="session")
def enterprise(server):
    """A key without limits, for every test that is not about limits."""
    return server.key("enterprise")


@pytest.fixture(scope="session")
def client(server, enterprise):
    with server.client(enterprise.secret) as one:
        yield one


@pytest.fixture(scope="session")
def http(server, enterprise):
    """Plain HTTP with the enterprise key, for what an SDK would tidy away."""
    with httpx.Client(base_url=server.api, headers=bearer(enterprise.secret), timeout=30) as one:
        yield one


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport(item):
    """A failure shows the end of the gateway's log."""
    report = yield
    if report.failed:
        for name in ("server", "installation"):
            if name in item.funcargs:
                report.sections.append((f"log of {name}", item.funcargs[name].log_text()[-1500:]))
    return report
