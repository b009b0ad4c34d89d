//! `POST /v1/audio/speech`, `/v1/audio/transcriptions` and `/v1/audio/translations`.

use crate::TranslateError;
use crate::json::Kind;
use crate::languages::summary_reader::SummaryReader;
use crate::media;
use crate::usage::Units;

/// Tokens of a second of sound, by which the input of a transcription is estimated.
const TOKENS_PER_SECOND: u64 = 10;
/// Formats of a transcription that are no JSON.
const TEXTS: [&str; 3] = ["text", "srt", "vtt"];

/// Reads a text that is to be spoken.
pub(super) fn read_spoken(body: &[u8]) -> Result<SummaryReader, TranslateError> {
    let param = "input";
    let mut characters = None;
    let mut wants_events = false;
    let mut reader =
        SummaryReader::read(body, |reader, cursor, key| match (key, cursor.kind()?) {
            (b"input", Kind::String) => {
                let text = cursor.string()?;
                reader.text_bytes += text.raw().len() as u64;
                characters = Some(text.decode().chars().count() as u64);
                Ok(())
            }
            (b"input", _) => Err(TranslateError::WrongType {
                param,
                expected: "a string",
            }),
            (b"stream_format", Kind::String) => {
                wants_events = cursor.string()?.raw() == b"sse";
                Ok(())
            }
            _ => Ok(cursor.skip()?),
        })?;
    let characters = match characters {
        Some(0) => {
            return Err(TranslateError::OutOfRange {
                param,
                expected: "at least one character",
            });
        }
        Some(characters) => characters,
        None => return Err(TranslateError::Missing { param }),
    };
    reader.set_units(Units {
        characters,
        ..Units::default()
    });
    reader.set_response(wants_events, !wants_events);
    Ok(reader)
}

/// Reads a form with a sound that is to be written down.
pub(super) fn read_heard(body: &[u8]) -> Result<SummaryReader, TranslateError> {
    let param = "file";
    let (mut has_file, mut is_text, mut seconds) = (false, false, 0);
    let mut reader = SummaryReader::read_form(body, |reader, part| {
        match part.name {
            "file" if !media::is_sound(part.value) => {
                return Err(TranslateError::Invalid {
                    param: param.to_owned(),
                    problem: "it is no FLAC, MP3, MP4, M4A, Ogg, WAV, WebM, AAC or AMR file",
                });
            }
            "file" => {
                has_file = true;
                seconds = media::seconds(part.value);
            }
            // Mistral's.
            "file_url" => has_file = true,
            "prompt" => reader.text_bytes += part.value.len() as u64,
            "response_format" => is_text = TEXTS.contains(&part.text()),
            _ => {}
        }
        Ok(())
    })?;
    if !has_file {
        return Err(TranslateError::Missing { param });
    }
    reader.extra_tokens += seconds * TOKENS_PER_SECOND;
    reader.set_units(Units {
        seconds,
        ..Units::default()
    });
    if is_text {
        reader.set_response(false, true);
    }
    Ok(reader)
}
