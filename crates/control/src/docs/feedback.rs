//! `POST /api/v1/docs-feedback`: "How is this guide?"

use axum::extract::State;
use gateway::api::json_body::JsonBody;
use gateway::error::ApiError;
use http::StatusCode;
use serde::Deserialize;
use store::DocsFeedbackId;
use store::docs_feedback::{self, DocsFeedback};
use utoipa::ToSchema;

use super::site;
use crate::auth::Visitor;
use crate::refusal;
use crate::state::ControlState;

const TEXT_CHARS_MAX: usize = 2_000;
const PAGE_CHARS_MAX: usize = 64;

/// The language around the article.
#[derive(Debug, Clone, Copy, Deserialize, ToSchema)]
pub(crate) enum DocsLanguage {
    #[serde(rename = "en")]
    English,
    #[serde(rename = "zh-CN")]
    Simplified,
    #[serde(rename = "zh-TW")]
    Traditional,
}

#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct SendDocsFeedbackRequest {
    /// The page's name in its address: `quickstart`.
    #[schema(min_length = 1, max_length = 64)]
    page: String,
    is_helpful: bool,
    /// Suggestions.
    #[schema(max_length = 2000)]
    text: Option<String>,
    language: DocsLanguage,
}

/// Says whether a page of the documentation is helpful. Who is signed in is noted; addresses are not.
#[utoipa::path(post, path = "/docs-feedback", tag = "docs", operation_id = "send_docs_feedback",
    request_body = SendDocsFeedbackRequest, responses((status = 201)))]
pub(crate) async fn send_docs_feedback(
    State(app): State<ControlState>,
    visitor: Visitor,
    JsonBody(body): JsonBody<SendDocsFeedbackRequest>,
) -> Result<StatusCode, ApiError> {
    let now_ms = app.clock.now_ms();
    let counted = app.throttle.feedback(visitor.address, now_ms);
    counted.map_err(refusal::too_many_attempts)?;
    let feedback = DocsFeedback {
        id: DocsFeedbackId::generate(),
        page: checked_page(body.page)?,
        is_helpful: body.is_helpful,
        comment: checked_text(&body.text.unwrap_or_default())?,
        language: tag_of(body.language).to_owned(),
        user_id: visitor.signed_in.map(|identity| identity.1.id.clone()),
        at_ms: now_ms,
    };
    let mut tx = app.db.begin().await?;
    docs_feedback::insert(&mut tx, &feedback).await?;
    tx.commit().await?;
    Ok(StatusCode::CREATED)
}

/// A page that there is; without any, whatever could be one.
fn checked_page(page: String) -> Result<String, ApiError> {
    let is_letter = |byte: u8| byte.is_ascii_lowercase() || byte.is_ascii_digit() || byte == b'-';
    let is_name = (1..=PAGE_CHARS_MAX).contains(&page.len()) && page.bytes().all(is_letter);
    let is_known = site().is_none_or(|site| site.pages.contains(&page));
    if is_name && is_known {
        return Ok(page);
    }
    Err(ApiError::invalid_field(
        "page",
        "There is no such page in the documentation.",
    ))
}

fn checked_text(text: &str) -> Result<String, ApiError> {
    let text = text.trim();
    if text.chars().count() <= TEXT_CHARS_MAX && !text.contains('\0') {
        return Ok(text.to_owned());
    }
    Err(ApiError::invalid_field(
        "text",
        format!("At most {TEXT_CHARS_MAX} characters."),
    ))
}

fn tag_of(language: DocsLanguage) -> &'static str {
    match language {
        DocsLanguage::English => "en",
        DocsLanguage::Simplified => "zh-CN",
        DocsLanguage::Traditional => "zh-TW",
    }
}
