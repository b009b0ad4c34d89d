//! A form that is read while it comes, for files that are never whole in memory.

use bytes::{Bytes, BytesMut};
use memchr::memmem;

use super::{HEAD_BYTES_MAX, PARTS_MAX, invalid, parameter};
use crate::error::TranslateError;

/// The head of a part.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PartHead {
    pub name: String,
    /// The name of its file; `None` for a part that is none.
    pub filename: Option<String>,
}

/// The next thing in a form.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum FormEvent {
    /// A part begins.
    Part(PartHead),
    /// Bytes of the part that was begun last.
    Data(Bytes),
    /// The last boundary: what follows belongs to no part.
    End,
}

/// The place of the reader in a form.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum At {
    /// Before the first boundary.
    Start,
    /// Behind a boundary.
    Boundary,
    Head,
    Content,
    End,
}

/// Reads a form from pieces of any length.
#[derive(Debug)]
pub struct FormStream {
    /// A line end, two dashes and the boundary.
    delimiter: Vec<u8>,
    pending: BytesMut,
    at: At,
    parts: usize,
}

impl FormStream {
    /// A form of that boundary, of which nothing has come.
    pub fn new(boundary: &str) -> Self {
        Self {
            delimiter: [b"\r\n--", boundary.as_bytes()].concat(),
            pending: BytesMut::new(),
            at: At::Start,
            parts: 0,
        }
    }

    /// Takes in the next bytes of the body.
    pub fn push(&mut self, data: &[u8]) {
        if self.at != At::End {
            self.pending.extend_from_slice(data);
        }
    }

    /// The next thing that is whole; `None` if more bytes are needed for it.
    ///
    /// # Errors
    /// If it is no form of that boundary, or one beyond the bounds of a form.
    pub fn next_event(&mut self) -> Result<Option<FormEvent>, TranslateError> {
        loop {
            match self.at {
                At::Start => {
                    if !self.take_first_boundary()? {
                        return Ok(None);
                    }
                    self.at = At::Boundary;
                }
                At::Boundary => {
                    let behind = self.pending.get(..2).unwrap_or(&self.pending);
                    match behind {
                        b"" | b"-" | b"\r" => return Ok(None),
                        b"--" => {
                            self.at = At::End;
                            self.pending.clear();
                            return Ok(Some(FormEvent::End));
                        }
                        b"\r\n" => self.at = At::Head,
                        _ => return Err(invalid("a boundary in it is not followed by a line end")),
                    }
                    let _ = self.pending.split_to(2);
                }
                At::Head => return Ok(self.take_head()?.map(FormEvent::Part)),
                At::Content => match self.take_content() {
                    Some(data) if data.is_empty() => {}
                    other => return Ok(other.map(FormEvent::Data)),
                },
                At::End => return Ok(None),
            }
        }
    }

    /// True once the last boundary was read.
    pub fn is_over(&self) -> bool {
        self.at == At::End
    }

    /// The first boundary has no line end before it.
    fn take_first_boundary(&mut self) -> Result<bool, TranslateError> {
        let first = &self.delimiter[2..];
        let known = self.pending.len().min(first.len());
        if self.pending[..known] != first[..known] {
            return Err(invalid(
                "it does not begin with the boundary that the header Content-Type names",
            ));
        }
        let is_whole = known == first.len();
        if is_whole {
            let _ = self.pending.split_to(known);
        }
        Ok(is_whole)
    }

    fn take_head(&mut self) -> Result<Option<PartHead>, TranslateError> {
        let bounded = self.pending.len().min(HEAD_BYTES_MAX);
        let Some(end) = memmem::find(&self.pending[..bounded], b"\r\n\r\n") else {
            return match bounded {
                HEAD_BYTES_MAX => Err(invalid("the head of a part has no end")),
                _ => Ok(None),
            };
        };
        self.parts += 1;
        if self.parts > PARTS_MAX {
            return Err(invalid("it has more than 64 parts"));
        }
        let head = self.pending.split_to(end + 4);
        self.at = At::Content;
        head_of(&String::from_utf8_lossy(&head)).map(Some)
    }

