//! What passes between sender and service, tried: on both engines, and what happens when two are fast or a service is gone.

use super::actions::{self, ActionError};
use super::referral::{EventKind, NewReferral, ReferralId, State};
use super::rules::{self, Step, StepRule};
use super::{between, jobs};
use access::{Act, Ctx};
use area::Area;
use families::facts::{self, FactId, Kind, NewFact};
use families::people::{self, PersonId};
use kernel::Date;
use testkit::{TestWorld, on_both_engines};

fn day(day: &str) -> Date {
    day.parse().unwrap()
}

async fn amy(ctx: &mut Ctx) -> PersonId {
    let person = people::create(ctx).await.unwrap();
    let (_, permit) = people::open(ctx, Act::RecordContact, person).await.unwrap();
    facts::record(ctx, &permit, NewFact::name(person, "Amy", "Barlow")).await.unwrap();
    facts::works_with(ctx, &permit, "tenancy", None).await.unwrap();
    person
}

fn new(person: PersonId, service: &str) -> NewReferral {
    NewReferral {
        person,
        contact: None,
        service: service.to_owned(),
        need: "parental_conflict".to_owned(),
        words: "She would like to be met at the library".to_owned(),
        items: Vec::new(),
    }
}

/// Helen asks a service for Amy.
async fn sent(w: &TestWorld) -> (PersonId, ReferralId, FactId) {
    let mut ctx = w.ctx("Helen").await;
    let person = amy(&mut ctx).await;
    let (_, permit) = people::open(&mut ctx, Act::RecordFact, person).await.unwrap();
    let need = NewFact::plain(person, Kind::Need, "rent_arrears", "Three months behind");
    let need = facts::record(&mut ctx, &permit, NewFact { class: facts::Class::Confidential, ..need }).await.unwrap();
    let id = actions::ask(&mut ctx, &w.area, new(person, "tenancy_support")).await.unwrap();
    ctx.commit().await.unwrap();
    (person, id, need)
}

async fn state(w: &TestWorld, who: &str, id: ReferralId) -> (State, i64) {
    let mut ctx = w.ctx(who).await;
    let referral = actions::load(&mut ctx, id).await.unwrap().referral;
    (referral.state, referral.version)
}

/// Rule [3.10]
/// Rule [3.16]
#[test]
fn what_is_missed_or_asked_back_ends_nothing() {
    let area = Area::load(&std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("../../areas/example")).unwrap();
    let next = |from, step: &Step| rules::next_state(from, step, &area);
    assert_eq!(next(State::Started, &Step::Missed), Ok(State::Started));
    assert_eq!(next(State::Waiting, &Step::Missed), Ok(State::Waiting));
    assert_eq!(next(State::Asked, &Step::AskBack), Ok(State::AskedBack));
    assert_eq!(next(State::AskedBack, &Step::Reply), Ok(State::Asked));
    assert_eq!(next(State::AskedBack, &Step::Accept), Ok(State::Waiting), "a service need not wait for what it asked");
    for final_one in State::ALL.into_iter().filter(|state| state.is_final()) {
        for step in [Step::AskBack, Step::Reply, Step::SayWhen, Step::Missed, Step::PassOn] {
            assert_eq!(next(final_one, &step), Err(StepRule::NotFrom(final_one)));
        }
    }
}

/// Rule [3.10]
#[tokio::test]
async fn a_service_asks_for_more_and_the_sender_answers_by_a_day_and_shares_what_is_needed() {
    on_both_engines(async |w: TestWorld| {
        let (_, id, need) = sent(&w).await;
        let mut ctx = w.ctx("Owen").await;
        let empty = between::ask_back(&mut ctx, &w.area, (id, 1), " ").await;
        assert!(matches!(empty, Err(ActionError::Text(..))), "{empty:?}");
        drop(ctx);
        let mut ctx = w.ctx("Owen").await;
        between::ask_back(&mut ctx, &w.area, (id, 1), "How far behind is she?").await.unwrap();
        ctx.commit().await.unwrap();
        // While the sender is asked, the service is not late; once the sender is, it goes to whoever is named, and is no dead end.
        for (days, handed_on) in [(7, 0), (2, 1), (1, 0)] {
            w.world.clock.advance_seconds(days * 24 * 3600);
            let mut tx = w.world.db.begin().await.unwrap();
            assert_eq!(jobs::escalate(&w.world, &w.area, &mut tx).await.unwrap(), handed_on, "after {days} more days");
            tx.commit(&w.world.ids).await.unwrap();
        }
        let mut ctx = w.ctx("Helen").await;
        let me = ctx.actor.id;
        let asked = actions::asked_back_of(&mut ctx, &[me]).await.unwrap();
        assert_eq!(asked[0].question, "How far behind is she?");
        between::reply(&mut ctx, &w.area, (id, 3), ("Three months", &[need])).await.unwrap();
        assert!(actions::asked_back_of(&mut ctx, &[me]).await.unwrap().is_empty());
        ctx.commit().await.unwrap();
        let mut ctx = w.ctx("Owen").await;
        let opened = actions::load(&mut ctx, id).await.unwrap();
        assert_eq!(opened.referral.state, State::Asked);
        assert_eq!(opened.items.iter().map(|item| item.id).collect::<Vec<_>>(), [need]);
        assert_eq!(opened.referral.answer_by, day("2026-11-19"), "it has its whole time again");
        let kinds: Vec<EventKind> = opened.events.iter().map(|event| event.kind).collect();
        assert_eq!(kinds, [EventKind::AskedBack, EventKind::Replied]);
        drop(ctx);
        let mut ctx = w.ctx("Owen").await;
        let not_sender = between::reply(&mut ctx, &w.area, (id, 4), ("I know", &[])).await;
        assert!(matches!(not_sender, Err(ActionError::Access(_))), "nobody answers for the sender");
    })
    .await;
}

