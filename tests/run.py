#!/usr/bin/env python3
"""The one entry to the tests that cargo cannot run alone. Python's standard library only.

    tests/run.py sdk --yunxin PATH [--only python|node] [-- PYTEST ARGUMENTS]
    tests/run.py clients --yunxin PATH [--programs] [-- PYTEST ARGUMENTS]
    tests/run.py walks --yunxin PATH [-- PYTEST ARGUMENTS]
    tests/run.py browser --yunxin PATH [-- PLAYWRIGHT ARGUMENTS]
    tests/run.py screenshots --yunxin PATH
    tests/run.py docs --yunxin PATH [-- PAGES]
    tests/run.py fuzz --yunxin PATH [-- PYTEST ARGUMENTS]
    tests/run.py replay --yunxin PATH [-- REPLAY ARGUMENTS]
    tests/run.py overload --yunxin PATH [-- --only chaos|priority]
    tests/run.py cluster --yunxin PATH [-- --quick | --only healthy]
    tests/run.py deploy --yunxin PATH
    tests/run.py counts --yunxin PATH [-- --renew]
    tests/run.py all --yunxin PATH
    tests/run.py postgres -- COMMAND...
    tests/run.py check-tools | check-node
"""

import argparse
import contextlib
import hashlib
import itertools
import os
import pwd
import secrets
import shutil
import signal
import socket
import subprocess
import sys
import tarfile
import tempfile
import threading
import time
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

TESTS = Path(__file__).resolve().parent
PYTHON = TESTS / "sdk" / "python"
NODE = TESTS / "sdk" / "node"
CLIENTS = TESTS / "clients"
WALKS = TESTS / "walks"
BROWSER = TESTS / "browser"
FUZZ = TESTS / "fuzz"
DOCS = TESTS / "docs"
REPLAY = TESTS / "replay"
# Recordings in languages that only providers speak.
UPSTREAMS = TESTS.parent / "crates" / "llm" / "tests" / "it" / "recordings" / "upstreams"
OVERLOAD = TESTS / "overload"
CLUSTER = TESTS / "cluster"
DEPLOY = TESTS / "deploy"
EXPECTED_COUNTS = TESTS.parent / "crates" / "bench" / "expected-counts.json"
DASHBOARD = TESTS.parent / "dashboard"
CHROMIUM = "/usr/bin/chromium"
NODE_MAJOR = 20
INSTALL_SECONDS = 600
TOOLS = {
    "cargo": "install rustup, which fetches Rust 1.95: https://rustup.rs",
    "cc": "apt-get install gcc",
    "bash": "apt-get install bash",
    "curl": "apt-get install curl",
    "git": "apt-get install git",
    "openssl": "apt-get install openssl",
}
# Of the resources that openai-python has tests of, those that are served.
OPENAI_RESOURCES = ["chat/test_completions.py", "test_completions.py", "test_embeddings.py", "test_models.py", "test_responses.py", "test_moderations.py", "test_images.py"]
SUITE_SECONDS = {"python": 420, "node": 240, "clients": 600, "openai-python": 300, "walks": 900, "browser": 2700, "docs": 900, "links": 120, "fuzz": 900, "replay": 600, "overload": 240, "cluster": 600, "deploy": 1800, "counts": 600}


class Missing(Exception):
    """Something this machine lacks; the text is the one line that says how to get it."""


def group(command, seconds, **options):
    """Run a command in a process group of its own, which never outlives the call; its exit code."""
    try:
        process = subprocess.Popen([str(part) for part in command], start_new_session=True, **options)
    except OSError as error:
        raise Missing(f"cannot run {command[0]}: {error.strerror}") from None
    try:
        return process.wait(timeout=seconds)
    except subprocess.TimeoutExpired:
        print(f"run.py: stopped after {seconds} s: {' '.join(map(str, command))}", file=sys.stderr)
        return 124
    finally:
        with contextlib.suppress(ProcessLookupError):
            os.killpg(process.pid, signal.SIGKILL)
        process.wait()


def quiet(command, what, **options):
    """Run a step that prints only when it fails."""
    command = [str(part) for part in command]
    done = subprocess.run(
        command,
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        timeout=INSTALL_SECONDS,
        **options,
    )
    if done.returncode != 0:
        raise Missing(f"{what} failed: {' '.join(command)}\n{done.stdout.strip()}")
    return done.stdout


