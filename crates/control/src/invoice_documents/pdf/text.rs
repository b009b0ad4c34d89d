//! Text on a page: which font has a character, how wide a line is, and where it is broken.

use pdf_writer::{Content, Str};

use super::fonts::Face;

/// The widths of Helvetica from the space to the tilde, in thousandths of its size.
const WIDTHS: [u16; 95] = [
    278, 278, 355, 556, 556, 889, 667, 191, 333, 333, 389, 584, 278, 333, 278, 278, 556, 556, 556,
    556, 556, 556, 556, 556, 556, 556, 278, 278, 584, 584, 584, 556, 1015, 667, 667, 722, 722, 667,
    611, 778, 722, 278, 500, 667, 556, 833, 722, 778, 667, 778, 722, 667, 611, 722, 667, 944, 667,
    667, 611, 278, 278, 278, 469, 556, 333, 556, 556, 500, 556, 556, 278, 556, 556, 222, 222, 500,
    222, 833, 556, 556, 556, 556, 333, 500, 278, 556, 500, 722, 500, 500, 500, 334, 260, 334, 584,
];
/// The width of other letters of the Latin script: as most have.
const LATIN_WIDTH: u16 = 556;
const WHOLE_WIDTH: u16 = 1_000;
/// The width of bold letters by that of others, about.
const BOLDER: f32 = 1.08;

/// Puts texts on a page.
pub(super) struct Pen<'a> {
    content: &'a mut Content,
}

impl<'a> Pen<'a> {
    pub(super) fn new(content: &'a mut Content) -> Self {
        Self { content }
    }

    /// Writes a text from `left` on.
    pub(super) fn write(&mut self, text: &str, (left, bottom): (f32, f32), size: f32, face: Face) {
        let mut at = left;
        for (face, part) in runs(text, face) {
            self.content
                .begin_text()
                .set_font(face.name(), size)
                .next_line(at, bottom)
                .show(Str(&encoded(&part, face)))
                .end_text();
            at += width(&part, size);
        }
    }

    /// Writes a text up to `right`.
    pub(super) fn write_to(
        &mut self,
        text: &str,
        (right, bottom): (f32, f32),
        size: f32,
        face: Face,
    ) {
        let wider = if face == Face::Bold { BOLDER } else { 1.0 };
        let left = right - width(text, size) * wider;
        self.write(text, (left, bottom), size, face);
    }

    /// A line across.
    pub(super) fn rule(&mut self, left: f32, right: f32, at: f32) {
        self.content
            .set_line_width(0.6)
            .move_to(left, at)
            .line_to(right, at)
            .stroke();
    }
}

/// The text in parts of one font each; what is Latin is set in `latin`.
fn runs(text: &str, latin: Face) -> Vec<(Face, String)> {
    let mut runs: Vec<(Face, String)> = Vec::new();
    for one in text.chars() {
        let face = face_of(one, latin);
        match runs.last_mut() {
            Some((last, part)) if *last == face => part.push(one),
            _ => runs.push((face, one.to_string())),
        }
    }
    runs
}

fn face_of(one: char, latin: Face) -> Face {
    match one {
        _ if is_latin(one) => latin,
        '\u{1100}'..='\u{11ff}' | '\u{3130}'..='\u{318f}' | '\u{ac00}'..='\u{d7af}' => Face::Korean,
        _ => Face::Chinese,
    }
}

/// Returns whether the encoding of Helvetica has the character, at its own number.
fn is_latin(one: char) -> bool {
    matches!(one, ' '..='~' | '\u{a1}'..='\u{ac}' | '\u{ae}'..='\u{ff}')
}

fn encoded(part: &str, face: Face) -> Vec<u8> {
    match face {
        Face::Regular | Face::Bold => part
            .chars()
            .filter_map(|one| u8::try_from(u32::from(one)).ok())
            .collect(),
        Face::Chinese | Face::Korean => part.encode_utf16().flat_map(u16::to_be_bytes).collect(),
    }
}

/// The width of a text, in points.
pub(super) fn width(text: &str, size: f32) -> f32 {
    let sum: f32 = text.chars().map(|one| f32::from(width_of(one))).sum();
    sum / 1_000.0 * size
}

fn width_of(one: char) -> u16 {
    let place = (one as usize).checked_sub(32);
    match place.and_then(|place| WIDTHS.get(place)) {
        Some(width) => *width,
        None if is_latin(one) => LATIN_WIDTH,
        None => WHOLE_WIDTH,
    }
}

/// The text in lines that are no wider than `most`, broken at spaces where there are some.
pub(super) fn wrapped(text: &str, most: f32, size: f32) -> Vec<String> {
    let mut lines = vec![String::new()];
    for word in text.split_inclusive(' ') {
        push(&mut lines, word, most, size);
    }
    lines.retain(|line| !line.trim().is_empty());
    lines
}

fn push(lines: &mut Vec<String>, word: &str, most: f32, size: f32) {
    let Some(line) = lines.last_mut() else { return };
    if width(line, size) + width(word.trim_end(), size) <= most {
        line.push_str(word);
        return;
    }
    // A word that no line has room for, such as a sentence in Chinese, goes on where the line ends.
    if width(word.trim_end(), size) <= most {
        lines.push(word.to_owned());
        return;
    }
    for one in word.chars() {
        match lines.last_mut() {
            Some(line) if width(line, size) + width(&one.to_string(), size) <= most => {
                line.push(one);
            }
            _ => lines.push(one.to_string()),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::{Face, encoded, runs, width, wrapped};

    #[test]
    fn each_character_is_set_in_a_font_that_has_it() {
        let parts = runs("Zoë 云信 (한글)", Face::Regular);
        let faces: Vec<(Face, &str)> = parts
            .iter()
            .map(|(face, part)| (*face, part.as_str()))
            .collect();
        assert_eq!(
            faces,
            [
                (Face::Regular, "Zoë "),
                (Face::Chinese, "云信"),
                (Face::Regular, " ("),
                (Face::Korean, "한글"),
                (Face::Regular, ")"),
            ]
        );
        assert_eq!(encoded("Zoë", Face::Regular), [b'Z', b'o', 0xeb]);
        assert_eq!(encoded("云", Face::Chinese), [0x4e, 0x91]);
        assert_eq!(encoded("𠮷", Face::Chinese), [0xd8, 0x42, 0xdf, 0xb7]);
    }

    #[test]
    fn lines_are_broken_at_spaces_and_no_line_is_too_wide() {
        let text = "a street with a long name 上海市浦东新区世纪大道一百号环球金融中心二十五层 12345678901234567890123456789012345678901234567890";
        let lines = wrapped(text, 100.0, 10.0);
        assert!(
            lines
                .iter()
                .all(|line| width(line.trim_end(), 10.0) <= 100.0),
            "{lines:?}"
        );
        assert_eq!(lines.concat(), text, "nothing is lost");
        assert_eq!(wrapped("", 100.0, 10.0), Vec::<String>::new());
    }
}
