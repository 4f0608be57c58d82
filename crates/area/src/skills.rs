//! `skills.toml`: what practitioners can do, and what training they take.

use crate::files::Provenance;
use serde::Deserialize;

/// `skills.toml`: what practitioners can do, and what training they take.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Skills {
    /// Provenance.
    pub provenance: Provenance,
    /// Days before training ends on which whoever has it, and whoever manages them, are told.
    pub remind_days: u16,
    /// Skills that a practitioner says of themself.
    pub skill: Vec<SkillKind>,
    /// Training that somebody else records.
    pub training: Vec<SkillKind>,
}

/// A skill, or training.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct SkillKind {
    /// Kept.
    pub id: String,
    /// What it is called.
    pub words: String,
    /// Months that training holds; nothing of a skill.
    pub months: Option<u16>,
}
