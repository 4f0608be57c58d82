//! Plans, tried: rules first, then actions on both engines.

use super::actions::{self, PlanError};
use super::plan::{EntryId, How, NewAction, NewReview, Side, State};
use super::rules::{self, PlanRule};
use super::said::{About, Eyes};
use access::{AccessError, Act, Ctx};
use families::facts::{self, Class, FactId, Kind, NewFact};
use families::family::{self, FamilyId, Part};
use families::people::{self, PersonId, ShieldKind};
use proptest::prelude::*;
use testkit::{TestWorld, on_both_engines};

/// Amy, whom Sunita and Helen work with, and Josh, her son; their family, which Sunita leads for.
struct Barlows {
    amy: PersonId,
    josh: PersonId,
    family: FamilyId,
}

impl Barlows {
    fn plan(&self) -> (PersonId, FamilyId) {
        (self.amy, self.family)
    }
}

pub(super) async fn somebody(ctx: &mut Ctx, forename: &str) -> PersonId {
    let person = people::create(ctx).await.unwrap();
    let (_, permit) = people::open(ctx, Act::RecordContact, person).await.unwrap();
    facts::record(ctx, &permit, NewFact::name(person, forename, "Barlow")).await.unwrap();
    facts::works_with(ctx, &permit, "Works with", None).await.unwrap();
    person
}

async fn barlows(w: &TestWorld) -> Barlows {
    let mut ctx = w.ctx("Sunita").await;
    let (amy, josh) = (somebody(&mut ctx, "Amy").await, somebody(&mut ctx, "Josh").await);
    let next = ("Visit", "2026-11-09".parse().unwrap());
    let family = family::create(&mut ctx, "The Barlow family", amy, next).await.unwrap();
    family::join(&mut ctx, (family, amy), josh, Part::Member).await.unwrap();
    ctx.commit().await.unwrap();
    for person in [amy, josh] {
        let mut ctx = w.ctx("Helen").await;
        let (_, permit) = people::open(&mut ctx, Act::RecordContact, person).await.unwrap();
        facts::works_with(&mut ctx, &permit, "tenancy", None).await.unwrap();
        ctx.commit().await.unwrap();
    }
    Barlows { amy, josh, family }
}

async fn need(ctx: &mut Ctx, person: PersonId, class: Class) -> FactId {
    let (_, permit) = people::open(ctx, Act::RecordFact, person).await.unwrap();
    let fact = NewFact { class, ..NewFact::plain(person, Kind::Need, "rent_arrears", "Three months behind") };
    facts::record(ctx, &permit, fact).await.unwrap()
}

fn action(w: &TestWorld, person: PersonId, owner: &str) -> NewAction {
    NewAction {
        person,
        need: None,
        words: "Agree what is paid each week".to_owned(),
        side: Side::Support,
        owner: w.actor(owner).id,
        doer: None,
        volunteer: String::new(),
        by_on: "2026-11-16".parse().unwrap(),
        is_private: false,
    }
}

/// Begins the plan and writes an action in it.
async fn begun(w: &TestWorld, of: &Barlows, new: NewAction) -> EntryId {
    let mut ctx = w.ctx("Sunita").await;
    actions::begin(&mut ctx, &w.area, of.plan()).await.unwrap();
    let id = actions::add(&mut ctx, of.plan(), new).await.unwrap();
    ctx.commit().await.unwrap();
    id
}

async fn entries(w: &TestWorld, who: &str, of: (PersonId, FamilyId)) -> Vec<EntryId> {
    let mut ctx = w.ctx(who).await;
    actions::load(&mut ctx, of).await.unwrap().entries.iter().map(|entry| entry.id).collect()
}

fn is_hidden<T>(answer: &Result<T, PlanError>) -> bool {
    matches!(answer, Err(PlanError::Access(AccessError::Hidden(_) | AccessError::Refused(_))))
}

/// Rule [3.17]
#[tokio::test]
async fn a_family_has_one_plan_whoever_begins_it() {
    on_both_engines(async |w: TestWorld| {
        let of = barlows(&w).await;
        let mut begun = Vec::new();
        for (who, through) in [("Sunita", of.amy), ("Helen", of.josh), ("Sunita", of.amy)] {
            let mut ctx = w.ctx(who).await;
            begun.push(actions::begin(&mut ctx, &w.area, (through, of.family)).await.unwrap());
            ctx.commit().await.unwrap();
        }
        begun.dedup();
        assert_eq!(begun.len(), 1);
        let mut ctx = w.ctx("Ben").await;
        assert!(is_hidden(&actions::begin(&mut ctx, &w.area, of.plan()).await), "a school that does not work with them");
    })
    .await;
}

