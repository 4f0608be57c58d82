//! `services.toml` and `directory.toml`: the area's own services, and the directories of others that are read.

use crate::files::Provenance;
use serde::Deserialize;
use std::collections::BTreeMap;
use toml::Spanned;

/// `services.toml`.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ServicesFile {
    /// Provenance.
    pub provenance: Provenance,
    /// Services.
    pub service: Vec<Service>,
}

/// A service that can be asked for support.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Service {
    /// Kept.
    pub id: String,
    /// The agency's code.
    pub agency: Spanned<String>,
    /// Its name.
    pub name: String,
    /// What it does, in a sentence.
    pub what: String,
    /// For whom.
    pub whom: String,
    /// Where, in words.
    #[serde(rename = "where")]
    pub place: String,
    /// When, in words.
    pub when: String,
    /// How to reach it.
    pub telephone: String,
    /// Where to write.
    pub email: Option<String>,
    /// Its page.
    pub url: Option<String>,
    /// Universal, targeted or specialist (report, Annex B).
    pub tier: Tier,
    /// Needs it meets: ids of terms.
    pub needs: Vec<Spanned<String>>,
    /// Languages it speaks, ISO 639.
    pub languages: Vec<Spanned<String>>,
    /// The youngest, in years.
    pub minimum_age: Option<u8>,
    /// The oldest, in years.
    pub maximum_age: Option<u8>,
    /// Who can have it, beyond age.
    pub eligibility: Option<String>,
    /// How it is asked, where not through this product alone.
    pub how_to_ask: Option<String>,
    /// What it costs a family.
    pub cost: Option<String>,
    /// Who pays for it.
    pub commissioned_by: Option<String>,
    /// What helps somebody get in and be understood.
    #[serde(default)]
    pub access: Vec<String>,
    /// Where it is given, to be found by distance; none where it comes to the family, or where it is must not be told.
    #[serde(default)]
    pub at: Vec<Premises>,
    /// When it is open, to be found by day.
    #[serde(default)]
    pub open: Vec<Opening>,
    /// Whether families find it themselves, and other directories may read it.
    #[serde(default = "yes")]
    pub public: bool,
}

fn yes() -> bool {
    true
}

/// Where a service is given.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Premises {
    /// The building.
    pub name: String,
    /// Street and number.
    pub address: String,
    /// Town.
    pub town: String,
    /// County.
    pub county: String,
    /// Postcode.
    pub postcode: Spanned<String>,
}

/// When a service is open.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Opening {
    /// Days of the week.
    pub days: Vec<Day>,
    /// From, as `09:00`.
    pub from: Spanned<String>,
    /// Until, as `17:30`.
    pub until: Spanned<String>,
}

/// A day of the week, as calendars write it (RFC 5545).
#[derive(Clone, Copy, Debug, Deserialize, PartialEq, Eq)]
#[expect(missing_docs, reason = "each is its own name")]
pub enum Day {
    MO,
    TU,
    WE,
    TH,
    FR,
    SA,
    SU,
}

impl Day {
    /// Every day, from Monday.
    pub const ALL: [Self; 7] = [Self::MO, Self::TU, Self::WE, Self::TH, Self::FR, Self::SA, Self::SU];

    /// Returns the two letters that calendars write.
    pub fn as_str(self) -> &'static str {
        ["MO", "TU", "WE", "TH", "FR", "SA", "SU"][self as usize]
    }

    /// Returns the day in English.
    pub fn words(self) -> &'static str {
        ["Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday"][self as usize]
    }

    /// Returns the day that a text writes, with or without the number that a month's days have: `TH`, `1TH`, `-1TH`.
    pub fn read(text: &str) -> Option<Self> {
        let letters = text.trim().trim_start_matches(|c: char| !c.is_ascii_alphabetic());
        Self::ALL.into_iter().find(|day| day.as_str().eq_ignore_ascii_case(letters))
    }
}

/// How high a service's threshold is (report, Annex B).
#[derive(Clone, Copy, Debug, Deserialize, PartialEq, Eq, serde::Serialize)]
#[serde(rename_all = "snake_case")]
#[expect(missing_docs, reason = "each is its own name")]
pub enum Tier {
    Universal,
    Targeted,
    Specialist,
}

impl Tier {
    /// Returns the stored word.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Universal => "universal",
            Self::Targeted => "targeted",
            Self::Specialist => "specialist",
        }
    }
}

/// `directory.toml`: how the directory is kept, and whose directories are read.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Directory {
    /// Provenance.
    pub provenance: Provenance,
    /// Days after which a service is asked again what places it has.
    pub capacity_days: u16,
    /// Of a hundred services of a source, so many may be gone at once before somebody is asked whether they are.
    pub gone_percent_max: u8,
    /// Hours between two readings of a source.
    pub every_hours: u16,
    /// Sources.
    #[serde(default)]
    pub source: Vec<Source>,
}

/// A directory of somebody else, read as the Open Referral UK standard says.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Source {
    /// Kept.
    pub id: String,
    /// Whose it is.
    pub name: String,
    /// Its address, to which `/services` is added.
    pub url: String,
    /// Under what terms its entries may be used.
    pub licence: String,
    /// Whether this area publishes them again.
    #[serde(default)]
    pub publish: bool,
    /// Which of its categories meet which needs: the term's id, address or name, and ids of our terms.
    #[serde(default)]
    pub meets: BTreeMap<String, Vec<Spanned<String>>>,
    /// Which of its organisations are agencies of the area, and can be asked: their id, and the agency's code.
    #[serde(default)]
    pub agencies: BTreeMap<String, Spanned<String>>,
}
