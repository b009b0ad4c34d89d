//! Forms of parts, as far as the sandbox reads them.

use memchr::memmem;

/// The parts of a form.
pub(crate) struct Form<'a> {
    parts: Vec<Part<'a>>,
}

struct Part<'a> {
    name: &'a str,
    is_file: bool,
    value: &'a [u8],
}

impl<'a> Form<'a> {
    /// A form that begins with its boundary; `None` for a body that is none.
    pub(crate) fn read(body: &'a [u8]) -> Option<Self> {
        let end = memmem::find(body.strip_prefix(b"--")?, b"\r\n")?;
        let delimiter = [b"\r\n", body.get(..end + 2)?].concat();
        let mut rest = body.get(end + 2..)?;
        let mut parts = Vec::new();
        while let Some(inner) = rest.strip_prefix(b"\r\n") {
            let head_end = memmem::find(inner, b"\r\n\r\n")?;
            let (head, value) = (inner.get(..head_end)?, inner.get(head_end + 4..)?);
            let length = memmem::find(value, &delimiter)?;
            let head = std::str::from_utf8(head).ok()?;
            let name = head.split("name=\"").nth(1)?.split('"').next()?;
            parts.push(Part {
                name,
                is_file: head.contains("filename"),
                value: value.get(..length)?,
            });
            rest = value.get(length + delimiter.len()..)?;
        }
        Some(Self { parts })
    }

    /// The text of a part.
    pub(crate) fn text(&self, name: &str) -> Option<&'a str> {
        let part = self.parts.iter().find(|part| part.name == name)?;
        std::str::from_utf8(part.value).ok()
    }

    /// The file of that name.
    pub(crate) fn file(&self, name: &str) -> Option<&'a [u8]> {
        let mut parts = self.parts.iter();
        let part = parts.find(|part| part.is_file && part.name == name)?;
        Some(part.value)
    }

    /// The number of files of that name.
    pub(crate) fn files(&self, name: &str) -> u64 {
        let parts = self.parts.iter();
        parts
            .filter(|part| part.is_file && part.name == name)
            .count() as u64
    }
}
