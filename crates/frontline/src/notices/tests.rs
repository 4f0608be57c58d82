//! Notices tried: who is told, what is safe, and what a message may not become.

use super::notice::{Audience, NewSafeContact, News, Safe, State, Way};
use super::outgoing::{self, Became};
use super::rules::{self, SafeRule};
use super::{NoticeError, actions, safe};
use crate::referrals::referral::{EventKind, NewReferral};
use crate::referrals::rules::Step;
use crate::referrals::{self, ReferralId, telling};
use access::{AccessError, Act, Ctx};
use families::facts::{self, FactId, Kind, NewFact};
use families::family;
use families::people::{self, PersonId, ShieldKind};
use kernel::Timestamp;
use kernel::partial_date::PartialDate;
use store::vals;
use testkit::{TestWorld, on_both_engines};

const HOUR: i64 = 3600;

fn at(moment: &str) -> Timestamp {
    moment.parse().unwrap()
}

/// Rule [3.10]
#[test]
fn whoever_asked_is_told_of_every_step_that_the_service_takes_and_the_service_of_what_it_is_asked() {
    for kind in EventKind::ALL {
        let told = rules::told_of(News::Step(*kind));
        // That it moved within the service is told to whoever has it now.
        let is_the_services = matches!(kind, EventKind::Replied | EventKind::Withdrawn | EventKind::Given);
        assert_eq!(told.contains(&Audience::Sender), !is_the_services, "{kind:?}");
        assert_eq!(told.contains(&Audience::Owner), is_the_services, "{kind:?}");
    }
    assert_eq!(rules::told_of(News::Asked), [Audience::Owner]);
}

#[test]
fn only_a_mobile_number_gets_text_messages() {
    for (written, dialled) in [
        ("07700 900123", Some("+447700900123")),
        ("+44 7700 900123", Some("+447700900123")),
        ("0044 (0)7700 900123", Some("+447700900123")),
        ("07624 900123", Some("+447624900123")),
        ("0113 496 0000", None),
        ("07000 900123", None),
        ("07600 900123", None),
        ("07700 90012", None),
        ("+1 202 555 0123", None),
        ("ask her mother", None),
        ("", None),
    ] {
        assert_eq!(rules::mobile(written).as_deref(), dialled, "{written}");
    }
}

#[test]
fn a_message_waits_until_it_is_safe_by_the_clock_of_england() {
    let nine_to_three = (9, 15);
    assert_eq!(rules::not_before(at("2026-11-02T09:00:00Z"), nine_to_three), at("2026-11-02T09:00:00Z"));
    assert_eq!(rules::not_before(at("2026-11-02T15:00:00Z"), nine_to_three), at("2026-11-03T09:00:00Z"));
    // In summer nine in England is eight by the clock of the world.
    assert_eq!(rules::not_before(at("2026-07-02T07:30:00Z"), nine_to_three), at("2026-07-02T08:00:00Z"));
    assert_eq!(rules::not_before(at("2026-07-02T23:30:00Z"), (0, 24)), at("2026-07-02T23:30:00Z"));
}

#[test]
fn a_message_that_does_not_leave_is_tried_ever_later_and_not_for_ever() {
    let now = at("2026-11-02T09:00:00Z");
    let waits: Vec<Option<i64>> =
        (1..=7).map(|tries| rules::try_again_at(tries, now).map(|again| again.as_second() - now.as_second())).collect();
    assert_eq!(waits, [Some(60), Some(240), Some(960), Some(3840), Some(15360), None, None]);
}

async fn amy(ctx: &mut Ctx) -> (PersonId, FactId) {
    let person = people::create(ctx).await.unwrap();
    let (_, permit) = people::open(ctx, Act::RecordContact, person).await.unwrap();
    facts::record(ctx, &permit, NewFact::name(person, "Amy", "Barlow")).await.unwrap();
    let phone = facts::record(ctx, &permit, NewFact::plain(person, Kind::Phone, "", "07700 900123")).await.unwrap();
    facts::works_with(ctx, &permit, "tenancy", None).await.unwrap();
    (person, phone)
}

