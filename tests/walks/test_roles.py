"""Every role walks over every route; the table of who may is `contract.py`, read off docs/management-api.md."""

import pytest

from contract import ACCOUNT, ACCOUNT_ROUTES, ADMIN, ADMIN_ROUTES, ROLES
from people import sign_up
from refusal import done, refused
from things import body_of, path_of

ALLOWED = [
    (route, role)
    for route, rule in ACCOUNT_ROUTES.items()
    for role in ROLES
    if ROLES.index(role) >= ROLES.index(rule.role)
]
REFUSED = [
    (route, role)
    for route, rule in ACCOUNT_ROUTES.items()
    for role in ROLES
    if ROLES.index(role) < ROLES.index(rule.role)
]
OPERATOR_READS = [route for route, rule in ACCOUNT_ROUTES.items() if rule.role == "viewer"]
OPERATOR_LACKS = [route for route, rule in ACCOUNT_ROUTES.items() if rule.role != "viewer"]


@pytest.fixture(scope="module")
def shared(world):
    """Things that refused calls aim at; those that are allowed get fresh ones."""
    made = {}

    def one(kind):
        if kind is not None and kind not in made:
            made[kind] = world.make(kind)
        return made.get(kind)

    return one


def call(world, caller, route, target):
    rule = ACCOUNT_ROUTES[route]
    method, path = route.split(" ", 1)
    address = path_of(ACCOUNT, path, world.ann.account, target)
    return caller.send(method, address, body_of(rule, world.unique()), params=rule.query or None)


@pytest.mark.parametrize(("route", "role"), ALLOWED)
def test_a_role_may(world, route, role):
    target = ACCOUNT_ROUTES[route].target
    done(call(world, world.person(role), route, world.make(target) if target else None))


@pytest.mark.parametrize(("route", "role"), REFUSED)
def test_a_role_may_not(world, shared, route, role):
    response = call(world, world.person(role), route, shared(ACCOUNT_ROUTES[route].target))
    refused(response, 403, "insufficient_role")


@pytest.mark.parametrize("route", OPERATOR_READS)
def test_an_operator_reads_any_account_as_a_viewer(world, shared, route):
    done(call(world, world.operator, route, shared(ACCOUNT_ROUTES[route].target)))


@pytest.mark.parametrize("route", OPERATOR_LACKS)
def test_an_operator_changes_no_account_through_its_members_routes(world, shared, route):
    response = call(world, world.operator, route, shared(ACCOUNT_ROUTES[route].target))
    refused(response, 403, "insufficient_role")


@pytest.mark.parametrize("route", ADMIN_ROUTES)
def test_an_operator_may(world, route):
    rule = ADMIN_ROUTES[route]
    method, path = route.split(" ", 1)
    target = world.make(rule.target) if rule.target else None
    body = body_of(rule, world.unique())
    if route in ("PATCH /tiers/{id}", "PATCH /models/{id}"):
        body["id"] = target
    done(world.operator.send(method, path_of(ADMIN, path, "", target), body, params=rule.query or None))


def test_a_viewer_may_leave_the_account(world):
    viewer = world.join("viewer")
    done(viewer.post(f"{world.ann.base}/members/{viewer.id}/remove"))
    refused(viewer.get(world.ann.base), 404, "not_found")


def test_the_last_owner_cannot_leave_nor_step_down(world):
    ben = world.ben
    refused(ben.post(f"{ben.base}/members/{ben.id}/remove"), 409, "last_owner")
    refused(ben.patch(f"{ben.base}/members/{ben.id}", {"role": "viewer"}), 409, "last_owner")


def test_an_admin_makes_no_owner_and_unmakes_none(world):
    admin = world.person("admin")
    member = world.join("viewer")
    base = world.ann.base
    refused(admin.patch(f"{base}/members/{member.id}", {"role": "owner"}), 403, "insufficient_role")
    refused(admin.patch(f"{base}/members/{admin.id}", {"role": "owner"}), 403, "insufficient_role")
    refused(admin.patch(f"{base}/members/{world.ann.id}", {"role": "viewer"}), 403, "insufficient_role")
    refused(admin.post(f"{base}/members/{world.ann.id}/remove"), 403, "insufficient_role")
    body = {"email": f"{world.unique()}@example.test", "role": "owner"}
    refused(admin.post(f"{base}/invites", body), 403, "insufficient_role")


def test_a_role_that_is_taken_away_is_gone_at_once(world):
    person = world.join("admin")
    done(person.get(f"{world.ann.base}/invites"))
    done(world.ann.patch(f"{world.ann.base}/members/{person.id}", {"role": "viewer"}))
    refused(person.get(f"{world.ann.base}/invites"), 403, "insufficient_role")
    done(world.ann.post(f"{world.ann.base}/members/{person.id}/remove"))
    refused(person.get(world.ann.base), 404, "not_found")


def test_an_invite_is_for_one_address_and_works_once(world):
    email = f"{world.unique()}@example.test"
    link = world.ann.made(f"{world.ann.base}/invites", {"email": email, "role": "viewer"})["link"]
    token = {"token": link.partition("#")[2]}
    refused(world.ben.post("/api/v1/auth/invites/accept", token), 409, "invite_for_another")

    invited = sign_up(world.url, email)
    done(invited.post("/api/v1/auth/invites/accept", token))
    refused(invited.post("/api/v1/auth/invites/accept", token), 422, "invalid_link")


def test_a_revoked_invite_opens_nothing(world):

    email = f"{world.unique()}@example.test"
    made = world.ann.made(f"{world.ann.base}/invites", {"email": email, "role": "viewer"})
    done(world.ann.post(f"{world.ann.base}/invites/{made['invite']['id']}/revoke"))
    invited = sign_up(world.url, email)
    response = invited.post("/api/v1/auth/invites/accept", {"token": made["link"].partition("#")[2]})
    refused(response, 422, "invalid_link")
