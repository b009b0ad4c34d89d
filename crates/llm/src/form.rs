//! Forms of parts (`multipart/form-data`, RFC 7578): where each part stands in a body, without a copy of any.

pub mod stream;

use memchr::memmem;

use crate::error::TranslateError;
use crate::json::ValueSpan;

/// Parts of one form.
const PARTS_MAX: usize = 64;
/// The head of one part: its name, and that of its file.
const HEAD_BYTES_MAX: usize = 8 * 1024;
/// Longest boundary (RFC 2046).
const BOUNDARY_BYTES_MAX: usize = 70;

/// A part of a form.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct Part {
    pub(crate) name: String,
    /// The span of its value.
    pub(crate) span: ValueSpan,
}

/// Checks that a body is a form of the boundary that its Content-Type names.
///
/// # Errors
/// If the header names none, or another.
pub fn check_boundary(content_type: &str, body: &[u8]) -> Result<(), TranslateError> {
    let Some(boundary) = boundary_of(content_type) else {
        return Err(invalid(
            "the header Content-Type is not multipart/form-data with a boundary",
        ));
    };
    match own_boundary(body) {
        Some(own) if own == boundary.as_bytes() => Ok(()),
        _ => Err(invalid(
            "it does not begin with the boundary that the header Content-Type names",
        )),
    }
}

/// True for the type of a form.
pub fn is_form(content_type: &str) -> bool {
    let kind = content_type.split(';').next().unwrap_or_default();
    kind.trim().eq_ignore_ascii_case("multipart/form-data")
}

/// The boundary of a Content-Type; `None` if it is no form, or has none that can be.
pub fn boundary_of(content_type: &str) -> Option<&str> {
    let mut pieces = content_type.split(';');
    pieces.next().filter(|kind| is_form(kind))?;
    let named = pieces.find_map(|piece| {
        let (name, value) = piece.split_once('=')?;
        let is_boundary = name.trim().eq_ignore_ascii_case("boundary");
        is_boundary.then(|| value.trim().trim_matches('"'))
    });
    named.filter(|name| (1..=BOUNDARY_BYTES_MAX).contains(&name.len()))
}

/// The boundary that a body begins with.
fn own_boundary(body: &[u8]) -> Option<&[u8]> {
    let line = body.strip_prefix(b"--")?;
    let head = line.get(..BOUNDARY_BYTES_MAX + 2).unwrap_or(line);
    let end = memmem::find(head, b"\r\n")?;
    line.get(..end).filter(|boundary| !boundary.is_empty())
}

/// The parts of a form that begins with its boundary.
///
/// # Errors
/// If it is none, has no end, or has too many parts.
pub(crate) fn parts(body: &[u8]) -> Result<Vec<Part>, TranslateError> {
    let Some(boundary) = own_boundary(body) else {
        return Err(invalid("it is no form of parts"));
    };
    let delimiter = [b"\r\n--", boundary].concat();
    let finder = memmem::Finder::new(&delimiter);
    let mut parts = Vec::new();
    let mut at = boundary.len() + 2;
    loop {
        let rest = body.get(at..).unwrap_or_default();
        if rest.starts_with(b"--") {
            return Ok(parts);
        }
        if !rest.starts_with(b"\r\n") {
            return Err(invalid("a boundary in it is not followed by a line end"));
        }
        if parts.len() == PARTS_MAX {
            return Err(invalid("it has more than 64 parts"));
        }
        let start = at + 2;
        let inner = body.get(start..).unwrap_or_default();
        let head = head_of(inner)?;
        let value = start + head.len() + 4;
        let behind = body.get(value..).unwrap_or_default();
        let Some(length) = finder.find(behind) else {
            return Err(invalid("its last part has no end"));
        };
        parts.push(part(head, value..value + length)?);
        at = value + length + delimiter.len();
    }
}

