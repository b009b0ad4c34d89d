"""Codex, Claude Code and Gemini CLI, asked one thing from the command line. They are installed for `--programs` alone."""

import json
import os
import subprocess
from pathlib import Path

import pytest
from support import clean_environment

PROGRAMS = Path(__file__).resolve().parents[1] / "programs" / "node_modules" / ".bin"
MODEL = "sandbox-small"
SECONDS = 120

pytestmark = pytest.mark.skipif(not os.environ.get("CLIENT_PROGRAMS"), reason="tests/run.py clients --programs")


@pytest.fixture
def program(tmp_path):
    """Runs a program in an empty folder with a home of its own; its standard output."""
    home, folder = tmp_path / "home", tmp_path / "folder"
    home.mkdir()
    folder.mkdir()

    def run(name, *arguments, **variables):
        environment = clean_environment(HOME=str(home), CI="1", **variables)
        done = subprocess.run(
            [PROGRAMS / name, *arguments], cwd=folder, env=environment, stdin=subprocess.DEVNULL, capture_output=True, text=True, timeout=SECONDS
        )
        assert done.returncode == 0, f"{done.stdout[-2000:]}\n{done.stderr[-2000:]}"
        return done.stdout

    run.home = home
    return run


def lines(output):
    return [json.loads(line) for line in output.splitlines() if line.startswith("{")]


def codex(server, secret, program, prompt):
    settings = program.home / ".codex"
    settings.mkdir()
    provider = f'[model_providers.yunxin]\nname = "Yunxin"\nbase_url = "{server.api}"\nenv_key = "YUNXIN_API_KEY"\nwire_api = "responses"\n'
    (settings / "config.toml").write_text(f'model = "{MODEL}"\nmodel_provider = "yunxin"\n{provider}')
    return lines(program("codex", "exec", "--skip-git-repo-check", "--json", prompt, YUNXIN_API_KEY=secret))


def test_codex_gets_its_turn_done(server, secret, program):
    events = codex(server, secret, program, "Say hello.")
    (message,) = [event["item"] for event in events if event.get("item", {}).get("type") == "agent_message"]
    assert message["text"]
    (turn,) = [event for event in events if event["type"] == "turn.completed"]
    assert turn["usage"]["input_tokens"] > 0 and turn["usage"]["output_tokens"] > 0


def test_codex_reads_what_came_of_a_tool_that_was_called(server, secret, program):
    events = codex(server, secret, program, "Say hello. [[sandbox: tool=no_such_tool]]")
    (message,) = [event["item"] for event in events if event.get("item", {}).get("type") == "agent_message"]
    assert "unsupported call" in message["text"]


def claude(server, secret, program, prompt):
    arguments = ["-p", prompt, "--model", MODEL, "--output-format", "stream-json", "--verbose"]
    variables = {"ANTHROPIC_BASE_URL": server.url, "ANTHROPIC_API_KEY": secret, "CLAUDE_CODE_DISABLE_NONESSENTIAL_TRAFFIC": "1"}
    *_, result = lines(program("claude", *arguments, **variables))
    assert result["type"] == "result" and not result["is_error"]
    return result


def test_claude_code_gets_its_turn_done(server, secret, program):
    result = claude(server, secret, program, "Say hello.")
    assert result["result"] and result["num_turns"] == 1


def test_claude_code_reads_what_came_of_a_tool_that_was_called(server, secret, program):
    result = claude(server, secret, program, "Say hello. [[sandbox: tool=NoSuchTool]]")
    assert result["num_turns"] == 2 and "No such tool" in result["result"]


def test_gemini_cli_gets_its_turn_done(server, secret, program):
    settings = program.home / ".gemini"
    settings.mkdir()
    (settings / "settings.json").write_text(json.dumps({"security": {"auth": {"selectedType": "gemini-api-key"}}, "privacy": {"usageStatisticsEnabled": False}}))
    variables = {"GOOGLE_GEMINI_BASE_URL": server.url, "GEMINI_API_KEY": secret}
    assert program("gemini", "--skip-trust", "-m", MODEL, "-p", "Say hello.", **variables).strip()
