"""Reads what the contract names but does not draw: usage responses, sandbox counters, event streams, metrics."""

import json
import re

import httpx

INPUT = ("input_tokens", "prompt_tokens")
OUTPUT = ("output_tokens", "completion_tokens")
REQUESTS = ("requests", "request_count", "total_requests")


def walk(document):
    """Every (name, value) pair anywhere in a JSON document; list items have the name of their list."""
    if isinstance(document, dict):
        for name, value in document.items():
            yield name, value
            yield from walk(value)
    elif isinstance(document, list):
        for value in document:
            yield from walk(value)


def largest(document, names):
    """The largest number under one of `names`, 0 when there is none: the total, where rows and totals stand together."""
    found = [value for name, value in walk(document) if name in names and isinstance(value, (int, float))]
    return max(found, default=0)


def values(document):
    return [value for _, value in walk(document) if not isinstance(value, (dict, list))]


def usage(server, secret):
    """`GET /v1/usage` of the calling key as (requests, input tokens, output tokens)."""
    response = httpx.get(f"{server.api}/usage", headers=bearer(secret), timeout=10)
    assert response.status_code == 200, response.text
    document = response.json()
    return largest(document, REQUESTS), largest(document, INPUT), largest(document, OUTPUT)


def cancelled(server):
    """How many responses the sandbox gave up because the gateway hung up."""
    return largest(httpx.get(f"{server.sandbox_url}/sandbox/stats", timeout=10).json(), ("cancelled", "canceled"))


def upstream_body(server, marker):
    """The body of the request with `marker` in it, as the sandbox received it."""
    document = httpx.get(f"{server.sandbox_url}/sandbox/requests", timeout=10).json()
    for _, value in [("", document), *walk(document)]:
        if isinstance(value, str) and marker in value:
            try:
                value = json.loads(value)
            except ValueError:
                continue
        if isinstance(value, dict) and marker in json.dumps(value) and {"messages", "input", "prompt"} & value.keys():
            return value
    raise AssertionError(f"the sandbox saw no request with {marker!r} in it")


def bearer(secret):
    return {"Authorization": f"Bearer {secret}"}


def post(server, secret, path, body, **options):
    return httpx.post(f"{server.api}{path}", headers=bearer(secret), json=body, timeout=30, **options)


def chat_body(text, **more):
    return {"model": "sandbox-small", "messages": [{"role": "user", "content": text}], **more}


def events(server, secret, body, path="/chat/completions"):
    """The raw stream: (response, the text of each `data:` line, whether the transport ended cleanly)."""
    body = {**body, "stream": True}
    data, clean = [], True
    with httpx.stream("POST", f"{server.api}{path}", headers=bearer(secret), json=body, timeout=30) as response:
        try:
            for line in response.iter_lines():
                if line.startswith("data:"):
                    data.append(line.removeprefix("data:").strip())
        except httpx.RemoteProtocolError:
            clean = False
    return response, data, clean


def chunks(data):
    return [json.loads(text) for text in data if text != "[DONE]"]


def content(parsed):
    return "".join(choice.get("delta", {}).get("content") or "" for one in parsed for choice in one.get("choices", ()))


SAMPLE = re.compile(r"^(?P<name>[a-zA-Z_:][\w:]*)(?:\{(?P<labels>.*)\})? (?P<value>\S+)")
LABEL = re.compile(r'(\w+)="((?:[^"\\]|\\.)*)"')


def metrics(server):
    """Every sample of the metrics listener as (name, labels, value), and the text."""
    text = httpx.get(server.metrics_url, timeout=10).text
    samples = []
    for line in text.splitlines():
        match = SAMPLE.match(line)
        if match and not line.startswith("#"):
            samples.append((match["name"], dict(LABEL.findall(match["labels"] or "")), float(match["value"])))
    return samples, text
