//! Whom the index has, what it shows of their services, and what is enough to go on. Pure.

use super::entry::{Entry, Involved, Sought};
use access::AgencyId;
use area::files::{Adults, Agency, Disclosure, Index};
use families::facts::{Identifier, NewFact, Scheme, Shape, Verified, rules as facts};
use families::people::PersonId;
use kernel::partial_date::PartialDate;
use kernel::postcode::Postcode;
use kernel::{Date, Span, Timestamp, clock, names};
use std::collections::{BTreeMap, BTreeSet};

/// What is wrong with what was asked, and what to do.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum SoughtRule {
    /// Too little to tell one from another: nobody browses.
    #[error("Write a number; or first and last name, and the whole date of birth or the postcode")]
    TooLittle,
    /// Signs that stand for anything find everybody.
    #[error("Write names as they are: * and ? find nobody")]
    Wildcard,
    /// Half a postcode is a town.
    #[error("Write the whole postcode")]
    Postcode,
    /// A number that does not pass its check.
    #[error("{0}")]
    Number(String),
}

/// Checks whom somebody seeks, and returns what the matching engine looks up: facts of nobody.
///
/// Rule \[3.30\]: the index is asked about one person, by whoever knows enough to name them; it is no list to browse (note 16).
///
/// # Errors
/// [`SoughtRule`].
pub fn sought(sought: &Sought) -> Result<Vec<NewFact>, SoughtRule> {
    let nobody = PersonId(uuid::Uuid::nil());
    let written = [&sought.forenames, &sought.surname, &sought.postcode];
    if written.iter().any(|text| text.contains(['*', '?', '%', '_'])) {
        return Err(SoughtRule::Wildcard);
    }
    let mut wanted = Vec::new();
    if !sought.number.trim().is_empty() {
        wanted.push(NewFact {
            shape: Shape::Identifier(number(&sought.number)?),
            ..NewFact::plain(nobody, families::facts::Kind::Identifier, "", "")
        });
    }
    let is_named = !names::fold(&sought.forenames).is_empty() && !names::fold(&sought.surname).is_empty();
    let postcode = match sought.postcode.trim() {
        "" => None,
        written => Some(written.parse::<Postcode>().map_err(|_| SoughtRule::Postcode)?),
    };
    let is_born = sought.born.and_then(PartialDate::exact).is_some();
    if wanted.is_empty() && !(is_named && (is_born || postcode.is_some())) {
        return Err(SoughtRule::TooLittle);
    }
    if is_named {
        wanted.push(NewFact::name(nobody, sought.forenames.trim(), sought.surname.trim()));
    }
    if let Some(born) = sought.born {
        wanted.push(NewFact::birth(nobody, born));
    }
    if let Some(postcode) = postcode {
        let shape = Shape::Address { lines: String::new(), town: String::new(), postcode: postcode.to_string() };
        wanted.push(NewFact { shape, ..NewFact::plain(nobody, families::facts::Kind::Address, "home", "") });
    }
    Ok(wanted)
}

/// Reads a number as one of those that can be checked.
fn number(typed: &str) -> Result<Identifier, SoughtRule> {
    let is_upn = typed.trim().starts_with(|c: char| c.is_ascii_alphabetic());
    let scheme = if is_upn { Scheme::Upn } else { Scheme::NhsNumber };
    let identifier = Identifier { scheme, value: typed.to_owned(), verified: Verified::Unverified };
    facts::check_identifier(identifier).map_err(|e| SoughtRule::Number(e.to_string()))
}

/// Returns whether the index has somebody: a child or unborn child; an adult only as the area says. Who has no date of birth is not left
/// out for want of one.
///
/// Rule \[3.30\]: the index is of children; an adult is in it only for a child's sake (note 16).
pub fn is_in_index(born: Option<PartialDate>, has_child: bool, today: Date, index: &Index) -> bool {
    let is_child = born.is_none_or(|born| born.age_years(today).0 < index.child_until_years);
    is_child || (index.adults == Adults::WithChildren && has_child)
}

/// Returns the lines of the index, in the order of agencies' names; those that have ended last.
///
/// Rule \[3.30\]: services are shown as the area discloses them; a sensitive one is never named, and that there is one only where they
/// agreed that it is told (note 16).
pub fn entries(
    involved: &[Involved],
    agencies: &BTreeMap<String, Agency>,
    (today, brokered): (Date, &BTreeSet<AgencyId>),
    index: &Index,
) -> Vec<Entry> {
    let shown_from = today.checked_sub(Span::new().months(i64::from(index.ended_shown_months))).unwrap_or(today);
    let ended_on = |one: &Involved| one.ended_at.map(clock::local_day);
    let mut entries: Vec<(bool, String, Entry)> = Vec::new();
    for one in involved.iter().filter(|one| ended_on(one).is_none_or(|on| on >= shown_from)) {
        let agency = agencies.get(&one.code);
        let telephone = agency.map_or("", |agency| agency.telephone.as_str());
        // An agency that the area's configuration does not have is shown to nobody.
        let entry = match agency.map_or(Disclosure::Hidden, Agency::disclosure) {
            Disclosure::Open => open(one, telephone, ended_on(one)),
            Disclosure::Existence if one.ended_at.is_none() => {
                Entry::Existence { agency: one.agency.clone(), telephone: telephone.to_owned() }
            }
            Disclosure::Brokered if one.ended_at.is_none() && brokered.contains(&one.agency_id) => Entry::Brokered,
            Disclosure::Existence | Disclosure::Brokered | Disclosure::Hidden => continue,
        };
        if !entries.iter().any(|(_, _, known)| *known == entry) {
            let name = if entry == Entry::Brokered { String::new() } else { one.agency.clone() };
            entries.push((one.ended_at.is_some(), name, entry));
        }
    }
    entries.sort_by(|a, b| (a.0, a.2 == Entry::Brokered, &a.1).cmp(&(b.0, b.2 == Entry::Brokered, &b.1)));
    entries.into_iter().map(|(_, _, entry)| entry).collect()
}

fn open(one: &Involved, telephone: &str, until: Option<Date>) -> Entry {
    let practitioner = one.practitioner.as_ref().map(|(name, job, _)| (name.clone(), job.clone()));
    let own = one.practitioner.as_ref().map_or("", |(_, _, telephone)| telephone.as_str());
    let telephone = if own.is_empty() { telephone } else { own };
    let since = clock::local_day(one.since);
    Entry::Open { agency: one.agency.clone(), practitioner, telephone: telephone.to_owned(), since, until }
}

/// Returns whether somebody has looked too often in the last hour: whoever needs more asks their manager.
///
/// Rule \[3.30\]: unusual use is noticed while it happens (note 16).
pub fn is_too_often(looks: i64, index: &Index) -> bool {
    looks >= i64::from(index.looks_in_an_hour)
}

/// Returns until when what was found can be opened.
pub fn until(looked_at: Timestamp, index: &Index) -> Timestamp {
    let span = Span::new().minutes(i64::from(index.look_minutes));
    looked_at.checked_add(span).unwrap_or(looked_at)
}
