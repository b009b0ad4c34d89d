//! The course of one stream: which event comes next, when it is due, and where it breaks.

use std::time::Duration;

use bytes::{BufMut, BytesMut};
use http::StatusCode;
use serde_json::value::RawValue;
use tokio::time::Instant;

use crate::directives::{Directives, Fault};
use crate::errors::ApiError;
use crate::frames::Frames;
use crate::reply::{Choice, Cursor, Piece};

pub(crate) const HTML: &str = "<html><body><h1>502 Bad Gateway</h1></body></html>";

pub(crate) struct Script {
    frames: Frames,
    cursors: Vec<Cursor>,
    turn: usize,
    usage: Option<Box<RawValue>>,
    fault: Option<Fault>,
    after: u64,
    huge_bytes: usize,
    pace: Option<Pace>,
    sent: u64,
}

/// The pace of words: when each is due. Reckoned from the start, so that lateness does not add up.
struct Pace {
    first: Instant,
    per_word: Duration,
}

pub(crate) enum Step {
    Wrote,
    Over(Ending),
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Ending {
    /// As if all were well.
    Clean,
    /// The connection is closed although the response is not complete.
    Close,
    /// Breaks off with a TCP reset.
    Reset,
    /// Nothing more comes, and the connection stays open.
    Silence,
}

impl Script {
    pub(crate) fn new(
        frames: Frames,
        choices: Vec<Choice>,
        with_role: bool,
        usage: Option<Box<RawValue>>,
        directives: &Directives,
    ) -> Self {
        let cursors = choices
            .into_iter()
            .map(|choice| Cursor::new(choice, with_role))
            .collect();
        Self {
            frames,
            cursors,
            turn: 0,
            usage,
            fault: directives.fault,
            after: directives.after,
            huge_bytes: directives.bytes,
            pace: None,
            sent: 0,
        }
    }

    /// Starts the clock, if the stream needs one.
    pub(crate) fn start(&mut self, directives: &Directives) {
        if directives.ttft_ms > 0 || directives.words_per_second > 0.0 {
            self.pace = Some(Pace {
                first: Instant::now() + Duration::from_millis(directives.ttft_ms),
                per_word: time_per_word(directives),
            });
        }
    }

    pub(crate) fn is_paced(&self) -> bool {
        self.pace.is_some()
    }

    /// The number of `data:` events written.
    pub(crate) fn sent(&self) -> u64 {
        self.sent
    }

    /// The time at which the next event is due; `None` if at once.
    pub(crate) fn due(&self) -> Option<Instant> {
        let pace = self.pace.as_ref()?;
        let (words, is_word) = self
            .cursors
            .get(self.turn)
            .map_or((0, false), Cursor::position);
        Some(pace.first + pace.per_word * (words + u32::from(is_word)))
    }

    /// Writes the next event.
    pub(crate) fn step(&mut self, out: &mut BytesMut) -> Step {
        let Some(cursor) = self.cursors.get(self.turn) else {
            return self.conclude(out);
        };
        let breaks_here = self.sent >= self.after || cursor.is_at_finish();
        if breaks_here && let Some(step) = self.break_off(out) {
            return step;
        }
        self.write_piece(out);
        self.pass_turn();
        Step::Wrote
    }

    fn write_piece(&mut self, out: &mut BytesMut) {
        let (frames, index) = (&mut self.frames, self.turn);
        if let Some(cursor) = self.cursors.get_mut(index) {
            cursor.advance(|piece| frames.piece(out, index, &piece));
        }
        self.sent += 1;
    }

    /// Choices take turns; after the last of them `turn` points past the end.
    fn pass_turn(&mut self) {
        let count = self.cursors.len();
        let mut following = (1..=count).map(|step| (self.turn + step) % count);
        let next = following.find(|index| self.cursors.get(*index).is_some_and(|c| !c.is_ended()));
        self.turn = next.unwrap_or(count);
    }

    fn conclude(&mut self, out: &mut BytesMut) -> Step {
        if let Some(usage) = self.usage.take() {
            self.frames.usage(out, &usage);
            self.sent += 1;
        }
        if self.fault != Some(Fault::NoDone) && self.frames.says_done() {
            self.frames.raw(out, b"[DONE]");
        }
        Step::Over(Ending::Clean)
    }

    fn break_off(&mut self, out: &mut BytesMut) -> Option<Step> {
        let ending = match self.fault? {
            Fault::ResetMid => Ending::Reset,
            Fault::Stall => Ending::Silence,
            Fault::Truncate => Ending::Clean,
            Fault::HalfFrame => {
                let start = out.len();
                self.write_piece(out);
                out.truncate(start + (out.len() - start) / 2);
                Ending::Clean
            }
            Fault::ErrorEvent => {
                let error = ApiError::with_status(StatusCode::INTERNAL_SERVER_ERROR);
                let body = self.frames.error(&error);
                self.write_raw(out, &body);
                Ending::Clean
            }
            Fault::Garbage => {
                self.fault = None;
                self.write_raw(out, HTML.as_bytes());
                return Some(Step::Wrote);
            }
            Fault::HugeLine => {
                self.fault = None;
                self.write_huge_line(out);
                return Some(Step::Wrote);
            }
            Fault::Hang | Fault::Reset | Fault::NoDone | Fault::NoUsage => return None,
            Fault::WrongUsage | Fault::Chatter | Fault::Split => return None,
        };
        Some(Step::Over(ending))
    }

    fn write_raw(&mut self, out: &mut BytesMut, data: &[u8]) {
        self.frames.raw(out, data);
        self.sent += 1;
    }

    /// A valid event all the same: only its length is out of the ordinary.
    fn write_huge_line(&mut self, out: &mut BytesMut) {
        let start = out.len();
        self.frames.piece(out, self.turn, &Piece::Content(""));
        let rest = out.split_off(start);
        let line = rest.iter().position(|byte| *byte == b'{').unwrap_or(0);
        let (before, object) = rest.split_at(line + 1);
        out.put_slice(before);
        let padding = self.huge_bytes.saturating_sub(rest.trim_ascii_end().len());
        out.put_bytes(b' ', padding);
        out.put_slice(object);
        self.sent += 1;
    }
}

/// However slow it is told to be, a sandbox does not fall asleep.
const TIME_PER_WORD_MAX: Duration = Duration::from_secs(600);

/// The time a word takes; zero if nothing is paced.
pub(crate) fn time_per_word(directives: &Directives) -> Duration {
    if directives.words_per_second <= 0.0 {
        return Duration::ZERO;
    }
    Duration::try_from_secs_f64(1.0 / directives.words_per_second)
        .map_or(TIME_PER_WORD_MAX, |time| time.min(TIME_PER_WORD_MAX))
}
