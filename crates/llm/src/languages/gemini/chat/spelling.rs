//! Names of members: the language takes `systemInstruction` and `system_instruction` alike.

use crate::json::Value;

/// Members whose names within are the client's own.
const FOREIGN: [&str; 6] = [
    "args",
    "response",
    "parametersJsonSchema",
    "responseJsonSchema",
    "labels",
    "metadata",
];
/// The member of a schema that holds names of the client's, over schemas of the language's.
const PROPERTIES: &str = "properties";

/// The value with all names of members as the language writes them itself.
pub(in super::super) fn normal(value: Value) -> Value {
    match value {
        Value::Object(members) => Value::Object(members.into_iter().map(member).collect()),
        Value::List(items) => Value::List(items.into_iter().map(normal).collect()),
        value => value,
    }
}

fn member((name, value): (String, Value)) -> (String, Value) {
    let name = camel(name);
    if FOREIGN.contains(&name.as_str()) {
        return (name, value);
    }
    let value = match value {
        Value::Object(members) if name == PROPERTIES => {
            let members = members.into_iter();
            Value::Object(members.map(|(own, value)| (own, normal(value))).collect())
        }
        value => normal(value),
    };
    (name, value)
}

fn camel(name: String) -> String {
    if !name.contains('_') {
        return name;
    }
    let mut words = name.split('_').filter(|word| !word.is_empty());
    let mut camel = words.next().unwrap_or_default().to_owned();
    for word in words {
        let (first, rest) = word.split_at(word.chars().next().map_or(0, char::len_utf8));
        camel.push_str(&first.to_ascii_uppercase());
        camel.push_str(rest);
    }
    camel
}

#[cfg(test)]
mod tests {
    use super::{Value, normal};

    #[test]
    fn names_of_the_client_stay_as_they_are() {
        let text = r#"{"generation_config":{"response_schema":{"any_of":[],"properties":{"my_name":{"min_items":1}}}},"contents":[{"parts":[{"function_call":{"args":{"a_b":1}}}]}]}"#;
        let value = normal(Value::read(text.as_bytes()).unwrap());
        assert_eq!(
            value.to_json(),
            r#"{"generationConfig":{"responseSchema":{"anyOf":[],"properties":{"my_name":{"minItems":1}}}},"contents":[{"parts":[{"functionCall":{"args":{"a_b":1}}}]}]}"#
        );
    }
}
