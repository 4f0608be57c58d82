//! What a signal is.

use access::{Attr, PractitionerId, Resource, Thing};
use families::people::{PersonId, Standing};
use kernel::{Date, Timestamp, stored_words};

::store::record_id!(
    /// A change of circumstance that somebody looks at.
    SignalId
);

stored_words! {
    /// What came of a signal.
    Answer {
        /// Something is done about it.
        Acted = "acted",
        /// It was known already, and somebody sees to it.
        Known = "known",
        /// It does not matter here.
        NotRelevant = "not_relevant",
    }
}

impl Answer {
    /// Returns the answer in words.
    pub fn words(self) -> &'static str {
        match self {
            Self::Acted => "We do something about it",
            Self::Known => "It was known, and somebody sees to it",
            Self::NotRelevant => "It does not matter here",
        }
    }
}

/// What came of a signal, who said so, and when.
#[derive(Clone, Debug)]
pub struct Decided {
    /// What.
    pub answer: Answer,
    /// In words.
    pub words: String,
    /// Who, by name.
    pub by: String,
    /// When.
    pub at: Timestamp,
}

/// A change of circumstance that somebody looks at.
#[derive(Clone, Debug)]
pub struct Signal {
    /// Which one.
    pub id: SignalId,
    /// Of whom.
    pub person: PersonId,
    /// The definition of the area's that it is of.
    pub definition: String,
    /// When it was raised.
    pub raised_at: Timestamp,
    /// Who looks at it.
    pub owner_id: PractitionerId,
    /// Their name.
    pub owner: String,
    /// By when.
    pub due_on: Date,
    /// When it was passed on, because nobody had looked.
    pub passed_on_at: Option<Timestamp>,
    /// What came of it.
    pub decided: Option<Decided>,
}

impl Signal {
    /// Returns the signal as the access rules see it. That it is there is told to nobody else.
    pub fn resource(&self, person: &Standing) -> Resource {
        let attrs = vec![("owner", Attr::One("Practitioner", self.owner_id.0)), ("person", Attr::One("Person", self.person.0))];
        let thing = Thing { kind: "Signal", id: self.id.0, attrs };
        Resource { thing, beside: vec![person.thing()], subject_id: Some(self.person.0), hide_refusal: true }
    }
}
