//! Journals of servers that shared the data folder and never came back.

use super::*;

#[tokio::test]
async fn the_journal_of_a_server_that_never_comes_back_is_taken_over_with_what_ran_in_it() {
    let bench = Bench::new(JournalSync::Process);
    let first = bench.open();
    let second = bench.open();
    soon(first.settle(None, &completed("first"))).await;
    let done = second.admit(&crashed("second", 0)).unwrap();
    soon(second.settle(Some(done), &completed("second"))).await;
    second.admit(&crashed("open", 0)).unwrap();
    kill(second);
    kill(first);

    let next = bench.open();
    let batch = next.read_settled(Position::default(), 100).unwrap();
    assert!(batch.may_repeat, "the database may have them already");
    let mut settled = Bench::settled(&next);
    settled.sort_by(|one, other| one.0.cmp(&other.0));
    assert_eq!(names(&settled), ["req_first", "req_open", "req_second"]);
    assert_eq!(settled[1].1, EndReason::ServerCrashed);
    let left = segments(&bench.folder.path().join("2")).unwrap();
    assert_eq!(left, [], "moved, not copied");
}

#[tokio::test]
async fn a_journal_that_a_server_holds_is_left_alone_and_an_emptied_folder_gets_another_id() {
    let bench = Bench::new(JournalSync::Process);
    let first = bench.open();
    let second = bench.open();
    soon(second.settle(None, &completed("second"))).await;
    kill(first);
    let next = bench.open();
    assert!(Bench::settled(&next).is_empty(), "the second still runs");
    let before = second.id().to_owned();
    kill(second);
    kill(next);
    let next = bench.open();
    assert_eq!(names(&Bench::settled(&next)), ["req_second"]);
    let again = bench.open();
    assert_ne!(
        again.id(),
        before,
        "a database knows the former segments by it"
    );
    assert!(Bench::settled(&again).is_empty());
}

#[tokio::test]
async fn an_end_that_was_not_written_whole_is_cut_when_a_journal_is_taken_over() {
    let bench = Bench::new(JournalSync::Process);
    let first = bench.open();
    let second = bench.open();
    soon(second.settle(None, &completed("whole"))).await;
    soon(second.settle(None, &completed("torn"))).await;
    kill(second);
    kill(first);
    let path = segment_path(&bench.folder.path().join("2"), 1);
    let length = fs::metadata(&path).unwrap().len();
    File::options()
        .write(true)
        .open(&path)
        .unwrap()
        .set_len(length - 3)
        .unwrap();
    let next = bench.open();
    assert_eq!(names(&Bench::settled(&next)), ["req_whole"]);
    assert_eq!(bench.metrics.journal_broken.get(), 0);
}

#[tokio::test]
async fn a_journal_that_cannot_be_taken_over_keeps_no_server_from_its_own() {
    let bench = Bench::new(JournalSync::Process);
    let first = bench.open();
    let second = bench.open();
    soon(first.settle(None, &completed("first"))).await;
    soon(second.settle(None, &completed("second"))).await;
    kill(second);
    kill(first);
    let left = segment_path(&bench.folder.path().join("2"), 1);
    fs::remove_file(&left).unwrap();
    fs::create_dir(&left).unwrap();
    let next = bench.open();
    assert_eq!(names(&Bench::settled(&next)), ["req_first"]);
}
