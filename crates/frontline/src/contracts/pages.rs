//! The contract on a page: what the family does, what those who help do, who agreed; what it was before; and a copy to sign.

use super::actions::{self, Opened, Read};
use super::contract::{Answer, ContractId, Kept, Party, Promise, Way};
use super::links::{self, Link};
use super::rules;
use crate::forms::status_of;
use access::{AccessError, Ctx, PractitionerId};
use axum::Router;
use axum::extract::Path;
use axum::http::StatusCode;
use axum::response::IntoResponse;
use axum::routing::{get, post};
use families::facts::Class;
use families::family::FamilyId;
use families::people::{self, PersonId, ShieldKind};
use families::search::names_of;
use kernel::{Date, british, clock};
use serde::Serialize;
use std::collections::{BTreeMap, BTreeSet};
use web::{FieldErrors, PageResult, Posted, Shared, Visitor};

/// The routes of the contract itself.
pub fn routes() -> Router<Shared> {
    Router::new()
        .route("/people/{person}/families/{family}/contract", get(show))
        .route("/people/{person}/families/{family}/contract/copy", get(copy))
        .route("/people/{person}/families/{family}/contract/{id}/end", post(end))
}

pub(super) type Of = (PersonId, FamilyId);

/// A promise, on the page.
#[derive(Clone, Debug, Serialize)]
pub struct PromiseLine {
    action: String,
    who: String,
    words: String,
    by: String,
    state: &'static str,
    is_kept: bool,
    is_broken: bool,
    said: String,
}

/// How many promises of a side were kept.
#[derive(Clone, Debug, Serialize)]
pub struct Side {
    who: &'static str,
    promises: Vec<PromiseLine>,
    kept: usize,
    kept_late: usize,
    to_do: usize,
    late: usize,
    not_kept: usize,
}

/// Who has a part in it, and what they say.
#[derive(Clone, Debug, Serialize)]
pub struct PartyLine {
    id: String,
    name: String,
    state: &'static str,
    agrees: bool,
    answered: bool,
    source: String,
    words: String,
    signature: String,
    may_answer: bool,
    is_paper: bool,
    has_paper: bool,
    may_be_sent: bool,
    link: Option<LinkLine>,
}

/// One contract, on the page.
#[derive(Clone, Debug, Serialize)]
pub struct ContractLine {
    id: String,
    made: String,
    agree_by: String,
    agree_late: bool,
    family: Side,
    agencies: Side,
    if_family: String,
    if_agencies: String,
    parties: Vec<PartyLine>,
    all_agree: bool,
    changes: Vec<String>,
    ended: String,
}

impl ContractLine {
    /// Returns whether it is this contract.
    pub(super) fn is(&self, id: ContractId) -> bool {
        self.id == id.to_string()
    }

    /// Returns whether it has not ended.
    pub(super) fn is_open(&self) -> bool {
        self.ended.is_empty()
    }

    /// Returns what a party is called that has a part in it.
    pub(super) fn name_of(&self, party: Party) -> Option<String> {
        self.parties.iter().find(|one| one.id == id_of(party)).map(|one| one.name.clone())
    }
}

/// The link that one of the family was sent.
#[derive(Clone, Debug, Serialize)]
pub struct LinkLine {
    state: String,
    /// Its number, for whoever sent it.
    code: String,
}

/// A family's contract.
#[derive(Debug, Serialize)]
pub struct ContractPage {
    here: String,
    plan: String,
    family_name: String,
    open: Vec<ContractLine>,
    before: Vec<ContractLine>,
    may_write: bool,
    ended_words: String,
    typed: String,
    changed: bool,
    errors: FieldErrors,
}

pub(super) fn address((person, family): Of) -> String {
    format!("/people/{person}/families/{family}/contract")
}

async fn show(visitor: Visitor, Path(of): Path<Of>) -> PageResult {
    contract_page(&visitor, of, "", (FieldErrors::default(), false)).await
}

