//! What is done with decisions to share: deciding, receiving, ending, advising, telling the family, looking again.

use super::decision::{
    Basis, Decision, DecisionId, Event, EventKind, Ground, Item, NewDecision, Outcome, Picked, Protection, Task,
};
use super::items::{self, Offered};
use super::rules::{self, ShareRule, WORDS_MAX};
use super::store::{self, Decided, NewEvent, Of, SHARE};
use super::tasks;
use crate::agreements::rules::Said;
use crate::agreements::{self, AgreementId};
use crate::requests::{self, RequestError};
use crate::signals;
use ::store::journal::Outcome as Journalled;
use ::store::{StoreError, keys};
use access::people::Agency;
use access::{AccessError, Act, Ctx, Permit, PractitionerId};
use area::Area;
use families::facts::rules::work_class;
use families::facts::{self, Audience, Fact, FactId, Grant};
use families::people::{self, PersonId};
use families::search;
use kernel::text::{self, TextError};
use kernel::{Date, Timestamp};
use std::collections::BTreeSet;

/// Why a decision was not kept, or something about it not done.
#[derive(Debug, thiserror::Error)]
pub enum ShareError {
    /// What is wrong with it.
    #[error("There is a problem with what you wrote")]
    Rules(Vec<ShareRule>),
    /// A text that does not read.
    #[error("What you wrote {0}")]
    Text(#[from] TextError),
    /// Somebody did it in the meantime.
    #[error("Somebody has done this in the meantime")]
    DoneAlready,
    /// The request was answered or taken back in the meantime, or is another's.
    #[error("The request has been answered or taken back in the meantime")]
    Request,
    /// Access.
    #[error(transparent)]
    Access(#[from] AccessError),
}

impl From<StoreError> for ShareError {
    fn from(e: StoreError) -> Self {
        Self::Access(e.into())
    }
}

impl From<RequestError> for ShareError {
    fn from(e: RequestError) -> Self {
        match e {
            RequestError::Access(e) => Self::Access(e),
            RequestError::Rules(_) | RequestError::NobodyAnswers | RequestError::Shielded | RequestError::Ended => Self::Request,
        }
    }
}

/// Keeps a decision, and opens what it shares: both or neither.
///
/// Rule \[3.27\]: what is shared is chosen item by item. Rule \[3.29\]: a refusal is kept like a yes.
///
/// # Errors
/// [`ShareError`].
pub async fn decide(ctx: &mut Ctx, area: &Area, new: NewDecision) -> Result<DecisionId, ShareError> {
    let act = if new.ground == Some(Ground::Emergency) { Act::ShareInDanger } else { Act::DecideToShare };
    let (_, permit) = people::open(ctx, act, new.person).await?;
    let today = ctx.clock.today();
    let mut new = rules::check(new, today, &area.sharing).map_err(ShareError::Rules)?;
    let agencies = access::people::list_present_agencies(&mut ctx.tx, ctx.area_id).await?;
    let to = recipient(ctx, &new, &agencies).await?;
    let receiver = receiver(ctx, &new).await?;
    let offered = items::offered(ctx, area, new.person).await?;
    let kept = kept(ctx, &new, &offered).await?;
    new.agreement = kept.iter().find_map(|item| item.agreement);
    let basis = basis(ctx, area, &agencies, (&new.purpose, today));
    let decided = Decided {
        id: ctx.new_id(),
        author_id: ctx.actor.id,
        agency_id: ctx.actor.agency_id,
        class: work_class(ctx.actor.sensitive || to.is_some_and(|agency| agency.sensitive)),
        basis: &basis,
        rules_in_force: area.sharing.provenance.in_force,
        at: ctx.now(),
    };
    let digests: Vec<&str> = kept.iter().map(|item| item.digest.as_str()).collect();
    ctx.detail(serde_json::json!({
        "decision": decided.id.0, "outcome": new.outcome.as_str(), "ground": new.ground.map(Ground::as_str),
        "to": new.to.agency.map(|to| to.0), "named": new.to.named.map(|named| named.0), "items": digests
    }));
    if new.outcome.is_shared() || new.outcome == Outcome::Refused {
        let by = (decided.author_id, decided.at);
        store::settle(&mut ctx.tx, ctx.area_id, &permit, (decided.agency_id, new.to.agency), by).await?;
    }
    store::insert(&mut ctx.tx, ctx.area_id, &permit, &new, &decided).await?;
    store::insert_items(&mut ctx.tx, ctx.area_id, decided.id, &kept).await?;
    tasks::leave_to_do(ctx, area, (&new, receiver), decided.id).await?;
    if let Some(receiver) = receiver {
        open_items(ctx, &new, (decided.id, receiver), (&offered, &kept)).await?;
    }
    arrives(ctx, &new, (decided.id, receiver), &offered).await?;
    if let Some(request) = new.request {
        requests::answered(ctx, request, (decided.id, &new)).await?;
    }
    Ok(decided.id)
}

/// Returns the agency that is told, after seeing that whoever is named is of it.
async fn recipient<'a>(ctx: &mut Ctx, new: &NewDecision, agencies: &'a [Agency]) -> Result<Option<&'a Agency>, ShareError> {
    let Some(id) = new.to.agency else { return Ok(None) };
    if id == ctx.actor.agency_id {
        return Err(ShareError::Rules(vec![ShareRule::OwnAgency]));
    }
    let found = agencies.iter().find(|agency| agency.id == id);
    if found.is_none() {
        return Err(ShareError::Rules(vec![ShareRule::Choose("agency")]));
    }
    if let Some(named) = new.to.named {
        let practitioner = access::people::load_practitioner(&mut ctx.tx, ctx.area_id, named).await?;
        if practitioner.is_none_or(|one| one.agency_id != id) {
            return Err(ShareError::Rules(vec![ShareRule::NotOfAgency]));
        }
    }
    Ok(found)
}

