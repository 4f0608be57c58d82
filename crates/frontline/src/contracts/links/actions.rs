//! Sending a link, taking it back, and what whoever opens it sees and says.

use super::link::{Link, LinkId};
use super::rules;
use super::store::{self, New};
use crate::contracts::pages::{ContractLine, on_paper};
use crate::contracts::rules::{self as contract_rules, ContractRule};
use crate::contracts::store as contract_store;
use crate::contracts::{self, ContractError, ContractId, NewAnswer, Party, Way};
use crate::notices;
use ::store::journal::{Entry, Outcome};
use ::store::{StoreError, StoreResult};
use access::{AccessError, Act, Ctx, World};
use area::Area;
use families::facts::Class;
use families::family::{self, FamilyId};
use families::people::{self, PersonId};
use kernel::{Span, text};

/// Why no link was sent.
#[derive(Debug, thiserror::Error)]
pub enum LinkError {
    /// Nobody knows which way to reach them is safe.
    #[error("Nobody knows which way to reach them is safe: ask them first")]
    NotSafe,
    /// Somebody of the family is shielded.
    #[error("Somebody of this family is protected: go through the contract with each of them in person")]
    Protected,
    /// It ended, or another took its place, in the meantime.
    #[error(transparent)]
    Contract(#[from] ContractError),
}

impl From<AccessError> for LinkError {
    fn from(e: AccessError) -> Self {
        Self::Contract(e.into())
    }
}

impl From<StoreError> for LinkError {
    fn from(e: StoreError) -> Self {
        Self::Contract(e.into())
    }
}

/// Returns whether the contract of this family may be sent by a link at all: nobody of it whom the actor has found is shielded.
///
/// # Errors
/// [`AccessError`] when the store fails.
async fn is_protected(ctx: &mut Ctx, around: &family::Around) -> Result<bool, AccessError> {
    let members: Vec<PersonId> = around.members.iter().map(|member| member.person).collect();
    Ok(!people::shielded(ctx, &members).await?.is_empty())
}

/// Sends one of the family a link by which they say whether they agree; one that they were sent before opens nothing any more.
///
/// Rule \[3.18\]: each agrees for themselves.
/// Rule \[3.30\]: nobody is written to who has not said that it is safe (note 16), and nothing goes out where anybody of the family is shielded.
///
/// # Errors
/// [`LinkError`].
pub async fn send(
    ctx: &mut Ctx,
    area: &Area,
    (of, id): ((PersonId, FamilyId), ContractId),
    person: PersonId,
) -> Result<LinkId, LinkError> {
    family::within(ctx, Act::WritePlan, of).await?;
    family::hold(ctx, of.1).await?;
    let opened = contracts::load(ctx, of).await?;
    let found = opened.contracts.iter().find(|read| read.contract.id == id && read.contract.class == Class::Ordinary);
    let read = found.filter(|read| read.parties().contains(&Party::Person(person))).ok_or(AccessError::Hidden(None))?;
    if read.contract.ended.is_some() {
        return Err(ContractError::Changed.into());
    }
    if is_protected(ctx, &opened.around).await? {
        return Err(LinkError::Protected);
    }
    if !notices::safe::load(ctx, person).await?.is_safe {
        return Err(LinkError::NotSafe);
    }
    let (id, token, code) = (ctx.new_id(), notices::safe::token(&ctx.ids.secret()), rules::code(&ctx.ids.secret()));
    let until_on = ctx.clock.today().saturating_add(Span::new().days(i64::from(area.notices.link_days)));
    ctx.detail(serde_json::json!({ "contract": read.contract.id.0, "link": LinkId(id).0 }));
    let (sent_by, now) = (ctx.actor.id, ctx.now());
    let new =
        New { id: LinkId(id), contract: read.contract.id, person, through: of.0, sent_by, token: &token, code: &code, until_on };
    store::insert(&mut ctx.tx, ctx.area_id, &new, now).await?;
    notices::actions::send_link(ctx, LinkId(id), (person, until_on)).await?;
    Ok(LinkId(id))
}

/// Takes the link of somebody to a contract back: it opens nothing any more.
///
/// # Errors
/// [`LinkError`].
pub async fn take_back(ctx: &mut Ctx, (of, id): ((PersonId, FamilyId), ContractId), person: PersonId) -> Result<(), LinkError> {
    family::within(ctx, Act::WritePlan, of).await?;
    let opened = contracts::load(ctx, of).await?;
    let found = opened.contracts.iter().find(|read| read.contract.id == id);
    let read = found.filter(|read| read.parties().contains(&Party::Person(person))).ok_or(AccessError::Hidden(None))?;
    ctx.detail(serde_json::json!({ "contract": read.contract.id.0, "link_taken_back": true }));
    let now = ctx.now();
    store::end_of(&mut ctx.tx, ctx.area_id, (id, person), now).await?;
    Ok(())
}

/// Returns the links of contracts that the actor has read, as far as they have not ended.
///
/// # Errors
/// [`StoreError`] from the engine.
pub async fn of_contracts(ctx: &mut Ctx, contracts: &[ContractId]) -> Result<Vec<Link>, StoreError> {
    if contracts.is_empty() { Ok(Vec::new()) } else { store::list_open(&mut ctx.tx, ctx.area_id, contracts).await }
}

/// What whoever opens a link sees: the contract, as its sender may put it on paper now.
#[derive(Debug)]
pub struct Shown {
    /// The contract.
    pub contract: ContractLine,
    /// What the family is called.
    pub family_name: String,
    /// Who leads.
    pub lead: String,
    /// What whoever opens it is called.
    pub name: String,
}

/// Returns what a link shows with its number; nothing where it does not open, whyever.
///
/// # Errors
/// [`StoreError`] from the engine.
pub async fn look(world: &World, token: &str, code: &str) -> StoreResult<Option<Shown>> {
    match checked(world, token, code).await? {
        Some(link) => shown(world, &link).await,
        None => Ok(None),
    }
}

/// Keeps what somebody says to a contract by their link, which opens nothing after it; returns whether it opened.
///
/// Rule \[3.18\]: each agrees for themselves.
///
/// # Errors
/// [`ContractRule`] when a no does not say what would have to change; [`StoreError`] from the engine.
pub async fn answer(
    world: &World,
    (token, code): (&str, &str),
    (agrees, words): (bool, &str),
) -> StoreResult<Result<bool, ContractRule>> {
    let Some(link) = checked(world, token, code).await? else { return Ok(Ok(is_answered(world, token, code).await?)) };
    let read = if agrees { text::note_if_any } else { text::note };
    let words = match read(words, contract_rules::WORDS_MAX) {
        Ok(words) => words,
        Err(e) => return Ok(Err(ContractRule::Text("words", "What you would change", e))),
    };
    // Its sender may put the contract on paper no more, or it ended: there is nothing to agree to.
    if shown(world, &link).await?.is_none() {
        return Ok(Ok(false));
    }
    let now = world.clock.now();
    let mut tx = world.db.begin().await?;
    tx.alone(world.area_id, &alone(token)).await?;
    if !store::end_of(&mut tx, world.area_id, (link.contract, link.person), now).await? {
        // Somebody pressed twice, and the other was faster; or it was taken back in this moment.
        tx.commit(&world.ids).await?;
        return Ok(Ok(is_answered(world, token, code).await?));
    }
    let new = NewAnswer { party: Party::Person(link.person), agrees, way: Way::Said, words, signature: String::new() };
    let id = contracts::contract::AnswerId(world.ids.uuid(&world.clock));
    let kept = (id, link.contract, Some(link.id));
    contract_store::insert_answer(&mut tx, world.area_id, kept, &new, (link.sent_by, now)).await?;
    let payload = serde_json::json!({ "link": link.id.0, "contract": link.contract.0, "agrees": agrees });
    tx.journal(Entry { payload, ..entry(world, &link, "answer_contract_link", Outcome::Done) });
    tx.commit(&world.ids).await?;
    Ok(Ok(true))
}

/// Returns whether this is the number of a link by which somebody has answered: they pressed twice.
async fn is_answered(world: &World, token: &str, code: &str) -> StoreResult<bool> {
    let mut tx = world.db.read().await?;
    let Some(link) = store::find(&mut tx, world.area_id, token).await? else { return Ok(false) };
    let is_right = link.wrong < rules::WRONG_MAX && rules::typed(code) == link.code;
    Ok(is_right && contract_store::is_answered_by(&mut tx, world.area_id, link.id, link.contract).await?)
}

fn alone(token: &str) -> String {
    format!("contract link {token}")
}

/// Returns a link that opens with this number. A wrong one is counted, one after another, so that nobody tries many at once; what is no link
/// at all is not written down.
async fn checked(world: &World, token: &str, code: &str) -> StoreResult<Option<Link>> {
    let mut tx = world.db.read().await?;
    let is_there = store::find(&mut tx, world.area_id, token).await?.is_some();
    drop(tx);
    if !is_there {
        return Ok(None);
    }
    let mut tx = world.db.begin().await?;
    tx.alone(world.area_id, &alone(token)).await?;
    let found = store::find(&mut tx, world.area_id, token).await?;
    let Some(link) = found.filter(|link| rules::opens(link, world.clock.today())) else { return Ok(None) };
    let is_right = rules::typed(code) == link.code;
    if is_right {
        store::save_opened(&mut tx, world.area_id, link.id, world.clock.now()).await?;
    } else {
        store::save_wrong(&mut tx, world.area_id, link.id).await?;
    }
    let outcome = if is_right { Outcome::Done } else { Outcome::Refused };
    tx.journal(entry(world, &link, "open_contract_link", outcome));
    tx.commit(&world.ids).await?;
    Ok(is_right.then_some(link))
}

fn entry(world: &World, link: &Link, act: &str, outcome: Outcome) -> Entry {
    Entry {
        area_id: world.area_id,
        at: world.clock.now(),
        act: act.to_owned(),
        outcome,
        actor_id: None,
        agency_id: None,
        subject_id: Some(link.person.0),
        rule: "3.18".to_owned(),
        payload: serde_json::json!({ "link": link.id.0, "contract": link.contract.0 }),
    }
}

/// Returns what the sender of a link may put on paper now, of the contract that it is for, while that holds.
async fn shown(world: &World, link: &Link) -> StoreResult<Option<Shown>> {
    let mut tx = world.db.read().await?;
    let actor = access::people::find_actor(&mut tx, world.area_id, link.sent_by, world.clock.today()).await?;
    drop(tx);
    let Some(actor) = actor else { return Ok(None) };
    // Its sender looks at nothing: what is shown, and to whom, is journalled above.
    let mut ctx = Ctx::read(world, actor).await?;
    match compose(&mut ctx, link).await {
        Ok(shown) => Ok(shown),
        // Its sender may not open it any more: it looks as if there were none.
        Err(AccessError::Hidden(_) | AccessError::Refused(_)) => Ok(None),
        Err(AccessError::Store(e)) => Err(e),
        Err(e) => Err(StoreError::Corrupt(e.to_string())),
    }
}

async fn compose(ctx: &mut Ctx, link: &Link) -> Result<Option<Shown>, AccessError> {
    let Some(family) = contract_store::find(&mut ctx.tx, ctx.area_id, link.contract).await?.map(|one| one.family) else {
        return Ok(None);
    };
    let (opened, lines) = on_paper(ctx, (link.through, family)).await?;
    if is_protected(ctx, &opened.around).await? {
        return Ok(None);
    }
    let contract = lines.into_iter().find(|line| line.is(link.contract) && line.is_open());
    let Some((contract, name)) = contract.and_then(|line| line.name_of(Party::Person(link.person)).map(|name| (line, name)))
    else {
        return Ok(None);
    };
    let family = &opened.around.family;
    Ok(Some(Shown { contract, family_name: family.name.clone(), lead: family.owner.clone(), name }))
}
