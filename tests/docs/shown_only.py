"""What of the API reference is shown and not run, and why: the whole list, which is best empty."""

import re

CALL = re.compile(r'^curl [^"]*?(?:-X (\w+) )?"\$\{YUNXIN_BASE_URL%/v1\}([^"?]*)', re.MULTILINE)

REASONS = {}


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
