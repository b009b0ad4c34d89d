use super::*;

fn series(subject: Subject, runs: &[f64]) -> Series {
    Series {
        runs: runs.to_vec(),
        ..Series::new(Metric::CpuPerRequest, subject)
    }
}

#[test]
fn ratio_is_of_medians() {
    let all = [
        series(Subject::Nginx, &[20.0, 90.0, 21.0]),
        series(Subject::Yunxin, &[30.0, 31.5, 99.0]),
    ];
    let row = Row::new(&all[1], &all);
    assert_eq!(row.median, Some(31.5));
    assert_eq!(row.times_nginx, Some(1.5));
    assert_eq!(row.verdict, Verdict::Pass);
}

#[test]
fn the_reference_is_not_judged() {
    let all = [series(Subject::Nginx, &[20.0])];
    let row = Row::new(&all[0], &all);
    assert_eq!(
        (row.times_nginx, row.gate, row.verdict),
        (None, None, Verdict::None)
    );
}

#[test]
fn a_failure_makes_a_row_invalid_and_a_failed_reference_all_of_them() {
    let mut all = [
        series(Subject::Nginx, &[20.0]),
        series(Subject::Yunxin, &[20.0]),
    ];
    all[1].failures.push("503".to_owned());
    assert_eq!(Row::new(&all[1], &all).verdict, Verdict::Invalid);
    all.swap(0, 1);
    all[0].failures.clear();
    all[1].failures.push("502".to_owned());
    assert_eq!(Row::new(&all[0], &all).verdict, Verdict::Invalid);
}

#[test]
fn nothing_is_compared_with_less_than_nothing() {
    assert_eq!(ratio(Some(5.0), Some(0.0)), None);
    assert_eq!(ratio(Some(5.0), Some(-1.0)), None);
    assert_eq!(ratio(Some(f64::NAN), Some(1.0)), None);
    assert_eq!(ratio(Some(-5.0), Some(1.0)), None);
    assert_eq!(ratio(Some(5.0), None), None);
    assert_eq!(ratio(Some(3.0), Some(2.0)), Some(1.5));
}
