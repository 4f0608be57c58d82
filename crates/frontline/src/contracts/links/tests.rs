//! Links tried: what a number and a link open, what they never do, and what a message may not say.

use super::link::{Link, LinkId};
use super::{actions, rules};
use crate::contracts::tests::{Barlows, barlows, make, read};
use crate::contracts::{self, ContractError, ContractId, NewAnswer, Party, Way};
use crate::notices::notice::{NewSafeContact, Safe};
use crate::notices::{self, outgoing, safe};
use crate::referrals::telling;
use ::store::vals;
use access::{AccessError, Act};
use families::facts::{self, Kind, NewFact};
use families::family::{self, FamilyId};
use families::links::{self, NewLink};
use families::people::{self, PersonId, ShieldKind};
use kernel::Date;
use testkit::{TestWorld, on_both_engines};
use uuid::Uuid;

const DAY_SECONDS: i64 = 24 * 3600;

fn day(day: &str) -> Date {
    day.parse().unwrap()
}

#[test]
fn a_number_has_six_digits_and_is_read_as_it_is_typed() {
    for chance in 0..200_u8 {
        let code = rules::code(&[chance; 32]);
        assert!(code.len() == 6 && code.bytes().all(|b| b.is_ascii_digit()), "{code}");
        assert_eq!(rules::typed(&rules::aloud(&code)), code);
    }
    assert_eq!(rules::typed(" 482-913 "), "482913");
    assert_eq!(rules::aloud("482913"), "482 913");
}

#[test]
fn a_link_opens_until_its_day_and_until_it_is_used_or_guessed_at() {
    let link = Link {
        id: LinkId(Uuid::from_u128(1)),
        contract: ContractId(Uuid::from_u128(2)),
        person: PersonId(Uuid::from_u128(3)),
        sent_by: access::PractitionerId(Uuid::from_u128(4)),
        token: String::new(),
        code: String::new(),
        made_at: "2026-11-02T09:00:00Z".parse().unwrap(),
        until_on: day("2026-11-09"),
        wrong: 0,
        opened_at: None,
        ended_at: None,
        message: Some((notices::State::Failed, "no such number".to_owned())),
    };
    assert!(rules::opens(&link, day("2026-11-09")) && !rules::opens(&link, day("2026-11-10")));
    assert!(rules::opens(&Link { wrong: 4, ..link.clone() }, day("2026-11-02")));
    assert!(!rules::opens(&Link { wrong: 5, ..link.clone() }, day("2026-11-02")));
    assert!(!rules::opens(&Link { ended_at: Some(link.made_at), ..link.clone() }, day("2026-11-02")));
    assert!(rules::state(&link, true, day("2026-11-02")).contains("no such number"));
    assert!(!rules::state(&link, false, day("2026-11-02")).contains("no such number"), "why is for whoever sent it");
    assert!(rules::state(&Link { wrong: 5, ..link.clone() }, true, day("2026-11-02")).contains("too often"));
    assert!(rules::state(&link, true, day("2026-11-10")).contains("9 November 2026"));
}

/// Amy said that texts are safe; where `said` is not, nobody asked her.
async fn asked(w: &TestWorld, person: PersonId) {
    let mut ctx = w.ctx("Sunita").await;
    let (_, permit) = people::open(&mut ctx, Act::RecordContact, person).await.unwrap();
    let phone = facts::record(&mut ctx, &permit, NewFact::plain(person, Kind::Phone, "", "07700 900123")).await.unwrap();
    let said = NewSafeContact { safe: Safe::Sms, fact: Some(phone), from_hour: 0, to_hour: 24, words: String::new() };
    safe::say(&mut ctx, &w.area, person, said).await.unwrap();
    ctx.commit().await.unwrap();
}

async fn send(w: &TestWorld, who: &str, at: ((PersonId, FamilyId), ContractId)) -> Result<(), actions::LinkError> {
    let mut ctx = w.ctx(who).await;
    actions::send(&mut ctx, &w.area, at, at.0.0).await?;
    ctx.commit().await.unwrap();
    Ok(())
}

async fn link(w: &TestWorld, contract: ContractId) -> Option<Link> {
    let mut ctx = w.ctx("Sunita").await;
    actions::of_contracts(&mut ctx, &[contract]).await.unwrap().pop()
}

