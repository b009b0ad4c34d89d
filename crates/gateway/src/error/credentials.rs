//! Errors of missing and malformed credentials. None quotes a part of a credential.

use http::StatusCode;

use super::ApiError;

impl ApiError {
    pub fn missing_api_key() -> Self {
        Self::new(
            StatusCode::UNAUTHORIZED,
            "authentication_error",
            "missing_api_key",
            "You didn't provide an API key. Send it in the Authorization header: 'Authorization: Bearer yx-...'. Keys are created in the Dashboard under API Keys.",
        )
    }

    pub fn malformed_api_key() -> Self {
        Self::invalid_api_key_because(
            "The API key is malformed: a key is 'yx-' followed by 49 letters and digits. Check that it was copied whole.",
        )
    }

    /// `one` and `other` are the names of headers, which may be the same.
    pub fn two_credentials(one: &str, other: &str) -> Self {
        let place = if one == other {
            format!("both in {one}")
        } else {
            format!("one in {one} and one in {other}")
        };
        Self::invalid_api_key_because(format!(
            "The request carries two different credentials, {place}. Send one of them; the same one in several headers is fine."
        ))
    }

    pub fn basic_credentials() -> Self {
        Self::invalid_api_key_because(
            "The Authorization header has the scheme Basic, which is for a user name and a password. Send the API key by itself: 'Authorization: Bearer yx-...'.",
        )
    }

    pub fn another_scheme() -> Self {
        Self::invalid_api_key_because(
            "The Authorization header has a scheme that is not known here. Send the API key with the scheme Bearer: 'Authorization: Bearer yx-...'.",
        )
    }

    pub fn credential_not_ascii() -> Self {
        Self::invalid_api_key_because(
            "The credential has characters in it that no API key has: it was probably copied from formatted text, or is something else. A key is 'yx-' followed by 49 letters and digits.",
        )
    }

    pub fn credential_with_space() -> Self {
        Self::invalid_api_key_because(
            "The API key has white space or a line end in it, or something else behind it. Send it in one piece: 'Authorization: Bearer yx-...'.",
        )
    }

    pub fn placeholder_credential() -> Self {
        Self::invalid_api_key_because(
            "Instead of an API key there is a placeholder, such as the name of a variable, 'undefined' or 'null'. Set the variable that holds the key where the program runs.",
        )
    }

    /// `prefix` comes from a fixed list, not from the request.
    pub fn foreign_credential(prefix: &str) -> Self {
        Self::invalid_api_key_because(format!(
            "The credential begins with '{prefix}': it is a key of another service. Keys of this one begin with 'yx-' and are created in the Dashboard under API Keys."
        ))
    }

    pub fn management_key_for_models() -> Self {
        Self::invalid_api_key_because(
            "This is a management key (yxm-...), which manages and calls no models. Send an API key (yx-...); they are created in the Dashboard under API Keys.",
        )
    }

    pub fn key_in_url() -> Self {
        Self::invalid_api_key_because(
            "The URL carries an API key, and URLs end up in logs. Send the key in a header, 'Authorization: Bearer yx-...', and regenerate it if others can read those logs.",
        )
    }

    /// This error with the code of the management API.
    #[must_use]
    pub fn of_management(mut self) -> Self {
        self.code = "invalid_management_key";
        self
    }
}
