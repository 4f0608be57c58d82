//! `custodian.toml`: what organisations outside the area may ask the index.

use crate::files::Provenance;
use kernel::Date;
use serde::Deserialize;

/// `custodian.toml`.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Custodian {
    /// Provenance.
    pub provenance: Provenance,
    /// Which agreements these are: said with every answer.
    pub version: String,
    /// From this day on nothing is answered, until somebody has looked at the agreements again.
    pub stale_from: Date,
    /// So many questions in a minute, of one organisation.
    pub asked_in_a_minute: u16,
    /// What was agreed.
    #[serde(default)]
    pub agreement: Vec<Agreement>,
}

/// That an organisation may ask something, or may not.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Agreement {
    /// The organisation's code.
    pub organisation: String,
    /// What for.
    pub purpose: String,
    /// What is answered.
    pub mode: Mode,
    /// Whether it is allowed.
    pub effect: Effect,
    /// From this day on.
    pub valid_from: Date,
    /// Through this day.
    pub valid_until: Date,
    /// Where it is written down.
    pub source: String,
}

/// What an answer tells.
#[derive(Clone, Copy, Debug, Deserialize, PartialEq, Eq)]
#[serde(rename_all = "snake_case")]
pub enum Mode {
    /// That somebody here works with them.
    Existence,
    /// Who works with them and how to reach them.
    Content,
}

impl Mode {
    /// Returns the stored word.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Existence => "existence",
            Self::Content => "content",
        }
    }
}

/// Whether something is allowed.
#[derive(Clone, Copy, Debug, Deserialize, PartialEq, Eq)]
#[serde(rename_all = "snake_case")]
pub enum Effect {
    /// It is.
    Allow,
    /// It is not, whatever else allows it.
    Deny,
}
