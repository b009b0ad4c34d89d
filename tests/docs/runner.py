"""Runs samples as printed, each in a folder of its own."""

import io
import os
import struct
import subprocess
import sys
import tempfile
import wave
import zlib
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack
from pathlib import Path

from installation import LINE, Installation
from outputs import difference
from pages import GENERATED
from reference import Reference, is_of_reference
from support import clean_environment

SAMPLE_SECONDS = 60
AT_ONCE = 4
NODE_MODULES = Path(__file__).resolve().parent / "node_modules"


def command(sample, folder):
    if sample.language == "bash":
        (folder / "sample.sh").write_text(sample.text)
        return ["bash", "-euo", "pipefail", "sample.sh"]
    if sample.language == "python":
        (folder / "sample.py").write_text(sample.text)
        return [sys.executable, "sample.py"]
    (folder / "sample.mjs").write_text(sample.text)
    (folder / "node_modules").symlink_to(NODE_MODULES)
    return ["node", "sample.mjs"]


def picture():
    """A white pixel, as PNG."""
    chunks = [(b"IHDR", struct.pack(">IIBBBBB", 1, 1, 8, 0, 0, 0, 0)), (b"IDAT", zlib.compress(b"\0\xff")), (b"IEND", b"")]
    parts = [struct.pack(">I", len(data)) + name + data + struct.pack(">I", zlib.crc32(name + data)) for name, data in chunks]
    return b"\x89PNG\r\n\x1a\n" + b"".join(parts)


def recording():
    """A second of silence, as WAV."""
    written = io.BytesIO()
    with wave.open(written, "wb") as sound:
        sound.setnchannels(1)
        sound.setsampwidth(2)
        sound.setframerate(8_000)
        sound.writeframes(bytes(16_000))
    return written.getvalue()


class Runner:
    def __init__(self, installation, furnished, binary, root):
        self.installation = installation
        self.furnished = furnished
        self.binary = binary
        self.root = root
        self.known = {}

    def prepare(self, samples):
        for page in {sample.page for sample in samples if not is_of_reference(sample)}:
            self.known[page] = self.installation.variables(page)
        # Samples of the command line call `yunxin`, whatever the binary under test is called.
        (self.root / "bin").mkdir()
        (self.root / "bin" / "yunxin").symlink_to(self.binary)

    def run(self, numbered):
        """Run one sample; why it failed, or None."""
        number, sample = numbered
        folder = self.root / f"sample-{number}"
        folder.mkdir()
        if "@picture.png" in sample.text:
            (folder / "picture.png").write_bytes(picture())
        if "@recording.wav" in sample.text:
            (folder / "recording.wav").write_bytes(recording())
        if "@requests.jsonl" in sample.text:
            (folder / "requests.jsonl").write_text(LINE)
        try:
            variables = self.variables(sample, folder)
        except AssertionError as why:
            return f"{sample.name}: what it names could not be made: {why}"
        environment = clean_environment(
            PATH=f"{self.root / 'bin'}{os.pathsep}{os.environ['PATH']}",
            HOME=str(folder),
            YUNXIN_CONFIG=str(self.installation.server.config),
            NO_COLOR="1",
        )
        # Every other sample has no .env: both ways that the pages name must work.
        if number % 2 or sample.page in GENERATED:
            environment.update(variables)
        else:
            (folder / ".env").write_text("".join(f"{name}={value}\n" for name, value in variables.items()))
        return self.outcome(sample, folder, environment)

    def variables(self, sample, folder):
        if is_of_reference(sample):
            return self.furnished.furnish(sample, folder)
        return self.installation.with_things(self.known[sample.page], sample.text)

    def outcome(self, sample, folder, environment):
        try:
            done = subprocess.run(
                command(sample, folder),
                cwd=folder,
                env=environment,
                stdin=subprocess.DEVNULL,
                capture_output=True,
                text=True,
                timeout=SAMPLE_SECONDS,
            )
        except subprocess.TimeoutExpired:
            return f"{sample.name}: not done after {SAMPLE_SECONDS} s"
        if done.returncode != 0:
            return f"{sample.name}: exit code {done.returncode}\n{(done.stdout + done.stderr).strip()[-3000:]}"
        if bool(done.stdout.strip()) != sample.prints:
            return f"{sample.name}: printed {done.stdout.strip()[:300] or 'nothing'}"
        if "redirect_url" in sample.text and "error=" in done.stdout:
            return f"{sample.name}: refused with a redirect: {done.stdout.strip()}"
        for kind, expected in sample.outputs:
            why = difference(kind, expected, done.stdout)
            if why:
                return f"{sample.name}: {why}"
        return None


def run_all(binary, samples):
    numbered = list(enumerate(samples))
    # Those of the API reference one after the other: they change what they share.
    of_reference = [one for one in numbered if is_of_reference(one[1])]
    others = [one for one in numbered if not is_of_reference(one[1])]
    with tempfile.TemporaryDirectory(prefix="samples-", ignore_cleanup_errors=True) as folder, ExitStack() as stack:
        root = Path(folder)
        installation = stack.enter_context(Installation(binary, root / "server"))
        furnished = stack.enter_context(Reference(binary, root)) if of_reference else None
        runner = Runner(installation, furnished, binary, root)
        runner.prepare(samples)
        pool = stack.enter_context(ThreadPoolExecutor(AT_ONCE))
        outcomes = pool.map(runner.run, others)
        failures = [why for why in [*map(runner.run, of_reference), *outcomes] if why]
        if failures:
            print(f"the server's log ends:\n{installation.server.log_text()[-1500:]}\n", file=sys.stderr)
    return failures