/// Shows the contract; after what could not be done, with what is wrong and what was typed.
pub(super) async fn contract_page(
    visitor: &Visitor,
    of: Of,
    ended_words: &str,
    (errors, changed): (FieldErrors, bool),
) -> PageResult {
    let mut ctx = visitor.read().await?;
    let opened = actions::load(&mut ctx, of).await?;
    let names = names(&mut ctx, &opened).await?;
    let (today, own, me) = (ctx.clock.today(), ctx.actor.agency_id, ctx.actor.id);
    let ids: Vec<ContractId> = opened.contracts.iter().map(|read| read.contract.id).collect();
    // How somebody is reached is for who writes the plan, and nothing stands where somebody is shielded.
    let hides_links = !opened.may_write || links::actions::is_protected(&mut ctx, &opened.around).await?;
    let sent = if hides_links { Vec::new() } else { links::of_contracts(&mut ctx, &ids).await? };
    ctx.seen().await?;
    let mut lines = lines(&opened, &names, (Party::Agency(own), today));
    for (line, read) in lines.iter_mut().zip(&opened.contracts) {
        add_links(line, read, (&sent, opened.may_write), (me, today));
    }
    let (mut open, mut before): (Vec<ContractLine>, Vec<ContractLine>) =
        lines.into_iter().partition(|line| line.ended.is_empty());
    open.reverse();
    before.reverse();
    let page = ContractPage {
        here: address(of),
        plan: format!("/people/{}/families/{}/plan", of.0, of.1),
        family_name: opened.around.family.name.clone(),
        open,
        before,
        may_write: opened.may_write,
        ended_words: if changed { String::new() } else { ended_words.to_owned() },
        typed: if changed { ended_words.to_owned() } else { String::new() },
        changed,
        errors,
    };
    let status = if changed { StatusCode::CONFLICT } else { status_of(&page.errors) };
    Ok((status, visitor.page("frontline/contracts/templates/contract.html", "The contract", page)?).into_response())
}

/// Says of each of the family whether they can be sent a link, and where the one stands that they were sent.
fn add_links(line: &mut ContractLine, read: &Read, (sent, may_write): (&[Link], bool), (me, today): (PractitionerId, Date)) {
    for (shown, party) in line.parties.iter_mut().zip(read.parties()) {
        let Party::Person(person) = party else { continue };
        let is_open = read.contract.ended.is_none();
        shown.may_be_sent = may_write && is_open && read.contract.class == Class::Ordinary;
        let link = sent.iter().find(|one| one.contract == read.contract.id && one.person == person).filter(|_| is_open);
        shown.link = link.map(|link| {
            let is_mine = link.sent_by == me;
            let shows = is_mine && links::rules::opens(link, today);
            let code = if shows { links::rules::aloud(&link.code) } else { String::new() };
            LinkLine { state: links::rules::state(link, is_mine, today), code }
        });
    }
}

/// Returns the names of whoever of the family has a part in a contract, as the viewer may read them.
pub(super) async fn names(ctx: &mut Ctx, opened: &Opened) -> Result<BTreeMap<PersonId, String>, AccessError> {
    let promises = opened.contracts.iter().flat_map(|read| &read.promises);
    let people: BTreeSet<PersonId> = promises.filter_map(|promise| promise.doer).collect();
    let people: Vec<PersonId> = people.into_iter().collect();
    let names = names_of(ctx, &people).await?;
    Ok(people.into_iter().zip(names).collect())
}

/// Returns what a party is called.
pub fn name_of(read: &Read, party: Party, names: &BTreeMap<PersonId, String>) -> String {
    match party {
        Party::Person(person) => names.get(&person).cloned().unwrap_or_default(),
        Party::Agency(agency) => {
            let of = read.promises.iter().find(|promise| promise.agency_id == agency);
            of.map_or_else(String::new, |promise| promise.agency.clone())
        }
    }
}

/// Returns how a party is named in an address.
pub(super) fn id_of(party: Party) -> String {
    match party {
        Party::Person(person) => format!("person-{person}"),
        Party::Agency(agency) => format!("agency-{agency}"),
    }
}

fn lines(opened: &Opened, names: &BTreeMap<PersonId, String>, at: (Party, Date)) -> Vec<ContractLine> {
    let before = std::iter::once(None).chain(opened.contracts.iter().map(Some));
    let one = |(read, before): (&Read, Option<&Read>)| line(read, before, names, (at, opened.may_write));
    opened.contracts.iter().zip(before).map(one).collect()
}

