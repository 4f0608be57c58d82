//! The agencies, teams and practitioners of an area, their roles, clearance and training.

pub mod merging;
mod store;

use crate::act::Act;
use crate::actor::{Actor, AgencyId, PractitionerId, Role, TeamId};
use crate::ctx::{Ctx, Permit, World};
use crate::sign_in;
use ::store::{AreaId, StoreError, StoreResult, Tx};
use kernel::{Date, Span, Timestamp};
use std::collections::{BTreeMap, BTreeSet};
pub use store::{
    find_accounts, find_actor, find_answerable, find_practitioners, insert_agency, insert_practitioner, insert_team_member,
    is_email_taken, list_absent, list_agencies, list_beside, list_colleagues, list_of_role, list_practitioners,
    list_present_agencies, load_account, load_practitioner, load_practitioners, managers_of, record_credential, save_roles,
    team_of,
};

/// An organisation that works with families.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Agency {
    /// Which one.
    pub id: AgencyId,
    /// Its short name in configuration and extracts.
    pub code: String,
    /// Its name.
    pub name: String,
    /// Housing, school, health, …: a term of the area.
    pub kind: String,
    /// Whether that it works with somebody is itself sensitive.
    pub sensitive: bool,
    /// Whether that it knows somebody tells roughly where they are.
    pub tells_place: bool,
    /// The code of the agency that it is part of now.
    pub merged_into: Option<String>,
}

/// Somebody who can sign in, as others see them.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Practitioner {
    /// Who.
    pub id: PractitionerId,
    /// Their agency.
    pub agency_id: AgencyId,
    /// Their agency's name.
    pub agency: String,
    /// Their name.
    pub name: String,
    /// What they do, in their words.
    pub job: String,
    /// How they sign in.
    pub email: String,
    /// How to reach them.
    pub telephone: String,
}

/// A practitioner as an administrator sees them.
#[derive(Clone, Debug)]
pub struct Account {
    /// Who.
    pub practitioner: Practitioner,
    /// What they are.
    pub roles: Vec<Role>,
    /// Clearance ends on.
    pub cleared_until: Option<Date>,
    /// Training ends on.
    pub trained_until: Option<Date>,
    /// Whether they have chosen a password.
    pub has_password: bool,
    /// Why they are there no more, and who does their work; nothing for whoever is there.
    pub gone: Option<Gone>,
}

/// Why somebody is there no more.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Why {
    /// They have left.
    Left,
    /// They may not work now, and may come back.
    Suspended,
}

impl Why {
    /// Returns the stored word.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Left => "left",
            Self::Suspended => "suspended",
        }
    }
}

impl std::str::FromStr for Why {
    type Err = ();

    fn from_str(word: &str) -> Result<Self, ()> {
        [Self::Left, Self::Suspended].into_iter().find(|why| why.as_str() == word).ok_or(())
    }
}

/// That somebody is there no more.
#[derive(Clone, Debug)]
pub struct Gone {
    /// Why.
    pub why: Why,
    /// Since when.
    pub at: Timestamp,
    /// The name of whoever does their work.
    pub to: Option<String>,
}

/// Somebody who is there no more, of which agency they are, and who does their work.
#[derive(Clone, Copy, Debug)]
pub struct Absent {
    /// Who.
    pub who: PractitionerId,
    /// Of which agency.
    pub agency: AgencyId,
    /// Who does their work: one who is there.
    pub to: Option<PractitionerId>,
}

/// Has somebody leave: they cannot sign in from now on, what their devices keep is erased, and the teams they manage are managed by whoever
/// does their work.
///
/// # Errors
/// [`StoreError`] from the engine.
///
/// # Panics
/// With a permit to do something else than manage practitioners: a bug.
pub async fn leave(
    ctx: &mut Ctx,
    permit: &Permit,
    who: PractitionerId,
    (why, to): (Why, Option<PractitionerId>),
) -> StoreResult<()> {
    assert!(permit.act() == Act::ManagePractitioners, "only whoever manages practitioners has one leave");
    let now = ctx.now();
    store::save_gone(&mut ctx.tx, ctx.area_id, who, Some((why, to)), now).await?;
    sign_in::take_back(&mut ctx.tx, ctx.area_id, who, now).await?;
    let Some(to) = to else { return Ok(()) };
    for team in store::list_managed(&mut ctx.tx, ctx.area_id, who).await? {
        insert_team_member(&mut ctx.tx, ctx.area_id, team, (to, true), now).await?;
    }
    Ok(())
}

/// Has somebody be there again, with a new link to sign in by; what was handed on stays where it is.
///
/// # Errors
/// [`StoreError`] from the engine.
///
/// # Panics
/// With a permit to do something else than manage practitioners: a bug.
pub async fn come_back(ctx: &mut Ctx, permit: &Permit, who: PractitionerId) -> StoreResult<()> {
    assert!(permit.act() == Act::ManagePractitioners, "only whoever manages practitioners has one come back");
    let now = ctx.now();
    store::save_gone(&mut ctx.tx, ctx.area_id, who, None, now).await
}

/// Clearance or training: a fact with an expiry.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Credential {
    /// An enhanced criminal-records check, or what the area asks for.
    Clearance,
    /// Training in sharing information.
    Training,
}

