//! Whose record it is. For now verified identifiers alone decide; everything else waits, behind this one function.

use super::reading::Record;
use super::store::{self, Known};
use ::store::{AreaId, StoreResult, Tx};
use area::FeedSource;
use area::files::Field;
use families::facts::{Identifier, Scheme, Verified, rules};
use families::people::PersonId;
use kernel::partial_date::PartialDate;
use std::collections::{BTreeMap, BTreeSet, HashMap};

/// Whose record it is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Match {
    /// Somebody who is here.
    Person(PersonId),
    /// Somebody who is not here yet, known by a verified identifier.
    New,
    /// Nobody can tell yet.
    Wait,
}

/// Returns the identifiers of a record that pass their check, verified where the source has verified them.
pub fn identifiers(record: &Record, feed: &FeedSource) -> Vec<Identifier> {
    [(Field::NhsNumber, Scheme::NhsNumber), (Field::Upn, Scheme::Upn), (Field::Nino, Scheme::Nino)]
        .into_iter()
        .filter(|(field, _)| !record.get(*field).is_empty())
        .filter_map(|(field, scheme)| {
            let verified = if feed.verified.contains(&field) { Verified::Verified } else { Verified::Unverified };
            rules::check_identifier(Identifier { scheme, value: record.get(field).to_owned(), verified }).ok()
        })
        .collect()
}

/// Who is known by the identifiers of a batch of records, and whom the batch itself has made known.
pub struct Index {
    known: HashMap<(Scheme, String), Vec<Known>>,
}

impl Index {
    /// Returns who is known by these identifiers.
    ///
    /// # Errors
    /// [`::store::StoreError`] from the engine.
    pub async fn load(tx: &mut Tx, area_id: AreaId, identifiers: impl Iterator<Item = &Identifier>) -> StoreResult<Self> {
        let mut wanted: BTreeMap<Scheme, BTreeSet<&str>> = BTreeMap::new();
        for identifier in identifiers {
            wanted.entry(identifier.scheme).or_default().insert(&identifier.value);
        }
        let mut known: HashMap<(Scheme, String), Vec<Known>> = HashMap::new();
        for (scheme, values) in wanted {
            for (value, one) in store::find_by_identifiers(tx, area_id, scheme, values).await? {
                known.entry((scheme, value)).or_default().push(one);
            }
        }
        Ok(Self { known })
    }

    /// Returns whose record it is that has these identifiers and this date of birth.
    ///
    /// Rule \[3.22\]: what is scattered is brought together only where it surely belongs together: a verified identifier and the date of birth agree.
    pub fn find(&self, identifiers: &[Identifier], born: Option<PartialDate>) -> Match {
        let mut is_verified = false;
        for identifier in identifiers {
            let verified = identifier.verified == Verified::Verified;
            let Some(known) = self.known.get(&(identifier.scheme, identifier.value.clone())) else {
                is_verified |= verified;
                continue;
            };
            return match known.as_slice() {
                [one] if (one.verified || verified) && agrees(one, born) => Match::Person(one.person),
                _ => Match::Wait,
            };
        }
        if is_verified { Match::New } else { Match::Wait }
    }

    /// Makes a person known by what one more record says.
    pub fn add(&mut self, person: PersonId, identifiers: &[Identifier], born: Option<PartialDate>) {
        for identifier in identifiers {
            let verified = identifier.verified == Verified::Verified;
            let known = self.known.entry((identifier.scheme, identifier.value.clone())).or_default();
            match known.iter_mut().find(|one| one.person == person) {
                Some(one) => one.verified |= verified,
                None => known.push(Known { person, verified, born }),
            }
        }
    }
}

/// A date of birth that is known on both sides must be the same; a shared number with another birthday is no match.
fn agrees(known: &Known, born: Option<PartialDate>) -> bool {
    matches!((known.born, born), (Some(known), Some(here)) if known == here)
}
