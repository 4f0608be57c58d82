//! What leaves the product, and what became of it.
//!
//! Each message is claimed in a transaction of its own just before it leaves, and what became of it is kept in another: a program that ends
//! between the two sends it again under the same name, or asks its carrier whether it has it.

use super::notice::{NoticeId, State, Way};
use super::rules;
use super::store::{self, Leaving, Moved};
use crate::contracts::links;
use ::store::journal::{Entry, Outcome as Journalled};
use ::store::{StoreResult, Tx};
use access::World;
use area::Area;
use families::people::PersonId;
use kernel::Timestamp;

/// The job that sends what waits.
pub const SEND: &str = "notices.send";
/// So many leave in one run of the job.
const TOGETHER: i64 = 50;
/// Whoever claimed a message has so long to send it.
const LEASE_SECONDS: i64 = 300;
/// After so many seconds its carrier is asked whether it arrived.
const ASK_SECONDS: i64 = 300;
/// For so long; after it the carrier says no more (GOV.UK Notify tries for 72 hours).
const ASK_SECONDS_MAX: i64 = 73 * 3600;

/// A message that is claimed and leaves now.
#[derive(Clone, Debug)]
pub struct Outgoing {
    /// Its name, the same each time it is tried.
    pub id: NoticeId,
    /// By e-mail or as a text message.
    pub way: Way,
    /// To which e-mail address or telephone number.
    pub to: String,
    /// An e-mail's subject.
    pub subject: String,
    /// What it says.
    pub words: String,
    /// Where whoever gets it stops them, for those who are written to from outside the product.
    pub stop: Option<String>,
    /// Whether it may have left before: its program ended before that was kept, or nothing was heard of what it sent.
    pub may_have_left: bool,
    tries: i64,
    /// Whether somebody tells them where it does not arrive.
    else_told: bool,
}

/// A message of which its carrier may know more by now.
#[derive(Clone, Debug)]
pub struct Unsure {
    /// Its carrier's name for it.
    pub outside_id: String,
    id: NoticeId,
    way: Way,
    tries: i64,
    else_told: bool,
}

/// What became of a message.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Became {
    /// Its carrier has it, and calls it so; nothing where it says no more of it.
    Sent(String),
    /// It arrived.
    Delivered,
    /// It did not leave, and may the next time.
    Later(String),
    /// It will never arrive.
    Never(String),
}

/// A notice that is to leave by now.
#[derive(Clone, Debug)]
pub struct Due(Leaving);

/// Returns what is to leave by now, what waits longest first.
///
/// # Errors
/// [`::store::StoreError`] from the engine.
pub async fn due(world: &World) -> StoreResult<Vec<Due>> {
    let mut tx = world.db.read().await?;
    let leaving = store::list_leaving(&mut tx, world.area_id, world.clock.now(), TOGETHER).await?;
    Ok(leaving.into_iter().map(Due).collect())
}

/// Claims a message just before it leaves, with what it says: nothing where somebody else has, or where it may not leave now. What has no safe
/// way any more is for somebody to tell.
///
/// # Errors
/// [`::store::StoreError`] from the engine.
pub async fn claim(world: &World, area: &Area, due: &Due) -> StoreResult<Option<Outgoing>> {
    let now = world.clock.now();
    // A link leaves while what it leads to opens.
    let link = match due.0.link {
        Some(id) => Some(links::actions::to_send(world, id).await?),
        None => None,
    };
    let mut tx = world.db.begin().await?;
    let out = claim_one(&mut tx, (world, area), (&due.0, link), now).await?;
    tx.commit(&world.ids).await?;
    Ok(out)
}

async fn claim_one(
    tx: &mut Tx,
    (world, area): (&World, &Area),
    (one, link): (&Leaving, Option<Option<String>>),
    now: Timestamp,
) -> StoreResult<Option<Outgoing>> {
    let (area_id, at) = (world.area_id, (one.id, one.tries));
    let (to, texts) = match resolve(tx, (world, area), (one, link), now).await? {
        Resolved::Go(to, texts) => (to, texts),
        Resolved::NotYet(not_before) => {
            let waits = Moved { not_before, ..moved(State::Waiting, one.way, one.tries, now) };
            store::save_moved(tx, area_id, at, &waits).await?;
            return Ok(None);
        }
        Resolved::Not(problem) => {
            let else_told = one.is_else_told();
            let over = Moved { problem, ..over(else_told, one.way, one.tries, now) };
            store::save_moved(tx, area_id, at, &over).await?;
            return Ok(None);
        }
    };
    let (way, subject, words, stop) = texts;
    let claim = Moved { not_before: later(now, LEASE_SECONDS), ..moved(State::Sending, way, one.tries + 1, now) };
    if !store::save_moved(tx, area_id, at, &claim).await? {
        return Ok(None);
    }
    let (id, tries, else_told) = (one.id, one.tries + 1, one.is_else_told());
    Ok(Some(Outgoing { id, way, to, subject, words, stop, may_have_left: one.tries > 0, tries, else_told }))
}