fn asked_for(person: PersonId) -> NewReferral {
    let (service, need) = ("tenancy_support".to_owned(), "debt".to_owned());
    NewReferral { person, contact: None, service, need, words: "She likes mornings".to_owned(), items: Vec::new() }
}

/// Helen asks Owen's service for Amy.
async fn sent(w: &TestWorld) -> (PersonId, FactId, ReferralId) {
    let mut ctx = w.ctx("Helen").await;
    let (person, phone) = amy(&mut ctx).await;
    let id = referrals::ask(&mut ctx, &w.area, asked_for(person)).await.unwrap();
    ctx.commit().await.unwrap();
    (person, phone, id)
}

async fn accepted(w: &TestWorld, id: ReferralId) {
    let mut ctx = w.ctx("Owen").await;
    referrals::accept(&mut ctx, &w.area, id, 1).await.unwrap();
    ctx.commit().await.unwrap();
}

fn text_to(phone: FactId) -> NewSafeContact {
    NewSafeContact {
        safe: Safe::Sms,
        fact: Some(phone),
        from_hour: 9,
        to_hour: 15,
        words: "Her mother answers at night".to_owned(),
    }
}

async fn say(w: &TestWorld, who: &str, person: PersonId, new: NewSafeContact) -> Result<(), NoticeError> {
    let mut ctx = w.ctx(who).await;
    safe::say(&mut ctx, &w.area, person, new).await?;
    ctx.commit().await.unwrap();
    Ok(())
}

/// What leaves now, to whom, by which way.
async fn leaves(w: &TestWorld) -> Vec<outgoing::Outgoing> {
    let mut leaving = Vec::new();
    for due in outgoing::due(&w.world).await.unwrap() {
        leaving.extend(outgoing::claim(&w.world, &w.area, &due).await.unwrap());
    }
    leaving
}

async fn states(w: &TestWorld, id: ReferralId) -> Vec<(State, Way)> {
    let mut ctx = w.ctx("Helen").await;
    let opened = referrals::load(&mut ctx, id).await.unwrap();
    opened.notices.iter().map(|one| (one.state, one.way)).collect()
}

/// Rule [3.10]
#[tokio::test]
async fn a_service_is_told_by_e_mail_that_it_is_asked_and_the_sender_that_it_answered_with_no_name_and_no_reason() {
    on_both_engines(async |w: TestWorld| {
        let (_, _, id) = sent(&w).await;
        let asked = leaves(&w).await;
        assert_eq!(asked.len(), 1);
        accepted(&w, id).await;
        let answered = leaves(&w).await;
        let to: Vec<&str> = answered.iter().map(|one| one.to.as_str()).collect();
        assert_eq!(to.len(), 1, "Helen, and not Owen who did it: {to:?}");
        assert!(to[0].starts_with("helen"));
        for one in asked.iter().chain(&answered) {
            assert_eq!(one.way, Way::Email);
            assert!(one.words.contains(&format!("/referrals/{id}")));
            for secret in ["Amy", "Barlow", "debt", "Tenancy", "Hillside", "mornings", "accepted"] {
                assert!(!format!("{} {}", one.subject, one.words).contains(secret), "{secret}");
            }
        }
        assert!(leaves(&w).await.is_empty(), "what is claimed is claimed once");
    })
    .await;
}

