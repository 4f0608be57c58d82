//! Who asks: a practitioner of an agency, with roles, clearance and training.

use std::collections::BTreeSet;
use std::str::FromStr;

store::record_id!(
    /// Somebody who signs in.
    PractitionerId
);
store::record_id!(
    /// An organisation that works with families.
    AgencyId
);
store::record_id!(
    /// A team of one agency.
    TeamId
);

/// What somebody is in the area; one person may be several.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Role {
    /// Works with families.
    Practitioner,
    /// Answers for a team's work.
    TeamManager,
    /// Answers for the safety of children and adults in the area.
    SafeguardingLead,
    /// Looks after services, referrals and extracts.
    ServiceCoordinator,
    /// Looks after who can sign in.
    AreaAdministrator,
    /// Reads the journal, and answers for how information is used.
    Auditor,
    /// Sees figures, never a person.
    Analyst,
    /// Carries out a learning review: sees what was known, to whom and when.
    Reviewer,
    /// Is no person: the system of an organisation outside the area, which asks the index.
    OtherSystem,
}

impl Role {
    /// Every role that somebody can have.
    pub const ALL: [Self; 8] = [
        Self::Practitioner,
        Self::TeamManager,
        Self::SafeguardingLead,
        Self::ServiceCoordinator,
        Self::AreaAdministrator,
        Self::Auditor,
        Self::Analyst,
        Self::Reviewer,
    ];

    /// Every role, also that of another system, which nobody can have.
    pub const EVERY: [Self; 9] = [
        Self::Practitioner,
        Self::TeamManager,
        Self::SafeguardingLead,
        Self::ServiceCoordinator,
        Self::AreaAdministrator,
        Self::Auditor,
        Self::Analyst,
        Self::Reviewer,
        Self::OtherSystem,
    ];

    /// Those to whom a link to "Nobody forgotten" is shown; the policies decide.
    pub const SEE_EVERYBODY_OWNED: [Self; 5] =
        [Self::TeamManager, Self::SafeguardingLead, Self::ServiceCoordinator, Self::Auditor, Self::Analyst];

    /// Returns the word of the policies and the store.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Practitioner => "practitioner",
            Self::TeamManager => "team_manager",
            Self::SafeguardingLead => "safeguarding_lead",
            Self::ServiceCoordinator => "service_coordinator",
            Self::AreaAdministrator => "area_administrator",
            Self::Auditor => "auditor",
            Self::Analyst => "analyst",
            Self::Reviewer => "reviewer",
            Self::OtherSystem => "other_system",
        }
    }

    /// Returns the role in plain words.
    pub fn words(self) -> &'static str {
        match self {
            Self::Practitioner => "practitioner",
            Self::TeamManager => "team manager",
            Self::SafeguardingLead => "safeguarding lead",
            Self::ServiceCoordinator => "service coordinator",
            Self::AreaAdministrator => "area administrator",
            Self::Auditor => "information-governance auditor",
            Self::Analyst => "analyst",
            Self::Reviewer => "learning reviewer",
            Self::OtherSystem => "system of another organisation",
        }
    }
}

impl FromStr for Role {
    type Err = ();
    fn from_str(text: &str) -> Result<Self, ()> {
        Self::ALL.into_iter().find(|role| role.as_str() == text).ok_or(())
    }
}

/// The practitioner who asks, as the policies see them.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Actor {
    /// Who.
    pub id: PractitionerId,
    /// For which agency.
    pub agency_id: AgencyId,
    /// Their name.
    pub name: String,
    /// Their agency's name.
    pub agency: String,
    /// Whether that their agency works with somebody is itself sensitive.
    pub sensitive: bool,
    /// What they are.
    pub roles: BTreeSet<Role>,
    /// Whether they have clearance today.
    pub cleared: bool,
    /// Whether their training is current today.
    pub trained: bool,
}

impl Actor {
    /// Returns whether they have a role.
    pub fn is(&self, role: Role) -> bool {
        self.roles.contains(&role)
    }
}