/// Returns who sees that it arrives, where it goes through here: whoever is named, else whoever answers for the agency.
async fn receiver(ctx: &mut Ctx, new: &NewDecision) -> Result<Option<PractitionerId>, ShareError> {
    let (true, "here", Some(to)) = (new.outcome.is_shared(), new.to.method.as_str(), new.to.agency) else { return Ok(None) };
    if new.to.named.is_some() {
        return Ok(new.to.named);
    }
    let today = ctx.clock.today();
    let answers = access::people::find_answerable(&mut ctx.tx, ctx.area_id, Some(to), today).await?;
    answers.map(Some).ok_or_else(|| ShareError::Rules(vec![ShareRule::NobodyReceives]))
}

/// Returns the items as they are kept: labelled, with the reason that protected ones need, a digest of what they say now, and the agreement
/// that lets each be told. Nobody records or takes back an agreement about them until this transaction ends.
async fn kept(ctx: &mut Ctx, new: &NewDecision, offered: &[Offered]) -> Result<Vec<Item>, ShareError> {
    let mut chosen: Vec<(&Offered, &Picked)> = Vec::new();
    for picked in &new.items {
        // What is not the actor's to share is not there.
        let one = offered.iter().find(|one| one.fact.id == picked.fact).ok_or(AccessError::Hidden(None))?;
        chosen.push((one, picked));
    }
    let persons: BTreeSet<PersonId> = chosen.iter().map(|(one, _)| one.fact.new.person).collect();
    for person in persons {
        facts::hold_grants(ctx, person).await?;
    }
    let mut kept = Vec::new();
    for (one, picked) in chosen {
        // In danger, what somebody is worried about is reason enough for all of it.
        let is_emergency = new.ground == Some(Ground::Emergency);
        let why = if picked.why.is_empty() && is_emergency { &new.ground_words } else { &picked.why };
        if one.protection != Protection::None && why.is_empty() {
            return Err(ShareError::Rules(vec![ShareRule::NoReason(one.protection.words())]));
        }
        kept.push(Item {
            fact: picked.fact,
            label: one.label,
            protection: one.protection,
            why: if one.protection == Protection::None { String::new() } else { why.clone() },
            digest: digest(&one.fact, &one.words),
            agreement: agreement_for(ctx, new, one).await?,
        });
    }
    Ok(kept)
}

