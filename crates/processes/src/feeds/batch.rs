//! A batch of records: whose each is, and what all of them say, looked up and written together.

use super::RunId;
use super::matching::{self, Index, Match};
use super::reading::Record;
use super::store::{self, Kept, Tally};
use ::store::{StoreResult, Tx};
use access::{AgencyId, World};
use area::files::Field;
use area::{Area, FeedSource};
use families::facts::records::{self, Said};
use families::facts::{self, Class, Identifier, Kind, NewFact, Shape, Standing};
use families::people::PersonId;
use kernel::postcode::Postcode;
use std::collections::{BTreeMap, BTreeSet};
use uuid::Uuid;

/// What records of one source need: where its fields lie, whose it is, and whether that this agency knows somebody is sensitive.
#[derive(Clone, Debug)]
pub struct Part<'a> {
    /// The source's name.
    pub source: &'a str,
    /// Its configuration.
    pub feed: &'a FeedSource,
    /// Where its fields lie in a row.
    pub places: Vec<(Field, usize)>,
    /// The agency that sends it.
    pub agency_id: AgencyId,
    /// Whether that the agency knows somebody is sensitive.
    pub sensitive: bool,
    /// What its codes of what happened are recorded under.
    pub events: BTreeMap<&'a str, Happened<'a>>,
}

/// What a code of an extract is recorded under.
#[derive(Clone, Copy, Debug)]
pub struct Happened<'a> {
    term: &'a str,
    kind: Kind,
    class: Class,
}

impl<'a> Part<'a> {
    /// Returns what records of one source need, of an agency that is here.
    pub fn new(
        area: &'a Area,
        (source, feed): (&'a str, &'a FeedSource),
        places: Vec<(Field, usize)>,
        agency_id: AgencyId,
    ) -> Self {
        let code = feed.agency.as_ref().map_or("", |code| code.as_ref());
        let sensitive = area.agencies.get(code).is_some_and(|agency| agency.sensitive);
        let happened = |term: &'a str| {
            let known = area.terms.get(term)?;
            let (kind, class) = (known.kind.as_str().parse().ok()?, known.class.as_str().parse().ok()?);
            Some(Happened { term, kind, class })
        };
        let events = feed.events.iter().filter_map(|(code, term)| Some((code.as_str(), happened(term.as_ref())?))).collect();
        Self { source, feed, places, agency_id, sensitive, events }
    }
}

/// A record, of the part of a file it was read from.
#[derive(Clone, Debug)]
pub struct ReadRecord<'a> {
    /// Where it is from.
    pub part: &'a Part<'a>,
    /// The record.
    pub record: Record,
    /// What it is known by when it comes again unchanged.
    pub hash: Vec<u8>,
}

impl ReadRecord<'_> {
    /// Returns what tells it apart from every other record.
    pub fn name(&self) -> (&str, &str) {
        (self.part.source, &self.record.key)
    }
}

