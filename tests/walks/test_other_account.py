"""Ben walks over every route with what is Ann's: never a success, never a word of hers, and nothing of hers changes."""

import json

import pytest

from contract import ACCOUNT, ACCOUNT_ROUTES, ADMIN, ADMIN_ROUTES
from people import Caller, program
from refusal import done, refused
from things import SECRETIVE, body_of, path_of

CHILDREN = [route for route, rule in ACCOUNT_ROUTES.items() if rule.target not in (None, "model")]


@pytest.fixture(scope="module")
def anns(world):
    """One of everything in Ann's account."""
    made = {}

    def one(kind):
        if kind is not None and kind not in made:
            made[kind] = world.make(kind)
        return made.get(kind)

    return one


@pytest.fixture(scope="module")
def bens_program(world):
    return world.every_scope(world.ben)


def call(caller, base, route, rule, account, target, world):
    method, path = route.split(" ", 1)
    return caller.send(method, path_of(base, path, account, target), body_of(rule, world.unique()))


def silent(response, world):
    """Holds that the response tells nothing of Ann's."""
    for word in (SECRETIVE, world.ann.email, world.ann.id):
        assert word not in response.text, f"{response.request.url}: {response.text[:300]}"


@pytest.mark.parametrize("route", ACCOUNT_ROUTES)
def test_another_account_does_not_exist_for_a_person(world, anns, route):
    rule = ACCOUNT_ROUTES[route]
    response = call(world.ben, ACCOUNT, route, rule, world.ann.account, anns(rule.target), world)
    refused(response, 404, "not_found")
    silent(response, world)


@pytest.mark.parametrize("route", ACCOUNT_ROUTES)
def test_another_account_does_not_exist_for_a_management_key(world, anns, bens_program, route):
    rule = ACCOUNT_ROUTES[route]
    response = call(bens_program, ACCOUNT, route, rule, world.ann.account, anns(rule.target), world)
    refused(response, 404, "not_found")
    silent(response, world)


@pytest.mark.parametrize("route", ACCOUNT_ROUTES)
def test_another_account_is_answered_like_one_that_does_not_exist(world, route):
    rule = ACCOUNT_ROUTES[route]
    nothing = {"model": "sandbox-small"}.get(rule.target, "key_" + "0" * 32)
    there = call(world.ben, ACCOUNT, route, rule, world.ann.account, nothing, world)
    nowhere = call(world.ben, ACCOUNT, route, rule, "acct_" + "0" * 32, nothing, world)
    assert (there.status_code, there.json()) == (nowhere.status_code, nowhere.json())


@pytest.mark.parametrize("route", CHILDREN)
def test_what_is_of_another_account_is_not_found_in_ones_own(world, anns, route):
    rule = ACCOUNT_ROUTES[route]
    response = call(world.ben, ACCOUNT, route, rule, world.ben.account, anns(rule.target), world)
    refused(response, 404, "not_found")
    silent(response, world)


@pytest.mark.parametrize("route", CHILDREN)
def test_what_is_of_another_account_is_not_found_by_a_management_key(world, anns, bens_program, route):
    rule = ACCOUNT_ROUTES[route]
    if rule.scope is None:
        pytest.skip("no management key may call it; test_scopes.py holds that")
    response = call(bens_program, ACCOUNT, route, rule, world.ben.account, anns(rule.target), world)
    refused(response, 404, "not_found")
    silent(response, world)


@pytest.mark.parametrize("route", ACCOUNT_ROUTES)
def test_nobody_is_told_to_sign_in(world, anns, route):
    rule = ACCOUNT_ROUTES[route]
    nobody = Caller("nobody", world.url, {"x-yunxin-request": "dashboard", "sec-fetch-site": "same-origin"})
    response = call(nobody, ACCOUNT, route, rule, world.ann.account, anns(rule.target), world)
    refused(response, 401, "not_signed_in")
    silent(response, world)


@pytest.mark.parametrize("route", ACCOUNT_ROUTES)
def test_an_api_key_of_the_account_is_the_wrong_kind_of_key(world, anns, route):
    rule = ACCOUNT_ROUTES[route]
    response = call(anns_api_key(world), ACCOUNT, route, rule, world.ann.account, anns(rule.target), world)
    refused(response, 403, "wrong_kind_of_key")


def anns_api_key(world):
    body = {"name": "walk", "environment": "live"}
    secret = done(world.ann.post(f"{world.ann.base}/api-keys", body)).json()["secret"]
    return program(world.url, secret, "an API key")


@pytest.mark.parametrize("route", ADMIN_ROUTES)
def test_the_operators_routes_are_for_operators_only(world, route):
    rule = ADMIN_ROUTES[route]
    for caller in (world.ann, world.every_scope(world.ann)):
        response = call(caller, ADMIN, route, rule, "", "anything", world)
        refused(response, 403)


@pytest.mark.parametrize("route", ADMIN_ROUTES)
def test_the_operators_routes_tell_nobody_to_sign_in(world, route):
    rule = ADMIN_ROUTES[route]
    nobody = Caller("nobody", world.url, {"x-yunxin-request": "dashboard", "sec-fetch-site": "same-origin"})
    refused(call(nobody, ADMIN, route, rule, "", "anything", world), 401, "not_signed_in")


def test_the_session_of_another_user_is_not_found(world):
    refused(world.ben.post(f"/api/v1/me/sessions/{world.ann.session_id}/end"), 404, "not_found")
    done(world.ann.get("/api/v1/me"))


def test_filters_do_not_reach_into_another_account(world, anns):
    anns("request")
    key = anns("api_key")
    done(world.ann.post(f"{world.ann.base}/api-keys/{key}/chat/completions", {"model": "sandbox-small", "messages": [{"role": "user", "content": "hi"}]}))
    for query in ({"account_id": world.ann.account}, {"api_key_id": key}, {"group_by": "account"}):
        response = world.ben.get(f"{world.ben.base}/usage", **query)
        silent(response, world)
        if response.is_success:
            assert response.json()["totals"]["requests"] == 0, query
        csv = world.ben.get(f"{world.ben.base}/usage.csv", **query)
        silent(csv, world)
    requests = world.ben.get(f"{world.ben.base}/requests", api_key_id=key)
    assert not requests.is_success or requests.json()["data"] == []


def test_a_cursor_of_another_account_shows_nothing_of_it(world):
    for _ in range(3):
        world.make("api_key")
    cursor = done(world.ann.get(f"{world.ann.base}/api-keys", limit=1)).json()["next_cursor"]
    response = world.ben.get(f"{world.ben.base}/api-keys", cursor=cursor)
    silent(response, world)
    assert response.status_code < 500


def test_nothing_of_the_other_account_was_changed_by_trying(world, anns):
    """The last of the file: what the walk above aimed at is as it was."""
    key = done(world.ann.get(f"{world.ann.base}/api-keys/{anns('api_key')}")).json()
    assert key["status"] == "active" and key["old_secrets"] == 0 and SECRETIVE in key["name"]
    account = done(world.ann.get(world.ann.base)).json()
    assert account["status"] == "active" and account["tier"]["id"] == "enterprise"
    # The walk over the operators' routes gave this account more keys than one page has.
    managed, cursor = [], None
    while not managed or cursor:
        page = done(world.ann.get(f"{world.ann.base}/management-keys", **({"cursor": cursor} if cursor else {}))).json()
        managed, cursor = managed + page["data"], page["next_cursor"]
    mine = [one for one in managed if one["id"] == anns("management_key")]
    assert len(mine) == 1 and mine[0]["revoked_at"] is None
    assert "walk" not in json.dumps(account)
