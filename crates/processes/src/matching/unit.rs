//! What is matched: people who are here, and agencies' records that are nobody's yet. Pure.

use families::people::PersonId;

/// Somebody who is here, or a record that waits.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Unit {
    /// Somebody who is here.
    Person(PersonId),
    /// A record that waits, by its source and key.
    Waiting(String, String),
}

impl Unit {
    /// Returns its name among all.
    pub fn name(&self) -> String {
        match self {
            Self::Person(person) => format!("person {person}"),
            Self::Waiting(source, key) => format!("record {source} {key}"),
        }
    }

    /// Returns the person, where it is one.
    pub fn person(&self) -> Option<PersonId> {
        match self {
            Self::Person(person) => Some(*person),
            Self::Waiting(..) => None,
        }
    }

    /// Returns the source and the key, where it is a record.
    pub fn record(&self) -> Option<(&str, &str)> {
        match self {
            Self::Person(_) => None,
            Self::Waiting(source, key) => Some((source, key)),
        }
    }
}

/// Returns the name of two together, the same whichever comes first.
pub fn pair(one: &Unit, other: &Unit) -> String {
    let (first, second) = if one <= other { (one, other) } else { (other, one) };
    format!("{}, {}", first.name(), second.name())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn two_have_one_name_together_whichever_comes_first() {
        let (person, record) = (Unit::Person(PersonId(uuid::Uuid::nil())), Unit::Waiting("housing".into(), "4".into()));
        assert_eq!(pair(&person, &record), pair(&record, &person));
        assert_ne!(person.name(), record.name());
    }
}
