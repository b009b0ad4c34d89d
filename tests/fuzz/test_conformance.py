"""Schemathesis over the whole reference: whatever is sent, the response is one that /openapi.json describes."""

import os
import subprocess
import sys
from pathlib import Path

import httpx
import pytest

from people import COOKIE, OUR_PAGE

SEED = 20261125
EXAMPLES = 20
# The fuzzer goes on until the time is over.
SECONDS = {"operator": 180, "visitor": 40, "api key": 60, "nobody": 20}
CHECKS = ",".join(
    [
        "not_a_server_error",
        "status_code_conformance",
        "content_type_conformance",
        "response_headers_conformance",
        "response_schema_conformance",
    ]
)
# What cannot be fuzzed safely, each with its reason.
LEFT_OUT = {
    "sign_out": "it would end the session that the fuzzer calls with",
    "end_session": "the fuzzer learns ids from responses, and would end the session that it calls with",
    "edit_user": "a change of what a user may do ends their sessions, the fuzzer's own too",
    "test_provider": "it would call whatever addresses the fuzzer has put into providers",
    "start_provider_sign_in": "its response is a redirect to a foreign server",
    "finish_provider_sign_in": "it responds to a foreign server's redirect",
}


def run(server, folder, name, headers, parameters, *only):
    config = folder / "schemathesis.toml"
    lines = ["[parameters]", *(f'"{place}" = "{value}"' for place, value in parameters.items())]
    config.write_text("\n".join(lines) + "\n")
    command = [sys.executable, "-m", "schemathesis.cli", f"--config-file={config}", "run", f"{server.url}/openapi.json"]
    command += ["--phases=examples,coverage,fuzzing", f"--checks={CHECKS}", f"--seed={SEED}", f"--max-examples={EXAMPLES}"]
    command += [f"--max-time={SECONDS[name]}", "--workers=1", "--request-timeout=20", "--warnings=off", "--no-color"]
    command += ["--continue-on-failure", "--no-shrink", "--suppress-health-check=all", *only]
    for operation in LEFT_OUT:
        command.append(f"--exclude-operation-id={operation}")
    for header, value in headers.items():
        command += ["--header", f"{header}: {value}"]
    environment = {**os.environ, "SCHEMATHESIS_HOOKS": "hooks", "PYTHONPATH": str(Path(__file__).parent)}
    done = subprocess.run(command, capture_output=True, text=True, cwd=folder, env=environment, timeout=SECONDS[name] * 2 + 120)
    print(done.stdout[-30_000:])
    assert done.returncode == 0, f"{name}: schemathesis found faults (exit {done.returncode}), see above\n{done.stderr[-2000:]}"


@pytest.mark.parametrize("kind", ["api key", "nobody"])
def test_the_data_plane_responds_as_it_says(server, owner, tmp_path, kind):
    """Before the operator's: those make models that nothing serves, which are rightly answered with 503."""
    made = owner.made(f"{owner.base}/api-keys", {"name": "fuzzer", "environment": "live"})
    headers = {"authorization": f"Bearer {made['secret']}"} if kind == "api key" else {}
    run(server, tmp_path, kind, headers, {}, "--include-path-regex=^/(v1|healthz|readyz|[.]well-known)")


def test_the_management_api_responses_an_operator_as_it_says(server, owner, tmp_path):
    headers = {"cookie": f"{COOKIE}={owner.cookie}", **OUR_PAGE}
    parameters = {"path.account_id": owner.account}
    run(server, tmp_path, "operator", headers, parameters, "--include-path-regex=^/api/v1/(me|accounts|admin)")
    assert owner.get("/api/v1/me").status_code == 200, "the fuzzer lost its session on the way"


def test_the_management_api_responses_a_visitor_as_it_says(server, owner, tmp_path):
    """Signing up or in puts another session in the place of the one that a browser has, so nobody's is lent here."""
    run(server, tmp_path, "visitor", OUR_PAGE, {}, "--include-path-regex=^/api/v1/(auth/|leaked-keys)")


def test_what_is_left_out_exists_and_has_a_reason(server):
    reference = httpx.get(f"{server.url}/openapi.json", trust_env=False, timeout=30).json()
    names = {operation["operationId"] for methods in reference["paths"].values() for operation in methods.values() if isinstance(operation, dict)}
    assert LEFT_OUT.keys() - names == set()
