//! Who looked, tried: what is shown to whom, and what a family is given.

use super::pages::lines;
use super::rules::{self, Look, Viewer};
use access::{AccessError, Act, AgencyId, Ctx};
use area::files::Disclosure;
use families::facts::{self, NewFact};
use families::people::{self, PersonId};
use testkit::{TestWorld, on_both_engines};
use uuid::Uuid;

/// Rule [3.30]
#[test]
fn a_family_is_told_who_looked_less_what_would_put_somebody_at_risk() {
    let agency = |id| AgencyId(Uuid::from_u128(id));
    let look = |disclosure, tells_place| Look {
        on: "2026-11-02".parse().unwrap(),
        who: String::new(),
        agency_id: agency(1),
        agency: String::new(),
        disclosure,
        tells_place,
        act: "open_person".to_owned(),
    };
    let viewer = Viewer { agency_id: agency(2), reads_journal: false, place_is_shielded: true, is_copy: false, withheld: &[] };
    let copy = Viewer { is_copy: true, ..viewer };
    assert!(rules::is_shown(&look(Disclosure::Open, false), copy));
    assert!(!rules::is_shown(&look(Disclosure::Open, true), copy), "a school tells where a shielded child is");
    assert!(!rules::is_shown(&look(Disclosure::Brokered, false), viewer));
    assert!(rules::is_shown(&look(Disclosure::Brokered, false), Viewer { agency_id: agency(1), ..viewer }), "one's own is known");
    assert!(!rules::is_shown(&look(Disclosure::Brokered, false), Viewer { agency_id: agency(1), ..copy }), "and not printed");
    assert!(rules::is_shown(&look(Disclosure::Hidden, true), Viewer { reads_journal: true, ..viewer }));
    for act in [
        "shield_person",
        "name_for_shield",
        "withhold_looks",
        "decide_to_share",
        "share_in_danger",
        "read_shared",
        "ask_for_information",
        "ask_for_support",
        "record_contact",
    ] {
        let look = Look { act: act.to_owned(), ..look(Disclosure::Open, false) };
        assert!(
            !rules::is_shown(&look, copy) && !rules::is_shown(&look, viewer),
            "{act} would give away what they were not told"
        );
        assert!(rules::is_shown(&look, Viewer { agency_id: agency(1), ..viewer }), "one's own agency's is known");
    }
    let withheld = [agency(1)];
    assert!(!rules::is_shown(&look(Disclosure::Open, false), Viewer { withheld: &withheld, ..copy }));
    assert!(rules::is_shown(&look(Disclosure::Open, false), Viewer { withheld: &withheld, ..viewer }));
}

async fn ann(w: &TestWorld) -> PersonId {
    let mut ctx = w.ctx("Sunita").await;
    let person = people::create(&mut ctx).await.unwrap();
    let (_, permit) = people::open(&mut ctx, Act::RecordContact, person).await.unwrap();
    facts::record(&mut ctx, &permit, NewFact::name(person, "Ann", "Abel")).await.unwrap();
    facts::works_with(&mut ctx, &permit, "Works with", None).await.unwrap();
    ctx.commit().await.unwrap();
    person
}

async fn looks(w: &TestWorld, who: &str, person: PersonId) {
    let mut ctx = w.ctx(who).await;
    people::ask(&mut ctx, person, ("asked", "She rang us"), 8).await.unwrap();
    ctx.commit().await.unwrap();
}

async fn seen_by(w: &TestWorld, who: &str, person: PersonId, copy: bool) -> Result<Vec<String>, AccessError> {
    let mut ctx: Ctx = w.ctx(who).await;
    Ok(lines(&mut ctx, &w.area, person, copy)
        .await?
        .0
        .into_iter()
        .map(|line| format!("{}: {}", line.who, line.what.join(", ")))
        .collect())
}

#[tokio::test]
async fn whoever_works_with_somebody_can_show_them_who_looked_and_a_sensitive_service_is_not_among_them() {
    on_both_engines(async |w: TestWorld| {
        let ann = ann(&w).await;
        for who in ["Helen", "Lena"] {
            looks(&w, who, ann).await;
        }
        let shown = seen_by(&w, "Sunita", ann, false).await.unwrap();
        assert!(shown.contains(&"Helen Marsh, Hillside Homes: gave a reason for looking".to_owned()), "{shown:?}");
        assert!(!shown.iter().any(|line| line.contains("Lantern")));
        assert!(
            seen_by(&w, "Ruth", ann, false).await.unwrap().iter().any(|line| line.contains("Lantern")),
            "the auditor reads the journal"
        );
        assert!(
            !seen_by(&w, "Ruth", ann, true).await.unwrap().iter().any(|line| line.contains("Lantern")),
            "and prints none of it"
        );
        assert!(matches!(seen_by(&w, "Dan", ann, false).await, Err(AccessError::Refused(_))));
    })
    .await;
}
