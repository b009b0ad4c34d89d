"""What the samples of the API reference find: a fresh thing for each variable that a sample names.

The things are those of the walks (`tests/walks/things.py`), on an installation of its own: what a sample deletes, revokes or
signs out of is missed by no other.
"""

import base64
import hashlib
import hmac
import re
import struct
import time

from installation import AREAS
from people import PASSWORD, cookie_of, sign_in, sign_up
from support import Yunxin, eventually
from things import World

CONFIG = """
[accounts]
sign_up = "open"
public_url = "https://llm.example.test"
sign_ups_burst = 100000
attempts_burst = 100000
address_attempts_burst = 100000

# Samples are sent from here to here alone: nobody listens on port 9 of loopback.
[[accounts.sign_in_providers]]
name = "company"
display_name = "Company"
kind = "oauth2"
authorization_endpoint = "http://127.0.0.1:9/authorize"
token_endpoint = "http://127.0.0.1:9/token"
userinfo_endpoint = "http://127.0.0.1:9/userinfo"
client_id = "yunxin"
client_secret = "not a secret"

[webhooks]
lab = true
"""
OPERATOR_PAGE = "api-reference-operator"
ACCOUNT_PAGE = "api-reference-account"
SIGN_IN_PAGE = "api-reference-sign-in"
PAGES = (ACCOUNT_PAGE, OPERATOR_PAGE, SIGN_IN_PAGE)
VARIABLE = re.compile(r"\$\{?([A-Z][A-Z_0-9]+)")
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
}
# What samples sign in with; `dashboard/docs/api/examples.mjs` prints it.
PRINTED_EMAIL = "ann@example.com"
COOKIE_LINE = "#HttpOnly_127.0.0.1\tFALSE\t/\tTRUE\t0\t__Host-yunxin-session\t{}\n"


class Reference:
    def __init__(self, binary, root):
        self.server = Yunxin(binary, root / "reference", config=CONFIG)
        # Where nobody is an operator yet.
        self.empty = Yunxin(binary, root / "empty")

    def __enter__(self):
        self.server.start()
        self.empty.start()
        self.world = World(self.server)
        self.printed = sign_up(self.server.url, PRINTED_EMAIL)
        scopes = [f"{area}:{verb}" for area in AREAS for verb in ("read", "write")]
        self.account_key = self.world.management_key(self.world.ann, scopes)["secret"]
        self.operator_key = self.world.operator_key(["admin:read", "admin:write"])["secret"]
        return self

    def __exit__(self, *_):
        self.server.kill()
        self.empty.kill()

    def furnish(self, sample, folder):
        """The variables of a sample; its cookies are written into the folder."""
        made = Made(self, sample.page)
        variables = {name: made.value(name) for name in sorted(set(VARIABLE.findall(sample.text)))}
        if "OPERATOR_TOKEN" in variables:
            variables["YUNXIN_BASE_URL"] = self.empty.api
        # Last: what was made may have renewed the cookie.
        if "-b cookies.txt" in sample.text:
            (folder / "cookies.txt").write_text(COOKIE_LINE.format(made.person.cookie))
        return variables


class Made:
    """What is made for one sample."""

    def __init__(self, reference, page):
        self.reference = reference
        self.world = reference.world
        self.page = page
        self._person = None

    @property
    def person(self):
        """Who is signed in: on the page about oneself somebody new, so that ending the session hurts nobody."""
        if self._person is None:
            known = {OPERATOR_PAGE: self.world.operator, ACCOUNT_PAGE: self.world.ann}
            self._person = known.get(self.page) or sign_up(self.world.url, f"me-{self.world.unique()}@example.test")
        return self._person

    def value(self, name):
        return self.world.make(THINGS[name]) if name in THINGS else getattr(self, f"_{name.lower()}")()

    def _yunxin_base_url(self):
        return self.reference.server.api

    def _yunxin_account_id(self):
        return self.world.ann.account

    def _yunxin_management_key(self):
        return self.reference.operator_key if self.page == OPERATOR_PAGE else self.reference.account_key

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

    def _session_id(self):
        return sign_in(self.world.url, self.person.email).session_id

    def _sign_in_provider(self):
        return "company"

    def _invite_token(self):
        ann = self.world.ann
        body = {"email": self.person.email, "role": "viewer"}
        return token(ann.made(f"{ann.base}/invites", body)["link"])

    def _reset_token(self):
        user = self.world.make("user")
        return token(self.world.operator.made(f"/api/v1/admin/users/{user}/reset-link")["link"])

    def _operator_token(self):
        return token(self.reference.empty.info["operator_link"])

    # -- the second factor ---------------------------------------------------------------------------------------------

    def _begun(self):
        return self.person.made("/api/v1/me/two-factor", {"password": PASSWORD})["secret"]

    def _totp_code(self):
        return totp(self._begun())

    def _recovery_code(self):
        # The factor is in force then, and the code that confirmed it used up.
        answer = self.person.post("/api/v1/me/two-factor/confirm", {"code": totp(self._begun())})
        assert answer.is_success, answer.text
        self.person.cookie = cookie_of(answer)
        return answer.json()["recovery_codes"][0]


def token(link):
    return link.partition("#")[2]


def totp(secret):
    """RFC 6238, as an app does it: six digits of SHA-1 over a count of half minutes."""
    key = base64.b32decode(secret + "=" * (-len(secret) % 8))
    digest = hmac.digest(key, struct.pack(">Q", int(time.time()) // 30), hashlib.sha1)
    start = digest[-1] & 15
    number = struct.unpack(">I", digest[start : start + 4])[0] & 0x7FFFFFFF
    return f"{number % 1_000_000:06}"
