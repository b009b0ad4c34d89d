//! Fonts that readers of PDF bring: Helvetica for the Latin script, and for what it has not the fonts that the format names for
//! Chinese and Korean.

use pdf_writer::types::{CidFontType, FontFlags, SystemInfo};
use pdf_writer::{Name, Pdf, Rect, Ref, Str};

/// A font of a document.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Face {
    Regular,
    Bold,
    /// Chinese of both scripts, Japanese, Cyrillic and Greek.
    Chinese,
    Korean,
}

const FACES: [Face; 4] = [Face::Regular, Face::Bold, Face::Chinese, Face::Korean];
/// The objects of a font: itself, what it is made of, and its description.
const OBJECTS: i32 = 3;

impl Face {
    pub(super) fn name(self) -> Name<'static> {
        Name(match self {
            Self::Regular => b"F1",
            Self::Bold => b"F2",
            Self::Chinese => b"F3",
            Self::Korean => b"F4",
        })
    }

    fn base(self) -> Name<'static> {
        Name(match self {
            Self::Regular => b"Helvetica",
            Self::Bold => b"Helvetica-Bold",
            Self::Chinese => b"STSong-Light",
            Self::Korean => b"HYSMyeongJo-Medium",
        })
    }
}

/// The fonts with their objects, the first of which has the number `first`.
pub(super) fn references(first: i32) -> impl Iterator<Item = (Face, Ref)> {
    let numbers = (0..).map(move |index| Ref::new(first + index * OBJECTS));
    FACES.into_iter().zip(numbers)
}

pub(super) fn write(pdf: &mut Pdf, face: Face, id: Ref) {
    match face {
        Face::Regular | Face::Bold => {
            pdf.type1_font(id)
                .base_font(face.base())
                .encoding_predefined(Name(b"WinAnsiEncoding"));
        }
        Face::Chinese => write_cid(pdf, face, id, (Name(b"UniGB-UTF16-H"), b"GB1")),
        Face::Korean => write_cid(pdf, face, id, (Name(b"UniKS-UTF16-H"), b"Korea1")),
    }
}

/// A font of characters that are told by UTF-16.
fn write_cid(pdf: &mut Pdf, face: Face, id: Ref, (encoding, ordering): (Name<'_>, &[u8])) {
    let (descendant, descriptor) = (Ref::new(id.get() + 1), Ref::new(id.get() + 2));
    pdf.type0_font(id)
        .base_font(face.base())
        .encoding_predefined(encoding)
        .descendant_font(descendant);
    pdf.cid_font(descendant)
        .subtype(CidFontType::Type0)
        .base_font(face.base())
        .system_info(SystemInfo {
            registry: Str(b"Adobe"),
            ordering: Str(ordering),
            supplement: 2,
        })
        .font_descriptor(descriptor)
        .default_width(1_000.0);
    pdf.font_descriptor(descriptor)
        .name(face.base())
        .flags(FontFlags::SYMBOLIC)
        .bbox(Rect::new(-25.0, -254.0, 1_000.0, 880.0))
        .italic_angle(0.0)
        .ascent(880.0)
        .descent(-120.0)
        .cap_height(880.0)
        .stem_v(93.0);
}