# -- sdk ---------------------------------------------------------------------------------------------------------------


def install(folder, lock, marker, steps):
    """Run `steps` unless `marker` in `folder` says that it was done for this very lock file."""
    wanted = hashlib.sha256(lock.read_bytes() + sys.version.encode()).hexdigest()
    stamp = folder / marker
    if not stamp.exists() or stamp.read_text() != wanted:
        shutil.rmtree(folder, ignore_errors=True)
        steps()
        stamp.write_text(wanted)


def python_client(folder=PYTHON):
    """The Python of the folder's own virtual environment, with what its requirements.txt asks for."""
    venv = folder / ".venv"

    def steps():
        made = subprocess.run([sys.executable, "-m", "venv", venv], capture_output=True, text=True, timeout=INSTALL_SECONDS)
        if made.returncode != 0:
            raise Missing("Python cannot make a virtual environment: apt-get install python3-venv")
        if not (venv / "bin" / "pip").exists():
            raise Missing("Python's virtual environments have no pip: apt-get install python3-venv python3-pip")
        what = f"installing what {folder.relative_to(TESTS)} asks for"
        print(f"run.py: {what}", flush=True)
        quiet([venv / "bin" / "pip", "install", "--quiet", "-r", folder / "requirements.txt"], what)

    install(venv, folder / "requirements.txt", ".installed", steps)
    return venv / "bin" / "python"


def node_version():
    for tool in ("node", "npm"):
        if not shutil.which(tool):
            raise Missing(f"{tool} is missing: install Node {NODE_MAJOR} or newer with npm (https://nodejs.org)")
    version = subprocess.run(["node", "--version"], capture_output=True, text=True, timeout=30).stdout.strip()
    if not version.startswith("v") or int(version[1:].split(".")[0]) < NODE_MAJOR:
        raise Missing(f"node {version} is too old: install Node {NODE_MAJOR} or newer (https://nodejs.org)")


def node_client(folder=NODE, scripts_of=()):
    """What the folder's package-lock.json names, in its node_modules. Scripts of packages run for `scripts_of` alone."""
    node_version()

    def steps():
        what = f"installing what {folder.relative_to(TESTS)} asks for"
        print(f"run.py: {what}", flush=True)
        quiet(["npm", "ci", "--no-audit", "--no-fund", "--ignore-scripts"], what, cwd=folder)
        for package in scripts_of:
            quiet(["npm", "rebuild", package], what, cwd=folder)

    install(folder / "node_modules", folder / "package-lock.json", ".installed", steps)


def program(arguments):
    binary = Path(arguments.yunxin).resolve()
    if not os.access(binary, os.X_OK) or binary.is_dir():
        raise Missing(f"{binary} is not a program: cargo build, then name the binary with --yunxin")
    return binary


def suite(name, binary, command, cwd, **environment):
    """Run one suite in a temporary folder of its own; its exit code, after a line that says how it went."""
    with tempfile.TemporaryDirectory(prefix=f"yunxin-{name}-", ignore_cleanup_errors=True) as folder:
        known = {"YUNXIN_BINARY": str(binary), "TMPDIR": folder, "PYTHONDONTWRITEBYTECODE": "1"}
        code = group(command, SUITE_SECONDS[name], cwd=cwd, env={**os.environ, **known, **environment})
    print(f"run.py: {name}: {'passed' if code == 0 else f'failed ({code})'}")
    return code


def sdk(arguments):
    binary = program(arguments)
    wanted = ("python", "node") if arguments.only is None else (arguments.only,)
    python = python_client() if "python" in wanted else None
    if "node" in wanted:
        node_client()

    with tempfile.TemporaryDirectory(prefix="yunxin-sdk-", ignore_cleanup_errors=True) as folder:
        environment = {**os.environ, "YUNXIN_BINARY": str(binary), "TMPDIR": folder, "PYTHONDONTWRITEBYTECODE": "1"}
        codes = {}
        if "python" in wanted:
            command = [python, "-m", "pytest", "--basetemp", f"{folder}/pytest", *arguments.rest]
            codes["python"] = group(command, SUITE_SECONDS["python"], cwd=PYTHON, env=environment)
        if "node" in wanted:
            codes["node"] = group(["npm", "test", "--silent"], SUITE_SECONDS["node"], cwd=NODE, env=environment)
    for name, code in codes.items():
        print(f"run.py: {name}: {'passed' if code == 0 else f'failed ({code})'}")
    return max(codes.values())


