//! Pictures.

/// The size of a picture, where its head says it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Picture {
    pub(crate) width: u32,
    pub(crate) height: u32,
}

/// The picture that a file is: PNG, JPEG, WebP or GIF; `None` for anything else, and for one whose head is cut off.
pub(crate) fn picture(bytes: &[u8]) -> Option<Picture> {
    if let Some(png) = bytes.strip_prefix(b"\x89PNG\r\n\x1a\n") {
        let head = png.get(4..)?.strip_prefix(b"IHDR")?;
        return Some(Picture {
            width: big_32(head, 0)?,
            height: big_32(head, 4)?,
        });
    }
    if bytes.starts_with(b"GIF87a") || bytes.starts_with(b"GIF89a") {
        return Some(Picture {
            width: little_16(bytes, 6)?,
            height: little_16(bytes, 8)?,
        });
    }
    if bytes.starts_with(b"\xff\xd8\xff") {
        return jpeg(bytes);
    }
    let webp = bytes.strip_prefix(b"RIFF")?.get(4..)?;
    webp_size(webp.strip_prefix(b"WEBP")?)
}

/// Walks the segments up to the one that says the size.
fn jpeg(bytes: &[u8]) -> Option<Picture> {
    let mut at = 2;
    loop {
        let marker = *bytes.get(at + 1).filter(|_| bytes.get(at) == Some(&0xff))?;
        match marker {
            0xff => at += 1,
            // Those without a length.
            0x01 | 0xd0..=0xd8 => at += 2,
            0xc0..=0xc3 | 0xc5..=0xc7 | 0xc9..=0xcb | 0xcd..=0xcf => {
                return Some(Picture {
                    height: big_16(bytes, at + 5)?,
                    width: big_16(bytes, at + 7)?,
                });
            }
            _ => at += 2 + usize::try_from(big_16(bytes, at + 2)?).ok()?,
        }
    }
}

fn webp_size(chunk: &[u8]) -> Option<Picture> {
    let data = chunk.get(8..)?;
    match chunk.get(..4)? {
        b"VP8X" => Some(Picture {
            width: 1 + little_24(data, 4)?,
            height: 1 + little_24(data, 7)?,
        }),
        b"VP8 " => Some(Picture {
            width: little_16(data, 6)? & 0x3fff,
            height: little_16(data, 8)? & 0x3fff,
        }),
        b"VP8L" => {
            let low = little_16(data, 1)?;
            let high = little_16(data, 3)?;
            let bits = low | high << 16;
            Some(Picture {
                width: 1 + (bits & 0x3fff),
                height: 1 + (bits >> 14 & 0x3fff),
            })
        }
        _ => None,
    }
}

fn byte(bytes: &[u8], at: usize) -> Option<u32> {
    bytes.get(at).copied().map(u32::from)
}

fn little_16(bytes: &[u8], at: usize) -> Option<u32> {
    Some(byte(bytes, at)? | byte(bytes, at + 1)? << 8)
}

fn little_24(bytes: &[u8], at: usize) -> Option<u32> {
    Some(little_16(bytes, at)? | byte(bytes, at + 2)? << 16)
}

fn big_16(bytes: &[u8], at: usize) -> Option<u32> {
    Some(byte(bytes, at)? << 8 | byte(bytes, at + 1)?)
}

fn big_32(bytes: &[u8], at: usize) -> Option<u32> {
    Some(big_16(bytes, at)? << 16 | big_16(bytes, at + 2)?)
}

#[cfg(test)]
mod tests {
    use super::{Picture, picture};

    #[test]
    fn the_size_of_a_picture_stands_in_its_head() {
        let png = b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR\0\0\x04\0\0\0\x02\0";
        let gif = b"GIF89a\x10\0\x20\0";
        let jpeg = b"\xff\xd8\xff\xe0\0\x04ab\xff\xc0\0\x11\x08\0\x30\0\x40";
        let vp8 = b"RIFF\0\0\0\0WEBPVP8 \0\0\0\0\0\0\0\x9d\x01\x2a\x40\0\x30\0";
        let vp8x = b"RIFF\0\0\0\0WEBPVP8X\x0a\0\0\0\0\0\0\0\x3f\0\0\x2f\0\0";
        let vp8l = b"RIFF\0\0\0\0WEBPVP8L\0\0\0\0\x2f\x3f\xc0\x0b\x00";
        let size = |width, height| Some(Picture { width, height });
        for (bytes, expected) in [
            (&png[..], size(1024, 512)),
            (gif, size(16, 32)),
            (jpeg, size(64, 48)),
            (vp8, size(64, 48)),
            (vp8x, size(64, 48)),
            (vp8l, size(64, 48)),
            (b"\x89PNG\r\n\x1a\n\0\0", None),
            (b"\xff\xd8\xff", None),
            (b"%PDF-1.7", None),
            (b"", None),
        ] {
            assert_eq!(picture(bytes), expected, "{bytes:?}");
        }
    }
}
