//! Outcomes of requests, in the words of columns and JSON.

use crate::db::word_enum;

/// A status from here on is an error.
const ERROR_STATUS: u16 = 400;

word_enum!(
    /// The end of a request.
    EndReason {
        /// The response was passed on whole.
        Completed = "completed",
        /// The stream broke, or had to be cut, after its head was sent.
        Broken = "broken",
        /// The client went away.
        ClientClosed = "client_closed",
        /// An admitted request got an error instead of a response.
        Failed = "failed",
        /// The server was killed while the request ran; it is settled at what was delivered.
        ServerCrashed = "server_crashed",
        /// The request was not admitted.
        Refused = "refused",
    }
);

word_enum!(
    /// The source of a token count.
    CountedBy {
        Upstream = "upstream",
        /// A part of the count, or all of it, is an estimate.
        Estimate = "estimate",
        /// There was nothing to count.
        None = "none",
    }
);

word_enum!(
    /// The outcome of a request, as sums tell requests apart.
    Outcome {
        /// Admitted, and responded to or left by the client.
        Ok = "ok",
        /// Admitted, and failed or broken off.
        Error = "error",
        Refused = "refused",
    }
);

impl Outcome {
    pub(super) fn of(is_admitted: bool, status: u16, end_reason: EndReason) -> Self {
        if !is_admitted {
            return Self::Refused;
        }
        match end_reason {
            EndReason::Broken | EndReason::ServerCrashed => Self::Error,
            // The client had what it wanted, or did not want it any more: nothing failed.
            EndReason::ClientClosed => Self::Ok,
            EndReason::Completed | EndReason::Failed | EndReason::Refused => {
                if status >= ERROR_STATUS {
                    Self::Error
                } else {
                    Self::Ok
                }
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::{CountedBy, EndReason, Outcome};

    #[test]
    fn a_word_finds_its_variant_and_another_finds_none() {
        for reason in EndReason::ALL {
            assert_eq!(EndReason::parse(reason.as_str()), Some(reason));
        }
        assert_eq!(CountedBy::parse("estimate"), Some(CountedBy::Estimate));
        assert_eq!(Outcome::parse("OK"), None);
    }

    #[test]
    fn a_stream_that_broke_is_an_error_whatever_its_status_was() {
        assert_eq!(Outcome::of(true, 200, EndReason::Broken), Outcome::Error);
        assert_eq!(Outcome::of(true, 200, EndReason::Completed), Outcome::Ok);
        assert_eq!(Outcome::of(true, 499, EndReason::ClientClosed), Outcome::Ok);
        assert_eq!(
            Outcome::of(false, 429, EndReason::Refused),
            Outcome::Refused
        );
    }
}
