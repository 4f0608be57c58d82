//! Deciding to share, tried: the table of the path and the rules first, then actions on both engines, with what an attacker would try.

mod rules;

use crate::agreements::rules::Said;
use crate::agreements::{self, About, AgreementId, Answer, Giver, NewAgreement};
use crate::requests::{self, NewRequest};
use crate::sharing::actions::{self, ShareError};
use crate::sharing::decision::{DecisionId, Ground, Label, NewDecision, Outcome, Picked, Protection, Recipient, TaskKind, Told};
use crate::sharing::rules::ShareRule;
use crate::sharing::{items, store, tasks};
use access::{AccessError, Act, Ctx};
use area::Area;
use area::sharing::Sharing;
use families::facts::{self, Class, FactId, Kind, NewFact, Shape};
use families::people::{self, PersonId, ShieldKind};
use kernel::Date;
use std::path::Path;
use testkit::{TestWorld, on_both_engines};
use uuid::Uuid;

fn sharing() -> Sharing {
    Area::load(&Path::new(env!("CARGO_MANIFEST_DIR")).join("../../areas/example")).unwrap().sharing
}

fn day(text: &str) -> Date {
    text.parse().unwrap()
}

fn id(of: u128) -> Uuid {
    Uuid::from_u128(of)
}

fn decision(person: PersonId) -> NewDecision {
    NewDecision {
        person,
        request: None,
        outcome: Outcome::Shared,
        purpose: "support".to_owned(),
        ground: Some(Ground::NotConfidential),
        ground_words: String::new(),
        agreement: None,
        agreement_words: String::new(),
        to: Recipient { agency: None, named: None, words: "The duty desk".to_owned(), method: "telephone".to_owned() },
        said_words: "That the rent is late".to_owned(),
        withheld_words: String::new(),
        reason: String::new(),
        answer_words: String::new(),
        told: Told::Yes,
        told_words: String::new(),
        tests: sharing().test.into_iter().map(|test| test.id).collect(),
        items: Vec::new(),
        happened_on: day("2026-11-02"),
        review_on: None,
        adviser: None,
    }
}

struct Known {
    amy: PersonId,
    rent: FactId,
    address: FactId,
}

/// Helen's tenant Amy, behind with the rent, with an address.
async fn known(w: &TestWorld) -> Known {
    let mut ctx = w.ctx("Helen").await;
    let amy = people::create(&mut ctx).await.unwrap();
    let (_, permit) = people::open(&mut ctx, Act::RecordContact, amy).await.unwrap();
    facts::record(&mut ctx, &permit, NewFact::name(amy, "Amy", "Barlow")).await.unwrap();
    facts::works_with(&mut ctx, &permit, "tenancy", None).await.unwrap();
    let rent = NewFact { class: Class::Confidential, ..NewFact::plain(amy, Kind::Need, "rent_arrears", "Three months") };
    let rent = facts::record(&mut ctx, &permit, rent).await.unwrap();
    let shape = Shape::Address { lines: "1 Hill Street".into(), town: "Otley".into(), postcode: "LS21 1AA".into() };
    let address = NewFact { shape, class: Class::Confidential, ..NewFact::plain(amy, Kind::Address, "home", "") };
    let address = facts::record(&mut ctx, &permit, address).await.unwrap();
    ctx.commit().await.unwrap();
    Known { amy, rent, address }
}

fn pick(fact: FactId, why: &str) -> Picked {
    Picked { fact, why: why.to_owned() }
}

fn to_grace(w: &TestWorld, alone: bool) -> Recipient {
    let grace = w.actor("Grace");
    Recipient { agency: Some(grace.agency_id), named: alone.then_some(grace.id), words: String::new(), method: "here".to_owned() }
}

fn of_harm(w: &TestWorld, known: &Known, items: Vec<Picked>) -> NewDecision {
    NewDecision {
        ground: Some(Ground::Harm),
        ground_words: "They will be evicted with a baby".to_owned(),
        purpose: "protect".to_owned(),
        to: to_grace(w, false),
        said_words: String::new(),
        items,
        ..decision(known.amy)
    }
}

