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
    /// Whoever sends it may not ask them.
    #[error("You may not ask how to reach them: whoever leads for the family can send the link")]
    MayNotAsk,
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

/// Returns whether anybody of this family whom the actor has found is shielded: then nothing goes out.
///
/// # Errors
/// [`StoreError`] from the engine.
pub async fn is_protected(ctx: &mut Ctx, around: &family::Around) -> Result<bool, StoreError> {
    let members: Vec<PersonId> = around.members.iter().map(|member| member.person).collect();
    Ok(!people::shielded(ctx, &members).await?.is_empty())
}

/// Sends one of the family a link by which they say whether they agree; one that they were sent before opens nothing any more.
///
/// Rule \[3.18\]: each agrees for themselves.
/// Rule \[3.30\]: nobody is written to who has not said that it is safe (note 16), and nothing goes out where the sender knows of anybody of the
/// family who is shielded.
///
/// # Errors
/// [`LinkError`].
pub async fn send(ctx: &mut Ctx, area: &Area, (of, id): At, person: PersonId) -> Result<LinkId, LinkError> {
    family::within(ctx, Act::WritePlan, of).await?;
    let (link, token, code) = (LinkId(ctx.new_id()), notices::safe::token(&ctx.ids.secret()), rules::code(&ctx.ids.secret()));
    ctx.detail(serde_json::json!({ "contract": id.0, "link": link.0 }));
    family::hold(ctx, of.1).await?;
    let opened = contracts::load(ctx, of).await?;
    let read = read_by(&opened, id, person).filter(|read| read.contract.class == Class::Ordinary);
    if read.ok_or(AccessError::Hidden(None))?.contract.ended.is_some() {
        return Err(ContractError::Changed.into());
    }
    if is_protected(ctx, &opened.around).await? {
        return Err(LinkError::Protected);
    }
    let standing = people::load(ctx, person).await?;
    if !ctx.may(Act::AskHowToReach, &standing.resource()).map_err(AccessError::from)? {
        return Err(LinkError::MayNotAsk);
    }
    if !notices::safe::load(ctx, person).await?.is_safe {
        return Err(LinkError::NotSafe);
    }
    let until_on = ctx.clock.today().saturating_add(Span::new().days(i64::from(area.notices.link_days)));
    let (sent_by, now) = (ctx.actor.id, ctx.now());
    let new = New { id: link, contract: id, person, sent_by, token: &token, code: &code, until_on };
    store::insert(&mut ctx.tx, ctx.area_id, &new, now).await?;
    notices::actions::send_link(ctx, link, (person, until_on)).await?;
    Ok(link)
}

type At = ((PersonId, FamilyId), ContractId);

fn read_by(opened: &contracts::Opened, id: ContractId, person: PersonId) -> Option<&contracts::Read> {
    opened.contracts.iter().find(|read| read.contract.id == id && read.parties().contains(&Party::Person(person)))
}

/// Takes the link of somebody to a contract back: it opens nothing any more.
///
/// # Errors
/// [`LinkError`].
pub async fn take_back(ctx: &mut Ctx, (of, id): At, person: PersonId) -> Result<(), LinkError> {
    family::within(ctx, Act::WritePlan, of).await?;
    ctx.detail(serde_json::json!({ "contract": id.0, "link_taken_back": true }));
    let opened = contracts::load(ctx, of).await?;
    read_by(&opened, id, person).ok_or(AccessError::Hidden(None))?;
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
    let Some(link) = with_number(world, token, code).await? else { return Ok(None) };
    let shown = shown(world, &link).await?;
    let mut tx = world.db.begin().await?;
    let outcome = if shown.is_some() { Outcome::Done } else { Outcome::Refused };
    if shown.is_some() {
        store::save_opened(&mut tx, world.area_id, link.id, world.clock.now()).await?;
    }
    tx.journal(entry(world, &link, "open_contract_link", outcome));
    tx.commit(&world.ids).await?;
    Ok(shown)
}