/// Rule [3.30]
#[tokio::test]
async fn nothing_is_sent_to_somebody_who_was_not_asked_and_whoever_asked_for_them_tells_them_by_a_day() {
    on_both_engines(async |w: TestWorld| {
        let (_, _, id) = sent(&w).await;
        leaves(&w).await;
        accepted(&w, id).await;
        assert!(leaves(&w).await.iter().all(|one| one.way == Way::Email && one.stop.is_none()));
        assert_eq!(states(&w, id).await, [(State::ToTell, Way::InPerson)]);
        let mut ctx = w.ctx("Helen").await;
        let me = ctx.actor.id;
        let left = telling::to_tell(&mut ctx, &[me]).await.unwrap();
        assert_eq!(left[0].1.tell_by.to_string(), "2026-11-04");
        let notice = left[0].1.id;
        actions::told(&mut ctx, (id, notice), "On the doorstep").await.unwrap();
        assert!(matches!(actions::told(&mut ctx, (id, notice), "").await, Err(NoticeError::Changed)), "told once");
        assert!(telling::to_tell(&mut ctx, &[me]).await.unwrap().is_empty());
        ctx.commit().await.unwrap();
        assert_eq!(states(&w, id).await, [(State::Told, Way::InPerson)]);
    })
    .await;
}

#[tokio::test]
async fn news_that_nobody_told_is_among_what_is_late_and_later_news_takes_its_place() {
    on_both_engines(async |w: TestWorld| {
        let (_, _, id) = sent(&w).await;
        accepted(&w, id).await;
        w.world.clock.advance_seconds(5 * 24 * HOUR);
        let mut ctx = w.ctx("Moira").await;
        assert_eq!(telling::untold(&mut ctx).await.unwrap().len(), 1);
        assert_eq!(actions::count_open(&mut ctx).await.unwrap(), (1, 1, 0));
        drop(ctx);
        let mut ctx = w.ctx("Owen").await;
        let on = ctx.clock.today();
        referrals::between::say_when(&mut ctx, &w.area, (id, 2), (on, None, "")).await.unwrap();
        assert_eq!(actions::count_open(&mut ctx).await.unwrap(), (1, 0, 0), "one thing to tell, not two");
        ctx.commit().await.unwrap();
    })
    .await;
}

/// Rule [3.30]
#[tokio::test]
async fn a_message_leaves_only_the_way_and_at_the_hour_that_was_said_to_be_safe() {
    on_both_engines(async |w: TestWorld| {
        let (person, phone, id) = sent(&w).await;
        say(&w, "Helen", person, text_to(phone)).await.unwrap();
        leaves(&w).await;
        w.world.clock.advance_seconds(7 * HOUR);
        accepted(&w, id).await;
        assert!(leaves(&w).await.iter().all(|one| one.way == Way::Email), "it is four in the afternoon");
        assert_eq!(states(&w, id).await, [(State::Waiting, Way::Sms)]);
        w.world.clock.advance_seconds(17 * HOUR);
        let mut texts = leaves(&w).await;
        texts.retain(|one| one.way == Way::Sms);
        assert_eq!(texts.len(), 1);
        assert_eq!(texts[0].to, "+447700900123");
        assert!(texts[0].words.contains("https://think-family.example/stop/"));
        for secret in ["Amy", "Think Family", "Hillside", "referral", "debt"] {
            assert!(!texts[0].words.replace("think-family.example", "").contains(secret), "{secret}");
        }
        outgoing::keep(&w.world, &texts[0], &Became::Sent("0190".to_owned())).await.unwrap();
        assert_eq!(states(&w, id).await, [(State::Sent, Way::Sms)]);
        w.world.clock.advance_seconds(HOUR);
        let unsure = outgoing::unsure(&w.world).await.unwrap();
        outgoing::keep_answer(&w.world, &unsure[0], None).await.unwrap();
        assert!(outgoing::unsure(&w.world).await.unwrap().is_empty(), "it is asked after ever less often");
        w.world.clock.advance_seconds(HOUR);
        let unsure = outgoing::unsure(&w.world).await.unwrap();
        outgoing::keep_answer(&w.world, &unsure[0], Some(&Became::Delivered)).await.unwrap();
        assert_eq!(states(&w, id).await, [(State::Delivered, Way::Sms)]);
    })
    .await;
}

