//! The models on offer. Any name which begins with `sandbox-` is answered; these are listed.

use bytes::Bytes;
use serde::Serialize;

use crate::errors::{ApiError, json};

/// The date of everything here: a clock would make responses differ.
pub(crate) const CREATED: u64 = 1_750_000_000;
pub(crate) const FINGERPRINT: &str = "fp_sandbox0001";

const PREFIX: &str = "sandbox-";
const LISTED: &[&str] = &[
    "sandbox-small",
    "sandbox-medium",
    "sandbox-large",
    "sandbox-embed",
];

#[derive(Serialize)]
struct Model<'a> {
    id: &'a str,
    object: &'static str,
    created: u64,
    owned_by: &'static str,
}

#[derive(Serialize)]
struct List {
    object: &'static str,
    data: Vec<Model<'static>>,
}

/// A model name as sent: the name proper, and the directives after the `@`.
#[derive(Debug, Clone, Copy)]
pub(crate) struct ModelName<'a> {
    pub(crate) name: &'a str,
    pub(crate) directives: &'a str,
}

impl<'a> ModelName<'a> {
    pub(crate) fn parse(sent: &'a str) -> Result<Self, ApiError> {
        let (name, directives) = sent.split_once('@').unwrap_or((sent, ""));
        if name.len() > PREFIX.len() && name.starts_with(PREFIX) {
            Ok(Self { name, directives })
        } else {
            Err(ApiError::model_not_found(name))
        }
    }
}

pub(crate) fn list() -> Bytes {
    let data = LISTED.iter().map(|id| model(id)).collect();
    json(&List {
        object: "list",
        data,
    })
}

pub(crate) fn get(model_name: ModelName<'_>) -> Bytes {
    json(&model(model_name.name))
}

fn model(id: &str) -> Model<'_> {
    Model {
        id,
        object: "model",
        created: CREATED,
        owned_by: "sandbox",
    }
}
