//! Reading responses, whole or in chunks: a chunk has the members of a whole response, so that one reader serves both.

use super::ids::Numbered;
use super::{grounding, read_parts, read_reason, usage};
use crate::chat::{
    Content, Delta, Event, Finish, FinishReason, Fold, Part, PartKey, Response, Sequence,
};
use crate::error::UpstreamError;
use crate::json::{Fields, Value};
use crate::language::EventDecoder;
use crate::refusal;
use crate::sse;

/// Reads a whole response. A stream that was not asked for as events is a list of chunks.
pub(in super::super) fn read_response(body: &[u8]) -> Result<Response, UpstreamError> {
    let mut decoder = ChunkDecoder::default();
    let mut events = Vec::new();
    match Value::read(body) {
        Some(Value::List(chunks)) => {
            for chunk in chunks {
                decoder.value(chunk, &mut events)?;
            }
        }
        Some(value) => decoder.value(value, &mut events)?,
        None => return Err(NO_OBJECT),
    }
    decoder.finish(true, &mut events);
    let mut fold = Fold::default();
    events.into_iter().for_each(|event| fold.add(event));
    fold.finish()
}

const NO_OBJECT: UpstreamError = UpstreamError::Protocol {
    detail: "the response is not a JSON object",
};

/// The state of one stream.
#[derive(Debug, Default)]
pub(in super::super) struct ChunkDecoder {
    has_started: bool,
    ids: Numbered,
    sequence: Sequence,
    /// The text so far, which places of citations are counted in.
    text: String,
    grounding: Option<Value>,
    reason: Option<FinishReason>,
    is_ended: bool,
}

impl ChunkDecoder {
    fn value(&mut self, value: Value, out: &mut Vec<Event>) -> Result<(), UpstreamError> {
        if !matches!(value, Value::Object(_)) {
            return Err(NO_OBJECT);
        }
        if value.get("error").is_some_and(|error| !error.is_falsy()) {
            self.is_ended = true;
            let failure = refusal::classify_unmarked(value.to_json().as_bytes());
            out.push(Event::Failed(failure));
            return Ok(());
        }
        self.chunk(value, out);
        Ok(())
    }

    fn chunk(&mut self, chunk: Value, out: &mut Vec<Event>) {
        let mut fields = Fields::of(chunk);
        let (id, model) = (fields.text("responseId"), fields.text("modelVersion"));
        if !std::mem::replace(&mut self.has_started, true) {
            self.ids.response.clone_from(&id);
            out.push(Event::Started { id, model });
        }
        // A prompt that was blocked has no candidates.
        let mut feedback = fields.fields("promptFeedback");
        if feedback.text("blockReason").is_some() {
            self.reason = Some(FinishReason::ContentFilter);
        }
        for candidate in fields.list("candidates") {
            self.candidate(candidate, out);
        }
        let count = fields.take("usageMetadata");
        out.extend(
            count
                .and_then(|count| usage::read(&count))
                .map(Event::Usage),
        );
    }

    fn candidate(&mut self, candidate: Value, out: &mut Vec<Event>) {
        let mut fields = Fields::of(candidate);
        // One choice is all that another language is asked for.
        if fields.count("index").unwrap_or_default() > 0 {
            return;
        }
        for part in fields.fields("content").list("parts") {
            let part = read_parts::read(part, &mut self.ids);
            self.part(part, out);
        }
        let grounding = fields.take("groundingMetadata");
        self.grounding = grounding
            .filter(|grounding| grounding.get("groundingChunks").is_some())
            .or(self.grounding.take());
        let reason = fields.text("finishReason");
        self.reason = reason.as_deref().and_then(read_reason).or(self.reason);
    }

    fn part(&mut self, part: Part, out: &mut Vec<Event>) {
        match &part.content {
            // The proof of a text stands in a part of its own, mostly one without text.
            Content::Text { text, .. } if part.signature.is_some() => {
                self.text.push_str(text);
                self.sequence.whole(&part, out);
            }
            Content::Text { text, .. } if !text.is_empty() => {
                self.text.push_str(text);
                let delta = Delta::Text(text.clone());
                self.sequence
                    .grow(PartKey::Text, Part::text(""), delta, out);
            }
            Content::Text { .. } => {}
            Content::Reasoning { text, .. } => {
                let begin = || Part::reasoning("");
                if !text.is_empty() {
                    let delta = Delta::Text(text.clone());
                    self.sequence.grow(PartKey::Reasoning, begin(), delta, out);
                }
                if let Some(signature) = part.signature {
                    let delta = Delta::Signature(signature);
                    self.sequence.grow(PartKey::Reasoning, begin(), delta, out);
                }
            }
            _ => self.sequence.whole(&part, out),
        }
    }

    fn cite(&mut self, out: &mut Vec<Event>) {
        let Some(grounding) = self.grounding.take() else {
            return;
        };
        for citation in grounding::read(&grounding, &self.text) {
            let delta = Delta::Citation(citation);
            self.sequence
                .grow(PartKey::Text, Part::text(""), delta, out);
        }
    }
}

impl EventDecoder for ChunkDecoder {
    fn read(&mut self, event: &sse::Event, out: &mut Vec<Event>) -> Result<(), UpstreamError> {
        if event.is_error() {
            out.push(Event::Failed(refusal::classify_unmarked(&event.data)));
            return Ok(());
        }
        match Value::read(&event.data) {
            Some(value) => self.value(value, out),
            None => Err(NO_OBJECT),
        }
    }

    /// The end of the body is the end, if a reason was given: nothing else says it.
    fn finish(&mut self, _body_is_whole: bool, out: &mut Vec<Event>) {
        let Some(reason) = self.reason else {
            return;
        };
        if std::mem::replace(&mut self.is_ended, true) {
            return;
        }
        self.cite(out);
        self.sequence.finish(out);
        let reason = reason.with_calls(self.ids.calls > 0);
        out.push(Event::Finished(Finish::of(reason)));
    }
}
