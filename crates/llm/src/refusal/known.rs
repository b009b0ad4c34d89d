//! The codes and the wording by which failures are known, in lower case. A provider that says it differently is
//! a line here and a case in the tests.

/// The prompt does not fit the model.
pub(super) const OVERFLOW_CODES: [&str; 9] = [
    "context_length_exceeded",
    "context_window_exceeded",
    "context_window_exceeded_error",
    "contextwindowexceedederror",
    "exceed_context_size_error",
    "model_context_window_exceeded",
    "prompt_too_long",
    "input_too_long",
    "tokens_limit_reached",
];
pub(super) const OVERFLOW_WORDS: [&str; 32] = [
    "maximum context length",
    "context length exceeded",
    "context_length_exceeded",
    "exceeds the context length",
    "exceed the context length",
    "exceeds the context window",
    "exceeds the context limit",
    "exceed context limit",
    "exceeds context limit",
    "context window exceed",
    "context window limit",
    "exceeds the available context size",
    "context size has been exceeded",
    "longer than the model's context length",
    "longer than the maximum model length",
    "greater than the context length",
    "exceeds the model's context",
    "prompt is too long",
    "prompt too long",
    "input is too long",
    "input too long",
    "maximum prompt length",
    "maximum input length",
    "maximum allowed input length",
    "exceeds the maximum number of tokens",
    "exceeded model token limit",
    "reduce the length of the messages",
    "range of input length should be",
    "is too large to process",
    "`inputs` must have less than",
    "`inputs` tokens + `max_new_tokens` must be",
    "超长",
];
/// Pairs that together say it, with numbers between them.
pub(super) const OVERFLOW_PAIRS: [(&str, &str); 5] = [
    ("prompt token count", "exceeds the limit"),
    ("input token count", "exceeds"),
    ("too large for", "max size"),
    ("number of tokens in the prompt", "cannot exceed"),
    ("prompt contains", "too large for model"),
];

/// A content policy refused.
pub(super) const FILTER_CODES: [&str; 11] = [
    "content_filter",
    "content_filter_error",
    "content_policy_violation",
    "responsibleaipolicyviolation",
    "data_inspection_failed",
    "datainspectionfailed",
    "moderation_blocked",
    "content_moderation",
    "prohibited_content",
    "content_blocked",
    "safety",
];
pub(super) const FILTER_WORDS: [&str; 14] = [
    "content management policy",
    "content filtering policy",
    "content policy violation",
    "violates our content policy",
    "blocked by our content filter",
    "blocked by the content filter",
    "our safety system",
    "content violates usage",
    "violating our usage policy",
    "inappropriate content",
    "content exists risk",
    "unsafe or sensitive content",
    "your input was flagged",
    "new_sensitive",
];

/// The operator's account has nothing left.
pub(super) const QUOTA_CODES: [&str; 9] = [
    "insufficient_quota",
    "exceeded_current_quota_error",
    "billing_hard_limit_reached",
    "billing_not_active",
    "insufficient_balance",
    "insufficient_credits",
    "insufficient_user_quota",
    "billing_error",
    "arrearage",
];
pub(super) const QUOTA_WORDS: [&str; 11] = [
    "exceeded your current quota",
    "insufficient balance",
    "insufficient credits",
    "insufficient_quota",
    "insufficient quota",
    "credit balance is too low",
    "requires more credits",
    "out of credits",
    "check your plan and billing",
    "payment required",
    "余额不足",
];

/// Our credential is refused.
pub(super) const CREDENTIAL_CODES: [&str; 11] = [
    "invalid_api_key",
    "api_key_invalid",
    "authentication_error",
    "authenticationerror",
    "invalid_authentication_error",
    "unauthenticated",
    "unauthorized",
    "permission_denied",
    "expiredtokenexception",
    "unrecognizedclientexception",
    "accessdeniedexception",
];
pub(super) const CREDENTIAL_WORDS: [&str; 6] = [
    "incorrect api key",
    "invalid api key",
    "api key not valid",
    "api key is invalid",
    "api key expired",
    "no auth credentials",
];

pub(super) const RATE_CODES: [&str; 9] = [
    "rate_limit_exceeded",
    "rate_limit_error",
    "rate_limited",
    "ratelimitreached",
    "ratelimiterror",
    "resource_exhausted",
    "too_many_requests",
    "throttlingexception",
    "throttling",
];
pub(super) const RATE_WORDS: [&str; 2] = ["rate limit", "too many requests"];

pub(super) const OVERLOAD_CODES: [&str; 8] = [
    "overloaded_error",
    "overloaded",
    "engine_overloaded",
    "engine_overloaded_error",
    "server_overloaded",
    "service_unavailable",
    "serviceunavailableexception",
    "unavailable",
];
pub(super) const OVERLOAD_WORDS: [&str; 3] = ["overloaded", "at capacity", "server is busy"];

pub(super) const TIMEOUT_CODES: [&str; 4] = [
    "deadline_exceeded",
    "timeout",
    "timeout_error",
    "modeltimeoutexception",
];

/// The request is wrong, in the words of those who give no status.
pub(super) const REQUEST_CODES: [&str; 9] = [
    "invalid_request_error",
    "invalid_request",
    "invalid_argument",
    "badrequesterror",
    "bad_request",
    "validation_error",
    "validationexception",
    "unprocessable_entity",
    "tool_use_failed",
];
