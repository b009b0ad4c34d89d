//! Uses of client tokens that have limits of their own. Counted by this process, like the limits of
//! keys, and kept in the same file over its end. Memory is bounded: a token that was not used while many others were
//! begins anew.

use std::collections::BTreeSet;
use std::convert::Infallible;
use std::sync::Arc;

use parking_lot::Mutex;
use quick_cache::sync::Cache;

use super::{ClientToken, ID_BYTES};
use crate::counts_file::{CONTENT_BYTES, CountsFile, Record, SlotKind};
use crate::error::ApiError;
use crate::limits::{MinuteWindow, Moment};

/// Tokens whose uses are counted at the same time.
const COUNTED_MAX: usize = 200_000;
/// The time that uses of a token are kept after its end: a clock that is set back brings it back.
const KEPT_S: i64 = 86_400;

/// Counts uses of tokens.
#[derive(Debug)]
pub struct ClientTokenUses {
    uses: Cache<[u8; ID_BYTES], Arc<Mutex<Uses>>>,
    file: Option<Arc<CountsFile>>,
    /// Slots of the file by the end of their tokens, in seconds since 1970.
    slots: Mutex<BTreeSet<(u32, u32)>>,
}

#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
struct Uses {
    all: u32,
    this_minute: u32,
    minute: MinuteWindow,
    slot: Option<u32>,
}

impl ClientTokenUses {
    /// Nothing was used; what is will be kept in `file`, if there is one.
    pub fn new(file: Option<Arc<CountsFile>>) -> Self {
        Self {
            uses: Cache::new(COUNTED_MAX),
            file,
            slots: Mutex::default(),
        }
    }

    /// Takes over what the process before this one kept of a token. Returns whether it still counts.
    pub fn restore(&self, record: &Record, now: Moment) -> bool {
        let [id, _] = &record.names;
        let (Some(id), (uses, ends_at_s)) = (id_of(id), Uses::read(record, now)) else {
            return false;
        };
        if i64::from(ends_at_s) + KEPT_S <= now.wall_ms / 1_000 {
            return false;
        }
        // A token that was forgotten and came back has two slots.
        let known = self.uses.get(&id).map_or(0, |known| known.lock().all);
        if uses.all >= known {
            self.uses.insert(id, Arc::new(Mutex::new(uses)));
        }
        self.slots.lock().insert((ends_at_s, record.slot));
        true
    }

    /// Runs `admit`, the decision over the key's limits, if the token has uses left. Only what it admits is counted:
    /// the token's count is held meanwhile, so that two requests cannot take the last use.
    ///
    /// # Errors
    /// If the token has none left.
    pub fn admit<T, E, R>(
        &self,
        token: &ClientToken,
        now: Moment,
        admit: impl FnOnce() -> (Result<T, E>, R),
    ) -> Result<(Result<T, E>, R), ApiError> {
        if token.requests_per_minute.is_none() && token.requests_max.is_none() {
            return Ok(admit());
        }
        let Ok(shared) = self
            .uses
            .get_or_insert_with(&token.id, || Ok::<_, Infallible>(Arc::default()));
        let mut uses = shared.lock();
        uses.check(token, now)?;
        let (decision, report) = admit();
        if decision.is_ok() {
            uses.all = uses.all.saturating_add(1);
            uses.this_minute = uses.this_minute.saturating_add(1);
            self.keep(&mut uses, token);
        }
        Ok((decision, report))
    }

    /// Gives a use back of a request that was shed: it does not count.
    pub fn give_back(&self, token: &ClientToken) {
        let Some(shared) = self.uses.get(&token.id) else {
            return;
        };
        let mut uses = shared.lock();
        uses.all = uses.all.saturating_sub(1);
        uses.this_minute = uses.this_minute.saturating_sub(1);
        self.keep(&mut uses, token);
    }

    fn keep(&self, uses: &mut Uses, token: &ClientToken) {
        let Some(file) = &self.file else { return };
        let content = uses.to_bytes(token.expires_at_s);
        if let Some(slot) = uses.slot {
            file.write(slot, &content);
            return;
        }
        uses.slot = file.add(SlotKind::ClientToken, [&token.id_text(), ""], &content);
        if let Some(slot) = uses.slot {
            self.slots.lock().insert((token.expires_at_s, slot));
        }
    }

    /// Gives up the slots of tokens that ended long ago.
    pub fn prune(&self, now_ms: i64) {
        let Some(file) = &self.file else { return };
        let mut slots = self.slots.lock();
        while let Some((ends_at_s, slot)) = slots.first().copied()
            && i64::from(ends_at_s) + KEPT_S <= now_ms / 1_000
        {
            slots.remove(&(ends_at_s, slot));
            file.free(slot);
        }
    }
}

/// The id of its text: `ctok_` and hexadecimal digits.
fn id_of(text: &str) -> Option<[u8; ID_BYTES]> {
    let digits = text.strip_prefix("ctok_")?;
    let mut id = [0; ID_BYTES];
    for (index, byte) in id.iter_mut().enumerate() {
        *byte = u8::from_str_radix(digits.get(2 * index..2 * index + 2)?, 16).ok()?;
    }
    Some(id)
}

impl Uses {
    fn check(&mut self, token: &ClientToken, now: Moment) -> Result<(), ApiError> {
        if self.minute.roll(now) {
            self.this_minute = 0;
        }
        if let Some(max) = token.requests_max
            && self.all >= max
        {
            return Err(ApiError::client_token_used_up(max));
        }
        if let Some(max) = token.requests_per_minute
            && self.this_minute >= max
        {
            return Err(ApiError::rate_limited(
                "requests per minute for this client token",
                max.into(),
                self.minute.seconds_left(now),
            ));
        }
        Ok(())
    }

    fn to_bytes(self, ends_at_s: u32) -> [u8; CONTENT_BYTES] {
        let [ends_up_ms, ends_wall_ms] = self.minute.ends();
        let mut bytes = [0; CONTENT_BYTES];
        bytes[..8].copy_from_slice(&ends_up_ms.to_le_bytes());
        bytes[8..16].copy_from_slice(&ends_wall_ms.to_le_bytes());
        bytes[16..20].copy_from_slice(&self.all.to_le_bytes());
        bytes[20..24].copy_from_slice(&self.this_minute.to_le_bytes());
        bytes[24..28].copy_from_slice(&ends_at_s.to_le_bytes());
        bytes
    }

    /// The uses in a slot, and the end of its token.
    fn read(record: &Record, now: Moment) -> (Self, u32) {
        let bytes = &record.content;
        let time = |at: usize| i64::from_le_bytes(std::array::from_fn(|index| bytes[at + index]));
        let count = |at: usize| u32::from_le_bytes(std::array::from_fn(|index| bytes[at + index]));
        let uses = Self {
            all: count(16),
            this_minute: count(20),
            minute: MinuteWindow::from_ends([time(0), time(8)], record.is_of_this_boot, now),
            slot: Some(record.slot),
        };
        (uses, count(24))
    }
}