/// Rule [3.30]
#[tokio::test]
async fn a_number_that_was_corrected_an_answer_that_is_old_and_a_way_out_that_was_taken_send_nothing() {
    on_both_engines(async |w: TestWorld| {
        for attack in ["corrected", "over", "old", "stopped", "not safe any more"] {
            let (person, phone, id) = sent(&w).await;
            say(&w, "Helen", person, text_to(phone)).await.unwrap();
            accepted(&w, id).await;
            assert_eq!(states(&w, id).await, [(State::Waiting, Way::Sms)], "{attack}");
            match attack {
                "corrected" => {
                    let mut ctx = w.ctx("Helen").await;
                    let other = NewFact::plain(person, Kind::Phone, "", "07700 900999");
                    facts::correct(&mut ctx, phone, other).await.unwrap();
                    ctx.commit().await.unwrap();
                }
                "over" => {
                    let mut ctx = w.ctx("Helen").await;
                    let until = Some(PartialDate::new(2026, Some(11), Some(3)).unwrap());
                    let lent = NewFact { holds_to: until, ..NewFact::plain(person, Kind::Phone, "", "07700 900777") };
                    let (_, permit) = people::open(&mut ctx, Act::RecordFact, person).await.unwrap();
                    let lent = facts::record(&mut ctx, &permit, lent).await.unwrap();
                    safe::say(&mut ctx, &w.area, person, text_to(lent)).await.unwrap();
                    ctx.commit().await.unwrap();
                    w.world.clock.advance_seconds(3 * 24 * HOUR);
                }
                "old" => w.world.clock.advance_seconds(200 * 24 * HOUR),
                "stopped" => {
                    let mut ctx = w.ctx("Helen").await;
                    let token = safe::load(&mut ctx, person).await.unwrap().said.unwrap().stop_token;
                    drop(ctx);
                    assert!(safe::stop(&w.world, &w.area, &token).await.unwrap());
                    assert!(safe::stop(&w.world, &w.area, &token).await.unwrap(), "twice is once");
                    assert!(!safe::stop(&w.world, &w.area, "none").await.unwrap());
                }
                _ => {
                    let none = NewSafeContact { safe: Safe::None, ..text_to(phone) };
                    say(&w, "Helen", person, none).await.unwrap();
                }
            }
            assert!(leaves(&w).await.iter().all(|one| one.way == Way::Email), "{attack}");
            assert_eq!(states(&w, id).await, [(State::ToTell, Way::InPerson)], "{attack}: somebody tells them");
        }
    })
    .await;
}

#[tokio::test]
async fn a_message_that_never_arrives_is_told_by_somebody_and_one_that_cannot_leave_is_tried_again() {
    on_both_engines(async |w: TestWorld| {
        let (person, phone, id) = sent(&w).await;
        leaves(&w).await;
        say(&w, "Helen", person, text_to(phone)).await.unwrap();
        accepted(&w, id).await;
        let out = leaves(&w).await.into_iter().find(|one| one.way == Way::Sms).unwrap();
        assert!(!out.may_have_left);
        outgoing::keep(&w.world, &out, &Became::Later("no answer".to_owned())).await.unwrap();
        assert!(leaves(&w).await.is_empty(), "not at once");
        w.world.clock.advance_seconds(61);
        let due = outgoing::due(&w.world).await.unwrap();
        let again = outgoing::claim(&w.world, &w.area, &due[0]).await.unwrap().unwrap();
        assert!(outgoing::claim(&w.world, &w.area, &due[0]).await.unwrap().is_none(), "whoever was slower sends nothing");
        assert_eq!(again.id, out.id, "the same message, by the same name");
        assert!(again.may_have_left, "its carrier is asked first");
        // The first try's answer comes late: it is not taken for the second's.
        outgoing::keep(&w.world, &out, &Became::Never("too late".to_owned())).await.unwrap();
        assert_eq!(states(&w, id).await, [(State::Sending, Way::Sms)]);
        // Its program ends here, and another carries on.
        w.world.clock.advance_seconds(301);
        let after_a_crash = leaves(&w).await.pop().unwrap();
        assert!(after_a_crash.may_have_left, "its carrier is asked first");
        outgoing::keep(&w.world, &after_a_crash, &Became::Never("There is no such number".to_owned())).await.unwrap();
        assert_eq!(states(&w, id).await, [(State::ToTell, Way::InPerson)]);
        let mut tx = w.world.db.read().await.unwrap();
        let count =
            "SELECT COUNT(*) AS entries FROM journal_entry WHERE area_id = $1 AND act = 'send_notice' AND subject_id = $2";
        let row = tx.query_one(count, vals![w.world.area_id, person]).await.unwrap();
        assert_eq!(row.get::<i64>("entries").unwrap(), 1, "the journal knows whom it was about");
    })
    .await;
}