/// A contract that Amy was sent a link to.
async fn sent(w: &TestWorld) -> (Barlows, ContractId, Link) {
    let family = barlows(w).await;
    let id = make(w, "Sunita", family.of, &[family.walk, family.boiler]).await.unwrap();
    asked(w, family.amy).await;
    send(w, "Sunita", (family.of, id)).await.unwrap();
    let link = link(w, id).await.unwrap();
    (family, id, link)
}

async fn opens(w: &TestWorld, link: &Link) -> bool {
    actions::look(&w.world, &link.token, &link.code).await.unwrap().is_some()
}

async fn messages(w: &TestWorld) -> Vec<outgoing::Outgoing> {
    let mut leaving = Vec::new();
    for due in outgoing::due(&w.world).await.unwrap() {
        leaving.extend(outgoing::claim(&w.world, &w.area, &due).await.unwrap());
    }
    leaving
}

/// Rule [3.30]
#[tokio::test]
async fn a_link_goes_the_way_that_is_safe_and_its_message_names_nobody_and_holds_no_number() {
    on_both_engines(async |w: TestWorld| {
        let family = barlows(&w).await;
        let id = make(&w, "Sunita", family.of, &[family.walk, family.boiler]).await.unwrap();
        assert!(matches!(send(&w, "Sunita", (family.of, id)).await, Err(actions::LinkError::NotSafe)));
        asked(&w, family.amy).await;
        send(&w, "Sunita", (family.of, id)).await.unwrap();
        let link = link(&w, id).await.unwrap();
        let [message] = &messages(&w).await[..] else { panic!("one message leaves") };
        assert_eq!(message.to, "+447700900123");
        assert!(message.words.contains(&format!("/agree/{}", link.token)) && message.words.contains("/stop/"));
        for secret in ["Amy", "Barlow", "Josh", "Sunita", "contract", "boiler", &link.code] {
            assert!(!format!("{} {}", message.subject, message.words).contains(secret), "{secret}");
        }
        outgoing::keep(&w.world, message, &outgoing::Became::Never("No such number".to_owned())).await.unwrap();
        let mut ctx = w.ctx("Sunita").await;
        let me = ctx.actor.id;
        assert!(
            telling::to_tell(&mut ctx, &[me]).await.unwrap().is_empty(),
            "there is no news to tell: the contract itself waits"
        );
        assert_eq!(notices::actions::count_open(&mut ctx).await.unwrap(), (0, 0, 0));
        let failed = actions::of_contracts(&mut ctx, &[id]).await.unwrap().pop().unwrap();
        assert_eq!(failed.message, Some((notices::State::Failed, "No such number".to_owned())));
    })
    .await;
}

/// Rule [3.30]
#[tokio::test]
async fn without_its_number_a_link_opens_nothing_and_five_wrong_ones_end_it_however_they_come() {
    on_both_engines(async |w: TestWorld| {
        let (_, id, link) = sent(&w).await;
        let wrong = if link.code == "000000" { "000001" } else { "000000" };
        for code in ["", wrong, "48"] {
            assert!(actions::look(&w.world, &link.token, code).await.unwrap().is_none());
            assert!(actions::look(&w.world, "0123456789abcdef", code).await.unwrap().is_none(), "nor does one that never was");
        }
        assert!(opens(&w, &link).await, "three wrong ones leave it open");
        let (world, token) = (&w.world, link.token.as_str());
        let tries: Vec<String> = (0..8).map(|at| format!("99999{at}")).filter(|code| *code != link.code).collect();
        let (a, b, c) = tokio::join!(
            actions::look(world, token, &tries[0]),
            actions::look(world, token, &tries[1]),
            actions::look(world, token, &tries[2])
        );
        assert!([a, b, c].into_iter().all(|one| one.unwrap().is_none()));
        assert!(!opens(&w, &link).await, "the right number is too late after five wrong ones");
        assert_eq!(actions::answer(world, (token, &link.code), (true, "")).await.unwrap(), Ok(false));
        let kept = self::link(&w, id).await.unwrap();
        assert_eq!(kept.wrong, rules::WRONG_MAX, "what came at once was counted one after another, and no more of it");
    })
    .await;
}

