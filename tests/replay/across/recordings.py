"""The conversations of a corpus: which are asked for across languages, and which are left out, and why."""

import base64
from dataclasses import dataclass, field
from pathlib import Path

import wire

from . import asked, said
from .conversation import PROTOCOLS, Asked, Part

NOT_RECORDED = "The recording has the response only."
CONVERSATION = {"openai": "messages", "responses": "input", "anthropic": "messages", "gemini": "contents", "bedrock": "messages", "cohere": "messages", "ollama": "messages"}


@dataclass
class Recording:
    """One recorded exchange. It has what `provider.Provider` and `refusals` want of an exchange."""

    name: str
    provider: str
    protocol: str
    model: str
    body: dict | None
    path: str
    status: int
    headers: dict
    response: object = None
    stream: str | None = None
    text: str | None = None
    binary: bytes | None = None
    pieces: list = field(default_factory=list)

    @property
    def language(self):
        return PROTOCOLS[self.protocol]

    @property
    def is_streamed(self):
        return self.stream is not None or self.binary is not None

    @property
    def events(self):
        return wire.events(self.stream or "")

    @property
    def bytes(self):
        if self.binary is not None:
            return self.binary
        if self.stream is not None:
            return self.stream.encode()
        if self.text is not None:
            return self.text.encode()
        return b"" if self.response is None else wire.dump(self.response).encode()

    @property
    def said(self):
        return said.stream(self.language, self.bytes) if self.is_streamed else said.whole(self.language, self.response)

    @property
    def asked(self):
        """What is asked for; a question of our own where none was recorded, or none that another language could say."""
        try:
            found = asked.read(self.language, self.body) if isinstance(self.body, dict) else Asked()
        except (TypeError, KeyError, AttributeError):
            if self.status < 400:
                raise
            found = Asked()  # What the provider could not read either.
        if not any(part.kind != "thought" for turn in found.turns for part in turn.parts):
            found.turns = []
            found.add("user", [Part("text", text=NOT_RECORDED)])
        return found


def read(path, name):
    recorded = wire.load(Path(path).read_text(encoding="utf-8"))
    request, response = recorded["request"], recorded["response"]
    stream, binary = response.get("stream"), response.get("stream_base64")
    sizes = [size.whole for size in response.get("stream_chunk_bytes", [])]
    return Recording(
        name=name,
        provider=recorded["provider"],
        protocol=recorded["protocol"],
        model=recorded.get("model") or "unnamed",
        body=request.get("body"),
        path=request.get("path") or "",
        status=response["status"].whole,
        headers={key.lower(): str(value) for key, value in response["headers"].items()},
        response=response.get("body"),
        stream="".join(stream) if isinstance(stream, list) else stream,
        text=response.get("body_text"),
        binary=base64.b64decode(binary) if binary else None,
        pieces=sizes,
    )


def why_left_out(recording):
    """Why a recording is no conversation of its protocol after all; None where it is asked for."""
    if isinstance(recording.body, dict) and CONVERSATION[recording.language] not in recording.body and "/responses" not in recording.path:
        return f"the request has no `{CONVERSATION[recording.language]}`: it is another interface of {recording.provider}"
    if "enum-encoding=int" in recording.path or is_in_numbers(recording):
        return "words are numbers, as its client asked for"
    if recording.path.endswith("/compact"):
        return "it makes a conversation shorter, and says nothing"
    if recording.status != 200:
        return None
    if recording.language == "responses" and recording.stream is not None and said.READERS["responses"].contradicts(recording.bytes):
        return "the recording was changed: a call has other arguments where they grow than where they are done"
    found = recording.said
    if found.finish is None and found.error is None and not found.is_anything:
        return f"the response has not the shape of its protocol: it is another interface of {recording.provider}"
    if recording.language == "responses" and found.error and isinstance(recording.response, dict) and "choices" in recording.response:
        return "the response is a chat completion"
    return None


def is_in_numbers(recording):
    """True for a response of Google in which words are the numbers of its interface."""
    candidates = recording.response.get("candidates") if isinstance(recording.response, dict) else None
    return any(isinstance(one.get("finishReason"), wire.Number) for one in candidates or [])


def corpus(folder, only=""):
    """The recordings to ask for, and (name, reason) of those that are left out."""
    found, left_out = [], []
    for path in sorted(Path(folder).rglob("*.json")):
        name = path.relative_to(folder).as_posix().removesuffix(".json")
        if only not in name or wire.load(path.read_text(encoding="utf-8")).get("protocol") not in PROTOCOLS:
            continue
        recording = read(path, name)
        reason = why_left_out(recording)
        found.append(recording) if reason is None else left_out.append((name, reason))
    return found, left_out
