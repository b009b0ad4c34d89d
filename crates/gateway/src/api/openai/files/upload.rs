//! An upload, from its form to the sealed file: piece by piece, checked on the way.

use std::str::from_utf8;
use std::sync::Arc;

use axum::body::Body;
use http::header::CONTENT_TYPE;
use http::{HeaderMap, Request};
use llm::form::boundary_of;
use llm::form::stream::{FormEvent, FormStream, PartHead};
use serde::de::IgnoredAny;
use store::files::{File, FilePurpose};
use tokio::time::Instant;

use super::upload_form::UploadForm;
use crate::auth::{ApiKeyCaller, body_share};
use crate::content_coding::ContentCoding;
use crate::error::ApiError;
use crate::files::{
    CHUNK_BYTES, FileOwner, FileWriter, LineFault, Lines, UPLOAD_WAIT, UploadPlace,
};
use crate::ingress::{BodyLimits, BodyPieces, Payer};
use crate::invisible::is_invisible;
use crate::state::Gateway;

/// Characters of a name that are kept.
const NAME_CHARS_MAX: usize = 255;
/// The name of a file that came without one.
const UNNAMED: &str = "file";

/// An upload that was not read yet.
pub(super) struct Upload {
    owner: FileOwner,
    pieces: BodyPieces,
    form: FormStream,
    _place: UploadPlace,
}

/// The file of an upload as it comes.
struct Incoming {
    writer: FileWriter,
    name: String,
    lines: Lines,
    /// Lines that are not blank.
    count: u64,
}

impl Upload {
    /// # Errors
    /// If it is none, comes compressed, or there are too many.
    pub(super) fn of(
        app: &Gateway,
        caller: &ApiKeyCaller,
        request: Request<Body>,
    ) -> Result<Self, ApiError> {
        let headers = request.headers();
        if !ContentCoding::of(headers)?.is_identity() {
            return Err(ApiError::encoded_file());
        }
        let form = FormStream::new(&boundary(headers)?);
        let place = app.files.enter(caller.key.account_id())?;
        let bytes_max = app.files.config().bytes_max;
        let deadline = Instant::now() + UPLOAD_WAIT;
        let limits = BodyLimits::of_file(&app.config.server, bytes_max, deadline);
        let payer = Payer::Key(Arc::clone(&caller.key.counters().key));
        let share = body_share(app, &caller.context, headers);
        let body = request.into_body();
        let mut pieces = BodyPieces::new(&app.ingress.bodies, payer, share, body, limits)?;
        // The chunk, and its sealed copy.
        pieces.hold(2 * CHUNK_BYTES)?;
        Ok(Self {
            owner: FileOwner {
                account_id: caller.key.account_id().clone(),
                api_key_id: caller.key.id().clone(),
            },
            pieces,
            form,
            _place: place,
        })
    }

    /// Reads it to its end.
    ///
    /// # Errors
    /// If it is no such form, the file is not what its purpose needs, or there is no room for it; nothing is kept then.
    pub(super) async fn receive(mut self, app: &Gateway) -> Result<File, ApiError> {
        let mut fields = UploadForm::default();
        let mut file: Option<Incoming> = None;
        let mut is_in_file = false;
        while let Some(piece) = self.pieces.next().await? {
            self.form.push(&piece);
            while let Some(event) = self.form.next_event()? {
                match event {
                    FormEvent::Data(data) if is_in_file => {
                        if let Some(file) = &mut file {
                            file.add(app, &data, &mut self.pieces).await?;
                        }
                    }
                    FormEvent::Data(data) => fields.add(&data)?,
                    FormEvent::End => fields.end()?,
                    FormEvent::Part(head) => {
                        fields.end()?;
                        is_in_file = head.name == "file";
                        if !is_in_file {
                            fields.begin(&head.name)?;
                        } else if file.is_some() {
                            return Err(ApiError::invalid_file(
                                "the form has two parts of that name",
                            ));
                        } else {
                            file = Some(Incoming::begin(app, &self.owner, head).await?);
                        }
                    }
                }
            }
        }
        if !self.form.is_over() {
            return Err(ApiError::body_broken());
        }
        let kept = fields.kept(app.files.retention())?;
        let Some(file) = file else {
            let message = "Missing required parameter: 'file'. Send it as a part of the form.";
            let error = ApiError::invalid_request("missing_parameter", message);
            return Err(error.with_param("file"));
        };
        file.finish(i64::try_from(kept.as_millis()).unwrap_or(i64::MAX))
            .await
    }
}

