//! Media that a request has with it, in base64: their size and their content, where it is written in another language.

use base64::Engine;
use base64::alphabet::STANDARD;
use base64::engine::{DecodePaddingMode, GeneralPurpose, GeneralPurposeConfig};
use llm::chat::{Media, MediaSource, Request};
use llm::media::{MediaKind, media_type_of};

use crate::config::MediaConfig;
use crate::error::ApiError;

/// Letters of base64 that say the media type.
const HEAD_LETTERS: usize = 88;
/// Base64 with or without its padding.
const BASE64: GeneralPurpose = GeneralPurpose::new(
    &STANDARD,
    GeneralPurposeConfig::new().with_decode_padding_mode(DecodePaddingMode::Indifferent),
);

/// Looks at each of the media, and gives pictures the type that they have.
///
/// # Errors
/// If one is too large, or its content is seen to be of another kind.
pub(super) fn check(config: &MediaConfig, conversation: &mut Request) -> Result<(), ApiError> {
    let mut checked = Ok(());
    let mut bytes = 0_usize;
    conversation.visit_media(&mut |kind, media| {
        if checked.is_ok() {
            checked = check_one(config, kind, media, &mut bytes);
        }
    });
    checked
}

fn check_one(
    config: &MediaConfig,
    kind: MediaKind,
    media: &mut Media,
    so_far: &mut usize,
) -> Result<(), ApiError> {
    let MediaSource::Inline(data) = &media.source else {
        return Ok(());
    };
    let what = format!("The {} that the request has with it", kind.noun());
    let refuse = |why: &str| Err(ApiError::invalid_media(&what, why));
    let bytes = data.len() / 4 * 3;
    *so_far += bytes;
    if bytes > config.bytes_per_item_max {
        return refuse(&format!(
            "it is larger than {} bytes (media.bytes_per_item_max)",
            config.bytes_per_item_max
        ));
    }
    if *so_far > config.bytes_max {
        return refuse(&format!(
            "together with the others it is larger than {} bytes (media.bytes_max)",
            config.bytes_max
        ));
    }
    // The provider says best what it cannot read: data that is no base64, and documents of types that few know.
    let Some(head) = head(data) else {
        return Ok(());
    };
    let Some(found) = media_type_of(&head, media.media_type.as_deref()) else {
        return match kind {
            MediaKind::File => Ok(()),
            _ => refuse("its content is of no known type"),
        };
    };
    if !kind.takes(&found) {
        return refuse(&format!("its content is {found}"));
    }
    if kind == MediaKind::Image {
        media.media_type = Some(found);
    }
    Ok(())
}

/// The first bytes of media.
fn head(data: &str) -> Option<Vec<u8>> {
    let letters = data.bytes().filter(|letter| !letter.is_ascii_whitespace());
    let letters: Vec<u8> = letters.take(HEAD_LETTERS).collect();
    BASE64.decode(letters).ok()
}
