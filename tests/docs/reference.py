"""The installations that the samples of the API reference run against, and what one sample finds there.

They are not those of the other pages: what a sample deletes, revokes or signs out of is missed by no other.
"""

import re
from contextlib import ExitStack

from installation import AREAS
from made import Made
from outside import IdentityProvider, Mailbox, Scanner
from people import sign_up
from support import Yunxin
from things import World
from till import Till

CONFIG = """
[accounts]
sign_up = "open"
public_url = "https://llm.example.test"
sign_ups_burst = 100000
attempts_burst = 100000
address_attempts_burst = 100000
{more}
"""
MORE = """
[[accounts.sign_in_providers]]
name = "company"
display_name = "Company"
kind = "oauth2"
authorization_endpoint = "{provider}/authorize"
token_endpoint = "{provider}/token"
userinfo_endpoint = "{provider}/userinfo"
email_verified_field = "email_verified"
client_id = "yunxin"
client_secret = "not a secret"

[[leak_reports.public_keys]]
id = "scanner"
pem_file = "{public_key}"

# The webhooks of the walks are on loopback, where nobody listens.
[webhooks]
allow_private_networks = true
"""
MAIL = """
[mail]
host = "127.0.0.1"
port = {port}
tls = "none"
from = "Yunxin <yunxin@example.test>"
"""
PAGES = ("api-reference-account", "api-reference-operator", "api-reference-sign-in")
# Of the page about models and the gateway itself, this one is signed by somebody.
REPORTS = "/.well-known/secret-scanning"
VARIABLE = re.compile(r"\$\{?([A-Z][A-Z_0-9]+)")
# Who is signed in by the sample that does.
PRINTED_EMAIL = "ann@example.com"


def is_of_reference(sample):
    return sample.page in PAGES or REPORTS in sample.text and sample.page == "api-reference"


class Reference:
    """One installation with everything, one without an operator, and one that sends mails."""

    def __init__(self, binary, root):
        self.stack = ExitStack()
        self.mailbox = self.stack.enter_context(Mailbox())
        self.identities = self.stack.enter_context(IdentityProvider())
        self.scanner = Scanner(root / "scanner")
        more = MORE.format(provider=self.identities.url, public_key=self.scanner.public) + Till().config
        mail = MAIL.format(port=self.mailbox.port)
        self.server = Yunxin(binary, root / "reference", config=CONFIG.format(more=more))
        self.empty = Yunxin(binary, root / "empty")
        self.mailing = Yunxin(binary, root / "mailing", config=CONFIG.format(more=mail))

    def __enter__(self):
        for server in (self.server, self.empty, self.mailing):
            self.stack.enter_context(server).start()
        self.world = World(self.server)
        sign_up(self.server.url, PRINTED_EMAIL)
        scopes = [f"{area}:{verb}" for area in AREAS for verb in ("read", "write")]
        self.account_key = self.world.management_key(self.world.ann, scopes)["secret"]
        self.world.operator.made(f"/api/v1/admin/accounts/{self.world.ann.account}/credits", {"amount": "1", "reason": "to begin with"})
        self.operator_key = self.world.operator_key(["admin:read", "admin:write"])["secret"]
        return self

    def __exit__(self, *_):
        self.mailbox.shutdown()
        self.identities.shutdown()
        self.stack.close()

    def furnish(self, sample, folder):
        """The variables of a sample; its cookies are written into the folder."""
        made = Made(self, sample)
        variables = {name: made.value(name) for name in sorted(set(VARIABLE.findall(sample.text)))}
        # Last: what was made may have renewed the cookie.
        if "-b cookies.txt" in sample.text:
            (folder / "cookies.txt").write_text(made.cookies())
        return variables
