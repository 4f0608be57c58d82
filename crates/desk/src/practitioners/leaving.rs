//! What happens when somebody leaves or is suspended: they are out at once, and what fell to them falls to somebody who is there.

use ::store::StoreError;
use ::store::journal::Outcome;
use access::people::{self, Account, Practitioner, Why};
use access::{AccessError, Ctx, Permit, PractitionerId, Role};
use families::handing::{self, Handed};
use frontline::{contacts, leads, meetings, notices, plans, referrals, visits};
use processes::{agreements, belonging, brokering, matching, requests, sharing, shielding, signals, watch};
use serde_json::json;

/// Everything that falls to somebody. Signals are not among it: each goes to one who may read what it rests on.
pub const ALL: [Handed; 17] = [
    handing::WORKS_WITH,
    handing::LEADS,
    contacts::HANDED,
    referrals::HANDED,
    notices::HANDED,
    plans::HANDED,
    visits::HANDED,
    meetings::HANDED,
    leads::HANDED,
    agreements::HANDED,
    requests::HANDED,
    sharing::HANDED,
    brokering::HANDED,
    watch::HANDED,
    shielding::HANDED,
    matching::HANDED,
    belonging::HANDED,
];

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
    let handed = hand_on(ctx, permit, (who, to)).await?;
    let declined = leads::decline_of(ctx, permit, who).await?;
    signals::run::enqueue(&mut ctx.tx, ctx.area_id, (&ctx.clock, &ctx.ids)).await?;
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

/// Hands on all that falls to somebody: to whoever was chosen, else to one who is named with them for whoever is shielded. Returns how much.
async fn hand_on(ctx: &mut Ctx, permit: &Permit, (who, to): (PractitionerId, Option<PractitionerId>)) -> Result<u64, StoreError> {
    let named = handing::named_instead(ctx, permit, who).await?;
    let takers: Vec<PractitionerId> = to.into_iter().chain(named).collect();
    let handed = handing::on(ctx, permit, (who, &takers), &ALL).await?;
    Ok(handed.iter().map(|(_, count)| count).sum())
}
