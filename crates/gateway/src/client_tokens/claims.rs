//! The claims of a token as bytes: fixed fields, then two lists of short texts. Short, because they are sent with every
//! request.

use store::secret::KeyDigest;

use super::{ClientToken, ID_BYTES, MODELS_MAX, ORIGINS_MAX};

const VERSION: u8 = 1;
const DIGEST_BYTES: usize = 32;

/// `None` when a list or a text is too long.
pub(super) fn write(token: &ClientToken) -> Option<Vec<u8>> {
    let mut bytes = vec![VERSION];
    bytes.extend(token.id);
    bytes.extend(token.digest.as_bytes());
    bytes.extend(token.expires_at_s.to_be_bytes());
    for limit in [
        token.requests_per_minute,
        token.requests_max,
        token.max_tokens_per_request,
    ] {
        bytes.extend(limit.unwrap_or_default().to_be_bytes());
    }
    for list in [&token.models, &token.allowed_origins] {
        bytes.push(u8::try_from(list.len()).ok()?);
        for text in list {
            bytes.push(u8::try_from(text.len()).ok()?);
            bytes.extend(text.as_bytes());
        }
    }
    Some(bytes)
}

/// `None` when it was written by a version that says more.
pub(super) fn read(bytes: &[u8]) -> Option<ClientToken> {
    let mut rest = Reader(bytes);
    if rest.byte()? != VERSION {
        return None;
    }
    let token = ClientToken {
        id: rest.take(ID_BYTES)?.try_into().ok()?,
        digest: KeyDigest::from_bytes(rest.take(DIGEST_BYTES)?).ok()?,
        expires_at_s: rest.number()?,
        requests_per_minute: rest.limit()?,
        requests_max: rest.limit()?,
        max_tokens_per_request: rest.limit()?,
        models: rest.list(MODELS_MAX)?,
        allowed_origins: rest.list(ORIGINS_MAX)?,
    };
    rest.0.is_empty().then_some(token)
}

struct Reader<'a>(&'a [u8]);

impl<'a> Reader<'a> {
    fn take(&mut self, count: usize) -> Option<&'a [u8]> {
        let (taken, rest) = self.0.split_at_checked(count)?;
        self.0 = rest;
        Some(taken)
    }

    fn byte(&mut self) -> Option<u8> {
        self.take(1)?.first().copied()
    }

    fn number(&mut self) -> Option<u32> {
        Some(u32::from_be_bytes(self.take(4)?.try_into().ok()?))
    }

    /// Zero is no limit.
    fn limit(&mut self) -> Option<Option<u32>> {
        Some(Some(self.number()?).filter(|limit| *limit > 0))
    }

    fn list(&mut self, max: usize) -> Option<Vec<String>> {
        let count = usize::from(self.byte()?);
        if count > max {
            return None;
        }
        (0..count)
            .map(|_| {
                let length = usize::from(self.byte()?);
                let text = std::str::from_utf8(self.take(length)?).ok()?;
                Some(text.to_owned())
            })
            .collect()
    }
}
