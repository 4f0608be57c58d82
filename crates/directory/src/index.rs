//! The directory in memory: every service that can be found, and what each is found by.
//!
//! Twenty thousand services take some tens of megabytes; a search reads lists of numbers and never a record. The database is
//! the truth: before each use it is asked how often it has changed, and what changed is read again.

use crate::place::Position;
use crate::service::{Schedule, Service, TaxonomyTerm};
use crate::store::Stored;
use area::Area;
use area::services::{Day, Source};
use kernel::names;
use std::collections::{BTreeMap, BTreeSet, HashMap};
use uuid::Uuid;

/// When a service is open on days of the week.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Open {
    /// The day.
    pub day: Day,
    /// From and until, in minutes of the day, where it says.
    pub hours: Option<(u16, u16)>,
}

/// What a service is found by.
#[derive(Clone, Debug)]
pub struct Entry {
    /// Which one.
    pub id: Uuid,
    /// What links and referrals say.
    pub code: String,
    /// Its name.
    pub name: String,
    /// The words of its name, folded.
    pub name_words: Vec<String>,
    /// Which needs it meets: terms of the area.
    pub needs: Vec<String>,
    /// Languages, by code or by folded name where a source gives no code.
    pub languages: Vec<String>,
    /// The youngest, in years.
    pub minimum_age: Option<f64>,
    /// The oldest, in years.
    pub maximum_age: Option<f64>,
    /// Where it is given: the id of its being there, and where that is when known.
    pub at: Vec<(Uuid, Option<Position>)>,
    /// When it is open.
    pub open: Vec<Open>,
    /// Terms and taxonomies that it is under.
    pub terms: Vec<(Uuid, Option<Uuid>)>,
    /// Places now, as it said last.
    pub places: Option<u16>,
    /// Whether families find it, and other directories read it.
    pub is_public: bool,
    /// Whether it can be asked in the product.
    pub can_be_asked: bool,
    /// Whether it can be used now.
    pub is_active: bool,
}

/// The directory.
#[derive(Debug, Default)]
pub struct Index {
    /// How often the directory had changed when this was read.
    pub(crate) changes: i64,
    entries: Vec<Option<Entry>>,
    of_id: HashMap<Uuid, usize>,
    of_code: HashMap<String, usize>,
    of_place: HashMap<Uuid, (usize, usize)>,
    /// Where in `entries` services with a word are, rising; some may have gone since.
    words: BTreeMap<String, Vec<usize>>,
    needs: HashMap<String, Vec<usize>>,
    /// Terms of taxonomies, with how many public services are under each.
    terms: BTreeMap<Uuid, TaxonomyTerm>,
}

impl Index {
    /// Puts in what changed: a service that is new or different replaces what was known of it, one that is withdrawn goes.
    pub(crate) fn take(&mut self, area: &Area, stored: Stored, positions: &HashMap<String, Position>) {
        self.remove(stored.service.id);
        self.changes = self.changes.max(stored.change_no);
        if stored.withdrawn_at.is_some() {
            return;
        }
        let at = self.entries.len();
        let entry = entry(area, &stored, positions);
        for word in words_of(area, &entry, &stored.service) {
            self.words.entry(word).or_default().push(at);
        }
        for need in &entry.needs {
            self.needs.entry(need.clone()).or_default().push(at);
        }
        for (nth, (place, _)) in entry.at.iter().enumerate() {
            self.of_place.insert(*place, (at, nth));
        }
        if entry.is_public {
            for term in stored.service.terms() {
                if let Some(id) = term.id.as_deref().and_then(|id| id.parse().ok()) {
                    self.terms.insert(id, term.clone());
                }
            }
        }
        self.of_id.insert(entry.id, at);
        self.of_code.insert(entry.code.clone(), at);
        self.entries.push(Some(entry));
    }

    fn remove(&mut self, id: Uuid) {
        let Some(at) = self.of_id.remove(&id) else { return };
        let Some(entry) = self.entries[at].take() else { return };
        self.of_code.remove(&entry.code);
        for (place, _) in &entry.at {
            self.of_place.remove(place);
        }
    }

    /// Returns whether more services have come and gone than are here: time to be read anew.
    pub(crate) fn is_worn(&self) -> bool {
        self.entries.len() > 2 * self.of_id.len() + 1000
    }

    /// Returns every service there is, in the order in which they came.
    pub fn all(&self) -> impl Iterator<Item = (usize, &Entry)> {
        self.entries.iter().enumerate().filter_map(|(at, entry)| entry.as_ref().map(|entry| (at, entry)))
    }

    /// Returns a service.
    pub fn of_code(&self, code: &str) -> Option<&Entry> {
        self.entry(*self.of_code.get(code)?)
    }

    /// Returns the service that is given at a place, and which of its places that is.
    pub fn of_place(&self, place: Uuid) -> Option<(&Entry, usize)> {
        let (at, nth) = self.of_place.get(&place)?;
        Some((self.entry(*at)?, *nth))
    }

