//! Matching, tried from extracts to undone links, and the attacks on it.

use super::actions::{self, Answer, DecideError, Decision};
use super::run::{Tally, run};
use super::{Proposal, Unit};
use crate::feeds::tests::{AMY_AT_GP, TENANT, file, load};
use access::{AccessError, Ctx};
use families::facts::{self, Kind, NewFact};
use families::links::LinkError;
use families::people::{self, PersonId, ShieldKind};
use families::search::{self, Query};
use testkit::{TestWorld, on_both_engines};

/// Amy as her school knows her: a short form of her name, and no identifier that anybody verified.
const AMY_AT_POLICE: &str = "7,police,Amelia,,Barlow,1992-05-03,F,1,Hill Street,Shipley,BD18 3QX,07700900001,,,,,2025";
const STRANGER: &str = "9,police,Ben,,Okoro,1971-02-11,M,9,Mill Lane,Leeds,LS2 1AA,07700900009,,,,,2025";

/// An area where nothing is placed by its weight.
fn careful(w: &mut TestWorld) {
    let mut area = (*w.area).clone();
    area.matching.place_from = None;
    w.area = area.into();
}

async fn extracts(w: &TestWorld) -> PersonId {
    let folder = tempfile::tempdir().unwrap();
    load(w, "gp", &file(folder.path(), "gp.csv", &[AMY_AT_GP])).await;
    load(w, "housing", &file(folder.path(), "housing.csv", &[TENANT])).await;
    load(w, "police", &file(folder.path(), "police.csv", &[AMY_AT_POLICE, STRANGER])).await;
    let mut ctx = w.ctx("Moira").await;
    search::find(&mut ctx, &Query::parse("amy barlow", w.world.clock.today()), "contact").await.unwrap().found[0].id
}

async fn waiting(w: &TestWorld, name: &str) -> Vec<Proposal> {
    let mut ctx = w.ctx(name).await;
    actions::list(&mut ctx, false, 0).await.unwrap().0
}

async fn decide(w: &TestWorld, name: &str, proposal: &Proposal, answer: Answer) -> Result<(), DecideError> {
    let mut ctx = w.ctx(name).await;
    let decision = Decision { answer, reason: "Same tenancy and date of birth", version: proposal.version };
    actions::decide(&mut ctx, &w.world, &w.area, proposal.id, decision).await?;
    ctx.commit().await.unwrap();
    Ok(())
}

async fn agencies(w: &TestWorld, person: PersonId) -> Vec<String> {
    let mut ctx = w.ctx("Moira").await;
    let facts = facts::list_of(&mut ctx, &[person], Some(&[Kind::Involvement])).await.unwrap();
    let mut agencies: Vec<String> = facts.into_iter().map(|fact| fact.agency).collect();
    agencies.sort();
    agencies
}

/// Rule [3.22]
#[tokio::test]
async fn a_record_that_agrees_well_enough_is_placed_and_what_is_in_doubt_waits_for_somebody() {
    on_both_engines(async |w: TestWorld| {
        let amy = extracts(&w).await;
        let tally = run(&w.world, &w.area, None).await.unwrap();
        assert_eq!((tally.records, tally.placed, tally.proposed), (4, 1, 1), "{tally:?}");
        assert_eq!(agencies(&w, amy).await.len(), 2, "her surgery and her landlord");
        let in_doubt = waiting(&w, "Joy").await;
        assert_eq!(in_doubt.len(), 1, "twins may be called Amy and Amelia");
        assert_eq!(in_doubt[0].owner, "Joy Mensah");
        let again = run(&w.world, &w.area, None).await.unwrap();
        assert_eq!((again.placed, again.proposed), (0, 1), "a second run finds nothing new");
        assert_eq!(waiting(&w, "Joy").await[0].id, in_doubt[0].id);
        let mut ctx = w.ctx("Joy").await;
        let (settled, _) = actions::list(&mut ctx, true, 0).await.unwrap();
        assert_eq!(settled.iter().map(|one| one.state.as_str()).collect::<Vec<_>>(), ["placed"]);
    })
    .await;
}

