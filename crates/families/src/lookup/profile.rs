//! What is known of somebody, as the matching engine reads it. Pure.

use crate::facts::{Answer, Class, Fact, Identifier, Kind, NewFact, Scheme, Shape, Verified};
use crate::people::PersonId;
use linkage::place::Record;
use std::collections::BTreeMap;
use uuid::Uuid;

/// Kinds of fact that somebody is told apart by.
pub const KINDS: [Kind; 7] = [Kind::Name, Kind::Birth, Kind::Sex, Kind::Address, Kind::Phone, Kind::Email, Kind::Identifier];
/// Nobody is compared by more records than this.
const PROFILES_MAX: usize = 16;

/// Returns whether a fact takes part in matching: ordinary, known, and of a kind that tells somebody apart.
///
/// Rule \[3.30\]: what is confidential, restricted or a sensitive service's takes no part in matching (note 16).
pub fn takes_part(fact: &NewFact) -> bool {
    fact.class == Class::Ordinary && fact.answer == Answer::Known && KINDS.contains(&fact.kind)
}

/// Returns the place of a scheme among the engine's numbers.
pub fn place_of(scheme: Scheme) -> usize {
    match scheme {
        Scheme::NhsNumber => 0,
        Scheme::Upn => 1,
        Scheme::Nino => 2,
    }
}

/// Returns the house and the street of an address's first lines: "Flat 3, 12 High Street" is at 12, flat 3.
pub fn house_and_street(lines: &str) -> (&str, &str) {
    let words: Vec<&str> = lines.split_whitespace().collect();
    let is_numbered = |word: &str| word.starts_with(|c: char| c.is_ascii_digit());
    let begins_with_house = words
        .first()
        .is_some_and(|first| is_numbered(first) || ["flat", "apartment", "unit"].contains(&first.to_ascii_lowercase().as_str()));
    let last = words.iter().take(5).rposition(|word| is_numbered(word)).filter(|_| begins_with_house);
    let rest = last.and_then(|last| words.get(last + 1)).and_then(|street| lines.rfind(street).map(|at| lines.split_at(at)));
    rest.or_else(|| lines.split_once(',')).map_or(("", lines), |(house, street)| (house.trim(), street.trim()))
}

/// Adds what one fact says to a record.
fn add(record: &mut Record, fact: &NewFact) {
    match &fact.shape {
        Shape::Name { forenames, surname } => {
            record.first_name.clone_from(forenames);
            record.last_name.clone_from(surname);
        }
        Shape::Address { lines, postcode, .. } => {
            let (house, street) = house_and_street(lines);
            (record.house, record.street) = (house.to_owned(), street.to_owned());
            record.postcode.clone_from(postcode);
        }
        Shape::Identifier(Identifier { scheme, value, verified }) => {
            record.numbers[place_of(*scheme)].clone_from(value);
            record.verified[place_of(*scheme)] = *verified == Verified::Verified;
        }
        Shape::Plain | Shape::Relationship { .. } | Shape::Involvement { .. } => match fact.kind {
            Kind::Birth if fact.term.is_empty() => {
                record.born = fact.holds_from.map(|on| on.to_string()).unwrap_or_default();
            }
            Kind::Sex => record.sex.clone_from(&fact.term),
            Kind::Phone => record.phone.clone_from(&fact.words),
            Kind::Email => record.email.clone_from(&fact.words),
            _ => {}
        },
    }
}

/// Returns the record that facts of one source come to.
pub fn record_of<'a>(facts: impl Iterator<Item = &'a NewFact>) -> Record {
    let mut record = Record::default();
    facts.filter(|fact| takes_part(fact)).for_each(|fact| add(&mut record, fact));
    record
}