/// Rule [3.18]
#[tokio::test]
async fn what_is_said_by_a_link_is_ones_own_answer_and_is_kept_once() {
    on_both_engines(async |w: TestWorld| {
        let (family, id, link) = sent(&w).await;
        let shown = actions::look(&w.world, &link.token, &link.code).await.unwrap().unwrap();
        assert_eq!((shown.name.as_str(), shown.family_name.as_str()), ("Amy Barlow", "The Barlow family"));
        let by = (link.token.as_str(), link.code.as_str());
        let no = actions::answer(&w.world, by, (false, " ")).await.unwrap();
        assert_eq!(no.unwrap_err().field(), "words", "a no says what would have to change");
        assert_eq!(actions::answer(&w.world, by, (true, "Mondays suit me")).await.unwrap(), Ok(true));
        let again = actions::answer(&w.world, by, (true, "Mondays suit me")).await.unwrap();
        assert_eq!(again, Ok(true), "pressing twice does it once");
        let other = actions::answer(&w.world, by, (false, "Not Mondays")).await.unwrap();
        assert_eq!(other, Ok(false), "what is not kept is not said to be");
        for _ in 0..rules::WRONG_MAX {
            let wrong = actions::answer(&w.world, (by.0, "1"), (true, "Mondays suit me")).await.unwrap();
            assert_eq!(wrong, Ok(false));
        }
        let late = actions::answer(&w.world, by, (true, "Mondays suit me")).await.unwrap();
        assert_eq!(late, Ok(false), "nor is the number of a used link found by trying");
        assert!(!opens(&w, &link).await, "used, it opens nothing");
        let opened = read(&w, "Helen", family.of).await.unwrap();
        let current = opened.current().unwrap();
        let [said] = &current.answers[..] else { panic!("one answer") };
        assert!(said.agrees && said.by_link && said.party == Party::Person(family.amy) && said.words == "Mondays suit me");
        assert_eq!(current.contract.id, id);
    })
    .await;
}

/// Rule [3.30]
#[tokio::test]
async fn a_link_opens_nothing_once_the_contract_ended_it_was_taken_back_or_its_day_passed() {
    on_both_engines(async |w: TestWorld| {
        let (family, id, first) = sent(&w).await;
        send(&w, "Sunita", (family.of, id)).await.unwrap();
        let second = link(&w, id).await.unwrap();
        assert!(!opens(&w, &first).await && opens(&w, &second).await, "another takes its place");
        let mut ctx = w.ctx("Helen").await;
        actions::take_back(&mut ctx, (family.of, id), family.amy).await.unwrap();
        ctx.commit().await.unwrap();
        assert!(!opens(&w, &second).await);
        messages(&w).await;
        send(&w, "Sunita", (family.of, id)).await.unwrap();
        let third = link(&w, id).await.unwrap();
        make(&w, "Sunita", family.of, &[family.walk, family.boiler]).await.unwrap();
        assert!(!opens(&w, &third).await, "what another took the place of is nothing to agree to");
        assert_eq!(actions::answer(&w.world, (&third.token, &third.code), (true, "")).await.unwrap(), Ok(false));
        assert!(messages(&w).await.is_empty(), "nor does its message leave any more");
        assert!(matches!(send(&w, "Sunita", (family.of, id)).await, Err(actions::LinkError::Contract(ContractError::Changed))));
        let opened = read(&w, "Sunita", family.of).await.unwrap();
        let now = opened.current().unwrap().contract.id;
        send(&w, "Sunita", (family.of, now)).await.unwrap();
        let fourth = link(&w, now).await.unwrap();
        w.world.clock.advance_seconds(8 * DAY_SECONDS);
        assert!(!opens(&w, &fourth).await);
    })
    .await;
}

