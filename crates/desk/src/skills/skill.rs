//! What somebody can do, what it is called, and until when it holds. Pure.

use access::PractitionerId;
use area::Area;
use kernel::{Date, Timestamp, stored_words};

::store::record_id!(
    /// That a practitioner has a skill.
    SkillId
);

stored_words! {
    /// What kind of skill it is.
    Kind {
        /// Something they can do: one of the area's list.
        Skill = "skill",
        /// A language they speak with families.
        Language = "language",
        /// Training that they took, until a day.
        Training = "training",
    }
}

/// That a practitioner has a skill, speaks a language, or took training.
#[derive(Clone, Debug)]
pub struct Skill {
    /// Which one.
    pub id: SkillId,
    /// Whose.
    pub practitioner: PractitionerId,
    /// What kind.
    pub kind: Kind,
    /// Which skill, language or training.
    pub code: String,
    /// The last day on which training holds.
    pub valid_until: Option<Date>,
    /// Since when it is known here.
    pub recorded_at: Timestamp,
}

/// Returns what a skill is called; its code when the area no longer lists it.
pub fn words(area: &Area, kind: Kind, code: &str) -> String {
    let of = |list: &[area::skills::SkillKind]| list.iter().find(|one| one.id == code).map(|one| one.words.clone());
    let known = match kind {
        Kind::Skill => of(&area.skills.skill),
        Kind::Training => of(&area.skills.training),
        Kind::Language => Some(area.language(code).to_owned()),
    };
    known.unwrap_or_else(|| code.to_owned())
}

/// Returns everything of a kind that the area lists: code and words.
pub fn listed(area: &Area, kind: Kind) -> Vec<(String, String)> {
    let of = |list: &[area::skills::SkillKind]| list.iter().map(|one| (one.id.clone(), one.words.clone())).collect();
    match kind {
        Kind::Skill => of(&area.skills.skill),
        Kind::Training => of(&area.skills.training),
        Kind::Language => area.setting.languages.iter().map(|one| (one.id.clone(), one.words.clone())).collect(),
    }
}

/// Returns whether training has ended or ends soon, so that whoever has it and whoever manages them are told.
///
/// Rule \[3.19\]: whoever works with families keeps what they need to know fresh.
pub fn is_due(skill: &Skill, today: Date, remind_days: u16) -> bool {
    let days = |until: Date| until.since(today).map_or(0, |span| span.get_days());
    skill.valid_until.is_some_and(|until| days(until) <= i32::from(remind_days))
}
