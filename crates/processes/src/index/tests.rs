//! The practitioner index, tried: rules first, then actions on both engines, then what somebody would try who may not know.

use super::actions::{self, IndexError, Opened};
use super::entry::{Entry, Involved, LookId, Sought};
use super::rules::{self, SoughtRule};
use crate::agreements::{self, About, Answer, Giver, NewAgreement};
use crate::watch::Pattern;
use crate::{brokering, watch};
use access::{AccessError, Act, AgencyId, Ctx};
use area::Area;
use area::files::{Adults, Index};
use families::facts::{self, Class, Identifier, Kind, NewFact, Scheme, Shape, Verified};
use families::people::{self, PersonId, ShieldKind};
use kernel::{Date, Timestamp};
use std::path::Path;
use testkit::{TestWorld, on_both_engines};
use uuid::Uuid;

fn area() -> Area {
    Area::load(&Path::new(env!("CARGO_MANIFEST_DIR")).join("../../areas/example")).unwrap()
}

fn day(text: &str) -> Date {
    text.parse().unwrap()
}

fn josh() -> Sought {
    Sought { forenames: "Josh".into(), surname: "Barlow".into(), born: Some("2017-09-08".parse().unwrap()), ..Sought::default() }
}

/// Rule [3.30]
#[test]
fn nobody_browses_by_a_surname_a_town_or_a_sign_that_stands_for_anything() {
    let asked = |change: fn(&mut Sought)| {
        let mut sought = josh();
        change(&mut sought);
        rules::sought(&sought).map(|wanted| wanted.len())
    };
    assert_eq!(asked(|_| {}), Ok(2));
    assert_eq!(asked(|sought| sought.born = None), Err(SoughtRule::TooLittle));
    assert_eq!(asked(|sought| sought.born = Some("2017".parse().unwrap())), Err(SoughtRule::TooLittle));
    assert_eq!(asked(|sought| sought.forenames.clear()), Err(SoughtRule::TooLittle));
    assert_eq!(asked(|sought| sought.forenames = "J*".into()), Err(SoughtRule::Wildcard));
    assert_eq!(asked(|sought| (sought.born, sought.postcode) = (None, "BD18".into())), Err(SoughtRule::Postcode));
    assert_eq!(asked(|sought| (sought.born, sought.postcode) = (None, "BD18 3QX".into())), Ok(2));
    assert_eq!(rules::sought(&Sought { number: "943 476 5919".into(), ..Sought::default() }).map(|wanted| wanted.len()), Ok(1));
    assert!(matches!(rules::sought(&Sought { number: "943 476 5918".into(), ..Sought::default() }), Err(SoughtRule::Number(_))));
}

/// Rule [3.30]
#[test]
fn the_index_is_of_children_and_of_adults_for_a_childs_sake_where_the_area_says_so() {
    let index = area().index;
    let none = Index { adults: Adults::None, ..index.clone() };
    let is_in =
        |born: &str, has_child, index| rules::is_in_index(Some(born.parse().unwrap()), has_child, day("2026-11-02"), index);
    assert!(is_in("2008-11-03", false, &index), "seventeen, for one more day");
    assert!(!is_in("2008-11-02", false, &index));
    assert!(is_in("1992-06-08", true, &index) && !is_in("1992-06-08", true, &none));
    assert!(is_in("2027-03-01", false, &none), "an unborn child");
    assert!(rules::is_in_index(None, false, day("2026-11-02"), &none), "nobody is left out for want of a date of birth");
}

fn involved(code: &str, ended_at: Option<&str>) -> Involved {
    Involved {
        agency_id: AgencyId(Uuid::nil()),
        code: code.to_owned(),
        agency: format!("The {code}"),
        practitioner: Some(("Ann Other".to_owned(), "Worker".to_owned(), String::new())),
        since: "2026-01-05T09:00:00Z".parse().unwrap(),
        ended_at: ended_at.map(|at| at.parse::<Timestamp>().unwrap()),
    }
}

