//! What is said of a plan by several eyes, tried: rules first, then actions on both engines.

use super::actions::{of_people, say};
use super::lines::views;
use super::pages::eyes_of;
use super::{About, Eyes, NewSaid, SaidKind, check};
use crate::plans::rules::PlanRule;
use crate::plans::tests::somebody;
use crate::plans::{PlanError, actions};
use access::Act;
use families::facts::{self, Class, FactId, Kind, NewFact};
use families::family::{self, FamilyId, Part};
use families::people::{self, PersonId, ShieldKind};
use std::collections::BTreeMap;
use testkit::{TestWorld, on_both_engines};

/// Amy and Josh, whom Sunita and Helen work with; their plan, and Amy's need.
struct Barlows {
    amy: PersonId,
    josh: PersonId,
    family: FamilyId,
    need: FactId,
}

async fn barlows(w: &TestWorld, class: Class) -> Barlows {
    let mut ctx = w.ctx("Sunita").await;
    let (amy, josh) = (somebody(&mut ctx, "Amy").await, somebody(&mut ctx, "Josh").await);
    let next = ("Visit", "2026-11-09".parse().unwrap());
    let family = family::create(&mut ctx, "The Barlow family", amy, next).await.unwrap();
    family::join(&mut ctx, (family, amy), josh, Part::Member).await.unwrap();
    let (_, permit) = people::open(&mut ctx, Act::RecordFact, amy).await.unwrap();
    let fact = NewFact { class, ..NewFact::plain(amy, Kind::Need, "rent_arrears", "Three months behind") };
    let need = facts::record(&mut ctx, &permit, fact).await.unwrap();
    actions::begin(&mut ctx, &w.area, (amy, family)).await.unwrap();
    ctx.commit().await.unwrap();
    let mut ctx = w.ctx("Helen").await;
    for person in [amy, josh] {
        let (_, permit) = people::open(&mut ctx, Act::RecordContact, person).await.unwrap();
        facts::works_with(&mut ctx, &permit, "Works with", None).await.unwrap();
    }
    ctx.commit().await.unwrap();
    Barlows { amy, josh, family, need }
}

fn progress(about: About, eyes: Eyes, scale: &str, words: &str) -> NewSaid {
    let on = "2026-11-02".parse().unwrap();
    NewSaid { kind: SaidKind::Progress, about, eyes, scale: scale.to_owned(), words: words.to_owned(), on, is_private: false }
}

async fn says(w: &TestWorld, who: &str, of: &Barlows, new: NewSaid) -> Result<(), PlanError> {
    let mut ctx = w.ctx(who).await;
    say(&mut ctx, &w.area, (of.amy, of.family), new).await?;
    ctx.commit().await.unwrap();
    Ok(())
}

async fn read_by(w: &TestWorld, who: &str, of: &Barlows) -> Vec<String> {
    let mut ctx = w.ctx(who).await;
    let opened = actions::load(&mut ctx, (of.amy, of.family)).await.unwrap();
    let told = of_people(&mut ctx, &[of.amy, of.josh]).await.unwrap();
    assert_eq!(told.len(), opened.said.len(), "the plan and the story tell the same");
    opened.said.into_iter().map(|said| said.words).collect()
}

/// Rule [3.18]
#[tokio::test]
async fn what_is_said_of_a_plan_has_words_or_a_step_of_the_scale_and_a_day_that_has_come() {
    on_both_engines(async |w: TestWorld| {
        let today = "2026-11-02".parse().unwrap();
        let about = About::Person(PersonId(uuid::Uuid::nil()));
        let of = |scale: &str, words: &str| progress(about, Eyes::Author, scale, words);
        assert!(check(of("better", ""), today, &w.area).is_ok());
        assert!(check(of("", "He laughs again"), today, &w.area).is_ok());
        assert!(matches!(check(of("", " "), today, &w.area), Err(PlanRule::Text("words", ..))));
        assert!(matches!(check(of("splendid", ""), today, &w.area), Err(PlanRule::NoSuchStep)));
        let on_scale = NewSaid { kind: SaidKind::Success, ..of("better", "He went") };
        assert!(matches!(check(on_scale, today, &w.area), Err(PlanRule::NoSuchStep)), "what went well has no step");
        let to_come = NewSaid { on: "2026-11-03".parse().unwrap(), ..of("better", "") };
        assert!(matches!(check(to_come, today, &w.area), Err(PlanRule::DayToCome)));
        let nobody = NewSaid { eyes: Eyes::Other(" ".to_owned()), ..of("better", "") };
        assert!(matches!(check(nobody, today, &w.area), Err(PlanRule::Text("eyes-other", ..))));
    })
    .await;
}

