"""What a management key is let into: its areas, its verbs, its account, and never keys, users or sessions."""

import pytest

from contract import ACCOUNT, ACCOUNT_ROUTES, ADMIN, ADMIN_ROUTES, AREAS, ME, ME_ROUTES
from people import program
from refusal import done, refused
from things import body_of, path_of

SCOPED = [route for route, rule in ACCOUNT_ROUTES.items() if rule.scope]
PEOPLE_ONLY = [route for route, rule in ACCOUNT_ROUTES.items() if not rule.scope]
OPERATOR_SCOPED = [route for route, rule in ADMIN_ROUTES.items() if rule.scope]
OPERATOR_PEOPLE_ONLY = [route for route, rule in ADMIN_ROUTES.items() if not rule.scope]
ALL = [f"{area}:{verb}" for area in AREAS for verb in ("read", "write")]


@pytest.fixture(scope="module")
def programs(world):
    """Ann's programs: with one scope, and with all others."""
    made = {}

    def one(*scopes):
        if scopes not in made:
            made[scopes] = world.program(world.ann, *scopes)
        return made[scopes]

    return one


@pytest.fixture(scope="module")
def shared(world):
    made = {}

    def one(kind):
        if kind is not None and kind not in made:
            made[kind] = world.make(kind)
        return made.get(kind)

    return one


@pytest.fixture(scope="module")
def operators(world):
    """The operator's programs, by their scopes."""
    made = {}

    def one(*scopes):
        if scopes not in made:
            secret = world.operator_key(list(scopes))["secret"]
            made[scopes] = program(world.url, secret, f"an operator's key with {', '.join(scopes)}")
        return made[scopes]

    return one


def call(world, caller, base, route, rule, target):
    method, path = route.split(" ", 1)
    body = body_of(rule, world.unique())
    if route in ("PATCH /tiers/{id}", "PATCH /models/{id}") and base == ADMIN:
        body["id"] = target
    return caller.send(method, path_of(base, path, world.ann.account, target), body, params=rule.query or None)


@pytest.mark.parametrize("route", SCOPED)
def test_its_scope_is_enough(world, programs, route):
    rule = ACCOUNT_ROUTES[route]
    target = world.make(rule.target) if rule.target else None
    done(call(world, programs(rule.scope), ACCOUNT, route, rule, target))


@pytest.mark.parametrize("route", SCOPED)
def test_all_scopes_but_its_own_are_not(world, programs, shared, route):
    rule = ACCOUNT_ROUTES[route]
    others = tuple(scope for scope in ALL if scope != rule.scope)
    response = call(world, programs(*others), ACCOUNT, route, rule, shared(rule.target))
    refused(response, 403, "insufficient_scope")


@pytest.mark.parametrize("route", PEOPLE_ONLY)
def test_no_scope_lets_it_do_what_only_people_do(world, programs, shared, route):
    rule = ACCOUNT_ROUTES[route]
    refused(call(world, programs(*ALL), ACCOUNT, route, rule, shared(rule.target)), 403)


@pytest.mark.parametrize("route", ME_ROUTES)
def test_no_scope_lets_it_be_a_user(world, programs, operators, route):
    method, path = route.split(" ", 1)
    for caller in (programs(*ALL), operators("admin:read", "admin:write")):
        response = caller.send(method, path_of(ME, path, "", world.ann.session_id), {"name": "x"} if method != "GET" else None)
        refused(response, 403, "session_needed")


@pytest.mark.parametrize("route", OPERATOR_SCOPED)
def test_the_operators_scope_is_enough(world, operators, route):
    rule = ADMIN_ROUTES[route]
    target = world.make(rule.target) if rule.target else None
    done(call(world, operators(rule.scope), ADMIN, route, rule, target))


@pytest.mark.parametrize("route", OPERATOR_SCOPED)
def test_the_operators_other_scope_is_not(world, operators, route):
    rule = ADMIN_ROUTES[route]
    other = {"admin:read": "admin:write", "admin:write": "admin:read"}[rule.scope]
    refused(call(world, operators(other), ADMIN, route, rule, "anything"), 403, "insufficient_scope")


@pytest.mark.parametrize("route", OPERATOR_PEOPLE_ONLY)
def test_no_scope_lets_an_operators_key_manage_people_or_keys(world, operators, route):
    rule = ADMIN_ROUTES[route]
    caller = operators("admin:read", "admin:write")
    refused(call(world, caller, ADMIN, route, rule, "anything"), 403)


@pytest.mark.parametrize("route", ACCOUNT_ROUTES)
def test_an_operators_key_is_no_member_of_any_account(world, operators, shared, route):
    rule = ACCOUNT_ROUTES[route]
    caller = operators("admin:read", "admin:write")
    refused(call(world, caller, ACCOUNT, route, rule, shared(rule.target)), 404, "not_found")


def test_a_management_key_appoints_no_owner(world):
    caller = world.program(world.ann, "members:write", "invites:write")
    member = world.join("viewer")
    refused(caller.patch(f"{world.ann.base}/members/{member.id}", {"role": "owner"}), 403)
    body = {"email": f"{world.unique()}@example.test", "role": "owner"}
    refused(caller.post(f"{world.ann.base}/invites", body), 403)
    refused(caller.patch(f"{world.ann.base}/members/{world.ann.id}", {"role": "viewer"}), 403)


def test_a_revoked_management_key_is_refused_at_once(world):
    made = world.management_key(world.ann, ["usage:read"])
    caller = program(world.url, made["secret"], "a revoked management key")
    done(caller.get(f"{world.ann.base}/usage"))
    done(world.ann.post(f"{world.ann.base}/management-keys/{made['management_key']['id']}/revoke"))
    response = caller.get(f"{world.ann.base}/usage")
    assert response.status_code in (401, 403), response.text


def test_a_management_key_is_refused_on_the_data_plane(world):
    secret = world.management_key(world.ann, ALL)["secret"]
    response = program(world.url, secret, "a management key").get("/v1/models")
    assert response.status_code in (401, 403), response.text


@pytest.mark.parametrize("scopes", [[], ["everything"], ["admin:write"], ["management-keys:write"], ["usage:READ"], ["usage"], ["usage:read", "usage:read:x"]])
def test_a_scope_that_is_not_one_is_refused(world, scopes):
    body = {"name": "odd", "scopes": scopes}
    refused(world.ann.post(f"{world.ann.base}/management-keys", body), 422)


def test_a_cookie_beside_a_management_key_adds_nothing(world):
    secret = world.management_key(world.ann, ["usage:read"])["secret"]
    caller = program(world.url, secret, "both")
    headers = {"cookie": f"__Host-yunxin-session={world.ann.cookie}", "x-yunxin-request": "dashboard", "sec-fetch-site": "same-origin"}
    response = caller.post(f"{world.ann.base}/api-keys", {"name": "x", "environment": "live"}, headers=headers)
    assert not response.is_success, response.text
