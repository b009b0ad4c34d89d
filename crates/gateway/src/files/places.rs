//! Places for uploads: so many at the same time, and so many of one account.

use std::collections::HashMap;
use std::sync::Arc;

use parking_lot::Mutex;
use store::AccountId;

use crate::error::ApiError;

/// The `Retry-After` of an account that has as many uploads as may be.
const RETRY_SECONDS: u64 = 1;

#[derive(Debug)]
pub(super) struct Places {
    all_max: usize,
    per_account_max: usize,
    taken: Arc<Mutex<Taken>>,
}

#[derive(Debug, Default)]
struct Taken {
    all: usize,
    by_account: HashMap<AccountId, usize>,
}

/// The place of one upload, until it is dropped.
#[derive(Debug)]
pub struct UploadPlace {
    account_id: AccountId,
    taken: Arc<Mutex<Taken>>,
}

impl Places {
    pub(super) fn new(all_max: usize, per_account_max: usize) -> Self {
        Self {
            all_max,
            per_account_max,
            taken: Arc::default(),
        }
    }

    pub(super) fn enter(&self, account_id: &AccountId) -> Result<UploadPlace, ApiError> {
        let mut taken = self.taken.lock();
        let of_account = taken
            .by_account
            .get(account_id)
            .copied()
            .unwrap_or_default();
        if of_account >= self.per_account_max {
            let limit = u64::try_from(self.per_account_max).unwrap_or(u64::MAX);
            let what = "uploads of an account at the same time";
            return Err(ApiError::rate_limited(what, limit, RETRY_SECONDS));
        }
        if taken.all >= self.all_max {
            return Err(ApiError::busy());
        }
        taken.all += 1;
        taken.by_account.insert(account_id.clone(), of_account + 1);
        Ok(UploadPlace {
            account_id: account_id.clone(),
            taken: Arc::clone(&self.taken),
        })
    }
}

impl Drop for UploadPlace {
    fn drop(&mut self) {
        let mut taken = self.taken.lock();
        taken.all -= 1;
        let Some(of_account) = taken.by_account.get_mut(&self.account_id) else {
            return;
        };
        *of_account -= 1;
        if *of_account == 0 {
            taken.by_account.remove(&self.account_id);
        }
    }
}

#[cfg(test)]
mod tests {
    use store::AccountId;

    use super::Places;

    #[test]
    fn places_are_bounded_in_all_and_by_account_and_come_back() {
        let places = Places::new(3, 2);
        let [one, other] = [AccountId::generate(), AccountId::generate()];
        let held = [places.enter(&one).unwrap(), places.enter(&one).unwrap()];
        assert_eq!(places.enter(&one).unwrap_err().status(), 429);
        let _last = places.enter(&other).unwrap();
        assert_eq!(places.enter(&other).unwrap_err().status(), 503);
        drop(held);
        assert!(places.enter(&one).is_ok());
        assert_eq!(places.taken.lock().by_account.len(), 1);
    }
}
