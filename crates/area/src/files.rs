//! One struct for each file of an area's folder.

use kernel::Date;
use serde::Deserialize;
use std::collections::BTreeMap;
use toml::Spanned;

/// Where a file's content comes from, and since when it is in force.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Provenance {
    /// Who says so: a document, a board, a paragraph.
    pub source: String,
    /// In force since.
    pub in_force: Date,
    /// Whether the area has still to confirm it.
    #[serde(default)]
    pub confirm: bool,
}

/// `area.toml`: name, words and colours.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Setting {
    /// Provenance.
    pub provenance: Provenance,
    /// Short name, in addresses and the database.
    pub code: String,
    /// The area's name.
    pub name: String,
    /// What the product is called here.
    pub product: String,
    /// The colour of the header, `#rrggbb`.
    pub colour: String,
    /// Where "Exit this page" leads.
    pub exit_to: String,
    /// Reasons for looking that people choose from: id and words.
    pub reasons: Vec<Choice>,
    /// How long a reason for looking lasts.
    pub asking_hours: u16,
    /// How a contact came about: id and words.
    pub channels: Vec<Choice>,
    /// How a contact can end without asking a service: id and words.
    pub contact_outcomes: Vec<Choice>,
    /// Why a service can decline: id and words.
    pub decline_reasons: Vec<Choice>,
    /// How support can end: id and words.
    pub support_outcomes: Vec<Choice>,
    /// What kinds of name somebody has: id and words. `usual` is the one a name has until somebody says otherwise.
    pub name_kinds: Vec<Choice>,
    /// What kinds of address somebody has: id and words. `home` is the one an address has until somebody says otherwise.
    pub address_kinds: Vec<Choice>,
    /// Languages that services speak and people are asked about: ISO 639 codes and words.
    pub languages: Vec<Choice>,
    /// How people can be related: id, words and the words from the other side.
    pub relationships: Vec<Relationship>,
}

/// Something to choose: an id that is kept and words that are shown.
#[derive(Clone, Debug, Deserialize, serde::Serialize)]
#[serde(deny_unknown_fields)]
pub struct Choice {
    /// Kept.
    pub id: String,
    /// Shown.
    pub words: String,
    /// Of an outcome: whether whoever recorded the contact goes on working with the person.
    #[serde(default)]
    pub continues: bool,
    /// Of an outcome: the role that brings the contact to its end, which only begins with this.
    #[serde(default)]
    pub hands_to: String,
    /// Of an outcome: it is the one that asking a service for support brings about by itself.
    #[serde(default)]
    pub by_referral: bool,
}

/// A kind of relationship and its inverse.
#[derive(Clone, Debug, Deserialize, serde::Serialize)]
#[serde(deny_unknown_fields)]
pub struct Relationship {
    /// Kept: the first person is this of the second.
    pub id: String,
    /// Shown from the first person: "mother or father of".
    pub words: String,
    /// The id seen from the second person.
    pub inverse: String,
    /// What the second person is to the first: "child".
    pub other: String,
    /// Whether the first person is a parent or carer of the second.
    #[serde(default)]
    pub makes_parent: bool,
}

/// `agencies.toml`.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct AgenciesFile {
    /// Provenance.
    pub provenance: Provenance,
    /// Agencies.
    pub agency: Vec<Agency>,
}

/// An organisation that works with families.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Agency {
    /// Short name in configuration and extracts.
    pub code: String,
    /// Its name.
    pub name: String,
    /// What kind it is.
    pub kind: AgencyKind,
    /// Whether that it works with somebody is itself sensitive (report 3.30, SI 2007/2182 reg 11).
    #[serde(default)]
    pub sensitive: bool,
    /// Whether that it knows somebody tells roughly where they are: a school, a surgery, a landlord.
    #[serde(default)]
    pub tells_place: bool,
    /// How much the practitioner index shows of its work; where it is left out, all of it, and nothing of a sensitive one.
    #[serde(default)]
    pub disclosure: Option<Disclosure>,
    /// How to reach it, where no practitioner of it is named.
    #[serde(default)]
    pub telephone: String,
    /// The code of the agency that it is part of now: what it was asked, that one is asked.
    #[serde(default)]
    pub merged_into: Option<Spanned<String>>,
}