/// Returns the agreement that lets an item be told, where it needs one; whatever the page has said, it is looked at now.
async fn agreement_for(ctx: &mut Ctx, new: &NewDecision, one: &Offered) -> Result<Option<AgreementId>, ShareError> {
    let not_covered = || ShareError::Rules(vec![ShareRule::NotCovered]);
    match new.ground {
        _ if !one.is_confidential => Ok(None),
        Some(Ground::Agreement) => {
            let to = new.to.agency.ok_or_else(not_covered)?;
            match agreements::said_about(ctx, one.fact.new.person, (to, &one.information)).await? {
                Said::Agreed(id) => Ok(Some(id)),
                Said::Refused(_) | Said::NoMore(_) | Said::Disputed(_) | Said::Unclear | Said::NotAsked => Err(not_covered()),
            }
        }
        Some(Ground::NotConfidential) | None => Err(not_covered()),
        Some(Ground::Emergency | Ground::Duty | Ground::Harm | Ground::PublicInterest) => Ok(None),
    }
}

/// Returns a digest of what a fact says: to show later that this, and nothing else, was shared.
pub fn digest(fact: &Fact, words: &str) -> String {
    let new = &fact.new;
    let said = [new.kind.as_str(), &new.term, words, new.standing.as_str(), &new.told_by].join("\n");
    keys::digest(said.as_bytes()).iter().map(|byte| format!("{byte:02x}")).collect()
}

fn basis(ctx: &Ctx, area: &Area, agencies: &[Agency], (purpose, today): (&str, Date)) -> Basis {
    let own = agencies.iter().find(|agency| agency.id == ctx.actor.agency_id);
    let kind = own.and_then(|agency| area.agencies.get(&agency.code)).map(|agency| agency.kind);
    let found = kind.and_then(|kind| area.sharing.basis(purpose, kind, today));
    found.map_or_else(Basis::default, |basis| Basis {
        gateway: basis.gateway.clone(),
        article_6: basis.article_6.clone(),
        article_9: basis.article_9.clone(),
        schedule: basis.schedule.clone(),
        source: basis.source.clone(),
    })
}

/// Opens what was picked to whoever is told: each item through the last day of the agreement that lets it, where one does.
async fn open_items(
    ctx: &mut Ctx,
    new: &NewDecision,
    (id, receiver): (DecisionId, PractitionerId),
    (offered, kept): (&[Offered], &[Item]),
) -> Result<(), ShareError> {
    let Some(to) = new.to.agency else { return Ok(()) };
    let mut audiences = vec![Audience::Named(receiver)];
    if new.to.named.is_none() {
        audiences.push(Audience::Workers);
    }
    for item in kept {
        let Some(one) = offered.iter().find(|one| one.fact.id == item.fact) else { continue };
        let until_at = match item.agreement {
            Some(agreement) => agreements::actions::until_of(ctx, agreement).await?,
            None => None,
        };
        for audience in &audiences {
            let grant = Grant { to, audience: *audience, origin: id.0, until_at };
            facts::grant(ctx, one.fact.new.person, &[item.fact], &grant).await?;
        }
    }
    // What nobody there could read before may be a change for somebody to look at.
    let about: BTreeSet<PersonId> = offered.iter().filter(|one| has(kept, one.fact.id)).map(|one| one.fact.new.person).collect();
    for person in about {
        signals::look_at(ctx, &[person]).await?;
    }
    Ok(())
}

fn has(kept: &[Item], fact: FactId) -> bool {
    kept.iter().any(|item| item.fact == fact)
}