/// Keeps records, and what they say about whom, and returns what they came to.
///
/// # Errors
/// [`::store::StoreError`] from the engine.
pub(super) async fn keep(tx: &mut Tx, world: &World, run: RunId, records: &[ReadRecord<'_>]) -> StoreResult<Tally> {
    // Two batches at once would each make a new person of one verified identifier.
    tx.alone(world.area_id, "whose records are").await?;
    let mut tally = Tally::default();
    let mut start = 0;
    let mut names = BTreeSet::new();
    for (at, read) in records.iter().enumerate() {
        // A record that comes twice in one batch is kept twice, one after the other.
        if !names.insert(read.name()) {
            keep_distinct(tx, world, run, &records[start..at], &mut tally).await?;
            names = BTreeSet::from([read.name()]);
            start = at;
        }
    }
    keep_distinct(tx, world, run, &records[start..], &mut tally).await?;
    Ok(tally)
}

async fn keep_distinct(tx: &mut Tx, world: &World, run: RunId, records: &[ReadRecord<'_>], tally: &mut Tally) -> StoreResult<()> {
    let at = world.clock.now();
    let known = store::find_records(tx, world.area_id, records).await?;
    let changed: Vec<(&ReadRecord<'_>, Vec<Identifier>)> = records
        .iter()
        .filter(|read| known.get(&read.name()).is_none_or(|known| known.content_hash != read.hash))
        .map(|read| (read, matching::identifiers(&read.record, read.part.feed)))
        .collect();
    tally.rows_same += count(records.len() - changed.len());
    let mut index = Index::load(tx, world.area_id, changed.iter().flat_map(|(_, identifiers)| identifiers)).await?;
    let (mut kept, mut said, mut new_people) = (Vec::with_capacity(changed.len()), Vec::new(), Vec::new());
    for (read, identifiers) in changed {
        let before = known.get(&read.name());
        let born = read.record.born();
        let person = match before.and_then(|known| known.person) {
            Some(person) => Some(person),
            None => match index.find(&identifiers, born) {
                Match::Person(person) => Some(person),
                Match::New => {
                    let person = PersonId(world.ids.uuid(&world.clock));
                    new_people.push(person);
                    Some(person)
                }
                Match::Wait => None,
            },
        };
        if let Some(person) = person {
            index.add(person, &identifiers, born);
            let spoke_before = before.is_some_and(|known| known.person.is_some());
            said.push(says(read.part, &read.record, (person, identifiers), spoke_before));
        }
        kept.push(Kept { read, person, is_new: before.is_none() });
    }
    tally.rows_new += count(kept.len());
    tally.rows_matched += count(said.len());
    tally.people_new += count(new_people.len());
    records::insert_people(tx, world.area_id, &new_people, at).await?;
    store::save_records(tx, world.area_id, (run, at), &kept).await?;
    records::keep(tx, world, &said).await
}

fn count(some: usize) -> i64 {
    i64::try_from(some).unwrap_or(i64::MAX)
}

/// Returns the id under which the facts of one record are kept together.
pub(super) fn origin(source: &str, key: &str) -> Uuid {
    let digest = ring::digest::digest(&ring::digest::SHA256, format!("{source}\n{key}").as_bytes());
    uuid::Builder::from_custom_bytes(digest.as_ref()[..16].try_into().unwrap_or([0; 16])).into_uuid()
}

/// Returns what a record says about a person, as facts from records.
pub fn says(part: &Part<'_>, record: &Record, whose: (PersonId, Vec<Identifier>), spoke_before: bool) -> Said {
    let origin = origin(part.source, &record.key);
    let base = |kind, term: &str, words: &str| NewFact {
        standing: Standing::Records,
        origin: Some(origin),
        ..NewFact::plain(whose.0, kind, term, words)
    };
    let get = |field| record.get(field);
    let forenames = format!("{} {}", get(Field::FirstName), get(Field::MiddleName)).trim().to_owned();
    let shape = Shape::Name { forenames, surname: get(Field::LastName).to_owned() };
    let mut facts = vec![NewFact { shape, ..base(Kind::Name, "usual", "") }];
    if let Some(born) = record.born() {
        facts.push(NewFact { holds_from: Some(born), ..base(Kind::Birth, "", "") });
    }
    if !get(Field::Sex).is_empty() {
        facts.push(base(Kind::Sex, get(Field::Sex), ""));
    }
    let lines = format!("{} {}", get(Field::House), get(Field::Street)).trim().to_owned();
    if !(lines.is_empty() && get(Field::Town).is_empty() && get(Field::Postcode).is_empty()) {
        let shape = Shape::Address { lines, town: get(Field::Town).to_owned(), postcode: postcode(get(Field::Postcode)) };
        facts.push(NewFact { shape, ..base(Kind::Address, "home", "") });
    }
    for (field, kind) in [(Field::Phone, Kind::Phone), (Field::Email, Kind::Email)] {
        if !get(field).is_empty() {
            facts.push(base(kind, "", get(field)));
        }
    }
    for identifier in whose.1 {
        facts.push(NewFact { shape: Shape::Identifier(identifier), ..base(Kind::Identifier, "", "") });
    }
    if let Some(happened) = part.events.get(get(Field::Event)) {
        let holds_from = get(Field::EventOn).parse().ok();
        facts.push(NewFact { holds_from, class: happened.class, ..base(happened.kind, happened.term, "") });
    }
    facts.push(NewFact { shape: Shape::Involvement { practitioner: None }, ..base(Kind::Involvement, "", "Knows") });
    for fact in &mut facts {
        fact.class = facts::rules::class_of(fact.kind, fact.class, part.sensitive);
    }
    Said { agency_id: part.agency_id, origin, spoke_before, facts }
}

/// A postcode in its usual form; one of another form as it was written.
fn postcode(written: &str) -> String {
    written.parse::<Postcode>().map_or_else(|_| written.to_owned(), |postcode| postcode.to_string())
}
