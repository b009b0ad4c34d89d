"""What the walks point at: two accounts with something of every kind in them, and fresh ones to break."""

import itertools

from contract import AREAS, CHAT, CODES, deployment, model, provider, tier
from people import first_operator, program, sign_up
from till import ORDER

SECRETIVE = "xq7-only-ann-may-see-this"


class World:
    """Ann's and Ben's accounts, one person per role in Ann's, and the operator."""

    def __init__(self, server):
        self.server = server
        self.url = server.url
        self._numbers = itertools.count(1)
        self.operator = first_operator(self.url, server.info["operator_link"])
        self.ann = sign_up(self.url, f"ann-{SECRETIVE}@example.test", f"Ann {SECRETIVE}")
        self.ben = sign_up(self.url, "ben@example.test", "Ben")
        self.roles = {"owner": self.ann}
        for account in (self.ann.account, self.ben.account):
            moved = self.operator.patch(f"/api/v1/admin/accounts/{account}", {"tier": "enterprise"})
            assert moved.status_code == 200, moved.text
        batch = {"name": "for the walks", "amount": "0.01", "codes": 200}
        CODES.extend(self.operator.made("/api/v1/admin/redemption-batches", batch)["codes"])

    def unique(self):
        return f"w{next(self._numbers)}"

    def person(self, role):
        """Somebody with this role in Ann's account."""
        if role not in self.roles:
            self.roles[role] = self.join(role)
        return self.roles[role]

    def join(self, role):
        email = f"{role}-{self.unique()}@example.test"
        link = self.ann.made(f"{self.ann.base}/invites", {"email": email, "role": role})["link"]
        person = sign_up(self.url, email, role)
        person.made("/api/v1/auth/invites/accept", {"token": link.partition("#")[2]})
        return person

    # -- fresh things, each by the name that `contract.py` gives it ---------------------------------------------------

    def make(self, kind, owner=None):
        """A new thing of this kind; in Ann's account unless another owner is named."""
        return getattr(self, f"_{kind}")(owner or self.ann)

    def _api_key(self, owner):
        body = {"name": f"{SECRETIVE} {self.unique()}", "environment": "live"}
        return owner.made(f"{owner.base}/api-keys", body)["api_key"]["id"]

    def _request(self, owner):
        key = self._api_key(owner)
        response = owner.post(f"{owner.base}/api-keys/{key}/chat/completions", CHAT)
        assert response.status_code == 200, response.text
        return response.headers["x-request-id"]

    def _model(self, _):
        return "sandbox-small"

    def _member(self, owner):
        assert owner is self.ann
        return self.join("viewer").id

    def _invite(self, owner):
        body = {"email": f"invite-{self.unique()}@example.test", "role": "viewer"}
        return owner.made(f"{owner.base}/invites", body)["invite"]["id"]

    def _webhook(self, owner):
        # An account has few: those that were walked over make room.
        for old in owner.get(f"{owner.base}/webhooks").json()["data"]:
            owner.send("DELETE", f"{owner.base}/webhooks/{old['id']}", None)
        body = {"url": f"http://127.0.0.1:9/{SECRETIVE}-{self.unique()}"}
        return owner.made(f"{owner.base}/webhooks", body)["webhook"]["id"]

    def _management_key(self, owner):
        return self.management_key(owner)["management_key"]["id"]

    def management_key(self, owner, scopes=("usage:read",)):
        body = {"name": f"{SECRETIVE} {self.unique()}", "scopes": list(scopes)}
        return owner.made(f"{owner.base}/management-keys", body)

    def _other_account(self, _):
        body = {"email": f"other-{self.unique()}@example.test", "tier": "free"}
        return self.operator.made("/api/v1/admin/accounts", body)["id"]

    def _user(self, _):
        return sign_up(self.url, f"user-{self.unique()}@example.test").id

    def _sign_up_invite(self, _):
        email = f"invite-{self.unique()}@example.test"
        self.operator.made("/api/v1/admin/invites", {"email": email})
        invites = self.operator.get("/api/v1/admin/invites").json()["data"]
        return next(invite["id"] for invite in invites if invite["email"] == email)

    def _redemption_code(self, _):
        return CODES.pop()

    def _redemption_batch(self, _):
        body = {"name": "to be voided", "amount": "0.01", "codes": 1}
        return self.operator.made("/api/v1/admin/redemption-batches", body)["batch"]["id"]

    def _ledger_entry(self, _):
        body = {"amount": "0.01", "reason": "to be undone"}
        return self.operator.made(f"/api/v1/admin/accounts/{self.ben.account}/credits", body)["id"]

    def _order(self, owner):
        """An order that is paid: open ones are few."""
        order = owner.made(f"{owner.base}/credits/orders", ORDER)["id"]
        paid = self.operator.post(f"/api/v1/admin/orders/{order}/check", {})
        assert paid.json()["order"]["status"] == "paid", paid.text
        return order

    def _invoice(self, owner):
        order = self._order(owner)
        invoices = owner.get(f"{owner.base}/credits/invoices").json()["data"]
        return next(invoice["id"] for invoice in invoices if invoice["order_id"] == order)

    def _tier(self, _):
        return self.operator.made("/api/v1/admin/tiers", tier(self.unique()))["id"]

    def _provider(self, _):
        return self.operator.made("/api/v1/admin/providers", provider(self.unique()))["name"]

    def _operator_model(self, _):
        return self.operator.made("/api/v1/admin/models", model(self.unique()))["id"]

    def _deployment(self, _):
        body = {**deployment(self.unique()), "model": self._operator_model(None), "provider": self._provider(None)}
        return self.operator.made("/api/v1/admin/deployments", body)["id"]

    def _operator_management_key(self, _):
        return self.operator_key(["admin:read"])["management_key"]["id"]

    def operator_key(self, scopes):
        body = {"name": self.unique(), "scopes": scopes}
        return self.operator.made("/api/v1/admin/management-keys", body)

    # -- programs -----------------------------------------------------------------------------------------------------

    def program(self, owner, *scopes):
        secret = self.management_key(owner, scopes)["secret"]
        return program(self.url, secret, f"a management key of {owner} with {', '.join(scopes)}")

    def every_scope(self, owner):
        return self.program(owner, *[f"{area}:{verb}" for area in AREAS for verb in ("read", "write")])


def body_of(rule, unique):
    return rule.body(unique) if callable(rule.body) else rule.body


def path_of(base, path, account, target):
    """The address of a route with an account and a thing in it."""
    whole = f"{base}{path}".replace("{account_id}", account)
    for name in ("{id}", "{user_id}"):
        whole = whole.replace(name, target or "")
    return whole
