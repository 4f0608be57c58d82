//! `sharing.toml`: agreements, and deciding to share.

use crate::files::{AgencyKind, Choice, Provenance};
use kernel::Date;
use serde::Deserialize;

/// The questions of the path, in their order.
pub const QUESTIONS: [&str; 7] = ["danger", "purpose", "duty", "harm", "items", "agreement", "tests"];

/// `sharing.toml`.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Sharing {
    /// Provenance.
    pub provenance: Provenance,
    /// How long an agreement lasts, unless something shorter is agreed: months.
    pub agreement_months: u16,
    /// How long before it ends somebody asks again: days.
    pub agreement_warn_days: u16,
    /// Working days within which another agency's request is answered.
    pub request_answer_working_days: u16,
    /// Working days within which advice is given.
    pub advice_answer_working_days: u16,
    /// Working days within which a family is told what was shared, where it was not told at once.
    pub tell_family_working_days: u16,
    /// Working days within which whoever is told sees it; the same day where somebody is at risk.
    pub receive_working_days: u16,
    /// From this age on a child may be found competent to agree for themself: years.
    pub child_may_agree_from_years: u16,
    /// From this age on somebody is taken to be able to agree for themself: years.
    pub adult_from_years: u16,
    /// Kinds of information, as families are asked about them.
    pub information: Vec<Information>,
    /// How it was explained.
    pub explained: Vec<Choice>,
    /// What shows that it was said.
    pub evidence: Vec<Evidence>,
    /// What information is shared for.
    pub purpose: Vec<Purpose>,
    /// The lawful bases of kinds of agency for purposes.
    pub basis: Vec<Basis>,
    /// The questions of the path.
    pub question: Vec<Question>,
    /// What holds before something is shared.
    pub test: Vec<Choice>,
    /// How something reaches the other. `here` is by a grant in this system.
    pub method: Vec<Choice>,
}

/// A kind of information.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Information {
    /// Kept.
    pub id: String,
    /// Shown.
    pub words: String,
    /// Kinds of fact that belong to it.
    #[serde(default)]
    pub kinds: Vec<String>,
    /// Terms that belong to it, whatever their kind.
    #[serde(default)]
    pub terms: Vec<String>,
}

/// What shows that somebody agreed.
#[derive(Clone, Debug, Deserialize, serde::Serialize)]
#[serde(deny_unknown_fields)]
pub struct Evidence {
    /// Kept.
    pub id: String,
    /// Shown.
    pub words: String,
    /// Whether a witness is named.
    #[serde(default)]
    pub witness: bool,
}

/// What information is shared for.
#[derive(Clone, Debug, Deserialize, serde::Serialize)]
#[serde(deny_unknown_fields)]
pub struct Purpose {
    /// Kept.
    pub id: String,
    /// Shown.
    pub words: String,
    /// Whether it is to protect somebody from harm.
    #[serde(default)]
    pub protects: bool,
}

/// The lawful basis of some kinds of agency for some purposes.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Basis {
    /// Purposes, by id.
    pub purposes: Vec<String>,
    /// Kinds of agency.
    pub agencies: Vec<AgencyKind>,
    /// The law that lets them.
    pub gateway: String,
    /// UK GDPR, article 6.
    pub article_6: String,
    /// UK GDPR, article 9.
    pub article_9: String,
    /// Data Protection Act 2018, schedule.
    pub schedule: String,
    /// Who says so.
    pub source: String,
    /// In force since.
    pub in_force: Date,
    /// Whether the area has still to confirm it.
    #[serde(default)]
    pub confirm: bool,
}

/// A question of the path, why it is asked, and the law in a sentence.
#[derive(Clone, Debug, Deserialize, serde::Serialize)]
#[serde(deny_unknown_fields)]
pub struct Question {
    /// Kept.
    pub id: String,
    /// The question.
    pub words: String,
    /// Why it is asked.
    pub why: String,
    /// The law in a sentence.
    pub law: String,
    /// Who says so.
    pub source: String,
    /// Whether the area has still to confirm it.
    #[serde(default)]
    pub confirm: bool,
}

impl Sharing {
    /// Returns the kind of information that a fact belongs to, by its kind and term.
    pub fn information_of(&self, kind: &str, term: &str) -> Option<&Information> {
        let by_term = self.information.iter().find(|information| information.terms.iter().any(|one| one == term));
        by_term.or_else(|| self.information.iter().find(|information| information.kinds.iter().any(|one| one == kind)))
    }

    /// Returns a kind of information's words; its id when the area no longer has it.
    pub fn information_words<'a>(&'a self, id: &'a str) -> &'a str {
        self.information.iter().find(|one| one.id == id).map_or(id, |one| one.words.as_str())
    }

    /// Returns a purpose.
    pub fn purpose(&self, id: &str) -> Option<&Purpose> {
        self.purpose.iter().find(|purpose| purpose.id == id)
    }

    /// Returns the lawful basis of a kind of agency for a purpose on a day: the one that came into force last.
    pub fn basis(&self, purpose: &str, agency: AgencyKind, on: Date) -> Option<&Basis> {
        let fits = |basis: &&Basis| {
            basis.purposes.iter().any(|one| one == purpose) && basis.agencies.contains(&agency) && basis.in_force <= on
        };
        self.basis.iter().filter(fits).max_by_key(|basis| basis.in_force)
    }

    /// Returns a question of the path.
    pub fn question(&self, id: &str) -> Option<&Question> {
        self.question.iter().find(|question| question.id == id)
    }
}
