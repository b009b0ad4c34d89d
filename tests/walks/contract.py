"""Who may do what: docs/management-api.md, written down a second time so that the two can disagree.

A route is named by method and path below its base. `role` is the least one; `scope` is what a management key
needs, None where the contract lets no management key in.
"""

from dataclasses import dataclass, field
from typing import Any, Callable

from till import ORDER

ROLES = ("viewer", "member", "admin", "owner")
AREAS = (
    "account",
    "api-keys",
    "key-events",
    "usage",
    "requests",
    "models",
    "limits",
    "budgets",
    "members",
    "invites",
    "webhooks",
    "audit-log",
    "credits",
)


@dataclass(frozen=True)
class Rule:
    role: str | None = None
    scope: str | None = None
    body: Any = None
    # What `{id}` stands for: the name of a maker in `things.py`.
    target: str | None = None
    query: dict = field(default_factory=dict)
    # Whether the response has a secret, which a replay leaves out.
    secret: str | None = None
    # Whether it takes an Idempotency-Key.
    replays: bool = True


def named(prefix: str) -> Callable[[str], dict]:
    return lambda unique: {"name": f"{prefix} {unique}"}


# Codes that are worth credits: whoever walks has them made.
CODES: list[str] = []


def redemption(_: str) -> dict:
    return {"code": CODES.pop() if CODES else "YXC-none"}


ACCOUNT = "/api/v1/accounts/{account_id}"
CHAT = {"model": "sandbox-small", "messages": [{"role": "user", "content": "hello"}]}