fn line(
    read: &Read,
    before: Option<&Read>,
    names: &BTreeMap<PersonId, String>,
    ((own, today), may_write): ((Party, Date), bool),
) -> ContractLine {
    let is_open = read.contract.ended.is_none();
    // What ended is judged by the day on which it did: from then on nobody kept it in sight.
    let judged_on = read.contract.ended.as_ref().map_or(today, |(at, _)| today.min(clock::local_day(*at)));
    let side = |who, is_family: bool| {
        let promises = read.promises.iter().filter(|promise| promise.doer.is_some() == is_family);
        side(who, promises.collect(), names, judged_on)
    };
    let parties: Vec<PartyLine> = read
        .parties()
        .into_iter()
        .map(|party| {
            let may = may_write && is_open && (matches!(party, Party::Person(_)) || party == own);
            party_line(name_of(read, party, names), party, rules::answer_of(&read.answers, party), may)
        })
        .collect();
    let all_agree = parties.iter().all(|party| party.agrees);
    let contract = &read.contract;
    ContractLine {
        id: contract.id.to_string(),
        made: format!("{}, {}, {}", contract.author, contract.agency, british::day(clock::local_day(contract.recorded_at))),
        agree_by: british::day(contract.agree_by),
        agree_late: is_open && !all_agree && contract.agree_by < today,
        family: side("The family", true),
        agencies: side("Those who help", false),
        if_family: contract.if_family.clone(),
        if_agencies: contract.if_agencies.clone(),
        parties,
        all_agree,
        changes: before.map_or_else(Vec::new, |before| changes(before, read, names)),
        ended: contract
            .ended
            .as_ref()
            .map_or_else(String::new, |(at, why)| format!("{}: {why}", british::day(clock::local_day(*at)))),
    }
}

fn side(who: &'static str, promises: Vec<&Promise>, names: &BTreeMap<PersonId, String>, today: Date) -> Side {
    let count = |kept: Kept| promises.iter().filter(|promise| rules::kept(promise, today) == kept).count();
    Side {
        who,
        kept: count(Kept::Yes),
        kept_late: count(Kept::AfterItsDay),
        to_do: count(Kept::ToDo),
        late: count(Kept::Late),
        not_kept: count(Kept::Not),
        promises: promises.into_iter().map(|promise| promise_line(promise, names, today)).collect(),
    }
}

fn promise_line(promise: &Promise, names: &BTreeMap<PersonId, String>, today: Date) -> PromiseLine {
    let kept = rules::kept(promise, today);
    let who = match promise.doer {
        Some(person) => names.get(&person).cloned().unwrap_or_default(),
        None if promise.volunteer.is_empty() => format!("{}, {}", promise.owner, promise.agency),
        None => format!("{}, whom {}, {}, asks", promise.volunteer, promise.owner, promise.agency),
    };
    PromiseLine {
        action: format!("/plan-actions/{}", promise.entry),
        who,
        words: promise.words.clone(),
        by: british::day(promise.by_on),
        state: kept.words(),
        is_kept: matches!(kept, Kept::Yes | Kept::AfterItsDay),
        is_broken: kept.is_broken(),
        said: promise.ended_words.clone(),
    }
}

fn party_line(name: String, party: Party, said: Option<&Answer>, may_answer: bool) -> PartyLine {
    let source = said.map_or_else(String::new, |said| {
        let (by, at) = &said.recorded;
        let by = if by.is_empty() || said.by_link { String::new() } else { format!(", written down by {by}") };
        let way = if said.by_link { "By a link that they were sent" } else { said.way.words() };
        format!("{way}, {}{by}", british::day(clock::local_day(*at)))
    });
    PartyLine {
        id: id_of(party),
        name,
        state: match said {
            None => "Has not said yet",
            Some(said) if said.agrees => "Agrees",
            Some(_) => "Does not agree",
        },
        agrees: said.is_some_and(|said| said.agrees),
        answered: said.is_some(),
        source,
        words: said.map_or_else(String::new, |said| said.words.clone()),
        signature: said.map_or_else(String::new, |said| said.signature.clone()),
        may_answer,
        is_paper: said.is_some_and(|said| said.way == Way::Paper),
        has_paper: said.is_some_and(|said| said.has_paper),
        may_be_sent: false,
        link: None,
    }
}

