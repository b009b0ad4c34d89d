"""Every field that people fill takes 500 hostile strings: it stores them as they are or refuses them cleanly."""

import csv
import io
from urllib.parse import quote

import httpx
import pytest

from contract import model, provider, tier
from hostile import FAMILIES, body
from people import PASSWORD, browser
from refusal import done, refused
from support import eventually

JSON = {"content-type": "application/json"}
family = pytest.mark.parametrize("family", FAMILIES)


def write(caller, method, path, **fields):
    return caller.send(method, path, headers=JSON, content=body(**fields))


def clean(response, text):
    """Holds that a write was done or refused as the contract says."""
    told = f"{text[:60]!r} ({len(text)}): {response.status_code} {response.text[:200]}"
    assert response.status_code in (200, 201, 202, 204, 400, 401, 404, 409, 413, 422), told
    assert response.status_code != 413 or len(text) > 50_000, told
    if response.is_error:
        assert response.json()["error"].keys() == {"type", "message", "code", "param"}, told
    return response.is_success


def kept(stored, text):
    """Holds that what is kept is what was sent, at most without the spaces around it."""
    assert stored in (text, text.strip()), f"{text!r} became {stored!r}"


def fits_address(text):
    """Whether a URL can carry it: half of a surrogate pair is no UTF-8, and clients have limits too."""
    return not any(0xD800 <= ord(char) < 0xE000 for char in text) and len(quote(text, safe="")) < 20_000


@family
def test_as_the_name_of_an_api_key(world, family):
    for text in FAMILIES[family]:
        response = write(world.ann, "POST", f"{world.ann.base}/api-keys", name=text, environment="test")
        if clean(response, text):
            kept(response.json()["api_key"]["name"], text)
    listed = done(world.ann.get(f"{world.ann.base}/api-keys", limit=200))
    assert listed.json()["data"]


@family
def test_as_the_name_of_an_account(world, family):
    for text in FAMILIES[family]:
        response = write(world.ben, "PATCH", f"{world.ben.base}/account", name=text)
        if clean(response, text):
            kept(response.json()["name"], text)
    done(world.operator.get("/api/v1/admin/accounts"))


@family
def test_as_the_name_of_a_user(world, family):
    for text in FAMILIES[family]:
        response = write(world.ben, "PATCH", "/api/v1/me", name=text)
        if clean(response, text):
            kept(response.json()["user"]["name"], text)


@family
def test_as_the_name_of_a_management_key(world, family):
    for text in FAMILIES[family]:
        path = f"{world.ben.base}/management-keys"
        response = write(world.ben, "POST", path, name=text, scopes=["usage:read"])
        if clean(response, text):
            kept(response.json()["management_key"]["name"], text)
    done(world.ben.get(f"{world.ben.base}/management-keys"))


@family
def test_as_notes_of_an_operator(world, family):
    for text in FAMILIES[family]:
        response = write(world.operator, "PATCH", f"/api/v1/admin/accounts/{world.ben.account}", notes=text)
        if clean(response, text):
            kept(response.json()["notes"], text)


@family
def test_as_an_address_of_mail(world, family):
    for text in FAMILIES[family]:
        for email in (text, f"{text}@example.test", f"name@{text}.test"):
            response = write(world.operator, "POST", "/api/v1/admin/accounts", email=email, tier="free")
            if clean(response, email):
                assert "@" in response.json()["email"] and not set(response.json()["email"]) & set("\r\n\0 <>")


@family
def test_as_the_address_and_password_of_somebody_who_signs_in(world, family):
    visitor = browser(world.url)
    for text in FAMILIES[family]:
        response = write(visitor, "POST", "/api/v1/auth/sign-in", email=text, password=text)
        clean(response, text)
        assert response.is_error, text
    response = write(visitor, "POST", "/api/v1/auth/sign-in", email="ben@example.test", password=PASSWORD)
    done(response)


@family
def test_as_names_in_the_catalogue(world, family):
    for text in FAMILIES[family]:
        unique = world.unique()
        display = write(world.operator, "POST", "/api/v1/admin/tiers", **{**tier(unique), "display_name": text})
        clean(display, text)
        if display.is_success:
            done(world.operator.send("DELETE", f"/api/v1/admin/tiers/tier-{unique}"))
        for path, thing in (
            ("/api/v1/admin/tiers", {**tier(unique), "id": text}),
            ("/api/v1/admin/models", {**model(unique), "id": text}),
            ("/api/v1/admin/providers", {**provider(unique), "name": text}),
        ):
            response = write(world.operator, "POST", path, **thing)
            if clean(response, text):
                gone = world.operator.send("DELETE", f"{path}/{quote(text, safe='')}")
                assert gone.status_code == 204, f"{path} {text!r} cannot be deleted: {gone.status_code} {gone.text}"


