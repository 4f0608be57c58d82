//! What an agreement is.

use access::{AgencyId, Attr, PractitionerId, Resource, Thing};
use families::facts::Class;
use families::people::{PersonId, Standing};
use kernel::{Date, Timestamp, stored_words};

::store::record_id!(
    /// What somebody agreed to, or refused.
    AgreementId
);

stored_words! {
    /// What was asked.
    About {
        /// Whether they want to be supported.
        Support = "support",
        /// Whether what was told in confidence may be passed on.
        Confidentiality = "confidentiality",
    }
}
stored_words! {
    /// What they said.
    Answer { Agreed = "agreed", Refused = "refused" }
}
stored_words! {
    /// Who can say it for whom.
    Giver {
        /// An adult, for themself.
        Adult = "adult",
        /// A child who is found competent to say it for themself.
        Child = "child",
        /// Somebody with parental responsibility, for a child; or who may decide for an adult without capacity.
        Responsible = "responsible",
    }
}
stored_words! {
    /// How an agreement ended before its day.
    EndedHow {
        /// They took it back.
        Withdrawn = "withdrawn",
        /// They were asked again, and said something else.
        Replaced = "replaced",
        /// Nobody asks again, for a reason.
        LetEnd = "let_end",
    }
}

impl About {
    /// Returns what was asked, in words.
    pub fn words(self) -> &'static str {
        match self {
            Self::Support => "To be supported",
            Self::Confidentiality => "That what was told in confidence is passed on",
        }
    }
}

/// What somebody agreed to, or refused.
#[derive(Clone, Debug)]
pub struct Agreement {
    /// Which one.
    pub id: AgreementId,
    /// What it says.
    pub new: NewAgreement,
    /// The agencies it names, by name.
    pub agency_names: Vec<String>,
    /// Whether one of the agencies it names knows somebody by where they are.
    pub agency_tells_place: bool,
    /// Whether that it is there names a sensitive service.
    pub class: Class,
    /// Who recorded it.
    pub author_id: PractitionerId,
    /// Their name.
    pub author: String,
    /// For which agency.
    pub agency_id: AgencyId,
    /// Its name.
    pub agency: String,
    /// When it was recorded.
    pub recorded_at: Timestamp,
    /// Who asks again.
    pub owner_id: Option<PractitionerId>,
    /// Their name.
    pub owner: Option<String>,
    /// From which day on.
    pub ask_on: Option<Date>,
    /// How it ended before its day.
    pub ended: Option<Ended>,
    /// Edits so far.
    pub version: i64,
}

/// How an agreement ended before its day.
#[derive(Clone, Debug)]
pub struct Ended {
    /// When.
    pub at: Timestamp,
    /// Who recorded it, by name.
    pub by: String,
    /// How.
    pub how: EndedHow,
    /// In words.
    pub words: String,
}

/// An agreement to be recorded.
#[derive(Clone, Debug)]
pub struct NewAgreement {
    /// Whom it is about.
    pub person: PersonId,
    /// What was asked.
    pub about: About,
    /// What they said.
    pub answer: Answer,
    /// Who said it.
    pub giver: Giver,
    /// Which person, where it is not the one it is about.
    pub giver_person: Option<PersonId>,
    /// Why they are taken to be able to say it: competence, capacity, parental responsibility. A judgement, with its reasons.
    pub judgement: String,
    /// Kinds of information, by id.
    pub information: Vec<String>,
    /// Which agencies may be told.
    pub agencies: Vec<AgencyId>,
    /// What not, in their words.
    pub exceptions: String,
    /// How it was explained, by id.
    pub explained: String,
    /// In which language, ISO 639.
    pub language: String,
    /// What shows that it was said, by id.
    pub evidence: String,
    /// Who else heard it.
    pub witness: String,
    /// In their own words.
    pub words: String,
    /// On which day.
    pub given_on: Date,
    /// Through which day it lasts; a refusal lasts until they say otherwise.
    pub until_on: Option<Date>,
}

impl Agreement {
    /// Returns the agreement as the access rules see it. That it is there is told to nobody it does not concern.
    pub fn resource(&self, person: &Standing, giver: Option<&Standing>) -> Resource {
        let mut attrs = vec![
            ("class", Attr::Text(self.class.as_str().to_owned())),
            ("agencyTellsPlace", Attr::Flag(self.agency_tells_place)),
            ("agency", Attr::One("Agency", self.agency_id.0)),
            ("author", Attr::One("Practitioner", self.author_id.0)),
            ("person", Attr::One("Person", self.new.person.0)),
        ];
        let mut beside = vec![person.thing()];
        if let Some(giver) = giver {
            attrs.push(("other", Attr::One("Person", giver.id.0)));
            beside.push(giver.thing());
        }
        let thing = Thing { kind: "Agreement", id: self.id.0, attrs };
        Resource { thing, beside, subject_id: Some(self.new.person.0), hide_refusal: true }
    }
}
