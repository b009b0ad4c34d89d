//! `POST /.well-known/secret-scanning`: a trusted reporter sends secrets that were found in public, in the
//! format of GitHub's secret scanning partner program.

use aws_lc_rs::digest::{SHA256, digest};
use axum::Json;
use axum::body::Body;
use axum::extract::State;
use gateway::api::body::read_body;
use gateway::auth::RequestContext;
use gateway::error::ApiError;
use http::{HeaderMap, Request};
use serde::{Deserialize, Serialize};
use store::audit_log::Actor;

use crate::auth::Visitor;
use crate::commands::{Leak, Leaked};
use crate::refusal;
use crate::state::ControlState;

const KEY_ID: &str = "github-public-key-identifier";
const SIGNATURE: &str = "github-public-key-signature";
/// Bytes of a report, and secrets in one.
const REPORT_BYTES_MAX: usize = 1024 * 1024;
const SECRETS_MAX: usize = 100;

/// A secret that was found. Whatever else is said of it is not looked at.
#[derive(Deserialize)]
struct ReportedSecret {
    token: String,
    #[serde(rename = "type", default)]
    token_type: String,
    #[serde(default)]
    url: Option<String>,
    #[serde(default)]
    source: Option<String>,
}

/// Feedback on one reported secret: true or false positive.
#[derive(Debug, Serialize)]
pub(crate) struct FeedbackResponse {
    /// SHA-256 in hexadecimal.
    token_hash: String,
    token_type: String,
    label: &'static str,
}

pub(crate) async fn report_leaks(
    State(app): State<ControlState>,
    visitor: Visitor,
    context: RequestContext,
    request: Request<Body>,
) -> Result<Json<Vec<FeedbackResponse>>, ApiError> {
    if app.leak_reporters.is_empty() {
        return Err(ApiError::route_not_found(
            request.method(),
            request.uri().path(),
        ));
    }
    let (parts, body) = request.into_parts();
    // The signature is of the bytes as they were sent.
    let body = read_body(
        &app.gateway,
        &context,
        &parts.headers,
        body,
        None,
        REPORT_BYTES_MAX,
    )
    .await?;
    let (id, signature) = (
        header(&parts.headers, KEY_ID),
        header(&parts.headers, SIGNATURE),
    );
    if !app.leak_reporters.has_signed(id, signature, &body) {
        return Err(refusal::invalid_signature());
    }
    let found: Vec<ReportedSecret> =
        serde_json::from_slice(&body).map_err(|_| refusal::invalid_leak_report(SECRETS_MAX))?;
    if found.len() > SECRETS_MAX {
        return Err(refusal::invalid_leak_report(SECRETS_MAX));
    }
    let actor = Actor {
        kind: "system",
        id: "leak_reports".to_owned(),
        label: format!("leak report signed by {id}"),
        address: Some(visitor.address.to_string()),
    };
    let mut feedback = Vec::with_capacity(found.len());
    for found in found {
        let leak = Leak {
            secret: &found.token,
            source: found.source.as_deref().unwrap_or("report"),
            url: found.url.as_deref(),
        };
        let leaked = app.commands(&actor).report_leak(leak).await?;
        feedback.push(FeedbackResponse {
            token_hash: hash(&found.token),
            token_type: found.token_type,
            label: label(leaked),
        });
    }
    Ok(Json(feedback))
}

fn label(leaked: Leaked) -> &'static str {
    match leaked {
        Leaked::ApiKey | Leaked::ManagementKey | Leaked::ClientToken => "true_positive",
        Leaked::Unknown => "false_positive",
    }
}

fn header<'a>(headers: &'a HeaderMap, name: &str) -> &'a str {
    let value = headers.get(name).and_then(|value| value.to_str().ok());
    value.unwrap_or_default()
}

fn hash(secret: &str) -> String {
    let digest = digest(&SHA256, secret.as_bytes());
    let digits = digest.as_ref().iter().map(|byte| format!("{byte:02x}"));
    digits.collect()
}