async fn decided(w: &TestWorld, who: &str, new: NewDecision) -> DecisionId {
    let mut ctx = w.ctx(who).await;
    let id = actions::decide(&mut ctx, &w.area, new).await.unwrap();
    ctx.commit().await.unwrap();
    id
}

async fn read_by(w: &TestWorld, who: &str, fact: FactId) -> bool {
    let mut ctx = w.ctx(who).await;
    facts::load(&mut ctx, fact).await.is_ok()
}

async fn received(w: &TestWorld, who: &str, id: DecisionId) -> Option<Vec<String>> {
    let mut ctx = w.ctx(who).await;
    let got = actions::receive(&mut ctx, id).await.ok()?;
    ctx.commit().await.unwrap();
    Some(got.items.iter().map(|(_, fact, _)| fact.new.words.clone()).collect())
}

/// Somebody gives a reason for looking at Amy.
async fn looks(w: &TestWorld, who: &str, known: &Known) {
    let mut ctx = w.ctx(who).await;
    people::ask(&mut ctx, known.amy, ("asked", "They told us about her"), 8).await.unwrap();
    ctx.commit().await.unwrap();
}

#[tokio::test]
async fn the_other_agency_reads_what_was_picked_until_it_is_ended_and_that_it_got_it_is_kept() {
    on_both_engines(async |w: TestWorld| {
        let known = known(&w).await;
        let id = decided(&w, "Helen", of_harm(&w, &known, vec![pick(known.rent, "")])).await;
        assert!(read_by(&w, "Owen", known.rent).await && !read_by(&w, "Owen", known.address).await);
        assert!(!read_by(&w, "Dan", known.rent).await, "no other agency");
        let mut tx = w.world.db.read().await.unwrap();
        let queued = "SELECT COUNT(*) AS looks FROM job WHERE area_id = $1 AND kind = 'signals.look' AND payload = $2";
        let row =
            tx.query_one(queued, ::store::vals![w.world.area_id, &format!("{{\"people\":[\"{}\"]}}", known.amy)]).await.unwrap();
        assert_eq!(row.get::<i64>("looks").unwrap(), 1, "what they could not read before may be a change to look at");
        drop(tx);
        assert!(!read_by(&w, "Grace", known.rent).await, "nor whoever of it has nothing to do with her");
        assert_eq!(received(&w, "Grace", id).await, None);
        let mut ctx = w.ctx("Owen").await;
        let owen = ctx.actor.id;
        let left = tasks::owned_by(&mut ctx, &[owen]).await.unwrap();
        assert_eq!(
            left.iter().map(|task| (task.kind, task.due_on)).collect::<Vec<_>>(),
            [(TaskKind::Receive, day("2026-11-02"))]
        );
        drop(ctx);
        looks(&w, "Grace", &known).await;
        assert_eq!(received(&w, "Grace", id).await, Some(vec!["Three months".to_owned()]));
        assert_eq!(received(&w, "Grace", id).await.map(|items| items.len()), Some(1));
        assert_eq!(received(&w, "Dan", id).await, None);
        let mut ctx = w.ctx("Owen").await;
        assert!(tasks::owned_by(&mut ctx, &[owen]).await.unwrap().is_empty(), "it has arrived");
        drop(ctx);

        let mut ctx = w.ctx("Helen").await;
        let opened = actions::load(&mut ctx, id).await.unwrap();
        assert_eq!(opened.events.len(), 1, "received once, however often it is looked at");
        assert_eq!(opened.decision.basis.gateway, "Children Act 1989, section 47; Children Act 2004, section 11");
        assert_eq!(opened.items[0].0.label, Label::Fact);
        assert!(matches!(actions::end(&mut ctx, id, " ").await, Err(ShareError::Text(_))));
        actions::end(&mut ctx, id, "They have a flat").await.unwrap();
        assert!(matches!(actions::end(&mut ctx, id, "Again").await, Err(ShareError::DoneAlready)));
        ctx.commit().await.unwrap();
        assert!(!read_by(&w, "Grace", known.rent).await);
        assert_eq!(received(&w, "Grace", id).await, Some(Vec::new()), "that it was shared stays known; what, no more");
    })
    .await;
}

