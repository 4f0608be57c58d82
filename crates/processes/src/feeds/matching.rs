//! Whose record it is. For now verified identifiers alone decide; everything else waits, behind this one function.

use super::reading::Record;
use super::store;
use ::store::{AreaId, StoreResult, Tx};
use area::FeedSource;
use area::files::Field;
use families::facts::{Identifier, Scheme, Verified, rules};
use families::people::PersonId;

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

/// Returns whose record it is.
///
/// Rule \[3.22\]: what is scattered is brought together only where it surely belongs together: a verified identifier and the date of birth agree.
///
/// # Errors
/// [`::store::StoreError`] from the engine.
pub async fn find(tx: &mut Tx, area_id: AreaId, record: &Record, feed: &FeedSource) -> StoreResult<Match> {
    let identifiers = identifiers(record, feed);
    let mut is_verified = false;
    for identifier in &identifiers {
        let known = store::find_by_identifier(tx, area_id, identifier).await?;
        if known.is_empty() {
            is_verified |= identifier.verified == Verified::Verified;
            continue;
        }
        let agreeing: Vec<&store::Known> = known
            .iter()
            .filter(|one| (one.verified || identifier.verified == Verified::Verified) && agrees(one, record))
            .collect();
        return Ok(match agreeing.as_slice() {
            [one] if known.len() == 1 => Match::Person(one.person),
            _ => Match::Wait,
        });
    }
    Ok(if is_verified { Match::New } else { Match::Wait })
}

/// A date of birth that is known on both sides must be the same; a shared number with another birthday is no match.
fn agrees(known: &store::Known, record: &Record) -> bool {
    match (known.born, record.born()) {
        (Some(known), Some(here)) => known == here,
        _ => false,
    }
}
