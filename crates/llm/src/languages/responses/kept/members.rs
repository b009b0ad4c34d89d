//! Members of an object, edited where they stand.

use bytes::Bytes;

use crate::json::{Cursor, JsonError, ValueSpan, splice};

/// The object with these values, each JSON, for its members; one that it has not is added. `None` if the text is no object.
pub fn with_members(object: &[u8], members: &[(&str, &[u8])]) -> Option<Bytes> {
    let mut places: Vec<Option<ValueSpan>> = vec![None; members.len()];
    let mut first = 0;
    let mut is_empty = true;
    let read: Result<(), JsonError> = Cursor::new(object).object(|inner, key| {
        if std::mem::take(&mut is_empty) {
            first = key.start();
        }
        let _ = inner.kind()?;
        let start = inner.at();
        inner.skip()?;
        let wanted = members
            .iter()
            .position(|(name, _)| name.as_bytes() == &*key.bytes());
        if let Some(place) = wanted.and_then(|wanted| places.get_mut(wanted)) {
            *place = Some(start..inner.at());
        }
        Ok(())
    });
    if read.is_err() || is_empty {
        return None;
    }
    let edit = |((name, value), place): (&(&str, &[u8]), Option<ValueSpan>)| match place {
        Some(span) => (span, value.to_vec()),
        None => {
            let added = [b"\"", name.as_bytes(), b"\":", value, b","].concat();
            (first..first, added)
        }
    };
    let mut edits: Vec<_> = members.iter().zip(places).map(edit).collect();
    edits.sort_by_key(|(span, _)| span.start);
    Some(splice(object, &edits))
}

#[cfg(test)]
mod tests {
    use super::with_members;

    #[test]
    fn members_are_edited_where_they_stand_or_added_before_all() {
        let edited = |text: &str| {
            let edited = with_members(text.as_bytes(), &[("id", b"1"), ("store", b"true")]);
            edited.map(|text| String::from_utf8(text.to_vec()).unwrap())
        };
        for (text, expected) in [
            (
                r#"{"id":"x","store":null}"#,
                Some(r#"{"id":1,"store":true}"#),
            ),
            (
                r#"{ "a": {"id":2} }"#,
                Some(r#"{ "id":1,"store":true,"a": {"id":2} }"#),
            ),
            ("{}", None),
            ("[]", None),
        ] {
            assert_eq!(edited(text).as_deref(), expected, "{text}");
        }
    }
}
