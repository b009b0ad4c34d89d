//! The catalogue as a TOML file.

use anyhow::anyhow;
use serde::Deserialize;

use super::definitions::{Defined, Definitions, Origin};
use super::spec::{DeploymentSpec, ModelSpec, ProviderSpec};

/// The time at which a model was added, for files that do not say: the beginning of 2026.
const CREATED_S: u64 = 1_767_225_600;

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct File {
    #[serde(default)]
    providers: Vec<ProviderSpec>,
    #[serde(default)]
    models: Vec<ModelSpec>,
    #[serde(default)]
    deployments: Vec<DeploymentSpec>,
}

/// Reads a catalogue file. What it says is checked later, together with what it is laid over.
///
/// # Errors
/// If it is not TOML, has unknown names, or refers to a credential file that cannot be read.
pub fn parse_file(text: &str, origin: Origin) -> anyhow::Result<Definitions> {
    let file: File =
        toml::from_str(text).map_err(|error| anyhow!("{}", error.to_string().trim_end()))?;
    let mut definitions = Definitions::default();
    for mut spec in file.providers {
        let credential = spec.take_short_credential();
        credential.map_err(|error| anyhow!("provider {:?}: {}", spec.name, error.message))?;
        spec.credential.read_file(&spec.name)?;
        for credential in &mut spec.credentials {
            credential.read_file(&spec.name)?;
        }
        definitions.providers.push(Defined::provider(origin, spec));
    }
    for mut spec in file.models {
        let prices = spec.check_short_prices();
        prices.map_err(|error| anyhow!("model {:?}: {}", spec.id, error.message))?;
        spec.normalize(CREATED_S);
        definitions.models.push(Defined::model(origin, spec));
    }
    for mut spec in file.deployments {
        spec.normalize();
        let id = spec.derived_id().to_string();
        definitions.deployments.push(Defined { id, origin, spec });
    }
    Ok(definitions)
}
