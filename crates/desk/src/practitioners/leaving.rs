//! What happens when somebody leaves or is suspended: they are out at once, and what fell to them falls to somebody who is there.

use ::store::journal::{Entry, Outcome};
use ::store::{AreaId, StoreError, StoreResult, Tx};
use access::people::{self, Absent, Account, Practitioner, Why};
use access::{AccessError, Ctx, Permit, PractitionerId, Role, World};
use families::handing::{self, Handed, Named, Takers};
use families::people::PersonId;
use frontline::{contacts, leads, meetings, notices, plans, referrals, visits};
use kernel::Date;
use kernel::clock::Clock;
use kernel::ids::Ids;
use processes::{agreements, belonging, brokering, matching, requests, sharing, shielding, signals, watch};
use serde_json::json;

/// Everything that falls to somebody. Signals are not among it: each goes to one who may read what it rests on.
pub const ALL: [Handed; 20] = [
    handing::WORKS_WITH,
    handing::LEADS,
    contacts::HANDED,
    referrals::HANDED,
    referrals::MADE,
    notices::HANDED,
    plans::HANDED,
    visits::HANDED,
    meetings::HANDED,
    leads::HANDED,
    agreements::HANDED,
    requests::HANDED,
    requests::MADE,
    sharing::HANDED,
    brokering::HANDED,
    brokering::MADE,
    watch::HANDED,
    shielding::HANDED,
    matching::HANDED,
    belonging::HANDED,
];

/// The job's name in the queue.
pub const SETTLE: &str = "practitioners.settle";

/// The roles by which something falls to somebody besides the families they work with: whoever is handed it needs them.
const ANSWERS: [Role; 4] = [Role::TeamManager, Role::SafeguardingLead, Role::ServiceCoordinator, Role::Auditor];
/// The roles that work with families.
const WORKS: [Role; 4] = [Role::Practitioner, Role::TeamManager, Role::SafeguardingLead, Role::ServiceCoordinator];

/// Why somebody's work was not handed on.
#[derive(Debug, thiserror::Error)]
pub(crate) enum LeavingError {
    /// Nobody was chosen, or somebody who is not there.
    #[error("Choose who does their work from now on")]
    Nobody,
    /// Whoever was chosen cannot work with families today.
    #[error("{0} has no clearance or no training today: choose somebody else, or record it first")]
    CannotWork(String),
    /// Whoever was chosen lacks a role.
    #[error(
        "{0} needs these roles too, because something falls to whoever has them: {1}. Choose somebody else, or give them the roles first"
    )]
    LacksRoles(String, String),
    /// They are there no more.
    #[error("They are there no more already")]
    GoneAlready,
    /// Access.
    #[error(transparent)]
    Access(#[from] AccessError),
}

impl From<StoreError> for LeavingError {
    fn from(e: StoreError) -> Self {
        Self::Access(e.into())
    }
}

/// Returns whether anything falls to somebody of such roles, so that somebody has to do it when they leave.
fn is_handed_on(roles: &[Role]) -> bool {
    roles.iter().any(|role| WORKS.contains(role) || ANSWERS.contains(role))
}

/// Returns who could do somebody's work, whoever manages them first: of their agency; where nobody else is, a service coordinator of the area,
/// but never for a service that is not named to others.
///
/// # Errors
/// [`StoreError`] from the engine.
pub(crate) async fn takers(ctx: &mut Ctx, account: &Account) -> Result<Vec<(Practitioner, bool)>, StoreError> {
    let of = &account.practitioner;
    if !is_handed_on(&account.roles) {
        return Ok(Vec::new());
    }
    let beside = people::list_beside(&mut ctx.tx, ctx.area_id, of.agency_id, of.id).await?;
    let agencies = people::list_agencies(&mut ctx.tx, ctx.area_id).await?;
    let is_sensitive = agencies.iter().any(|agency| agency.id == of.agency_id && agency.sensitive);
    if !beside.is_empty() || is_sensitive {
        return Ok(beside);
    }
    let coordinators = people::list_of_role(&mut ctx.tx, ctx.area_id, Role::ServiceCoordinator).await?;
    Ok(coordinators.into_iter().filter(|one| one.id != of.id).map(|one| (one, false)).collect())
}

/// Has somebody leave or be suspended, and hands what fell to them to somebody who is there.
///
/// Rule \[3.40\]: nobody leaves without somebody who does what they did. What whoever does it may not know of goes to one who is named for it.
///
/// # Errors
/// [`LeavingError`].
pub(crate) async fn leave(
    ctx: &mut Ctx,
    permit: &Permit,
    account: &Account,
    (why, to): (Why, Option<PractitionerId>),
) -> Result<(), LeavingError> {
    let who = account.practitioner.id;
    if account.gone.is_some() {
        return Err(LeavingError::GoneAlready);
    }
    let to = taker(ctx, account, to).await?;
    ctx.detail(json!({ "practitioner": who.0, "changed": why.as_str() }));
    people::leave(ctx, permit, who, (why, to)).await?;
    let gone = Absent { who, agency: account.practitioner.agency_id, to };
    let (handed, named) = hand_on(&mut ctx.tx, ctx.area_id, (&ctx.clock, &ctx.ids), &gone).await?;
    let declined = leads::decline_of(ctx, permit, who).await?;
    let now = ctx.now();
    leads::align(&mut ctx.tx, ctx.area_id, now).await?;
    signals::run::enqueue(&mut ctx.tx, ctx.area_id, (&ctx.clock, &ctx.ids)).await?;
    for (person, lead) in named {
        ctx.note("name_for_shield", Outcome::Done, Some(person.0), json!({ "named": lead.0, "because_left": who.0 }));
    }
    ctx.note(
        "hand_on",
        Outcome::Done,
        None,
        json!({ "practitioner": who.0, "to": to.map(|to| to.0), "handed": handed, "leads_declined": declined }),
    );
    Ok(())
}

