//! What the index shows, and what it is asked.

use access::AgencyId;
use families::people::PersonId;
use kernel::partial_date::PartialDate;
use kernel::{Date, Timestamp};

::store::record_id!(
    /// A look into the index: whom somebody sought, and why.
    LookId
);

/// Whom somebody seeks.
#[derive(Clone, Debug, Default)]
pub struct Sought {
    /// First names.
    pub forenames: String,
    /// Last names.
    pub surname: String,
    /// Born on.
    pub born: Option<PartialDate>,
    /// Where they live.
    pub postcode: String,
    /// A number that somebody knows them by: an NHS number, a pupil's number.
    pub number: String,
}

/// Work that goes on with somebody, or has ended, as it is kept.
#[derive(Clone, Debug)]
pub struct Involved {
    /// The agency.
    pub agency_id: AgencyId,
    /// Its code.
    pub code: String,
    /// Its name.
    pub agency: String,
    /// The practitioner, if it is one: name, what they do, how to reach them.
    pub practitioner: Option<(String, String, String)>,
    /// Since when.
    pub since: Timestamp,
    /// When it ended.
    pub ended_at: Option<Timestamp>,
}

/// A line of the index.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Entry {
    /// Who works with them, and how to reach them.
    Open {
        /// The agency's name.
        agency: String,
        /// The practitioner's name and what they do; nothing where the agency as a whole knows them.
        practitioner: Option<(String, String)>,
        /// How to reach them; nothing where nobody has said how.
        telephone: String,
        /// Since when.
        since: Date,
        /// Until when.
        until: Option<Date>,
    },
    /// That an agency is involved, and how to reach it.
    Existence {
        /// The agency's name.
        agency: String,
        /// How to reach it; nothing where nobody has said how.
        telephone: String,
    },
    /// That a service is involved which is not named: one line, however many they are.
    Brokered,
}

/// Somebody who was found.
#[derive(Clone, Debug)]
pub struct Found {
    /// Who.
    pub person: PersonId,
    /// By the name that the actor may read.
    pub name: String,
    /// Born on.
    pub born: Option<PartialDate>,
}