/// Rule [3.10]
/// Rule [3.16]
#[tokio::test]
async fn whoever_waits_knows_until_when_and_loses_no_place_by_what_is_missed() {
    on_both_engines(async |w: TestWorld| {
        let (_, id, _) = sent(&w).await;
        let mut ctx = w.ctx("Owen").await;
        actions::accept(&mut ctx, &w.area, id, 1).await.unwrap();
        let past = between::say_when(&mut ctx, &w.area, (id, 2), (day("2026-11-01"), Some(3), "")).await;
        assert!(matches!(past, Err(ActionError::Step(StepRule::InThePast))));
        between::say_when(&mut ctx, &w.area, (id, 2), (day("2026-11-20"), Some(3), "Come to the open door on Mondays"))
            .await
            .unwrap();
        ctx.commit().await.unwrap();
        let mut ctx = w.ctx("Helen").await;
        let told = actions::load(&mut ctx, id).await.unwrap().referral;
        assert_eq!((told.wait_place, told.starts_on, told.next_on), (Some(3), Some(day("2026-11-20")), Some(day("2026-11-20"))));
        drop(ctx);
        let mut ctx = w.ctx("Owen").await;
        actions::start(&mut ctx, &w.area, id, 3).await.unwrap();
        between::missed(&mut ctx, &w.area, (id, 4), ("Nobody was there; we ring tonight", day("2026-11-23"))).await.unwrap();
        ctx.commit().await.unwrap();
        assert_eq!(state(&w, "Helen", id).await, (State::Started, 5));
    })
    .await;
}

/// Rule [2.3]
#[tokio::test]
async fn of_several_services_the_first_to_accept_supports_and_two_who_are_fast_do_not_both() {
    on_both_engines(async |w: TestWorld| {
        let mut ctx = w.ctx("Helen").await;
        let person = amy(&mut ctx).await;
        let first = actions::ask_first_of(
            &mut ctx,
            &w.area,
            new(person, "tenancy_support"),
            &["family_help".to_owned(), "parenting_together".to_owned()],
        )
        .await
        .unwrap();
        let others: Vec<ReferralId> =
            actions::sent(&mut ctx).await.unwrap().iter().map(|line| line.referral.id).filter(|id| *id != first).collect();
        ctx.commit().await.unwrap();
        assert_eq!(others.len(), 2);
        let mut ctx = w.ctx("Moira").await;
        let at_agency = actions::mine(&mut ctx).await.unwrap().at_agency;
        let at_social = at_agency.iter().map(|line| line.referral.id).find(|id| others.contains(id)).unwrap();
        drop(ctx);
        let accept = async |who: &str, id: ReferralId| -> Result<(), ActionError> {
            let mut ctx = w.ctx(who).await;
            actions::accept(&mut ctx, &w.area, id, 1).await?;
            ctx.commit().await?;
            Ok(())
        };
        let (charity, social) = tokio::join!(accept("Owen", first), accept("Moira", at_social));
        assert!(charity.is_ok() != social.is_ok(), "one is first, and the other learns of it: {charity:?} {social:?}");
        let (taken, late) = if charity.is_ok() { (first, at_social) } else { (at_social, first) };
        assert_eq!(state(&w, "Helen", taken).await.0, State::Waiting);
        for other in others.iter().chain([&first]).filter(|id| **id != taken) {
            assert_eq!(state(&w, "Helen", *other).await.0, State::Withdrawn);
        }
        let mut ctx = w.ctx("Helen").await;
        let events = actions::load(&mut ctx, late).await.unwrap().events;
        assert!(events.iter().any(|event| event.kind == EventKind::FirstElsewhere && event.by.is_none()));
    })
    .await;
}

