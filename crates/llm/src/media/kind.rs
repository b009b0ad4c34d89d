//! Kinds of media, and the media type of a file by its content.

use memchr::memmem;

/// The kinds of media that a turn may have.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum MediaKind {
    Image,
    Audio,
    Video,
    File,
}

/// Bytes of a file that say its media type.
const HEAD_BYTES: usize = 64;
/// Types by the bytes at a place of the file.
const MARKS: [(usize, &[u8], &str); 16] = [
    (0, b"\x89PNG\r\n\x1a\n", "image/png"),
    (0, b"\xff\xd8\xff", "image/jpeg"),
    (0, b"GIF87a", "image/gif"),
    (0, b"GIF89a", "image/gif"),
    (8, b"WEBP", "image/webp"),
    (8, b"WAVE", "audio/wav"),
    (0, b"%PDF-", "application/pdf"),
    (0, b"ID3", "audio/mpeg"),
    (0, b"fLaC", "audio/flac"),
    (0, b"OggS", "audio/ogg"),
    (0, b"\x1a\x45\xdf\xa3", "video/webm"),
    (0, b"FLV\x01", "video/x-flv"),
    (0, b"\x00\x00\x01\xba", "video/mpeg"),
    (0, b"\x00\x00\x01\xb3", "video/mpeg"),
    (0, b"\xff\xf1", "audio/aac"),
    (0, b"\xff\xf9", "audio/aac"),
];
/// Types of the family that begins with `ftyp`, by their brand; any other one is a film.
const BRANDS: [(&[u8], &str); 8] = [
    (b"heic", "image/heic"),
    (b"heix", "image/heic"),
    (b"mif1", "image/heif"),
    (b"avif", "image/avif"),
    (b"M4A ", "audio/mp4"),
    (b"qt  ", "video/quicktime"),
    (b"3gp4", "video/3gpp"),
    (b"3gp5", "video/3gpp"),
];
/// Documents in an archive, by the folder that they have in it.
const ARCHIVED: [(&[u8], &str); 2] = [
    (
        b"word/",
        "application/vnd.openxmlformats-officedocument.wordprocessingml.document",
    ),
    (
        b"xl/",
        "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
    ),
];

impl MediaKind {
    /// Every kind.
    pub const ALL: &'static [Self] = &[Self::Image, Self::Audio, Self::Video, Self::File];

    /// The noun for people.
    pub fn noun(self) -> &'static str {
        match self {
            Self::Image => "image",
            Self::Audio => "audio",
            Self::Video => "video",
            Self::File => "file",
        }
    }

    /// True for a media type that stands in a part of this kind. Every known type is a file.
    pub fn takes(self, media_type: &str) -> bool {
        let family = media_type.split('/').next().unwrap_or_default();
        match self {
            Self::Image => family == "image",
            // A container of films may hold sound alone.
            Self::Audio => family == "audio" || matches!(media_type, "video/mp4" | "video/webm"),
            Self::Video => family == "video",
            Self::File => true,
        }
    }
}

/// The media type that the content of a file says; `None` for a file that is nothing of what providers take. A text is
/// of the type that it is declared as, where that is one of texts.
pub fn media_type_of(bytes: &[u8], declared: Option<&str>) -> Option<String> {
    let marked = MARKS.iter().find(|(at, mark, _)| has(bytes, *at, mark));
    let known = marked
        .map(|(_, _, known)| *known)
        .or_else(|| by_brand(bytes))
        .or_else(|| is_mpeg_audio(bytes).then_some("audio/mpeg"))
        .or_else(|| archived(bytes));
    if let Some(known) = known {
        return Some(known.to_owned());
    }
    let declared = declared.unwrap_or_default();
    let declared = declared.split(';').next().unwrap_or_default().trim();
    if is_office(bytes, declared) {
        return Some(declared.to_owned());
    }
    is_text(bytes).then(|| {
        let is_of_text = declared.starts_with("text/") || declared == "application/json";
        (if is_of_text { declared } else { "text/plain" }).to_ascii_lowercase()
    })
}

fn has(bytes: &[u8], at: usize, mark: &[u8]) -> bool {
    // What has its mark within belongs to one family.
    let is_in_family = at == 0 || bytes.starts_with(b"RIFF");
    is_in_family && bytes.get(at..).is_some_and(|rest| rest.starts_with(mark))
}

