"""A catalogue in which every exchange is a provider, a model and a deployment."""

import json

# Providers that the product knows by name; all others speak the same language at an address of their own. Anthropic and
# Gemini are known by other languages than that of these recordings.
KINDS = {
    "azure": "azure_openai",
    "bedrock-mantle": "bedrock_mantle",
    "llamacpp": "llama_cpp",
    "vercel-gateway": "vercel",
    **{
        name: name
        for name in "alibaba cerebras deepseek fireworks groq huggingface minimax mistral ollama openai openrouter perplexity snowflake together venice vllm voyage xai zai".split()
    },
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


def kind(exchange):
    """The kind of an exchange's provider. Azure's older interface has the deployment in the path."""
    if exchange.is_azure_classic:
        return "azure_openai_classic"
    return KINDS.get(exchange.provider, "openai_compatible")


def catalogue(providers):
    """`providers` by the id of their model."""
    return "".join(
        ENTRY.format(
            id=id,
            kind=kind(provider.exchange),
            port=provider.port,
            type="embedding" if provider.exchange.protocol == "openai-embeddings" else "chat",
            upstream_model=json.dumps(provider.exchange.upstream_model),
        )
        for id, provider in providers.items()
    )