/// Rule [3.30]
#[test]
fn each_service_is_shown_as_the_area_discloses_it_and_no_further() {
    let area = area();
    let entries = |involved: &[Involved], may_broker: bool| {
        let brokered = may_broker.then_some(AgencyId(Uuid::nil())).into_iter().collect();
        rules::entries(involved, &area.agencies, (day("2026-11-02"), &brokered), &area.index)
    };
    let open = entries(&[involved("housing", None)], false);
    let Entry::Open { practitioner, telephone, .. } = &open[0] else { panic!("{open:?}") };
    assert_eq!((practitioner.as_ref().unwrap().0.as_str(), telephone.as_str()), ("Ann Other", "07700 900113"));
    let existence = entries(&[involved("police", None)], false);
    assert_eq!(existence, [Entry::Existence { agency: "The police".into(), telephone: "07700 900111".into() }]);
    assert!(entries(&[involved("police", Some("2026-10-01T09:00:00Z"))], false).is_empty(), "that it was involved is not shown");
    let lantern = [involved("lantern", None), involved("lantern", None)];
    assert_eq!(entries(&lantern, true), [Entry::Brokered], "how many are not named is not told");
    assert!(entries(&lantern, false).is_empty(), "where nobody agreed, there is nothing");
    assert!(entries(&[involved("an agency the area does not know", None)], true).is_empty());
    assert_eq!(entries(&[involved("housing", Some("2025-11-02T09:00:00Z"))], false).len(), 1, "for twelve months");
    assert!(entries(&[involved("housing", Some("2025-11-01T09:00:00Z"))], false).is_empty());
}

/// Rule [3.30]
#[test]
fn somebody_who_looks_very_often_waits_or_asks_their_manager() {
    let index = area().index;
    assert!(!rules::is_too_often(19, &index) && rules::is_too_often(20, &index));
    let at: Timestamp = "2026-11-02T09:00:00Z".parse().unwrap();
    assert_eq!(rules::until(at, &index).to_string(), "2026-11-02T10:00:00Z");
}

async fn child(w: &TestWorld, who: &str) -> PersonId {
    let mut ctx = w.ctx(who).await;
    let person = people::create(&mut ctx).await.unwrap();
    let (_, permit) = people::open(&mut ctx, Act::RecordContact, person).await.unwrap();
    facts::record(&mut ctx, &permit, NewFact::name(person, "Josh", "Barlow")).await.unwrap();
    facts::record(&mut ctx, &permit, NewFact::birth(person, "2017-09-08".parse().unwrap())).await.unwrap();
    facts::works_with(&mut ctx, &permit, "Is seen after a fall", None).await.unwrap();
    ctx.commit().await.unwrap();
    person
}

async fn works_with(w: &TestWorld, who: &str, person: PersonId) {
    let mut ctx = w.ctx(who).await;
    let (_, permit) = people::open(&mut ctx, Act::RecordContact, person).await.unwrap();
    facts::works_with(&mut ctx, &permit, "Counsels", None).await.unwrap();
    ctx.commit().await.unwrap();
}

async fn look(w: &TestWorld, who: &str) -> LookId {
    let mut ctx = w.ctx(who).await;
    let look = actions::look(&mut ctx, &w.area, &josh(), ("worried", "He was not at school")).await.unwrap();
    ctx.commit().await.unwrap();
    look
}

async fn open(w: &TestWorld, who: &str, look: LookId, person: PersonId) -> Result<Opened, AccessError> {
    let mut ctx = w.ctx(who).await;
    let opened = actions::open(&mut ctx, &w.area, look, person).await;
    if opened.is_ok() {
        ctx.commit().await.unwrap();
    }
    opened
}

async fn found(ctx: &mut Ctx, look: LookId) -> usize {
    actions::found(ctx, look).await.map_or(0, |found| found.len())
}