fn by_brand(bytes: &[u8]) -> Option<&'static str> {
    let brand = bytes.get(4..)?.strip_prefix(b"ftyp")?.get(..4)?;
    let known = BRANDS.iter().find(|(known, _)| *known == brand);
    Some(known.map_or("video/mp4", |(_, known)| known))
}

/// The sync of a frame of MPEG audio, layer III.
fn is_mpeg_audio(bytes: &[u8]) -> bool {
    bytes.first() == Some(&0xff)
        && bytes
            .get(1)
            .is_some_and(|byte| byte & 0xe6 == 0xe2 && byte & 0x18 != 0x08)
}

fn archived(bytes: &[u8]) -> Option<&'static str> {
    let bytes = bytes.starts_with(b"PK\x03\x04").then_some(bytes)?;
    let mut known = ARCHIVED.iter();
    known
        .find(|(folder, _)| memmem::find(bytes, folder).is_some())
        .map(|(_, known)| *known)
}

/// True for a container of documents that is declared as one of them: what is in it may stand far behind.
fn is_office(bytes: &[u8], declared: &str) -> bool {
    (bytes.starts_with(b"PK\x03\x04") && declared.contains("officedocument"))
        || (bytes.starts_with(b"\xd0\xcf\x11\xe0")
            && matches!(declared, "application/msword" | "application/vnd.ms-excel"))
}

/// True for UTF-8 without control characters at its beginning. A character may be cut off at the end.
fn is_text(bytes: &[u8]) -> bool {
    let head = bytes.get(..HEAD_BYTES).unwrap_or(bytes);
    let is_control = |byte: &u8| byte.is_ascii_control() && !b"\t\n\r\x0c".contains(byte);
    if head.is_empty() || head.iter().any(is_control) {
        return false;
    }
    match std::str::from_utf8(bytes) {
        Ok(_) => true,
        Err(error) => error.error_len().is_none(),
    }
}

#[cfg(test)]
mod tests {
    use super::{MediaKind, media_type_of};

    #[test]
    fn the_content_says_the_type_and_the_declaration_only_that_of_a_text() {
        let cases: [(&[u8], Option<&str>, Option<&str>); 16] = [
            (
                b"\x89PNG\r\n\x1a\n....",
                Some("text/html"),
                Some("image/png"),
            ),
            (b"\xff\xd8\xff\xe0....", None, Some("image/jpeg")),
            (b"RIFF\x01\x02\x03\x04WEBPVP8 ", None, Some("image/webp")),
            (b"RIFF\x01\x02\x03\x04WAVEfmt ", None, Some("audio/wav")),
            (b"........WEBP", None, Some("text/plain")),
            (b"\0\0\0\x18ftypheic", None, Some("image/heic")),
            (b"\0\0\0\x18ftypisom", None, Some("video/mp4")),
            (b"%PDF-1.7", Some("image/png"), Some("application/pdf")),
            (b"\xff\xfb\x90\x64", None, Some("audio/mpeg")),
            (b"ID3\x04", None, Some("audio/mpeg")),
            (
                b"<html>",
                Some("text/html; charset=utf-8"),
                Some("text/html"),
            ),
            (b"a,b\n1,2", Some("image/png"), Some("text/plain")),
            ("häuser".as_bytes(), None, Some("text/plain")),
            (b"\x7fELF\x02\x01", Some("image/png"), None),
            (
                b"PK\x03\x04....word/document.xml",
                None,
                Some("application/vnd.openxmlformats-officedocument.wordprocessingml.document"),
            ),
            (b"", Some("text/plain"), None),
        ];
        for (bytes, declared, expected) in cases {
            let found = media_type_of(bytes, declared);
            assert_eq!(found.as_deref(), expected, "{bytes:?}");
        }
    }

    #[test]
    fn a_part_takes_the_types_of_its_kind() {
        assert!(MediaKind::Image.takes("image/webp"));
        assert!(!MediaKind::Image.takes("text/html"));
        assert!(!MediaKind::Image.takes("application/pdf"));
        assert!(MediaKind::Audio.takes("audio/wav"));
        assert!(!MediaKind::Audio.takes("image/png"));
        assert!(MediaKind::File.takes("text/csv"));
    }
}
