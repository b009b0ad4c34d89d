//! A value which satisfies a JSON schema, always the same one for the same seed.
//!
//! Understood: `type`, `properties`, `required`, `items`, `prefixItems`, `enum`, `const`, the
//! bounds of numbers, strings and arrays, common `format`s, local `$ref`, and the first branch of
//! `anyOf`, `oneOf` and `allOf`. Not understood: `pattern`, `not`, conditions.
//! A space follows every comma and colon, so that arguments can be streamed a word at a time.

use serde_json::{Number, Value};

use crate::hash::Generator;
use crate::words;

const DEPTH_MAX: usize = 24;
/// Deeper than this only required properties are given, so that recursive schemas come to an end.
const OPTIONAL_DEPTH_MAX: usize = 4;
const VALUES_MAX: usize = 4096;
const STRING_CHARS_MAX: u64 = 4096;

pub(crate) fn example(schema: &Value, seed: u64) -> String {
    let generator = Generator::new(seed);
    let mut writer = Writer {
        root: schema,
        generator,
        out: String::new(),
        values_left: VALUES_MAX,
    };
    if schema["type"].is_null() && schema["properties"].is_null() && !is_composed(schema) {
        return String::from("{}");
    }
    writer.value(schema, 0);
    writer.out
}

fn is_composed(schema: &Value) -> bool {
    ["$ref", "anyOf", "oneOf", "allOf", "enum", "const"]
        .iter()
        .any(|key| !schema[key].is_null())
}

struct Writer<'a> {
    root: &'a Value,
    generator: Generator,
    out: String,
    values_left: usize,
}

impl<'a> Writer<'a> {
    fn value(&mut self, schema: &'a Value, depth: usize) {
        if depth > DEPTH_MAX || self.values_left == 0 {
            self.leaf(schema);
            return;
        }
        self.values_left -= 1;
        if let Some(inner) = self.redirect(schema) {
            return self.value(inner, depth + 1);
        }
        let constant = schema.get("const");
        let listed = schema["enum"]
            .as_array()
            .and_then(|values| self.generator.pick(values));
        if let Some(value) = constant.or(listed) {
            self.out.push_str(&value.to_string());
            return;
        }
        match type_of(schema) {
            "object" => self.object(schema, depth),
            "array" => self.array(schema, depth),
            "integer" => self.integer(schema),
            "number" => self.number(schema),
            "boolean" => {
                let value = self.generator.below(2) == 1;
                self.out.push_str(if value { "true" } else { "false" });
            }
            "null" => self.out.push_str("null"),
            _ => self.string(schema),
        }
    }

    /// The end of a schema without end. What it says must be there may be missing here.
    fn leaf(&mut self, schema: &Value) {
        match type_of(schema) {
            "object" => self.out.push_str("{}"),
            "array" => self.out.push_str("[]"),
            "integer" | "number" => self.integer(schema),
            "boolean" => self.out.push_str("false"),
            _ if schema["$ref"].is_string() => self.out.push_str("null"),
            _ => self.string(schema),
        }
    }

