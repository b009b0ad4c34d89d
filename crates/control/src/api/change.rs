//! Bodies that change a spec: the members that are to be different.

use std::marker::PhantomData;

use gateway::api::json_body;
use gateway::catalog::Spec;
use gateway::error::ApiError;
use serde::{Deserialize, Deserializer};
use serde_json::{Map, Value};
use utoipa::ToSchema;

/// The members of a spec that are to be different. What is left out stays; `null` is what it is when it is left out of
/// a new one.
#[derive(Debug, ToSchema)]
pub(crate) struct Change<S> {
    #[schema(ignore)]
    members: Map<String, Value>,
    /// The spec, whose schema the document gives for the body; see `openapi.rs`.
    #[schema(value_type = S)]
    spec: PhantomData<S>,
}

impl<S: Spec> Change<S> {
    /// True if the member is among those that are to be different.
    pub(super) fn names(&self, member: &str) -> bool {
        self.members.contains_key(member)
    }

    /// The spec with the change made.
    ///
    /// # Errors
    /// If a member is unknown, or is not of its type.
    pub(super) fn apply_to(self, spec: &S) -> Result<S, ApiError> {
        let Value::Object(mut members) = serde_json::to_value(spec).map_err(ApiError::internal)?
        else {
            return Err(ApiError::internal(anyhow::anyhow!("a spec is an object")));
        };
        for (name, value) in self.members {
            if value.is_null() {
                members.remove(&name);
            } else {
                members.insert(name, value);
            }
        }
        json_body::read(Value::Object(members))
    }
}

impl<'de, S> Deserialize<'de> for Change<S> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        Ok(Self {
            members: Map::deserialize(deserializer)?,
            spec: PhantomData,
        })
    }
}
