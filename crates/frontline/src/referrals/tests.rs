//! Referrals, tried: rules first, then actions on both engines.

use super::actions::{self, ActionError};
use super::referral::{NewReferral, ReferralId, State};
use super::rules::{self, Step, StepRule};
use super::{jobs, store, suggestions};
use access::{AccessError, Act, Ctx};
use area::Area;
use directory::Directory;
use families::facts::{self, Class, Kind, NewFact, Shape};
use families::people::{self, PersonId};
use kernel::Timestamp;
use std::path::Path;
use testkit::{TestWorld, on_both_engines};

fn area() -> Area {
    Area::load(&Path::new(env!("CARGO_MANIFEST_DIR")).join("../../areas/example")).unwrap()
}

fn declined() -> Step {
    Step::Decline { reason: "full".to_owned(), better_door: "family_help".to_owned(), words: String::new() }
}

fn ended() -> Step {
    Step::End { outcome: "better".to_owned(), words: "She manages on her own now".to_owned() }
}

/// Rule [3.10]
#[test]
fn a_referral_moves_by_its_verbs_and_by_no_others() {
    let area = area();
    let next = |from, step: &Step| rules::next_state(from, step, &area);
    assert_eq!(next(State::Asked, &Step::Accept), Ok(State::Waiting));
    assert_eq!(next(State::Waiting, &Step::Start), Ok(State::Started));
    assert_eq!(next(State::Started, &ended()), Ok(State::Ended));
    assert_eq!(next(State::Asked, &declined()), Ok(State::Declined));
    assert_eq!(next(State::Asked, &Step::Start), Err(StepRule::NotFrom(State::Asked)));
    for over in [State::Ended, State::Declined, State::Withdrawn] {
        for step in [Step::Accept, declined(), Step::Start, ended(), Step::Withdraw { words: String::new() }] {
            assert_eq!(next(over, &step), Err(StepRule::NotFrom(over)));
        }
    }
}

/// Rule [3.10]
#[test]
fn nobody_is_declined_without_a_reason_and_something_that_helps_instead() {
    let area = area();
    let decline = |reason: &str, better_door: &str, words: &str| {
        let step = Step::Decline { reason: reason.into(), better_door: better_door.into(), words: words.into() };
        rules::next_state(State::Asked, &step, &area)
    };
    assert_eq!(decline("", "family_help", ""), Err(StepRule::NoSuchChoice));
    assert_eq!(decline("full", "", ""), Err(StepRule::NoWords));
    assert_eq!(decline("full", "", "Ask again in May"), Ok(State::Declined));
}

/// Rule [3.42]
#[test]
fn the_protocols_clock_counts_working_days_over_bank_holidays() {
    let area = area();
    let by = |at: &str| rules::answer_by(at.parse::<Timestamp>().unwrap(), &area.clocks, &area.holidays).to_string();
    assert_eq!(by("2026-11-02T09:00:00Z"), "2026-11-09");
    assert_eq!(by("2026-12-23T17:00:00Z"), "2027-01-04", "Christmas, Boxing Day's Monday and New Year's Day are not worked");
}

/// Rule [3.40]
#[test]
fn what_is_accepted_is_looked_at_again() {
    let area = area();
    let on = rules::look_again_on("2026-11-02".parse().unwrap(), &area.clocks, &area.holidays);
    assert_eq!(on.to_string(), "2026-11-30");
}

async fn amy(ctx: &mut Ctx) -> PersonId {
    let person = people::create(ctx).await.unwrap();
    let (_, permit) = people::open(ctx, Act::RecordContact, person).await.unwrap();
    facts::record(ctx, &permit, NewFact::name(person, "Amy", "Barlow")).await.unwrap();
    facts::works_with(ctx, &permit, "tenancy", None).await.unwrap();
    person
}

async fn send(ctx: &mut Ctx, area: &Area, person: PersonId, items: Vec<facts::FactId>) -> ReferralId {
    let new = NewReferral {
        person,
        contact: None,
        service: "tenancy_support".to_owned(),
        need: "rent_arrears".to_owned(),
        words: "She would like to be met at the library".to_owned(),
        items,
    };
    actions::ask(ctx, area, new).await.unwrap()
}