/// Takes from another record what this one does not say.
fn fill(record: &mut Record, from: &Record) {
    let is_placed = !record.postcode.is_empty() || !record.street.is_empty();
    if !is_placed {
        (record.house, record.street) = (from.house.clone(), from.street.clone());
        record.postcode.clone_from(&from.postcode);
    }
    if record.last_name.is_empty() || record.first_name.is_empty() {
        let of_name = [(&mut record.first_name, &from.first_name), (&mut record.last_name, &from.last_name)];
        of_name.into_iter().filter(|(mine, _)| mine.is_empty()).for_each(|(mine, theirs)| mine.clone_from(theirs));
    }
    let others = [
        (&mut record.born, &from.born),
        (&mut record.sex, &from.sex),
        (&mut record.phone, &from.phone),
        (&mut record.email, &from.email),
    ];
    others.into_iter().filter(|(mine, _)| mine.is_empty()).for_each(|(mine, theirs)| mine.clone_from(theirs));
    for at in 0..record.numbers.len() {
        if record.numbers[at].is_empty() {
            record.numbers[at].clone_from(&from.numbers[at]);
            record.verified[at] = from.verified[at];
        }
    }
}

/// What the sources of one person say, each by itself: a record for each source of theirs and each name, whose agency is its source.
pub fn sources(facts: &[&Fact]) -> Vec<Record> {
    let mut of_source: BTreeMap<Option<Uuid>, Vec<&Fact>> = BTreeMap::new();
    for fact in facts.iter().filter(|fact| takes_part(&fact.new)) {
        // What people typed is one source, whoever they are.
        of_source.entry(fact.new.origin.filter(|_| fact.author_id.is_none())).or_default().push(fact);
    }
    let mut records: Vec<Record> = Vec::new();
    for mut of_source in of_source.into_values() {
        of_source.sort_by_key(|fact| (fact.recorded_at, fact.id));
        let mut whole = record_of(of_source.iter().map(|fact| &fact.new));
        whole.source = of_source.first().map(|fact| fact.agency_id.to_string()).unwrap_or_default();
        let names = of_source.iter().filter(|fact| fact.new.kind == Kind::Name).rev();
        let mut named: Vec<Record> = Vec::new();
        for fact in names {
            let mut record = whole.clone();
            (record.first_name, record.last_name) = (String::new(), String::new());
            add(&mut record, &fact.new);
            fill(&mut record, &whole);
            if !named.contains(&record) {
                named.push(record);
            }
        }
        records.extend(if named.is_empty() { vec![whole] } else { named });
    }
    records.truncate(PROFILES_MAX);
    records
}

/// What one person is compared by when somebody is looked up: what their sources say, each filled from the others.
pub fn profiles(facts: &[&Fact]) -> Vec<Record> {
    let mut records = sources(facts);
    let all = records.clone();
    for record in &mut records {
        record.source = String::new();
        all.iter().for_each(|other| fill(record, other));
    }
    let mut told: Vec<Record> = Vec::new();
    for record in records {
        if !told.contains(&record) {
            told.push(record);
        }
    }
    told
}

/// Returns the profiles of several people, from the facts of all of them.
pub fn profiles_of(facts: &[Fact]) -> BTreeMap<PersonId, Vec<Record>> {
    let mut of_person: BTreeMap<PersonId, Vec<&Fact>> = BTreeMap::new();
    for fact in facts {
        of_person.entry(fact.new.person).or_default().push(fact);
    }
    of_person.into_iter().map(|(person, facts)| (person, profiles(&facts))).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_address_is_taken_apart_where_the_street_begins() {
        assert_eq!(house_and_street("44 Green Way"), ("44", "Green Way"));
        assert_eq!(house_and_street("Flat 3, 12 High Street"), ("Flat 3, 12", "High Street"));
        assert_eq!(house_and_street("Rose Cottage, Mill Lane"), ("Rose Cottage", "Mill Lane"));
        assert_eq!(house_and_street("Mill Lane"), ("", "Mill Lane"));
        assert_eq!(house_and_street("12"), ("", "12"));
        assert_eq!(house_and_street(""), ("", ""));
    }

    /// Rule [3.30]
    #[test]
    fn what_is_not_ordinary_takes_no_part() {
        let person = PersonId(Uuid::nil());
        let name = NewFact::name(person, "Amy", "Barlow");
        assert!(takes_part(&name));
        for class in [Class::Confidential, Class::Restricted, Class::SensitiveService] {
            assert!(!takes_part(&NewFact { class, ..name.clone() }));
        }
        assert!(!takes_part(&NewFact { answer: Answer::Refused, ..name }));
    }
}