#[tokio::test]
async fn a_practitioner_who_knows_the_child_finds_who_works_with_them_and_not_why() {
    on_both_engines(async |w: TestWorld| {
        let josh = child(&w, "Sunita").await;
        works_with(&w, "Helen", josh).await;
        let look = look(&w, "Ben").await;
        let opened = open(&w, "Ben", look, josh).await.unwrap();
        assert_eq!(opened.found.name, "Josh Barlow");
        let entries = opened.entries.unwrap();
        assert_eq!(entries.len(), 2);
        assert!(!format!("{entries:?}").contains("fall"), "why is nowhere");
        let mut ctx = w.ctx("Ben").await;
        let standing = people::load(&mut ctx, josh).await.unwrap();
        assert!(!ctx.may(Act::OpenPerson, &standing.resource()).unwrap(), "the index opens nobody's page");
    })
    .await;
}

#[tokio::test]
async fn who_is_sought_by_a_number_or_by_where_they_live_is_found_when_it_is_so_and_not_else() {
    on_both_engines(async |w: TestWorld| {
        let josh = child(&w, "Sunita").await;
        let mut ctx = w.ctx("Sunita").await;
        let (_, permit) = people::open(&mut ctx, Act::RecordFact, josh).await.unwrap();
        let number = Identifier { scheme: Scheme::NhsNumber, value: "9434765919".into(), verified: Verified::Unverified };
        let number = NewFact { shape: Shape::Identifier(number), ..NewFact::plain(josh, Kind::Identifier, "", "") };
        facts::record(&mut ctx, &permit, number).await.unwrap();
        let shape = Shape::Address { lines: "1 Hill".into(), town: "Otley".into(), postcode: "LS21 1AA".into() };
        facts::record(&mut ctx, &permit, NewFact { shape, ..NewFact::plain(josh, Kind::Address, "home", "") }).await.unwrap();
        ctx.commit().await.unwrap();
        let by = |number: &str, postcode: &str| Sought {
            born: None,
            number: number.into(),
            postcode: postcode.into(),
            ..self::josh()
        };
        for (sought, expected) in [
            (by("943 476 5919", ""), 1),
            (by("", "LS21 1AA"), 1),
            (by("", "BD18 3QX"), 0),
            (by("944 930 3223", ""), 0),
            (Sought { forenames: "Nobody".into(), surname: "Else".into(), ..by("943 476 5919", "") }, 1),
        ] {
            let mut ctx = w.ctx("Ben").await;
            let look = actions::look(&mut ctx, &w.area, &sought, ("worried", "He was not at school")).await.unwrap();
            assert_eq!(found(&mut ctx, look).await, expected, "{sought:?}");
            ctx.commit().await.unwrap();
        }
        let mut ctx = w.ctx("Moira").await;
        people::shield(&mut ctx, josh, ShieldKind::Location, "His father looks for him", &[w.actor("Moira").id]).await.unwrap();
        ctx.commit().await.unwrap();
        let mut ctx = w.ctx("Ben").await;
        let look = actions::look(&mut ctx, &w.area, &by("", "LS21 1AA"), ("worried", "Does he live there?")).await.unwrap();
        assert_eq!(found(&mut ctx, look).await, 0, "where he lives is not to be guessed");
    })
    .await;
}

#[tokio::test]
async fn what_one_has_found_is_opened_by_nobody_else_and_not_for_ever() {
    on_both_engines(async |w: TestWorld| {
        let josh = child(&w, "Sunita").await;
        let other = child(&w, "Sunita").await;
        let mine = look(&w, "Ben").await;
        assert!(matches!(open(&w, "Helen", mine, josh).await, Err(AccessError::Hidden(_))));
        let stranger = PersonId(Uuid::from_u128(7));
        assert!(matches!(open(&w, "Ben", mine, stranger).await, Err(AccessError::Hidden(_))));
        assert!(open(&w, "Ben", mine, other).await.is_ok(), "both are named so and born then");
        w.world.clock.advance_seconds(3601);
        assert!(matches!(open(&w, "Ben", mine, josh).await, Err(AccessError::Hidden(_))));
        let mut ctx = w.ctx("Ben").await;
        assert_eq!(found(&mut ctx, mine).await, 0);
    })
    .await;
}