/// Rule [2.3]
#[tokio::test]
async fn a_service_passes_on_what_it_cannot_do_once_the_family_agrees_and_the_sender_stays_the_sender() {
    on_both_engines(async |w: TestWorld| {
        let (_, id, need) = sent(&w).await;
        let mut ctx = w.ctx("Owen").await;
        let pass = async |ctx: &mut Ctx, service: &str, agreed: &str| {
            between::pass_on(ctx, &w.area, (id, 1), (service, agreed, "They need a lawyer")).await
        };
        let not_agreed = pass(&mut ctx, "family_help", " ").await;
        assert!(matches!(not_agreed, Err(ActionError::Step(StepRule::NotAgreed))));
        assert!(matches!(pass(&mut ctx, "tenancy_support", "Amy").await, Err(ActionError::Step(StepRule::SameDoor))));
        assert!(matches!(pass(&mut ctx, "no_such", "Amy").await, Err(ActionError::NoService)));
        let not_named = pass(&mut ctx, "lantern_families", "Amy").await;
        assert!(
            matches!(not_named, Err(ActionError::NotPassedOn)),
            "whoever reads this one would know of the other: {not_named:?}"
        );
        drop(ctx);
        let mut ctx = w.ctx("Owen").await;
        let on = pass(&mut ctx, "family_help", "Amy").await.unwrap();
        ctx.commit().await.unwrap();
        assert_eq!(state(&w, "Helen", id).await.0, State::PassedOn);
        let mut ctx = w.ctx("Helen").await;
        let opened = actions::load(&mut ctx, on).await.unwrap();
        assert_eq!((opened.referral.state, opened.may_withdraw), (State::Asked, true), "it is hers to follow and to take back");
        assert!(opened.items.is_empty() && actions::load(&mut ctx, id).await.unwrap().passed_to == Some(on));
        drop(ctx);
        let mut ctx = w.ctx("Moira").await;
        let asked = actions::load(&mut ctx, on).await.unwrap();
        assert!(asked.referral.owner_id.is_some() && !asked.items.iter().any(|item| item.id == need));
        drop(ctx);
        let mut ctx = w.ctx("Owen").await;
        assert!(actions::load(&mut ctx, on).await.is_err(), "whoever passed it on does not follow it");
        assert_eq!(actions::load(&mut ctx, id).await.unwrap().passed_to, None);
    })
    .await;
}

/// Rule [3.42]
#[tokio::test]
async fn what_was_asked_of_a_service_that_closes_goes_to_the_named_owner_at_once() {
    on_both_engines(async |w: TestWorld| {
        let (_, id, _) = sent(&w).await;
        let mut without = Area::clone(&w.area);
        without.services.remove("tenancy_support");
        w.world.clock.advance_seconds(1);
        directory::settle(&w.world, &without).await.unwrap();
        let mut tx = w.world.db.begin().await.unwrap();
        assert_eq!(jobs::escalate(&w.world, &w.area, &mut tx).await.unwrap(), 1);
        tx.commit(&w.world.ids).await.unwrap();
        let mut ctx = w.ctx("Joy").await;
        let owned = actions::mine(&mut ctx).await.unwrap().owned;
        assert_eq!(owned.iter().map(|line| line.referral.id).collect::<Vec<_>>(), [id]);
    })
    .await;
}

/// Rule [3.40]
#[tokio::test]
async fn a_referral_is_given_to_a_colleague_who_answers_for_it_and_to_nobody_else() {
    on_both_engines(async |w: TestWorld| {
        let (_, id, _) = sent(&w).await;
        let give = async |who: &str, version: i64, to: &str| {
            let mut ctx = w.ctx(who).await;
            between::give(&mut ctx, &w.area, (id, version), (w.actor(to).id, "Her mother is in your street")).await?;
            ctx.commit().await.unwrap();
            Ok::<(), ActionError>(())
        };
        let version = state(&w, "Owen", id).await.1;
        assert!(matches!(give("Owen", version, "Ben").await, Err(ActionError::NotGiven)), "of another agency");
        assert!(matches!(give("Ben", version, "Grace").await, Err(ActionError::Access(_))), "it is not his to give");
        give("Owen", version, "Grace").await.unwrap();
        assert!(matches!(give("Owen", version, "Grace").await, Err(ActionError::Changed)), "twice does it once");
        let mut ctx = w.ctx("Grace").await;
        let opened = actions::load(&mut ctx, id).await.unwrap();
        assert_eq!(opened.referral.owner_id, Some(w.actor("Grace").id));
        let last = opened.events.last().unwrap();
        assert_eq!(last.kind, EventKind::Given);
        assert!(last.words.starts_with("To Grace") && last.words.ends_with("in your street"));
        assert_eq!(opened.referral.state, State::Asked, "nothing else moves");
    })
    .await;
}

/// Rule [3.40]
#[tokio::test]
async fn whoever_is_given_what_a_colleague_took_on_works_with_them_in_their_place() {
    on_both_engines(async |w: TestWorld| {
        let (person, id, _) = sent(&w).await;
        let mut ctx = w.ctx("Owen").await;
        actions::accept(&mut ctx, &w.area, id, 1).await.unwrap();
        ctx.commit().await.unwrap();
        let version = state(&w, "Owen", id).await.1;
        let mut ctx = w.ctx("Owen").await;
        between::give(&mut ctx, &w.area, (id, version), (w.actor("Grace").id, "")).await.unwrap();
        ctx.commit().await.unwrap();
        let works = async |who: &str| {
            let mut ctx = w.ctx(who).await;
            people::of_worker(&mut ctx).await.unwrap().contains(&person)
        };
        assert_eq!((works("Grace").await, works("Owen").await), (true, false));
    })
    .await;
}
