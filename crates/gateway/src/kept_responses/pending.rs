//! A turn whose response is still to come.

use bytes::Bytes;
use futures_util::future::BoxFuture;
use llm::languages::kept::{Turn, with_members};
use store::ResponseId;
use store::StoreError;
use store::sealed::{MasterKey, ObjectKey};

use super::writer::{NotKept, Writer};
use super::{KeptResponses, ResponseOwner};

/// A request that was read, and what is to become of its response.
#[derive(Debug)]
pub struct PendingTurn {
    id: ResponseId,
    previous: Option<ResponseId>,
    input: Bytes,
    owner: ResponseOwner,
    /// `None` if the response is not to be kept.
    keeper: Option<(Writer, ObjectKey)>,
}

impl PendingTurn {
    /// A turn of `owner` with these items of input; its response is kept if that `is_wanted`.
    ///
    /// # Errors
    /// If the cipher refuses the key of the response, which cannot be.
    pub fn new(
        (kept, master): (&KeptResponses, &MasterKey),
        owner: ResponseOwner,
        (id, previous): (ResponseId, Option<ResponseId>),
        (input, is_wanted): (Bytes, bool),
    ) -> Result<Self, StoreError> {
        let keeper = if is_wanted {
            let key = master.object_key(&owner.account_id, id.as_str())?;
            Some((kept.writer.clone(), key))
        } else {
            None
        };
        Ok(Self {
            id,
            previous,
            input,
            owner,
            keeper,
        })
    }

    /// The most bytes of a response that may be kept.
    pub(super) fn bytes_max(&self) -> usize {
        self.keeper
            .as_ref()
            .map_or(0, |(writer, _)| writer.bytes_max())
    }

    /// The object of the response as the client is told it while nothing is known of its end.
    pub(super) fn told(&self, response: &[u8]) -> Bytes {
        let told = self.with(response, self.keeper.is_some());
        told.unwrap_or_else(|| Bytes::copy_from_slice(response))
    }

    fn with(&self, response: &[u8], is_kept: bool) -> Option<Bytes> {
        let id = format!("\"{}\"", self.id);
        let previous = self.previous.as_ref();
        let previous = previous.map_or("null".to_owned(), |id| format!("\"{id}\""));
        let store: &[u8] = if is_kept { b"true" } else { b"false" };
        let members = [
            ("id", id.as_bytes()),
            ("previous_response_id", previous.as_bytes()),
            ("store", store),
        ];
        with_members(response, &members)
    }

    /// Keeps the response, told already. The future ends with the response as the client is to be told it: if it could not
    /// be kept, it says so.
    pub(super) fn keep(&self, response: Bytes) -> BoxFuture<'static, Bytes> {
        let Some((writer, key)) = &self.keeper else {
            return Box::pin(std::future::ready(response));
        };
        let turn = Turn {
            input: self.input.clone(),
            response: response.clone(),
        };
        let ids = (self.id.clone(), self.previous.clone());
        let kept = writer.keep(key, &self.owner, ids, turn);
        Box::pin(async move {
            match kept.await {
                Ok(()) => response,
                Err(reason) => told_not_kept(&response, reason).unwrap_or(response),
            }
        })
    }
}

fn told_not_kept(response: &[u8], reason: NotKept) -> Option<Bytes> {
    let own = format!(r#"{{"not_kept":"{}"}}"#, reason.as_str());
    with_members(response, &[("store", b"false"), ("yunxin", own.as_bytes())])
}
