//! The endpoints whose requests a batch may have.

use llm::Operations;
use llm::languages::{OPENAI, RESPONSES};
use llm::operation::CHAT;

use crate::inference::Surface;

/// The endpoints, as they are named in a batch.
pub const ENDPOINTS: [&str; 5] = [
    "/v1/chat/completions",
    "/v1/completions",
    "/v1/embeddings",
    "/v1/moderations",
    "/v1/responses",
];

/// The operation behind an endpoint, in its language; `None` for one that batches do not serve.
pub fn surface_of(operations: Operations, endpoint: &str) -> Option<Surface> {
    let named = ENDPOINTS.into_iter().find(|one| *one == endpoint)?;
    if named == "/v1/responses" {
        return Some(Surface::of(&CHAT, &RESPONSES));
    }
    let path = named.strip_prefix("/v1")?;
    let operation = operations.iter().find(|operation| operation.path == path)?;
    Some(Surface::of(operation, &OPENAI))
}

#[cfg(test)]
mod tests {
    use llm::OPERATIONS;

    use super::{ENDPOINTS, surface_of};

    #[test]
    fn each_endpoint_is_of_an_operation() {
        for endpoint in ENDPOINTS {
            assert!(surface_of(OPERATIONS, endpoint).is_some(), "{endpoint}");
        }
        assert!(surface_of(OPERATIONS, "/v1/images/edits").is_none());
    }
}
