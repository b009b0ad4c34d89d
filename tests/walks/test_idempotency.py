"""The same write again gets the first response, says that it is one, and keeps secrets to the first."""

import pytest

from contract import ACCOUNT, ACCOUNT_ROUTES, ADMIN, ADMIN_ROUTES
from refusal import done, refused
from things import body_of, path_of

WRITES = [
    (base, route)
    for base, routes in ((ACCOUNT, ACCOUNT_ROUTES), (ADMIN, ADMIN_ROUTES))
    for route, rule in routes.items()
    if not route.startswith("GET") and rule.replays
]
NAMES = [f"{route.split(' ')[0]} {base}{route.split(' ', 1)[1]}" for base, route in WRITES]


@pytest.mark.parametrize(("base", "route"), WRITES, ids=NAMES)
def test_a_write_that_is_sent_again_is_answered_again_and_done_once(world, base, route):
    rule = (ADMIN_ROUTES if base == ADMIN else ACCOUNT_ROUTES)[route]
    caller = world.operator if base == ADMIN else world.ann
    method, path = route.split(" ", 1)
    target = world.make(rule.target) if rule.target else None
    body = body_of(rule, world.unique())
    if route in ("PATCH /tiers/{id}", "PATCH /models/{id}"):
        body["id"] = target
    address = path_of(base, path, world.ann.account, target)
    headers = {"idempotency-key": world.unique()}

    first = done(caller.send(method, address, body, headers=headers))
    again = done(caller.send(method, address, body, headers=headers))

    assert "idempotent-replayed" not in first.headers
    assert again.headers.get("idempotent-replayed") == "true"
    assert again.status_code == first.status_code
    if rule.secret:
        hidden = first.json()[rule.secret]
        tokens = hidden if isinstance(hidden, list) else [hidden.rpartition("#")[2]]
        assert not any(token in again.text for token in tokens), "a replay tells the secret"
        assert first.headers["cache-control"] == "no-store"
    elif first.content:
        assert again.json() == first.json()


def keys(world):
    """Every key of the account: by now other tests made more than a page of them."""
    ids, cursor = [], None
    while True:
        more = {"cursor": cursor} if cursor else {}
        page = done(world.ann.get(f"{world.ann.base}/api-keys", limit=200, **more)).json()
        ids += [one["id"] for one in page["data"]]
        cursor = page["next_cursor"]
        if not cursor:
            return ids


def create(world, key, name, caller=None):
    body = {"name": name, "environment": "test"}
    return (caller or world.ann).post(f"{world.ann.base}/api-keys", body, headers={"idempotency-key": key})


def test_a_key_is_created_once(world):
    before, key = len(keys(world)), world.unique()
    first, again = create(world, key, "once"), create(world, key, "once")
    assert first.json()["api_key"]["id"] == again.json()["api_key"]["id"]
    assert len(keys(world)) == before + 1


def test_another_write_under_the_same_key_is_refused(world):
    key = world.unique()
    done(create(world, key, "one"))
    refused(create(world, key, "another"), 422, "idempotency_key_reused")


def test_the_same_key_of_another_caller_is_another_key(world):
    key = world.unique()
    mine = done(create(world, key, "mine"))
    theirs = done(create(world, key, "mine", world.program(world.ann, "api-keys:write")))
    assert mine.json()["api_key"]["id"] != theirs.json()["api_key"]["id"]
    assert "idempotent-replayed" not in theirs.headers


def test_what_was_refused_may_be_tried_again(world):
    key = world.unique()
    headers = {"idempotency-key": key}
    address = f"{world.ann.base}/api-keys"
    body = {"name": "x", "environment": "nowhere"}
    refused(world.ann.post(address, body, headers=headers), 422)
    refused(world.ann.post(address, body, headers=headers), 422)
    done(create(world, key, "now right"))


@pytest.mark.parametrize("key", ["", "x" * 256, "with space", "tab\there", b"\xe4\xb8\xad"])
def test_a_key_that_is_not_one_is_refused(world, key):
    body = {"name": "x", "environment": "test"}
    response = world.ann.post(f"{world.ann.base}/api-keys", body, headers={"idempotency-key": key})
    assert response.status_code in (400, 422), f"{response.status_code} {response.text}"


def test_the_longest_key_is_one(world):
    key = ("k" + world.unique()).ljust(255, "~")
    done(create(world, key, "long"))
    assert create(world, key, "long").headers["idempotent-replayed"] == "true"


def test_a_key_on_a_read_changes_nothing(world):
    key = {"idempotency-key": world.unique()}
    first = done(world.ann.send("GET", f"{world.ann.base}/api-keys", headers=key))
    world.make("api_key")
    again = done(world.ann.send("GET", f"{world.ann.base}/api-keys", headers=key))
    assert first.json() != again.json() and "idempotent-replayed" not in again.headers


def test_a_response_too_long_to_be_kept_is_still_answered(world):
    """The deed is done and counted, so the caller must hear of it."""
    key = world.make("api_key")
    address = f"{world.ann.base}/api-keys/{key}/chat/completions"
    body = {"model": "sandbox-small", "messages": [{"role": "user", "content": "[[sandbox: words=80000]]"}]}
    headers = {"idempotency-key": world.unique()}
    first = world.ann.post(address, body, headers=headers)
    again = world.ann.post(address, body, headers=headers)
    assert first.status_code == 200, f"{first.status_code} {first.text[:300]}"
    assert again.status_code == 200, f"{again.status_code} {again.text[:300]}"
