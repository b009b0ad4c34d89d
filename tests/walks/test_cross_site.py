"""A write with the cookie from anywhere but our own pages is refused, and does nothing."""

import json

import pytest

from contract import ACCOUNT, ADMIN, PLANES
from people import PASSWORD, Caller, browser, sign_up
from refusal import done, refused
from things import body_of, path_of

WRITES = [
    (base, route, rule)
    for base, routes in PLANES.items()
    for route, rule in routes.items()
    if not route.startswith("GET")
]
NAMES = [f"{route.split(' ')[0]} {base}{route.split(' ', 1)[1]}" for base, route, _ in WRITES]
JSON = {"content-type": "application/json"}
OURS = {"x-yunxin-request": "dashboard"}


def foreign(url):
    """Headers of writes that are not from our pages, each by what is wrong with it."""
    host = url.partition("://")[2]
    return {
        "no header of ours": {"sec-fetch-site": "same-origin"},
        "another value in our header": {"x-yunxin-request": "1", "sec-fetch-site": "same-origin"},
        "another site": {**OURS, "sec-fetch-site": "cross-site"},
        "another origin of our site": {**OURS, "sec-fetch-site": "same-site"},
        "an address typed by hand": {**OURS, "sec-fetch-site": "none"},
        "a foreign origin": {**OURS, "origin": "https://evil.example"},
        "an origin that begins like ours": {**OURS, "origin": f"{url}.evil.example"},
        "an opaque origin": {**OURS, "origin": "null"},
        "our origin, but the browser says cross-site": {**OURS, "origin": url, "sec-fetch-site": "cross-site"},
        "our host in user information": {**OURS, "origin": f"http://{host}@evil.example"},
    }


FOREIGN = list(foreign("http://x"))


@pytest.fixture(scope="module")
def victims(world):
    """Whose cookie is lent, and what they own: per base, and new after a write that went through."""
    things = {}

    def target(kind):
        if kind is not None and kind not in things:
            things[kind] = world.make(kind)
        return things.get(kind)

    def person(base):
        if base == ADMIN:
            return world.operator
        # What gets through to these ends sessions, so nobody else's cookie is at stake.
        return world.ann if base == ACCOUNT else sign_up(world.url, f"victim-{world.unique()}@example.test")

    return person, target


def send(world, victims, base, route, rule, headers, **options):
    person, target = victims
    method, path = route.split(" ", 1)
    caller = Caller("a foreign page", world.url, cookie=person(base).cookie)
    address = path_of(base, path, world.ann.account, target(rule.target) or "x")
    return caller.send(method, address, headers=headers, **options)


@pytest.mark.parametrize("wrong", FOREIGN)
@pytest.mark.parametrize(("base", "route", "rule"), WRITES, ids=NAMES)
def test_a_write_from_elsewhere_is_refused(world, victims, base, route, rule, wrong):
    body = body_of(rule, world.unique())
    options = {"json": body} if body is not None else {}
    response = send(world, victims, base, route, rule, foreign(world.url)[wrong], **options)
    refused(response, 403, "cross_site_request")


WITH_BODY = [(entry, name) for entry, name in zip(WRITES, NAMES) if entry[2].body is not None]


@pytest.mark.parametrize("kind", ["text/plain", "application/x-www-form-urlencoded", "multipart/form-data; boundary=x", None])
@pytest.mark.parametrize(("base", "route", "rule"), [entry for entry, _ in WITH_BODY], ids=[name for _, name in WITH_BODY])
def test_a_body_that_a_form_could_send_is_refused(world, victims, base, route, rule, kind):

    headers = {**OURS, "sec-fetch-site": "same-origin"}
    if kind is not None:
        headers["content-type"] = kind
    content = json.dumps(body_of(rule, world.unique())).encode()
    response = send(world, victims, base, route, rule, headers, content=content)
    assert response.status_code in (403, 415), f"{response.status_code} {response.text[:300]}"
    if response.status_code == 403:
        refused(response, 403, "cross_site_request")
    else:
        refused(response, 415)


def test_an_origin_equal_to_the_host_is_enough_where_the_browser_says_no_more(world):
    caller = Caller("an older browser", world.url, {**OURS, "origin": world.url}, world.ann.cookie)
    done(caller.patch("/api/v1/me", {"theme": "dark"}))


def test_neither_an_origin_nor_a_site_is_not_from_our_pages(world):
    caller = Caller("no browser", world.url, OURS, world.ann.cookie)
    refused(caller.patch("/api/v1/me", {"theme": "dark"}), 403, "cross_site_request")


def test_a_refused_write_did_nothing(world):
    before = done(world.ann.get("/api/v1/me")).json()["user"]
    caller = Caller("a foreign page", world.url, {"sec-fetch-site": "cross-site", **OURS}, world.ann.cookie)
    refused(caller.patch("/api/v1/me", {"name": "Mallory"}), 403, "cross_site_request")
    assert done(world.ann.get("/api/v1/me")).json()["user"] == before


def test_no_response_lets_another_site_read(world):
    headers = {"origin": "https://evil.example", "sec-fetch-site": "cross-site"}
    for path in ("/api/v1/me", "/api/v1/auth/options", f"{world.ann.base}/api-keys"):
        response = world.ann.send("GET", path, headers=headers)
        assert not [name for name in response.headers if name.startswith("access-control-")], path


def test_the_cookie_is_out_of_reach_of_scripts_and_of_other_sites(world):
    body = {"email": "ben@example.test", "password": PASSWORD}
    # From a browser of its own: signing in again ends the session that the browser came with.
    response = browser(world.url).post("/api/v1/auth/sign-in", body)
    cookie = done(response).headers["set-cookie"]
    parts = {part.strip().lower() for part in cookie.split(";")[1:]}
    assert cookie.startswith("__Host-yunxin-session=")
    assert {"httponly", "secure", "samesite=lax", "path=/"} <= parts
    assert not [part for part in parts if part.startswith("domain")]
