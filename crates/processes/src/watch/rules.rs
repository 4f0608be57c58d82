//! What is unusual about a look. Pure.

use area::files::Index;
use kernel::{Timestamp, clock, names, stored_words};

stored_words! {
    /// What is unusual about a look.
    Pattern {
        /// The person's last name is one's own.
        OwnName = "own_name",
        /// The person has the name of somebody who signs in here.
        Colleague = "colleague",
        /// Out of hours.
        OutOfHours = "out_of_hours",
        /// Many in an hour.
        Many = "many",
        /// Nobody works with them.
        NobodyWorks = "nobody_works",
    }
}

impl Pattern {
    /// Returns what is unusual, in words.
    pub fn words(self) -> &'static str {
        match self {
            Self::OwnName => "They have the last name of whoever looked",
            Self::Colleague => "They have the name of somebody who works here",
            Self::OutOfHours => "It was out of hours",
            Self::Many => "There were many in an hour",
            Self::NobodyWorks => "Nobody works with them",
        }
    }
}

/// What is known of a look.
#[derive(Clone, Debug)]
pub struct Look<'a> {
    /// The name of whoever looked.
    pub looker: &'a str,
    /// Every name of whoever was looked at: first names and last names.
    pub names: &'a [(String, String)],
    /// The names of everybody who signs in here, as they are kept, that could be theirs.
    pub colleagues: &'a [String],
    /// When.
    pub at: Timestamp,
    /// At how many people they looked in the hour before.
    pub in_an_hour: i64,
    /// Whether it is a day on which the office works.
    pub is_working_day: bool,
    /// Whether anybody works with them.
    pub is_worked_with: bool,
}

/// Returns what is unusual about a look; usually nothing.
///
/// Rule \[3.30\]: unusual looks are noticed, and somebody answers for each (note 16).
pub fn patterns(look: &Look<'_>, index: &Index) -> Vec<Pattern> {
    let own = names::folded_words(look.looker);
    let own_surname = own.last().map_or("", String::as_str);
    let has_own = look.names.iter().any(|(_, surname)| names::folded_words(surname).iter().any(|word| word == own_surname));
    let whole = |(forenames, surname): &(String, String)| names::fold(&format!("{forenames} {surname}"));
    let is_colleague =
        look.names.iter().any(|name| look.colleagues.iter().any(|colleague| names::fold(colleague) == whole(name)));
    let hour = clock::local_hour(look.at);
    let found = [
        (Pattern::OwnName, has_own && !own_surname.is_empty()),
        (Pattern::Colleague, is_colleague),
        (Pattern::OutOfHours, !look.is_working_day || hour < index.office_opens_hour || hour >= index.office_closes_hour),
        (Pattern::Many, look.in_an_hour * 2 >= i64::from(index.looks_in_an_hour)),
        (Pattern::NobodyWorks, !look.is_worked_with),
    ];
    found.into_iter().filter(|(_, is)| *is).map(|(pattern, _)| pattern).collect()
}
