"""Readers of responses: each language's whole bodies and streams."""

from . import anthropic, bedrock, cohere, gemini, ollama, openai, responses

READERS = {
    "openai": openai,
    "responses": responses,
    "anthropic": anthropic,
    "gemini": gemini,
    "bedrock": bedrock,
    "cohere": cohere,
    "ollama": ollama,
}


def whole(language, body):
    return READERS[language].whole(body)


def stream(language, data):
    return READERS[language].stream(data)