def openai_own(binary):
    """The tests that openai-python has of its own resources, as its source distribution brings them, with a gateway for a mock."""
    folder = CLIENTS / "openai-python"
    python = python_client(folder)
    with tempfile.TemporaryDirectory(prefix="yunxin-openai-", ignore_cleanup_errors=True) as source:
        pip = [python, "-m", "pip", "download", "--quiet", "--no-deps", "--no-binary", "openai", "--dest", source]
        pinned = next(line for line in (folder / "requirements.txt").read_text().splitlines() if line.startswith("openai=="))
        quiet([*pip, pinned], "fetching the source of openai-python")
        archive = next(Path(source).glob("openai-*.tar.gz"))
        with tarfile.open(archive) as packed:
            packed.extractall(source, filter="data")
        tests = archive.with_name(archive.name.removesuffix(".tar.gz"))
        resources = [f"tests/api_resources/{name}" for name in OPENAI_RESOURCES]
        command = [python, "-m", "pytest", "-q", "-o", "addopts=", "-p", "gateway", "-p", "no:cacheprovider", *resources]
        return suite("openai-python", binary, command, tests, PYTHONPATH=str(folder))


def clients(arguments):
    """Libraries that speak to models, and with `--programs` the programs that people work with, given an address and a key."""
    binary = program(arguments)
    python = python_client(CLIENTS / "python")
    node_client(CLIENTS / "node")
    environment = {}
    if arguments.programs:
        # It puts its binary where it is looked for.
        node_client(CLIENTS / "programs", scripts_of=["@anthropic-ai/claude-code"])
        environment["CLIENT_PROGRAMS"] = "1"
    command = [python, "-m", "pytest", *arguments.rest]
    return max(
        openai_own(binary),
        suite("clients", binary, command, CLIENTS / "python", **environment),
        suite("clients", binary, ["npm", "test", "--silent"], CLIENTS / "node"),
    )


# -- walks, fuzz, replay, docs, browser ----------------------------------------------------------------------------------------------


def walks(arguments):
    binary = program(arguments)
    python = python_client()  # httpx and pytest are all they need
    return suite("walks", binary, [python, "-m", "pytest", *arguments.rest], WALKS)


def fuzz(arguments):
    binary = program(arguments)
    python = python_client(FUZZ)
    return suite("fuzz", binary, [python, "-m", "pytest", *arguments.rest], FUZZ)


def replay(arguments):
    """Recorded traffic of providers, as it was asked for and in the languages of all clients; what stands behind `--` is one run of its own."""
    binary = program(arguments)
    python = python_client()  # the SDKs, which read what is told across languages
    ours = [] if "--corpus" in arguments.rest else ["--corpus", REPLAY / "corpus"]
    command = [python, REPLAY, *ours, "--yunxin", binary, *arguments.rest]
    if arguments.rest:
        return suite("replay", binary, command, TESTS.parent)
    return max(suite("replay", binary, [*command, *more], TESTS.parent) for more in ([], ["--corpus", UPSTREAMS, "--client", "all", "--quick"]))


def overload(arguments):
    """Providers that fail, and far more requests than providers take, in the quick forms."""
    binary = program(arguments)
    return suite("overload", binary, [sys.executable, OVERLOAD, "--yunxin", binary, *arguments.rest], TESTS.parent)


def cluster(arguments):
    """Three servers on one database and one Redis, which are killed, emptied, slowed and stopped."""
    binary = program(arguments)
    redis_server()
    if "TEST_POSTGRES_URL" in os.environ:
        return suite("cluster", binary, [sys.executable, CLUSTER, "--yunxin", binary, *arguments.rest], TESTS.parent)
    with database() as url:
        os.environ["TEST_POSTGRES_URL"] = url
        return cluster(arguments)


