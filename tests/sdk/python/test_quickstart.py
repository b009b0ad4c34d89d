"""Every fenced block of `docs/quickstart.md` runs as printed against the running binary."""

import os
import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

HERE = Path(__file__).resolve().parent
PAGE = HERE.parents[2] / "docs" / "quickstart.md"
NODE = HERE.parent / "node"
BLOCKS = re.findall(r"^```(\w+)\n(.*?)^```$", PAGE.read_text(), re.MULTILINE | re.DOTALL)
RUN = [(language, text) for language, text in BLOCKS if language in ("bash", "python", "javascript")]
NAMES = [f"{language}-{number}" for number, (language, _) in enumerate(RUN, 1)]


def command(language, text, folder):
    if language == "bash":
        return ["bash", "-euo", "pipefail", "-c", text]
    if language == "python":
        (folder / "sample.py").write_text(text)
        return [sys.executable, "sample.py"]
    (folder / "sample.mjs").write_text(text)
    (folder / "node_modules").symlink_to(NODE / "node_modules")
    return ["node", "sample.mjs"]


def test_the_page_has_chat_streaming_and_embeddings_in_three_languages():
    for language in ("bash", "python", "javascript"):
        text = "".join(block for name, block in RUN if name == language)
        assert "chat" in text and "stream" in text and "embeddings" in text, language


@pytest.mark.parametrize(("language", "text"), RUN, ids=NAMES)
def test_the_block_runs_as_printed(server, enterprise, tmp_path, language, text):
    if language == "javascript" and not ((NODE / "node_modules").exists() and shutil.which("node")):
        pytest.fail("run `tests/run.py sdk`, which installs the Node client, or `npm ci` in tests/sdk/node")
    environment = {**os.environ, "YUNXIN_API_KEY": enterprise.secret, "YUNXIN_BASE_URL": server.api}
    done = subprocess.run(
        command(language, text, tmp_path), cwd=tmp_path, env=environment, capture_output=True, text=True, timeout=30
    )
    assert done.returncode == 0, done.stderr
    assert done.stdout.strip() and '"error"' not in done.stdout
