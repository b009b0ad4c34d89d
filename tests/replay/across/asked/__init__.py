"""Requests: read in the language of a recording, written in that of a client."""

from . import anthropic, bedrock, cohere, gemini, ollama, openai, responses

LANGUAGES = {
    "openai": openai,
    "responses": responses,
    "anthropic": anthropic,
    "gemini": gemini,
    "bedrock": bedrock,
    "cohere": cohere,
    "ollama": ollama,
}


def read(language, body):
    return LANGUAGES[language].read(body)


def write(language, asked, model, is_streamed):
    """The body that a client of the language sends."""
    return LANGUAGES[language].write(asked, model, is_streamed)
