//! `/v1/files`: what accounts bring for batches, and what batches leave them.

mod object;
mod upload;
mod upload_form;

use axum::Json;
use axum::body::Body;
use axum::extract::rejection::{PathRejection, QueryRejection};
use axum::extract::{Path, Query, State};
use axum::response::Response;
use futures_util::stream;
use http::header::{CONTENT_LENGTH, CONTENT_TYPE};
use http::{HeaderValue, Request};
use serde::{Deserialize, Serialize};
use store::files::{self, File, FilePage, FilePurpose};
use store::{FileId, batches};

use crate::auth::ApiKeyCaller;
use crate::error::ApiError;
use crate::inference::{count_request, while_key_lives};
use crate::state::{Gateway, GatewayState};
use object::FileObject;
use upload::Upload;

/// Files of one page, as OpenAI has them.
const PAGE_MAX: u32 = 10_000;

/// The filters and the place of a list.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ListFilesQuery {
    after: Option<String>,
    limit: Option<u32>,
    order: Option<String>,
    purpose: Option<String>,
}

#[derive(Debug, Serialize)]
pub struct FileListResponse {
    object: &'static str,
    data: Vec<FileObject>,
    first_id: Option<String>,
    last_id: Option<String>,
    has_more: bool,
}

#[derive(Debug, Serialize)]
pub struct FileDeletedResponse {
    id: String,
    object: &'static str,
    deleted: bool,
}

pub async fn create_file(
    State(app): State<GatewayState>,
    mut caller: ApiKeyCaller,
    request: Request<Body>,
) -> Result<Json<FileObject>, ApiError> {
    let _counted = count_request(&app, &caller).await?;
    let upload = Upload::of(&app, &caller, request)?;
    // Boxed, because it is large, and the layers above move it several times.
    let receiving = Box::pin(upload.receive(&app));
    let file = while_key_lives(&app, &mut caller, receiving).await?;
    Ok(Json(FileObject::of(&app, &file)?))
}

pub async fn list_files(
    State(app): State<GatewayState>,
    caller: ApiKeyCaller,
    query: Result<Query<ListFilesQuery>, QueryRejection>,
) -> Result<Json<FileListResponse>, ApiError> {
    let expected = "a query of after, limit, order and purpose";
    let Query(query) = query.map_err(|_| ApiError::invalid_query("query", expected))?;
    let limit = query.limit.unwrap_or(PAGE_MAX);
    if !(1..=PAGE_MAX).contains(&limit) {
        return Err(ApiError::invalid_query("limit", "a number from 1 to 10000"));
    }
    let Some(page) = query.page(limit)? else {
        return Ok(Json(FileListResponse::of(vec![], false)));
    };
    let now_ms = app.clock.now_ms();
    let mut found = files::list(&app.db, caller.key.account_id(), &page, now_ms).await?;
    let shown = usize::try_from(limit).unwrap_or(usize::MAX);
    let has_more = found.len() > shown;
    found.truncate(shown);
    let data: Result<Vec<_>, _> = found
        .iter()
        .map(|file| FileObject::of(&app, file))
        .collect();
    Ok(Json(FileListResponse::of(data?, has_more)))
}

pub async fn get_file(
    State(app): State<GatewayState>,
    caller: ApiKeyCaller,
    id: Result<Path<String>, PathRejection>,
) -> Result<Json<FileObject>, ApiError> {
    let file = find(&app, &caller, id).await?;
    Ok(Json(FileObject::of(&app, &file)?))
}

pub async fn get_file_content(
    State(app): State<GatewayState>,
    caller: ApiKeyCaller,
    id: Result<Path<String>, PathRejection>,
) -> Result<Response, ApiError> {
    let file = find(&app, &caller, id).await?;
    let reader = app.files.open(&app.master, &file)?;
    // The next chunk is read when the client has taken the one before.
    let chunks = stream::try_unfold(reader, |mut reader| async move {
        let chunk = reader.next().await?;
        Ok::<_, store::StoreError>(chunk.map(|chunk| (chunk, reader)))
    });
    let mut response = Response::new(Body::from_stream(chunks));
    let headers = response.headers_mut();
    headers.insert(
        CONTENT_TYPE,
        HeaderValue::from_static("application/octet-stream"),
    );
    headers.insert(CONTENT_LENGTH, HeaderValue::from(file.bytes));
    // What an account uploaded is no page of ours.
    headers.insert(
        "x-content-type-options",
        HeaderValue::from_static("nosniff"),
    );
    headers.insert(
        "content-disposition",
        HeaderValue::from_static("attachment"),
    );
    Ok(response)
}

pub async fn delete_file(
    State(app): State<GatewayState>,
    caller: ApiKeyCaller,
    id: Result<Path<String>, PathRejection>,
) -> Result<Json<FileDeletedResponse>, ApiError> {
    let _counted = count_request(&app, &caller).await?;
    let file = find(&app, &caller, id).await?;
    if batches::reads_file(&app.db, caller.key.account_id(), &file.id).await? {
        return Err(ApiError::file_in_use());
    }
    let mut tx = app.db.begin().await?;
    if !files::delete(&mut tx, caller.key.account_id(), &file.id).await? {
        return Err(ApiError::not_found("file"));
    }
    tx.commit().await?;
    Ok(Json(FileDeletedResponse {
        id: file.id.to_string(),
        object: "file",
        deleted: true,
    }))
}

/// A file of the caller's account. One of another account is none.
async fn find(
    app: &Gateway,
    caller: &ApiKeyCaller,
    id: Result<Path<String>, PathRejection>,
) -> Result<File, ApiError> {
    let not_found = || ApiError::not_found("file");
    let Path(id) = id.map_err(|_| not_found())?;
    let id = known(&id).ok_or_else(not_found)?;
    let found = files::find(&app.db, caller.key.account_id(), &id, app.clock.now_ms()).await?;
    found.ok_or_else(not_found)
}

/// An id that can be one of a file.
fn known(text: &str) -> Option<FileId> {
    let digits = text.strip_prefix("file-")?;
    let is_known = digits.len() == 32 && digits.bytes().all(|byte| byte.is_ascii_hexdigit());
    is_known.then(|| text.into())
}

impl ListFilesQuery {
    /// The page with one file more, which tells whether there is another page; `None` if no file can be of the purpose.
    fn page(self, limit: u32) -> Result<Option<FilePage>, ApiError> {
        let is_ascending = match self.order.as_deref() {
            None | Some("desc") => false,
            Some("asc") => true,
            Some(_) => return Err(ApiError::invalid_query("order", "asc or desc")),
        };
        let after = self.after.as_deref().map(|id| {
            known(id).ok_or_else(|| ApiError::invalid_query("after", "the id of a file"))
        });
        let purpose = match self.purpose.as_deref().map(FilePurpose::parse) {
            Some(None) => return Ok(None),
            purpose => purpose.flatten(),
        };
        Ok(Some(FilePage {
            after: after.transpose()?,
            is_ascending,
            purpose,
            limit: limit + 1,
        }))
    }
}

impl FileListResponse {
    fn of(data: Vec<FileObject>, has_more: bool) -> Self {
        let id = |file: Option<&FileObject>| file.map(|file| file.id().to_owned());
        Self {
            object: "list",
            first_id: id(data.first()),
            last_id: id(data.last()),
            data,
            has_more,
        }
    }
}