ACCOUNT_ROUTES = {
    "GET ": Rule("viewer", "account:read"),
    "PATCH /account": Rule("admin", "account:write", named("account")),
    "GET /api-keys": Rule("viewer", "api-keys:read"),
    "POST /api-keys": Rule(
        "member", "api-keys:write", lambda unique: {"name": f"key {unique}", "environment": "test"}, secret="secret"
    ),
    "GET /api-keys/{id}": Rule("viewer", "api-keys:read", target="api_key"),
    "PATCH /api-keys/{id}": Rule("member", "api-keys:write", named("key"), "api_key"),
    "POST /api-keys/{id}/revoke": Rule("member", "api-keys:write", target="api_key"),
    "POST /api-keys/{id}/regenerate": Rule(
        "member", "api-keys:write", {"grace_seconds": 3600}, "api_key", secret="secret"
    ),
    "GET /api-keys/{id}/secrets": Rule("viewer", "api-keys:read", target="api_key"),
    "POST /api-keys/{id}/release": Rule("member", "api-keys:write", target="api_key"),
    "POST /api-keys/{id}/end-grace": Rule("member", "api-keys:write", target="api_key"),
    "POST /api-keys/{id}/chat/completions": Rule("member", None, CHAT, "api_key", replays=False),
    "GET /key-events": Rule("viewer", "key-events:read"),
    "GET /key-events/unseen": Rule("viewer"),
    "POST /key-events/seen": Rule("viewer", None, {"up_to": "kev_none"}),
    "GET /webhooks": Rule("admin", "webhooks:read"),
    "POST /webhooks": Rule(
        "admin", "webhooks:write", lambda unique: {"url": f"http://127.0.0.1:9/{unique}"}, secret="secret"
    ),
    "PATCH /webhooks/{id}": Rule("admin", "webhooks:write", {"is_enabled": False}, "webhook"),
    "DELETE /webhooks/{id}": Rule("admin", "webhooks:write", target="webhook"),
    "POST /webhooks/{id}/test": Rule("admin", "webhooks:write", target="webhook"),
    "GET /limits": Rule("viewer", "limits:read"),
    "GET /budgets": Rule("viewer", "budgets:read"),
    "PATCH /budgets": Rule("admin", "budgets:write", {"budgets": [{"window": "month", "amount": 50}]}),
    "GET /usage": Rule("viewer", "usage:read"),
    "GET /usage.csv": Rule("viewer", "usage:read"),
    "GET /requests": Rule("viewer", "requests:read"),
    "GET /requests.csv": Rule("viewer", "requests:read"),
    "GET /requests/errors": Rule("viewer", "requests:read"),
    "GET /requests/{id}": Rule("viewer", "requests:read", target="request"),
    "GET /models": Rule("viewer", "models:read"),
    "GET /models/{id}": Rule("viewer", "models:read", target="model"),
    "GET /members": Rule("viewer", "members:read"),
    "PATCH /members/{user_id}": Rule("admin", "members:write", {"role": "viewer"}, "member"),
    "POST /members/{user_id}/remove": Rule("admin", "members:write", target="member"),
    "GET /invites": Rule("admin", "invites:read"),
    "POST /invites": Rule(
        "admin",
        "invites:write",
        lambda unique: {"email": f"invited-{unique}@example.test", "role": "viewer"},
        secret="link",
    ),
    "POST /invites/{id}/revoke": Rule("admin", "invites:write", target="invite"),
    "GET /management-keys": Rule("admin"),
    "POST /management-keys": Rule(
        "owner", None, lambda unique: {"name": f"mkey {unique}", "scopes": ["usage:read"]}, secret="secret"
    ),
    "POST /management-keys/{id}/revoke": Rule("owner", target="management_key"),
    "GET /audit-log": Rule("admin", "audit-log:read"),
    "GET /audit-log.csv": Rule("admin", "audit-log:read"),
    "GET /credits": Rule("viewer", "credits:read"),
    "GET /credits/entries": Rule("viewer", "credits:read"),
    "GET /credits/entries.csv": Rule("viewer", "credits:read"),
    "GET /credits/entries.jsonl": Rule("viewer", "credits:read"),
    "POST /credits/redemptions": Rule("member", "credits:write", redemption),
    "GET /credits/payment-options": Rule("viewer", "credits:read"),
    "GET /credits/orders": Rule("viewer", "credits:read"),
    "POST /credits/orders": Rule("member", "credits:write", ORDER),
    "GET /credits/orders/{id}": Rule("viewer", "credits:read", target="order"),
    "POST /credits/orders/{id}/check": Rule("member", "credits:write", target="order"),
    "POST /credits/orders/{id}/refund-requests": Rule("admin", "credits:write", {"reason": "walked by"}, "order"),
    "GET /credits/billing-details": Rule("viewer", "credits:read"),
    "PATCH /credits/billing-details": Rule("admin", "credits:write", {"tax_id": "DE123"}),
    "GET /credits/invoices": Rule("viewer", "credits:read"),
    "GET /credits/invoices.csv": Rule("viewer", "credits:read"),
    "GET /credits/invoices/{id}": Rule("viewer", "credits:read", target="invoice"),
    "GET /credits/invoices/{id}/document": Rule("viewer", "credits:read", target="invoice"),
}

ADMIN = "/api/v1/admin"
READ, WRITE = "admin:read", "admin:write"


def tier(unique: str) -> dict:
    return {
        "id": f"tier-{unique}",
        "display_name": f"Tier {unique}",
        "rank": 7,
        "priority": 2,
        "requests_per_minute": 10,
        "tokens_per_minute": None,
        "requests_per_day": None,
        "concurrent_requests": None,
        "account_multiplier": 1,
        "keys_max": 5,
        "price_factor_percent": 100,
        "credits": None,
    }


def model(unique: str) -> dict:
    return {
        "id": f"walk/model-{unique}",
        "display_name": f"Model {unique}",
        "owned_by": "walk",
        "model_type": "chat",
        "min_tier": "free",
        "context_length": 8192,
        "max_output_tokens": 1024,
        "stream_timeout_seconds": 600,
        "capabilities": [],
        "aliases": [],
        "pricing_unit": "per_million_tokens",
        "prices": {"input": "0.000000001", "output": "0.000000002"},
        "is_public": True,
    }