/// Rule [3.40]
#[tokio::test]
async fn what_is_to_be_done_has_an_owner_and_a_day_whoever_of_the_family_does_it() {
    on_both_engines(async |w: TestWorld| {
        let of = barlows(&w).await;
        let mut new = action(&w, of.amy, "Helen");
        new.doer = Some(of.josh);
        let id = begun(&w, &of, new).await;
        let mut ctx = w.ctx("Helen").await;
        let owned = actions::owned_by(&mut ctx, &[w.actor("Helen").id]).await.unwrap();
        assert_eq!(owned.iter().map(|entry| (entry.id, entry.doer)).collect::<Vec<_>>(), [(id, Some(of.josh))]);
        let stranger = NewAction { doer: Some(somebody(&mut ctx, "Stranger").await), ..action(&w, of.amy, "Helen") };
        assert!(matches!(actions::add(&mut ctx, of.plan(), stranger).await, Err(PlanError::NotOfFamily)));
        let past = NewAction { by_on: "2026-11-01".parse().unwrap(), ..action(&w, of.amy, "Helen") };
        assert!(matches!(actions::add(&mut ctx, of.plan(), past).await, Err(PlanError::Rule(PlanRule::InThePast("by")))));
        // Whoever administers the area works with no family, and would never see it.
        let lost = action(&w, of.amy, "Ravi");
        assert!(matches!(actions::add(&mut ctx, of.plan(), lost).await, Err(PlanError::OwnerMayNotKnow)));
        drop(ctx);
        let mut ctx = w.ctx("Helen").await;
        assert_eq!(actions::count_open(&mut ctx).await.unwrap(), (1, 0, 0));
    })
    .await;
}

/// Rule [3.18]
#[tokio::test]
async fn what_became_of_an_action_is_said_once_and_not_over_somebody_else() {
    on_both_engines(async |w: TestWorld| {
        let of = barlows(&w).await;
        let id = begun(&w, &of, action(&w, of.amy, "Helen")).await;
        let mut ctx = w.ctx("Helen").await;
        assert!(matches!(actions::end(&mut ctx, (id, 1), false, " ").await, Err(PlanError::Rule(PlanRule::Text("words", ..)))));
        let on = "2026-11-20".parse().unwrap();
        actions::move_on(&mut ctx, (id, 1), w.actor("Sunita").id, on).await.unwrap();
        ctx.commit().await.unwrap();
        let mut ctx = w.ctx("Helen").await;
        assert!(matches!(actions::end(&mut ctx, (id, 1), true, "").await, Err(PlanError::Changed)), "read before it moved");
        actions::end(&mut ctx, (id, 2), true, "She pays each week").await.unwrap();
        ctx.commit().await.unwrap();
        let mut ctx = w.ctx("Sunita").await;
        let (entry, may_change) = actions::load_entry(&mut ctx, id).await.unwrap();
        assert_eq!((entry.state, may_change), (State::Done, false));
        assert!(matches!(actions::end(&mut ctx, (id, 3), false, "No").await, Err(PlanError::Changed)));
        assert_eq!(actions::count_open(&mut ctx).await.unwrap(), (0, 0, 0));
    })
    .await;
}

