//! The spend of one key or account, behind a lock.

use parking_lot::{Mutex, MutexGuard};
use store::RequestId;
use store::budgets::Spent;

use super::book::Book;

/// The spend of a key or an account, followed from the first request on that a budget counts.
#[derive(Debug, Default)]
pub struct Spend(Mutex<Option<Box<Book>>>);

impl Spend {
    pub(super) fn lock(&self) -> MutexGuard<'_, Option<Box<Book>>> {
        self.0.lock()
    }

    /// Begins to follow what is spent, and wants to know what was spent before.
    pub(super) fn follow(&self) {
        self.lock().get_or_insert_default().is_wanted = true;
    }

    /// True if it is to be read what was spent before: a request waits for it, or it is older than it may be.
    pub(super) fn is_due(&self, is_stale: bool) -> bool {
        let book = self.lock();
        book.as_ref()
            .is_some_and(|book| book.is_wanted || (book.is_restored && is_stale))
    }

    /// True once what was spent before is known.
    pub(super) fn is_restored(&self) -> bool {
        self.lock().as_ref().is_some_and(|book| book.is_restored)
    }

    /// Forgets what other servers may have changed since, if it was not used since `used_since_ms`: the next request
    /// waits until it is read again. Returns whether it is forgotten.
    pub(super) fn forget_if_idle(&self, used_since_ms: i64) -> bool {
        let mut book = self.lock();
        let idle = book
            .as_deref_mut()
            .filter(|book| book.used_at_ms < used_since_ms && !book.is_wanted);
        idle.is_some_and(|book| std::mem::take(&mut book.is_restored))
    }

    pub(super) fn restore(&self, spent: &Spent, now_ms: i64) {
        if let Some(book) = &mut *self.lock() {
            book.restore(spent, now_ms);
        }
    }

    /// Notes that a charge is about to be written, or was before.
    pub(super) fn forget_unwritten(&self, request: &RequestId) {
        if let Some(book) = &mut *self.lock() {
            book.unwritten.remove(request);
        }
    }

    /// Sets apart what is not written yet, or with `false` forgets what was set apart, since it is written by now.
    pub(super) fn doubt(&self, begins: bool) {
        if let Some(book) = &mut *self.lock() {
            let unwritten = std::mem::take(&mut book.doubtful);
            if begins {
                book.doubtful = std::mem::take(&mut book.unwritten);
                book.doubtful.extend(unwritten);
            } else {
                book.is_wanted = true;
            }
        }
    }

    /// Notes that the database has a charge.
    pub(super) fn written(&self, request: &RequestId, at_ms: i64, nanos: u64) {
        if let Some(book) = &mut *self.lock() {
            book.written(request, at_ms, nanos);
        }
    }
}
