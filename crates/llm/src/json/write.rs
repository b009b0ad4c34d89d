//! Writing a tree as JSON again, on one line: numbers as they stood, text escaped where it must be.

use super::Value;

impl Value {
    /// The value as JSON, without white space between its parts.
    pub fn to_json(&self) -> String {
        let mut out = String::new();
        self.write(&mut out);
        out
    }

    fn write(&self, out: &mut String) {
        match self {
            Self::Null => out.push_str("null"),
            Self::Bool(true) => out.push_str("true"),
            Self::Bool(false) => out.push_str("false"),
            Self::Number(text) => out.push_str(text),
            Self::Text(text) => write_text(text, out),
            Self::List(items) => {
                write_parts(('[', ']'), items, out, |item, out| item.write(out));
            }
            Self::Object(members) => {
                write_parts(('{', '}'), members, out, |(name, value), out| {
                    write_text(name, out);
                    out.push(':');
                    value.write(out);
                });
            }
        }
    }
}

fn write_parts<T>(
    (open, close): (char, char),
    parts: &[T],
    out: &mut String,
    write: impl Fn(&T, &mut String),
) {
    out.push(open);
    for (place, part) in parts.iter().enumerate() {
        if place > 0 {
            out.push(',');
        }
        write(part, out);
    }
    out.push(close);
}

/// The text as a JSON string.
pub fn quote(text: &str) -> String {
    let mut out = String::with_capacity(text.len() + 2);
    write_text(text, &mut out);
    out
}

fn write_text(text: &str, out: &mut String) {
    out.push('"');
    let mut rest = text;
    // Control characters, quotes and backslashes are single bytes: what is between them is copied as it stands.
    let is_escaped = |byte: u8| byte < b' ' || byte == b'"' || byte == b'\\';
    while let Some(place) = rest.bytes().position(is_escaped) {
        let (plain, marked) = rest.split_at(place);
        let (mark, behind) = marked.split_at(1);
        out.push_str(plain);
        match mark {
            "\n" => out.push_str("\\n"),
            "\"" => out.push_str("\\\""),
            "\\" => out.push_str("\\\\"),
            control => {
                let code = control.bytes().next().unwrap_or_default();
                out.push_str(&format!("\\u{code:04x}"));
            }
        }
        rest = behind;
    }
    out.push_str(rest);
    out.push('"');
}

#[cfg(test)]
mod tests {
    use super::Value;

    #[test]
    fn what_is_read_is_written_the_same() {
        let text = r#"{"a":[1.50,-0,1e400,null,true,false,"é\"\\\n\u0001"],"b":{},"c":[],"d":""}"#;
        let value = Value::read(text.as_bytes()).unwrap();
        assert_eq!(value.to_json(), text);
    }
}
