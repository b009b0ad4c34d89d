//! Values of headers, cut from one buffer: one that is made alone costs two allocations, and a response has a dozen.

use bytes::{BufMut, BytesMut};
use http::HeaderValue;

/// Room for the values of one response; more is taken where they need more.
const ROOM: usize = 192;

/// Values that are so common that they are no text of their own.
const DIGITS: [&str; 10] = ["0", "1", "2", "3", "4", "5", "6", "7", "8", "9"];

/// The text that the values of one response are cut from.
#[derive(Debug)]
pub struct HeaderText(BytesMut);

impl Default for HeaderText {
    fn default() -> Self {
        Self(BytesMut::with_capacity(ROOM))
    }
}

impl HeaderText {
    /// A number, in digits.
    pub fn number(&mut self, number: u64) -> HeaderValue {
        let digit = usize::try_from(number).ok().and_then(|at| DIGITS.get(at));
        if let Some(digit) = digit {
            return HeaderValue::from_static(digit);
        }
        self.digits(number);
        self.cut().expect("digits stand in a header")
    }

    /// A wait in OpenAI's notation: `12s`.
    pub fn seconds(&mut self, seconds: u64) -> HeaderValue {
        self.digits(seconds);
        self.0.put_u8(b's');
        self.cut().expect("digits and a letter stand in a header")
    }

    /// A text; `None` if it may not stand in a header.
    pub fn text(&mut self, text: &str) -> Option<HeaderValue> {
        self.0.put_slice(text.as_bytes());
        self.cut()
    }

    fn digits(&mut self, number: u64) {
        self.0
            .put_slice(itoa::Buffer::new().format(number).as_bytes());
    }

    fn cut(&mut self) -> Option<HeaderValue> {
        HeaderValue::from_maybe_shared(self.0.split().freeze()).ok()
    }
}

#[cfg(test)]
mod tests {
    use super::HeaderText;

    #[test]
    fn values_of_one_text_do_not_run_together() {
        let mut text = HeaderText::default();
        let values = [
            text.number(0),
            text.number(9),
            text.number(10),
            text.seconds(7),
            text.text("req_1").unwrap(),
            text.number(u64::MAX),
        ];
        assert_eq!(
            values,
            ["0", "9", "10", "7s", "req_1", "18446744073709551615"]
        );
        assert_eq!(text.text("a\nb"), None);
        assert_eq!(text.text("after").unwrap(), "after");
    }

    #[test]
    fn more_than_there_is_room_for_is_taken() {
        let mut text = HeaderText::default();
        let values: Vec<_> = (0..100).map(|one| text.number(1_000_000 + one)).collect();
        assert_eq!(values[0], "1000000");
        assert_eq!(values[99], "1000099");
    }
}
