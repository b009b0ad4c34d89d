//! The list of models as clients of Anthropic's language read it: `GET /v1/models` with `anthropic-version`.

use serde::Serialize;

use crate::catalog::Model;

/// A page of the list. All models are on it.
#[derive(Debug, Serialize)]
pub struct AnthropicModelList {
    data: Vec<AnthropicModel>,
    has_more: bool,
    first_id: Option<String>,
    last_id: Option<String>,
}

#[derive(Debug, Serialize)]
pub struct AnthropicModel {
    #[serde(rename = "type")]
    kind: &'static str,
    id: String,
    display_name: String,
    created_at: String,
    max_input_tokens: Option<u64>,
    max_tokens: Option<u64>,
}

impl AnthropicModelList {
    pub fn of<'a>(models: impl Iterator<Item = &'a Model>) -> Self {
        let data: Vec<AnthropicModel> = models.map(AnthropicModel::from).collect();
        let id = |model: Option<&AnthropicModel>| model.map(|model| model.id.clone());
        Self {
            first_id: id(data.first()),
            last_id: id(data.last()),
            has_more: false,
            data,
        }
    }
}

impl From<&Model> for AnthropicModel {
    fn from(model: &Model) -> Self {
        let spec = &model.spec;
        let created_s = spec.created.and_then(|created| i64::try_from(created).ok());
        let created = jiff::Timestamp::from_second(created_s.unwrap_or_default());
        Self {
            kind: "model",
            id: spec.id.clone(),
            display_name: spec.display_name.clone(),
            created_at: created.unwrap_or_default().to_string(),
            max_input_tokens: spec.context_length,
            max_tokens: spec.max_output_tokens,
        }
    }
}