async fn need(ctx: &mut Ctx, person: PersonId, words: &str) -> facts::FactId {
    let (_, permit) = people::open(ctx, Act::RecordFact, person).await.unwrap();
    let fact = NewFact { class: Class::Confidential, ..NewFact::plain(person, Kind::Need, "rent_arrears", words) };
    facts::record(ctx, &permit, fact).await.unwrap()
}

#[tokio::test]
async fn a_referral_goes_from_asking_to_its_outcome_and_the_sender_knows() {
    on_both_engines(async |w: TestWorld| {
        let mut ctx = w.ctx("Helen").await;
        let person = amy(&mut ctx).await;
        let shared = need(&mut ctx, person, "Three months behind").await;
        need(&mut ctx, person, "Not for the charity").await;
        let id = send(&mut ctx, &w.area, person, vec![shared]).await;
        ctx.commit().await.unwrap();

        let mut ctx = w.ctx("Owen").await;
        let opened = actions::load(&mut ctx, id).await.unwrap();
        assert_eq!(opened.name, "Amy Barlow");
        assert_eq!(opened.items.iter().map(|fact| fact.new.words.as_str()).collect::<Vec<_>>(), ["Three months behind"]);
        drop(ctx);

        let mut ctx = w.ctx("Grace").await;
        actions::accept(&mut ctx, &w.area, id, 1).await.unwrap();
        ctx.commit().await.unwrap();
        let mut ctx = w.ctx("Grace").await;
        assert!(people::open(&mut ctx, Act::OpenPerson, person).await.is_ok(), "whoever accepts works with her");
        actions::start(&mut ctx, &w.area, id, 2).await.unwrap();
        actions::end(&mut ctx, &w.area, (id, 3), ended()).await.unwrap();
        ctx.commit().await.unwrap();

        let mut ctx = w.ctx("Helen").await;
        let sent = actions::mine(&mut ctx).await.unwrap().sent;
        assert_eq!(sent[0].referral.state, State::Ended);
        assert_eq!(sent[0].referral.outcome, "better");
        assert!(sent[0].referral.sender_told_at.is_none());
        actions::mark_told(&mut ctx, id).await.unwrap();
        assert!(actions::load(&mut ctx, id).await.unwrap().referral.sender_told_at.is_some());
        drop(ctx);
        let mut ctx = w.ctx("Grace").await;
        assert!(people::open(&mut ctx, Act::OpenPerson, person).await.is_err(), "the work has ended, and so has what it opened");
        assert!(actions::load(&mut ctx, id).await.unwrap().items.is_empty(), "the items too");
    })
    .await;
}

#[tokio::test]
async fn whoever_asked_takes_it_back_and_what_it_opened_is_closed() {
    on_both_engines(async |w: TestWorld| {
        let mut ctx = w.ctx("Helen").await;
        let person = amy(&mut ctx).await;
        let shared = need(&mut ctx, person, "Three months behind").await;
        let id = send(&mut ctx, &w.area, person, vec![shared]).await;
        ctx.commit().await.unwrap();
        for (other, is_told) in [("Owen", true), ("Tariq", true), ("Dan", false)] {
            let mut ctx = w.ctx(other).await;
            assert!(actions::withdraw(&mut ctx, &w.area, (id, 1), "").await.is_err(), "{other} did not ask");
            assert_eq!(actions::load(&mut ctx, id).await.is_ok_and(|opened| opened.items.len() == 1), is_told, "{other}");
        }
        let mut ctx = w.ctx("Helen").await;
        let late = actions::withdraw(&mut ctx, &w.area, (id, 2), "Her sister pays").await;
        assert!(matches!(late, Err(ActionError::Changed)), "somebody else changed what she saw");
        actions::withdraw(&mut ctx, &w.area, (id, 1), "Her sister pays").await.unwrap();
        ctx.commit().await.unwrap();
        let mut ctx = w.ctx("Owen").await;
        let opened = actions::load(&mut ctx, id).await.unwrap();
        assert_eq!((opened.referral.state, opened.items.len()), (State::Withdrawn, 0), "the service reads no more of it");
        assert_eq!(opened.referral.outcome_words, "Her sister pays");
        assert!(actions::accept(&mut ctx, &w.area, id, opened.referral.version).await.is_err(), "nor does it answer");
        drop(ctx);
        let mut ctx = w.ctx("Helen").await;
        let again = send(&mut ctx, &w.area, person, Vec::new()).await;
        assert_ne!(again, id, "the service may be asked anew");
    })
    .await;
}

