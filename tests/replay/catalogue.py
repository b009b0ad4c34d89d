"""A catalogue in which every exchange is a provider, a model and a deployment."""

import json

# Providers that the product knows by name; all others speak the same language at an address of their own.
KINDS = {
    "azure": "azure_openai",
    **{name: name for name in "anthropic deepseek gemini groq mistral ollama openai openrouter together vllm".split()},
}
ENTRY = """
[[providers]]
name = "{id}"
kind = "{kind}"
base_url = "http://127.0.0.1:{port}/v1"
credential.env = "REPLAY_CREDENTIAL"

[[models]]
id = "{id}"
model_type = "{type}"
min_tier = "free"
prices.input = "1"
prices.output = "2"

[[deployments]]
model = "{id}"
provider = "{id}"
upstream_model = {upstream_model}
"""


def catalogue(providers):
    """`providers` by the id of their model."""
    return "".join(
        ENTRY.format(
            id=id,
            kind=KINDS.get(provider.exchange.provider, "openai_compatible"),
            port=provider.port,
            type="embedding" if provider.exchange.protocol == "openai-embeddings" else "chat",
            upstream_model=json.dumps(provider.exchange.upstream_model),
        )
        for id, provider in providers.items()
    )
