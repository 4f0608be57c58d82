//! What a decision to share is.

use crate::agreements::AgreementId;
use crate::requests::RequestId;
use access::{AgencyId, Attr, PractitionerId, Resource, Thing};
use families::facts::{Class, FactId};
use families::people::{PersonId, Standing};
use kernel::{Date, Timestamp, stored_words};

::store::record_id!(
    /// A decision to share, or not to.
    DecisionId
);
::store::record_id!(
    /// What a decision leaves to do.
    TaskId
);

stored_words! {
    /// What was decided.
    Outcome {
        /// Everything that was asked for, or that they need.
        Shared = "shared",
        /// Some of it.
        Part = "part",
        /// Nothing.
        Refused = "refused",
        /// Not yet.
        Deferred = "deferred",
        /// Somebody was asked for advice first.
        Advice = "advice",
    }
}
stored_words! {
    /// What lets it be shared.
    Ground {
        /// Somebody is in danger now.
        Emergency = "emergency",
        /// A law or a court order says so.
        Duty = "duty",
        /// Somebody is at risk of significant harm, or a serious crime can be prevented.
        Harm = "harm",
        /// The right person agrees.
        Agreement = "agreement",
        /// They do not agree, or cannot be asked, and the public interest outweighs it.
        PublicInterest = "public_interest",
        /// Nothing of it was told in confidence.
        NotConfidential = "not_confidential",
    }
}
stored_words! {
    /// What an item is, to whoever reads it.
    Label { Fact = "fact", Told = "told", Opinion = "opinion" }
}
stored_words! {
    /// Why an item is left out unless a reason is given for it.
    Protection {
        /// It is nothing that needs a reason of its own.
        None = "",
        /// It says where somebody is, or how to reach them.
        Place = "place",
        /// It tells of somebody else.
        ThirdParty = "third_party",
        /// It is about somebody who is shielded.
        Shielded = "shielded",
    }
}
stored_words! {
    /// Whether the family was told.
    Told { Yes = "yes", Later = "later", No = "no", Unsaid = "" }
}
stored_words! {
    /// What became of a decision.
    EventKind {
        Received = "received", Ended = "ended", PartEnded = "part_ended", Told = "told", NotTold = "not_told", Reviewed = "reviewed",
        Corrected = "corrected",
    }
}
stored_words! {
    /// What a decision leaves to do.
    TaskKind {
        /// To see that it has arrived.
        Receive = "receive",
        /// To give advice.
        Advise = "advise",
        /// To decide after all.
        Decide = "decide",
        /// To tell the family.
        Tell = "tell",
        /// To look again whether it is still right.
        Review = "review",
    }
}

impl Outcome {
    /// Returns the outcome in words.
    pub fn words(self) -> &'static str {
        match self {
            Self::Shared => "Shared",
            Self::Part => "Shared in part",
            Self::Refused => "Not shared",
            Self::Deferred => "To be decided later",
            Self::Advice => "Advice was asked for",
        }
    }

    /// Returns whether something was shared.
    pub fn is_shared(self) -> bool {
        matches!(self, Self::Shared | Self::Part)
    }
}

impl Ground {
    /// Returns what lets it be shared, in words.
    pub fn words(self) -> &'static str {
        match self {
            Self::Emergency => "Somebody was in danger",
            Self::Duty => "A law or a court order requires it",
            Self::Harm => "Somebody is at risk of significant harm, or a serious crime can be prevented",
            Self::Agreement => "The right person agrees",
            Self::PublicInterest => "The public interest outweighs that nobody agreed",
            Self::NotConfidential => "Nothing of it was told in confidence",
        }
    }
}

impl Label {
    /// Returns the label in words.
    pub fn words(self) -> &'static str {
        match self {
            Self::Fact => "Fact",
            Self::Told => "Told, not seen",
            Self::Opinion => "Opinion",
        }
    }
}

impl Protection {
    /// Returns why it is left out unless a reason is given, in words.
    pub fn words(self) -> &'static str {
        match self {
            Self::None => "",
            Self::Place => "It says where they are, or how to reach them",
            Self::ThirdParty => "It tells of somebody else",
            Self::Shielded => "It is about somebody who is shielded",
        }
    }
}

impl Told {
    /// Returns whether the family was told, in words.
    pub fn words(self) -> &'static str {
        match self {
            Self::Yes => "Yes",
            Self::Later => "Not yet",
            Self::No => "No",
            Self::Unsaid => "Nothing was shared",
        }
    }
}

impl Task {
    /// Returns where it is done.
    pub fn address(&self) -> String {
        let folder = if self.kind == TaskKind::Receive { "shared" } else { "shares" };
        format!("/{folder}/{}", self.decision)
    }
}

impl TaskKind {
    /// Returns what is to be done, in words.
    pub fn words(self) -> &'static str {
        match self {
            Self::Receive => "Read what was shared with you",
            Self::Advise => "Give advice on sharing",
            Self::Decide => "Decide whether to share",
            Self::Tell => "Tell the family what was shared",
            Self::Review => "Look again whether sharing is still right",
        }
    }
}

/// An item to be shared, with a reason where it is protected.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Picked {
    /// The fact.
    pub fact: FactId,
    /// Why it is needed although it is protected.
    pub why: String,
}

/// Whom it is shared with, and how it gets there.
#[derive(Clone, Debug, Default)]
pub struct Recipient {
    /// An agency of the area.
    pub agency: Option<AgencyId>,
    /// One practitioner of it alone.
    pub named: Option<PractitionerId>,
    /// Somebody else, or who it was of the agency.
    pub words: String,
    /// How, by id.
    pub method: String,
}