/// Rule [3.30]
#[tokio::test]
async fn nobody_is_told_of_what_a_shield_keeps_from_them() {
    on_both_engines(async |w: TestWorld| {
        let (person, _, id) = sent(&w).await;
        leaves(&w).await;
        accepted(&w, id).await;
        // The shield comes between the news and its message: Helen, who asked, is not named.
        let mut ctx = w.ctx("Moira").await;
        let me = ctx.actor.id;
        family::shield_as(&mut ctx, (Act::ShieldPerson, person), ShieldKind::Existence, "He looks for her", &[me]).await.unwrap();
        actions::take_over(&mut ctx, person).await.unwrap();
        ctx.commit().await.unwrap();
        assert!(leaves(&w).await.is_empty());
        let mut ctx = w.ctx("Helen").await;
        let helen = ctx.actor.id;
        assert!(telling::to_tell(&mut ctx, &[helen]).await.unwrap().is_empty());
        assert!(matches!(safe::load(&mut ctx, person).await, Err(AccessError::Hidden(_))));
        drop(ctx);
        let mut ctx = w.ctx("Moira").await;
        assert_eq!(telling::to_tell(&mut ctx, &[me]).await.unwrap().len(), 1, "whoever is named tells her");
        drop(ctx);
        let mut ctx = w.ctx("Owen").await;
        let told = actions::told(&mut ctx, (id, super::NoticeId(uuid::Uuid::nil())), "").await;
        assert!(matches!(told, Err(NoticeError::Access(AccessError::Hidden(_)))), "{told:?}");
    })
    .await;
}

/// Rule [3.30]
#[tokio::test]
async fn how_to_reach_somebody_whose_place_is_shielded_is_kept_by_whoever_is_named_and_read_by_nobody_else() {
    on_both_engines(async |w: TestWorld| {
        let (person, phone, _) = sent(&w).await;
        let mut ctx = w.ctx("Moira").await;
        let me = ctx.actor.id;
        family::shield_as(&mut ctx, (Act::ShieldPerson, person), ShieldKind::Location, "He looks for her", &[me]).await.unwrap();
        ctx.commit().await.unwrap();
        for who in ["Helen", "Owen", "Ben"] {
            let mut ctx = w.ctx(who).await;
            assert!(safe::load(&mut ctx, person).await.is_err(), "{who}");
            drop(ctx);
            let said = say(&w, who, person, text_to(phone)).await;
            assert!(matches!(said, Err(NoticeError::Access(_))), "{who}: {said:?}");
        }
        say(&w, "Moira", person, text_to(phone)).await.unwrap();
    })
    .await;
}

