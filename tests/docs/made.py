"""A fresh thing for each variable that one sample of the API reference names."""

import base64
import hashlib
import hmac
import re
import struct
import time
from urllib.parse import parse_qs, urlsplit

from people import COOKIE, PASSWORD, browser, cookie_of, sign_in, sign_up
from support import eventually

OPERATOR_PAGE = "api-reference-operator"
ACCOUNT_PAGE = "api-reference-account"
# Variables that are a thing of the walks.
THINGS = {
    "API_KEY_ID": "api_key",
    "INVITE_ID": "invite",
    "MEMBER_ID": "member",
    "REQUEST_ID": "request",
    "WEBHOOK_ID": "webhook",
    "ACCOUNT_ID": "other_account",
    "USER_ID": "user",
    "TIER_ID": "tier",
    "PROVIDER": "provider",
    "MODEL_ID": "operator_model",
    "DEPLOYMENT_ID": "deployment",
    "LEDGER_ENTRY_ID": "ledger_entry",
    "ORDER_ID": "order",
    "INVOICE_ID": "invoice",
    "REDEMPTION_BATCH_ID": "redemption_batch",
    "REDEMPTION_CODE": "redemption_code",
}
# The operator's invites are to the platform.
OPERATOR_THINGS = {"INVITE_ID": "sign_up_invite"}
SIGN_IN_PROVIDER = "company"
FLOW = "__Host-yunxin-flow"
COOKIE_LINE = "#HttpOnly_127.0.0.1\tFALSE\t/\tTRUE\t0\t{}\t{}\n"
PAYLOAD = re.compile(r"-d '(.*)'\s*$", re.DOTALL)


class Made:
    """What is made for one sample. `_name` makes the value of the variable `NAME`, once."""

    def __init__(self, reference, sample):
        self.reference = reference
        self.world = reference.world
        self.sample = sample
        self.page = sample.page
        self._person = None
        self._values = {}
        self._flow = None

    @property
    def person(self):
        """Who is signed in: on the page about oneself somebody new, so that ending the session hurts nobody."""
        if self._person is None:
            known = {OPERATOR_PAGE: self.world.operator, ACCOUNT_PAGE: self.world.ann}
            self._person = known.get(self.page) or sign_up(self.world.url, f"me-{self.world.unique()}@example.test")
        return self._person

    def cookies(self):
        """As curl keeps them. Who is at a provider to sign in has no session yet."""
        return COOKIE_LINE.format(*((FLOW, self._flow) if self._flow else (COOKIE, self.person.cookie)))

    def value(self, name):
        if name not in self._values:
            own = OPERATOR_THINGS if self.page == OPERATOR_PAGE else {}
            thing = own.get(name) or THINGS.get(name)
            self._values[name] = self.world.make(thing) if thing else getattr(self, f"_{name.lower()}")()
        return self._values[name]

    # -- where and by whom ---------------------------------------------------------------------------------------------

    def _yunxin_base_url(self):
        if "$OPERATOR_TOKEN" in self.sample.text:
            return self.reference.empty.api
        if "$CONFIRMATION_TOKEN" in self.sample.text:
            return self.reference.mailing.api
        return self.reference.server.api

    def _yunxin_account_id(self):
        return self.world.ann.account

    def _yunxin_management_key(self):
        return self.reference.operator_key if self.page == OPERATOR_PAGE else self.reference.account_key

    # -- things that the walks do not make -----------------------------------------------------------------------------

    def _management_key_id(self):
        return self.world.make("operator_management_key" if self.page == OPERATOR_PAGE else "management_key")

    def _key_event_id(self):
        # A key that leaked is an event.
        ann = self.world.ann
        ann.made("/api/v1/leaked-keys", {"key": self._leaked_key()})
        events = eventually(lambda: ann.get(f"{ann.base}/key-events").json()["data"])
        assert events, "a leaked key is in the log of keys"
        return events[0]["id"]

    def _leaked_key(self):
        ann = self.world.ann
        return ann.made(f"{ann.base}/api-keys", {"name": self.world.unique(), "environment": "live"})["secret"]

    def _scanner_id(self):
        return self.reference.scanner.ID

    def _signature(self):
        """Of the body as the shell sends it."""
        body = PAYLOAD.search(self.sample.text)[1].replace("""'"$LEAKED_KEY"'""", self.value("LEAKED_KEY"))
        return self.reference.scanner.sign(body)

    def _session_id(self):
        return sign_in(self.world.url, self.person.email).session_id

    # -- links ---------------------------------------------------------------------------------------------------------

    def _invite_token(self):
        ann = self.world.ann
        body = {"email": self.person.email, "role": "viewer"}
        return token(ann.made(f"{ann.base}/invites", body)["link"])

    def _reset_token(self):
        user = self.world.make("user")
        return token(self.world.operator.made(f"/api/v1/admin/users/{user}/reset-link")["link"])

    def _operator_token(self):
        return token(self.reference.empty.info["operator_link"])

    def _confirmation_token(self):
        body = {"email": f"{self.world.unique()}@example.test", "password": PASSWORD}
        browser(self.reference.mailing.url).made("/api/v1/auth/sign-up", body)
        return self.reference.mailbox.token()

    # -- the second factor ---------------------------------------------------------------------------------------------

    def _begun(self):
        return self.person.made("/api/v1/me/two-factor", {"password": PASSWORD})["secret"]

    def _totp_code(self):
        return totp(self._begun())

    def _recovery_code(self):
        # The factor is in force then, and the code that confirmed it used up.
        response = self.person.post("/api/v1/me/two-factor/confirm", {"code": totp(self._begun())})
        assert response.is_success, response.text
        self.person.cookie = cookie_of(response)
        return response.json()["recovery_codes"][0]

    # -- identity providers --------------------------------------------------------------------------------------------

    def _sign_in_provider(self):
        if "/me/identities/" in self.sample.text:
            self.link()
        return SIGN_IN_PROVIDER

    def _provider_code(self):
        return f"person-{self.world.unique()}"

    def _provider_state(self):
        state, self._flow = self.at_provider(browser(self.world.url))
        return state

    def link(self):
        """Whoever is signed in when they go to a provider links it."""
        person = self.person
        state, flow = self.at_provider(person)
        cookies = {"cookie": f"{COOKIE}={person.cookie}; {FLOW}={flow}"}
        query = {"code": self._provider_code(), "state": state}
        person.send("GET", f"/api/v1/auth/providers/{SIGN_IN_PROVIDER}/callback", headers=cookies, params=query)

    def at_provider(self, caller):
        """Somebody is sent to the provider: what they carry there and what they keep."""
        sent = caller.get(f"/api/v1/auth/providers/{SIGN_IN_PROVIDER}/start")
        assert sent.status_code == 303, f"{sent.status_code} {sent.text}"
        state = parse_qs(urlsplit(sent.headers["location"]).query)["state"][0]
        return state, re.search(f"{FLOW}=([^;]+)", sent.headers["set-cookie"])[1]


def token(link):
    return link.partition("#")[2]


def totp(secret):
    """RFC 6238, as an app does it: six digits of SHA-1 over a count of half minutes."""
    key = base64.b32decode(secret + "=" * (-len(secret) % 8))
    digest = hmac.digest(key, struct.pack(">Q", int(time.time()) // 30), hashlib.sha1)
    start = digest[-1] & 15
    number = struct.unpack(">I", digest[start : start + 4])[0] & 0x7FFFFFFF
    return f"{number % 1_000_000:06}"
