//! What a contact is, what it leaves behind, and by when it has an outcome. Pure.

use access::{AgencyId, Attr, PractitionerId, Resource, Thing};
use area::{Area, Clocks};
use families::facts::{Answer, Class, Fact, Kind, NewFact, Standing};
use families::people::{self, PersonId};
use kernel::working_days::BankHolidays;
use kernel::{Date, Timestamp};

::store::record_id!(
    /// A contact.
    ContactId
);

/// Longest narrative, in characters.
pub const WORDS_MAX: usize = 5000;

/// What was answered to "is this adult a parent or carer?".
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Parent {
    /// Yes.
    Yes,
    /// No.
    No,
    /// They would rather not say.
    Refused,
    /// It was not asked.
    NotAsked,
}

impl std::str::FromStr for Parent {
    type Err = ();
    fn from_str(text: &str) -> Result<Self, ()> {
        match text {
            "yes" => Ok(Self::Yes),
            "no" => Ok(Self::No),
            "refused" => Ok(Self::Refused),
            "" | "not_asked" => Ok(Self::NotAsked),
            _ => Err(()),
        }
    }
}

/// A contact to be recorded.
#[derive(Clone, Debug)]
pub struct NewContact {
    /// About whom.
    pub person: PersonId,
    /// How it came about, of the area's list.
    pub channel: String,
    /// When.
    pub happened_on: Date,
    /// What was seen or said.
    pub narrative: String,
    /// Seen, or told.
    pub standing: Standing,
    /// By whom, when told.
    pub told_by: String,
    /// Terms accepted from those the narrative suggested.
    pub terms: Vec<String>,
    /// Whether this adult is a parent or carer.
    pub parent: Parent,
    /// The outcome, of the area's list; none yet when empty.
    pub outcome: String,
}

/// Why a contact was not recorded.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum ContactRule {
    /// Something that the area does not know was chosen.
    #[error("choose one of the answers")]
    NoSuchChoice,
    /// It has not happened yet.
    #[error("the day must be today or earlier")]
    Future,
    /// It has an outcome already.
    #[error("this contact has an outcome already")]
    Decided,
}

/// Checks a contact against the area.
///
/// Rule \[2.3\]: every contact is taken, about anyone; what is asked of whoever records it is only what makes it readable.
///
/// # Errors
/// [`ContactRule`].
pub fn check(new: &NewContact, area: &Area, today: Date) -> Result<(), ContactRule> {
    if new.happened_on > today {
        return Err(ContactRule::Future);
    }
    let known = |choices: &[area::files::Choice], id: &str| choices.iter().any(|choice| choice.id == id);
    let terms_known = new.terms.iter().all(|term| area.terms.contains_key(term));
    let outcome_known = new.outcome.is_empty() || known(&area.setting.contact_outcomes, &new.outcome);
    if known(&area.setting.channels, &new.channel) && terms_known && outcome_known {
        Ok(())
    } else {
        Err(ContactRule::NoSuchChoice)
    }
}

/// Returns the facts that a contact leaves behind: the narrative, the terms accepted, and whether this adult is a parent.
///
/// Rule \[2.5\]: whatever an adult came for, it is asked once whether they are a parent or carer.
pub fn facts_of(new: &NewContact, id: ContactId, area: &Area) -> Vec<NewFact> {
    let base = |kind, term: &str, words: &str, class| NewFact {
        standing: new.standing,
        told_by: new.told_by.clone(),
        holds_from: Some(new.happened_on.into()),
        class,
        origin: Some(id.0),
        ..NewFact::plain(new.person, kind, term, words)
    };
    let mut facts = vec![base(Kind::Narrative, "", &new.narrative, Class::Confidential)];
    for term in new.terms.iter().filter_map(|term| area.terms.get(term)).filter(|term| term.id != "parent_of") {
        let class = term.class.as_str().parse().unwrap_or(Class::Confidential);
        let kind = term.kind.as_str().parse().unwrap_or(Kind::Circumstance);
        facts.push(base(kind, &term.id, "", class));
    }
    let answer = match new.parent {
        Parent::Yes => Some(Answer::Known),
        Parent::No => Some(Answer::None),
        Parent::Refused => Some(Answer::Refused),
        Parent::NotAsked => None,
    };
    if let Some(answer) = answer {
        facts.push(NewFact { answer, ..base(Kind::Circumstance, "parent_of", "", Class::Ordinary) });
    }
    facts
}