#[tokio::test]
async fn a_number_of_somebody_else_or_one_that_takes_no_text_is_no_safe_way() {
    on_both_engines(async |w: TestWorld| {
        let (person, _, _) = sent(&w).await;
        let (_, of_another, _) = sent(&w).await;
        let said = say(&w, "Helen", person, text_to(of_another)).await;
        assert!(matches!(said, Err(NoticeError::Safe(SafeRule::NoAddress))), "{said:?}");
        let mut ctx = w.ctx("Helen").await;
        let (_, permit) = people::open(&mut ctx, Act::RecordContact, person).await.unwrap();
        let landline = NewFact::plain(person, Kind::Phone, "", "0113 496 0000");
        let landline = facts::record(&mut ctx, &permit, landline).await.unwrap();
        ctx.commit().await.unwrap();
        let said = say(&w, "Helen", person, text_to(landline)).await;
        assert!(matches!(said, Err(NoticeError::Safe(SafeRule::NotMobile))), "{said:?}");
        let said = say(&w, "Helen", person, NewSafeContact { from_hour: 15, to_hour: 9, ..text_to(landline) }).await;
        assert!(matches!(said, Err(NoticeError::Safe(SafeRule::NoHours))), "{said:?}");
        let said = say(&w, "Helen", person, NewSafeContact { safe: Safe::Stopped, ..text_to(landline) }).await;
        assert!(matches!(said, Err(NoticeError::Safe(SafeRule::NoChoice))), "only whoever has a message takes its way out");
    })
    .await;
}

#[tokio::test]
async fn whoever_wants_no_e_mail_gets_none() {
    on_both_engines(async |w: TestWorld| {
        let mut ctx = w.ctx("Helen").await;
        actions::choose(&mut ctx, false).await.unwrap();
        ctx.commit().await.unwrap();
        let (_, _, id) = sent(&w).await;
        leaves(&w).await;
        accepted(&w, id).await;
        assert!(leaves(&w).await.is_empty());
    })
    .await;
}

/// Rule [3.17]
#[tokio::test]
async fn the_lead_of_the_family_reads_what_was_asked_for_them_unless_it_names_a_sensitive_service() {
    on_both_engines(async |w: TestWorld| {
        let mut ctx = w.ctx("Sunita").await;
        let (person, _) = amy(&mut ctx).await;
        let next_on = ctx.clock.today();
        family::create(&mut ctx, "The Barlow family", person, ("Ring them", next_on)).await.unwrap();
        ctx.commit().await.unwrap();
        let mut ctx = w.ctx("Helen").await;
        people::open(&mut ctx, Act::RecordContact, person).await.unwrap();
        let (_, permit) = people::open(&mut ctx, Act::RecordContact, person).await.unwrap();
        facts::works_with(&mut ctx, &permit, "tenancy", None).await.unwrap();
        let ordinary = referrals::ask(&mut ctx, &w.area, asked_for(person)).await.unwrap();
        ctx.commit().await.unwrap();
        leaves(&w).await;
        let mut ctx = w.ctx("Sunita").await;
        assert!(referrals::load(&mut ctx, ordinary).await.is_ok());
        let lines = referrals::actions::of_people(&mut ctx, &[person]).await.unwrap();
        assert_eq!(lines.len(), 1, "the list lets through what the page does");
        drop(ctx);
        let mut ctx = w.ctx("Owen").await;
        let no = Step::Decline { reason: "full".to_owned(), better_door: String::new(), words: "Ask again in May".to_owned() };
        referrals::decline(&mut ctx, &w.area, (ordinary, 1), no).await.unwrap();
        ctx.commit().await.unwrap();
        let mut to: Vec<String> = leaves(&w).await.into_iter().map(|one| one.to).collect();
        to.sort();
        assert_eq!(to.len(), 2, "{to:?}");
        assert!(to[0].starts_with("helen") && to[1].starts_with("sunita"), "{to:?}");
        let mut ctx = w.ctx("Helen").await;
        let lantern = w.area.services.values().find(|one| w.area.agencies[one.agency.as_ref()].sensitive).unwrap().id.clone();
        let quiet = referrals::ask(&mut ctx, &w.area, NewReferral { service: lantern, ..asked_for(person) }).await.unwrap();
        ctx.commit().await.unwrap();
        leaves(&w).await;
        let mut ctx = w.ctx("Lena").await;
        referrals::accept(&mut ctx, &w.area, quiet, 1).await.unwrap();
        ctx.commit().await.unwrap();
        let to: Vec<String> = leaves(&w).await.into_iter().map(|one| one.to).collect();
        assert!(to.iter().all(|to| to.starts_with("helen")), "{to:?}");
        let mut ctx = w.ctx("Sunita").await;
        assert!(matches!(referrals::load(&mut ctx, quiet).await, Err(AccessError::Hidden(_))));
    })
    .await;
}