/// Keeps what somebody says to a contract by their link, which opens nothing after it; returns whether it is kept. The same pressed twice is kept
/// once; other words after it are not kept.
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
    let read = if agrees { text::note_if_any } else { text::note };
    let words = match read(words, contract_rules::WORDS_MAX) {
        Ok(words) => words,
        Err(e) => return Ok(Err(ContractRule::Text("words", "What you would change", e))),
    };
    let Some(link) = with_number(world, token, code).await? else { return Ok(Ok(false)) };
    let new = NewAnswer { party: Party::Person(link.person), agrees, way: Way::Said, words, signature: String::new() };
    // Where its sender may put the contract on paper no more, or it ended, there is nothing to agree to.
    let opens = shown(world, &link).await?.is_some();
    let mut tx = world.db.begin().await?;
    // Of two answers at once, whoever writes them down, the later one takes the place of the earlier.
    let contract = contract_store::find(&mut tx, world.area_id, link.contract).await?;
    let Some(contract) = contract.filter(|one| one.ended.is_none()) else { return Ok(Ok(false)) };
    family::hold_in(&mut tx, world.area_id, contract.family).await?;
    let now = world.clock.now();
    if !opens || !store::end(&mut tx, world.area_id, link.id, now).await? {
        return Ok(Ok(contract_store::is_answered_by(&mut tx, world.area_id, (link.id, link.contract), &new).await?));
    }
    let kept = (contracts::contract::AnswerId(world.ids.uuid(&world.clock)), link.contract, Some(link.id));
    contract_store::insert_answer(&mut tx, world.area_id, kept, &new, (link.sent_by, now)).await?;
    let payload = serde_json::json!({ "link": link.id.0, "contract": link.contract.0, "agrees": agrees });
    tx.journal(Entry { payload, ..entry(world, &link, "answer_contract_link", Outcome::Done) });
    tx.commit(&world.ids).await?;
    Ok(Ok(true))
}

/// Returns what the address of a link ends with, for its message, while it opens.
///
/// # Errors
/// [`StoreError`] from the engine.
pub(crate) async fn to_send(world: &World, id: LinkId) -> StoreResult<Option<String>> {
    let mut tx = world.db.read().await?;
    let link = store::find_by_id(&mut tx, world.area_id, id).await?;
    drop(tx);
    match link {
        Some(link) if shown(world, &link).await?.is_some() => Ok(Some(link.token)),
        _ => Ok(None),
    }
}

/// Returns the link of which this is the number, whether it opens or not. A wrong number is counted, one after another, so that nobody tries many at
/// once, and after so many no number of it is right. What is no link at all is not written down.
async fn with_number(world: &World, token: &str, code: &str) -> StoreResult<Option<Link>> {
    let mut tx = world.db.read().await?;
    let is_there = store::find(&mut tx, world.area_id, token).await?.is_some();
    drop(tx);
    if !is_there {
        return Ok(None);
    }
    let mut tx = world.db.begin().await?;
    tx.alone(world.area_id, &format!("contract link {token}")).await?;
    let found = store::find(&mut tx, world.area_id, token).await?;
    let Some(link) = found.filter(|link| link.wrong < rules::WRONG_MAX) else { return Ok(None) };
    if rules::typed(code) == link.code {
        return Ok(Some(link));
    }
    store::save_wrong(&mut tx, world.area_id, link.id).await?;
    tx.journal(entry(world, &link, "open_contract_link", Outcome::Refused));
    tx.commit(&world.ids).await?;
    Ok(None)
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

/// Returns what the sender of a link may put on paper now, of the contract that it is for, while the link and the contract hold.
async fn shown(world: &World, link: &Link) -> StoreResult<Option<Shown>> {
    if !rules::opens(link, world.clock.today()) {
        return Ok(None);
    }
    let mut tx = world.db.read().await?;
    let actor = access::people::find_actor(&mut tx, world.area_id, link.sent_by, world.clock.today()).await?;
    drop(tx);
    let Some(actor) = actor else { return Ok(None) };
    // Its sender looks at nothing: what is shown, and to whom, is journalled by whoever shows it.
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
    let (opened, lines) = on_paper(ctx, (link.person, family)).await?;
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