/// Rule [3.22]
#[tokio::test]
async fn somebody_says_who_is_one_and_who_is_two_and_the_next_run_does_not_say_otherwise() {
    on_both_engines(async |mut w: TestWorld| {
        careful(&mut w);
        let amy = extracts(&w).await;
        let tally = run(&w.world, &w.area, None).await.unwrap();
        assert_eq!((tally.placed, tally.proposed), (0, 2), "{tally:?}");
        let proposals = waiting(&w, "Joy").await;
        let of = |source: &str| proposals.iter().find(|one| one.right.record().is_some_and(|(from, _)| from == source)).unwrap();
        decide(&w, "Joy", of("housing"), Answer::Same).await.unwrap();
        decide(&w, "Joy", of("police"), Answer::Apart).await.unwrap();
        assert!(waiting(&w, "Joy").await.is_empty());
        assert_eq!(agencies(&w, amy).await.len(), 2);
        assert!(
            matches!(decide(&w, "Joy", of("housing"), Answer::Same).await, Err(DecideError::Changed | DecideError::Access(_))),
            "pressing twice does it once"
        );
        let again = run(&w.world, &w.area, None).await.unwrap();
        assert_eq!(again.proposed, 0, "what somebody said stands");
        assert!(waiting(&w, "Joy").await.is_empty());
    })
    .await;
}

#[tokio::test]
async fn a_placed_record_is_taken_away_again_with_all_it_says_and_comes_not_back() {
    on_both_engines(async |w: TestWorld| {
        let amy = extracts(&w).await;
        let mut ctx = w.ctx("Moira").await;
        let before = facts::list_of(&mut ctx, &[amy], None).await.unwrap();
        drop(ctx);
        run(&w.world, &w.area, None).await.unwrap();
        let mut ctx = w.ctx("Joy").await;
        let (settled, _) = actions::list(&mut ctx, true, 0).await.unwrap();
        for one in &settled {
            actions::undo(&mut ctx, &w.area, one.link.unwrap(), "Her cousin of the same name", &[]).await.unwrap();
        }
        ctx.commit().await.unwrap();
        let mut ctx = w.ctx("Moira").await;
        let after = facts::list_of(&mut ctx, &[amy], None).await.unwrap();
        let ids = |facts: &[facts::Fact]| facts.iter().map(|fact| fact.id).collect::<Vec<_>>();
        assert_eq!(ids(&before), ids(&after));
        drop(ctx);
        let again = run(&w.world, &w.area, None).await.unwrap();
        assert_eq!(again.placed, 0);
        let two_people = |one: &Proposal| one.left.person().is_some() && one.right.person().is_some();
        assert!(!waiting(&w, "Joy").await.iter().any(two_people), "the tenant is not proposed as Amy again");
    })
    .await;
}

/// Rule [3.22]
#[tokio::test]
async fn where_it_is_risky_a_second_person_says_so_as_well() {
    on_both_engines(async |mut w: TestWorld| {
        careful(&mut w);
        let mut ctx = w.ctx("Moira").await;
        let mut people = Vec::new();
        for forename in ["Amy", "Amelia"] {
            let id = people::create(&mut ctx).await.unwrap();
            let (_, permit) = people::open(&mut ctx, access::Act::RecordFact, id).await.unwrap();
            facts::record(&mut ctx, &permit, NewFact::name(id, forename, "Barlow")).await.unwrap();
            facts::record(&mut ctx, &permit, NewFact::birth(id, "1992-05-03".parse().unwrap())).await.unwrap();
            facts::works_with(&mut ctx, &permit, "Works with", None).await.unwrap();
            people.push(id);
        }
        ctx.commit().await.unwrap();
        run(&w.world, &w.area, None).await.unwrap();
        let proposal = waiting(&w, "Joy").await.remove(0);
        decide(&w, "Joy", &proposal, Answer::Same).await.unwrap();
        let proposal = waiting(&w, "Joy").await.remove(0);
        assert_eq!(proposal.state, "seconding");
        assert!(matches!(decide(&w, "Joy", &proposal, Answer::Same).await, Err(DecideError::SecondPerson)));
        decide(&w, "Moira", &proposal, Answer::Same).await.unwrap();
        let mut ctx = w.ctx("Moira").await;
        assert!(people::load(&mut ctx, people[0]).await.is_ok());
        assert!(matches!(people::load(&mut ctx, people[1]).await, Err(AccessError::Hidden(_))));
    })
    .await;
}

