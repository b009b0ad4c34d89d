//! Errors for a credential that is not shaped like a key. Classified by fixed lists, so that no error quotes it.

use store::secret::{SecretKind, is_client_token};

use crate::error::ApiError;

/// Prefixes of other services' keys; the longer before the shorter.
const FOREIGN: [&str; 22] = [
    "sk-ant-",
    "sk-or-",
    "sk-proj-",
    "sk-",
    "sk_",
    "AIza",
    "gsk_",
    "xai-",
    "hf_",
    "r8_",
    "pplx-",
    "nvapi-",
    "fw_",
    "csk-",
    "tgp_",
    "cpk_",
    "co_",
    "ghp_",
    "github_pat_",
    "gho_",
    "AKIA",
    "eyJ",
];
/// Values that programs send when no key is configured.
const PLACEHOLDERS: [&str; 16] = [
    "undefined",
    "null",
    "none",
    "nil",
    "false",
    "true",
    "nan",
    "[object object]",
    "key",
    "dummy",
    "test",
    "empty",
    "not-needed",
    "no-key",
    "xxx",
    "changeme",
];
/// Prefixes of unexpanded variables, and of the placeholders of samples.
const PLACEHOLDER_STARTS: [&str; 9] = [
    "$",
    "%",
    "{",
    "your",
    "process.env",
    "os.environ",
    "env:",
    "yunxin_api_key",
    "openai_api_key",
];

/// The error for a text that is not a key.
pub(in crate::auth) fn explain(text: &str) -> ApiError {
    let lower = text.to_ascii_lowercase();
    let is_placeholder = PLACEHOLDERS.contains(&lower.as_str())
        || PLACEHOLDER_STARTS
            .iter()
            .any(|start| lower.starts_with(start))
        || lower.contains("...");
    if is_placeholder {
        return ApiError::placeholder_credential();
    }
    if let Some(prefix) = FOREIGN.iter().find(|prefix| text.starts_with(**prefix)) {
        return ApiError::foreign_credential(prefix);
    }
    if lower.starts_with("yxm-") {
        return ApiError::management_key_for_models();
    }
    if text.contains(|letter: char| letter.is_ascii_whitespace()) {
        return if lower.contains("yx-") || lower.contains("yxc-") {
            ApiError::credential_with_space()
        } else {
            ApiError::another_scheme()
        };
    }
    ApiError::malformed_api_key()
}

/// Recognises a secret of this service, of any kind, by its shape and checksum.
pub(super) fn is_ours(text: &str) -> bool {
    let kinds = [
        SecretKind::ApiKey,
        SecretKind::ManagementKey,
        SecretKind::Session,
        SecretKind::Link,
    ];
    kinds.iter().any(|kind| kind.is_shape_of(text)) || is_client_token(text)
}
