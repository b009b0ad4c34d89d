"""One gateway for all libraries, which learn its address and a key from the environment, as people tell them."""

import asyncio
import os
import sys
from pathlib import Path

import pytest

sys.path.insert(0, str(Path(__file__).resolve().parents[2] / "sdk" / "python"))

from support import Yunxin, clean_environment

# Prices of models and traces of runs are of no use here, and the network is not to be asked for them.
os.environ.update(NO_PROXY="*", no_proxy="*", LITELLM_LOCAL_MODEL_COST_MAP="True", OPENAI_AGENTS_DISABLE_TRACING="1")
for _name in set(os.environ) - set(clean_environment()) - {"NO_PROXY", "no_proxy", "YUNXIN_BINARY", "OPENAI_AGENTS_DISABLE_TRACING"}:
    del os.environ[_name]


@pytest.fixture(scope="session")
def server(tmp_path_factory):
    with Yunxin(Path(os.environ["YUNXIN_BINARY"]).resolve(), tmp_path_factory.mktemp("clients")) as installation:
        yield installation.start()


@pytest.fixture(scope="session")
def secret(server):
    return server.key("enterprise").secret


@pytest.fixture(autouse=True)
def told(server, secret, monkeypatch):
    """The variables that each library reads by itself."""
    monkeypatch.setenv("OPENAI_BASE_URL", server.api)
    monkeypatch.setenv("OPENAI_API_KEY", secret)
    monkeypatch.setenv("ANTHROPIC_BASE_URL", server.url)
    monkeypatch.setenv("ANTHROPIC_API_KEY", secret)
    monkeypatch.setenv("GOOGLE_GEMINI_BASE_URL", server.url)
    monkeypatch.setenv("GEMINI_API_KEY", secret)


@pytest.fixture(scope="session")
def run():
    """Runs a coroutine on the one event loop of the session: libraries keep their connections, and with them its loop."""
    with asyncio.Runner() as runner:
        yield runner.run
