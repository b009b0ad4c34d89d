"""A recorded exchange, and which of a corpus are replayed."""

from dataclasses import dataclass, field, replace
from pathlib import Path

import wire

ENDPOINTS = {
    "openai-chat": "/v1/chat/completions",
    "mistral-chat": "/v1/chat/completions",
    "openai-completions": "/v1/completions",
    "openai-embeddings": "/v1/embeddings",
}
CONVERSATION = {"openai-chat": "messages", "mistral-chat": "messages", "openai-completions": "prompt", "openai-embeddings": "input"}
NOT_RECORDED = [{"role": "user", "content": "The recording has the response only."}]


@dataclass
class Exchange:
    name: str
    provider: str
    protocol: str
    model: str
    body: dict | None
    status: int
    headers: dict
    response: object = None
    stream: str | None = None
    text: str | None = None
    chunk_bytes: list = field(default_factory=list)
    path: str = ""

    @property
    def endpoint(self):
        return ENDPOINTS[self.protocol]

    @property
    def is_azure_classic(self):
        """Azure's older interface, which names the deployment in the path and the version of the API in a query."""
        return self.provider == "azure" and "/openai/deployments/" in self.path

    @property
    def upstream_path(self):
        """The path at the provider, below its base URL."""
        path = self.endpoint.removeprefix("/v1")
        return f"/deployments/{self.upstream_model}{path}?api-version=2024-10-21" if self.is_azure_classic else path

    @property
    def request(self):
        """The recorded body; a question of our own where the source kept the response only."""
        if self.body is not None:
            return self.body
        asked = {"model": self.model, "messages": NOT_RECORDED}
        return asked | ({"stream": True, "stream_options": {"include_usage": True}} if self.stream is not None else {})

    @property
    def upstream_model(self):
        """The model that the provider was asked for; Azure's older paths name it outside of the body."""
        named = self.request.get("model")
        return named if isinstance(named, str) and named else self.model

    @property
    def is_streamed(self):
        return self.stream is not None

    @property
    def is_stream_wanted(self):
        return self.request.get("stream") is True

    @property
    def is_usage_wanted(self):
        options = self.request.get("stream_options")
        return isinstance(options, dict) and options.get("include_usage") is True

    @property
    def events(self):
        return wire.events(self.stream or "")

    @property
    def bytes(self):
        """The body of the response as the provider sends it."""
        if self.stream is not None:
            return self.stream.encode()
        if self.text is not None:
            return self.text.encode()
        return b"" if self.response is None else wire.dump(self.response).encode()


def read(path, name):
    recorded = wire.load(Path(path).read_text(encoding="utf-8"))
    request, response = recorded["request"], recorded["response"]
    stream = response.get("stream")
    return Exchange(
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
        chunk_bytes=[size.whole for size in response.get("stream_chunk_bytes", [])],
    )


def why_left_out(exchange):
    """Why an exchange of a protocol in scope is in another language after all; None where it is replayed."""
    if exchange.body is None:
        return None if exchange.protocol.endswith("-chat") else "the request was not recorded, and no question can stand for it"
    wanted = CONVERSATION[exchange.protocol]
    if wanted not in exchange.body:
        return f"the request has no `{wanted}`: it is another interface of {exchange.provider}"
    if exchange.status == 200 and not is_of_the_language(exchange):
        return f"the response has not the shape of the endpoint: it is another interface of {exchange.provider}"
    return None


def is_of_the_language(exchange):
    """False where a success has neither the `choices` and `data` of the endpoint nor an error."""
    member = "data" if exchange.protocol == "openai-embeddings" else "choices"
    bodies = [event.json for event in exchange.events] if exchange.stream is not None else [exchange.response]
    bodies = [body for body in bodies if isinstance(body, dict)]
    if exchange.protocol == "openai-completions" and any("delta" in choice for body in bodies for choice in body.get("choices") or []):
        return False
    return any(member in body or body.get("error") or body.get("base_resp") for body in bodies)


def corpus(folder, only=""):
    """The exchanges to replay, and (name, reason) of those that are left out."""
    replayed, left_out = [], []
    for path in sorted(Path(folder).rglob("*.json")):
        name = path.relative_to(folder).as_posix().removesuffix(".json")
        if only not in name or wire.load(path.read_text(encoding="utf-8")).get("protocol") not in ENDPOINTS:
            continue
        exchange = read(path, name)
        reason = why_left_out(exchange)
        replayed.append(exchange) if reason is None else left_out.append((name, reason))
    return replayed, left_out


def turned(exchange):
    """The exchange asked for in the other form: whole where it was streamed, streamed where it was whole. None where it has none."""
    if exchange.status != 200 or exchange.protocol == "openai-embeddings":
        return None
    rest = {name: value for name, value in exchange.request.items() if name not in ("stream", "stream_options")}
    return replace(exchange, body=rest if exchange.stream is not None else rest | {"stream": True})