/// Sees that what was decided reaches whoever it is for: a shield can keep it from them, whoever shares it, and then they are rung.
async fn arrives(
    ctx: &mut Ctx,
    new: &NewDecision,
    (id, receiver): (DecisionId, Option<PractitionerId>),
    offered: &[Offered],
) -> Result<(), ShareError> {
    let decision = store::find(&mut ctx.tx, ctx.area_id, id).await?.ok_or(AccessError::Hidden(None))?;
    let resource = decision.resource(&people::load(ctx, new.person).await?);
    let today = ctx.clock.today();
    if let Some(receiver) = receiver {
        let actor = access::people::find_actor(&mut ctx.tx, ctx.area_id, receiver, today).await?;
        let actor = actor.ok_or_else(|| ShareError::Rules(vec![ShareRule::NobodyReceives]))?;
        let picked: Vec<FactId> = new.items.iter().map(|item| item.fact).collect();
        let shown = items::preview(ctx, offered, &picked, &new.to).await?;
        let is_read = ctx.decide_for(&actor, Act::ReadShared, &resource).map_err(AccessError::from)?.allowed;
        if !is_read || shown.iter().any(|one| !one.is_seen) {
            return Err(ShareError::Rules(vec![ShareRule::Shielded]));
        }
    }
    if let Some(adviser) = decision.adviser_id {
        let actor = access::people::find_actor(&mut ctx.tx, ctx.area_id, adviser, today).await?;
        let may = actor.map(|actor| ctx.decide_for(&actor, Act::AdviseOnShare, &resource)).transpose();
        if !may.map_err(AccessError::from)?.is_some_and(|decided| decided.allowed) {
            return Err(ShareError::Rules(vec![ShareRule::AdviserMayNot]));
        }
    }
    Ok(())
}

/// A decision that somebody opened.
#[derive(Clone, Debug)]
pub struct Opened {
    /// The decision.
    pub decision: Decision,
    /// About whom, by the name the actor may read.
    pub name: String,
    /// Its items, each with the fact as far as the actor may read it.
    pub items: Vec<(Item, Option<Fact>)>,
    /// What became of it.
    pub events: Vec<Event>,
    /// What it leaves to do.
    pub tasks: Vec<Task>,
    /// Whether the actor may end what it opened.
    pub may_end: bool,
    /// Whether the actor is asked for advice.
    pub may_advise: bool,
}

/// Returns the record of a decision that the actor may read.
///
/// # Errors
/// [`AccessError::Hidden`] when there is none for this actor.
pub async fn load(ctx: &mut Ctx, id: DecisionId) -> Result<Opened, AccessError> {
    let (decision, permit) = permitted(ctx, Act::ReadShareDecision, id).await?;
    let resource = decision.resource(&people::load(ctx, decision.new.person).await?);
    let items = store::list_items(&mut ctx.tx, ctx.area_id, &permit).await?;
    let readable = facts::list_these(ctx, &items.iter().map(|item| item.fact).collect::<Vec<_>>()).await?;
    let with_fact = |item: Item| {
        let fact = readable.iter().find(|fact| fact.id == item.fact).cloned();
        (item, fact)
    };
    Ok(Opened {
        name: search::names_of(ctx, &[decision.new.person]).await?.pop().unwrap_or_default(),
        items: items.into_iter().map(with_fact).collect(),
        events: store::list_events(&mut ctx.tx, ctx.area_id, &permit).await?,
        tasks: store::list_tasks(&mut ctx.tx, ctx.area_id, &permit).await?,
        may_end: decision.ended_at.is_none()
            && decision.new.outcome.is_shared()
            && decision.new.to.method == "here"
            && ctx.may(Act::EndShare, &resource)?,
        may_advise: ctx.may(Act::AdviseOnShare, &resource)?,
        decision,
    })
}

pub(super) async fn permitted(ctx: &mut Ctx, act: Act, id: DecisionId) -> Result<(Decision, Permit), AccessError> {
    let decision = store::find(&mut ctx.tx, ctx.area_id, id).await?.ok_or(AccessError::Hidden(None))?;
    let person = people::load(ctx, decision.new.person).await?;
    let permit = ctx.permit(act, &decision.resource(&person))?;
    Ok((decision, permit))
}

/// What was shared, as whoever it was shared with sees it.
#[derive(Clone, Debug)]
pub struct Received {
    /// The decision: who shared it, what for.
    pub decision: Decision,
    /// About whom.
    pub name: String,
    /// What can be read of it now, each with what it is, and about whom.
    pub items: Vec<(Item, Fact, String)>,
}