impl Credential {
    /// Returns the stored word.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Clearance => "clearance",
            Self::Training => "training",
        }
    }
}

/// A practitioner to be added.
#[derive(Clone, Debug)]
pub struct NewPractitioner<'a> {
    /// Their id.
    pub id: PractitionerId,
    /// Their agency.
    pub agency_id: AgencyId,
    /// Their name.
    pub name: &'a str,
    /// What they do.
    pub job: &'a str,
    /// How they sign in.
    pub email: &'a str,
    /// How to reach them.
    pub telephone: &'a str,
}

/// Adds a practitioner to a team, making the team when it is not there.
///
/// # Errors
/// [`::store::StoreError`] from the engine.
pub async fn join_team(
    tx: &mut Tx,
    area_id: AreaId,
    team: (TeamId, AgencyId, &str),
    member: (PractitionerId, bool),
    at: Timestamp,
) -> StoreResult<()> {
    let team_id = store::ensure_team(tx, area_id, team).await?;
    insert_team_member(tx, area_id, team_id, member, at).await
}

/// Returns whether a credential that ends on `valid_until` holds on `today`.
///
/// Rule \[3.30\]: nobody enters without current clearance and training (report, note 16).
pub fn holds(valid_until: Option<Date>, today: Date) -> bool {
    valid_until.is_some_and(|until| today <= until)
}

/// Records clearance and training that hold until the given days: what a new practitioner needs.
///
/// # Errors
/// [`::store::StoreError`] from the engine.
pub async fn record_both(tx: &mut Tx, area_id: AreaId, id: PractitionerId, until: Date, at: Timestamp) -> StoreResult<()> {
    for kind in [Credential::Clearance, Credential::Training] {
        record_credential(tx, area_id, id, (kind, until), (None, at)).await?;
    }
    Ok(())
}

/// A practitioner of the example area, for trying the product out and for tests.
#[derive(Clone, Debug)]
pub struct MadeUp<'a> {
    /// Their name.
    pub name: &'a str,
    /// Their agency's code.
    pub agency: &'a str,
    /// Their team.
    pub team: &'a str,
    /// What they do.
    pub job: &'a str,
    /// How they sign in.
    pub email: &'a str,
    /// How to reach them.
    pub telephone: &'a str,
    /// What they are.
    pub roles: &'a [String],
    /// Whether they lack training.
    pub untrained: bool,
}

/// Makes sure that an area's agencies are there (their ids are made here), and its made-up practitioners; twice does no more than once.
///
/// # Errors
/// [`::store::StoreError`] from the engine; corrupt when a role or agency is not known.
pub async fn settle(world: &World, agencies: &[Agency], made_up: &[MadeUp<'_>]) -> StoreResult<()> {
    let mut tx = world.db.begin().await?;
    let mut ids = BTreeMap::new();
    for agency in agencies {
        let agency_id = AgencyId(world.ids.uuid(&world.clock));
        let agency = Agency { id: agency_id, ..agency.clone() };
        ids.insert(agency.code.clone(), insert_agency(&mut tx, world.area_id, &agency).await?);
    }
    let there: BTreeSet<String> =
        list_practitioners(&mut tx, world.area_id).await?.into_iter().map(|account| account.practitioner.email).collect();
    let (until, now) = (world.clock.today().saturating_add(Span::new().years(1)), world.clock.now());
    for person in made_up.iter().filter(|person| !there.contains(person.email)) {
        let agency_id = *ids.get(person.agency).ok_or_else(|| StoreError::Corrupt(format!("no agency {}", person.agency)))?;
        let id = PractitionerId(world.ids.uuid(&world.clock));
        let new = NewPractitioner {
            id,
            agency_id,
            name: person.name,
            job: person.job,
            email: person.email,
            telephone: person.telephone,
        };
        insert_practitioner(&mut tx, world.area_id, &new).await?;
        let roles: Option<Vec<Role>> = person.roles.iter().map(|role| role.parse().ok()).collect();
        let roles = roles.ok_or_else(|| StoreError::Corrupt(format!("a role of {} is not known", person.name)))?;
        save_roles(&mut tx, world.area_id, id, &roles, now).await?;
        let team_id = TeamId(world.ids.uuid(&world.clock));
        join_team(&mut tx, world.area_id, (team_id, agency_id, person.team), (id, roles.contains(&Role::TeamManager)), now)
            .await?;
        if person.untrained {
            record_credential(&mut tx, world.area_id, id, (Credential::Clearance, until), (None, now)).await?;
        } else {
            record_both(&mut tx, world.area_id, id, until, now).await?;
        }
    }
    tx.commit(&world.ids).await
}

/// Returns the actor's words for the pages: "Ann Abel, Hillside Housing".
pub fn signature(actor: &Actor) -> String {
    format!("{}, {}", actor.name, actor.agency)
}

#[cfg(test)]
mod tests {
    use super::*;
    use kernel::Date;

    /// Rule [3.30]
    #[test]
    fn clearance_holds_through_its_last_day_and_not_the_day_after() {
        let until: Date = "2026-11-22".parse().unwrap();
        assert!(holds(Some(until), "2026-11-22".parse().unwrap()));
        assert!(!holds(Some(until), "2026-11-23".parse().unwrap()));
        assert!(!holds(None, until));
    }
}
