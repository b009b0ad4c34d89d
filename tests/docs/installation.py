"""One running gateway with the people and keys that samples need."""

import json
import sys
from dataclasses import dataclass
from pathlib import Path

import httpx

TESTS = Path(__file__).resolve().parents[1]
sys.path[:0] = [str(TESTS / "sdk" / "python"), str(TESTS / "walks")]

from people import first_operator, sign_up  # noqa: E402
from support import Yunxin, eventually  # noqa: E402

CONFIG = """
[accounts]
sign_up = "open"
[responses]
store = true
"""
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
# A page whose samples print limits needs a tier that has some.
TIERS = {"rate-limits": "pro"}
DEFAULT_TIER = "enterprise"


BODY = {"model": "sandbox-small", "messages": [{"role": "user", "content": "Hello"}]}
SLOW = {**BODY, "messages": [{"role": "user", "content": "[[sandbox: slow_headers_ms=60000]]"}]}
# A file of requests, and one whose batch does not end while a sample looks at it.
LINE, SLOW_LINE = (
    json.dumps({"custom_id": "one", "method": "POST", "url": "/v1/chat/completions", "body": body})
    for body in (BODY, SLOW)
)


# The page about models asks for the receipt of a request of its own key.
REFERENCE = "api-reference"


@dataclass(frozen=True)
class Account:
    person: object
    management_key: str


class Installation:
    """Accounts are made once per tier, keys once per page: what a page does to its key hurts no other."""

    def __init__(self, binary, root):
        self.server = Yunxin(binary, root, config=CONFIG)

    def __enter__(self):
        self.server.start("--demo")
        operator = first_operator(self.server.url, self.server.info["operator_link"])
        tiers = {DEFAULT_TIER, *TIERS.values()}
        self.accounts = {tier: self.account(operator, tier) for tier in sorted(tiers)}
        return self

    def __exit__(self, *_):
        self.server.kill()

    def account(self, operator, tier):
        person = sign_up(self.server.url, f"{tier}@example.test", tier.title())
        moved = operator.patch(f"/api/v1/admin/accounts/{person.account}", {"tier": tier})
        assert moved.is_success, moved.text
        scopes = [*(f"{area}:read" for area in AREAS), "api-keys:write"]
        made = person.made(f"{person.base}/management-keys", {"name": "Samples", "scopes": scopes})
        return Account(person, made["secret"])

    def variables(self, page):
        """What the samples of a page find in their environment."""
        account = self.accounts[TIERS.get(page, DEFAULT_TIER)]
        person = account.person
        made = person.made(f"{person.base}/api-keys", {"name": f"Page {page}", "environment": "live"})
        more = {"REQUEST_ID": self.request(made["secret"])} if page == REFERENCE else {}
        return {
            **more,
            "YUNXIN_API_KEY": made["secret"],
            "YUNXIN_BASE_URL": self.server.api,
            "YUNXIN_MANAGEMENT_KEY": account.management_key,
            "YUNXIN_ACCOUNT_ID": person.account,
        }

    def with_things(self, variables, text):
        """These variables, with a file, a batch and a kept response of the sample's own where it names them."""
        made = dict(variables)
        client = self.server.client(variables["YUNXIN_API_KEY"])
        if "$FILE_ID" in text:
            made["FILE_ID"] = client.files.create(purpose="batch", file=("requests.jsonl", LINE.encode())).id
        if "$BATCH_ID" in text:
            file = client.files.create(purpose="batch", file=("slow.jsonl", SLOW_LINE.encode()))
            batch = {"input_file_id": file.id, "endpoint": "/v1/chat/completions", "completion_window": "24h"}
            made["BATCH_ID"] = client.batches.create(**batch).id
        if "$RESPONSE_ID" in text:
            made["RESPONSE_ID"] = client.responses.create(model="sandbox-small", input="Hello").id
        return made

    def request(self, secret):
        """The id of a request of this key whose receipt can be read."""
        completions = self.server.client(secret).chat.completions.with_raw_response
        sent = completions.create(model="sandbox-small", messages=[{"role": "user", "content": "Hello"}])
        identifier = sent.headers["x-request-id"]

        def is_there():
            headers = {"Authorization": f"Bearer {secret}"}
            return httpx.get(f"{self.server.api}/generation", params={"id": identifier}, headers=headers).is_success

        eventually(is_there)
        return identifier
