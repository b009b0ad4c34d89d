"""Samples that are shown and not run, and why: the whole list, which is best short."""

# (page, a part of the sample): the reason.
REASONS = {
    ("keys-in-browsers", 'fetch("/api/model-token"'): "it is a part of a page of somebody's own server",
    ("messages", "ANTHROPIC_AUTH_TOKEN"): "it starts somebody else's program, which talks to a terminal",
    ("generate-content", "GOOGLE_GEMINI_BASE_URL"): "it starts somebody else's program, which talks to a terminal",
    ("generate-content", "from google import genai"): "its client is not installed here; tests/sdk/python asks by it",
    ("quickstart", "pip install openai"): "it needs the network",
    ("quickstart", "npm install openai"): "it needs the network",
    ("langchain", "pip install langchain-openai"): "it needs the network",
    ("langchain", "npm install @langchain/openai"): "it needs the network",
    ("vercel-ai-sdk", "npm install ai"): "it needs the network",
    ("vercel-ai-sdk", "app/api/chat/route.js"): "it is a part of somebody's own Next.js application",
    ("aider", "aider --model"): "it starts somebody else's program, which talks to a terminal",
    ("codex", "export YUNXIN_API_KEY"): "the key is the reader's",
    ("codex", "codex exec"): "tests/clients runs it",
    ("claude-code", "claude --model"): "it starts a program which talks to a terminal; tests/clients runs it without one",
    ("claude-code", "claude -p"): "tests/clients runs it",
    ("gemini-cli", "gemini -m MODEL_ID\n"): "it starts a program which talks to a terminal; tests/clients runs it without one",
    ("gemini-cli", "gemini -m MODEL_ID -p"): "tests/clients runs it",
    ("open-webui", "docker run"): "it starts somebody else's container",
    ("secret-scanning", "gitleaks git --pre-commit"): "it needs gitleaks",
    ("secret-scanning", "gitleaks git --config"): "it needs gitleaks",
    ("self-hosting", "make run"): "it builds the program that is tested",
    ("self-hosting", "yunxin operator link"): "it reads the configuration of a system that has the program installed",
    ("local-models", "gpt-oss:20b"): "it adds a model to the list that other pages print",
    ("local-models", "vllm serve"): "it needs a graphics card",
    ("providers", "yunxin provider test openai"): "it calls a provider outside",
    ("mail", "yunxin user reset-link"): "it needs the id of a user",
}
# Pages about a machine: whatever they show and do not run changes the system, or needs what is not on every one.
SYSTEM_PAGES = {
    "binary": "it builds and installs the program that is tested",
    "caddy": "it needs Caddy and a name that leads to this machine",
    "compose": "it needs an engine of containers",
    "containers": "it needs an engine of containers",
    "kubernetes": "it needs a cluster",
    "monitoring": "it reads the log of a service",
    "nginx": "it needs an nginx that serves this machine",
    "postgresql": "it makes a user of the system's PostgreSQL",
    "import": "it needs the database of another program; crates/yunxin/tests/it/import.rs runs it",
    "systemd": "it makes a service of the system",
    "upgrades": "it replaces the program that is installed",
}


def reason(sample):
    of_sample = (why for (page, part), why in REASONS.items() if page == sample.page and part in sample.text)
    return next(of_sample, SYSTEM_PAGES.get(sample.page))


def disagreements(samples):
    """Where the pages and the list say different things."""
    shown = [sample for sample in samples if not sample.runs]
    for sample in shown:
        if reason(sample) is None:
            yield f"{sample.name}: is `norun`, and shown_only.py does not say why"
    for page, part in REASONS:
        if not any(sample.page == page and part in sample.text for sample in shown):
            yield f"shown_only.py gives a reason for {part!r} of {page}, which runs or is not there"
    for page in SYSTEM_PAGES:
        if not any(sample.page == page for sample in shown):
            yield f"shown_only.py gives a reason for what {page} only shows, and it shows nothing"
