//! `signals.toml`: changes of circumstance that somebody looks at (report 3.28).

use crate::files::{AgencyKind, Provenance};
use serde::Deserialize;
use toml::Spanned;

/// `signals.toml`.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Signals {
    /// Provenance.
    pub provenance: Provenance,
    /// Working days within which somebody looks and says what comes of it.
    pub look_working_days: u16,
    /// What is looked for.
    pub signal: Vec<Definition>,
}

impl Signals {
    /// Returns a definition by its id; nothing when the area no longer has it.
    pub fn find(&self, id: &str) -> Option<&Definition> {
        self.signal.iter().find(|one| one.id == id)
    }
}

/// A change of circumstance: what it rests on, and what somebody should ask themself.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Definition {
    /// Kept.
    pub id: String,
    /// Shown.
    pub words: String,
    /// What to think about, for whoever looks.
    pub ask: String,
    /// Who says so: a paragraph, a protocol, a board.
    pub source: String,
    /// Of whom.
    pub of: Whom,
    /// What it rests on was so within so many days.
    pub within_days: u16,
    /// Everything that it rests on: all of these.
    pub rests_on: Vec<Evidence>,
}

/// Of whom a change of circumstance can be.
#[derive(Clone, Copy, Debug, Deserialize, PartialEq, Eq)]
#[serde(rename_all = "snake_case")]
pub enum Whom {
    /// Anybody.
    Anybody,
    /// A parent or carer.
    Parent,
    /// A child.
    Child,
}

/// Facts that a signal rests on.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Evidence {
    /// Recorded under one of these terms.
    pub terms: Vec<Spanned<String>>,
    /// So many of them, at different times or of different agencies.
    #[serde(default = "one")]
    pub at_least: u16,
    /// By agencies of these kinds; of any, where it is left out.
    #[serde(default)]
    pub agencies: Vec<AgencyKind>,
    /// About the person, or about whom they are a parent or child of.
    #[serde(default)]
    pub about: About,
}

fn one() -> u16 {
    1
}

/// Whose facts count.
#[derive(Clone, Copy, Debug, Default, Deserialize, PartialEq, Eq)]
#[serde(rename_all = "snake_case")]
pub enum About {
    /// The person's own.
    #[default]
    Themself,
    /// Their parents' or carers'.
    Parents,
    /// Their children's.
    Children,
}