#[tokio::test]
async fn what_is_for_one_alone_is_read_by_nobody_else_of_their_agency() {
    on_both_engines(async |w: TestWorld| {
        let known = known(&w).await;
        let new = NewDecision { to: to_grace(&w, true), ..of_harm(&w, &known, vec![pick(known.rent, "")]) };
        let id = decided(&w, "Helen", new).await;
        assert!(read_by(&w, "Grace", known.rent).await && !read_by(&w, "Owen", known.rent).await);
        assert!(received(&w, "Grace", id).await.is_some() && received(&w, "Owen", id).await.is_none());
        let wrong = Recipient { named: Some(w.actor("Dan").id), ..to_grace(&w, true) };
        let mut ctx = w.ctx("Helen").await;
        let refused =
            actions::decide(&mut ctx, &w.area, NewDecision { to: wrong, ..of_harm(&w, &known, vec![pick(known.rent, "")]) });
        assert!(matches!(refused.await, Err(ShareError::Rules(faults)) if faults == [ShareRule::NotOfAgency]));
    })
    .await;
}

fn agreement(w: &TestWorld, known: &Known) -> NewAgreement {
    NewAgreement {
        person: known.amy,
        about: About::Confidentiality,
        answer: Answer::Agreed,
        giver: Giver::Adult,
        giver_person: None,
        judgement: String::new(),
        information: vec!["home_money".to_owned()],
        agencies: vec![w.actor("Grace").agency_id],
        exceptions: String::new(),
        explained: "talked".to_owned(),
        language: "en".to_owned(),
        evidence: "said".to_owned(),
        witness: String::new(),
        words: String::new(),
        given_on: day("2026-11-02"),
        until_on: Some(day("2026-11-30")),
    }
}

async fn shared_with_agreement(w: &TestWorld, known: &Known) -> (AgreementId, DecisionId) {
    let mut ctx = w.ctx("Helen").await;
    let agreed = agreements::record(&mut ctx, &w.area, agreement(w, known), None).await.unwrap();
    ctx.commit().await.unwrap();
    let new = NewDecision { ground: Some(Ground::Agreement), ..of_harm(w, known, vec![pick(known.rent, "")]) };
    (agreed, decided(w, "Helen", new).await)
}

#[tokio::test]
async fn taking_an_agreement_back_closes_at_once_what_was_opened_because_of_it_and_nothing_else() {
    on_both_engines(async |w: TestWorld| {
        let known = known(&w).await;
        let (agreed, id) = shared_with_agreement(&w, &known).await;
        let other = decided(&w, "Helen", of_harm(&w, &known, vec![pick(known.address, "They visit")])).await;
        assert!(read_by(&w, "Owen", known.rent).await && read_by(&w, "Owen", known.address).await);
        let mut ctx = w.ctx("Helen").await;
        agreements::withdraw(&mut ctx, &w.area, (agreed, 1), "She has had enough").await.unwrap();
        ctx.commit().await.unwrap();
        assert!(!read_by(&w, "Owen", known.rent).await);
        assert!(read_by(&w, "Owen", known.address).await, "what rests on the risk of harm stays open");
        let mut ctx = w.ctx("Helen").await;
        assert!(actions::load(&mut ctx, id).await.unwrap().decision.ended_at.is_some());
        assert!(actions::load(&mut ctx, other).await.unwrap().decision.ended_at.is_none());
    })
    .await;
}

#[tokio::test]
async fn what_rests_on_an_agreement_closes_by_itself_after_its_last_day() {
    on_both_engines(async |w: TestWorld| {
        let known = known(&w).await;
        shared_with_agreement(&w, &known).await;
        // From the second of November, nine in the morning, to the last minute of the thirtieth.
        w.world.clock.advance_seconds(28 * 24 * 3600 + 14 * 3600 + 3540);
        assert!(read_by(&w, "Owen", known.rent).await);
        w.world.clock.advance_seconds(120);
        assert!(!read_by(&w, "Owen", known.rent).await);
    })
    .await;
}