/// Returns whether "is this adult a parent or carer?" need not be asked: it was, a relationship tells, or this is a child.
///
/// Rule \[2.5\]: it is asked once of every adult, whatever they came for.
pub fn need_not_ask(area: &Area, (known, toward): (&[Fact], &[Fact]), today: Date) -> bool {
    let kinds = &area.setting.relationships;
    let makes_parent = |term: &str| kinds.iter().any(|kind| kind.id == term && kind.makes_parent);
    let inverse = |term: &str| kinds.iter().find(|kind| kind.id == term).map_or("", |kind| kind.inverse.as_str());
    let is_child = known
        .iter()
        .filter(|fact| fact.new.kind == Kind::Birth)
        .filter_map(|fact| fact.new.holds_from)
        .any(|born| born.age_years(today).1 < 13);
    is_child
        || known.iter().any(|fact| fact.new.term == "parent_of")
        || known.iter().any(|fact| fact.new.other().is_some() && makes_parent(&fact.new.term))
        || toward.iter().any(|fact| makes_parent(inverse(&fact.new.term)))
}

/// Returns whether whoever recorded a contact goes on working with the person after this outcome.
///
/// Rule \[3.27\]: what a contact opens ends with it, unless the work goes on.
pub fn continues(area: &Area, outcome: &str) -> bool {
    area.setting.contact_outcomes.iter().any(|choice| choice.id == outcome && choice.continues)
}

/// Returns the role that a contact is handed to with this outcome.
///
/// Rule \[3.40\]: what is passed on is somebody's, with a day, and it is theirs to end.
pub fn hands_to<'a>(area: &'a Area, outcome: &str) -> Option<&'a str> {
    let choice = area.setting.contact_outcomes.iter().find(|choice| choice.id == outcome)?;
    Some(choice.hands_to.as_str()).filter(|role| !role.is_empty())
}

/// Returns the last day on which a contact has an outcome in time.
///
/// Rule \[3.40\]: a contact without an outcome is somebody's, with a day.
pub fn outcome_by(today: Date, clocks: &Clocks, holidays: &BankHolidays) -> Date {
    holidays.add(today, clocks.contact_outcome_working_days)
}

/// A contact.
#[derive(Clone, Debug)]
pub struct Contact {
    /// Which one.
    pub id: ContactId,
    /// About whom.
    pub person: PersonId,
    /// Who recorded it.
    pub author_id: PractitionerId,
    /// Their name.
    pub author: String,
    /// For which agency.
    pub agency_id: AgencyId,
    /// Its name.
    pub agency: String,
    /// Whether that its agency knows somebody tells roughly where they are.
    pub agency_tells_place: bool,
    /// Whether that it is there names a sensitive service.
    pub class: Class,
    /// How it came about.
    pub channel: String,
    /// When.
    pub happened_on: Date,
    /// When it was recorded.
    pub recorded_at: Timestamp,
    /// How it ended.
    pub outcome: Option<String>,
    /// And in words.
    pub outcome_words: String,
    /// Who answers for it.
    pub owner_id: Option<PractitionerId>,
    /// Their name.
    pub owner: String,
    /// Who handed it to them, by name; empty when nobody did.
    pub handed_by: String,
    /// And with what words.
    pub handed_words: String,
    /// By when it has an outcome.
    pub next_on: Option<Date>,
    /// Edits so far.
    pub version: i64,
}

impl Contact {
    /// Returns the contact as the access rules see it. That it is there is told to nobody it does not concern.
    pub fn resource(&self, person: &people::Standing) -> Resource {
        let mut attrs = vec![
            ("class", Attr::Text(self.class.as_str().to_owned())),
            ("agencyTellsPlace", Attr::Flag(self.agency_tells_place)),
            ("agency", Attr::One("Agency", self.agency_id.0)),
            ("author", Attr::One("Practitioner", self.author_id.0)),
            ("person", Attr::One("Person", self.person.0)),
        ];
        if let Some(owner) = self.owner_id {
            attrs.push(("owner", Attr::One("Practitioner", owner.0)));
        }
        let thing = Thing { kind: "Contact", id: self.id.0, attrs };
        Resource { thing, beside: vec![person.thing()], subject_id: Some(self.person.0), hide_refusal: true }
    }
}
