"""Files that pages show for copying (TOML, JSON, YAML, nginx, systemd) are what the programs that read them take.

What needs nginx or systemd is checked where it is installed."""

import json
import os
import re
import shutil
import subprocess
import tempfile
import tomllib
from pathlib import Path

import yaml

FILE = re.compile(r"^```(toml|json|yaml|nginx|ini)[^\n`]*\n(.*?)^```$", re.MULTILINE | re.DOTALL)
SECONDS = 30
# Sections of the configuration; a file with others is a catalogue.
CATALOGUE = ("[[providers]]", "[[models]]", "[[deployments]]")
# Tables of programs that are configured beside Yunxin: Codex.
FOREIGN = ("[model_providers.",)
# What a file of this name holds, where not any secret will do.
CONTENTS = {
    "redis_url_file": "redis://yunxin:secret@127.0.0.1:6379/0",
    "url_file": "postgres://yunxin:secret@127.0.0.1/yunxin",
    # A secret by which payments are believed has sixteen characters at least.
    "secret_key_file": "sk_not_a_secret_0123",
    "webhook_secrets_file": "whsec_not_a_secret_0123",
    "merchant_key_file": "not a secret, but long",
    "pem_file": """-----BEGIN PUBLIC KEY-----
MFkwEwYHKoZIzj0CAQYIKoZIzj0DAQcDQgAEa/HB59lxMa7lSMIXiKJ5Wq9Z13vP
fvlGAXiyBQjUAosg9nqJ/jNRn55nc1Zywt8XC1dYiUwHWQ1ELuMo4V+6hQ==
-----END PUBLIC KEY-----
""",
}
GAP = re.compile(r"\$?\{\{.*?\}\}")


def problems(pages, binary):
    checks = {"toml": toml, "json": json_file, "yaml": yaml_file, "nginx": nginx, "ini": systemd}
    for page in pages:
        for block in FILE.finditer(page.text):
            if "output" in block[0].partition("\n")[0]:
                continue
            text = GAP.sub("https://llm.example.com", block[2])
            with tempfile.TemporaryDirectory(prefix="shown-") as folder:
                why = checks[block[1]](text, Path(folder), binary)
            if why:
                yield f"{page.slug}.md: a file in {block[1]}: {why}"


def toml(text, folder, binary):
    try:
        tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        return str(error)
    if any(entry in text for entry in CATALOGUE + FOREIGN):
        return None
    # Secrets that a configuration names have to be there.
    for name, path in re.findall(r'^(\w+_file) = "([^"]+)"', text, re.MULTILINE):
        secret = folder / name
        secret.write_text(CONTENTS.get(name, "secret"))
        text = text.replace(path, str(secret))
    (folder / "yunxin.toml").write_text(text)
    return complaint([binary, "config", "check", "--config", folder / "yunxin.toml"])


def json_file(text, _folder, _binary):
    try:
        json.loads(text)
    except ValueError as error:
        return str(error)


def yaml_file(text, _folder, _binary):
    try:
        list(yaml.safe_load_all(text))
    except yaml.YAMLError as error:
        return str(error)


def nginx(text, folder, _binary):
    program = shutil.which("nginx") or shutil.which("nginx", path="/usr/sbin")
    if program is None:
        return None
    certificate(folder)
    text = re.sub(r"(ssl_certificate\S*\s+)\S+/(\S+?)\.(pem|key);", rf"\1{folder}/a.\3;", text)
    if "server {" not in text:
        text = f"upstream yunxin {{ server 127.0.0.1:8080; }}\nserver {{ listen 80; {text} }}"
    text = re.sub(r"listen (\d+)", rf"listen unix:{folder}/\1", text)
    whole = f"pid {folder}/pid;\nerror_log stderr;\nevents {{}}\nhttp {{ access_log off;\n{temporary(folder)}\n{text}\n}}"
    (folder / "nginx.conf").write_text(whole)
    return complaint([program, "-t", "-q", "-p", folder, "-c", folder / "nginx.conf"])


def certificate(folder):
    names = ["-keyout", folder / "a.key", "-out", folder / "a.pem"]
    command = ["openssl", "req", "-x509", "-newkey", "rsa:2048", "-nodes", "-subj", "/CN=llm.example.com", *names]
    subprocess.run(command, check=True, capture_output=True, timeout=SECONDS)


def temporary(folder):
    kinds = ("client_body", "proxy", "fastcgi", "uwsgi", "scgi")
    return "\n".join(f"{kind}_temp_path {folder}/{kind};" for kind in kinds)


def systemd(text, folder, _binary):
    if shutil.which("systemd-analyze") is None:
        return None
    # The program is installed on no machine that tests.
    text = text.replace("/usr/local/bin/yunxin", shutil.which("true") or "/bin/true").replace("User=yunxin", "User=nobody")
    (folder / "yunxin.service").write_text(text)
    return complaint(["systemd-analyze", "verify", "--man=no", folder / "yunxin.service"])


def complaint(command):
    """What a program says against a file, or None."""
    done = subprocess.run(
        [str(part) for part in command],
        capture_output=True,
        text=True,
        timeout=SECONDS,
        env={**os.environ, "NO_COLOR": "1"},
    )
    return (done.stdout + done.stderr).strip() if done.returncode != 0 else None