/// Returns what was shared with the actor, and keeps that they received it; what was put right since, as it is now.
///
/// Rule \[3.28\]: the recipient sees what was picked, as long as it is open to them; that they got it is known to whoever shared it.
///
/// # Errors
/// [`AccessError::Hidden`] when there is nothing for this actor.
pub async fn receive(ctx: &mut Ctx, id: DecisionId) -> Result<Received, AccessError> {
    let (decision, permit) = permitted(ctx, Act::ReadShared, id).await?;
    let items = store::list_items(&mut ctx.tx, ctx.area_id, &permit).await?;
    let open = facts::open_from(ctx, id.0).await?;
    let mut readable = facts::list_these(ctx, &open.iter().map(|(fact, _)| *fact).collect::<Vec<_>>()).await?;
    readable.retain(|fact| fact.superseded_at.is_none());
    let names = search::names_of(ctx, &readable.iter().map(|fact| fact.new.person).collect::<Vec<_>>()).await?;
    let shown = readable.into_iter().zip(names).filter_map(|(fact, name)| {
        let (_, picked) = open.iter().find(|(open, _)| *open == fact.id)?;
        let item = items.iter().find(|item| item.fact == *picked)?;
        Some((item.clone(), fact, name))
    });
    let received = Received {
        name: search::names_of(ctx, &[decision.new.person]).await?.pop().unwrap_or_default(),
        items: shown.collect(),
        decision,
    };
    let by = (ctx.actor.id, ctx.now());
    if !received.items.is_empty() && !store::has_received(&mut ctx.tx, ctx.area_id, &permit, by.0).await? {
        happen(ctx, id, EventKind::Received, "").await?;
        store::save_received(&mut ctx.tx, ctx.area_id, &permit, by).await?;
    }
    Ok(received)
}

pub(super) async fn happen(ctx: &mut Ctx, decision: DecisionId, kind: EventKind, words: &str) -> Result<(), StoreError> {
    let event = NewEvent { id: ctx.ids.uuid(&ctx.clock), decision, kind, by: ctx.actor.id, at: ctx.now(), words };
    store::insert_event(&mut ctx.tx, ctx.area_id, &event).await
}

/// Ends what a decision opened: from now on the other reads none of it any more.
///
/// # Errors
/// [`ShareError::Text`] when no reason was given; [`ShareError::DoneAlready`]; [`ShareError::Access`].
pub async fn end(ctx: &mut Ctx, id: DecisionId, why: &str) -> Result<(), ShareError> {
    let (decision, _) = permitted(ctx, Act::EndShare, id).await?;
    let why = text::note(why, WORDS_MAX)?;
    if decision.ended_at.is_some() {
        return Err(ShareError::DoneAlready);
    }
    facts::hold_grants(ctx, decision.new.person).await?;
    ctx.detail(serde_json::json!({ "decision": id.0 }));
    facts::end_grants(ctx, id.0, None).await?;
    happen(ctx, id, EventKind::Ended, &why).await?;
    Ok(())
}

/// Puts right what a record says: the record stays, and this stands beside it.
///
/// # Errors
/// [`ShareError::Text`] when nothing was said; [`ShareError::Access`].
pub async fn put_right(ctx: &mut Ctx, id: DecisionId, words: &str) -> Result<(), ShareError> {
    permitted(ctx, Act::EndShare, id).await?;
    let words = text::note(words, WORDS_MAX)?;
    ctx.detail(serde_json::json!({ "decision": id.0, "corrected": true }));
    happen(ctx, id, EventKind::Corrected, &words).await?;
    Ok(())
}

