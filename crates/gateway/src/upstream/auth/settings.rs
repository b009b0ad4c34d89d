//! Settings of an operator for the way in which a credential is presented.

use serde::{Deserialize, Serialize};

/// The methods by which a credential is presented.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize, Serialize)]
#[cfg_attr(feature = "schema", derive(utoipa::ToSchema))]
#[serde(rename_all = "snake_case")]
pub enum AuthMethod {
    /// The credential is a bearer token.
    Bearer,
    /// The credential stands alone in a header.
    Header,
    /// The credential is the JSON of a service account; none: that of the machine.
    Google,
    /// The credential is JSON with `tenant_id`, `client_id` and `client_secret`; none: the machine's managed identity.
    Azure,
    /// The credential is JSON with `client_id` and `client_secret`.
    Oauth,
    /// The credential is an API key of IBM Cloud.
    Ibm,
    /// The credential is a pair of keys; none: those of a profile, a web identity or the machine.
    Aws,
}

/// The way in which the credential is presented, where the kind's is not meant.
#[derive(Debug, Clone, Default, PartialEq, Eq, Deserialize, Serialize)]
#[cfg_attr(feature = "schema", derive(utoipa::ToSchema))]
#[serde(deny_unknown_fields, default)]
pub struct AuthSettings {
    /// Left out: as the kind has it.
    pub method: Option<AuthMethod>,
    /// `header`: its name.
    pub header: Option<String>,
    /// `oauth`, `ibm`: where tokens are asked for.
    pub token_url: Option<String>,
    /// `oauth`, `azure`: the scope that is asked for.
    pub scope: Option<String>,
    /// `aws`: left out, the variable `region`.
    pub region: Option<String>,
    /// `aws`: the service that is signed for. Left out: as the kind has it.
    pub service: Option<String>,
    /// `aws`: a profile in the file of shared credentials.
    pub profile: Option<String>,
}