/// Rule [3.30]
#[tokio::test]
async fn where_anybody_of_the_family_is_shielded_nothing_goes_out_and_what_went_opens_nothing() {
    on_both_engines(async |w: TestWorld| {
        for kind in [ShieldKind::Location, ShieldKind::Existence] {
            let (around, id, link) = sent(&w).await;
            assert!(opens(&w, &link).await);
            let mut ctx = w.ctx("Moira").await;
            let named = vec![w.actor("Moira").id, w.actor("Sunita").id];
            family::shield(&mut ctx, around.amy, kind, "He looks for them", &named).await.unwrap();
            ctx.commit().await.unwrap();
            assert!(!opens(&w, &link).await);
            assert!(messages(&w).await.is_empty(), "what waited for a safe hour leaves no more");
            assert_eq!(actions::answer(&w.world, (&link.token, &link.code), (true, "")).await.unwrap(), Ok(false));
            assert!(matches!(send(&w, "Sunita", (around.of, id)).await, Err(actions::LinkError::Protected)), "{kind:?}");
        }
    })
    .await;
}

/// Rule [3.30]
#[tokio::test]
async fn nobody_sends_a_link_who_does_not_help_the_family_and_none_opens_for_a_sender_who_may_read_no_more() {
    on_both_engines(async |w: TestWorld| {
        let (family, id, link) = sent(&w).await;
        let hidden = |e: actions::LinkError| {
            matches!(e, actions::LinkError::Contract(ContractError::Access(AccessError::Hidden(_) | AccessError::Refused(_))))
        };
        for who in ["Ben", "Owen", "Ruth", "Kit"] {
            assert!(hidden(send(&w, who, (family.of, id)).await.unwrap_err()), "{who}");
        }
        let stranger = ContractId(Uuid::from_u128(9));
        assert!(hidden(send(&w, "Sunita", (family.of, stranger)).await.unwrap_err()));
        // Sunita leaves: what she sent is hers no more to show.
        let leave = "UPDATE practitioner SET left_at = 1 WHERE area_id = $1 AND practitioner_id = $2";
        let mut tx = w.world.db.begin().await.unwrap();
        tx.execute(leave, vals![w.world.area_id, w.actor("Sunita").id]).await.unwrap();
        tx.commit(&w.world.ids).await.unwrap();
        assert!(!opens(&w, &link).await);
    })
    .await;
}

/// Rule [3.22]
#[tokio::test]
async fn a_link_goes_with_whom_it_is_for_when_two_records_are_found_to_be_one() {
    on_both_engines(async |w: TestWorld| {
        let (family, _, link) = sent(&w).await;
        let mut ctx = w.ctx("Sunita").await;
        let other = people::create(&mut ctx).await.unwrap();
        let (_, permit) = people::open(&mut ctx, Act::RecordContact, other).await.unwrap();
        facts::works_with(&mut ctx, &permit, "Works with", None).await.unwrap();
        ctx.commit().await.unwrap();
        let mut ctx = w.ctx("Moira").await;
        let new = NewLink { reason: "One tenancy", weight: None, seconded_by: None };
        let made = links::link(&mut ctx, other, family.amy, new).await.unwrap();
        ctx.commit().await.unwrap();
        assert!(opens(&w, &link).await);
        let mut ctx = w.ctx("Moira").await;
        links::undo(&mut ctx, made, "They are two", &[]).await.unwrap();
        ctx.commit().await.unwrap();
        assert_eq!(actions::answer(&w.world, (&link.token, &link.code), (true, "")).await.unwrap(), Ok(true));
        let opened = read(&w, "Sunita", family.of).await.unwrap();
        assert_eq!(opened.current().unwrap().answers[0].party, Party::Person(family.amy), "and comes back with them");
    })
    .await;
}

/// Rule [3.18]
#[tokio::test]
async fn a_link_ends_once_its_answer_is_written_down_in_person() {
    on_both_engines(async |w: TestWorld| {
        let (family, id, link) = sent(&w).await;
        assert!(opens(&w, &link).await);
        let said = NewAnswer {
            party: Party::Person(family.amy),
            agrees: true,
            way: Way::Said,
            words: String::new(),
            signature: String::new(),
        };
        let mut ctx = w.ctx("Sunita").await;
        contracts::answer(&mut ctx, (family.of, id), said).await.unwrap();
        ctx.commit().await.unwrap();
        assert!(!opens(&w, &link).await, "she has said it");
        assert!(messages(&w).await.is_empty(), "and nothing leaves any more");
    })
    .await;
}