impl Incoming {
    async fn begin(app: &Gateway, owner: &FileOwner, head: PartHead) -> Result<Self, ApiError> {
        let max = app.files.holdings_max();
        let begun = app.files.begin(&app.master, owner, FilePurpose::Batch, max);
        Ok(Self {
            writer: begun.await?,
            name: visible_name(head.filename.as_deref().unwrap_or_default()),
            lines: Lines::up_to(app.files.config().line_bytes_max),
            count: 0,
        })
    }

    async fn add(
        &mut self,
        app: &Gateway,
        data: &[u8],
        pieces: &mut BodyPieces,
    ) -> Result<(), ApiError> {
        let bytes_max = app.files.config().bytes_max;
        let bytes = usize::try_from(self.writer.bytes()).unwrap_or(usize::MAX);
        if bytes.saturating_add(data.len()) > bytes_max {
            return Err(ApiError::body_too_large(bytes_max, Some("files.bytes_max")));
        }
        self.lines.push(data);
        pieces.hold(2 * CHUNK_BYTES + self.lines.held())?;
        while let Some((number, line)) = self.lines.next_line().map_err(|fault| of_line(&fault))? {
            self.check(number, &line)?;
        }
        self.writer.write(data).await
    }

    fn check(&mut self, number: u64, line: &[u8]) -> Result<(), ApiError> {
        self.count += 1;
        let problem = problem_of(line);
        problem.map_or(Ok(()), |problem| {
            Err(of_line(&LineFault {
                line: number,
                problem,
            }))
        })
    }

    async fn finish(mut self, kept_ms: i64) -> Result<File, ApiError> {
        if let Some((number, line)) = self.lines.finish() {
            self.check(number, &line)?;
        }
        if self.count == 0 {
            return Err(ApiError::invalid_file("there is nothing in it"));
        }
        self.writer.finish(&self.name, kept_ms).await
    }
}

/// The reason why a line is no line of JSON Lines.
fn problem_of(line: &[u8]) -> Option<String> {
    let Ok(text) = from_utf8(line) else {
        return Some("is not UTF-8".to_owned());
    };
    if !text.starts_with('{') {
        return Some("is not a JSON object; a file for a batch is JSON Lines".to_owned());
    }
    let read = serde_json::from_str::<IgnoredAny>(text);
    read.err().map(|error| format!("is not JSON: {error}"))
}

fn of_line(fault: &LineFault) -> ApiError {
    ApiError::invalid_file(&format!("line {} {}", fault.line, fault.problem))
}

fn boundary(headers: &HeaderMap) -> Result<String, ApiError> {
    let value = headers.get(CONTENT_TYPE);
    let value = value
        .and_then(|value| value.to_str().ok())
        .unwrap_or_default();
    boundary_of(value).map(str::to_owned).ok_or_else(|| {
        let message = "Send the file in a form: 'Content-Type: multipart/form-data' with a boundary, and the parts purpose and file.";
        ApiError::invalid_request("invalid_parameter", message).with_param("body")
    })
}

/// A name without its folders, and without what cannot be seen.
fn visible_name(name: &str) -> String {
    let name = name.rsplit(['/', '\\']).next().unwrap_or_default();
    let is_shown = |letter: &char| !letter.is_control() && !is_invisible(*letter);
    let shown: String = name.chars().filter(is_shown).take(NAME_CHARS_MAX).collect();
    if shown.trim().is_empty() {
        UNNAMED.to_owned()
    } else {
        shown
    }
}