#[tokio::test]
async fn protected_items_need_a_reason_and_what_is_not_ones_own_to_share_is_not_there() {
    on_both_engines(async |w: TestWorld| {
        let known = known(&w).await;
        let mut ctx = w.ctx("Helen").await;
        let offered = items::offered(&mut ctx, &w.area, known.amy).await.unwrap();
        let of = |fact| offered.iter().find(|one| one.fact.id == fact).map(|one| one.protection);
        assert_eq!((of(known.rent), of(known.address)), (Some(Protection::None), Some(Protection::Place)));
        let no_reason = actions::decide(&mut ctx, &w.area, of_harm(&w, &known, vec![pick(known.address, "")])).await;
        assert!(matches!(no_reason, Err(ShareError::Rules(faults)) if matches!(faults[..], [ShareRule::NoReason(_)])));
        drop(ctx);
        decided(&w, "Helen", of_harm(&w, &known, vec![pick(known.rent, "")])).await;
        // Grace was told by Helen's agency, and would tell the police what is not hers.
        let mut ctx = w.ctx("Grace").await;
        people::ask(&mut ctx, known.amy, ("worried", "She rang us"), 8).await.unwrap();
        let on = NewDecision {
            to: Recipient { agency: Some(w.actor("Dan").agency_id), method: "here".to_owned(), ..Recipient::default() },
            ..of_harm(&w, &known, vec![pick(known.rent, "")])
        };
        assert!(matches!(actions::decide(&mut ctx, &w.area, on).await, Err(ShareError::Access(AccessError::Hidden(_)))));
    })
    .await;
}

#[tokio::test]
async fn what_is_shown_beforehand_is_exactly_what_the_other_reads_and_what_a_shield_keeps_from_them_is_not_kept_as_shared() {
    on_both_engines(async |w: TestWorld| {
        for shield in [None, Some(ShieldKind::Location), Some(ShieldKind::Existence)] {
            let known = known(&w).await;
            if let Some(kind) = shield {
                let mut ctx = w.ctx("Moira").await;
                let named = [w.actor("Moira").id, w.actor("Helen").id];
                people::shield(&mut ctx, known.amy, kind, "He looks for her", &named).await.unwrap();
                ctx.commit().await.unwrap();
            }
            let mut ctx = w.ctx("Helen").await;
            let offered = items::offered(&mut ctx, &w.area, known.amy).await.unwrap();
            let picked = [known.rent, known.address];
            let shown = items::preview(&mut ctx, &offered, &picked, &to_grace(&w, false)).await.unwrap();
            let promised = shown.iter().filter(|one| one.is_seen).count();
            let new = of_harm(&w, &known, vec![pick(known.rent, "A reason"), pick(known.address, "A reason")]);
            let kept = actions::decide(&mut ctx, &w.area, new).await;
            match (shield, kept) {
                (None, Ok(id)) => {
                    ctx.commit().await.unwrap();
                    assert_eq!((promised, received(&w, "Owen", id).await.map(|items| items.len())), (2, Some(2)));
                }
                // Where she is, is told by her landlord's telling anything: they are rung.
                (Some(_), Err(ShareError::Rules(faults))) => assert_eq!((promised, faults), (0, vec![ShareRule::Shielded])),
                (_, kept) => panic!("{shield:?}: {kept:?}"),
            }
        }
    })
    .await;
}

#[tokio::test]
async fn what_was_said_by_telephone_is_read_by_nobody_of_the_agency_that_was_rung() {
    on_both_engines(async |w: TestWorld| {
        let known = known(&w).await;
        let to = Recipient { method: "telephone".to_owned(), ..to_grace(&w, false) };
        let said = NewDecision { to, said_words: "She is at her aunt's".to_owned(), ..of_harm(&w, &known, Vec::new()) };
        let id = decided(&w, "Helen", said).await;
        for who in ["Owen", "Grace"] {
            looks(&w, who, &known).await;
            assert_eq!(received(&w, who, id).await, None, "{who}");
        }
    })
    .await;
}

#[tokio::test]
async fn anybody_keeps_what_they_told_when_somebody_was_in_danger_whether_or_not_they_work_with_them() {
    on_both_engines(async |w: TestWorld| {
        let known = known(&w).await;
        let danger = |ground| NewDecision {
            ground: Some(ground),
            ground_words: "The baby is alone".to_owned(),
            tests: Vec::new(),
            purpose: "protect".to_owned(),
            ..decision(known.amy)
        };
        let mut ctx = w.ctx("Dan").await;
        assert!(actions::decide(&mut ctx, &w.area, danger(Ground::Emergency)).await.is_ok());
        let refused = actions::decide(&mut ctx, &w.area, danger(Ground::Harm)).await;
        assert!(matches!(refused, Err(ShareError::Access(AccessError::Refused(_)))));
    })
    .await;
}

