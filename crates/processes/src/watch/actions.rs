//! Noticing an unusual look, and saying what came of it.

use super::rules::{self, Look, Pattern};
use super::store::{self, NewAlert};
use ::store::StoreError;
use access::{AccessError, Act, Ctx, PractitionerId, Resource, Role};
use area::Area;
use families::facts::{self, Kind};
use families::people::{self, PERSON, PersonId};
use kernel::text::{self, TextError};
use kernel::{Date, Span, Timestamp};

const WORDS_MAX: usize = 1000;

::store::record_id!(
    /// A look that somebody answers for.
    AlertId
);

/// A look that somebody answers for.
#[derive(Clone, Debug)]
pub struct Alert {
    /// Which one.
    pub id: AlertId,
    /// Who looked.
    pub practitioner_id: PractitionerId,
    /// Their name.
    pub practitioner: String,
    /// Their agency.
    pub agency: String,
    /// At whom.
    pub person: PersonId,
    /// What is unusual.
    pub patterns: Vec<Pattern>,
    /// The reason that was given.
    pub reason: String,
    /// When.
    pub looked_at: Timestamp,
    /// Who sees to it.
    pub owner_id: PractitionerId,
    /// Their name.
    pub owner: String,
    /// By when.
    pub due_on: Date,
    /// When it was seen.
    pub seen_at: Option<Timestamp>,
    /// By whom.
    pub seen_by: Option<String>,
    /// What came of it.
    pub seen_words: String,
}

/// Why what came of an alert was not kept.
#[derive(Debug, thiserror::Error)]
pub enum AlertError {
    /// It does not read.
    #[error("What came of it {0}")]
    Text(#[from] TextError),
    /// Access.
    #[error(transparent)]
    Access(#[from] AccessError),
}

impl From<StoreError> for AlertError {
    fn from(e: StoreError) -> Self {
        Self::Access(e.into())
    }
}

/// Notices whether the actor's look at somebody is unusual; once an hour for the same two. The look itself goes on.
///
/// # Errors
/// [`AccessError`] when the rules or the store fail.
pub async fn notice(ctx: &mut Ctx, area: &Area, person: PersonId, reason: &str) -> Result<(), AccessError> {
    let (now, me) = (ctx.now(), ctx.actor.id);
    let hour_ago = now.checked_sub(Span::new().hours(1)).unwrap_or(now);
    if store::is_noticed(&mut ctx.tx, ctx.area_id, (me, person), hour_ago).await? {
        return Ok(());
    }
    let known = facts::list_of(ctx, &[person], Some(&[Kind::Name])).await?;
    let names: Vec<(String, String)> = known
        .iter()
        .filter_map(|fact| fact.new.written_name().map(|(first, last)| (first.to_owned(), last.to_owned())))
        .collect();
    let surnames: Vec<String> = names.iter().map(|(_, last)| last.clone()).filter(|last| !last.is_empty()).collect();
    let look = Look {
        looker: &ctx.actor.name.clone(),
        names: &names,
        colleagues: &store::list_of_surnames(&mut ctx.tx, ctx.area_id, &surnames).await?,
        at: now,
        in_an_hour: store::count_since(&mut ctx.tx, ctx.area_id, me, hour_ago).await?,
        is_working_day: area.holidays.is_working_day(ctx.clock.today()),
        is_worked_with: people::load(ctx, person).await?.is_known(),
    };
    let patterns = rules::patterns(&look, &area.index);
    if patterns.is_empty() {
        return Ok(());
    }
    let Some(owner) = owner(ctx, person).await? else { return Ok(()) };
    let patterns: Vec<&str> = patterns.into_iter().map(Pattern::as_str).collect();
    let alert = NewAlert {
        id: ctx.new_id(),
        practitioner: me,
        person,
        patterns: &patterns.join(" "),
        reason,
        at: now,
        owner,
        due_on: area.holidays.add(ctx.clock.today(), area.index.alert_seen_working_days),
    };
    store::insert(&mut ctx.tx, ctx.area_id, &alert).await?;
    Ok(())
}

/// Returns who answers for the actor's look at somebody: their manager, else a safeguarding lead, who may know of them; else whoever reads the
/// journal. Never themself.
///
/// Rule \[3.40\]: what is noticed has somebody who answers for it.
async fn owner(ctx: &mut Ctx, person: PersonId) -> Result<Option<PractitionerId>, AccessError> {
    let (area_id, me, today) = (ctx.area_id, ctx.actor.id, ctx.clock.today());
    let mut candidates = access::people::managers_of(&mut ctx.tx, area_id, me).await?;
    for role in [Role::SafeguardingLead, Role::Auditor] {
        candidates.extend(access::people::list_of_role(&mut ctx.tx, area_id, role).await?.into_iter().map(|one| one.id));
    }
    let resource = people::load(ctx, person).await?.resource();
    for candidate in candidates.into_iter().filter(|candidate| *candidate != me) {
        let Some(actor) = access::people::find_actor(&mut ctx.tx, area_id, candidate, today).await? else { continue };
        let may_know = ctx.decide_for(&actor, Act::FindPerson, &resource)?.allowed;
        if actor.is(Role::Auditor) || may_know {
            return Ok(Some(candidate));
        }
    }
    Ok(None)
}

/// Returns the alerts that are the actor's to see to; for whoever reads the journal, all but those about themself.
///
/// # Errors
/// [`AccessError`] when the actor may not.
pub async fn mine(ctx: &mut Ctx) -> Result<Vec<Alert>, AccessError> {
    let permit = ctx.permit(Act::SeeAlerts, &Resource::area())?;
    let (me, now) = (ctx.actor.id, ctx.now());
    if !ctx.actor.is(Role::Auditor) {
        let narrowing = ctx.narrow(Act::FindPerson, &PERSON)?;
        return Ok(store::list(&mut ctx.tx, ctx.area_id, &permit, me, Some((&narrowing, now))).await?);
    }
    let mut alerts = store::list(&mut ctx.tx, ctx.area_id, &permit, me, None).await?;
    for alert in &mut alerts {
        // Of whoever must not be known, who looked and when is all that is told.
        if people::load(ctx, alert.person).await.is_ok_and(|standing| standing.restricted) {
            alert.reason.clear();
            alert.patterns.retain(|pattern| !matches!(pattern, Pattern::OwnName | Pattern::Colleague));
        }
    }
    Ok(alerts)
}

/// Keeps what came of an alert, by whoever answers for it.
///
/// # Errors
/// [`AlertError::Text`] when nothing was said; [`AccessError::Hidden`] when it is not theirs, or was seen.
pub async fn see(ctx: &mut Ctx, id: AlertId, words: &str) -> Result<(), AlertError> {
    let permit = ctx.permit(Act::SeeAlerts, &Resource::area())?;
    let words = text::note(words, WORDS_MAX)?;
    ctx.detail(serde_json::json!({ "alert": id.0 }));
    let by = (ctx.actor.id, ctx.now(), words.as_str());
    let is_auditor = ctx.actor.is(Role::Auditor);
    let saved = store::save_seen(&mut ctx.tx, ctx.area_id, &permit, (id, is_auditor), by).await?;
    if saved { Ok(()) } else { Err(AccessError::Hidden(None).into()) }
}

/// Returns how many alerts wait, how many are late, and how many have nobody who sees to them.
///
/// # Errors
/// [`StoreError`] from the engine.
pub async fn count_open(ctx: &mut Ctx) -> Result<(i64, i64, i64), StoreError> {
    let today = ctx.clock.today();
    store::count_open(&mut ctx.tx, ctx.area_id, today).await
}
