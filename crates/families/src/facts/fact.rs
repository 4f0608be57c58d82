//! What a fact is.

use crate::people::PersonId;
use access::{AgencyId, PractitionerId};
use kernel::partial_date::PartialDate;
use kernel::{Date, Timestamp};
use uuid::Uuid;

store::record_id!(
    /// Something known about somebody.
    FactId
);

kernel::stored_words! {
    /// What a fact is about.
    Kind {
        Name = "name", Birth = "birth", Sex = "sex", Address = "address", Phone = "phone", Email = "email", School = "school",
        Identifier = "identifier", Language = "language", Relationship = "relationship", Involvement = "involvement",
        Narrative = "narrative", Strength = "strength", Aspiration = "aspiration", Need = "need", Circumstance = "circumstance",
        Risk = "risk", Event = "event",
    }
}
kernel::stored_words! {
    /// Whether there is something to know: unknown, not asked, refused and none are four different answers.
    Answer { Known = "known", Unknown = "unknown", NotAsked = "not_asked", Refused = "refused", None = "none" }
}
kernel::stored_words! {
    /// How its author came to know it.
    Standing { Seen = "seen", Told = "told", Records = "records", Opinion = "opinion" }
}
kernel::stored_words! {
    /// Who may read it, before anything is shared.
    Class { Ordinary = "ordinary", Confidential = "confidential", SensitiveService = "sensitive_service", Restricted = "restricted" }
}
kernel::stored_words! {
    /// What numbers a person by.
    Scheme { NhsNumber = "nhs_number", Upn = "upn", Nino = "nino" }
}
kernel::stored_words! {
    /// Whether an identifier is this person's.
    Verified { Verified = "verified", Unverified = "unverified", InDoubt = "in_doubt" }
}

impl Standing {
    /// Returns the standing in plain words.
    pub fn words(self) -> &'static str {
        match self {
            Self::Seen => "seen by",
            Self::Told => "told to",
            Self::Records => "from the records of",
            Self::Opinion => "the opinion of",
        }
    }
}

impl Answer {
    /// Returns the answer in plain words.
    pub fn words(self) -> &'static str {
        match self {
            Self::Known => "known",
            Self::Unknown => "not known",
            Self::NotAsked => "not asked yet",
            Self::Refused => "they would rather not say",
            Self::None => "none",
        }
    }
}

impl Scheme {
    /// Returns the scheme's usual name.
    pub fn words(self) -> &'static str {
        match self {
            Self::NhsNumber => "NHS number",
            Self::Upn => "unique pupil number",
            Self::Nino => "National Insurance number",
        }
    }
}

/// The shape of facts that are more than words.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Shape {
    /// Words and a term.
    Plain,
    /// A name, as written.
    Name {
        /// Given names.
        forenames: String,
        /// Family names.
        surname: String,
    },
    /// An address.
    Address {
        /// House and street.
        lines: String,
        /// Town.
        town: String,
        /// Postcode, or as written.
        postcode: String,
    },
    /// An identifier.
    Identifier(Identifier),
    /// A relationship; the term says what this person is to the other.
    Relationship {
        /// The other.
        other: PersonId,
    },
    /// That an agency, or one of its practitioners, works with this person.
    Involvement {
        /// Who, if it is one practitioner.
        practitioner: Option<PractitionerId>,
    },
}

/// A number that an organisation knows a person by.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Identifier {
    /// Whose numbers.
    pub scheme: Scheme,
    /// The number, in its stored form.
    pub value: String,
    /// Whether it is this person's.
    pub verified: Verified,
}

/// What a fact came from: a contact, a feed's run, nothing but itself.
pub type Origin = Option<Uuid>;

/// A fact to be recorded.
#[derive(Clone, Debug)]
pub struct NewFact {
    /// About whom.
    pub person: PersonId,
    /// What about.
    pub kind: Kind,
    /// A term of the area, a kind of relationship, a code; empty when the kind says it all.
    pub term: String,
    /// Whether there is something to know.
    pub answer: Answer,
    /// In words.
    pub words: String,
    /// Since when.
    pub holds_from: Option<PartialDate>,
    /// Until when.
    pub holds_to: Option<PartialDate>,
    /// How its author came to know it.
    pub standing: Standing,
    /// Who told it, in words.
    pub told_by: String,
    /// Who may read it.
    pub class: Class,
    /// What it came from.
    pub origin: Origin,
    /// Its shape.
    pub shape: Shape,
}

impl Verified {
    /// Returns the status in plain words.
    pub fn words(self) -> &'static str {
        match self {
            Self::Verified => "checked",
            Self::Unverified => "not checked",
            Self::InDoubt => "in doubt",
        }
    }
}

