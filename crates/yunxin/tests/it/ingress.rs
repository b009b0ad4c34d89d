//! What clients may occupy before their requests are known, and how they are told.

mod bodies;
mod body_budget;
mod connections;
mod heads;
mod refusals;

use crate::support::Caller;

/// The head of a request with `caller`'s key; each line of `more` ends with CR LF.
fn head(caller: &Caller, method: &str, path: &str, more: &str) -> String {
    format!(
        "{method} {path} HTTP/1.1\r\nhost: x\r\nauthorization: Bearer {}\r\ncontent-type: application/json\r\n{more}\r\n",
        caller.secret
    )
}

/// The head of a chat with a body of `length` bytes.
fn chat_head(caller: &Caller, length: usize) -> String {
    let length = format!("content-length: {length}\r\n");
    head(caller, "POST", "/v1/chat/completions", &length)
}
