//! Feedback on the documentation, as operators read it.

use axum::Json;
use axum::extract::State;
use gateway::error::ApiError;
use serde::{Deserialize, Serialize};
use store::DocsFeedbackId;
use store::docs_feedback::{self, DocsFeedback, DocsFeedbackCount};
use utoipa::ToSchema;

use crate::api::pagination::{Page, PageQuery, PageRequest};
use crate::api::query::QueryOf;
use crate::api::time::Time;
use crate::auth::Operator;
use crate::state::ControlState;

/// Pages that are counted: more than the documentation has.
const PAGES_MAX: u32 = 200;

/// Which answers are asked for.
#[derive(Debug, Deserialize, utoipa::IntoParams)]
#[into_params(parameter_in = Query)]
pub(crate) struct ListDocsFeedbackQuery {
    /// Of this page only.
    #[param(max_length = 64)]
    page: Option<String>,
}

/// A reader's feedback on a page.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct DocsFeedbackResponse {
    id: String,
    at: Time,
    page: String,
    is_helpful: bool,
    /// Empty when they said no more.
    text: String,
    /// The language around the article: `en`, `zh-CN` or `zh-TW`.
    language: String,
    /// The e-mail address of the signed-in reader.
    user_email: Option<String>,
}

/// The feedback on one page, counted.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct DocsFeedbackCountResponse {
    page: String,
    answers: u64,
    /// Of these.
    helpful: u64,
    /// Answers with a text.
    comments: u64,
    last_at: Time,
}

/// Lists feedback on the documentation, newest first.
#[utoipa::path(get, path = "/admin/docs-feedback", tag = "admin", operation_id = "list_docs_feedback",
    params(PageQuery, ListDocsFeedbackQuery),
    responses((status = 200, body = Page<DocsFeedbackResponse>)))]
pub(crate) async fn list_docs_feedback(
    State(app): State<ControlState>,
    _: Operator,
    page: PageRequest,
    QueryOf(query): QueryOf<ListDocsFeedbackQuery>,
) -> Result<Json<Page<DocsFeedbackResponse>>, ApiError> {
    let of_page = query.page.unwrap_or_default();
    let before = page.after.as_deref().map(DocsFeedbackId::from);
    let rows =
        docs_feedback::list_for_operator(&app.db, &of_page, before.as_ref(), page.rows()).await?;
    let key = |(feedback, _): &(DocsFeedback, _)| feedback.id.to_string();
    Ok(Json(Page::of(rows, &page, key, describe)))
}

/// Counts the feedback per page, the one with the most first.
#[utoipa::path(get, path = "/admin/docs-feedback/pages", tag = "admin", operation_id = "count_docs_feedback",
    responses((status = 200, body = Page<DocsFeedbackCountResponse>)))]
pub(crate) async fn count_docs_feedback(
    State(app): State<ControlState>,
    _: Operator,
) -> Result<Json<Page<DocsFeedbackCountResponse>>, ApiError> {
    let counts = docs_feedback::count_by_page(&app.db, PAGES_MAX).await?;
    let counts = counts.into_iter().map(describe_count).collect();
    Ok(Json(Page::whole(counts)))
}

fn describe((feedback, user_email): (DocsFeedback, Option<String>)) -> DocsFeedbackResponse {
    DocsFeedbackResponse {
        id: feedback.id.to_string(),
        at: Time(feedback.at_ms),
        page: feedback.page,
        is_helpful: feedback.is_helpful,
        text: feedback.comment,
        language: feedback.language,
        user_email,
    }
}

fn describe_count(count: DocsFeedbackCount) -> DocsFeedbackCountResponse {
    DocsFeedbackCountResponse {
        page: count.page,
        answers: count.answers,
        helpful: count.helpful,
        comments: count.comments,
        last_at: Time(count.last_at_ms),
    }
}
