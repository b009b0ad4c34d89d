//! Classifies values of the `Origin` header: web pages, and windows of programs.

/// True for the origin of a web page. `null` is one: any site can send it, from a sandboxed frame.
pub fn is_of_web(origin: &str) -> bool {
    !is_of_program(origin) && (origin == "null" || is_http(origin))
}

/// True for the origin of an editor's, extension's or desktop program's window: a scheme of its own, which no web page
/// can have, or `*.localhost` without a port, which Tauri uses on Windows and Android.
pub fn is_of_program(origin: &str) -> bool {
    let Some((scheme, host)) = origin.split_once("://") else {
        return false;
    };
    if !is_http(origin) {
        return is_scheme(scheme);
    }
    let label = host.strip_suffix(".localhost").unwrap_or_default();
    !label.is_empty()
        && label
            .bytes()
            .all(|byte| byte.is_ascii_alphanumeric() || byte == b'-')
}

fn is_http(origin: &str) -> bool {
    let scheme = origin.split("://").next().unwrap_or_default();
    origin.len() > scheme.len()
        && (scheme.eq_ignore_ascii_case("http") || scheme.eq_ignore_ascii_case("https"))
}

/// A scheme as RFC 3986 has it.
fn is_scheme(text: &str) -> bool {
    let is_letter = |byte: u8| byte.is_ascii_alphanumeric() || matches!(byte, b'+' | b'-' | b'.');
    text.starts_with(|letter: char| letter.is_ascii_alphabetic()) && text.bytes().all(is_letter)
}

#[cfg(test)]
mod tests {
    use super::{is_of_program, is_of_web};

    #[test]
    fn windows_of_programs_are_told_from_pages() {
        for program in [
            "app://obsidian.md",
            "chrome-extension://abcdefgh",
            "moz-extension://0a1b-2c",
            "vscode-webview://1a2b",
            "vscode-file://vscode-app",
            "tauri://localhost",
            "http://tauri.localhost",
            "https://ipc.localhost",
            "capacitor://localhost",
            "file://",
        ] {
            assert!(is_of_program(program) && !is_of_web(program), "{program}");
        }
        for page in [
            "https://shop.example",
            "http://localhost",
            "http://localhost:3000",
            "http://tauri.localhost:3000",
            "https://.localhost",
            "https://evil.example/.localhost",
            "https://a.b.localhost",
            "https://tauri.localhost.evil.example",
            "HTTPS://shop.example",
            "null",
        ] {
            assert!(is_of_web(page) && !is_of_program(page), "{page}");
        }
        for neither in [
            "",
            "app",
            "://x",
            "1app://x",
            "a b://x",
            "http:shop.example",
        ] {
            assert!(!is_of_web(neither) && !is_of_program(neither), "{neither}");
        }
    }
}
