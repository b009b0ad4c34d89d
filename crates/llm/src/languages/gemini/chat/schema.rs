//! Schemas: Google's own dialect, in which clients of the language write them, and the part of JSON Schema that the
//! language takes.

use crate::chat::Losses;
use crate::json::Value;

/// Keywords that the language knows.
const KNOWN: [&str; 20] = [
    "$id",
    "$ref",
    "$anchor",
    "$defs",
    "type",
    "format",
    "title",
    "description",
    "enum",
    "items",
    "prefixItems",
    "minItems",
    "maxItems",
    "minimum",
    "maximum",
    "anyOf",
    "oneOf",
    "properties",
    "additionalProperties",
    "required",
];
/// Keywords that bind nothing: without them a schema says the same.
const NOTES: [&str; 12] = [
    "$schema",
    "$comment",
    "$vocabulary",
    "contentEncoding",
    "contentMediaType",
    "default",
    "deprecated",
    "discriminator",
    "example",
    "examples",
    "readOnly",
    "writeOnly",
];
/// Forms of values that the language knows.
const FORMATS: [&str; 9] = [
    "date-time",
    "date",
    "time",
    "duration",
    "enum",
    "int32",
    "int64",
    "float",
    "double",
];
/// Keywords over a map of schemas, and over a list of them.
const MAPS: [&str; 2] = ["properties", "$defs"];
const LISTS: [&str; 3] = ["anyOf", "oneOf", "prefixItems"];
/// Keywords whose value Google's dialect may write as a text.
const COUNTS: [&str; 6] = [
    "minItems",
    "maxItems",
    "minLength",
    "maxLength",
    "minProperties",
    "maxProperties",
];

/// A schema of Google's dialect as JSON Schema: types in lower case, `nullable` among them.
pub(super) fn read(schema: Value) -> Value {
    let Value::Object(members) = schema else {
        return schema;
    };
    let mut is_nullable = false;
    let mut read_members = Vec::with_capacity(members.len());
    for (name, value) in members {
        let value = match (name.as_str(), value) {
            ("type", Value::Text(kind)) => Value::Text(kind.to_ascii_lowercase()),
            ("nullable", value) => {
                is_nullable = value.bool().unwrap_or_default();
                continue;
            }
            ("propertyOrdering", _) => continue,
            ("properties", Value::Object(inner)) => {
                let inner = inner.into_iter();
                Value::Object(inner.map(|(own, schema)| (own, read(schema))).collect())
            }
            ("items" | "additionalProperties", value) => read(value),
            ("anyOf" | "prefixItems", Value::List(items)) => {
                Value::List(items.into_iter().map(read).collect())
            }
            (name, Value::Text(digits)) if COUNTS.contains(&name) => Value::Number(digits),
            (_, value) => value,
        };
        read_members.push((name, value));
    }
    if is_nullable {
        for (name, value) in &mut read_members {
            if name == "type" {
                let kinds = vec![std::mem::replace(value, Value::Null), Value::from("null")];
                *value = Value::List(kinds);
            }
        }
    }
    Value::Object(read_members)
}

/// JSON Schema as the language takes it; what it would not keep is listed below `place`.
pub(super) fn write(schema: &Value, place: &str, losses: &mut Losses) -> Value {
    let Value::Object(members) = schema else {
        return schema.clone();
    };
    let mut written: Vec<(String, Value)> = Vec::with_capacity(members.len());
    for (name, value) in members {
        let name = if name == "definitions" { "$defs" } else { name };
        match (name, value) {
            ("const", value) => {
                written.push(("enum".to_owned(), Value::List(vec![value.clone()])));
            }
            ("allOf", Value::List(items)) => {
                for item in items {
                    merge(&mut written, write(item, place, losses));
                }
            }
            ("$ref", Value::Text(target)) => {
                let target = target.replace("#/definitions/", "#/$defs/");
                written.push((name.to_owned(), Value::Text(target)));
            }
            ("format", Value::Text(format)) if !FORMATS.contains(&format.as_str()) => {
                losses.drop_named(format!("{place}.format"));
            }
            (name, _) if NOTES.contains(&name) => {}
            (name, value) if KNOWN.contains(&name) => {
                written.push((name.to_owned(), inner(name, value, place, losses)));
            }
            (name, _) => losses.drop_named(format!("{place}.{name}")),
        }
    }
    Value::Object(written)
}

fn inner(name: &str, value: &Value, place: &str, losses: &mut Losses) -> Value {
    match value {
        Value::Object(members) if MAPS.contains(&name) => {
            let members = members.iter();
            let write =
                |(own, schema): &(String, Value)| (own.clone(), write(schema, place, losses));
            Value::Object(members.map(write).collect())
        }
        Value::List(items) if LISTS.contains(&name) => {
            let items = items.iter();
            Value::List(items.map(|schema| write(schema, place, losses)).collect())
        }
        value if matches!(name, "items" | "additionalProperties") => write(value, place, losses),
        value => value.clone(),
    }
}

/// Adds what a part of `allOf` says to the whole.
fn merge(into: &mut Vec<(String, Value)>, schema: Value) {
    let Value::Object(members) = schema else {
        return;
    };
    for (name, value) in members {
        let known = into.iter_mut().find(|(own, _)| *own == name);
        match (known, value) {
            (Some((_, Value::Object(own))), Value::Object(more)) => own.extend(more),
            (Some((_, Value::List(own))), Value::List(more)) => own.extend(more),
            (Some(_), _) => {}
            (None, value) => into.push((name, value)),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::{Losses, Value, read, write};

    fn value(text: &str) -> Value {
        Value::read(text.as_bytes()).unwrap()
    }

    #[test]
    fn googles_dialect_is_read_as_json_schema() {
        let own = value(
            r#"{"type":"OBJECT","properties":{"type":{"type":"STRING","nullable":true},"n":{"type":"ARRAY","items":{"type":"INTEGER"},"minItems":"1"}},"propertyOrdering":["n"]}"#,
        );
        assert_eq!(
            read(own).to_json(),
            r#"{"type":"object","properties":{"type":{"type":["string","null"]},"n":{"type":"array","items":{"type":"integer"},"minItems":1}}}"#
        );
    }

    #[test]
    fn what_the_language_would_refuse_is_left_out_and_listed() {
        let mut losses = Losses::of("openai");
        let schema = value(
            r##"{"$schema":"x","type":"object","definitions":{"d":{"const":"a"}},"properties":{"pattern":{"type":"string","pattern":"^a","format":"uuid"},"d":{"allOf":[{"$ref":"#/definitions/d"}]},"e":{"exclusiveMinimum":0,"default":1}},"additionalProperties":false}"##,
        );
        assert_eq!(
            write(&schema, "tools.parameters", &mut losses).to_json(),
            r##"{"type":"object","$defs":{"d":{"enum":["a"]}},"properties":{"pattern":{"type":"string"},"d":{"$ref":"#/$defs/d"},"e":{}},"additionalProperties":false}"##
        );
        let dropped = losses.into_written(String::new()).dropped;
        assert_eq!(
            dropped,
            [
                "tools.parameters.pattern",
                "tools.parameters.format",
                "tools.parameters.exclusiveMinimum"
            ]
        );
    }
}
