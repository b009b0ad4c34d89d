"""Samples that are shown and not run, and why: the whole list, which is best short."""

# (page, a part of the sample): the reason.
REASONS = {
    ("keys-in-browsers", 'fetch("/api/model-token"'): "it is a part of a page of somebody's own server",
    ("quickstart", "make run"): "it builds the program that is tested",
    ("quickstart", "pip install openai"): "it needs the network",
    ("quickstart", "npm install openai"): "it needs the network",
    ("sdks", "aider --model"): "it starts somebody else's program, which talks to a terminal",
    ("secret-scanning", "gitleaks git --pre-commit"): "it needs gitleaks",
    ("secret-scanning", "gitleaks git --config"): "it needs gitleaks",
    ("self-hosting", "make run"): "it builds the program that is tested",
    ("self-hosting", "yunxin operator link"): "it reads the configuration of a system that has the program installed",
    ("self-hosting", "sqlite3 /var/lib/yunxin"): "it reads the database of a system that has the program installed",
    ("self-hosting", "pg_dump"): "it needs a PostgreSQL",
}


def reason(sample):
    return next((why for (page, part), why in REASONS.items() if page == sample.page and part in sample.text), None)


def disagreements(samples):
    """Where the pages and the list say different things."""
    shown = [sample for sample in samples if not sample.runs]
    for sample in shown:
        if reason(sample) is None:
            yield f"{sample.name}: is `norun`, and shown_only.py does not say why"
    for page, part in REASONS:
        if not any(sample.page == page and part in sample.text for sample in shown):
            yield f"shown_only.py gives a reason for {part!r} of {page}, which runs or is not there"