/// Returns what changed from one contract to the next, in words.
fn changes(before: &Read, now: &Read, names: &BTreeMap<PersonId, String>) -> Vec<String> {
    let (old, new): (Vec<&Promise>, Vec<&Promise>) = (before.promises.iter().collect(), now.promises.iter().collect());
    let found = rules::compare(&old, &new);
    let says = |promises: &[&Promise], id| {
        let promise = promises.iter().find(|promise| promise.entry == id);
        promise.map_or_else(String::new, |promise| {
            let who = match promise.doer {
                Some(person) => names.get(&person).cloned().unwrap_or_default(),
                None => promise.agency.clone(),
            };
            format!("{who}: {}, by {}", promise.words, british::day(promise.by_on))
        })
    };
    let new_ones = found.new.iter().map(|id| format!("New: {}", says(&new, *id)));
    let otherwise = found.otherwise.iter().map(|id| format!("Changed: {}. Before: {}", says(&new, *id), says(&old, *id)));
    let gone = found.gone.iter().map(|id| format!("No more: {}", says(&old, *id)));
    let mut all: Vec<String> = new_ones.chain(otherwise).chain(gone).collect();
    if before.contract.if_family != now.contract.if_family {
        all.push("What happens if the family does not do it is said otherwise".to_owned());
    }
    if before.contract.if_agencies != now.contract.if_agencies {
        all.push("What happens if an agency does not do it is said otherwise".to_owned());
    }
    all
}

async fn end(Path((person, family, id)): Path<(PersonId, FamilyId, ContractId)>, Posted { visitor, form }: Posted) -> PageResult {
    let of = (person, family);
    let mut ctx = visitor.write_once(&form).await?;
    match actions::end(&mut ctx, (of, id), form.text("ended_words")).await {
        Ok(()) => visitor.done(ctx, &form, &address(of)).await,
        Err(actions::ContractError::Access(e)) => Err(e.into()),
        Err(e) => {
            drop(ctx);
            let changed = matches!(e, actions::ContractError::Changed);
            let mut errors = FieldErrors::default();
            errors.add("ended_words", &e.to_string());
            contract_page(&visitor, of, form.text("ended_words"), (errors, changed)).await
        }
    }
}

/// A copy to read together, and to sign.
#[derive(Debug, Serialize)]
pub struct CopyPage {
    here: String,
    family_name: String,
    lead: String,
    contract: Option<ContractLine>,
}

/// Returns what the actor may put on paper of a family's contracts, in the order they were made.
pub(super) async fn on_paper(ctx: &mut Ctx, of: Of) -> Result<(Opened, Vec<ContractLine>), AccessError> {
    let mut opened = actions::load(ctx, of).await?;
    // That somebody shielded is known is on no paper.
    let members: Vec<PersonId> = opened.around.members.iter().map(|member| member.person).collect();
    let hidden = people::shielded(ctx, &members).await?.into_iter();
    let hidden: BTreeSet<PersonId> =
        hidden.filter(|(_, kind)| *kind == ShieldKind::Existence).map(|(person, _)| person).collect();
    // What names a sensitive service stands on no paper.
    opened.contracts.retain(|read| read.contract.class == Class::Ordinary);
    for read in &mut opened.contracts {
        read.promises.retain(|one| !hidden.contains(&one.person) && !one.doer.is_some_and(|doer| hidden.contains(&doer)));
    }
    let names = names(ctx, &opened).await?;
    let at = (Party::Agency(ctx.actor.agency_id), ctx.clock.today());
    let lines = lines(&opened, &names, at);
    Ok((opened, lines))
}

async fn copy(visitor: Visitor, Path(of): Path<Of>) -> PageResult {
    let mut ctx = visitor.read().await?;
    let (opened, lines) = on_paper(&mut ctx, of).await?;
    ctx.seen().await?;
    let page = CopyPage {
        here: address(of),
        family_name: opened.around.family.name.clone(),
        lead: opened.around.family.owner.clone(),
        contract: lines.into_iter().rev().find(ContractLine::is_open),
    };
    visitor.page("frontline/contracts/templates/copy.html", "The contract, to sign", page)
}
