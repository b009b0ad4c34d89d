//! `POST /v1/images/generations`, `/v1/images/edits` and `/v1/images/variations`: pictures from a text, or from other
//! pictures, which come as the parts of a form.

use crate::TranslateError;
use crate::json::Kind;
use crate::languages::summary_reader::{FormPart, SummaryReader};
use crate::media;
use crate::usage::Units;

/// Tokens assumed for a picture that is sent, whose bytes say nothing of them.
const TOKENS_PER_PICTURE: u64 = 1_000;

/// Reads a body in JSON: of generations, or of edits whose pictures are named.
pub(super) fn read(body: &[u8]) -> Result<SummaryReader, TranslateError> {
    let param = "prompt";
    let mut has_prompt = false;
    let mut reader =
        SummaryReader::read(body, |reader, cursor, key| match (key, cursor.kind()?) {
            (b"prompt", Kind::String) => {
                has_prompt = true;
                reader.text_bytes += cursor.string()?.raw().len() as u64;
                Ok(())
            }
            (b"prompt", _) => Err(TranslateError::WrongType {
                param,
                expected: "a string",
            }),
            (b"images" | b"image", _) => {
                reader.extra_tokens += TOKENS_PER_PICTURE;
                Ok(cursor.skip()?)
            }
            _ => Ok(cursor.skip()?),
        })?;
    if !has_prompt {
        return Err(TranslateError::Missing { param });
    }
    count_images(&mut reader);
    Ok(reader)
}

/// Reads a form: pictures, and a prompt where there is one.
pub(super) fn read_form(body: &[u8], needs_prompt: bool) -> Result<SummaryReader, TranslateError> {
    if body.trim_ascii_start().starts_with(b"{") {
        return read(body);
    }
    let (mut has_picture, mut has_prompt) = (false, false);
    let mut reader = SummaryReader::read_form(body, |reader, part| {
        match part.name {
            "image" | "image[]" | "mask" => {
                check_picture(part)?;
                reader.extra_tokens += TOKENS_PER_PICTURE;
                has_picture |= part.name != "mask";
            }
            "prompt" => {
                reader.text_bytes += part.value.len() as u64;
                has_prompt = !part.value.is_empty();
            }
            _ => {}
        }
        Ok(())
    })?;
    if !has_picture {
        return Err(TranslateError::Missing { param: "image" });
    }
    if needs_prompt && !has_prompt {
        return Err(TranslateError::Missing { param: "prompt" });
    }
    count_images(&mut reader);
    Ok(reader)
}

/// A picture by its content, of a size that can be.
fn check_picture(part: &FormPart<'_>) -> Result<(), TranslateError> {
    let refuse = |problem| {
        Err(TranslateError::Invalid {
            param: part.name.to_owned(),
            problem,
        })
    };
    let Some(picture) = media::picture(part.value) else {
        return refuse("it is no PNG, JPEG, WebP or GIF file");
    };
    let pixels = u64::from(picture.width) * u64::from(picture.height);
    let longest = picture.width.max(picture.height);
    if longest > media::SIDE_MAX || pixels > media::PIXELS_MAX {
        return refuse("it has more than 16384 pixels on a side, or more than 67 million in all");
    }
    Ok(())
}

/// As many pictures are made as are asked for, unless the response has another number of them.
fn count_images(reader: &mut SummaryReader) {
    let images = reader.choices_asked();
    reader.set_units(Units {
        images,
        ..Units::default()
    });
}
