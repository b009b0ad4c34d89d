"""How the management API refuses."""


def refused(answer, status, *codes):
    """Holds that the answer is this refusal, in the envelope of every error; its code."""
    told = f"{answer.request.method} {answer.request.url.path}: {answer.status_code} {answer.text[:300]}"
    assert answer.status_code == status, told
    assert answer.headers["content-type"].startswith("application/json"), told
    error = answer.json()["error"]
    assert error.keys() == {"type", "message", "code", "param"}, told
    assert len(error["message"]) > 10, told
    if codes:
        assert error["code"] in codes, told
    return error["code"]


def done(answer):
    """Holds that the answer is a success of the management API."""
    told = f"{answer.request.method} {answer.request.url.path}: {answer.status_code} {answer.text[:300]}"
    assert answer.is_success, told
    return answer
