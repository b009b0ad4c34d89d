"""The reference at /openapi.json and the contract name the same routes."""

import httpx
import pytest

from contract import documented

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