/// Loads, shields Amy in one way, and matches.
async fn shielded(w: &TestWorld, kind: ShieldKind) -> (PersonId, Tally) {
    let amy = extracts(w).await;
    let mut ctx = w.ctx("Moira").await;
    people::shield(&mut ctx, amy, kind, "In a refuge", &[w.actor("Moira").id]).await.unwrap();
    ctx.commit().await.unwrap();
    (amy, run(&w.world, &w.area, None).await.unwrap())
}

/// The attack: a record of her landlord's is placed with a woman in a refuge, or the queue tells that she is known.
#[tokio::test]
async fn a_shielded_person_is_matched_by_whoever_is_named_alone() {
    on_both_engines(async |w: TestWorld| {
        for kind in [ShieldKind::Location, ShieldKind::Existence] {
            let (amy, tally) = shielded(&w, kind).await;
            assert_eq!(tally.placed, 0, "{kind:?}");
            let of_amy =
                |proposals: Vec<Proposal>| proposals.into_iter().filter(|one| one.left == Unit::Person(amy)).collect::<Vec<_>>();
            let seen = waiting(&w, "Joy").await;
            let of_her_record =
                |one: &Proposal| [&one.left, &one.right].iter().any(|side| side.record() == Some(("housing", "4")));
            assert!(
                !seen.iter().any(of_her_record),
                "{kind:?}: her landlord's record tells where she is, whoever it is compared with"
            );
            assert!(of_amy(seen).is_empty(), "{kind:?}");
            let seen = of_amy(waiting(&w, "Moira").await);
            assert!(!seen.is_empty(), "{kind:?}");
            assert!(seen.iter().all(|one| one.owner == "Moira Keane"), "it is not left to somebody who does not see it");
            for proposal in seen {
                let refused = decide(&w, "Joy", &proposal, Answer::Same).await;
                assert!(
                    matches!(refused, Err(DecideError::Access(AccessError::Hidden(_) | AccessError::Refused(_)))),
                    "{kind:?}"
                );
            }
        }
    })
    .await;
}

/// The attack: whoever has no such role reads both sides of a proposal, or undoes a link.
#[tokio::test]
async fn a_practitioner_neither_sees_the_queue_nor_decides_nor_undoes() {
    on_both_engines(async |mut w: TestWorld| {
        extracts(&w).await;
        run(&w.world, &w.area, None).await.unwrap();
        let mut ctx: Ctx = w.ctx("Joy").await;
        let settled = actions::list(&mut ctx, true, 0).await.unwrap().0.remove(0);
        drop(ctx);
        for name in ["Helen", "Ravi", "Ruth"] {
            let mut ctx = w.ctx(name).await;
            assert!(actions::list(&mut ctx, true, 0).await.is_err(), "{name}");
            assert!(actions::review(&mut ctx, &w.area, settled.id).await.is_err(), "{name}");
            let undone = actions::undo(&mut ctx, &w.area, settled.link.unwrap(), "Because", &[]).await;
            assert!(matches!(undone, Err(LinkError::Access(_))), "{name}");
        }
        careful(&mut w);
    })
    .await;
}