impl Agency {
    /// Returns how much the practitioner index shows of its work.
    pub fn disclosure(&self) -> Disclosure {
        self.disclosure.unwrap_or(if self.sensitive { Disclosure::Hidden } else { Disclosure::Open })
    }
}

/// How much the practitioner index shows of an agency's work with somebody.
#[derive(Clone, Copy, Debug, Deserialize, PartialEq, Eq, PartialOrd, Ord)]
#[serde(rename_all = "snake_case")]
pub enum Disclosure {
    /// The agency, the practitioner and how to reach them.
    Open,
    /// The agency, and how to reach it; no practitioner.
    Existence,
    /// That a service is involved, never which: a message is passed on to it, and it decides.
    Brokered,
    /// Nothing.
    Hidden,
}

/// Which adults the practitioner index has.
#[derive(Clone, Copy, Debug, Deserialize, PartialEq, Eq)]
#[serde(rename_all = "snake_case")]
pub enum Adults {
    /// None.
    None,
    /// Those in a family with a child, or related to one.
    WithChildren,
}

/// `index.toml`: the practitioner index, and which looks somebody answers for.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Index {
    /// Provenance.
    pub provenance: Provenance,
    /// Until this age somebody is a child: years.
    pub child_until_years: i16,
    /// Which adults are in it.
    pub adults: Adults,
    /// How long work that has ended is shown: months.
    pub ended_shown_months: u16,
    /// The kind of information that somebody agrees to have told, before that a brokered service is involved is shown at all.
    pub broker_with: String,
    /// How long what was found can be looked at: minutes.
    pub look_minutes: u16,
    /// So many looks in an hour, and no more.
    pub looks_in_an_hour: u16,
    /// So many people are found at most.
    pub shown_at_most: u16,
    /// Working days within which a brokered service answers a message.
    pub message_answer_working_days: u16,
    /// Working days within which somebody sees an alert.
    pub alert_seen_working_days: u16,
    /// Working days within which a safeguarding lead decides about a shield that a practitioner has put up.
    pub shield_decide_working_days: u16,
    /// After so many months somebody looks whether a shield is still needed.
    pub shield_review_months: u16,
    /// Terms under which an assessment is recorded: that there is one is shown, not what it says.
    pub assessment_terms: Vec<String>,
    /// Looks before this hour of the day are out of hours.
    pub office_opens_hour: i8,
    /// Looks from this hour of the day on are out of hours.
    pub office_closes_hour: i8,
}

/// Kinds of agency that the report names.
#[derive(Clone, Copy, Debug, Deserialize, PartialEq, Eq, serde::Serialize)]
#[serde(rename_all = "snake_case")]
#[expect(missing_docs, reason = "each is its own name")]
pub enum AgencyKind {
    Housing,
    School,
    Health,
    Police,
    Probation,
    SocialCare,
    EarlyHelp,
    JobCentre,
    Charity,
    Council,
}

impl AgencyKind {
    /// Returns the stored word.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Housing => "housing",
            Self::School => "school",
            Self::Health => "health",
            Self::Police => "police",
            Self::Probation => "probation",
            Self::SocialCare => "social_care",
            Self::EarlyHelp => "early_help",
            Self::JobCentre => "job_centre",
            Self::Charity => "charity",
            Self::Council => "council",
        }
    }
}

/// What kind of fact a term is.
#[derive(Clone, Copy, Debug, Deserialize, PartialEq, Eq, PartialOrd, Ord, serde::Serialize)]
#[serde(rename_all = "snake_case")]
#[expect(missing_docs, reason = "each is its own name")]
pub enum TermKind {
    Strength,
    Aspiration,
    Need,
    Circumstance,
    Risk,
    Event,
}

impl TermKind {
    /// Returns the stored word.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Strength => "strength",
            Self::Aspiration => "aspiration",
            Self::Need => "need",
            Self::Circumstance => "circumstance",
            Self::Risk => "risk",
            Self::Event => "event",
        }
    }
}

/// `vocabulary.toml`.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct VocabularyFile {
    /// Provenance.
    pub provenance: Provenance,
    /// Terms, in the order in which they are offered.
    pub term: Vec<Term>,
}

