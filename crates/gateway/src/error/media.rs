//! Refusals of media that a request has with it or names by URL.

use super::ApiError;

impl ApiError {
    /// Media that cannot be used: `what` names them, `why` says it in words that tell nothing of our network.
    pub fn invalid_media(what: &str, why: &str) -> Self {
        Self::invalid_request(
            "invalid_media",
            format!(
                "{what} cannot be used: {why}. Nothing was sent to a provider. Send the bytes as a data: URL, or a URL of https:// that anybody can read."
            ),
        )
    }

    /// More files by URL than a request may have fetched.
    pub fn too_many_media(items_max: usize) -> Self {
        let message = if items_max == 0 {
            "The provider of this model takes media as bytes alone, and this server fetches none (media.items_max). Send the bytes as a data: URL.".to_owned()
        } else {
            format!(
                "The provider of this model takes media as bytes alone, and the request names more than {items_max} files by URL that would have to be fetched (media.items_max). Name fewer, or send the bytes as data: URLs."
            )
        };
        Self::invalid_request("invalid_media", message)
    }
}