#[tokio::test]
async fn a_referral_is_not_there_for_whom_it_does_not_concern() {
    on_both_engines(async |w: TestWorld| {
        let mut ctx = w.ctx("Helen").await;
        let person = amy(&mut ctx).await;
        let id = send(&mut ctx, &w.area, person, Vec::new()).await;
        ctx.commit().await.unwrap();
        for stranger in ["Dan", "Aisha", "Joy", "Ravi", "Ruth", "Sam", "Kit"] {
            let mut ctx = w.ctx(stranger).await;
            assert!(matches!(actions::load(&mut ctx, id).await, Err(AccessError::Hidden(_))), "{stranger}");
            assert!(actions::accept(&mut ctx, &w.area, id, 1).await.is_err(), "{stranger}");
            assert!(actions::mine(&mut ctx).await.unwrap().at_agency.is_empty(), "{stranger}");
        }
        let mut ctx = w.ctx("Helen").await;
        let own = actions::accept(&mut ctx, &w.area, id, 1).await;
        assert!(
            matches!(own, Err(ActionError::Access(AccessError::Hidden(_)))),
            "nobody answers for the service but the service"
        );
    })
    .await;
}

#[tokio::test]
async fn two_people_who_decide_one_referral_do_not_overwrite_each_other() {
    on_both_engines(async |w: TestWorld| {
        let mut ctx = w.ctx("Helen").await;
        let person = amy(&mut ctx).await;
        let id = send(&mut ctx, &w.area, person, Vec::new()).await;
        ctx.commit().await.unwrap();
        let mut ctx = w.ctx("Grace").await;
        actions::accept(&mut ctx, &w.area, id, 1).await.unwrap();
        ctx.commit().await.unwrap();
        let mut ctx = w.ctx("Owen").await;
        assert!(matches!(actions::decline(&mut ctx, &w.area, (id, 1), declined()).await, Err(ActionError::Changed)));
        assert_eq!(store::find(&mut ctx.tx, w.world.area_id, id).await.unwrap().unwrap().state, State::Waiting);
    })
    .await;
}

/// Rule [3.42]
#[tokio::test]
async fn what_nobody_answers_goes_to_the_named_owner_once() {
    on_both_engines(async |w: TestWorld| {
        let mut ctx = w.ctx("Helen").await;
        let person = amy(&mut ctx).await;
        let id = send(&mut ctx, &w.area, person, Vec::new()).await;
        ctx.commit().await.unwrap();
        for (days, escalated) in [(7, 0), (1, 1), (1, 0)] {
            w.world.clock.advance_seconds(days * 24 * 3600);
            let mut tx = w.world.db.begin().await.unwrap();
            assert_eq!(jobs::escalate(&w.world, &w.area, &mut tx).await.unwrap(), escalated, "after {days} more days");
            tx.commit(&w.world.ids).await.unwrap();
        }
        let mut ctx = w.ctx("Joy").await;
        let owned = actions::mine(&mut ctx).await.unwrap().owned;
        assert_eq!(owned.iter().map(|line| line.referral.id).collect::<Vec<_>>(), [id]);
        actions::accept(&mut ctx, &w.area, id, 2).await.unwrap();
    })
    .await;
}

#[tokio::test]
async fn the_database_refuses_a_referral_without_an_owner_or_a_next_date() {
    on_both_engines(async |w: TestWorld| {
        let mut ctx = w.ctx("Helen").await;
        let person = amy(&mut ctx).await;
        send(&mut ctx, &w.area, person, Vec::new()).await;
        ctx.commit().await.unwrap();
        for column in ["owner_id", "next_on"] {
            let mut tx = w.world.db.begin().await.unwrap();
            let sql = format!("UPDATE referral SET {column} = NULL WHERE area_id = $1");
            let refused = tx.execute(&sql, ::store::vals![w.world.area_id]).await;
            assert!(matches!(refused, Err(::store::StoreError::Constraint(_))), "{column}");
        }
    })
    .await;
}