/// Rule [3.30]
#[tokio::test]
async fn whose_service_is_not_named_asked_somebody_what_is_safe_and_is_not_named_by_it() {
    on_both_engines(async |w: TestWorld| {
        let (person, phone, _) = sent(&w).await;
        let mut ctx = w.ctx("Lena").await;
        let (_, permit) = people::open(&mut ctx, Act::RecordContact, person).await.unwrap();
        facts::works_with(&mut ctx, &permit, "Works with", None).await.unwrap();
        let mine = facts::record(&mut ctx, &permit, NewFact::plain(person, Kind::Phone, "", "07700 900123")).await.unwrap();
        ctx.commit().await.unwrap();
        say(&w, "Lena", person, NewSafeContact { fact: Some(mine), ..text_to(phone) }).await.unwrap();
        let mut ctx = w.ctx("Helen").await;
        let said = safe::load(&mut ctx, person).await.unwrap().said.unwrap();
        assert_eq!((said.author, said.words.as_str()), (None, ""));
    })
    .await;
}

/// Rule [3.17]
#[tokio::test]
async fn whoever_leads_for_a_family_to_whose_network_somebody_belongs_does_not_read_what_was_asked_for_them() {
    on_both_engines(async |w: TestWorld| {
        let mut ctx = w.ctx("Sunita").await;
        let (brother, _) = amy(&mut ctx).await;
        let next_on = ctx.clock.today();
        let family = family::create(&mut ctx, "Her brother’s family", brother, ("Ring them", next_on)).await.unwrap();
        ctx.commit().await.unwrap();
        let (person, _, id) = sent(&w).await;
        let mut ctx = w.ctx("Sunita").await;
        let (_, permit) = people::open(&mut ctx, Act::RecordContact, person).await.unwrap();
        facts::works_with(&mut ctx, &permit, "Works with", None).await.unwrap();
        family::join(&mut ctx, (family, brother), person, family::Part::Network).await.unwrap();
        ctx.commit().await.unwrap();
        let mut ctx = w.ctx("Sunita").await;
        assert!(matches!(referrals::load(&mut ctx, id).await, Err(AccessError::Hidden(_))));
        assert!(referrals::actions::of_people(&mut ctx, &[person]).await.unwrap().is_empty());
    })
    .await;
}

/// Rule [3.10]
#[tokio::test]
async fn a_message_that_was_on_its_way_when_later_news_came_is_not_told_twice() {
    on_both_engines(async |w: TestWorld| {
        let (person, phone, id) = sent(&w).await;
        leaves(&w).await;
        say(&w, "Helen", person, text_to(phone)).await.unwrap();
        accepted(&w, id).await;
        let first = leaves(&w).await.into_iter().find(|one| one.way == Way::Sms).unwrap();
        let mut ctx = w.ctx("Owen").await;
        let on = ctx.clock.today();
        referrals::between::say_when(&mut ctx, &w.area, (id, 2), (on, None, "")).await.unwrap();
        ctx.commit().await.unwrap();
        outgoing::keep(&w.world, &first, &Became::Later("no answer".to_owned())).await.unwrap();
        assert_eq!(states(&w, id).await, [(State::Waiting, Way::Sms)], "the later one alone");
    })
    .await;
}

#[test]
fn a_language_that_was_typed_is_the_areas() {
    let area = area::Area::load(&std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("../../areas/example")).unwrap();
    let spoken = rules::languages(&["polish".to_owned(), "Elvish".to_owned()], &area);
    assert_eq!(spoken, ["pl"]);
    assert_eq!(area.notices.for_family(&spoken).unwrap().language, "pl");
    assert_eq!(area.notices.for_family(&[]).unwrap().language, "en");
}