/// Rule [3.30]
#[tokio::test]
async fn a_part_of_the_plan_is_read_by_no_more_than_may_read_the_need_it_is_for() {
    on_both_engines(async |w: TestWorld| {
        let of = barlows(&w).await;
        let mut ctx = w.ctx("Sunita").await;
        let secret = need(&mut ctx, of.amy, Class::Confidential).await;
        ctx.commit().await.unwrap();
        let open = begun(&w, &of, action(&w, of.amy, "Helen")).await;
        let private = begun(&w, &of, NewAction { is_private: true, ..action(&w, of.amy, "Sunita") }).await;
        let for_need = begun(&w, &of, NewAction { need: Some(secret), ..action(&w, of.josh, "Sunita") }).await;
        assert_eq!(entries(&w, "Sunita", of.plan()).await, [open, private, for_need]);
        assert_eq!(entries(&w, "Helen", of.plan()).await, [open]);
        let mut ctx = w.ctx("Helen").await;
        assert!(matches!(actions::load_entry(&mut ctx, private).await, Err(AccessError::Hidden(_))));
        assert!(is_hidden(&actions::end(&mut ctx, (private, 1), true, "").await));
        let guessed = actions::add(&mut ctx, of.plan(), NewAction { need: Some(secret), ..action(&w, of.amy, "Helen") }).await;
        assert!(matches!(guessed, Err(PlanError::NoSuchNeed)), "a need that Helen may not read is none");
        drop(ctx);
        // What is for a need is for whoever has it.
        let mut ctx = w.ctx("Sunita").await;
        assert_eq!(actions::load_entry(&mut ctx, for_need).await.unwrap().0.person, of.amy);
    })
    .await;
}

/// Rule [3.17]
#[tokio::test]
async fn what_a_volunteer_does_stands_with_their_name_and_somebody_answers_for_it() {
    on_both_engines(async |w: TestWorld| {
        let of = barlows(&w).await;
        let long = NewAction { volunteer: "Pat ".repeat(60), ..action(&w, of.amy, "Helen") };
        let mut ctx = w.ctx("Sunita").await;
        actions::begin(&mut ctx, &w.area, of.plan()).await.unwrap();
        assert!(matches!(actions::add(&mut ctx, of.plan(), long).await, Err(PlanError::Rule(_))), "no longer than a line");
        drop(ctx);
        let by_pat = NewAction { volunteer: " Pat Lee, Family Friends ".to_owned(), ..action(&w, of.amy, "Helen") };
        let id = begun(&w, &of, by_pat).await;
        begun(&w, &of, action(&w, of.amy, "Helen")).await;
        let mut ctx = w.ctx("Helen").await;
        let helped = actions::helped_by_others(&mut ctx, &[of.plan().1]).await.unwrap();
        assert_eq!(
            helped.iter().map(|one| (one.id, one.volunteer.as_str())).collect::<Vec<_>>(),
            [(id, "Pat Lee, Family Friends")]
        );
        assert_eq!(helped[0].owner_id, Some(w.actor("Helen").id));
        drop(ctx);
        let mut ctx = w.ctx("Dan").await;
        assert_eq!(
            actions::helped_by_others(&mut ctx, &[of.plan().1]).await.unwrap().len(),
            0,
            "nothing for whom it does not concern"
        );
    })
    .await;
}

/// Rule [3.30]
#[tokio::test]
async fn a_shield_hides_what_is_planned_for_somebody_and_by_them_and_hands_it_to_whoever_decided() {
    on_both_engines(async |w: TestWorld| {
        let of = barlows(&w).await;
        let for_josh = begun(&w, &of, action(&w, of.josh, "Helen")).await;
        let by_josh = begun(&w, &of, NewAction { doer: Some(of.josh), ..action(&w, of.amy, "Helen") }).await;
        let other = begun(&w, &of, action(&w, of.amy, "Helen")).await;
        let mut ctx = w.ctx("Moira").await;
        let named = [w.actor("Moira").id];
        people::shield(&mut ctx, of.josh, ShieldKind::Existence, "Somebody is looking for him", &named).await.unwrap();
        actions::take_over(&mut ctx, of.josh).await.unwrap();
        ctx.commit().await.unwrap();
        assert_eq!(entries(&w, "Helen", of.plan()).await, [other]);
        let mut ctx = w.ctx("Moira").await;
        let mine = actions::owned_by(&mut ctx, &[w.actor("Moira").id]).await.unwrap();
        let mut mine: Vec<EntryId> = mine.iter().map(|entry| entry.id).collect();
        mine.sort();
        assert_eq!(mine, [for_josh, by_josh]);
    })
    .await;
}