/// Rule [3.30]
#[tokio::test]
async fn a_referral_to_a_sensitive_service_is_known_to_its_two_sides_and_to_no_safeguarding_lead() {
    on_both_engines(async |w: TestWorld| {
        let mut ctx = w.ctx("Helen").await;
        let person = people::create(&mut ctx).await.unwrap();
        let (_, permit) = people::open(&mut ctx, Act::RecordContact, person).await.unwrap();
        facts::works_with(&mut ctx, &permit, "Works with", None).await.unwrap();
        let mut sent = Vec::new();
        for service in ["lantern_families", "tenancy_support"] {
            let need = "rent_arrears".to_owned();
            let new =
                NewReferral { person, contact: None, service: service.to_owned(), need, words: String::new(), items: Vec::new() };
            sent.push(actions::ask(&mut ctx, &w.area, new).await.unwrap());
        }
        ctx.commit().await.unwrap();
        for (name, sensitive, ordinary) in
            [("Helen", true, true), ("Lena", true, false), ("Moira", false, true), ("Sunita", false, false)]
        {
            let mut ctx = w.ctx(name).await;
            assert_eq!(actions::load(&mut ctx, sent[0]).await.is_ok(), sensitive, "{name}");
            assert_eq!(actions::load(&mut ctx, sent[1]).await.is_ok(), ordinary, "{name}");
            let listed = actions::of_people(&mut ctx, &[person]).await.unwrap().len();
            assert_eq!(listed, usize::from(sensitive) + usize::from(ordinary), "{name}");
        }
    })
    .await;
}

#[tokio::test]
async fn asking_for_support_settles_the_contact_and_the_same_service_is_asked_once() {
    on_both_engines(async |w: TestWorld| {
        let mut ctx = w.ctx("Helen").await;
        let person = people::create(&mut ctx).await.unwrap();
        let contact = crate::contacts::NewContact {
            person,
            channel: "visit".to_owned(),
            happened_on: ctx.clock.today(),
            narrative: "Behind with the rent.".to_owned(),
            standing: facts::Standing::Seen,
            told_by: String::new(),
            terms: Vec::new(),
            parent: crate::contacts::Parent::NotAsked,
            outcome: String::new(),
        };
        let contact = crate::contacts::record(&mut ctx, &w.area, contact).await.unwrap();
        let new = || NewReferral {
            person,
            contact: Some(contact.0),
            service: "tenancy_support".to_owned(),
            need: "rent_arrears".to_owned(),
            words: String::new(),
            items: Vec::new(),
        };
        actions::ask(&mut ctx, &w.area, new()).await.unwrap();
        let opened = crate::contacts::load(&mut ctx, contact).await.unwrap();
        assert_eq!(opened.contact.outcome.as_deref(), Some("support_asked"));
        assert!(matches!(actions::ask(&mut ctx, &w.area, new()).await, Err(ActionError::AskedAlready)));
        ctx.commit().await.unwrap();
    })
    .await;
}

#[tokio::test]
async fn the_service_that_declines_is_no_better_door() {
    on_both_engines(async |w: TestWorld| {
        let mut ctx = w.ctx("Helen").await;
        let person = amy(&mut ctx).await;
        let id = send(&mut ctx, &w.area, person, Vec::new()).await;
        ctx.commit().await.unwrap();
        let mut ctx = w.ctx("Owen").await;
        let step = Step::Decline {
            reason: "full".to_owned(),
            better_door: actions::load(&mut ctx, id).await.unwrap().referral.service,
            words: String::new(),
        };
        let refused = actions::decline(&mut ctx, &w.area, (id, 1), step).await;
        assert!(matches!(refused, Err(ActionError::Step(StepRule::SameDoor))));
    })
    .await;
}

