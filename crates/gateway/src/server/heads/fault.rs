//! Faults of heads, and the words for their clients.

use crate::error::ApiError;

/// The reason that the head of a request is refused for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(in crate::server) enum HeadFault {
    BareLineFeed,
    FoldedLine,
    Host,
    Length,
    Coding,
    CodingInHttp10,
    LengthAndCoding,
    /// hyper could not read it.
    Malformed,
    TooLarge,
    UriTooLong,
}

impl HeadFault {
    /// The fault that hyper responds to with a head of its own, which has no body.
    pub(in crate::server) fn of_hyper(response: &[u8]) -> Self {
        match response.get(9..12) {
            Some(b"431") => Self::TooLarge,
            Some(b"414") => Self::UriTooLong,
            _ => Self::Malformed,
        }
    }
}

impl From<HeadFault> for ApiError {
    fn from(fault: HeadFault) -> Self {
        let detail = match fault {
            HeadFault::TooLarge => return Self::headers_too_large(),
            HeadFault::UriTooLong => return Self::uri_too_long(),
            HeadFault::BareLineFeed => {
                "A line of the request's head ends with a line feed alone. Lines end with CR LF."
            }
            HeadFault::FoldedLine => "A header of the request goes on in a second line.",
            HeadFault::Host => {
                "The request must have exactly one Host header, with a host and perhaps a port."
            }
            HeadFault::Length => "The request's Content-Length is not one whole number.",
            HeadFault::Coding => {
                "The request's Transfer-Encoding is not 'chunked', once. No other transfer coding is supported."
            }
            HeadFault::CodingInHttp10 => "HTTP/1.0 has no Transfer-Encoding.",
            HeadFault::LengthAndCoding => {
                "The request has both Content-Length and Transfer-Encoding. Send one of them."
            }
            HeadFault::Malformed => "The request's head is not well-formed HTTP/1.1.",
        };
        Self::malformed_request(detail)
    }
}