/// Rule [3.18]
#[tokio::test]
async fn a_review_says_how_each_need_goes_and_when_the_plan_is_looked_at_again() {
    on_both_engines(async |w: TestWorld| {
        let of = barlows(&w).await;
        let mut ctx = w.ctx("Sunita").await;
        let rent = need(&mut ctx, of.amy, Class::Ordinary).await;
        ctx.commit().await.unwrap();
        begun(&w, &of, action(&w, of.amy, "Sunita")).await;
        let review = |step: &str, held: &str| NewReview {
            held_on: held.parse().unwrap(),
            words: "Mornings are easier now".to_owned(),
            progress: vec![How { about: About::Need(rent), eyes: Eyes::Author, scale: step.to_owned(), words: String::new() }],
            next_on: "2026-12-14".parse().unwrap(),
        };
        let mut ctx = w.ctx("Helen").await;
        let at = (of.plan(), 1);
        let no_step = actions::review(&mut ctx, &w.area, at, review("splendid", "2026-11-02")).await;
        assert!(matches!(no_step, Err(PlanError::Rule(PlanRule::NoSuchStep))));
        let tomorrow = actions::review(&mut ctx, &w.area, at, review("better", "2026-11-03")).await;
        assert!(matches!(tomorrow, Err(PlanError::Rule(PlanRule::InTheFuture))));
        let in_words = NewReview {
            progress: vec![How {
                about: About::Person(of.amy),
                eyes: Eyes::Family(of.amy),
                scale: String::new(),
                words: "I dread the post".to_owned(),
            }],
            ..review("better", "2026-11-02")
        };
        let kept = rules::check_review(in_words, "2026-11-02".parse().unwrap(), &w.area).unwrap();
        assert_eq!(kept.progress.len(), 1, "words without a step are kept");
        actions::review(&mut ctx, &w.area, at, review("better", "2026-11-02")).await.unwrap();
        ctx.commit().await.unwrap();
        let mut ctx = w.ctx("Sunita").await;
        let late = actions::review(&mut ctx, &w.area, at, review("same", "2026-11-02")).await;
        assert!(matches!(late, Err(PlanError::Changed)), "Helen was faster");
        let opened = actions::load(&mut ctx, of.plan()).await.unwrap();
        assert_eq!(opened.plan.unwrap().review_on.to_string(), "2026-12-14");
        assert_eq!(opened.said.iter().filter(|said| said.scale == "better").count(), 1);
        let reviews = actions::to_review(&mut ctx, &[w.actor("Sunita").id]).await.unwrap();
        assert_eq!(reviews.iter().map(|plan| plan.family).collect::<Vec<_>>(), [of.family]);
    })
    .await;
}

/// Rule [3.16]
#[tokio::test]
async fn a_plan_is_closed_with_a_reason_and_with_nothing_left_open() {
    on_both_engines(async |w: TestWorld| {
        let of = barlows(&w).await;
        let id = begun(&w, &of, action(&w, of.amy, "Sunita")).await;
        let mut ctx = w.ctx("Sunita").await;
        let at = (of.plan(), 1);
        assert!(matches!(actions::close(&mut ctx, at, "All is well").await, Err(PlanError::ActionsOpen)));
        actions::end(&mut ctx, (id, 1), true, "").await.unwrap();
        assert!(matches!(actions::close(&mut ctx, at, "").await, Err(PlanError::Rule(PlanRule::Text("words", ..)))));
        actions::close(&mut ctx, at, "All is well").await.unwrap();
        ctx.commit().await.unwrap();
        let mut ctx = w.ctx("Sunita").await;
        assert!(matches!(actions::add(&mut ctx, of.plan(), action(&w, of.amy, "Sunita")).await, Err(PlanError::Closed)));
        let before = actions::load(&mut ctx, of.plan()).await.unwrap().plan.unwrap().id;
        assert_ne!(actions::begin(&mut ctx, &w.area, of.plan()).await.unwrap(), before);
        let private =
            actions::add(&mut ctx, of.plan(), NewAction { is_private: true, ..action(&w, of.amy, "Sunita") }).await.unwrap();
        ctx.commit().await.unwrap();
        // Helen closes what she can read; what she cannot goes on in the next plan.
        let mut ctx = w.ctx("Helen").await;
        actions::close(&mut ctx, at, "They move away").await.unwrap();
        actions::begin(&mut ctx, &w.area, of.plan()).await.unwrap();
        ctx.commit().await.unwrap();
        assert_eq!(entries(&w, "Sunita", of.plan()).await, [private]);
    })
    .await;
}

