//! What is done with the index: looking somebody up, and opening what was found.

use super::entry::{Entry, Found, Involved, LookId, Sought};
use super::rules::{self, SoughtRule};
use super::store::{self, NewLook};
use crate::{agreements, watch};
use ::store::journal::Outcome;
use ::store::{AreaId, StoreError, Tx};
use access::{AccessError, Act, AgencyId, Ctx, Permit, PractitionerId, Resource};
use area::Area;
use area::files::{Agency, Disclosure};
use families::facts::{self, Answer, Fact, Identifier, Kind, NewFact, Scheme, Shape, Verified};
use families::lookup::{self, profile};
use families::people::{self, PersonId};
use families::search;
use kernel::partial_date::PartialDate;
use kernel::text::{self, TextError};
use kernel::{Date, Span, Timestamp};
use std::collections::BTreeSet;

const REASON_MAX: usize = 500;
const NOTHING: &str = "(no name recorded)";

/// Why the index was not asked.
#[derive(Debug, thiserror::Error)]
pub enum IndexError {
    /// What is wrong with whom was sought.
    #[error(transparent)]
    Sought(#[from] SoughtRule),
    /// Why they look does not read.
    #[error("Your reason {0}")]
    Reason(#[from] TextError),
    /// Too many looks.
    #[error("You have asked the index often in the last hour. Wait a little, or ask your manager")]
    TooOften,
    /// Access.
    #[error(transparent)]
    Access(#[from] AccessError),
}

impl From<StoreError> for IndexError {
    fn from(e: StoreError) -> Self {
        Self::Access(e.into())
    }
}

/// Looks somebody up: keeps who looked and why, and whom they may open for a while.
///
/// Rule \[3.30\]: a reason for each look, every look kept (note 16).
///
/// # Errors
/// [`IndexError`].
pub async fn look(ctx: &mut Ctx, area: &Area, sought: &Sought, reason: (&str, &str)) -> Result<LookId, IndexError> {
    ctx.permit(Act::SearchIndex, &Resource::area())?;
    let words = text::note(reason.1, REASON_MAX)?;
    ctx.detail(serde_json::json!({ "reason": reason.0, "words": words }));
    let wanted = rules::sought(sought)?;
    let (now, me) = (ctx.now(), ctx.actor.id);
    ctx.tx.alone(ctx.area_id, &format!("looks of {me}")).await?;
    let hour_ago = now.checked_sub(Span::new().hours(1)).unwrap_or(now);
    let looks = store::count_looks(&mut ctx.tx, ctx.area_id, me, hour_ago).await?;
    if rules::is_too_often(looks, &area.index) {
        return Err(IndexError::TooOften);
    }
    let mut found = Vec::new();
    for person in likely(ctx, area, &wanted).await? {
        if found.len() < usize::from(area.index.shown_at_most)
            && !found.contains(&person)
            && is_findable(ctx, area, person).await?
        {
            ctx.note("find_in_index", Outcome::Seen, Some(person.0), serde_json::json!({ "reason": reason.0 }));
            watch::notice(ctx, area, person, &words).await?;
            found.push(person);
        }
    }
    let look = NewLook {
        id: ctx.new_id(),
        practitioner: me,
        reason: (reason.0, &words),
        looked_at: now,
        until_at: rules::until(now, &area.index),
        found: &found,
    };
    store::insert_look(&mut ctx.tx, ctx.area_id, &look).await?;
    Ok(look.id)
}

/// Keeps a look of somebody's that found one person, in a part of the past that nothing keeps: so that they can be shown what they would have
/// found.
///
/// # Errors
/// [`StoreError`] from the engine.
pub async fn insert_found(
    tx: &mut Tx,
    area_id: AreaId,
    (id, by): (LookId, PractitionerId),
    person: PersonId,
    at: Timestamp,
) -> Result<(), StoreError> {
    let until_at = at.checked_add(Span::new().hours(1)).unwrap_or(at);
    let found = [person];
    let look = NewLook { id, practitioner: by, reason: ("review", "review"), looked_at: at, until_at, found: &found };
    store::insert_look(tx, area_id, &look).await
}

/// Returns whom what was written is of: who has the number; who is likelier meant than not by name and birth; who has the name, and lives
/// where it was written. What is asked is only whether it is so: nothing of it is shown.
async fn likely(ctx: &mut Ctx, area: &Area, wanted: &[NewFact]) -> Result<Vec<PersonId>, AccessError> {
    let mut likely = Vec::new();
    for fact in wanted {
        if let Shape::Identifier(number) = &fact.shape {
            likely.extend(store::list_of_number(&mut ctx.tx, ctx.area_id, number).await?);
        }
    }
    let postcode = wanted.iter().find_map(|fact| match &fact.shape {
        Shape::Address { postcode, .. } => Some(postcode.clone()),
        Shape::Plain | Shape::Name { .. } | Shape::Identifier(_) | Shape::Relationship { .. } | Shape::Involvement { .. } => None,
    });
    let named: Vec<&NewFact> = wanted.iter().filter(|fact| matches!(fact.kind, Kind::Name | Kind::Birth)).collect();
    let is_born = named.iter().any(|fact| fact.kind == Kind::Birth);
    if named.len() == usize::from(is_born) {
        return Ok(likely);
    }
    let record = profile::record_of(named.into_iter());
    for one in lookup::look_up(ctx, &[record], usize::from(area.index.shown_at_most) * 4).await? {
        let is_meant = match &postcode {
            // A shield of place keeps where they live from this question too.
            Some(postcode) => {
                let standing = people::load(ctx, one.id).await?;
                let may_know = ctx.may(Act::ReadInvolvement, &standing.resource())?;
                may_know && store::lives_at(&mut ctx.tx, ctx.area_id, one.id, postcode).await?
            }
            None => false,
        };
        if is_meant || (is_born && one.weight >= lookup::actions::SURE_FROM) {
            likely.push(one.id);
        }
    }
    Ok(likely)
}

async fn is_findable(ctx: &mut Ctx, area: &Area, person: PersonId) -> Result<bool, AccessError> {
    let standing = people::load(ctx, person).await?;
    if !ctx.may(Act::ReadIndex, &standing.resource())? {
        return Ok(false);
    }
    let today = ctx.clock.today();
    let born = born(&facts::list_of(ctx, &[person], Some(&[Kind::Birth])).await?);
    let child_since = today.checked_sub(Span::new().years(i64::from(area.index.child_until_years))).unwrap_or(today);
    let mut has_child = false;
    for child in store::list_children(&mut ctx.tx, ctx.area_id, person, child_since).await? {
        // A child who must not be known is no reason to be here.
        let child = people::load(ctx, child).await?;
        has_child |= ctx.may(Act::ReadIndex, &child.resource())?;
    }
    Ok(rules::is_in_index(born, has_child, today, &area.index))
}

fn born(facts: &[Fact]) -> Option<PartialDate> {
    let known = facts.iter().filter(|fact| fact.new.kind == Kind::Birth && fact.new.answer == Answer::Known);
    known.filter_map(|fact| fact.new.holds_from).next()
}

/// Returns whom a look of the actor found, while it can be opened.
///
/// # Errors
/// [`AccessError::Hidden`] when there is none, or its time has ended.
pub async fn found(ctx: &mut Ctx, look: LookId) -> Result<Vec<Found>, AccessError> {
    ctx.permit(Act::SearchIndex, &Resource::area())?;
    let by = (ctx.actor.id, ctx.now());
    let found = store::list_found(&mut ctx.tx, ctx.area_id, look, by).await?.ok_or(AccessError::Hidden(None))?;
    let mut shown = Vec::new();
    for person in found {
        // Who was shielded since is there no more.
        let Ok(standing) = people::load(ctx, person).await else { continue };
        if ctx.may(Act::ReadIndex, &standing.resource())? {
            shown.push(tell_apart(ctx, person).await?);
        }
    }
    Ok(shown)
}

async fn tell_apart(ctx: &mut Ctx, person: PersonId) -> Result<Found, AccessError> {
    let known = facts::list_of(ctx, &[person], Some(&[Kind::Name, Kind::Birth])).await?;
    let name = search::actions::display_name(&known).unwrap_or_else(|| NOTHING.to_owned());
    Ok(Found { person, name, born: born(&known) })
}

/// Somebody in the index.
#[derive(Clone, Debug)]
pub struct Opened {
    /// Who: name and date of birth.
    pub found: Found,
    /// Their sex, a code.
    pub sex: String,
    /// Who has parental responsibility for them or cares for them, by name.
    pub carers: Vec<String>,
    /// Who works with them; nothing where that is shielded.
    pub entries: Option<Vec<Entry>>,
    /// Which agency began an assessment, and on which day; not what it says.
    pub assessed: Option<(String, Date)>,
    /// Who leads for their family: name, agency, telephone.
    pub leads: Vec<(String, String, String)>,
}

/// Opens somebody whom a look of the actor found, and notices where the look is unusual.
///
/// Rule \[3.30\]: who works with this child and how to reach them, and no case content; of whoever is shielded, who they are and who cares
/// for them, and nothing else (note 16; SI 2007/2182, regulation 6).
///
/// # Errors
/// [`AccessError::Hidden`] when it was not found by this actor, or not lately.
pub async fn open(ctx: &mut Ctx, area: &Area, look: LookId, person: PersonId) -> Result<Opened, AccessError> {
    let (permit, reason) = permitted(ctx, (look, person), Act::ReadIndex).await?;
    watch::notice(ctx, area, person, &reason).await?;
    let known = facts::list_of(ctx, &[person], Some(&[Kind::Name, Kind::Birth, Kind::Sex])).await?;
    let sex = known.iter().find(|fact| fact.new.kind == Kind::Sex).map_or_else(String::new, |fact| fact.new.term.clone());
    let standing = people::load(ctx, person).await?;
    let is_shown = ctx.may(Act::ReadInvolvement, &standing.resource())?;
    Ok(Opened {
        found: tell_apart(ctx, person).await?,
        sex,
        carers: carers(ctx, area, &permit).await?,
        entries: if is_shown { Some(entries(ctx, area, &permit).await?) } else { None },
        assessed: if is_shown { assessed(ctx, area, &permit).await? } else { None },
        leads: if is_shown { leads(ctx, area, &permit).await? } else { Vec::new() },
    })
}

/// Asks the rules for an act on somebody whom a look of the actor found.
pub(crate) async fn permitted(
    ctx: &mut Ctx,
    (look, person): (LookId, PersonId),
    act: Act,
) -> Result<(Permit, String), AccessError> {
    let by = (ctx.actor.id, ctx.now());
    let reason = store::find_look(&mut ctx.tx, ctx.area_id, (look, person), by).await?.ok_or(AccessError::Hidden(None))?;
    let (_, permit) = people::open(ctx, act, person).await?;
    ctx.detail(serde_json::json!({ "look": look.0 }));
    Ok((permit, reason))
}

/// Who works with somebody, as the index shows it.
#[derive(Clone, Debug)]
pub struct Held {
    /// Its lines.
    pub entries: Vec<Entry>,
}

/// Returns whom the index has by an NHS number, as far as the actor may find them in it.
///
/// # Errors
/// [`AccessError`] when the rules or the store fail.
pub async fn of_number(ctx: &mut Ctx, area: &Area, number: &str) -> Result<Vec<PersonId>, AccessError> {
    let number = Identifier { scheme: Scheme::NhsNumber, value: number.to_owned(), verified: Verified::Unverified };
    let Ok(number) = facts::rules::check_identifier(number) else { return Ok(Vec::new()) };
    let mut found = Vec::new();
    for person in store::list_of_number(&mut ctx.tx, ctx.area_id, &number).await? {
        if is_findable(ctx, area, person).await? {
            found.push(person);
        }
    }
    Ok(found)
}

/// Returns who works with somebody, for whoever the rules let be told, without a look of a practitioner's.
///
/// # Errors
/// [`AccessError`] when the rules or the store fail.
pub async fn held(ctx: &mut Ctx, area: &Area, permit: &Permit) -> Result<Held, AccessError> {
    assert!(matches!(permit.act(), Act::AnswerExistence | Act::AnswerContent), "another system is told by an act of its own");
    Ok(Held { entries: entries(ctx, area, permit).await? })
}

/// Returns whether services that are not named are involved, which a message can be passed on to.
pub(crate) async fn involved(ctx: &mut Ctx, permit: &Permit, since: Timestamp) -> Result<Vec<Involved>, StoreError> {
    store::list_involved(&mut ctx.tx, ctx.area_id, permit, since).await
}

/// Returns which services are involved and not named, and have recorded that somebody agrees that the actor's agency is told of them.
pub(crate) async fn brokered(
    ctx: &mut Ctx,
    area: &Area,
    person: PersonId,
    involved: &[Involved],
) -> Result<BTreeSet<AgencyId>, StoreError> {
    let is_brokered = |one: &&Involved| {
        one.ended_at.is_none() && area.agencies.get(&one.code).map(Agency::disclosure) == Some(Disclosure::Brokered)
    };
    let services: Vec<AgencyId> = involved.iter().filter(is_brokered).map(|one| one.agency_id).collect();
    let asked = (ctx.actor.agency_id, area.index.broker_with.as_str());
    agreements::actions::agreed_with(ctx, person, &services, asked).await
}

async fn entries(ctx: &mut Ctx, area: &Area, permit: &Permit) -> Result<Vec<Entry>, AccessError> {
    let (today, now) = (ctx.clock.today(), ctx.now());
    let days = Span::new().hours(24 * 31 * i64::from(area.index.ended_shown_months));
    let involved = involved(ctx, permit, now.checked_sub(days).unwrap_or(now)).await?;
    let brokered = brokered(ctx, area, PersonId(permit.id()), &involved).await?;
    Ok(rules::entries(&involved, &area.agencies, (today, &brokered), &area.index))
}

/// Returns which agency last began an assessment, and when, where its work is open.
///
/// Rule \[3.30\]: whether an assessment exists is in the index; what it says is not (note 16).
async fn assessed(ctx: &mut Ctx, area: &Area, permit: &Permit) -> Result<Option<(String, Date)>, StoreError> {
    let found = store::list_assessments(&mut ctx.tx, ctx.area_id, permit, &area.index.assessment_terms).await?;
    let is_open = |code: &str| area.agencies.get(code).map(Agency::disclosure) == Some(Disclosure::Open);
    Ok(found.into_iter().find(|one| is_open(&one.code)).map(|one| (one.agency, one.on)))
}

/// Returns who answers for the next step of somebody's families, as their agencies' work is disclosed.
async fn leads(ctx: &mut Ctx, area: &Area, permit: &Permit) -> Result<Vec<(String, String, String)>, StoreError> {
    let leads = store::list_leads(&mut ctx.tx, ctx.area_id, permit).await?;
    let shown = leads.into_iter().filter_map(|[name, code, agency, telephone]| {
        let configured = area.agencies.get(&code)?;
        match configured.disclosure() {
            Disclosure::Open => Some((name, agency, telephone)),
            Disclosure::Existence => Some((agency, String::new(), configured.telephone.clone())),
            Disclosure::Brokered | Disclosure::Hidden => None,
        }
    });
    Ok(shown.collect())
}

/// Returns the names of whoever is a parent of somebody or cares for them: the index shows them to whoever may look, and nothing else of the
/// relationship; who is shielded is not among them.
async fn carers(ctx: &mut Ctx, area: &Area, permit: &Permit) -> Result<Vec<String>, AccessError> {
    let is_parent = |term: &str| area.setting.relationships.iter().any(|one| one.id == term && one.makes_parent);
    let inverse = |term: &str| area.setting.relationships.iter().find(|one| one.id == term).map(|one| one.inverse.clone());
    let mut known = Vec::new();
    for related in store::list_related(&mut ctx.tx, ctx.area_id, permit).await? {
        let is_carer = match related.is_theirs {
            true => is_parent(&related.term),
            false => inverse(&related.term).is_some_and(|term| is_parent(&term)),
        };
        if is_carer && !known.contains(&related.person) {
            let standing = people::load(ctx, related.person).await?;
            if ctx.may(Act::ReadIndex, &standing.resource())? {
                known.push(related.person);
            }
        }
    }
    search::names_of(ctx, &known).await
}
