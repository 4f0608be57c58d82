//! An area's configuration: versioned TOML files with a source and a date in force.
//!
//! Read in this order: [`Area`], [`files`] (one struct a file), [`check`] (what must fit together).
//!
//! Invariant: thresholds, clocks, code lists and words are here and nowhere in code.
//! Invariant: an area that does not check does not start.

pub mod check;
pub mod custodian;
pub mod files;
pub mod guidance;
pub mod notices;
mod read;
pub mod retention;
pub mod services;
pub mod sharing;
pub mod signals;
pub mod skills;
#[cfg(test)]
mod tests;

pub use files::{Clocks, FeedSource, Level, Person, Setting, Term, TermKind};
use kernel::working_days::BankHolidays;
pub use services::Service;
use std::collections::BTreeMap;
use std::path::Path;

/// What is wrong with a file, where, and what to do.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{file}:{line}: {problem}. {remedy}")]
pub struct AreaError {
    /// The file, from the area's folder.
    pub file: String,
    /// The line, from one.
    pub line: usize,
    /// What is wrong.
    pub problem: String,
    /// What to do.
    pub remedy: String,
}

/// An area's configuration, whole and checked.
#[derive(Clone, Debug)]
pub struct Area {
    /// Name, words and colours.
    pub setting: Setting,
    /// Agencies by code.
    pub agencies: BTreeMap<String, files::Agency>,
    /// Terms by id.
    pub terms: BTreeMap<String, Term>,
    /// Frameworks that terms map to, by id.
    pub frameworks: BTreeMap<String, files::Framework>,
    /// Services by id.
    pub services: BTreeMap<String, Service>,
    /// How the service directory is kept, and whose are read.
    pub directory: services::Directory,
    /// Levels of need, the lowest first.
    pub levels: Vec<Level>,
    /// Clocks.
    pub clocks: Clocks,
    /// How sure the matching engine must be.
    pub matching: files::Matching,
    /// How a family's plan is kept.
    pub plans: files::Plans,
    /// What practitioners can do, and what training they take.
    pub skills: skills::Skills,
    /// Agreements, and deciding to share.
    pub sharing: sharing::Sharing,
    /// The practitioner index, and which looks somebody answers for.
    pub index: files::Index,
    /// What organisations outside the area may ask the index.
    pub custodian: custodian::Custodian,
    /// Changes of circumstance that somebody looks at.
    pub signals: signals::Signals,
    /// Telling people outside the product that there is news.
    pub notices: notices::Notices,
    /// How long what is no record of a family is kept.
    pub retention: retention::Retention,
    /// Guidance that is shown at the moment of a decision.
    pub guidance: Vec<guidance::Guidance>,
    /// Bank holidays.
    pub holidays: BankHolidays,
    /// Extracts that agencies send, by source.
    pub feeds: BTreeMap<String, FeedSource>,
    /// Rules of access that the area adds: file name and text.
    pub policies: Vec<(String, String)>,
    /// Made-up practitioners for trying the product out; a real area has none.
    pub people: Vec<Person>,
}

impl Area {
    /// Reads and checks the area in a folder.
    ///
    /// # Errors
    /// Every [`AreaError`] found, not only the first.
    pub fn load(folder: &Path) -> Result<Self, Vec<AreaError>> {
        let area = read::read(folder)?;
        let errors = check::check(&area);
        if errors.is_empty() { Ok(area.into_area()) } else { Err(errors) }
    }

    /// Returns a term's words; its id when the vocabulary no longer has it.
    pub fn words<'a>(&'a self, term: &'a str) -> &'a str {
        self.terms.get(term).map_or(term, |term| term.words.as_str())
    }

    /// Returns the guidance that is shown at a place, in the order of its files' names.
    pub fn guidance_at<'a>(&'a self, place: &'a str) -> impl Iterator<Item = &'a guidance::Guidance> {
        self.guidance.iter().filter(move |one| one.at.iter().any(|at| at == place))
    }

    /// Returns a language's words by its code; the code when the area no longer lists it.
    pub fn language<'a>(&'a self, code: &'a str) -> &'a str {
        self.setting.languages.iter().find(|language| language.id == code).map_or(code, |language| language.words.as_str())
    }

    /// Returns the terms of a kind, in the vocabulary's order.
    pub fn terms_of(&self, kind: TermKind) -> Vec<&Term> {
        let mut terms: Vec<&Term> = self.terms.values().filter(|term| term.kind == kind).collect();
        terms.sort_by_key(|term| term.place);
        terms
    }

    /// Returns the terms whose hints occur in a text, in the vocabulary's order: suggestions to accept, never forced.
    ///
    /// Rule \[2.3\]: staff see any moment of engagement as a chance to notice wider need.
    pub fn suggest<'a>(&'a self, narrative: &str) -> Vec<&'a Term> {
        let folded = format!(" {} ", kernel::names::fold(narrative));
        let mut found: Vec<&Term> = self
            .terms
            .values()
            .filter(|term| term.hints.iter().any(|hint| folded.contains(&format!(" {}", kernel::names::fold(hint)))))
            .collect();
        found.sort_by_key(|term| term.place);
        found
    }
}