def deploy(_):
    """The Helm chart, the units, the Compose file and the dashboard of `deploy`, by the programs that read them."""
    return suite("deploy", None, [sys.executable, DEPLOY], TESTS.parent)


def counts(arguments):
    """Instructions and allocations per request, against what the repository expects (docs/decisions/0080)."""
    binary = program(arguments)
    if not shutil.which("valgrind"):
        raise Missing("valgrind is missing: apt-get install valgrind")
    bench = binary.parent / "bench"
    if not bench.exists():
        raise Missing(f"{bench} is missing: cargo build -p yunxin -p bench")
    command = [bench, "counts", "--yunxin", binary, "--expected", EXPECTED_COUNTS, *arguments.rest]
    return suite("counts", binary, command, TESTS.parent)


def docs(arguments):
    """Every sample as printed, every link of the sources, and every link of the built site."""
    binary = program(arguments)
    python = python_client(DOCS)
    node_client(DOCS)
    code = suite("docs", binary, [python, "main.py", *arguments.rest], DOCS)
    return max(code, built_links())


def built_links():
    script, built = DASHBOARD / "docs" / "check-links.mjs", DASHBOARD / "dist" / "docs"
    if not (script.exists() and built.exists()):
        print("run.py: links: the site is not built (make dashboard), so only its sources were checked")
        return 0
    code = group(["node", script, built], SUITE_SECONDS["links"])
    print(f"run.py: links: {'passed' if code == 0 else f'failed ({code})'}")
    return code


def chromium():
    path = os.environ.get("CHROMIUM", CHROMIUM)
    if not os.access(path, os.X_OK):
        raise Missing(f"{path} is missing: apt-get install chromium, or name one in CHROMIUM")
    return path


def browser(arguments):
    binary, path = program(arguments), chromium()
    node_client(BROWSER)
    command = ["node_modules/.bin/playwright", "test", f"--project={arguments.project}", *arguments.rest]
    return suite("browser", binary, command, BROWSER, CHROMIUM=path)


# -- postgres ----------------------------------------------------------------------------------------------------------


def postgres_programs():
    """The folder that has initdb, pg_ctl and the server: from PATH, else the newest of Debian's."""
    found = shutil.which("initdb")
    folders = [Path(found).resolve().parent] if found else []
    folders += sorted(
        Path("/usr/lib/postgresql").glob("*/bin"), key=lambda path: float(path.parent.name), reverse=True
    )
    for folder in folders:
        if all((folder / name).exists() for name in ("initdb", "pg_ctl", "postgres")):
            return folder
    raise Missing("PostgreSQL is missing: apt-get install postgresql")


def as_postgres():
    """What to put before a command so that the server does not run as root, which it refuses."""
    if os.geteuid() != 0:
        return [], None
    try:
        user = pwd.getpwnam("postgres")
    except KeyError:
        raise Missing("there is no user `postgres` to run PostgreSQL as: apt-get install postgresql") from None
    if shutil.which("runuser"):
        return ["runuser", "-u", "postgres", "--"], user
    if shutil.which("setpriv"):
        return ["setpriv", "--reuid=postgres", "--regid=postgres", "--init-groups", "--"], user
    raise Missing("neither runuser nor setpriv is here to leave root with: apt-get install util-linux")


def free_port():
    with socket.create_server(("127.0.0.1", 0)) as listener:
        return listener.getsockname()[1]


@contextlib.contextmanager
def database():
    """A private cluster of PostgreSQL in a temporary folder; the URL of its database."""
    programs, (prefix, user) = postgres_programs(), as_postgres()
    with tempfile.TemporaryDirectory(prefix="yunxin-pg-") as folder:
        root, data, password = Path(folder), Path(folder) / "data", secrets.token_hex(16)
        (root / "password").write_text(password)
        if user is not None:
            for path in (root, root / "password"):
                os.chown(path, user.pw_uid, user.pw_gid)

        def run(what, program, *options):
            quiet([*prefix, programs / program, "-D", data, *options], what, cwd=root)

        run(
            "making a PostgreSQL cluster",
            "initdb",
            *("--username=postgres", f"--pwfile={root / 'password'}", "--auth=scram-sha-256"),
            *("--encoding=UTF8", "--locale=C", "--no-sync"),
        )
        port = free_port()
        settings = {
            "listen_addresses": "127.0.0.1",
            "port": port,
            "unix_socket_directories": root,
            "max_connections": 200,
            "fsync": "off",
            "synchronous_commit": "off",
            "full_page_writes": "off",
        }
        with (data / "postgresql.conf").open("a") as conf:
            conf.writelines(f"{name} = '{value}'\n" for name, value in settings.items())
        try:
            run("starting PostgreSQL", "pg_ctl", "-w", "-t", "60", "-l", root / "log", "start")
            yield f"postgres://postgres:{password}@127.0.0.1:{port}/postgres"
        finally:
            with contextlib.suppress(Missing):
                run("stopping PostgreSQL", "pg_ctl", "-w", "-t", "30", "-m", "immediate", "stop")


