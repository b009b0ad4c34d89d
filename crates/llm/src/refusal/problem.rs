//! The faults of a request, place by place, in the shape of FastAPI.

use crate::json::Value;

/// Problems of one request that are named.
pub(super) const PROBLEMS_MAX: usize = 5;

/// One thing that is wrong with a request, as FastAPI says it.
pub(super) struct FieldProblem {
    pub(super) path: Option<String>,
    text: String,
}

impl FieldProblem {
    fn read(value: &Value) -> Option<Self> {
        let text = value.get("msg").and_then(Value::text)?;
        let steps: Vec<&str> = value
            .get("loc")
            .map(Value::items)
            .unwrap_or_default()
            .iter()
            .filter_map(|step| match step {
                Value::Text(text) | Value::Number(text) => Some(text.as_str()),
                _ => None,
            })
            .filter(|step| *step != "body")
            .collect();
        Some(Self {
            path: (!steps.is_empty()).then(|| steps.join(".")),
            text: text.to_owned(),
        })
    }

    pub(super) fn into_sentence(self) -> String {
        match self.path {
            Some(path) => format!("{path}: {}", self.text),
            None => self.text,
        }
    }
}

/// The problems among the items of a list, as many as are named.
pub(super) fn problems(items: &[Value]) -> Vec<FieldProblem> {
    items
        .iter()
        .filter_map(FieldProblem::read)
        .take(PROBLEMS_MAX)
        .collect()
}