/// A word of practice that facts are recorded under.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Term {
    /// Kept.
    pub id: String,
    /// Strength, need, …
    pub kind: TermKind,
    /// Shown.
    pub words: String,
    /// Words in a narrative that suggest it.
    #[serde(default)]
    pub hints: Vec<String>,
    /// What it maps to, as `framework.item`.
    #[serde(default)]
    pub maps: Vec<Spanned<String>>,
    /// How it is kept: confidential unless said otherwise.
    #[serde(default)]
    pub class: FactClass,
    /// Its place in the file.
    #[serde(skip)]
    pub place: usize,
}

/// How a fact is kept, by default.
#[derive(Clone, Copy, Debug, Default, Deserialize, PartialEq, Eq)]
#[serde(rename_all = "snake_case")]
pub enum FactClass {
    /// Seen by whoever works with the person.
    Ordinary,
    /// Seen by the agency that recorded it and those it is shared with.
    #[default]
    Confidential,
    /// Seen by those of the service who work with the person.
    SensitiveService,
}

impl FactClass {
    /// Returns the stored word.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Ordinary => "ordinary",
            Self::Confidential => "confidential",
            Self::SensitiveService => "sensitive_service",
        }
    }
}

/// `frameworks.toml`.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct FrameworksFile {
    /// Frameworks.
    pub framework: Vec<Framework>,
}

/// A framework that terms map to, so that nothing is typed again for a return.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Framework {
    /// Kept.
    pub id: String,
    /// Its name.
    pub name: String,
    /// Provenance.
    pub provenance: Provenance,
    /// Its items: id and words.
    pub items: BTreeMap<String, String>,
}

/// `levels.toml`.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct LevelsFile {
    /// Provenance.
    pub provenance: Provenance,
    /// Levels, the lowest first.
    pub level: Vec<Level>,
}

/// A level of need.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Level {
    /// Kept.
    pub id: String,
    /// Its name.
    pub name: String,
    /// What it means.
    pub words: String,
    /// What it asks for, in words.
    #[serde(default)]
    pub asks: Vec<String>,
    /// Working days within which a plan is begun; none is asked for where this is left out.
    pub plan_working_days: Option<u16>,
    /// Working days within which the plan is looked at again; as `plans.toml` says where this is left out.
    pub review_working_days: Option<u16>,
}

/// `clocks.toml`: how long things may take.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Clocks {
    /// Provenance.
    pub provenance: Provenance,
    /// Working days within which a referral is answered.
    pub referral_answer_working_days: u16,
    /// Working days after which an accepted referral is looked at again.
    pub referral_next_working_days: u16,
    /// Working days within which a contact has an outcome.
    pub contact_outcome_working_days: u16,
    /// Working days after which a family is looked at again.
    pub family_next_working_days: u16,
}

/// The words of a plan's copy in one language; `{family}`, `{name}`, `{lead}` and `{day}` are filled in.
#[derive(Clone, Debug, Deserialize, serde::Serialize)]
#[serde(deny_unknown_fields)]
#[expect(missing_docs, reason = "each is its own name, and says so in the example area")]
pub struct CopyWords {
    pub language: String,
    pub our_plan: String,
    pub copy_of: String,
    pub ask: String,
    pub look_again: String,
    pub hopes: String,
    pub strengths: String,
    pub wanted: String,
    pub well: String,
    pub does: String,
    pub others: String,
    pub everybody: String,
    pub done: String,
    pub count_on: String,
    pub expected: String,
    pub nothing: String,
    pub by: String,
    pub until: String,
}

/// `plans.toml`: how a family's plan is kept.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Plans {
    /// Provenance.
    pub provenance: Provenance,
    /// Working days after which a plan is looked at again.
    pub review_working_days: u16,
    /// Working days until an action is done, unless somebody says otherwise.
    pub action_working_days: u16,
    /// Working days within which the lead for a family is accepted or declined.
    pub handover_working_days: u16,
    /// Working days within which somebody is found to lead for a family that came together or came back.
    pub lead_working_days: u16,
    /// Working days within which a family that was not met is tried again.
    pub try_again_working_days: u16,
    /// Days after which somebody whom nobody has seen is looked for.
    pub unseen_days: u16,
    /// Working days within which everybody says whether they agree to a contract.
    pub contract_working_days: u16,
    /// Working days within which a manager agrees that support for a family ends, or does not.
    pub closing_working_days: u16,
    /// Why support for a family ends.
    pub closing: Vec<ClosingReason>,
    /// For how many families somebody leads at most, by their role, and by the families' level of need where one is named; none is said of roles
    /// that are left out.
    #[serde(default)]
    pub leads: Vec<LeadsMost>,
    /// What a family may agree on beforehand, in case it happens.
    pub if_worse: Vec<Choice>,
    /// The words of the copy for the fridge, by language; the first for everybody else.
    pub copy: Vec<CopyWords>,
    /// How much support and how much challenge may be agreed with somebody.
    pub balance: Vec<Choice>,
    /// How a need goes, in the area's own words, from the hardest on.
    pub progress: Vec<Choice>,
    /// What may hold somebody to something: contracts, orders, conditions; none where the area names none.
    #[serde(default)]
    pub enforcement: Vec<Enforcement>,
}

