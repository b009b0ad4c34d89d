"""A catalogue in which every recording is a provider of the kind that speaks its language."""

import json

from catalogue import KINDS

ENTRY = """
[[providers]]
name = "{id}"
kind = "{kind}"
base_url = "http://127.0.0.1:{port}{base}"
credential.env = "REPLAY_CREDENTIAL"
{more}
[[models]]
id = "{id}"
model_type = "chat"
min_tier = "free"
max_output_tokens = 65536
capabilities = ["tools", "vision", "json_schema", "json_mode", "reasoning", "audio"]
prices.input = "1"
prices.output = "2"

[[deployments]]
model = "{id}"
provider = "{id}"
upstream_model = {upstream_model}
"""
# Kinds that are asked in another language than that of the recording: their recordings are of any provider of theirs.
OTHERWISE = {"ollama", "openai"}
# The kind and the path of the base URL, by the language of the recording.
NATIVE = {
    "responses": ("responses_compatible", "/v1"),
    "anthropic": ("anthropic_compatible", "/v1"),
    "gemini": ("gemini", "/v1beta"),
    "bedrock": ("bedrock", ""),
    "cohere": ("cohere", "/compatibility/v1"),
    "ollama": ("ollama", "/v1"),
}


def kind(recording):
    """The kind, and the path of the base URL."""
    if recording.language != "openai":
        return NATIVE[recording.language]
    if recording.provider == "azure" and "/openai/deployments/" in recording.path:
        return ("azure_openai_classic", "/v1")
    known = KINDS.get(recording.provider, "openai_compatible")
    return ("openai_compatible" if known in OTHERWISE else known, "/v1")


def upstream_model(recording):
    named = recording.body.get("model") if isinstance(recording.body, dict) else None
    return named if isinstance(named, str) and named else recording.model


def catalogue(providers):
    """`providers` by the id of their model."""
    entries = []
    for id, provider in providers.items():
        name, base = kind(provider.exchange)
        more = 'variables.region = "us-east-1"' if name == "bedrock" else ""
        model = json.dumps(upstream_model(provider.exchange))
        entries.append(ENTRY.format(id=id, kind=name, base=base, port=provider.port, more=more, upstream_model=model))
    return "".join(entries)
