//! The events of this process that the database does not have yet, from the journal's end backwards.
//!
//! The journal has them as well, and is what counts. Handing them on from memory saves reading and parsing each of them
//! once more; where memory does not have all that stands behind a place, the journal is read from there.

use store::usage_events::UsageEvent;

use super::UsageRecord;
use crate::journal::{Batch, Position, SettledPlace};

/// Events that are kept, about 1 KiB each: with more, the database is behind, and reads the journal when it is back.
const EVENTS_MAX: usize = 8_192;

/// Room for events that is kept for the next ones, where a transaction has taken those before: memory that is given back
/// to the system costs a page fault for every few events when it is taken again.
const ROOM_KEPT_MAX: usize = 2_048;

/// The latest events of the journal.
#[derive(Debug)]
pub(super) struct FreshEvents {
    /// Every event that was settled behind this place, and before `end`, is here.
    begin: Position,
    end: Position,
    /// In the order of the journal, and behind each of them.
    events: Vec<UsageEvent>,
    places: Vec<Position>,
    /// The room of events that were written.
    spare: Vec<UsageEvent>,
    /// The room of records that were noted.
    spare_records: Vec<(SettledPlace, UsageRecord)>,
    /// An event is on its way into the journal, at a place that is not known.
    has_gap: bool,
}

impl FreshEvents {
    /// No events yet, behind the end of a journal.
    pub(super) fn behind(end: Position) -> Self {
        Self {
            begin: end,
            end,
            events: vec![],
            places: vec![],
            spare: vec![],
            spare_records: vec![],
            has_gap: false,
        }
    }

    /// Takes the next event of the journal in.
    pub(super) fn push(&mut self, place: SettledPlace, event: UsageEvent) {
        match place {
            SettledPlace::Nowhere => {}
            SettledPlace::Later => self.has_gap = true,
            SettledPlace::Before(position) if self.has_gap || self.events.len() >= EVENTS_MAX => {
                self.forget(position);
            }
            SettledPlace::Before(position) => {
                self.places.push(position);
                self.events.push(event);
            }
        }
    }

    /// Notes that everything before a place was taken in.
    pub(super) fn reach(&mut self, end: Position) {
        self.end = self.end.max(end);
    }

    /// Takes what stands behind a place; `None` if that is not all here.
    pub(super) fn take_behind(&mut self, from: Position) -> Option<Batch> {
        if self.has_gap || from < self.begin {
            return None;
        }
        let written = self.places.partition_point(|place| *place <= from);
        let mut events = std::mem::replace(&mut self.events, std::mem::take(&mut self.spare));
        self.places.clear();
        events.drain(..written);
        let next = self.end.max(from);
        self.begin = next;
        Some(Batch {
            own: u64::try_from(events.len()).unwrap_or_default(),
            events,
            next,
            may_repeat: false,
        })
    }

    /// Takes the room of events back that were written.
    pub(super) fn give_back(&mut self, mut events: Vec<UsageEvent>) {
        if events.capacity() <= ROOM_KEPT_MAX {
            events.clear();
            self.spare = events;
        }
    }

    /// The room for the next records.
    pub(super) fn take_room_of_records(&mut self) -> Vec<(SettledPlace, UsageRecord)> {
        std::mem::take(&mut self.spare_records)
    }

    /// Takes the room of records back that were noted.
    pub(super) fn give_back_records(&mut self, records: Vec<(SettledPlace, UsageRecord)>) {
        if records.capacity() <= ROOM_KEPT_MAX {
            self.spare_records = records;
        }
    }

    /// Leaves everything up to a place to the journal.
    fn forget(&mut self, until: Position) {
        self.events.clear();
        self.places.clear();
        self.begin = until;
        self.has_gap = false;
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(offset: u64) -> Position {
        Position { segment: 1, offset }
    }

    fn event(name: u64) -> UsageEvent {
        let line = r#"{"request_id":"req_ID","at_ms":7,"account_id":"acct_1","api_key_id":"key_1","environment":"live","endpoint":"chat","model_id":"a/b","provider_name":"p","usage":{"input":1,"output":2},"charge_nanos":5,"counted_by":"upstream","status":200,"error_code":"","end_reason":"completed","is_admitted":true,"is_streamed":false,"duration_us":6,"first_token_us":null,"detail":{"attempts":[],"priority":1,"address":"::1","agent":"x"}}"#;
        UsageEvent::from_line(&line.replace("ID", &name.to_string())).unwrap()
    }

    fn fresh(ends: &[u64]) -> FreshEvents {
        let mut fresh = FreshEvents::behind(at(10));
        for end in ends {
            fresh.push(SettledPlace::Before(at(*end)), event(*end));
        }
        fresh.reach(at(1_000));
        fresh
    }

    fn names(batch: Option<Batch>) -> Option<Vec<String>> {
        let events = batch?.events.into_iter();
        Some(
            events
                .map(|event| event.request_id.as_str().to_owned())
                .collect(),
        )
    }

    #[test]
    fn what_stands_behind_a_place_is_handed_on_once() {
        let mut events = fresh(&[20, 30, 40]);
        let batch = events.take_behind(at(20)).unwrap();
        assert_eq!((batch.own, batch.next), (2, at(1_000)));
        assert_eq!(names(Some(batch)).unwrap(), ["req_30", "req_40"]);
        assert_eq!(names(events.take_behind(at(1_000))).unwrap().len(), 0);
        let again = names(events.take_behind(at(20)));
        assert_eq!(
            again, None,
            "the journal has what the database did not take"
        );
    }

    #[test]
    fn a_place_before_what_is_known_is_read_from_the_journal() {
        assert_eq!(names(fresh(&[20]).take_behind(at(9))), None);
        assert!(names(fresh(&[20]).take_behind(at(10))).is_some());
    }

    #[test]
    fn an_event_that_waits_for_the_disk_leaves_all_until_it_is_there_to_the_journal() {
        let mut events = fresh(&[20]);
        events.push(SettledPlace::Later, event(0));
        assert_eq!(names(events.take_behind(at(10))), None);
        events.push(SettledPlace::Before(at(50)), event(50));
        events.push(SettledPlace::Before(at(60)), event(60));
        assert_eq!(names(events.take_behind(at(20))), None);
        assert_eq!(names(events.take_behind(at(50))).unwrap(), ["req_60"]);
    }

    #[test]
    fn events_beyond_what_is_kept_are_left_to_the_journal() {
        let ends: Vec<u64> = (11..=20 + EVENTS_MAX as u64).collect();
        let mut events = fresh(&ends);
        assert_eq!(names(events.take_behind(at(10))), None);
        let rest = names(events.take_behind(at(11 + EVENTS_MAX as u64))).unwrap();
        assert_eq!(rest.len(), 9);
    }
}