    fn redirect(&self, schema: &'a Value) -> Option<&'a Value> {
        if let Some(reference) = schema["$ref"].as_str() {
            return self.root.pointer(reference.strip_prefix('#')?);
        }
        let branches = ["anyOf", "oneOf", "allOf"];
        let branches = branches.iter().find_map(|key| schema[key].as_array())?;
        branches
            .iter()
            .find(|branch| branch["type"] != "null")
            .or(branches.first())
    }

    fn object(&mut self, schema: &'a Value, depth: usize) {
        let required: Vec<&str> = schema["required"]
            .as_array()
            .into_iter()
            .flatten()
            .filter_map(Value::as_str)
            .collect();
        let properties = schema["properties"].as_object();
        self.out.push('{');
        let mut is_first = true;
        for (name, inner) in properties.into_iter().flatten() {
            if depth <= OPTIONAL_DEPTH_MAX || required.contains(&name.as_str()) {
                self.property(name, inner, depth, &mut is_first);
            }
        }
        for name in required {
            if properties.is_none_or(|properties| !properties.contains_key(name)) {
                self.property(name, &Value::Null, depth, &mut is_first);
            }
        }
        self.out.push('}');
    }

    fn property(&mut self, name: &str, schema: &'a Value, depth: usize, is_first: &mut bool) {
        if !std::mem::take(is_first) {
            self.out.push_str(", ");
        }
        self.out.push_str(&Value::from(name).to_string());
        self.out.push_str(": ");
        self.value(schema, depth + 1);
    }

    fn array(&mut self, schema: &'a Value, depth: usize) {
        let fixed = schema["prefixItems"]
            .as_array()
            .map(Vec::as_slice)
            .unwrap_or_default();
        let min = schema["minItems"]
            .as_u64()
            .unwrap_or(1)
            .max(fixed.len() as u64);
        let count = min.min(schema["maxItems"].as_u64().unwrap_or(u64::MAX));
        let count = usize::try_from(count)
            .unwrap_or(VALUES_MAX)
            .min(self.values_left);
        self.out.push('[');
        for index in 0..count {
            if index > 0 {
                self.out.push_str(", ");
            }
            self.value(fixed.get(index).unwrap_or(&schema["items"]), depth + 1);
        }
        self.out.push(']');
    }

    fn integer(&mut self, schema: &Value) {
        let exclusive_low = bound(schema, "exclusiveMinimum").map(|low| low.floor() + 1.0);
        let exclusive_high = bound(schema, "exclusiveMaximum").map(|high| high.ceil() - 1.0);
        let low = bound(schema, "minimum").map(f64::ceil).or(exclusive_low);
        let high = bound(schema, "maximum").map(f64::floor).or(exclusive_high);
        let (low, high) = range(low, high);
        let step = bound(schema, "multipleOf")
            .filter(|step| *step >= 1.0)
            .unwrap_or(1.0);
        let first = (low / step).ceil() * step;
        let steps = whole((high - first) / step).unsigned_abs().min(100);
        let value = whole(first)
            + whole(step) * i64::try_from(self.generator.below(steps + 1)).unwrap_or(0);
        self.out.push_str(&value.to_string());
    }

    fn number(&mut self, schema: &Value) {
        let exclusive_low = bound(schema, "exclusiveMinimum");
        let exclusive_high = bound(schema, "exclusiveMaximum");
        let (low, high) = range(
            bound(schema, "minimum").or(exclusive_low),
            bound(schema, "maximum").or(exclusive_high),
        );
        // Quarters of the range are exact enough, and never one of its ends.
        let quarter = [0.25, 0.5, 0.75][usize::try_from(self.generator.below(3)).unwrap_or(0)];
        let mut value = low + (high - low) * quarter;
        if let Some(step) = bound(schema, "multipleOf").filter(|step| *step > 0.0) {
            value = (low / step).ceil() * step;
        }
        let number =
            Number::from_f64(value).map_or_else(|| "0".into(), |number| number.to_string());
        self.out.push_str(&number);
    }

    fn string(&mut self, schema: &Value) {
        let text = match schema["format"].as_str() {
            Some("date-time") => "2025-06-15T12:00:00Z".to_owned(),
            Some("date") => "2025-06-15".to_owned(),
            Some("time") => "12:00:00Z".to_owned(),
            Some("duration") => "PT1H".to_owned(),
            Some("email") => format!("{}@example.com", words::word(&mut self.generator)),
            Some("hostname") => format!("{}.example.com", words::word(&mut self.generator)),
            Some("uri" | "url") => {
                format!("https://example.com/{}", words::word(&mut self.generator))
            }
            Some("ipv4") => "192.0.2.1".to_owned(),
            Some("ipv6") => "2001:db8::1".to_owned(),
            Some("uuid") => "00000000-0000-4000-8000-000000000001".to_owned(),
            _ => self.words(schema),
        };
        self.out.push_str(&Value::from(text).to_string());
    }

    fn words(&mut self, schema: &Value) -> String {
        let min = schema["minLength"]
            .as_u64()
            .unwrap_or(0)
            .min(STRING_CHARS_MAX);
        let max = schema["maxLength"].as_u64().unwrap_or(STRING_CHARS_MAX);
        let mut text = words::word(&mut self.generator).to_owned();
        while (text.len() as u64) < min {
            text.push(' ');
            text.push_str(words::word(&mut self.generator));
        }
        // The words are ASCII: bytes are characters.
        text.truncate(usize::try_from(max).unwrap_or(usize::MAX));
        text
    }
}

fn type_of(schema: &Value) -> &str {
    let listed = schema["type"].as_array();
    let listed = listed.and_then(|types| types.iter().find(|name| *name != "null"));
    match listed.unwrap_or(&schema["type"]).as_str() {
        Some(name) => name,
        None if schema["properties"].is_object() => "object",
        None if schema["items"].is_object() => "array",
        None => "string",
    }
}

fn bound(schema: &Value, name: &str) -> Option<f64> {
    schema[name].as_f64().filter(|bound| bound.is_finite())
}

fn range(low: Option<f64>, high: Option<f64>) -> (f64, f64) {
    match (low, high) {
        (Some(low), Some(high)) => (low, high.max(low)),
        (Some(low), None) => (low, low + 100.0),
        (None, Some(high)) => (if high >= 1.0 { 1.0 } else { high - 100.0 }, high),
        (None, None) => (1.0, 100.0),
    }
}

#[expect(
    clippy::cast_possible_truncation,
    reason = "`as` saturates, and is wanted to"
)]
fn whole(number: f64) -> i64 {
    number as i64
}