#[tokio::test]
async fn what_nobody_agreed_to_is_not_shared_as_agreed_whatever_the_page_says() {
    on_both_engines(async |w: TestWorld| {
        let known = known(&w).await;
        let mut ctx = w.ctx("Helen").await;
        let as_agreed = |ground| NewDecision { ground: Some(ground), ..of_harm(&w, &known, vec![pick(known.rent, "")]) };
        for ground in [Ground::Agreement, Ground::NotConfidential] {
            let refused = actions::decide(&mut ctx, &w.area, as_agreed(ground)).await;
            assert!(matches!(refused, Err(ShareError::Rules(faults)) if faults == [ShareRule::NotCovered]), "{ground:?}");
        }
    })
    .await;
}

#[tokio::test]
async fn a_no_that_the_sharer_may_not_know_of_is_a_no() {
    on_both_engines(async |w: TestWorld| {
        let known = known(&w).await;
        let mut ctx = w.ctx("Helen").await;
        agreements::record(&mut ctx, &w.area, agreement(&w, &known), None).await.unwrap();
        ctx.commit().await.unwrap();
        // She tells the alcohol service, which nobody is told of, that she does not want it.
        let mut ctx = w.ctx("Lena").await;
        people::ask(&mut ctx, known.amy, ("asked", "She came to us"), 8).await.unwrap();
        let no = NewAgreement { answer: Answer::Refused, information: vec![], agencies: vec![], ..agreement(&w, &known) };
        agreements::record(&mut ctx, &w.area, no, None).await.unwrap();
        ctx.commit().await.unwrap();
        let mut ctx = w.ctx("Helen").await;
        let to = w.actor("Grace").agency_id;
        assert_eq!(agreements::said_about(&mut ctx, known.amy, (to, "home_money")).await.unwrap(), Said::Unclear);
        let new = NewDecision { ground: Some(Ground::Agreement), ..of_harm(&w, &known, vec![pick(known.rent, "")]) };
        assert!(matches!(actions::decide(&mut ctx, &w.area, new).await, Err(ShareError::Rules(_))));
    })
    .await;
}

#[tokio::test]
async fn saying_no_or_less_than_before_closes_what_is_agreed_no_more_and_saying_yes_again_keeps_it_open() {
    on_both_engines(async |w: TestWorld| {
        let known = known(&w).await;
        shared_with_agreement(&w, &known).await;
        let record = async |new: NewAgreement| {
            let mut ctx = w.ctx("Helen").await;
            agreements::record(&mut ctx, &w.area, new, None).await.unwrap();
            ctx.commit().await.unwrap();
        };
        // Agreed for longer: it does not close on the last day of what was agreed first.
        record(NewAgreement { until_on: Some(day("2027-01-31")), ..agreement(&w, &known) }).await;
        w.world.clock.advance_seconds(30 * 24 * 3600);
        assert!(read_by(&w, "Owen", known.rent).await);
        // No button is pressed for it: she says no, and that is recorded.
        let given_on = w.world.clock.today();
        record(NewAgreement { answer: Answer::Refused, given_on, ..agreement(&w, &known) }).await;
        assert!(!read_by(&w, "Owen", known.rent).await);
    })
    .await;
}

