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
    for letter in text.chars() {
        match letter {
            '"' | '\\' => out.extend(['\\', letter]),
            '\n' => out.push_str("\\n"),
            control if control < ' ' => out.push_str(&format!("\\u{:04x}", u32::from(control))),
            other => out.push(other),
        }
    }
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
