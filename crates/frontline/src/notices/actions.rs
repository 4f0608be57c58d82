//! Telling of a referral's news; saying that one has told somebody; choosing.

use super::notice::{Audience, News, Notice, NoticeId, State, Way};
use super::outgoing::SEND;
use super::rules;
use super::store::{self, About, New, To};
use crate::contracts::links::LinkId;
use crate::referrals::{Referral, ReferralId};
use ::store::jobs::{self, NewJob};
use ::store::{StoreError, StoreResult, Tx};
use access::{AccessError, Act, Ctx, Permit, PractitionerId, Resource, World};
use area::Area;
use families::people::{self, PersonId};
use kernel::Date;
use kernel::text::{self, TextError};
use std::collections::BTreeSet;

/// Why nothing was kept.
#[derive(Debug, thiserror::Error)]
pub enum NoticeError {
    /// The words do not read.
    #[error("How you told them {0}")]
    Words(TextError),
    /// What somebody said cannot be kept.
    #[error(transparent)]
    Safe(#[from] rules::SafeRule),
    /// Somebody else told them in the meantime.
    #[error("Somebody has told them already, or there is later news")]
    Changed,
    /// Access.
    #[error(transparent)]
    Access(#[from] AccessError),
}

impl From<StoreError> for NoticeError {
    fn from(e: StoreError) -> Self {
        Self::Access(e.into())
    }
}

/// Tells whoever is concerned of news about a referral, as far as each may know of it.
///
/// # Errors
/// [`AccessError`] when the rules or the store fail.
pub(crate) async fn tell(ctx: &mut Ctx, area: &Area, referral: &Referral, news: News) -> Result<(), AccessError> {
    let standing = people::load(ctx, referral.person).await?;
    let resource = referral.resource(&standing);
    let audiences = rules::told_of(news);
    let practitioners: BTreeSet<PractitionerId> = audiences
        .iter()
        .filter_map(|audience| match audience {
            Audience::Sender => Some(referral.sender_id),
            Audience::Owner => referral.owner_id,
            Audience::Lead => referral.lead_id,
            Audience::Person => None,
        })
        .filter(|id| *id != ctx.actor.id)
        .collect();
    for practitioner in practitioners {
        if may_know(ctx, practitioner, &resource).await? && store::wants_email(&mut ctx.tx, ctx.area_id, practitioner).await? {
            keep(ctx, referral, news, (To::Practitioner(practitioner), Way::Email, State::Waiting)).await?;
        }
    }
    if audiences.contains(&Audience::Person) {
        tell_person(ctx, area, referral, (news, &resource)).await?;
    }
    wake(ctx).await
}

async fn may_know(ctx: &mut Ctx, practitioner: PractitionerId, resource: &Resource) -> Result<bool, AccessError> {
    let today = ctx.clock.today();
    let Some(actor) = access::people::find_actor(&mut ctx.tx, ctx.area_id, practitioner, today).await? else { return Ok(false) };
    Ok(ctx.decide_for(&actor, Act::ReadReferral, resource)?.allowed)
}

/// Tells the person a referral is for by a message where that is safe; else somebody who knows them tells them by a day.
async fn tell_person(
    ctx: &mut Ctx,
    area: &Area,
    referral: &Referral,
    (news, resource): (News, &Resource),
) -> Result<(), AccessError> {
    let (now, today, person) = (ctx.now(), ctx.clock.today(), referral.person);
    store::replace(&mut ctx.tx, ctx.area_id, referral.id, now).await?;
    let owner = if may_know(ctx, referral.sender_id, resource).await? { referral.sender_id } else { ctx.actor.id };
    let tell_by = area.holidays.add(today, area.notices.tell_working_days);
    let said = store::list_safe(&mut ctx.tx, ctx.area_id, person).await?;
    let (way, state) = match rules::safe_way(&said, |_| true, today) {
        Some((way, _)) => (way, State::Waiting),
        None => (Way::InPerson, State::ToTell),
    };
    keep(ctx, referral, news, (To::Person(person, owner, tell_by), way, state)).await
}

async fn keep(ctx: &mut Ctx, referral: &Referral, news: News, (to, way, state): (To, Way, State)) -> Result<(), AccessError> {
    let now = ctx.now();
    let about = About::News(referral.id, news);
    let new = New { id: ctx.new_id(), about, to, way, state, not_before: now };
    Ok(store::insert(&mut ctx.tx, ctx.area_id, &new, now).await?)
}

/// Tells whoever is handed a referral that nobody answered.
pub(crate) async fn tell_escalated(world: &World, tx: &mut Tx, (referral, to): (ReferralId, PractitionerId)) -> StoreResult<()> {
    if !store::wants_email(tx, world.area_id, to).await? {
        return Ok(());
    }
    let (id, now) = (NoticeId(world.ids.uuid(&world.clock)), world.clock.now());
    let (to, way, state) = (To::Practitioner(to), Way::Email, State::Waiting);
    let about = About::News(referral, News::Asked);
    store::insert(tx, world.area_id, &New { id, about, to, way, state, not_before: now }, now).await
}

/// Sends somebody of a family a link, until a day, the way that is safe at the moment it leaves.
pub(crate) async fn send_link(ctx: &mut Ctx, link: LinkId, (person, until): (PersonId, Date)) -> Result<(), AccessError> {
    let (id, now, owner) = (ctx.new_id(), ctx.now(), ctx.actor.id);
    let (to, way, state) = (To::Person(person, owner, until), Way::Sms, State::Waiting);
    store::insert(&mut ctx.tx, ctx.area_id, &New { id, about: About::Link(link), to, way, state, not_before: now }, now).await?;
    wake(ctx).await
}

/// Has what waits sent as soon as this is committed.
async fn wake(ctx: &mut Ctx) -> Result<(), AccessError> {
    let (area_id, id, now) = (ctx.area_id, ctx.ids.uuid(&ctx.clock), ctx.now());
    let job = NewJob { kind: SEND, key: Some("now"), payload: serde_json::json!({}), run_at: now };
    Ok(jobs::enqueue(&mut ctx.tx, area_id, id, job).await?)
}

/// Returns how the person of a referral was told of it, under a permit for that referral.
pub(crate) async fn of_referral(ctx: &mut Ctx, permit: &Permit) -> Result<Vec<Notice>, AccessError> {
    Ok(store::list_of(&mut ctx.tx, ctx.area_id, permit).await?)
}

/// Returns what the people of these referrals have not been told yet, the soonest first. Whoever asks may read the referrals.
pub(crate) async fn open_of(ctx: &mut Ctx, referrals: &[ReferralId]) -> Result<Vec<Notice>, AccessError> {
    if referrals.is_empty() {
        return Ok(Vec::new());
    }
    Ok(store::list_open_of(&mut ctx.tx, ctx.area_id, referrals).await?)
}

/// Returns how much news families have not been told, how much of it is late, and how much has nobody who tells it.
///
/// # Errors
/// [`StoreError`] from the engine.
pub async fn count_open(ctx: &mut Ctx) -> Result<(i64, i64, i64), StoreError> {
    let today = ctx.clock.today();
    store::count_open(&mut ctx.tx, ctx.area_id, today).await
}

/// Keeps that the actor told whom a referral is for.
///
/// Rule \[3.10\]: whoever asked for something hears what became of it, from somebody they know where no message is safe.
///
/// # Errors
/// [`NoticeError::Changed`] when somebody was faster; [`NoticeError`].
pub async fn told(ctx: &mut Ctx, at: (ReferralId, NoticeId), words: &str) -> Result<(), NoticeError> {
    let permit = crate::referrals::telling::to_tell_family(ctx, at.0).await?;
    let words = text::note_if_any(words, rules::WORDS_MAX).map_err(NoticeError::Words)?;
    ctx.detail(serde_json::json!({ "referral": at.0.0, "notice": at.1.0, "told": true }));
    let by = (ctx.actor.id, ctx.now());
    let saved = store::save_told(&mut ctx.tx, ctx.area_id, &permit, (at.1, &words), by).await?;
    if saved { Ok(()) } else { Err(NoticeError::Changed) }
}

/// Hands what is to be told of somebody whom the actor shields to the actor, from whoever may not know of them any more.
///
/// # Errors
/// [`AccessError`] when the actor may not shield them.
pub async fn take_over(ctx: &mut Ctx, person: PersonId) -> Result<(), AccessError> {
    let (_, permit) = people::open(ctx, Act::ShieldPerson, person).await?;
    let to = ctx.actor.id;
    Ok(store::take_over(&mut ctx.tx, ctx.area_id, &permit, to).await?)
}

/// Returns whether the actor wants e-mail that there is news.
///
/// # Errors
/// [`AccessError`] when the rules or the store fail.
pub async fn wants_email(ctx: &mut Ctx) -> Result<bool, AccessError> {
    ctx.permit(Act::SeeHome, &Resource::area())?;
    let me = ctx.actor.id;
    Ok(store::wants_email(&mut ctx.tx, ctx.area_id, me).await?)
}

/// Keeps whether the actor wants e-mail that there is news.
///
/// # Errors
/// [`AccessError`] when the rules or the store fail.
pub async fn choose(ctx: &mut Ctx, wants: bool) -> Result<(), AccessError> {
    ctx.permit(Act::SeeHome, &Resource::area())?;
    ctx.detail(serde_json::json!({ "wants_email": wants }));
    let (me, now) = (ctx.actor.id, ctx.now());
    Ok(store::save_choice(&mut ctx.tx, ctx.area_id, (me, wants), now).await?)
}