#[tokio::test]
async fn advice_is_given_by_whoever_was_asked_and_leads_back_to_whoever_decides() {
    on_both_engines(async |w: TestWorld| {
        let known = known(&w).await;
        for adviser in ["Moira", "Ruth"] {
            let new = NewDecision {
                outcome: Outcome::Advice,
                reason: "May the school know?".to_owned(),
                adviser: Some(w.actor(adviser).id),
                ..decision(known.amy)
            };
            let id = decided(&w, "Helen", new).await;
            let mut ctx = w.ctx(adviser).await;
            let me = ctx.actor.id;
            let task = tasks::owned_by(&mut ctx, &[me]).await.unwrap().remove(0);
            assert_eq!((task.kind, task.words.as_str()), (TaskKind::Advise, "May the school know?"));
            assert!(actions::load(&mut ctx, id).await.unwrap().may_advise);
            tasks::do_task(&mut ctx, &w.area, task.id, ("Yes, with her agreement", true)).await.unwrap();
            let again = tasks::do_task(&mut ctx, &w.area, task.id, ("Again", true)).await;
            assert!(matches!(again, Err(ShareError::DoneAlready)));
            ctx.commit().await.unwrap();
            let mut ctx = w.ctx("Helen").await;
            let helen = ctx.actor.id;
            let left = tasks::owned_by(&mut ctx, &[helen]).await.unwrap();
            assert_eq!((left[0].kind, left[0].words.as_str()), (TaskKind::Decide, "Yes, with her agreement"));
            drop(ctx);
            decided(&w, "Helen", of_harm(&w, &known, vec![pick(known.rent, "")])).await;
            let mut ctx = w.ctx("Helen").await;
            assert!(tasks::owned_by(&mut ctx, &[helen]).await.unwrap().is_empty(), "what was put off is decided");
        }
        let mut ctx = w.ctx("Ruth").await;
        assert!(actions::of_person(&mut ctx, known.amy).await.unwrap().len() == 1, "an adviser sees what they advised on");
    })
    .await;
}

async fn ask(ctx: &mut Ctx, w: &TestWorld, known: &Known) -> requests::RequestId {
    people::ask(ctx, known.amy, ("worried", "A neighbour rang"), 8).await.unwrap();
    let new = NewRequest {
        person: known.amy,
        to_agency: w.actor("Helen").agency_id,
        purpose: "protect".to_owned(),
        information: Vec::new(),
        words: "Is the rent paid?".to_owned(),
        urgent: true,
    };
    requests::ask(ctx, &w.area, new).await.unwrap()
}

#[tokio::test]
async fn a_request_is_answered_by_a_decision_and_the_asker_reads_what_they_are_told_and_not_why() {
    on_both_engines(async |w: TestWorld| {
        let known = known(&w).await;
        let mut ctx = w.ctx("Grace").await;
        let (first, second) = (ask(&mut ctx, &w, &known).await, ask(&mut ctx, &w, &known).await);
        ctx.commit().await.unwrap();
        let refuse = NewDecision {
            outcome: Outcome::Refused,
            request: Some(first),
            reason: "Her father works there".to_owned(),
            answer_words: "Please ring me".to_owned(),
            ..decision(known.amy)
        };
        decided(&w, "Helen", refuse).await;
        let share = NewDecision { request: Some(second), ..of_harm(&w, &known, vec![pick(known.rent, "")]) };
        decided(&w, "Helen", share).await;
        let mut ctx = w.ctx("Grace").await;
        let refused = requests::load(&mut ctx, first).await.unwrap();
        assert_eq!(refused.request.state, requests::State::Answered);
        let answer = &refused.answers[0];
        assert_eq!((answer.words.as_str(), answer.is_shared, answer.is_open), ("Please ring me", false, false));
        let refused = refused.answers[0].decision;
        assert!(matches!(actions::load(&mut ctx, refused).await, Err(AccessError::Hidden(_))), "why is not theirs to read");
        assert!(requests::load(&mut ctx, second).await.unwrap().answers[0].is_open);
        drop(ctx);
        // Dan's agency was not asked, and does not answer.
        let mut ctx = w.ctx("Dan").await;
        people::ask(&mut ctx, known.amy, ("worried", "Seen"), 8).await.unwrap();
        let sly = NewDecision { outcome: Outcome::Refused, request: Some(first), reason: "No".to_owned(), ..decision(known.amy) };
        assert!(matches!(actions::decide(&mut ctx, &w.area, sly).await, Err(ShareError::Access(AccessError::Hidden(_)))));
        drop(ctx);
        // Telling somebody else does not answer who asked; nor does answering twice.
        let mut ctx = w.ctx("Grace").await;
        let third = ask(&mut ctx, &w, &known).await;
        ctx.commit().await.unwrap();
        let mut ctx = w.ctx("Helen").await;
        let police = Recipient { agency: Some(w.actor("Dan").agency_id), ..decision(known.amy).to };
        let other = NewDecision { request: Some(third), to: police, ..of_harm(&w, &known, Vec::new()) };
        let other = NewDecision { said_words: "Rang them".to_owned(), ..other };
        assert!(matches!(actions::decide(&mut ctx, &w.area, other).await, Err(ShareError::Access(AccessError::Hidden(_)))));
        let twice =
            NewDecision { outcome: Outcome::Refused, request: Some(second), reason: "No".to_owned(), ..decision(known.amy) };
        assert!(matches!(actions::decide(&mut ctx, &w.area, twice).await, Err(ShareError::Request)));
    })
    .await;
}