/// Rule [2.9]
#[tokio::test]
async fn a_service_is_suggested_with_why_and_from_no_address_that_whoever_looks_may_not_read() {
    on_both_engines(async |w: TestWorld| {
        let file = "pcds,lat,long\nBD18 2JL,53.833,-1.776\nBD18 3QX,53.836,-1.771\n";
        directory::place::import(&w.world, file.as_bytes(), |_| {}).await.unwrap();
        let mut ctx = w.ctx("Helen").await;
        let person = amy(&mut ctx).await;
        let (_, permit) = people::open(&mut ctx, Act::RecordFact, person).await.unwrap();
        let shape = Shape::Address { lines: "1 Hill Street".into(), town: "Shipley".into(), postcode: "BD18 3QX".into() };
        facts::record(&mut ctx, &permit, NewFact { shape, ..NewFact::plain(person, Kind::Address, "", "") }).await.unwrap();
        facts::record(&mut ctx, &permit, NewFact::plain(person, Kind::Language, "", "English")).await.unwrap();
        let josh = people::create(&mut ctx).await.unwrap();
        let (_, permit) = people::open(&mut ctx, Act::RecordContact, josh).await.unwrap();
        for fact in [
            NewFact::name(josh, "Josh", "Barlow"),
            NewFact::birth(josh, "2017-01-05".parse().unwrap()),
            NewFact::relationship(josh, "birth_child", person),
        ] {
            facts::record(&mut ctx, &permit, fact).await.unwrap();
        }
        facts::works_with(&mut ctx, &permit, "tenancy", None).await.unwrap();
        ctx.commit().await.unwrap();

        let directory = Directory::default();
        let why = async || {
            let mut ctx = w.ctx("Helen").await;
            let suggested = suggestions::of_need(&mut ctx, (&w.area, &directory), person, "young_carer").await.unwrap();
            ctx.seen().await.unwrap();
            suggested.services.into_iter().map(|one| (one.id, one.why)).collect::<Vec<_>>()
        };
        let of = |id: &str, why: &[&str]| (id.to_owned(), why.iter().map(|&words| words.to_owned()).collect::<Vec<_>>());
        let near = of("young_carers", &["450 m away", "Josh Barlow is 9"]);
        assert_eq!(why().await, [near, of("family_help", &[])], "one that gives no ages and no place is not hidden");

        let mut ctx = w.ctx("Moira").await;
        let named = [w.actor("Moira").id];
        people::shield(&mut ctx, person, people::ShieldKind::Location, "Somebody is looking for her", &named).await.unwrap();
        ctx.commit().await.unwrap();
        let shielded = why().await;
        assert!(!shielded.iter().any(|(_, why)| why.iter().any(|words| words.contains("away"))), "{shielded:?}");
    })
    .await;
}

#[tokio::test]
async fn what_a_service_was_called_when_it_was_asked_stays_and_what_is_withdrawn_is_asked_no_more() {
    on_both_engines(async |w: TestWorld| {
        let mut ctx = w.ctx("Helen").await;
        let person = amy(&mut ctx).await;
        let id = send(&mut ctx, &w.area, person, Vec::new()).await;
        ctx.commit().await.unwrap();
        w.world.clock.advance_seconds(1);
        let mut without = Area::clone(&w.area);
        without.services.remove("tenancy_support");
        without.services.remove("family_help");
        directory::settle(&w.world, &without).await.unwrap();
        let mut ctx = w.ctx("Owen").await;
        let opened = actions::load(&mut ctx, id).await.unwrap();
        assert_eq!(opened.referral.service_words(), "Home and Money");
        let version = opened.referral.version;
        let refused = actions::decline(&mut ctx, &w.area, (id, version), declined()).await;
        assert!(
            matches!(refused, Err(ActionError::Step(StepRule::NoSuchChoice))),
            "a door that is gone is no better one: {refused:?}"
        );
        drop(ctx);
        let mut ctx = w.ctx("Sunita").await;
        let other = amy(&mut ctx).await;
        let new = NewReferral {
            person: other,
            contact: None,
            service: "tenancy_support".to_owned(),
            need: "rent_arrears".to_owned(),
            words: String::new(),
            items: Vec::new(),
        };
        assert!(matches!(actions::ask(&mut ctx, &w.area, new).await, Err(ActionError::NoService)));
    })
    .await;
}