def provider(unique: str) -> dict:
    # Nobody listens on port 9 of loopback; nothing is sent there but by the test of the provider.
    return {"name": f"provider-{unique}", "kind": "openai", "base_url": "http://127.0.0.1:9/v1"}


def deployment(unique: str) -> dict:
    return {"model": "sandbox-small", "provider": "sandbox", "upstream_model": f"sandbox-{unique}", "weight": 0}


def catalogue(unique: str) -> dict:
    added = provider(unique), model(unique)
    return {
        "providers": [added[0]],
        "models": [added[1]],
        "deployments": [{"model": added[1]["id"], "provider": added[0]["name"], "weight": 0}],
    }


ADMIN_ROUTES = {
    "GET /accounts": Rule(scope=READ),
    "POST /accounts": Rule(
        scope=WRITE, body=lambda unique: {"email": f"made-{unique}@example.test", "tier": "free"}
    ),
    "GET /accounts/{id}": Rule(scope=READ, target="other_account"),
    "PATCH /accounts/{id}": Rule(scope=WRITE, body={"notes": "seen"}, target="other_account"),
    "GET /users": Rule(),
    "PATCH /users/{id}": Rule(body={"status": "active"}, target="user"),
    "POST /users/{id}/reset-link": Rule(target="user", secret="link"),
    "POST /invites": Rule(body=lambda unique: {"email": f"new-{unique}@example.test"}, secret="link"),
    "GET /invites": Rule(),
    "POST /invites/{id}/revoke": Rule(target="sign_up_invite"),
    "GET /api-keys": Rule(scope=READ),
    "POST /api-keys/{id}/revoke": Rule(scope=WRITE, target="api_key"),
    "POST /api-keys/{id}/release": Rule(scope=WRITE, target="api_key"),
    "GET /tiers": Rule(scope=READ),
    "POST /tiers": Rule(scope=WRITE, body=tier),
    "PATCH /tiers/{id}": Rule(scope=WRITE, body=tier, target="tier"),
    "DELETE /tiers/{id}": Rule(scope=WRITE, target="tier"),
    "GET /routing": Rule(scope=READ, query={"model": "sandbox-small"}),
    "GET /notices": Rule(scope=READ),
    "GET /provider-kinds": Rule(scope=READ),
    "GET /providers": Rule(scope=READ),
    "POST /providers": Rule(scope=WRITE, body=provider),
    "PATCH /providers/{id}": Rule(scope=WRITE, body={"serves_test_keys": False}, target="provider"),
    "DELETE /providers/{id}": Rule(scope=WRITE, target="provider"),
    "POST /providers/{id}/test": Rule(scope=WRITE, target="provider"),
    "POST /providers/{id}/checks": Rule(scope=WRITE, target="provider"),
    "GET /providers/{id}/models": Rule(scope=READ, target="provider"),
    "POST /provider-models": Rule(scope=WRITE, body=provider),
    "POST /catalog": Rule(scope=WRITE, body=catalogue),
    "GET /models": Rule(scope=READ),
    "POST /models": Rule(scope=WRITE, body=model),
    "PATCH /models/{id}": Rule(scope=WRITE, body=model, target="operator_model"),
    "DELETE /models/{id}": Rule(scope=WRITE, target="operator_model"),
    "GET /deployments": Rule(scope=READ),
    "POST /deployments": Rule(scope=WRITE, body=deployment),
    "PATCH /deployments/{id}": Rule(scope=WRITE, body={"weight": 0}, target="deployment"),
    "DELETE /deployments/{id}": Rule(scope=WRITE, target="deployment"),
    "GET /requests/errors": Rule(scope=READ),
    "GET /requests/{id}": Rule(scope=READ, target="request"),
    "POST /deployments/{id}/test": Rule(scope=WRITE, target="deployment"),
    "GET /usage": Rule(scope=READ),
    "GET /usage.csv": Rule(scope=READ),
    "GET /audit-log": Rule(scope=READ),
    "GET /audit-log.csv": Rule(scope=READ),
    "GET /credits": Rule(scope=READ),
    "POST /accounts/{id}/credits": Rule(
        scope=WRITE, body={"amount": "0.01", "reason": "walked by"}, target="other_account"
    ),
    "GET /credits/entries": Rule(scope=READ),
    "GET /credits/entries.csv": Rule(scope=READ),
    "GET /redemption-batches": Rule(scope=READ),
    "POST /redemption-batches": Rule(
        scope=WRITE, body=lambda unique: {"name": f"batch {unique}", "amount": "0.01", "codes": 2}, secret="codes"
    ),
    "POST /redemption-batches/{id}/void": Rule(scope=WRITE, target="redemption_batch"),
    "POST /credits/entries/{id}/undo": Rule(scope=WRITE, body={"reason": "walked by"}, target="ledger_entry"),
    "GET /orders": Rule(scope=READ),
    "GET /orders/{id}": Rule(scope=READ, target="order"),
    "POST /orders/{id}/check": Rule(scope=WRITE, target="order"),
    "POST /orders/{id}/refund": Rule(scope=WRITE, body={"reason": "walked by"}, target="order"),
    "GET /payment-events": Rule(scope=READ),
    "GET /invoices": Rule(scope=READ),
    "GET /invoices.csv": Rule(scope=READ),
    "GET /invoices/{id}/document": Rule(scope=READ, target="invoice"),
    "GET /docs-feedback": Rule(scope=READ),
    "GET /docs-feedback/pages": Rule(scope=READ),
    "GET /management-keys": Rule(),
    "POST /management-keys": Rule(
        body=lambda unique: {"name": f"mkey {unique}", "scopes": ["admin:read"]}, secret="secret"
    ),
    "POST /management-keys/{id}/revoke": Rule(target="operator_management_key"),
    "GET /servers": Rule(scope=READ),
    "GET /system": Rule(scope=READ),
    "POST /catalog/reload": Rule(scope=WRITE),
}