#[tokio::test]
async fn what_was_corrected_since_goes_on_to_whoever_was_told_and_the_record_shows_it() {
    on_both_engines(async |w: TestWorld| {
        let known = known(&w).await;
        let id = decided(&w, "Helen", of_harm(&w, &known, vec![pick(known.rent, "")])).await;
        let mut ctx = w.ctx("Helen").await;
        let right = NewFact::plain(known.amy, Kind::Need, "rent_arrears", "One month");
        let corrected = facts::correct(&mut ctx, known.rent, right).await.unwrap();
        actions::put_right(&mut ctx, id, "It was one month").await.unwrap();
        ctx.commit().await.unwrap();
        assert!(read_by(&w, "Owen", corrected).await);
        assert_eq!(received(&w, "Owen", id).await, Some(vec!["One month".to_owned()]), "as it is now, and once");
        let mut ctx = w.ctx("Helen").await;
        let opened = actions::load(&mut ctx, id).await.unwrap();
        let fact = opened.items[0].1.as_ref().unwrap();
        assert!(fact.superseded_at.is_some());
        assert!(opened.events.iter().any(|event| event.words == "It was one month"));
        actions::end(&mut ctx, id, "Done").await.unwrap();
        ctx.commit().await.unwrap();
        assert!(!read_by(&w, "Owen", corrected).await, "what took its place closes with it");
    })
    .await;
}

#[tokio::test]
async fn a_decision_about_a_shielded_mother_is_known_to_those_named_for_her_alone() {
    on_both_engines(async |w: TestWorld| {
        let known = known(&w).await;
        let id = decided(&w, "Helen", of_harm(&w, &known, vec![pick(known.rent, "")])).await;
        let mut ctx = w.ctx("Moira").await;
        people::shield(&mut ctx, known.amy, ShieldKind::Existence, "He looks for her", &[w.actor("Moira").id]).await.unwrap();
        ctx.commit().await.unwrap();
        assert!(!read_by(&w, "Grace", known.rent).await, "a shield beats what was shared before it");
        for who in ["Helen", "Grace"] {
            let mut ctx = w.ctx(who).await;
            assert!(matches!(actions::load(&mut ctx, id).await, Err(AccessError::Hidden(_))), "{who}");
            assert!(matches!(actions::receive(&mut ctx, id).await, Err(AccessError::Hidden(_))), "{who}");
            assert!(actions::shared_with_us(&mut ctx).await.unwrap().is_empty(), "{who}");
            let me = ctx.actor.id;
            assert!(tasks::owned_by(&mut ctx, &[me]).await.unwrap().is_empty(), "{who}");
        }
        let mut ctx = w.ctx("Moira").await;
        assert!(actions::load(&mut ctx, id).await.is_ok());
    })
    .await;
}

#[tokio::test]
async fn the_database_itself_refuses_a_decision_without_a_ground() {
    on_both_engines(async |w: TestWorld| {
        let known = known(&w).await;
        let id = decided(&w, "Helen", of_harm(&w, &known, vec![pick(known.rent, "")])).await;
        let mut tx = w.world.db.begin().await.unwrap();
        let found = store::find(&mut tx, w.world.area_id, id).await.unwrap().unwrap();
        assert_eq!(found.rules_in_force, "2026-11-01");
        for change in ["ground = NULL", "ground_words = ''", "to_agency_id = NULL", "ground = 'agreement'"] {
            let sql = format!("UPDATE share_decision SET {change} WHERE area_id = $1 AND decision_id = $2");
            let mut tx = w.world.db.read().await.unwrap();
            assert!(tx.execute(&sql, ::store::vals![w.world.area_id, id]).await.is_err(), "{change}");
        }
    })
    .await;
}