type Texts = (Way, String, String, Option<String>);

enum Resolved {
    Go(String, Texts),
    NotYet(Timestamp),
    Not(&'static str),
}

/// Looks again, at the last moment, where a message goes and whether it may.
async fn resolve(
    tx: &mut Tx,
    (world, area): (&World, &Area),
    (one, link): (&Leaving, Option<Option<String>>),
    now: Timestamp,
) -> StoreResult<Resolved> {
    if let Some(person) = one.person {
        if link == Some(None) {
            return Ok(Resolved::Not("What it leads to opens no more"));
        }
        let link = link.flatten();
        return resolve_of_family(tx, (world, area), (person, link), now).await;
    }
    let (Some(practitioner), Some(email), false) = (one.practitioner, &one.email, one.has_left) else {
        return Ok(Resolved::Not("They have left"));
    };
    if !store::wants_email(tx, world.area_id, practitioner).await? {
        return Ok(Resolved::Not("They want no e-mail"));
    }
    let Some(referral) = one.referral else { return Ok(Resolved::Not("There is nothing to tell")) };
    let path = format!("/referrals/{referral}");
    let (subject, words) = rules::to_practitioner(&area.notices.practitioner, &area.notices, &path);
    Ok(Resolved::Go(email.clone(), (Way::Email, subject, words, None)))
}

async fn resolve_of_family(
    tx: &mut Tx,
    (world, area): (&World, &Area),
    (person, link): (PersonId, Option<String>),
    now: Timestamp,
) -> StoreResult<Resolved> {
    let today = world.clock.today();
    let said = store::list_safe(tx, world.area_id, person).await?;
    let latest = said.last().and_then(|one| one.fact);
    let words = match latest {
        Some(fact) => store::words_of(tx, world.area_id, (fact, person, today)).await?,
        None => None,
    };
    let Some((way, safe)) = rules::safe_way(&said, |one| one.fact == latest && words.is_some(), today) else {
        return Ok(Resolved::Not("No way to send them a message is known to be safe"));
    };
    let not_before = rules::not_before(now, (safe.from_hour, safe.to_hour));
    if not_before > now {
        return Ok(Resolved::NotYet(not_before));
    }
    let spoken = store::languages_of(tx, world.area_id, person).await?;
    let languages = rules::languages(&spoken, area);
    let to = match way {
        Way::Sms => words.as_deref().and_then(rules::mobile),
        Way::Email | Way::InPerson => words,
    };
    let text = if link.is_some() { area.notices.for_link(&languages) } else { area.notices.for_family(&languages) };
    match (to, text) {
        (Some(to), Some(text)) => {
            let link = link.map_or_else(String::new, |token| format!("/agree/{token}"));
            let (subject, words, stop) = rules::to_family(text, &area.notices, (&safe.stop_token, &link));
            Ok(Resolved::Go(to, (way, subject, words, Some(stop))))
        }
        _ => Ok(Resolved::Not("There is no number or address that a message can be sent to")),
    }
}

fn later(now: Timestamp, seconds: i64) -> Timestamp {
    Timestamp::from_second(now.as_second() + seconds).unwrap_or(now)
}

fn moved(state: State, way: Way, tries: i64, now: Timestamp) -> Moved<'static> {
    Moved { state, way, not_before: now, tries, outside_id: "", problem: "", done_at: None }
}

/// No message reaches them: somebody tells a family its news; a practitioner finds it on home, and where a link stands on the contract.
fn over(else_told: bool, way: Way, tries: i64, now: Timestamp) -> Moved<'static> {
    if else_told {
        moved(State::ToTell, Way::InPerson, tries, now)
    } else {
        Moved { done_at: Some(now), ..moved(State::Failed, way, tries, now) }
    }
}

