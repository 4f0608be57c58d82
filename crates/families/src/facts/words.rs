//! Facts in plain words: what they say, who said so, how old that is. Pure.

use super::fact::{Answer, Fact, Kind, Shape};
use area::Area;
use kernel::{Date, british, clock};

/// Returns a fact as a sentence to share or read; nothing for who somebody is.
pub fn sentence(area: &Area, fact: &Fact) -> Option<String> {
    let new = &fact.new;
    let words = match new.kind {
        Kind::Name | Kind::Birth | Kind::Sex | Kind::Relationship | Kind::Involvement | Kind::Identifier => return None,
        Kind::Address => match &new.shape {
            Shape::Address { lines, town, postcode } => {
                let parts: Vec<&str> = [lines.as_str(), town, postcode].into_iter().filter(|part| !part.is_empty()).collect();
                format!("Address: {}", if parts.is_empty() { "no known address".to_owned() } else { parts.join(", ") })
            }
            Shape::Plain | Shape::Name { .. } | Shape::Identifier(_) | Shape::Relationship { .. } | Shape::Involvement { .. } => {
                "Address: no known address".to_owned()
            }
        },
        Kind::Phone => format!("Telephone: {}", new.words),
        Kind::Email => format!("Email: {}", new.words),
        Kind::School => format!("School: {}", new.words),
        Kind::Language if new.term == "interpreter" => format!("Language: {}, needs an interpreter", new.words),
        Kind::Language => format!("Language: {}", new.words),
        Kind::Narrative => new.words.clone(),
        Kind::Strength | Kind::Aspiration | Kind::Need | Kind::Circumstance | Kind::Risk | Kind::Event => {
            let term = area.words(&new.term);
            match (new.answer, new.words.is_empty()) {
                (Answer::Known, true) => term.to_owned(),
                (Answer::Known, false) => format!("{term}: {}", new.words),
                (answer, _) => format!("{term}: {}", answer.words()),
            }
        }
    };
    Some(words)
}

/// Returns anything known of who somebody is, in words: "Amy Barlow (known as), since 2019", "NHS number 943 476 5919, checked".
pub fn detail(area: &Area, fact: &Fact) -> String {
    let new = &fact.new;
    let of_kind = |choices: &[area::files::Choice]| {
        choices.iter().find(|choice| choice.id == new.term).map_or_else(String::new, |choice| format!(" ({})", choice.words))
    };
    let words = match (&new.shape, new.kind) {
        _ if new.answer != Answer::Known => new.answer.words().to_owned(),
        (Shape::Name { forenames, surname }, _) => {
            format!("{}{}", format!("{forenames} {surname}").trim(), of_kind(&area.setting.name_kinds).to_lowercase())
        }
        (Shape::Address { lines, town, postcode }, _) => {
            let parts: Vec<&str> = [lines.as_str(), town, postcode].into_iter().filter(|part| !part.is_empty()).collect();
            format!("{}{}", parts.join(", "), of_kind(&area.setting.address_kinds).to_lowercase())
        }
        (Shape::Identifier(identifier), _) => {
            format!("{} {}, {}", identifier.scheme.words(), identifier.value, identifier.verified.words())
        }
        (_, Kind::Birth) => {
            let on = new.holds_from.map_or_else(|| "not known".to_owned(), |on| on.words());
            return if new.term == "due" { format!("Due {on}") } else { on };
        }
        (_, Kind::Sex) => match new.term.as_str() {
            "F" => "Female".to_owned(),
            "M" => "Male".to_owned(),
            other => other.to_owned(),
        },
        (_, Kind::Language) if new.term == "interpreter" => format!("{}, needs an interpreter", new.words),
        (Shape::Plain | Shape::Relationship { .. } | Shape::Involvement { .. }, _) => new.words.clone(),
    };
    let mut letters = words.chars();
    let capital: String = letters.next().map(|c| c.to_uppercase().collect()).unwrap_or_default();
    format!("{capital}{}{}", letters.as_str(), holds(fact))
}

/// Returns since when and until when a fact holds, in words to put behind it: ", since 2019, until 3 May 2024".
pub fn holds(fact: &Fact) -> String {
    let since = fact.new.holds_from.map_or_else(String::new, |from| format!(", since {}", from.words()));
    let until = fact.new.holds_to.map_or_else(String::new, |to| format!(", until {}", to.words()));
    since + &until
}

/// Returns who said so and how old that is: "Told to Helen Marsh, Hillside Homes, by her sister, 3 weeks ago".
pub fn source(fact: &Fact, today: Date) -> String {
    let who = match &fact.author {
        Some(author) => format!("{author}, {}", fact.agency),
        None => fact.agency.clone(),
    };
    let standing = fact.new.standing.words();
    let mut letters = standing.chars();
    let capital: String = letters.next().map(|c| c.to_uppercase().collect()).unwrap_or_default();
    let by = if fact.new.told_by.is_empty() { String::new() } else { format!(", by {}", fact.new.told_by) };
    let age = british::age_of(clock::local_day(fact.recorded_at), today);
    format!("{capital}{} {who}{by}, {age}", letters.as_str())
}