/// A kind of what holds somebody to something.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Enforcement {
    /// Kept.
    pub id: String,
    /// What it is called.
    pub words: String,
    /// Whether it is agreed with whoever it holds, and not ordered by somebody.
    #[serde(default)]
    pub agreed: bool,
}

/// Why support for a family ends.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ClosingReason {
    /// Kept.
    pub id: String,
    /// What it is called.
    pub words: String,
    /// So many tries to meet the family must be written down since they were met last.
    #[serde(default)]
    pub tries: u16,
    /// Whether somebody who manages the lead has to agree.
    #[serde(default)]
    pub needs_manager: bool,
}

/// For how many families somebody of a role leads at most: in all, or of a level.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct LeadsMost {
    /// The role.
    pub role: String,
    /// The level of need of the families; without, all are counted.
    #[serde(default)]
    pub level: Option<String>,
    /// Families.
    pub families: u16,
}

/// `matching.toml`: how sure the matching engine must be, in bits (log2 of the odds that two records are of one person).
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Matching {
    /// Provenance.
    pub provenance: Provenance,
    /// From here on somebody looks at it.
    pub propose_from: f32,
    /// From here on a record that waits is placed with the person it is of by itself; never, where this is left out.
    pub place_from: Option<f32>,
    /// Working days within which somebody looks.
    pub review_working_days: u16,
}

/// `holidays.toml`.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct HolidaysFile {
    /// Provenance.
    pub provenance: Provenance,
    /// Bank holidays.
    pub days: Vec<Date>,
}

/// `feeds/*.toml`: an extract that an agency sends.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct FeedSource {
    /// Provenance.
    pub provenance: Provenance,
    /// The agency's code; or of a file of several agencies, nothing.
    #[serde(default)]
    pub agency: Option<Spanned<String>>,
    /// The column that names the source of each row, in a file of several agencies.
    #[serde(default)]
    pub source_column: Option<String>,
    /// Its name.
    pub name: String,
    /// The column that tells records of this source apart.
    pub key: String,
    /// What is taken from which column.
    pub columns: BTreeMap<Field, String>,
    /// Identifiers that this source has verified.
    #[serde(default)]
    pub verified: Vec<Field>,
    /// Where each row tells of something that happened: its codes, and the terms they are recorded under.
    #[serde(default)]
    pub events: BTreeMap<String, Spanned<String>>,
}

/// What can be taken from an extract.
#[derive(Clone, Copy, Debug, Deserialize, PartialEq, Eq, PartialOrd, Ord, Hash, serde::Serialize)]
#[serde(rename_all = "snake_case")]
#[expect(missing_docs, reason = "each is its own name")]
pub enum Field {
    FirstName,
    MiddleName,
    LastName,
    BirthDate,
    Sex,
    House,
    Street,
    Town,
    Postcode,
    Phone,
    Email,
    NhsNumber,
    Upn,
    Nino,
    Year,
    Event,
    EventOn,
}

/// `people.toml`: made-up practitioners.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct PeopleFile {
    /// Practitioners.
    pub person: Vec<Person>,
}

/// A made-up practitioner.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Person {
    /// Name.
    pub name: String,
    /// Agency's code.
    pub agency: Spanned<String>,
    /// Team's name.
    pub team: String,
    /// What they do.
    pub job: String,
    /// Email address.
    pub email: String,
    /// Telephone.
    pub telephone: String,
    /// Roles.
    pub roles: Vec<String>,
    /// Whether they lack training, to show what then happens.
    #[serde(default)]
    pub untrained: bool,
}