/// Returns who does somebody's work: nobody only where nothing falls to them, or nobody could.
async fn taker(ctx: &mut Ctx, account: &Account, to: Option<PractitionerId>) -> Result<Option<PractitionerId>, LeavingError> {
    let takers = takers(ctx, account).await?;
    if takers.is_empty() {
        return Ok(None);
    }
    let chosen = takers.into_iter().find(|(one, _)| Some(one.id) == to).ok_or(LeavingError::Nobody)?.0;
    let today = ctx.clock.today();
    let actor = people::find_actor(&mut ctx.tx, ctx.area_id, chosen.id, today).await?.ok_or(LeavingError::Nobody)?;
    if !(actor.cleared && actor.trained) {
        return Err(LeavingError::CannotWork(chosen.name));
    }
    let mut lacks: Vec<&str> =
        account.roles.iter().filter(|role| ANSWERS.contains(role) && !actor.is(**role)).map(|role| role.words()).collect();
    if lacks.is_empty() && !WORKS.iter().any(|role| actor.is(*role)) && account.roles.iter().any(|role| WORKS.contains(role)) {
        lacks.push(Role::Practitioner.words());
    }
    if lacks.is_empty() { Ok(Some(chosen.id)) } else { Err(LeavingError::LacksRoles(chosen.name, lacks.join(", "))) }
}

/// Hands on all that falls to somebody: to whoever was chosen, else to one who is named with them for whoever is shielded, else to a
/// safeguarding lead. Nobody outside a service that is not named to others learns that it worked with anybody: what none of its own may know
/// of waits until one of them is named. Returns how much, and for whom the lead was named.
async fn hand_on(tx: &mut Tx, area_id: AreaId, with: (&Clock, &Ids), gone: &Absent) -> StoreResult<(u64, Vec<Named>)> {
    let mut named = handing::name_leads(tx, area_id, with, gone.to).await?;
    sharing::send_back(tx, area_id, gone.who, with.0.now()).await?;
    let is_sensitive =
        people::list_agencies(tx, area_id).await?.iter().any(|agency| agency.id == gone.agency && agency.sensitive);
    let mut beside = handing::list_named_with(tx, area_id, gone.who).await?;
    let lead = if is_sensitive { None } else { handing::lead_of(tx, area_id, with.0, gone.to).await? };
    if is_sensitive {
        let own = people::list_beside(tx, area_id, gone.agency, gone.who).await?;
        beside.retain(|one| own.iter().any(|(colleague, _)| colleague.id == *one));
    } else {
        let leads = people::list_of_role(tx, area_id, Role::SafeguardingLead).await?;
        beside.extend(leads.iter().map(|one| one.id));
    }
    let takers = Takers { to: gone.to, named: &beside, lead };
    let (handed, more) = handing::on(tx, area_id, with, (gone.who, takers), &ALL).await?;
    named.extend(more);
    Ok((handed, named))
}

/// Returns who does the work of somebody who left when nobody else was there, or after whom everybody left: one of their agency who has come since
/// and can work with families, whoever manages them first.
async fn come_since(tx: &mut Tx, area_id: AreaId, (gone, today): (&Absent, Date)) -> Result<Option<PractitionerId>, StoreError> {
    for (one, _) in people::list_beside(tx, area_id, gone.agency, gone.who).await? {
        let actor = people::find_actor(tx, area_id, one.id, today).await?;
        if actor.is_some_and(|actor| actor.cleared && actor.trained && WORKS.iter().any(|role| actor.is(*role))) {
            return Ok(Some(one.id));
        }
    }
    Ok(None)
}

/// Hands on, once more, what falls to those who are gone: what was begun while they left, and what nobody could be handed until somebody came,
/// was named for it or became a safeguarding lead.
///
/// Rule \[3.40\]: nothing stays with somebody who is not there.
///
/// # Errors
/// [`StoreError`] from the engine.
pub async fn settle(world: &World, tx: &mut Tx) -> StoreResult<()> {
    let (area_id, with) = (world.area_id, (&world.clock, &world.ids));
    tx.alone(area_id, "practitioners").await?;
    let now = world.clock.now();
    let mut named = handing::name_leads(tx, area_id, with, None).await?;
    let mut all = 0;
    for mut gone in people::list_absent(tx, area_id).await? {
        if !handing::is_any_left(tx, area_id, gone.who, &ALL).await? {
            continue;
        }
        if gone.to.is_none() {
            gone.to = come_since(tx, area_id, (&gone, world.clock.today())).await?;
        }
        let (handed, more) = hand_on(tx, area_id, with, &gone).await?;
        all += handed;
        named.extend(more);
    }
    leads::align(tx, area_id, now).await?;
    let mut done = |act: &str, subject: Option<PersonId>, payload| {
        let (outcome, rule) = (Outcome::Done, "3.40".to_owned());
        let act = act.to_owned();
        tx.journal(Entry {
            area_id,
            at: now,
            act,
            outcome,
            actor_id: None,
            agency_id: None,
            subject_id: subject.map(|id| id.0),
            rule,
            payload,
        });
    };
    if all > 0 {
        done("hand_on", None, json!({ "handed": all }));
    }
    for (person, lead) in named {
        done("name_for_shield", Some(person), json!({ "named": lead.0 }));
    }
    Ok(())
}
