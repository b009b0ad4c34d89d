//! The begin of a prompt, by which prompt caches of providers know it.

use memchr::memmem;

/// Bytes of a prompt below which no provider caches it: about a thousand tokens.
const PREFIX_BYTES: usize = 4 * 1024;
/// Members in which prompts begin, in all languages that clients speak: instructions before conversations.
const MEMBERS: [&[u8]; 8] = [
    b"\"system\"",
    b"\"instructions\"",
    b"\"systemInstruction\"",
    b"\"system_instruction\"",
    b"\"messages\"",
    b"\"input\"",
    b"\"contents\"",
    b"\"prompt\"",
];

/// The first bytes of the prompt in a body; `None` if it is shorter than what providers cache. A conversation that
/// goes on keeps it, and conversations with the same long instructions share it.
pub fn prompt_prefix(body: &[u8]) -> Option<&[u8]> {
    let begin = MEMBERS.iter().find_map(|member| begin_of(body, member))?;
    body.get(begin..begin + PREFIX_BYTES)
}

/// The place behind the name of a member. A text that quotes such a name has a backslash before each quotation mark.
fn begin_of(body: &[u8], member: &[u8]) -> Option<usize> {
    let mut found = memmem::find_iter(body, member).map(|at| at + member.len());
    found.find(|end| {
        let mut rest = body[*end..].iter();
        rest.find(|byte| !byte.is_ascii_whitespace()) == Some(&b':')
    })
}

#[cfg(test)]
mod tests {
    use super::{PREFIX_BYTES, prompt_prefix};

    fn chat(system: &str, user: &str) -> String {
        format!(
            r#"{{"model":"m","messages":[{{"role":"system","content":"{system}"}},{{"role":"user","content":"{user}"}}]}}"#
        )
    }

    #[test]
    fn conversations_with_the_same_long_instructions_share_their_prefix() {
        let long = "a".repeat(PREFIX_BYTES);
        let (one, other) = (chat(&long, "Hello"), chat(&long, "Good day"));
        let prefix = prompt_prefix(one.as_bytes()).unwrap();
        assert_eq!(prompt_prefix(other.as_bytes()), Some(prefix));
        assert_eq!(prefix.len(), PREFIX_BYTES);
        let different = chat(&format!("b{long}"), "Hello");
        assert_ne!(prompt_prefix(different.as_bytes()), Some(prefix));
    }

    #[test]
    fn a_prompt_that_no_provider_caches_has_no_prefix() {
        for body in ["", "{}", &chat("Be brief.", "Hello"), r#"{"messages"#] {
            assert_eq!(prompt_prefix(body.as_bytes()), None, "{body}");
        }
    }

    #[test]
    fn the_prefix_begins_with_the_instructions_wherever_they_stand() {
        let long = "a".repeat(PREFIX_BYTES);
        let behind = format!(r#"{{"messages":[{{"role":"system"}}],"system" : "{long}"}}"#);
        let prefix = prompt_prefix(behind.as_bytes()).unwrap();
        assert!(prefix.starts_with(b" : \"aaa"));
    }
}
