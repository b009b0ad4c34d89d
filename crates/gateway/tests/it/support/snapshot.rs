//! The one list of what differs from run to run.

pub(crate) fn filters() -> Vec<(&'static str, &'static str)> {
    vec![
        (r"req_[0-9a-f]{32}", "[request]"),
        (r"key_[0-9a-f]{32}", "[key]"),
        (r"acct_[0-9a-f]{32}", "[account]"),
        (r"yx-[0-9A-Za-z]{49}", "[secret]"),
        (r"yx-[0-9A-Za-z]{4}\.\.\.[0-9A-Za-z]{4}", "[hint]"),
        (r"127\.0\.0\.1:\d+", "[address]"),
    ]
}

/// Compares with a snapshot, past the shared filters.
macro_rules! assert_text {
    ($value:expr) => {
        let text = format!("{:#}", $value);
        insta::with_settings!({filters => $crate::support::snapshot::filters(), omit_expression => true}, {
            insta::assert_snapshot!(text);
        });
    };
    ($name:expr, $value:expr) => {
        let (name, text): (String, String) = ($name.into(), format!("{:#}", $value));
        insta::with_settings!({filters => $crate::support::snapshot::filters(), omit_expression => true}, {
            insta::assert_snapshot!(name, text);
        });
    };
}
pub(crate) use assert_text;