#[tokio::test]
async fn who_is_shielded_is_not_there_and_whose_place_is_shielded_shows_who_they_are_alone() {
    on_both_engines(async |w: TestWorld| {
        let josh = child(&w, "Sunita").await;
        let before = look(&w, "Ben").await;
        for kind in [ShieldKind::Location, ShieldKind::Existence] {
            let mut ctx = w.ctx("Moira").await;
            people::shield(&mut ctx, josh, kind, "His father looks for him", &[w.actor("Sunita").id]).await.unwrap();
            ctx.commit().await.unwrap();
            let opened = open(&w, "Ben", before, josh).await;
            match kind {
                ShieldKind::Location => {
                    let opened = opened.unwrap();
                    assert!(opened.entries.is_none() && opened.leads.is_empty());
                    let named = open(&w, "Sunita", look(&w, "Sunita").await, josh).await.unwrap();
                    assert!(named.entries.is_some(), "whoever is named for it sees it");
                }
                ShieldKind::Existence => assert!(matches!(opened, Err(AccessError::Hidden(_)))),
            }
        }
        let after = look(&w, "Ben").await;
        let mut ctx = w.ctx("Ben").await;
        assert_eq!((found(&mut ctx, before).await, found(&mut ctx, after).await), (0, 0));
    })
    .await;
}

async fn agrees(w: &TestWorld, person: PersonId) {
    let mut ctx = w.ctx("Lena").await;
    let new = NewAgreement {
        person,
        about: About::Confidentiality,
        answer: Answer::Agreed,
        giver: Giver::Child,
        giver_person: None,
        judgement: "He said it back in his own words".to_owned(),
        information: vec!["helpers".to_owned()],
        agencies: vec![w.actor("Ben").agency_id],
        exceptions: String::new(),
        explained: "talked".to_owned(),
        language: "en".to_owned(),
        evidence: "said".to_owned(),
        witness: String::new(),
        words: String::new(),
        given_on: w.world.clock.today(),
        until_on: None,
    };
    agreements::record(&mut ctx, &w.area, new, None).await.unwrap();
    ctx.commit().await.unwrap();
}

async fn teenager(w: &TestWorld) -> PersonId {
    let mut ctx = w.ctx("Sunita").await;
    let person = people::create(&mut ctx).await.unwrap();
    let (_, permit) = people::open(&mut ctx, Act::RecordContact, person).await.unwrap();
    facts::record(&mut ctx, &permit, NewFact::name(person, "Josh", "Barlow")).await.unwrap();
    facts::record(&mut ctx, &permit, NewFact::birth(person, "2011-09-08".parse().unwrap())).await.unwrap();
    ctx.commit().await.unwrap();
    person
}

#[tokio::test]
async fn a_sensitive_service_is_reached_without_being_named_and_only_where_they_agreed_that_it_is_told() {
    on_both_engines(async |w: TestWorld| {
        let josh = teenager(&w).await;
        works_with(&w, "Lena", josh).await;
        let sought = Sought { born: Some("2011-09-08".parse().unwrap()), ..self::josh() };
        let mut ctx = w.ctx("Ben").await;
        let look = actions::look(&mut ctx, &w.area, &sought, ("worried", "He is not himself")).await.unwrap();
        ctx.commit().await.unwrap();
        assert_eq!(open(&w, "Ben", look, josh).await.unwrap().entries.unwrap(), [], "nothing, until he agrees");
        let mut ctx = w.ctx("Ben").await;
        let refused = brokering::send(&mut ctx, &w.area, (look, josh), "Please ring me").await;
        assert!(matches!(refused, Err(brokering::MessageError::Access(AccessError::Hidden(_)))), "nor is a message taken");
        drop(ctx);
        agrees(&w, josh).await;
        assert_eq!(open(&w, "Ben", look, josh).await.unwrap().entries.unwrap(), [Entry::Brokered]);
        let mut ctx = w.ctx("Ben").await;
        brokering::send(&mut ctx, &w.area, (look, josh), "Please ring me").await.unwrap();
        ctx.commit().await.unwrap();

        let mut ctx = w.ctx("Lena").await;
        let lena = ctx.actor.id;
        let message = brokering::actions::owned_by(&mut ctx, &[lena]).await.unwrap().remove(0);
        let (shown, name) = brokering::actions::load(&mut ctx, message.id).await.unwrap();
        assert_eq!((shown.sender[0].as_str(), name.as_str()), ("Ben Whitaker", "Josh Barlow"));
        let answer = (brokering::actions::Reply::Contact, "On Monday");
        brokering::answer(&mut ctx, message.id, answer).await.unwrap();
        assert!(matches!(brokering::answer(&mut ctx, message.id, answer).await, Err(brokering::MessageError::Answered)));
        ctx.commit().await.unwrap();

        let mut ctx = w.ctx("Ben").await;
        let sent = brokering::actions::sent(&mut ctx).await.unwrap();
        assert_eq!((sent.len(), sent[0].will_contact, sent[0].replies.clone()), (1, Some(true), vec!["On Monday".to_owned()]));
        assert!(!format!("{sent:?}").contains("Lantern"));
        let own = brokering::actions::load(&mut ctx, message.id).await;
        assert!(matches!(own, Err(AccessError::Hidden(_))), "the sender has no page that could name it");
    })
    .await;
}