/// Rule [3.17]
#[tokio::test]
async fn a_need_is_in_the_plan_or_the_plan_says_why_not_also_when_it_is_put_right() {
    on_both_engines(async |w: TestWorld| {
        let of = barlows(&w).await;
        let mut ctx = w.ctx("Sunita").await;
        let rent = need(&mut ctx, of.amy, Class::Ordinary).await;
        let other = need(&mut ctx, of.josh, Class::Ordinary).await;
        ctx.commit().await.unwrap();
        begun(&w, &of, NewAction { need: Some(rent), ..action(&w, of.amy, "Sunita") }).await;
        let mut ctx = w.ctx("Sunita").await;
        let corrected =
            NewFact { words: "Four months behind".to_owned(), ..NewFact::plain(of.amy, Kind::Need, "rent_arrears", "") };
        let corrected = facts::correct(&mut ctx, rent, corrected).await.unwrap();
        ctx.commit().await.unwrap();
        let mut ctx = w.ctx("Sunita").await;
        let opened = actions::load(&mut ctx, of.plan()).await.unwrap();
        assert_eq!(opened.current(rent), corrected);
        actions::leave(&mut ctx, of.plan(), (other, "When the debt is paid, he says")).await.unwrap();
        let opened = actions::load(&mut ctx, of.plan()).await.unwrap();
        let now: Vec<_> = opened
            .entries
            .iter()
            .cloned()
            .map(|mut entry| {
                entry.need = entry.need.map(|need| opened.current(need));
                entry
            })
            .collect();
        assert!(rules::unaddressed(&[corrected, other], &now).is_empty());
        assert_eq!(rules::unaddressed(&[corrected, other], &now[..1]), [other]);
    })
    .await;
}

proptest! {
    /// Rule [3.30]
    #[test]
    fn a_part_of_a_plan_is_never_wider_than_its_need(need in 0_usize..4, is_private: bool, is_sensitive: bool) {
        let need = Class::ALL[need];
        let class = rules::class_of(Some(need), is_private, is_sensitive);
        prop_assert!(class >= need);
        prop_assert!(!is_sensitive || class >= Class::SensitiveService);
        prop_assert!(!is_private || class >= Class::Confidential);
    }
}

/// Rule [3.27]
#[tokio::test]
async fn what_is_one_members_alone_stands_on_no_other_copy() {
    on_both_engines(async |w: TestWorld| {
        let of = barlows(&w).await;
        begun(&w, &of, NewAction { doer: Some(of.amy), is_private: true, ..action(&w, of.amy, "Sunita") }).await;
        let mut ctx = w.ctx("Sunita").await;
        let entry = actions::load(&mut ctx, of.plan()).await.unwrap().entries.pop().unwrap();
        let is_on = |whose| rules::is_on_copy(&entry, whose);
        assert!(is_on(Some(of.amy)) && !is_on(Some(of.josh)) && !is_on(None));
    })
    .await;
}

/// Rule [3.18]
#[test]
fn a_plan_is_looked_at_again_and_an_action_is_done_by_a_day_of_the_areas_protocol() {
    let area = area::Area::load(&std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("../../areas/example")).unwrap();
    let today = "2026-11-02".parse().unwrap();
    assert_eq!(rules::review_on(today, &area.plans, &area.holidays).to_string(), "2026-12-14");
    assert_eq!(rules::act_by(today, &area.plans, &area.holidays).to_string(), "2026-11-16");
}

/// Rule [3.30]
#[tokio::test]
async fn what_another_agency_keeps_is_not_opened_to_the_colleagues_of_whoever_plans_for_it() {
    on_both_engines(async |w: TestWorld| {
        let of = barlows(&w).await;
        let open = begun(&w, &of, action(&w, of.amy, "Sunita")).await;
        let mut ctx = w.ctx("Helen").await;
        let kept = need(&mut ctx, of.amy, Class::Confidential).await;
        ctx.commit().await.unwrap();
        let mut ctx = w.ctx("Moira").await;
        let for_it = NewAction { need: Some(kept), ..action(&w, of.amy, "Moira") };
        let for_it = actions::add(&mut ctx, of.plan(), for_it).await.unwrap();
        ctx.commit().await.unwrap();
        assert_eq!(entries(&w, "Sunita", of.plan()).await, [open], "of Moira's agency, and not of Helen's");
        assert_eq!(entries(&w, "Moira", of.plan()).await, [open, for_it]);
    })
    .await;
}
