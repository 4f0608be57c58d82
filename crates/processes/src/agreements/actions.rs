//! What is done with agreements: recording, taking back, asking again.

use super::agreement::{Agreement, AgreementId, EndedHow, NewAgreement};
use super::rules::{self, AgreementRule, Said};
use super::store::{self, AGREEMENT, Of, Recorded};
use crate::sharing;
use ::store::StoreError;
use access::people::Agency;
use access::{AccessError, Act, AgencyId, Ctx, Permit, PractitionerId, Resource};
use area::Area;
use families::facts::rules::work_class;
use families::facts::{self, Answer as Known, Kind};
use families::people::{self, PersonId};
use families::{family, search};
use kernel::text::{self, TextError};
use kernel::{Timestamp, clock};
use std::collections::BTreeSet;

/// Why an agreement was not recorded or taken back.
#[derive(Debug, thiserror::Error)]
pub enum AgreementError {
    /// What is wrong with it.
    #[error("There is a problem with what you wrote")]
    Rules(Vec<AgreementRule>),
    /// Why does not read.
    #[error("What they said {0}")]
    Text(#[from] TextError),
    /// Somebody else changed it in the meantime.
    #[error("Somebody else changed this agreement while you were writing: this is how it stands now")]
    Changed,
    /// Access.
    #[error(transparent)]
    Access(#[from] AccessError),
}

impl From<StoreError> for AgreementError {
    fn from(e: StoreError) -> Self {
        Self::Access(e.into())
    }
}

/// Records what somebody said; where they were asked again, what they said before is replaced.
///
/// Rule \[3.27\]: agreement is explicit, and kept with who gave it, to what, for whom and until when; a refusal is kept as well.
///
/// # Errors
/// [`AgreementError`].
pub async fn record(
    ctx: &mut Ctx,
    area: &Area,
    new: NewAgreement,
    again: Option<(AgreementId, i64)>,
) -> Result<AgreementId, AgreementError> {
    let (_, permit) = people::open(ctx, Act::RecordAgreement, new.person).await?;
    facts::hold_grants(ctx, new.person).await?;
    let (today, at) = (ctx.clock.today(), ctx.now());
    let age = age_years(ctx, new.person).await?;
    if let Some(giver) = new.giver_person
        && !circle(ctx, new.person).await?.iter().any(|(person, _)| *person == giver)
    {
        return Err(AgreementError::Rules(vec![AgreementRule::NoGiver]));
    }
    let new = rules::check(new, today, age, &area.sharing).map_err(AgreementError::Rules)?;
    let agencies = access::people::list_present_agencies(&mut ctx.tx, ctx.area_id).await?;
    let named: Vec<&Agency> = agencies.iter().filter(|agency| new.agencies.contains(&agency.id)).collect();
    if named.len() != new.agencies.len() {
        return Err(AgreementError::Rules(vec![AgreementRule::Choose("agency")]));
    }
    let recorded = Recorded {
        id: ctx.new_id(),
        author_id: ctx.actor.id,
        agency_id: ctx.actor.agency_id,
        class: work_class(ctx.actor.sensitive || named.iter().any(|agency| agency.sensitive)),
        at,
        ask_on: new.until_on.map(|until| rules::ask_on(until, today, &area.sharing)),
    };
    ctx.detail(serde_json::json!({ "agreement": recorded.id.0, "answer": new.answer.as_str() }));
    store::insert(&mut ctx.tx, ctx.area_id, &permit, &new, &recorded).await?;
    if let Some((id, version)) = again {
        let (before, permit) = permitted(ctx, Act::WithdrawAgreement, id).await?;
        if before.new.person != new.person {
            return Err(AccessError::Hidden(None).into());
        }
        // What one parent says takes nothing from what the other said.
        if before.new.giver_person != new.giver_person || before.new.about != new.about {
            return Err(AgreementError::Rules(vec![AgreementRule::AnotherGiver]));
        }
        end(ctx, &permit, (version, EndedHow::Replaced, "")).await?;
    }
    sharing::reconsider(ctx, area, new.person).await?;
    Ok(recorded.id)
}

/// Returns how old somebody is, at least and at most, as far as the actor may read it.
async fn age_years(ctx: &mut Ctx, person: PersonId) -> Result<Option<(i16, i16)>, AccessError> {
    let today = ctx.clock.today();
    let born = facts::list_of(ctx, &[person], Some(&[Kind::Birth])).await?;
    let known = born.iter().filter(|fact| fact.new.answer == Known::Known && fact.new.term != "due");
    Ok(known.filter_map(|fact| fact.new.holds_from).next().map(|on| on.age_years(today)))
}

/// Returns who can be chosen as having agreed for somebody: whoever belongs to them, by the name the actor may read.
///
/// # Errors
/// [`AccessError`] when the rules or the store fail.
pub async fn circle(ctx: &mut Ctx, person: PersonId) -> Result<Vec<(PersonId, String)>, AccessError> {
    let arounds = family::around(ctx, person).await?;
    let mut persons = family::circle(ctx, person, &arounds).await?;
    persons.retain(|one| *one != person);
    let mut known = Vec::new();
    for one in persons {
        let standing = people::load(ctx, one).await?;
        if ctx.may(Act::FindPerson, &standing.resource())? {
            known.push(one);
        }
    }
    let names = search::names_of(ctx, &known).await?;
    Ok(known.into_iter().zip(names).collect())
}

/// Takes an agreement back: from now on nobody is told because of it, and what was opened because of it closes.
///
/// Rule \[3.27\]: taking back is as easy as giving; what was lawfully shared stays in the record.
///
/// # Errors
/// [`AgreementError::Changed`] when somebody was faster; [`AgreementError::Text`]; [`AgreementError::Access`].
pub async fn withdraw(ctx: &mut Ctx, area: &Area, (id, version): (AgreementId, i64), words: &str) -> Result<(), AgreementError> {
    let (agreement, permit) = permitted(ctx, Act::WithdrawAgreement, id).await?;
    let words = text::note_if_any(words, rules::WORDS_MAX)?;
    facts::hold_grants(ctx, agreement.new.person).await?;
    ctx.detail(serde_json::json!({ "agreement": id.0 }));
    end(ctx, &permit, (version, EndedHow::Withdrawn, &words)).await?;
    sharing::reconsider(ctx, area, agreement.new.person).await?;
    Ok(())
}

/// Lets an agreement end: nobody asks again, for a reason. What was opened because of it lasts as long as was agreed.
///
/// # Errors
/// [`AgreementError::Text`] when no reason was given; else as [`withdraw`].
pub async fn let_end(ctx: &mut Ctx, (id, version): (AgreementId, i64), why: &str) -> Result<(), AgreementError> {
    let (_, permit) = permitted(ctx, Act::WithdrawAgreement, id).await?;
    let why = text::note(why, rules::WORDS_MAX)?;
    ctx.detail(serde_json::json!({ "agreement": id.0, "let_end": true }));
    end(ctx, &permit, (version, EndedHow::LetEnd, &why)).await
}

async fn end(ctx: &mut Ctx, permit: &Permit, ended: (i64, EndedHow, &str)) -> Result<(), AgreementError> {
    let by = (ctx.actor.id, ctx.now());
    let saved = store::save_ended(&mut ctx.tx, ctx.area_id, permit, ended, by).await?;
    if saved { Ok(()) } else { Err(AgreementError::Changed) }
}

/// An agreement that somebody opened.
#[derive(Clone, Debug)]
pub struct Opened {
    /// The agreement.
    pub agreement: Agreement,
    /// Whom it is about, by the name the actor may read.
    pub name: String,
    /// Who agreed, where that is somebody else.
    pub giver: Option<String>,
    /// Whether the actor may record that it is taken back.
    pub may_withdraw: bool,
}

/// Returns an agreement that the actor may read.
///
/// # Errors
/// [`AccessError::Hidden`] when there is none for this actor.
pub async fn load(ctx: &mut Ctx, id: AgreementId) -> Result<Opened, AccessError> {
    let agreement = store::find(&mut ctx.tx, ctx.area_id, id).await?.ok_or(AccessError::Hidden(None))?;
    let resource = resource(ctx, &agreement).await?;
    ctx.permit(Act::ReadAgreement, &resource)?;
    let may_withdraw = agreement.ended.is_none() && ctx.may(Act::WithdrawAgreement, &resource)?;
    let persons: Vec<PersonId> = [Some(agreement.new.person), agreement.new.giver_person].into_iter().flatten().collect();
    let mut names = search::names_of(ctx, &persons).await?.into_iter();
    Ok(Opened { name: names.next().unwrap_or_default(), giver: names.next(), agreement, may_withdraw })
}

async fn permitted(ctx: &mut Ctx, act: Act, id: AgreementId) -> Result<(Agreement, Permit), AccessError> {
    let agreement = store::find(&mut ctx.tx, ctx.area_id, id).await?.ok_or(AccessError::Hidden(None))?;
    let resource = resource(ctx, &agreement).await?;
    let permit = ctx.permit(act, &resource)?;
    Ok((agreement, permit))
}

async fn resource(ctx: &mut Ctx, agreement: &Agreement) -> Result<Resource, AccessError> {
    let person = people::load(ctx, agreement.new.person).await?;
    let giver = match agreement.new.giver_person {
        Some(giver) => Some(people::load(ctx, giver).await?),
        None => None,
    };
    Ok(agreement.resource(&person, giver.as_ref()))
}

/// Returns what was said about somebody, as far as the actor may read it, the newest first.
///
/// # Errors
/// [`AccessError`] when the rules or the store fail.
pub async fn of_person(ctx: &mut Ctx, person: PersonId) -> Result<Vec<Agreement>, AccessError> {
    list(ctx, Of::Person(person)).await
}

/// Returns what any of these is to ask again by now, as far as the actor may read it.
///
/// # Errors
/// [`AccessError`] when the rules or the store fail.
pub async fn owned_by(ctx: &mut Ctx, owners: &[PractitionerId]) -> Result<Vec<Agreement>, AccessError> {
    let today = ctx.clock.today();
    list(ctx, Of::ToAsk(owners, today)).await
}

/// Returns agreements past their day, or that nobody is there to ask again, as far as the actor may read them.
///
/// # Errors
/// [`AccessError`] when the rules or the store fail.
pub async fn late(ctx: &mut Ctx) -> Result<Vec<Agreement>, AccessError> {
    let today = ctx.clock.today();
    list(ctx, Of::Late(today)).await
}

async fn list(ctx: &mut Ctx, of: Of<'_>) -> Result<Vec<Agreement>, AccessError> {
    let narrowing = ctx.narrow(Act::ReadAgreement, &AGREEMENT)?;
    let now = ctx.now();
    Ok(store::list(&mut ctx.tx, ctx.area_id, of, (&narrowing, now)).await?)
}

/// Returns what was said about telling an agency a kind of information about somebody, whoever may read it: a no that the actor may not
/// know of is a no. Where what they may read says otherwise, they are told that it is not clear, and nothing else.
///
/// # Errors
/// [`AccessError`] when the rules or the store fail.
pub async fn said_about(ctx: &mut Ctx, person: PersonId, asked: (AgencyId, &str)) -> Result<Said, AccessError> {
    let today = ctx.clock.today();
    let readable = rules::said(&of_person(ctx, person).await?, asked, today);
    let all = rules::said(&store::list_all(&mut ctx.tx, ctx.area_id, person).await?, asked, today);
    Ok(match readable {
        _ if readable == all => readable,
        Said::Agreed(_) => Said::Unclear,
        Said::Refused(_) | Said::NoMore(_) | Said::Disputed(_) | Said::Unclear | Said::NotAsked => readable,
    })
}

/// Returns what was said about telling an agency a kind of information about somebody, whoever may read it: for what is open already.
pub(crate) async fn said_in_fact(ctx: &mut Ctx, person: PersonId, asked: (AgencyId, &str)) -> Result<Said, StoreError> {
    let today = ctx.clock.today();
    Ok(rules::said(&store::list_all(&mut ctx.tx, ctx.area_id, person).await?, asked, today))
}

/// Returns which of several services have recorded that somebody agrees that an agency is told of them, and nobody says otherwise since.
pub(crate) async fn agreed_with(
    ctx: &mut Ctx,
    person: PersonId,
    services: &[AgencyId],
    asked: (AgencyId, &str),
) -> Result<BTreeSet<AgencyId>, StoreError> {
    let today = ctx.clock.today();
    let all = store::list_all(&mut ctx.tx, ctx.area_id, person).await?;
    let is_agreed = |said: Said| matches!(said, Said::Agreed(_));
    if !is_agreed(rules::said(&all, asked, today)) {
        return Ok(BTreeSet::new());
    }
    let of = |service: &AgencyId| all.iter().filter(|one| one.agency_id == *service).cloned().collect::<Vec<_>>();
    Ok(services.iter().filter(|service| is_agreed(rules::said(&of(service), asked, today))).copied().collect())
}

/// Returns the moment at which an agreement's last day has ended, whoever may read it.
pub(crate) async fn until_of(ctx: &mut Ctx, id: AgreementId) -> Result<Option<Timestamp>, StoreError> {
    let found = store::find(&mut ctx.tx, ctx.area_id, id).await?;
    let until = found.and_then(|one| one.new.until_on);
    Ok(until.and_then(|until| until.tomorrow().ok()).and_then(clock::start_of))
}

/// Hands the agreements of somebody who is shielded now to the actor to ask again, from owners who are not named for them.
///
/// # Errors
/// [`AccessError`] when the actor may not shield them.
pub async fn take_over(ctx: &mut Ctx, person: PersonId) -> Result<(), AccessError> {
    let (_, permit) = people::open(ctx, Act::ShieldPerson, person).await?;
    let (me, now) = (ctx.actor.id, ctx.now());
    Ok(store::take_over(&mut ctx.tx, ctx.area_id, &permit, me, now).await?)
}

/// Returns how many agreements are in force, how many are past their day, and how many have nobody who asks again.
///
/// # Errors
/// [`StoreError`] from the engine.
pub async fn count_open(ctx: &mut Ctx) -> Result<(i64, i64, i64), StoreError> {
    let today = ctx.clock.today();
    store::count_open(&mut ctx.tx, ctx.area_id, today).await
}
