"""What must become of a refusal: by the kind of its reason, what the client has to see. `README.md` says why for each."""

import re
from dataclasses import dataclass, replace

ALL, NONE, ANY = "all of its words", "none of its words", "its words or none of them"


@dataclass(frozen=True)
class Kind:
    """`responses` are the (status, code) that are right, a code of None being any; `why` is printed for each refusal of the kind."""

    name: str
    responses: tuple
    words: str
    why: str
    waits: bool = False


FILTER = Kind("content filter", ((400, "content_filter"),), ALL, "the provider's content policy refused it")
CONTEXT = Kind("context overflow", ((400, "context_length_exceeded"),), ALL, "prompt and response do not fit the model's context")
QUOTA = Kind("quota", ((502, None), (503, None)), ANY, "the operator's account at the provider has no credit, no matter of the customer's")
CREDENTIAL = Kind("credential", ((502, "upstream_error"),), NONE, "the provider refused the operator's credential, no matter of the customer's")
RATE = Kind("rate limit", ((503, "upstream_rate_limited"),), ALL, "the provider limits the operator's requests", waits=True)
BUSY = Kind("overload", ((503, "upstream_overloaded"),), ALL, "the provider has no capacity", waits=True)
MODEL = Kind("not found", ((404, None), (502, None)), ALL, "the provider has no such model or deployment")
# Some providers say 400 where a model is unknown; 400 with the words is no lie then.
MODEL_400 = Kind("not found", ((400, None), *MODEL.responses), ALL, "the provider does not have the model, and said 400")
REQUEST = Kind("bad request", ((400, None),), ALL, "the provider refused what was asked")
CONFLICT = Kind("conflict", ((409, None),), ALL, "the provider sees a conflict")
VALUE = Kind("bad value", ((422, None),), ALL, "the provider refused a value of the request")
LATE = Kind("timeout", ((502, None), (503, None), (504, None)), ALL, "the provider ran out of time")
FAILURE = Kind("failure", ((502, None),), ALL, "the provider failed")

BY_WORDS = (
    (FILTER, r"content[ _](?:policy|filter|management)|violat\w+ .*(?:usage|content|policy|guideline)|SAFETY_CHECK|responsible ai|flagged|moderation"),
    (CONTEXT, r"maximum context length|context window|prompt is too long|exceeds? the (?:available )?context"),
    (CONTEXT, r"input token count.*exceed|too many (?:input )?tokens"),
    (QUOTA, r"exceeded your current quota|insufficient (?:quota|credit|balance|funds)|out of credits|billing hard limit"),
    (CREDENTIAL, r"(?:incorrect|invalid|missing|no) api[ _-]?key|api[ _-]?key (?:is )?(?:not valid|invalid|expired|missing)|unauthori[sz]ed"),
    (RATE, r"rate limit|too many requests"),
    (MODEL_400, r"model\b.*(?:does not exist|not found|not a valid model|decommissioned|deprecated|no longer)"),
    (MODEL_400, r"invalid model|supported api model names|deployment .*does not exist"),
)
BY_CODE = {
    "content_filter": FILTER, "content_policy_violation": FILTER, "safety": FILTER,
    "context_length_exceeded": CONTEXT, "exceed_context_size_error": CONTEXT, "string_above_max_length": CONTEXT,
    "insufficient_quota": QUOTA, "billing_hard_limit_reached": QUOTA,
    "invalid_api_key": CREDENTIAL, "authentication_error": CREDENTIAL, "API_KEY_INVALID": CREDENTIAL,
    "rate_limit_exceeded": RATE, "RateLimitReached": RATE,
    "model_not_found": MODEL_400, "model_decommissioned": MODEL_400, "invalid_model": MODEL_400, "DeploymentNotFound": MODEL_400,
}
BY_STATUS = {
    400: REQUEST, 401: CREDENTIAL, 402: QUOTA, 403: CREDENTIAL, 404: MODEL, 405: MODEL, 408: LATE, 409: CONFLICT,
    413: REQUEST, 415: REQUEST, 422: VALUE, 429: RATE, 503: BUSY, 504: LATE, 529: BUSY,
}
# What a status may mean by its codes and words: 400 anything (None); the others only what is never theirs by itself.
SPECIFIC = {400: None, 402: (FILTER,), 403: (FILTER,), 413: (CONTEXT,), 422: (CONTEXT, FILTER, QUOTA), 429: (QUOTA,), 500: (CONTEXT, FILTER)}


def of(status, codes, words):
    """The kind of a refusal. Its codes come before its words, and both only where the status leaves them open."""
    general = BY_STATUS.get(status, REQUEST if 400 <= status < 500 else FAILURE)
    found = [BY_CODE[code] for code in codes if code in BY_CODE]
    found += [kind for kind, pattern in BY_WORDS if re.search(pattern, " ".join(words), re.IGNORECASE | re.DOTALL)]
    allowed = SPECIFIC.get(status, ())
    specific = next((kind for kind in found if allowed is None or kind in allowed), None)
    if specific is not None and status >= 500:
        # Its own status says failure and its words say more: to believe either is right.
        return replace(specific, responses=specific.responses + general.responses)
    return specific or general