impl NewFact {
    /// Returns whether it held once and holds no more.
    pub fn is_over(&self, today: Date) -> bool {
        self.holds_to.is_some_and(|to| to.latest() < today)
    }

    /// Returns a name's first names and last name.
    pub fn written_name(&self) -> Option<(&str, &str)> {
        match &self.shape {
            Shape::Name { forenames, surname } => Some((forenames, surname)),
            Shape::Plain
            | Shape::Address { .. }
            | Shape::Identifier(_)
            | Shape::Relationship { .. }
            | Shape::Involvement { .. } => None,
        }
    }

    /// Returns the other of a relationship.
    pub fn other(&self) -> Option<PersonId> {
        match self.shape {
            Shape::Relationship { other } => Some(other),
            Shape::Plain | Shape::Name { .. } | Shape::Address { .. } | Shape::Identifier(_) | Shape::Involvement { .. } => None,
        }
    }

    /// Returns a known fact in words, ordinary, seen by its author.
    pub fn plain(person: PersonId, kind: Kind, term: &str, words: &str) -> Self {
        Self {
            person,
            kind,
            term: term.to_owned(),
            answer: Answer::Known,
            words: words.to_owned(),
            holds_from: None,
            holds_to: None,
            standing: Standing::Seen,
            told_by: String::new(),
            class: Class::Ordinary,
            origin: None,
            shape: Shape::Plain,
        }
    }

    /// Returns a name.
    pub fn name(person: PersonId, forenames: &str, surname: &str) -> Self {
        let shape = Shape::Name { forenames: forenames.to_owned(), surname: surname.to_owned() };
        Self { shape, ..Self::plain(person, Kind::Name, "usual", format!("{forenames} {surname}").trim()) }
    }

    /// Returns a date of birth; a due date with the term `due`.
    pub fn birth(person: PersonId, on: PartialDate) -> Self {
        Self { holds_from: Some(on), ..Self::plain(person, Kind::Birth, "", "") }
    }

    /// Returns that `person` is `term` of `other`.
    pub fn relationship(person: PersonId, term: &str, other: PersonId) -> Self {
        Self { shape: Shape::Relationship { other }, ..Self::plain(person, Kind::Relationship, term, "") }
    }

    /// Returns that a practitioner works with somebody.
    pub fn involvement(person: PersonId, practitioner: Option<PractitionerId>, class: Class, words: &str) -> Self {
        Self { shape: Shape::Involvement { practitioner }, class, ..Self::plain(person, Kind::Involvement, "", words) }
    }
}

/// Who of an agency a fact is opened to.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Audience {
    /// Everybody of it who works with families.
    Agency,
    /// Those of it who work with the person, or say why they look.
    Workers,
    /// One practitioner alone.
    Named(PractitionerId),
}

impl Audience {
    /// Returns the stored word.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Agency => "agency",
            Self::Workers => "workers",
            Self::Named(_) => "named",
        }
    }
}

/// To whom facts are opened, and for how long.
#[derive(Clone, Copy, Debug)]
pub struct Grant {
    /// The agency.
    pub to: AgencyId,
    /// Who of it.
    pub audience: Audience,
    /// The decision or referral it came from: it ends with that.
    pub origin: Uuid,
    /// When it ends by itself.
    pub until_at: Option<Timestamp>,
}

impl Grant {
    /// Returns a grant to everybody of an agency who works with families, for as long as what it came from lasts.
    pub fn to_agency(to: AgencyId, origin: Uuid) -> Self {
        Self { to, audience: Audience::Agency, origin, until_at: None }
    }
}

/// A fact as it is read.
#[derive(Clone, Debug)]
pub struct Fact {
    /// Which one.
    pub id: FactId,
    /// What it says.
    pub new: NewFact,
    /// Who recorded it; nobody for what a feed brought.
    pub author_id: Option<PractitionerId>,
    /// Their name.
    pub author: Option<String>,
    /// For which agency.
    pub agency_id: AgencyId,
    /// Its name.
    pub agency: String,
    /// Whether that it knows somebody tells roughly where they are.
    pub agency_tells_place: bool,
    /// When it was recorded.
    pub recorded_at: Timestamp,
    /// When a later one took its place, or its source withdrew it.
    pub superseded_at: Option<Timestamp>,
    /// What took its place.
    pub superseded_by: Option<FactId>,
    /// When an involvement ended.
    pub ended_at: Option<Timestamp>,
}

impl Fact {
    /// Returns whether it can be taken back by itself: what a person said, and not work that goes on.
    pub fn may_be_withdrawn(&self) -> bool {
        self.author_id.is_some() && self.new.kind != Kind::Involvement
    }

    /// Returns whether its source says it no more, and nothing in its place.
    pub fn is_withdrawn(&self) -> bool {
        self.superseded_at.is_some() && self.superseded_by.is_none()
    }
}