#[tokio::test]
async fn unusual_looks_are_somebodys_to_see_to_and_never_the_lookers_own() {
    on_both_engines(async |w: TestWorld| {
        let mut ctx = w.ctx("Sunita").await;
        let person = people::create(&mut ctx).await.unwrap();
        let (_, permit) = people::open(&mut ctx, Act::RecordContact, person).await.unwrap();
        facts::record(&mut ctx, &permit, NewFact::name(person, "Tom", "Whitaker")).await.unwrap();
        facts::record(&mut ctx, &permit, NewFact::birth(person, "2017-09-08".parse().unwrap())).await.unwrap();
        facts::record(&mut ctx, &permit, NewFact { class: Class::Ordinary, ..NewFact::plain(person, Kind::Sex, "M", "") })
            .await
            .unwrap();
        ctx.commit().await.unwrap();
        let sought = Sought { forenames: "Tom".into(), surname: "Whitaker".into(), ..josh() };
        let mut ctx = w.ctx("Ben").await;
        let look = actions::look(&mut ctx, &w.area, &sought, ("worried", "To see")).await.unwrap();
        ctx.commit().await.unwrap();
        for _ in 0..2 {
            open(&w, "Ben", look, person).await.unwrap();
        }
        let mut ctx = w.ctx("Ruth").await;
        let alerts = watch::actions::mine(&mut ctx).await.unwrap();
        assert_eq!(alerts.len(), 1, "once for the same look");
        assert_eq!(alerts[0].patterns, [Pattern::OwnName, Pattern::NobodyWorks]);
        assert_ne!(alerts[0].owner, "Ben Whitaker");
        let owner = alerts[0].owner.clone();
        drop(ctx);
        let mut ctx = w.ctx(&owner).await;
        watch::actions::see(&mut ctx, alerts[0].id, "He asked first: no relation").await.unwrap();
        let again = watch::actions::see(&mut ctx, alerts[0].id, "Again").await;
        assert!(matches!(again, Err(watch::actions::AlertError::Access(AccessError::Hidden(_)))));
        ctx.commit().await.unwrap();
        let mut ctx = w.ctx("Ben").await;
        assert!(matches!(watch::actions::mine(&mut ctx).await, Err(AccessError::Refused(_))));
    })
    .await;
}

#[tokio::test]
async fn the_twenty_first_look_in_an_hour_waits() {
    on_both_engines(async |w: TestWorld| {
        for _ in 0..20 {
            look(&w, "Ben").await;
        }
        let mut ctx = w.ctx("Ben").await;
        let often = actions::look(&mut ctx, &w.area, &josh(), ("worried", "Again")).await;
        assert!(matches!(often, Err(IndexError::TooOften)));
        drop(ctx);
        w.world.clock.advance_seconds(3601);
        look(&w, "Ben").await;
    })
    .await;
}