/// Keeps what became of a message.
///
/// # Errors
/// [`::store::StoreError`] from the engine.
pub async fn keep(world: &World, out: &Outgoing, became: &Became) -> StoreResult<()> {
    let who = (out.id, out.way, out.tries, out.else_told);
    save(world, who, became, later(world.clock.now(), ASK_SECONDS)).await
}

/// Returns the messages that have left by a carrier who says whether they arrive, and that are to be asked after now.
///
/// # Errors
/// [`::store::StoreError`] from the engine.
pub async fn unsure(world: &World) -> StoreResult<Vec<Unsure>> {
    let mut tx = world.db.read().await?;
    let sent = store::list_unsure(&mut tx, world.area_id, world.clock.now(), TOGETHER).await?;
    let unsure = sent.into_iter().map(|one| Unsure {
        else_told: one.is_else_told(),
        outside_id: one.outside_id,
        id: one.id,
        way: one.way,
        tries: one.tries,
    });
    Ok(unsure.collect())
}

/// Keeps what its carrier says of a message that has left; nothing yet is asked again later, ever less often.
///
/// # Errors
/// [`::store::StoreError`] from the engine.
pub async fn keep_answer(world: &World, one: &Unsure, became: Option<&Became>) -> StoreResult<()> {
    let who = (one.id, one.way, one.tries, one.else_told);
    match became {
        Some(became) => save(world, who, became, world.clock.now()).await,
        None => {
            // Each wait is twice as long as the one before; the number of waits is kept beside the tries.
            let asked = one.tries / ASKED;
            let wait = (ASK_SECONDS << asked.min(10)).min(ASK_SECONDS_MAX);
            if (ASK_SECONDS << asked.min(20)) > ASK_SECONDS_MAX {
                let never = Became::Never("Nobody knows whether it arrived".to_owned());
                return save(world, who, &never, world.clock.now()).await;
            }
            let again = Moved {
                outside_id: &one.outside_id,
                not_before: later(world.clock.now(), wait),
                ..moved(State::Sent, one.way, one.tries + ASKED, world.clock.now())
            };
            let mut tx = world.db.begin().await?;
            store::save_moved(&mut tx, world.area_id, (one.id, one.tries), &again).await?;
            tx.commit(&world.ids).await
        }
    }
}

/// How often a carrier was asked is counted in the tries, in steps that no number of tries reaches.
const ASKED: i64 = 1000;

async fn save(
    world: &World,
    (id, way, tries, else_told): (NoticeId, Way, i64, bool),
    became: &Became,
    ask_at: Timestamp,
) -> StoreResult<()> {
    let now = world.clock.now();
    let mut next = match became {
        Became::Sent(outside_id) => {
            Moved { outside_id, not_before: ask_at, done_at: Some(now), ..moved(State::Sent, way, tries, now) }
        }
        Became::Delivered => Moved { done_at: Some(now), ..moved(State::Delivered, way, tries, now) },
        Became::Later(problem) => match rules::try_again_at(tries, now) {
            Some(not_before) => Moved { not_before, problem, ..moved(State::Waiting, way, tries, now) },
            None => Moved { problem, ..over(else_told, way, tries, now) },
        },
        Became::Never(problem) => Moved { problem, ..over(else_told, way, tries, now) },
    };
    let mut tx = world.db.begin().await?;
    // Later news is sent or told in its place: there is one thing to tell.
    let is_to_do = matches!(next.state, State::Waiting | State::ToTell);
    if else_told && is_to_do && store::is_overtaken(&mut tx, world.area_id, id).await? {
        next.state = State::Replaced;
    }
    if store::save_moved(&mut tx, world.area_id, (id, tries), &next).await? && next.state != State::Waiting {
        let about = store::find_person(&mut tx, world.area_id, id).await?;
        tx.journal(Entry {
            area_id: world.area_id,
            at: now,
            act: "send_notice".to_owned(),
            outcome: if next.done_at.is_some() && next.state != State::Failed { Journalled::Done } else { Journalled::Refused },
            actor_id: None,
            agency_id: None,
            subject_id: about.map(|person| person.0),
            rule: "3.10".to_owned(),
            payload: serde_json::json!({ "notice": id.0, "state": next.state.as_str(), "way": way.as_str() }),
        });
    }
    tx.commit(&world.ids).await
}