    /// Content up to a boundary, or what cannot be a part of one; empty once a boundary was taken, `None` if more bytes
    /// are needed.
    fn take_content(&mut self) -> Option<Bytes> {
        if let Some(end) = memmem::find(&self.pending, &self.delimiter) {
            if end > 0 {
                return Some(self.pending.split_to(end).freeze());
            }
            let _ = self.pending.split_to(self.delimiter.len());
            self.at = At::Boundary;
            return Some(Bytes::new());
        }
        // The begin of a boundary may stand at the end.
        let held = self.delimiter.len() - 1;
        let free = self
            .pending
            .len()
            .checked_sub(held)
            .filter(|free| *free > 0)?;
        Some(self.pending.split_to(free).freeze())
    }
}

fn head_of(head: &str) -> Result<PartHead, TranslateError> {
    let disposition = head.lines().find_map(|line| {
        let (name, value) = line.split_once(':')?;
        let is_disposition = name.trim().eq_ignore_ascii_case("content-disposition");
        is_disposition.then_some(value)
    });
    let disposition = disposition.unwrap_or_default();
    let Some(name) = parameter(disposition, "name") else {
        return Err(invalid("a part of it has no name"));
    };
    Ok(PartHead {
        name,
        filename: parameter(disposition, "filename"),
    })
}

#[cfg(test)]
mod tests {
    use super::{FormEvent, FormStream};

    const FORM: &str = "--b\r\nContent-Disposition: form-data; name=\"purpose\"\r\n\r\nbatch\r\n--b\r\n\
        Content-Disposition: form-data; name=file; filename=\"a.jsonl\"\r\n\r\n{}\r\n--c {}\n\r\n--b--\r\nrest";

    /// Name, name of the file, content.
    type Part = (String, String, String);

    /// The parts of a form that comes in pieces of `size` bytes.
    fn read(form: &[u8], size: usize) -> Result<(Vec<Part>, bool), String> {
        let mut stream = FormStream::new("b");
        let mut parts: Vec<Part> = vec![];
        for piece in form.chunks(size) {
            stream.push(piece);
            while let Some(event) = stream.next_event().map_err(|error| error.to_string())? {
                match event {
                    FormEvent::Part(head) => {
                        parts.push((head.name, head.filename.unwrap_or_default(), String::new()));
                    }
                    FormEvent::Data(data) => parts
                        .last_mut()
                        .unwrap()
                        .2
                        .push_str(std::str::from_utf8(&data).unwrap()),
                    FormEvent::End => {}
                }
            }
        }
        Ok((parts, stream.is_over()))
    }

    #[test]
    fn a_form_reads_alike_however_its_bytes_come() {
        let part = |name: &str, file: &str, content: &str| {
            (name.to_owned(), file.to_owned(), content.to_owned())
        };
        let expected = vec![
            part("purpose", "", "batch"),
            part("file", "a.jsonl", "{}\r\n--c {}\n"),
        ];
        for size in 1..=FORM.len() {
            assert_eq!(
                read(FORM.as_bytes(), size),
                Ok((expected.clone(), true)),
                "{size}"
            );
        }
    }

    #[test]
    fn a_form_without_its_end_is_not_over() {
        for end in 0..FORM.len() - "--\r\nrest".len() {
            let (_, is_over) = read(&FORM.as_bytes()[..end], 7).unwrap();
            assert!(!is_over, "{end}");
        }
    }

    #[test]
    fn what_is_no_form_is_refused_as_soon_as_it_shows() {
        let many = "--b\r\nContent-Disposition: form-data; name=a\r\n\r\n\r\n".repeat(65);
        let long = format!("--b\r\n{}", "a".repeat(super::HEAD_BYTES_MAX));
        for form in ["{", "--c", "--b\r\nx: y\r\n\r\n", "--bb", &many, &long] {
            assert!(
                read(form.as_bytes(), 5).is_err(),
                "{}",
                &form[..4.min(form.len())]
            );
        }
    }
}