/// A decision to be kept.
#[derive(Clone, Debug)]
pub struct NewDecision {
    /// About whom.
    pub person: PersonId,
    /// The request that it answers.
    pub request: Option<RequestId>,
    /// What was decided.
    pub outcome: Outcome,
    /// What for, by id.
    pub purpose: String,
    /// What lets it be shared.
    pub ground: Option<Ground>,
    /// The danger, the duty, the risk or the public interest, in words.
    pub ground_words: String,
    /// The agreement that it rests on.
    pub agreement: Option<AgreementId>,
    /// Why agreement was not sought, or what was said.
    pub agreement_words: String,
    /// To whom, and how.
    pub to: Recipient,
    /// What was said, where it did not go through here.
    pub said_words: String,
    /// What was left out, and why.
    pub withheld_words: String,
    /// Why it was refused or put off; or the question for whoever advises.
    pub reason: String,
    /// What whoever asked is told of a refusal.
    pub answer_words: String,
    /// Whether the family was told.
    pub told: Told,
    /// How, or why not.
    pub told_words: String,
    /// What holds, by id.
    pub tests: Vec<String>,
    /// The items.
    pub items: Vec<Picked>,
    /// On which day it was shared or refused.
    pub happened_on: Date,
    /// When to look again.
    pub review_on: Option<Date>,
    /// Whose advice is asked.
    pub adviser: Option<PractitionerId>,
}

/// The lawful basis that was in force, as it was kept.
#[derive(Clone, Debug, Default)]
pub struct Basis {
    /// The law that lets the agency.
    pub gateway: String,
    /// UK GDPR, article 6.
    pub article_6: String,
    /// UK GDPR, article 9.
    pub article_9: String,
    /// Data Protection Act 2018, schedule.
    pub schedule: String,
    /// Who says so.
    pub source: String,
}

/// A decision as it is read.
#[derive(Clone, Debug)]
pub struct Decision {
    /// Which one.
    pub id: DecisionId,
    /// What it says; without its items.
    pub new: NewDecision,
    /// The lawful basis that was in force.
    pub basis: Basis,
    /// The date in force of the rules of sharing that it was made under.
    pub rules_in_force: String,
    /// The agency it was shared with, by name.
    pub to_agency: Option<String>,
    /// The practitioner, by name.
    pub to_named: Option<String>,
    /// Whether one of the two agencies knows somebody by where they are.
    pub agency_tells_place: bool,
    /// Whether that it is there names a sensitive service.
    pub class: Class,
    /// Who decided.
    pub author_id: PractitionerId,
    /// Their name.
    pub author: String,
    /// For which agency.
    pub agency_id: AgencyId,
    /// Its name.
    pub agency: String,
    /// When.
    pub decided_at: Timestamp,
    /// Whose advice was asked.
    pub adviser_id: Option<PractitionerId>,
    /// Who sees that it arrives.
    pub receiver_id: Option<PractitionerId>,
    /// When what it opened was ended.
    pub ended_at: Option<Timestamp>,
}

/// An item of a decision.
#[derive(Clone, Debug)]
pub struct Item {
    /// The fact.
    pub fact: FactId,
    /// What it is to whoever reads it.
    pub label: Label,
    /// Why it needed a reason.
    pub protection: Protection,
    /// The reason.
    pub why: String,
    /// A digest of what it said then.
    pub digest: String,
    /// The agreement that lets it be told.
    pub agreement: Option<AgreementId>,
}

/// What became of a decision.
#[derive(Clone, Debug)]
pub struct Event {
    /// What.
    pub kind: EventKind,
    /// Who, by name.
    pub by: Option<String>,
    /// For which agency.
    pub agency: Option<String>,
    /// When.
    pub at: Timestamp,
    /// In words.
    pub words: String,
}

/// What a decision leaves to do.
#[derive(Clone, Debug)]
pub struct Task {
    /// Which one.
    pub id: TaskId,
    /// Of which decision.
    pub decision: DecisionId,
    /// About whom.
    pub person: PersonId,
    /// What.
    pub kind: TaskKind,
    /// Who answers for it.
    pub owner_id: PractitionerId,
    /// Their name.
    pub owner: String,
    /// By when.
    pub due_on: Date,
    /// The question, for advice.
    pub words: String,
    /// When it was done.
    pub done_at: Option<Timestamp>,
    /// The advice.
    pub answer: String,
}

impl Decision {
    /// Returns the decision as the access rules see it. That it is there is told to nobody it does not concern.
    pub fn resource(&self, person: &Standing) -> Resource {
        let mut attrs = vec![
            ("class", Attr::Text(self.class.as_str().to_owned())),
            ("agencyTellsPlace", Attr::Flag(self.agency_tells_place)),
            ("agency", Attr::One("Agency", self.agency_id.0)),
            ("author", Attr::One("Practitioner", self.author_id.0)),
            ("person", Attr::One("Person", self.new.person.0)),
        ];
        // What was said by telephone is nobody's to read here but those who keep the record.
        let is_open_here = self.new.outcome.is_shared() && self.new.to.method == "here";
        if let Some(agency) = self.new.to.agency.filter(|_| is_open_here) {
            attrs.push(("toAgency", Attr::One("Agency", agency.0)));
        }
        if let Some(named) = self.new.to.named.filter(|_| is_open_here) {
            attrs.push(("toNamed", Attr::One("Practitioner", named.0)));
        }
        if let Some(adviser) = self.adviser_id {
            attrs.push(("adviser", Attr::One("Practitioner", adviser.0)));
        }
        if let Some(receiver) = self.receiver_id.filter(|_| is_open_here) {
            attrs.push(("receiver", Attr::One("Practitioner", receiver.0)));
        }
        let thing = Thing { kind: "ShareDecision", id: self.id.0, attrs };
        Resource { thing, beside: vec![person.thing()], subject_id: Some(self.new.person.0), hide_refusal: true }
    }
}