/// Rule [3.18]
#[tokio::test]
async fn several_eyes_stand_beside_each_other_and_the_latest_of_each_holds() {
    on_both_engines(async |w: TestWorld| {
        let of = barlows(&w, Class::Ordinary).await;
        let about = About::Need(of.need);
        says(&w, "Sunita", &of, progress(about, Eyes::Author, "worse", "")).await.unwrap();
        w.world.clock.advance_seconds(60);
        says(&w, "Sunita", &of, progress(about, Eyes::Family(of.amy), "same", "I still dread the post")).await.unwrap();
        says(&w, "Helen", &of, progress(about, Eyes::Author, "better", "She pays")).await.unwrap();
        says(&w, "Sunita", &of, progress(about, Eyes::Other("Mrs Kaur, teacher".to_owned()), "", "He laughs")).await.unwrap();
        w.world.clock.advance_seconds(60);
        says(&w, "Sunita", &of, progress(about, Eyes::Author, "better", "")).await.unwrap();
        says(&w, "Sunita", &of, progress(About::Person(of.josh), Eyes::Author, "better", "")).await.unwrap();
        let mut ctx = w.ctx("Helen").await;
        let opened = actions::load(&mut ctx, (of.amy, of.family)).await.unwrap();
        let names = BTreeMap::from([(of.amy, "Amy".to_owned()), (of.josh, "Josh".to_owned())]);
        let seen = views(&w.area, &opened, about, &names);
        let mut eyes: Vec<&str> = seen.now.iter().map(|view| view.who.as_str()).collect();
        assert_eq!(eyes[0], "Sunita Rao, Children's and Adults' Social Care", "the latest first");
        eyes.sort_unstable();
        assert_eq!(
            eyes,
            ["Amy", "Helen Marsh, Hillside Homes", "Mrs Kaur, teacher", "Sunita Rao, Children's and Adults' Social Care"]
        );
        assert_eq!(seen.before.iter().map(|view| view.step.as_str()).collect::<Vec<_>>(), ["Harder than before"]);
        assert_eq!(views(&w.area, &opened, About::Person(of.josh), &names).now.len(), 1);
        assert!(views(&w.area, &opened, About::Person(of.amy), &names).now.is_empty(), "her need is not she");
    })
    .await;
}

/// Rule [3.30]
#[tokio::test]
async fn what_somebody_shielded_sees_is_read_by_nobody_who_may_not_know_of_them() {
    on_both_engines(async |w: TestWorld| {
        let of = barlows(&w, Class::Ordinary).await;
        says(&w, "Sunita", &of, progress(About::Need(of.need), Eyes::Family(of.josh), "worse", "She cries at night"))
            .await
            .unwrap();
        says(&w, "Sunita", &of, progress(About::Person(of.josh), Eyes::Author, "better", "He sleeps")).await.unwrap();
        says(&w, "Sunita", &of, progress(About::Person(of.amy), Eyes::Author, "better", "She pays")).await.unwrap();
        assert_eq!(read_by(&w, "Helen", &of).await.len(), 3);
        let mut ctx = w.ctx("Moira").await;
        let named = [w.actor("Moira").id, w.actor("Sunita").id];
        family::shield(&mut ctx, of.josh, ShieldKind::Existence, "He is hidden from somebody", &named).await.unwrap();
        ctx.commit().await.unwrap();
        assert_eq!(read_by(&w, "Helen", &of).await, ["She pays"]);
        assert_eq!(read_by(&w, "Sunita", &of).await.len(), 3);
        let refused = says(&w, "Helen", &of, progress(About::Person(of.josh), Eyes::Author, "same", "")).await;
        assert!(matches!(refused, Err(PlanError::NotOfFamily)), "as if there were nobody");
        let refused = says(&w, "Helen", &of, progress(About::Need(of.need), Eyes::Family(of.josh), "same", "")).await;
        assert!(matches!(refused, Err(PlanError::NotOfFamily)), "nor may their eyes be named");
    })
    .await;
}

/// Rule [3.30]
#[tokio::test]
async fn what_is_said_of_a_need_is_read_by_as_few_as_the_need() {
    on_both_engines(async |w: TestWorld| {
        let of = barlows(&w, Class::Confidential).await;
        let wanted =
            NewSaid { kind: SaidKind::Outcome, ..progress(About::Need(of.need), Eyes::Family(of.amy), "", "No more letters") };
        says(&w, "Sunita", &of, wanted).await.unwrap();
        let private =
            NewSaid { is_private: true, ..progress(About::Person(of.josh), Eyes::Author, "worse", "He told me at home") };
        says(&w, "Sunita", &of, private).await.unwrap();
        assert_eq!(read_by(&w, "Helen", &of).await, [""; 0]);
        assert_eq!(read_by(&w, "Sunita", &of).await.len(), 2);
        let of_no_need = NewSaid { kind: SaidKind::Outcome, ..progress(About::Person(of.josh), Eyes::Author, "", "He is well") };
        assert!(matches!(says(&w, "Sunita", &of, of_no_need).await, Err(PlanError::NoSuchNeed)));
        let guessed = says(&w, "Helen", &of, progress(About::Need(of.need), Eyes::Author, "better", "")).await;
        assert!(matches!(guessed, Err(PlanError::NoSuchNeed)));
    })
    .await;
}

/// Rule [3.18]
#[test]
fn whose_view_it_is_is_not_guessed() {
    let somebody = PersonId(uuid::Uuid::from_u128(7));
    assert_eq!(eyes_of("", ""), Some(Eyes::Author));
    assert_eq!(eyes_of(&somebody.to_string(), " "), Some(Eyes::Family(somebody)));
    assert_eq!(eyes_of("other", "Mrs Kaur"), Some(Eyes::Other("Mrs Kaur".to_owned())));
    assert_eq!(eyes_of("", "Mrs Kaur"), None, "a name without the choice");
    assert_eq!(eyes_of("nobody", ""), None);
}
