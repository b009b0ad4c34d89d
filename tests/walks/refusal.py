"""How the management API refuses."""


def refused(response, status, *codes):
    """Holds that the response is this refusal, in the envelope of every error; its code."""
    told = f"{response.request.method} {response.request.url.path}: {response.status_code} {response.text[:300]}"
    assert response.status_code == status, told
    assert response.headers["content-type"].startswith("application/json"), told
    error = response.json()["error"]
    assert error.keys() == {"type", "message", "code", "param"}, told
    assert len(error["message"]) > 10, told
    if codes:
        assert error["code"] in codes, told
    return error["code"]


def done(response):
    """Holds that the response is a success of the management API."""
    told = f"{response.request.method} {response.request.url.path}: {response.status_code} {response.text[:300]}"
    assert response.is_success, told
    return response
