//! What is unusual about a look. How it is kept and seen to is tried with the index.

use super::rules::{self, Look, Pattern};
use area::Area;
use std::path::Path;

/// Rule [3.30]
#[test]
fn a_look_is_unusual_by_a_name_an_hour_a_number_or_that_nobody_works_with_them() {
    let index = Area::load(&Path::new(env!("CARGO_MANIFEST_DIR")).join("../../areas/example")).unwrap().index;
    let names = [("Josh".to_owned(), "Barlow".to_owned())];
    let usual = Look {
        looker: "Helen Marsh",
        names: &names,
        colleagues: &[],
        at: "2026-11-02T09:00:00Z".parse().unwrap(),
        in_an_hour: 1,
        is_working_day: true,
        is_worked_with: true,
    };
    let patterns = |look: Look<'_>| rules::patterns(&look, &index);
    assert_eq!(patterns(usual.clone()), []);
    assert_eq!(patterns(Look { looker: "Jo Bärlow", ..usual.clone() }), [Pattern::OwnName], "however it is written");
    assert_eq!(patterns(Look { colleagues: &["josh barlow".to_owned()], ..usual.clone() }), [Pattern::Colleague]);
    let at = |at: &str| patterns(Look { at: at.parse().unwrap(), ..usual.clone() });
    assert_eq!(at("2026-11-02T06:59:00Z"), [Pattern::OutOfHours]);
    assert_eq!(at("2026-11-02T20:00:00Z"), [Pattern::OutOfHours]);
    assert_eq!(at("2026-07-01T06:30:00Z"), [], "half past seven in summer");
    assert_eq!(patterns(Look { is_working_day: false, ..usual.clone() }), [Pattern::OutOfHours], "on a Sunday");
    assert_eq!(patterns(Look { in_an_hour: 10, ..usual.clone() }), [Pattern::Many]);
    assert_eq!(patterns(Look { is_worked_with: false, ..usual }), [Pattern::NobodyWorks]);
}
