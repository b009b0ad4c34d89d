"""The metrics listener: there, apart from the API, and with labels that a stranger cannot multiply."""

import secrets

import httpx
import pytest

import keyformat
from reading import bearer, chat_body, metrics, post
from support import sandbox


def test_metrics_response_in_the_text_format_with_counts(server, http):
    before = sum(value for name, _, value in metrics(server)[0] if "request" in name and name.endswith("_total"))
    assert http.post("/chat/completions", json=chat_body("count me")).status_code == 200
    after = sum(value for name, _, value in metrics(server)[0] if "request" in name and name.endswith("_total"))
    assert after > before


def test_the_api_listener_does_not_serve_metrics(server):
    assert httpx.get(f"{server.url}/metrics").status_code == 404


def test_the_metrics_listener_does_not_serve_the_api(server, enterprise):
    base = server.metrics_url.removesuffix("/metrics")
    assert httpx.get(f"{base}/v1/models", headers=bearer(enterprise.secret)).status_code == 404


def test_strangers_cannot_add_a_series(server, enterprise):
    """The first round makes every series that these requests have; the second may add none."""

    def stir():
        mark = secrets.token_hex(6)
        for _ in range(4):
            post(server, enterprise.secret, "/chat/completions", chat_body(mark))
            post(server, enterprise.secret, "/chat/completions", chat_body("x", model=f"model-{mark}"))
            post(server, enterprise.secret, "/chat/completions", chat_body(f"{mark} {sandbox(status=500)}"))
            post(server, enterprise.secret, f"/path-{mark}", {})
            httpx.get(f"{server.url}/{mark}")
            httpx.get(f"{server.api}/models/{mark}", headers={**bearer(enterprise.secret), "User-Agent": mark})
            httpx.get(f"{server.api}/models?provider={mark}", headers=bearer(enterprise.secret))
            httpx.request(mark.upper(), f"{server.api}/models", headers=bearer(enterprise.secret))
            httpx.get(f"{server.api}/models", headers={**bearer(keyformat.unknown(enterprise.secret)), "Host": mark})
        return mark

    def series():
        return {(name, tuple(sorted(labels.items()))) for name, labels, _ in metrics(server)[0]}

    stir()
    before = series()
    key = server.key("enterprise")
    mark = stir()
    post(server, key.secret, "/chat/completions", chat_body("from a new key"))
    assert series() - before == set()
    assert mark not in metrics(server)[1]


@pytest.mark.parametrize("kind", ["key", "account", "request", "secret"])
def test_no_label_names_one(server, enterprise, http, kind):
    request = http.post("/chat/completions", json=chat_body("who")).headers["x-request-id"]
    text = metrics(server)[1]
    named = {"key": enterprise.id, "account": enterprise.account, "request": request, "secret": enterprise.secret}
    assert named[kind] not in text


def test_no_metric_has_more_series_than_a_person_can_read(server):
    counts = {}
    for name, labels, _ in metrics(server)[0]:
        counts.setdefault(name, set()).add(tuple(sorted((k, v) for k, v in labels.items() if k != "le")))
    assert not {name: len(found) for name, found in counts.items() if len(found) > 200}
