"""One running gateway, and who calls it."""

import os
from pathlib import Path

import pytest

from people import first_operator, sign_in, sign_up
from support import Yunxin

# Everything comes from one address here; what limits that has tests of its own in crates/*/tests.
CONFIG = """
[accounts]
sign_up = "open"
sign_ups_burst = 100000
attempts_burst = 100000
address_attempts_burst = 100000

[auth]
unknown_key_burst = 1000000
unknown_keys_per_second = 100000
"""


def database():
    """The database of `tests/run.py postgres -- …` if that is what runs this; else SQLite in a folder."""
    url = os.environ.get("TEST_POSTGRES_URL")
    return {"YUNXIN__DATABASE__URL": url} if url else {}


@pytest.fixture(scope="session")
def server(tmp_path_factory):
    path = os.environ.get("YUNXIN_BINARY")
    if not path:
        pytest.exit("set YUNXIN_BINARY to the yunxin binary, or use `tests/run.py fuzz --yunxin PATH`", returncode=2)
    with Yunxin(Path(path).resolve(), tmp_path_factory.mktemp("fuzz"), config=CONFIG, env=database()) as installation:
        yield installation.start()


@pytest.fixture(scope="session")
def owner(server):
    """Somebody who owns an account and runs the platform; another operator stays, whatever is tried."""
    first = first_operator(server.url, server.info["operator_link"])
    ann = sign_up(server.url, "ann@example.test", "Ann")
    for path, change in (
        (f"/api/v1/admin/users/{ann.id}", {"is_operator": True}),
        (f"/api/v1/admin/accounts/{ann.account}", {"tier": "enterprise"}),
    ):
        response = first.patch(path, change)
        assert response.status_code == 200, response.text
    # Who gets more rights signs in anew.
    return sign_in(server.url, ann.email, "Ann")