    /// Returns the service of an id.
    pub fn of_id(&self, id: Uuid) -> Option<&Entry> {
        self.entry(*self.of_id.get(&id)?)
    }

    pub(crate) fn entry(&self, at: usize) -> Option<&Entry> {
        self.entries.get(at)?.as_ref()
    }

    /// Returns the services with a word that begins so.
    pub(crate) fn with_word(&self, beginning: &str) -> Vec<usize> {
        let range = self.words.range(beginning.to_owned()..).take_while(|(word, _)| word.starts_with(beginning));
        let mut all: Vec<usize> = range.flat_map(|(_, places)| places).copied().collect();
        all.sort_unstable();
        all.dedup();
        all
    }

    /// Returns the services that meet a need.
    pub(crate) fn that_meet(&self, need: &str) -> Vec<usize> {
        self.needs.get(need).cloned().unwrap_or_default()
    }

    /// Returns the terms that public services are under, by id.
    pub fn terms(&self) -> &BTreeMap<Uuid, TaxonomyTerm> {
        &self.terms
    }
}

fn entry(area: &Area, stored: &Stored, positions: &HashMap<String, Position>) -> Entry {
    let service = &stored.service;
    let source = area.directory.source.iter().find(|source| source.id == stored.source);
    let id_of = |text: &Option<String>| text.as_deref().and_then(|id| Uuid::parse_str(id).ok());
    let at = service.service_at_locations.iter().filter_map(|place| {
        let location = place.location.as_ref()?;
        let said = location.latitude.zip(location.longitude);
        let position = said.and_then(|(north, east)| Position::of_degrees(north.0, east.0));
        let of_postcode = || location.addresses.iter().find_map(|one| positions.get(one.postal_code.as_ref()?)).copied();
        Some((id_of(&place.id)?, position.or_else(of_postcode)))
    });
    Entry {
        id: service.id,
        code: stored.code.clone(),
        name: service.name.clone(),
        name_words: names::folded_words(&service.name),
        needs: needs_of(service, source),
        languages: service
            .languages
            .iter()
            .filter_map(|one| one.code.clone().or_else(|| one.name.as_deref().map(names::fold)))
            .collect(),
        minimum_age: service.minimum_age.map(|age| age.0),
        maximum_age: service.maximum_age.map(|age| age.0),
        at: at.collect(),
        open: service.every_schedule().flat_map(opens).collect(),
        terms: service.terms().filter_map(|term| Some((id_of(&term.id)?, id_of(&term.taxonomy_id)))).collect(),
        places: stored.capacity.as_ref().map(|capacity| capacity.places),
        is_public: stored.is_public,
        can_be_asked: stored.agency_id.is_some(),
        is_active: service.is_active(),
    }
}

/// Returns which needs of the area a service meets: its own say so; of a source, the area's configuration does.
pub fn needs_of(service: &Service, source: Option<&Source>) -> Vec<String> {
    let Some(source) = source else {
        let needs = service.terms().filter(|term| term.taxonomy.as_deref() == Some(crate::Taxonomy::Needs.words().0));
        return needs.filter_map(|term| term.term.clone()).collect();
    };
    let met = |term: &TaxonomyTerm| {
        let names = [&term.id, &term.term_uri, &term.term, &term.name];
        names.into_iter().flatten().find_map(|name| source.meets.get(name))
    };
    let needs: BTreeSet<String> = service.terms().filter_map(met).flatten().map(|need| need.as_ref().clone()).collect();
    needs.into_iter().collect()
}

fn words_of(area: &Area, entry: &Entry, service: &Service) -> Vec<String> {
    let needs = entry.needs.iter().map(|need| area.words(need));
    let terms = service.terms().filter_map(|term| term.name.as_deref());
    let places = service.service_at_locations.iter().filter_map(|place| place.location.as_ref());
    let towns = places
        .flat_map(|location| location.addresses.iter().filter_map(|one| one.city.as_deref()).chain(location.name.as_deref()));
    let organization = service.organization.as_ref().and_then(|one| one.name.as_deref());
    let texts =
        [Some(service.name.as_str()), service.description.as_deref(), service.eligibility_description.as_deref(), organization];
    let text: Vec<&str> = texts.into_iter().flatten().chain(needs).chain(terms).chain(towns).collect();
    names::folded_words(&text.join(" "))
}

/// Returns the days of a schedule; none where it says none, or how often is not each week.
fn opens(schedule: &Schedule) -> Vec<Open> {
    let minutes = |text: &Option<String>| {
        let (hours, rest) = text.as_deref()?.split_once(':')?;
        let (hours, minutes): (u16, u16) = (hours.trim().parse().ok()?, rest.get(..2)?.parse().ok()?);
        (hours < 24 && minutes < 60).then_some(hours * 60 + minutes)
    };
    let hours = minutes(&schedule.opens_at).zip(minutes(&schedule.closes_at));
    let days = schedule.byday.as_deref().unwrap_or_default().split(',').filter_map(Day::read);
    days.map(|day| Open { day, hours }).collect()
}