def postgres(arguments):
    if not arguments.rest:
        raise Missing("say what to run: tests/run.py postgres -- COMMAND...")
    with database() as url, redis() as redis_url:
        known = {"TEST_POSTGRES_URL": url, "TEST_REDIS_URL": redis_url}
        return group(arguments.rest, arguments.timeout, env={**os.environ, **known})


# -- redis -------------------------------------------------------------------------------------------------------------


def redis_server():
    for name in ("redis-server", "valkey-server"):
        if found := shutil.which(name):
            return found
    raise Missing("Redis is missing: apt-get install redis-server")


@contextlib.contextmanager
def redis():
    """A private Redis without persistence in a temporary folder; its URL."""
    server, port = redis_server(), free_port()
    with tempfile.TemporaryDirectory(prefix="yunxin-redis-") as folder:
        options = ["--port", port, "--bind", "127.0.0.1", "--save", "", "--appendonly", "no", "--dir", folder]
        process = subprocess.Popen([server, *map(str, options)], stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        try:
            until = time.monotonic() + 30
            while time.monotonic() < until and process.poll() is None:
                with contextlib.suppress(OSError):
                    socket.create_connection(("127.0.0.1", port), timeout=1).close()
                    break
                time.sleep(0.05)
            yield f"redis://127.0.0.1:{port}/"
        finally:
            process.kill()
            process.wait()


# -- all ---------------------------------------------------------------------------------------------------------------

# What runs beside the browser. The fuzzer's gateway is on PostgreSQL.
BESIDE = (("sdk",), ("clients",), ("docs",), ("walks",), ("replay",), ("postgres", "fuzz"), ("cluster",), ("deploy",))
# What times say something in, so that nothing runs beside it.
ALONE = (("overload",),)
# What a suite is given where it is one of many.
IN_A_ROW = {"cluster": ("--quick",)}
# The browser's tests take longer than all of these: in parts, so that no core is idle at the end.
BROWSER_PARTS = 4
# Who reads the end of a log alone finds there what failed and why.
LINES_OF_FAILED = 15


def part_of_browser(part):
    """Whole files, as Playwright deals them out; what failed tests leave behind lies in a folder per part."""
    return f"--shard={part}/{BROWSER_PARTS}", f"--output=test-results/{part}"


def every(arguments):
    """Every suite, most of them two at a time. What a suite prints is shown whole when it has ended, and the ends of those that failed again."""
    binary, me = program(arguments), [sys.executable, str(Path(__file__).resolve())]
    shown, failed = threading.Lock(), {}

    def run(names, *rest):
        command = [*me, names[-1], "--yunxin", str(binary)]
        if len(names) > 1:
            command = [*me, names[0], "--", *command]
        if rest:
            command += ["--", *rest]
        begun = time.monotonic()
        with tempfile.TemporaryFile() as output:
            code = group(command, sum(SUITE_SECONDS.values()), stdout=output, stderr=subprocess.STDOUT)
            output.seek(0)
            printed = output.read()
        with shown:
            sys.stdout.buffer.write(printed)
            print(f"run.py: {' '.join((names[-1], *rest))} took {time.monotonic() - begun:.0f} s", flush=True)
            if code != 0:
                failed[" ".join((names[-1], *rest))] = printed.decode(errors="replace").rstrip().splitlines()[-LINES_OF_FAILED:]
        return code

    # One lane has the browser; the other takes what is left of it when it has done the rest.
    parts = iter([(("browser",), *part_of_browser(part)) for part in range(1, BROWSER_PARTS + 1)])
    beside = [(names, *IN_A_ROW.get(names[-1], ())) for names in BESIDE]
    with ThreadPoolExecutor(2) as pool:
        lanes = [pool.submit(lambda lane=lane: [run(*one) for one in lane]) for lane in (parts, itertools.chain(beside, parts))]
        codes = [code for lane in lanes for code in lane.result()]
    codes += [run(names) for names in ALONE]
    for name, lines in failed.items():
        print(f"run.py: failed: {name}, which ended so:", *(f"  {line[:200]}" for line in lines), sep="\n")
    print(f"run.py: {len(codes) - len(failed)} of {len(codes)} suites passed{': not ' + '; '.join(failed) if failed else ''}", flush=True)
    return max(codes)


# -- check-tools ------------------------------------------------------------------------------------------------------


def check_tools(_):
    """Say in one line all that this machine lacks, before half an hour of building has passed."""
    lacking = [f"{name} ({how})" for name, how in TOOLS.items() if not shutil.which(name)]
    for check in (postgres_programs, as_postgres, redis_server, node_version, chromium):
        try:
            check()
        except Missing as missing:
            lacking.append(str(missing))
    if not shutil.which("pip3") and subprocess.run([sys.executable, "-m", "ensurepip", "--version"], capture_output=True).returncode:
        lacking.append("pip (apt-get install python3-venv python3-pip)")
    if lacking:
        raise Missing("missing: " + "; ".join(lacking))
    return 0


def check_node(_):
    """Say in one line how to get what builds the Dashboard."""
    node_version()
    return 0


def parse(argv):
    argv, rest = (argv[: argv.index("--")], argv[argv.index("--") + 1 :]) if "--" in argv else (argv, [])
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    commands = parser.add_subparsers(required=True)
    one = commands.add_parser("sdk", help="the official OpenAI clients against the running binary")
    one.add_argument("--yunxin", required=True, metavar="PATH", help="the yunxin binary")
    one.add_argument("--only", choices=("python", "node"))
    one.set_defaults(run=sdk)
    two = commands.add_parser("postgres", help="run a command with TEST_POSTGRES_URL of a private cluster")
    two.add_argument("--timeout", type=int, default=1800, metavar="SECONDS")
    two.set_defaults(run=postgres)
    suites = (
        ("clients", clients, "frameworks and programs, given an address and a key"),
        ("walks", walks, "every role, account, scope, origin and hostile string over every route"),
        ("browser", browser, "the Dashboard in Chromium"),
        ("screenshots", browser, "a picture of every page, into screenshots/"),
        ("docs", docs, "every sample and link of the documentation"),
        ("fuzz", fuzz, "every response against /openapi.json"),
        ("replay", replay, "recorded traffic of providers through the gateway"),
        ("overload", overload, "priority under far too much load, and failing providers"),
        ("cluster", cluster, "limits over three servers, with everything that can fail between them"),
        ("deploy", deploy, "what is in deploy, by the programs that read it"),
        ("counts", counts, "instructions and allocations per request, against what is expected"),
        ("all", every, "all of these, two at a time"),
    )
    for name, run, what in suites:
        one = commands.add_parser(name, help=what)
        one.add_argument("--yunxin", required=True, metavar="PATH", help="the yunxin binary")
        if name == "clients":
            one.add_argument("--programs", action="store_true", help="Codex, Claude Code and Gemini CLI too (0.8 GB)")
        one.set_defaults(run=run, project="screenshots" if name == "screenshots" else "tests")
    three = commands.add_parser("check-tools", help="whether everything that `make test` needs is here")
    three.set_defaults(run=check_tools)
    four = commands.add_parser("check-node", help="whether what builds the Dashboard is here")
    four.set_defaults(run=check_node)
    arguments = parser.parse_args(argv)
    arguments.rest = rest
    return arguments


def main():
    arguments = parse(sys.argv[1:])
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(143))
    try:
        return arguments.run(arguments)
    except Missing as missing:
        print(f"run.py: {missing}", file=sys.stderr)
        return 1
    except KeyboardInterrupt:
        return 130


if __name__ == "__main__":
    sys.exit(main())