ME = "/api/v1/me"
# Not called by the walks: they would end the session or change the password of whoever walks.
ME_ROUTES = {
    "GET ": Rule(),
    "PATCH ": Rule(body=named("me")),
    "POST /password": Rule(),
    "POST /two-factor": Rule(),
    "POST /two-factor/confirm": Rule(),
    "POST /two-factor/disable": Rule(),
    "POST /two-factor/recovery-codes": Rule(),
    "GET /sessions": Rule(),
    "POST /sessions/{id}/end": Rule(),
    "POST /sessions/end-others": Rule(),
    "GET /identities": Rule(),
    "DELETE /identities/{id}": Rule(),
}

AUTH = "/api/v1/auth"
AUTH_ROUTES = {
    "GET /options": Rule(),
    "GET /session": Rule(),
    "POST /sign-up": Rule(),
    "POST /sign-in": Rule(),
    "POST /sign-out": Rule(),
    "POST /password-reset": Rule(),
    "POST /password-reset/confirm": Rule(),
    "POST /email-confirmation": Rule(),
    "POST /first-operator": Rule(),
    "POST /invites/inspect": Rule(),
    "POST /invites/accept": Rule(),
    "GET /providers/{name}/start": Rule(),
    "GET /providers/{name}/callback": Rule(),
}

# Neither of anybody's account nor about signing in. Whoever reads the documentation may respond, and how often is bounded.
PUBLIC = "/api/v1"
PUBLIC_ROUTES = {
    "POST /leaked-keys": Rule(),
    "POST /docs-feedback": Rule(),
}

PLANES = {ACCOUNT: ACCOUNT_ROUTES, ADMIN: ADMIN_ROUTES, ME: ME_ROUTES, AUTH: AUTH_ROUTES, PUBLIC: PUBLIC_ROUTES}


def documented() -> set[str]:
    """Every route of the contract, as `METHOD path`."""
    whole = set()
    for base, routes in PLANES.items():
        for route in routes:
            method, path = route.split(" ", 1)
            whole.add(f"{method} {base}{path}")
    return whole