@family
def test_as_what_a_list_is_searched_for(world, family):
    lists = [
        (world.ann, f"{world.ann.base}/api-keys", ("query", "status", "environment", "cursor", "limit")),
        (world.ann, f"{world.ann.base}/models", ("query", "type", "capability", "provider")),
        (world.ann, f"{world.ann.base}/requests", ("model", "api_key_id", "status", "endpoint", "from", "cursor")),
        (world.ann, f"{world.ann.base}/usage", ("model", "api_key_id", "from", "step", "group_by")),
        (world.ann, f"{world.ann.base}/audit-log", ("action", "actor", "cursor")),
        (world.operator, "/api/v1/admin/accounts", ("query", "tier", "status", "cursor")),
    ]
    for text in FAMILIES[family]:
        if not fits_address(text):
            continue
        for caller, path, names in lists:
            for name in names:
                response = caller.get(path, **{name: text})
                assert response.status_code in (200, 400, 404, 414, 422, 431), f"{path}?{name}={text[:40]!r}: {response.status_code} {response.text[:200]}"


@family
def test_as_an_id_in_an_address(world, family):
    for text in FAMILIES[family]:
        if not fits_address(text) or text in (".", ".."):
            continue  # dots go up a folder in the client already
        place = quote(text, safe="")
        for caller, path in (
            (world.ann, f"{world.ann.base}/api-keys/{place}"),
            (world.ann, f"{world.ann.base}/requests/{place}"),
            (world.ann, f"{world.ann.base}/models/{place}"),
            (world.ann, f"/api/v1/accounts/{place}"),
            (world.operator, f"/api/v1/admin/accounts/{place}"),
        ):
            response = caller.send("GET", path)
            assert response.status_code in (400, 404, 422), f"{path[:120]}: {response.status_code} {response.text[:200]}"


@pytest.fixture(scope="module")
def talker(world):
    made = world.ann.made(f"{world.ann.base}/api-keys", {"name": "=1+1 talker", "environment": "live"})
    headers = {"authorization": f"Bearer {made['secret']}", **JSON}
    with httpx.Client(base_url=world.url, headers=headers, timeout=60, trust_env=False) as http:
        yield http


@family
def test_as_what_a_model_says(talker, family):
    """The sandbox repeats what it is told; plain, and as a stream."""
    for text in FAMILIES[family]:
        for stream in (False, True):
            content = body(model="sandbox-small", stream=stream, messages=[{"role": "user", "content": text}])
            response = talker.post("/v1/chat/completions", content=content)
            assert response.status_code in (200, 400, 422), f"{text[:60]!r}: {response.status_code} {response.text[:200]}"
            if response.status_code == 200 and stream:
                assert response.text.rstrip().endswith("data: [DONE]"), text[:60]


@family
def test_as_the_name_of_a_client(world, talker, family):
    for text in FAMILIES[family]:
        if any(not (0x20 <= ord(char) < 0x7F) for char in text) or text != text.strip() or len(text) > 10_000:
            continue  # no header can carry it
        content = body(model="sandbox-small", messages=[{"role": "user", "content": "hello"}])
        response = talker.post("/v1/chat/completions", content=content, headers={"user-agent": text})
        assert response.status_code in (200, 431), f"{text[:60]!r}: {response.status_code} {response.text[:200]}"
    done(world.ann.get(f"{world.ann.base}/requests", limit=200))


def test_a_spreadsheet_computes_nothing_of_what_the_csv_says(world, talker):
    """A cell that begins with a sign of a formula is executed where the file is opened."""
    for formula in FAMILIES["formulas"]:
        made = write(world.ann, "POST", f"{world.ann.base}/api-keys", name=formula, environment="live")
        if made.is_success:
            headers = {"authorization": f"Bearer {made.json()['secret']}"}
            content = body(model="sandbox-small", messages=[{"role": "user", "content": "hello"}])
            assert talker.post("/v1/chat/completions", content=content, headers=headers).status_code == 200

    def named():
        response = done(world.ann.get(f"{world.ann.base}/usage.csv", group_by="api_key"))
        return response if "SUM(1)" in response.text else None

    response = eventually(named, seconds=10)
    assert response is not None, "the CSV never named the keys"
    cells = [cell for row in csv.reader(io.StringIO(response.text)) for cell in row]
    assert [cell for cell in cells if cell[:1] in ("=", "+", "-", "@", "\t", "\r")] == []
    assert "attachment" in response.headers.get("content-disposition", "attachment")


def test_a_body_that_is_no_json_object_is_refused(world):
    for content in (b"", b"[]", b"null", b"1", b'"x"', b"{", b"\xff\xfe", b'{"name":"a"}{"name":"b"}', b'{"name":"a","name":"b"}', b"[" * 100_000):
        response = world.ann.send("PATCH", f"{world.ann.base}/account", headers=JSON, content=content)
        assert response.status_code in (400, 422), f"{content[:30]!r}: {response.status_code} {response.text[:200]}"


def test_a_body_that_is_too_long_is_refused(world):
    response = world.ann.send("PATCH", f"{world.ann.base}/account", headers=JSON, content=body(name="x" * 2_000_000))
    refused(response, 413)


def test_an_unknown_field_is_named(world):
    response = write(world.ann, "PATCH", f"{world.ann.base}/account", name="x", role="owner")
    refused(response, 422, "unknown_field")
    assert response.json()["error"]["param"] == "role"
