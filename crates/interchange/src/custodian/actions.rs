//! Answering another organisation's system.

use super::OrganisationId;
use super::agreement::{self, Allowed};
use super::store::{self, NewAnswer};
use ::store::StoreResult;
use ::store::journal::Outcome;
use access::{AccessError, Act, Actor, AgencyId, Ctx, PractitionerId, Role, World};
use area::Area;
use area::custodian::Mode;
use families::people;
use kernel::Span;
use kernel::nhs_number::NhsNumber;
use processes::index::actions as index;
use processes::index::{Entry, actions::Held};
use ring::digest::{SHA256, digest};
use serde_json::json;
use std::collections::BTreeSet;
use uuid::Uuid;

const PURPOSE_MAX: usize = 60;

/// An organisation outside the area whose system may ask.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Organisation {
    /// Which one.
    pub id: OrganisationId,
    /// Its code in the agreements.
    pub code: String,
    /// Its name.
    pub name: String,
}

/// What it asks.
#[derive(Clone, Debug)]
pub struct Question {
    /// Of whom.
    pub number: NhsNumber,
    /// What for.
    pub purpose: String,
    /// What is to be told.
    pub mode: Mode,
}

/// What it is answered.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Answer {
    /// Somebody here works with them; who, where that was asked.
    Held(Option<Vec<Entry>>),
    /// Nobody does, or it is not told: the two are one answer.
    NotDisclosed,
    /// It may not ask this, whomever it is about, and why.
    Denied(&'static str),
    /// It asks too often: again in so many seconds.
    TooOften(u32),
}

/// Lets an organisation's system ask, and returns its token, which is kept nowhere.
///
/// # Errors
/// [`::store::StoreError::Constraint`] when an organisation has this code.
pub async fn add(world: &World, code: &str, name: &str) -> StoreResult<String> {
    let token: String = world.ids.secret().iter().map(|byte| format!("{byte:02x}")).collect();
    let organisation =
        Organisation { id: OrganisationId(world.ids.uuid(&world.clock)), code: code.to_owned(), name: name.to_owned() };
    let mut tx = world.db.begin().await?;
    store::insert(&mut tx, world.area_id, (&organisation, &hash(&token)), world.clock.now()).await?;
    tx.commit(&world.ids).await?;
    Ok(token)
}

/// Ends that an organisation's system may ask; returns whether it could.
///
/// # Errors
/// [`::store::StoreError`] from the engine.
pub async fn end(world: &World, code: &str) -> StoreResult<bool> {
    let mut tx = world.db.begin().await?;
    let ended = store::end(&mut tx, world.area_id, code, world.clock.now()).await?;
    tx.commit(&world.ids).await?;
    Ok(ended)
}

fn hash(token: &str) -> Vec<u8> {
    digest(&SHA256, token.as_bytes()).as_ref().to_vec()
}

/// Returns the organisation that has a token.
///
/// # Errors
/// [`::store::StoreError`] from the engine.
pub async fn who_has(world: &World, token: &str) -> StoreResult<Option<Organisation>> {
    let mut tx = world.db.read().await?;
    store::find_by_token(&mut tx, world.area_id, &hash(token)).await
}

/// Answers a question, and keeps that it was asked.
///
/// Rule \[3.30\]: another area learns that somebody here works with a child only as agreed, and never of whom it must not know.
///
/// # Errors
/// [`AccessError`] when the rules or the store fail.
pub async fn answer(world: &World, area: &Area, of: &Organisation, question: &Question) -> Result<Answer, AccessError> {
    let mut ctx = Ctx::write(world, system_of(of)).await?;
    let (now, today) = (ctx.now(), ctx.clock.today());
    let minute_ago = now.checked_sub(Span::new().minutes(1)).unwrap_or(now);
    // Two questions at once are counted one after the other.
    ctx.tx.alone(ctx.area_id, &format!("questions of {}", of.id)).await?;
    let asked = store::count_since(&mut ctx.tx, ctx.area_id, of.id, minute_ago).await?;
    let is_too_often = asked >= i64::from(area.custodian.asked_in_a_minute);
    let purpose: String = question.purpose.chars().take(PURPOSE_MAX).collect();
    let answer = match agreement::allows(&area.custodian, (&of.code, &purpose), question.mode, today) {
        _ if is_too_often => Answer::TooOften(60),
        Allowed::No(why) => Answer::Denied(why),
        Allowed::Yes => held(&mut ctx, area, question).await?,
    };
    let answered = match &answer {
        Answer::Held(_) => "held",
        Answer::NotDisclosed => "not_disclosed",
        Answer::Denied(_) => "denied",
        Answer::TooOften(_) => "too_often",
    };
    let new = NewAnswer {
        id: ctx.ids.uuid(&ctx.clock),
        organisation: of.id,
        purpose: &purpose,
        mode: question.mode.as_str(),
        agreements: &area.custodian.version,
        answered,
    };
    // Whom it asked about is kept whatever it was answered: whoever trawls for a child leaves a trace.
    let details = json!({ "organisation": of.code, "purpose": purpose, "mode": question.mode.as_str(), "number": question.number.to_string(), "answered": answered });
    ctx.note("ask_custodian", Outcome::Seen, None, details);
    store::insert_answer(&mut ctx.tx, ctx.area_id, &new, now).await?;
    ctx.commit().await?;
    Ok(answer)
}

/// The system of an organisation as the access rules see it: of no agency of this area, and nothing else.
pub(super) fn system_of(of: &Organisation) -> Actor {
    Actor {
        id: PractitionerId(of.id.0),
        agency_id: AgencyId(Uuid::nil()),
        name: of.name.clone(),
        agency: of.name.clone(),
        sensitive: false,
        roles: BTreeSet::from([Role::OtherSystem]),
        cleared: true,
        trained: true,
    }
}

async fn held(ctx: &mut Ctx, area: &Area, question: &Question) -> Result<Answer, AccessError> {
    let act = match question.mode {
        Mode::Existence => Act::AnswerExistence,
        Mode::Content => Act::AnswerContent,
    };
    for person in index::of_number(ctx, area, &question.number.to_string()).await? {
        let standing = people::load(ctx, person).await?;
        if !ctx.may(act, &standing.resource())? {
            continue;
        }
        let permit = ctx.permit(act, &standing.resource())?;
        ctx.detail(json!({ "purpose": question.purpose, "agreements": area.custodian.version }));
        let Held { entries } = index::held(ctx, area, &permit).await?;
        // A service that is not named is not told of to another area either.
        let mut told: Vec<Entry> = entries.into_iter().filter(|entry| *entry != Entry::Brokered).collect();
        if question.mode == Mode::Existence {
            // That somebody works with them is of today.
            told.retain(|entry| !matches!(entry, Entry::Open { until: Some(_), .. }));
        }
        if told.is_empty() {
            continue;
        }
        return Ok(Answer::Held((question.mode == Mode::Content).then_some(told)));
    }
    Ok(Answer::NotDisclosed)
}