/// The lines of a part's head.
fn head_of(inner: &[u8]) -> Result<&[u8], TranslateError> {
    let bounded = inner.get(..HEAD_BYTES_MAX).unwrap_or(inner);
    let end = memmem::find(bounded, b"\r\n\r\n");
    end.and_then(|end| inner.get(..end))
        .ok_or_else(|| invalid("the head of a part has no end"))
}

fn part(head: &[u8], span: ValueSpan) -> Result<Part, TranslateError> {
    let head = String::from_utf8_lossy(head);
    let disposition = head.lines().find_map(|line| {
        let (name, value) = line.split_once(':')?;
        name.trim()
            .eq_ignore_ascii_case("content-disposition")
            .then_some(value)
    });
    let disposition = disposition.unwrap_or_default();
    let Some(name) = parameter(disposition, "name") else {
        return Err(invalid("a part of it has no name"));
    };
    Ok(Part { name, span })
}

/// A parameter of a disposition, quoted or not.
fn parameter(disposition: &str, name: &str) -> Option<String> {
    let mut rest = disposition;
    loop {
        let (_, behind) = rest.split_once(';')?;
        let (own, value) = behind.split_once('=')?;
        if own.trim().eq_ignore_ascii_case(name) {
            return Some(text_of(value));
        }
        // A semicolon in a quoted text ends nothing.
        rest = match value.trim_start().strip_prefix('"') {
            Some(quoted) => quoted.split_once('"')?.1,
            None => value,
        };
    }
}

fn text_of(value: &str) -> String {
    let value = value.trim_start();
    match value.strip_prefix('"') {
        Some(quoted) => quoted.split('"').next().unwrap_or_default().to_owned(),
        None => value
            .split(';')
            .next()
            .unwrap_or_default()
            .trim()
            .to_owned(),
    }
}

/// The refusal of a form.
pub(crate) fn invalid(problem: &'static str) -> TranslateError {
    TranslateError::Invalid {
        param: "body".to_owned(),
        problem,
    }
}

#[cfg(test)]
mod tests {
    use super::{check_boundary, parts};

    const FORM: &str = "--b\r\nContent-Disposition: form-data; name=\"model\"\r\n\r\nm-1\r\n--b\r\n\
        content-disposition: form-data; filename=\"a;name=x.png\"; name=file\r\nContent-Type: image/png\r\n\r\n\
        \r\n--c bytes\r\n--b--\r\n";

    #[test]
    fn each_part_is_found_with_the_place_of_its_value() {
        let read = parts(FORM.as_bytes()).unwrap();
        let shown: Vec<(&str, &str)> = read
            .iter()
            .map(|part| (&*part.name, &FORM[part.span.clone()]))
            .collect();
        assert_eq!(shown, [("model", "m-1"), ("file", "\r\n--c bytes")]);
    }

    #[test]
    fn a_boundary_is_the_one_that_the_header_names() {
        for (header, is_sound) in [
            ("multipart/form-data; boundary=b", true),
            ("Multipart/Form-Data; charset=x; boundary=\"b\"", true),
            ("multipart/form-data; boundary=c", false),
            ("multipart/form-data", false),
            ("application/json; boundary=b", false),
        ] {
            let checked = check_boundary(header, FORM.as_bytes());
            assert_eq!(checked.is_ok(), is_sound, "{header}");
        }
    }

    #[test]
    fn what_is_no_form_is_refused() {
        let many = format!(
            "{}--b--",
            "--b\r\nContent-Disposition: form-data; name=a\r\n\r\n\r\n".repeat(65)
        );
        for body in [
            "",
            "{}",
            "--b\r\n",
            "--b\r\nContent-Disposition: form-data; name=a\r\n\r\nno end",
            "--b\r\nContent-Disposition: form-data\r\n\r\n\r\n--b--",
            "--b\r\nno head",
            &many,
        ] {
            assert!(parts(body.as_bytes()).is_err(), "{body:?}");
        }
    }
}