/// Looks again at what is open of somebody because they agreed: what is agreed no more closes, what is agreed for longer stays open longer.
///
/// Rule \[3.27\]: taking an agreement back, or narrowing it, counts at once, everywhere; what was lawfully shared stays in the record.
///
/// # Errors
/// [`StoreError`] from the engine.
pub async fn reconsider(ctx: &mut Ctx, area: &Area, person: PersonId) -> Result<(), StoreError> {
    let mut closed: BTreeSet<DecisionId> = BTreeSet::new();
    for one in store::list_resting(&mut ctx.tx, ctx.area_id, person).await? {
        let information = area.sharing.information_of(&one.kind, &one.term).map_or("", |known| known.id.as_str());
        match agreements::actions::said_in_fact(ctx, person, (one.to, information)).await? {
            Said::Agreed(agreement) => {
                let until_at = agreements::actions::until_of(ctx, agreement).await?;
                facts::extend_grants(ctx, (one.decision.0, one.fact), until_at).await?;
            }
            Said::Refused(_) | Said::NoMore(_) | Said::Disputed(_) | Said::Unclear | Said::NotAsked => {
                facts::end_grants(ctx, one.decision.0, Some(&[one.fact])).await?;
                closed.insert(one.decision);
            }
        }
    }
    for decision in closed {
        let is_all = facts::open_from(ctx, decision.0).await?.is_empty();
        let kind = if is_all { EventKind::Ended } else { EventKind::PartEnded };
        happen(ctx, decision, kind, "It rested on an agreement that holds no more").await?;
        ctx.note("end_share", Journalled::Done, Some(person.0), serde_json::json!({ "decision": decision.0, "all": is_all }));
    }
    Ok(())
}

/// Hands what decisions about somebody who is shielded now leave to do to the actor, from owners who are not named for them.
///
/// # Errors
/// [`AccessError`] when the actor may not shield them.
pub async fn take_over(ctx: &mut Ctx, person: PersonId) -> Result<(), AccessError> {
    let (_, permit) = people::open(ctx, Act::ShieldPerson, person).await?;
    let (me, now) = (ctx.actor.id, ctx.now());
    Ok(store::take_over(&mut ctx.tx, ctx.area_id, &permit, me, now).await?)
}

/// What is answered to a request, as whoever asked is told: something, or that there is nothing to tell, whatever the reason.
#[derive(Clone, Debug)]
pub struct Answer {
    /// The decision.
    pub decision: DecisionId,
    /// Whether they were told something.
    pub is_shared: bool,
    /// What they are told of it.
    pub words: String,
    /// When.
    pub at: Timestamp,
    /// Whether what was shared is open to the actor.
    pub is_open: bool,
}

/// Returns what is answered to a request that the actor may read, the newest first. That it was put off, or that advice was asked for, would
/// tell that there is something.
///
/// # Errors
/// [`AccessError`] when the rules or the store fail.
pub async fn answers_to(ctx: &mut Ctx, request: &Permit) -> Result<Vec<Answer>, AccessError> {
    let mut answers = Vec::new();
    for decision in store::list_answers(&mut ctx.tx, ctx.area_id, request).await? {
        if matches!(decision.new.outcome, Outcome::Deferred | Outcome::Advice) {
            continue;
        }
        let person = people::load(ctx, decision.new.person).await?;
        let is_open = ctx.may(Act::ReadShared, &decision.resource(&person))?;
        answers.push(Answer {
            decision: decision.id,
            is_shared: decision.new.outcome.is_shared(),
            words: decision.new.answer_words,
            at: decision.decided_at,
            is_open,
        });
    }
    Ok(answers)
}

/// Returns decisions about somebody, as far as the actor may read them, the newest first.
///
/// # Errors
/// [`AccessError`] when the rules or the store fail.
pub async fn of_person(ctx: &mut Ctx, person: PersonId) -> Result<Vec<Decision>, AccessError> {
    let narrowing = ctx.narrow(Act::ReadShareDecision, &SHARE)?;
    let now = ctx.now();
    Ok(store::list(&mut ctx.tx, ctx.area_id, Of::Person(person), (&narrowing, now)).await?)
}

/// Returns what was shared with the actor or their agency, the newest first.
///
/// # Errors
/// [`AccessError`] when the rules or the store fail.
pub async fn shared_with_us(ctx: &mut Ctx) -> Result<Vec<Decision>, AccessError> {
    let narrowing = ctx.narrow(Act::ReadShared, &SHARE)?;
    let (agency, now) = (ctx.actor.agency_id, ctx.now());
    Ok(store::list(&mut ctx.tx, ctx.area_id, Of::To(agency), (&narrowing, now)).await?)
}
