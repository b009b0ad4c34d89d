"""The reference at /openapi.json and the contract name the same routes."""

import httpx
import pytest

from contract import ACCOUNT, ACCOUNT_ROUTES, ADMIN, ADMIN_ROUTES, documented

METHODS = {"get", "post", "put", "patch", "delete"}


@pytest.fixture(scope="module")
def reference(server):
    return httpx.get(f"{server.url}/openapi.json", trust_env=False, timeout=30).json()


@pytest.fixture(scope="module")
def routes(reference):
    """Every route below /api/v1 of the reference, in the contract's spelling."""
    found = set()
    for path, methods in reference["paths"].items():
        for method in METHODS & methods.keys():
            if path.startswith("/api/v1"):
                found.add(f"{method.upper()} {path}")
    return found


def in_our_words(route):
    # The contract says {name} where providers are named, the reference {id}: the same place.
    return route.replace("/admin/providers/{name}", "/admin/providers/{id}")


def test_every_route_of_the_contract_is_in_the_reference(routes):
    assert documented() - {in_our_words(route) for route in routes} == set()


def test_every_route_of_the_reference_is_in_the_contract(routes):
    assert {in_our_words(route) for route in routes} - documented() == set()


def test_every_operation_has_a_name_of_its_own_and_says_who_may_call(reference):
    names = []
    for path, methods in reference["paths"].items():
        for method in METHODS & methods.keys():
            operation = methods[method]
            names.append(operation["operationId"])
            if path.startswith("/api/v1"):
                assert "security" in operation, f"{method} {path}"
    assert len(names) == len(set(names))


def test_the_reference_names_management_keys_where_the_contract_has_a_scope_for_them(reference):
    wrong = []
    for base, routes in ((ACCOUNT, ACCOUNT_ROUTES), (ADMIN, ADMIN_ROUTES)):
        for route, rule in routes.items():
            method, path = route.split(" ", 1)
            methods = reference["paths"].get(f"{base}{path}") or reference["paths"][f"{base}{path}".replace("{name}", "{id}")]
            proofs = {name for proof in methods[method.lower()]["security"] for name in proof}
            if ("management_key" in proofs) != (rule.scope is not None):
                wrong.append(route)
    assert wrong == []


def test_the_reference_has_no_schema_that_is_none(reference):
    """A keyword of a schema that is `null` is no JSON Schema; generators of clients stop at it."""

    def nulls(node, place):
        if isinstance(node, dict):
            for name, value in node.items():
                if name in ("allOf", "anyOf", "oneOf", "properties", "items", "required", "type", "$ref") and value is None:
                    yield f"{place}/{name}"
                yield from nulls(value, f"{place}/{name}")
        elif isinstance(node, list):
            for index, value in enumerate(node):
                yield from nulls(value, f"{place}/{index}")

    assert list(nulls(reference["components"], "#/components"))[:5] == []
