"""What of the API reference is shown and not run, and why: the whole list."""

import re

CALL = re.compile(r'^curl [^"]*?(?:-X (\w+) )?"\$\{YUNXIN_BASE_URL%/v1\}([^"?]*)', re.MULTILINE)

REASONS = {
    "POST /.well-known/secret-scanning": "the body is signed with the private key of who scans",
    "POST /api/v1/auth/email-confirmation": "the token is in a mail, and the installation under test sends none",
    "GET /api/v1/auth/providers/$SIGN_IN_PROVIDER/callback": "the code in its query is made by somebody else's identity provider",
    "DELETE /api/v1/me/identities/$IDENTITY_ID": "an identity is linked by somebody else's identity provider",
}


def call_of(sample):
    """`METHOD path` of a sample of the API reference."""
    method, path = CALL.search(sample.text).groups()
    return f"{method or 'GET'} {path}"


def disagreements(samples):
    """Where the pages that were built and the table say different things."""
    shown = {call_of(sample) for sample in samples if not sample.runs}
    for call in sorted(shown - REASONS.keys()):
        yield f"{call}: shown only, and shown_only.py does not say why"
    if samples:
        for call in sorted(REASONS.keys() - shown):
            yield f"{call}: shown_only.py gives a reason for what the pages run, or do not have"
