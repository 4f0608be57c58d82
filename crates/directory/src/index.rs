//! The directory in memory: every service that can be found, and what each is found by.
//!
//! Twenty thousand services take some tens of megabytes; a search reads lists of numbers and never a record. The database is
//! the truth: before each use it is asked how often it has changed, and what changed is read again.

use crate::place::Position;
use crate::service::{Address, Language, Schedule, Service, TaxonomyTerm};
use crate::store::Stored;
use access::AgencyId;
use area::Area;
use area::services::{Day, Source};
use kernel::postcode::Postcode;
use kernel::{Date, Timestamp, names};
use std::collections::{BTreeMap, BTreeSet, HashMap};
use uuid::Uuid;

/// So many words of a service are kept: no description needs more.
const WORDS_MAX: usize = 2000;

/// When a service is open on days of the week.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Open {
    /// The day.
    pub day: Day,
    /// From and until, in minutes of the day, where it says.
    pub hours: Option<(u16, u16)>,
    /// The last day on which this holds, where it says.
    pub until: Option<Date>,
}

impl Open {
    /// Returns whether this still holds on a day.
    pub fn holds(&self, on: Date) -> bool {
        self.until.is_none_or(|until| on <= until)
    }
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
    /// Languages of the area that it speaks, by code; what the area does not list is not said.
    pub languages: Vec<String>,
    /// The youngest, in years.
    pub minimum_age: Option<f64>,
    /// The oldest, in years.
    pub maximum_age: Option<f64>,
    /// Where it is given: the id of its being there, and where that is when known.
    pub at: Vec<(Uuid, Option<Position>)>,
    /// Whether it is the area's own.
    pub is_own: bool,
    /// When it is open.
    pub open: Vec<Open>,
    /// Terms and taxonomies that it is under.
    pub terms: Vec<(Uuid, Option<Uuid>)>,
    /// Until when it is taken to be full, because it said lately that it has no places.
    pub full_until: Option<Timestamp>,
    /// Whether families find it, and other directories read it.
    pub is_public: bool,
    /// Who answers for it in the product, where it can be asked there.
    pub agency: Option<AgencyId>,
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
    /// What terms are called; which of them a public service is under is in the entries.
    terms: HashMap<Uuid, TaxonomyTerm>,
}

/// A change of one service, ready to be put in.
pub(crate) struct Change {
    id: Uuid,
    /// Nothing when it is withdrawn.
    entry: Option<(Entry, BTreeSet<String>, Vec<TaxonomyTerm>)>,
}

/// Returns what a service is found by, as it is now: all that takes time, before anybody has to wait.
pub(crate) fn change(area: &Area, stored: &Stored, positions: &HashMap<String, Position>) -> Change {
    let entry = || {
        let entry = entry(area, stored, positions);
        let words = words_of(area, &entry, &stored.service);
        (entry, words, stored.service.terms().cloned().collect())
    };
    Change { id: stored.service.id, entry: stored.withdrawn_at.is_none().then(entry) }
}

impl Index {
    /// Puts in what changed: a service that is new or different replaces what was known of it, one that is withdrawn goes.
    pub(crate) fn put(&mut self, change: Change) {
        self.remove(change.id);
        let Some((entry, words, terms)) = change.entry else { return };
        let at = self.entries.len();
        for word in words {
            self.words.entry(word).or_default().push(at);
        }
        for need in &entry.needs {
            self.needs.entry(need.clone()).or_default().push(at);
        }
        for (nth, (place, _)) in entry.at.iter().enumerate() {
            // Nobody takes the place of the area's own by giving it the same id.
            if entry.is_own || !self.of_place.contains_key(place) {
                self.of_place.insert(*place, (at, nth));
            }
        }
        for term in terms {
            let Some(id) = term.id.as_deref().and_then(|id| Uuid::parse_str(id).ok()) else { continue };
            if entry.is_own || !self.terms.contains_key(&id) {
                self.terms.insert(id, term);
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
            if self.of_place.get(place).is_some_and(|(of, _)| *of == at) {
                self.of_place.remove(place);
            }
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
    pub fn terms(&self) -> BTreeMap<Uuid, &TaxonomyTerm> {
        let public = self.all().filter(|(_, entry)| entry.is_public);
        public.flat_map(|(_, entry)| &entry.terms).filter_map(|(id, _)| Some((*id, self.terms.get(id)?))).collect()
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
        let of_postcode = || location.addresses.iter().find_map(|one| positions.get(&postcode(one)?.to_string())).copied();
        Some((id_of(&place.id)?, position.or_else(of_postcode)))
    });
    let kept = i64::from(area.directory.capacity_days) * 24 * 3600;
    let full = stored.capacity.as_ref().filter(|capacity| capacity.places == 0);
    Entry {
        id: service.id,
        code: stored.code.clone(),
        name: service.name.clone(),
        name_words: names::folded_words(&service.name),
        needs: needs_of(service, source),
        languages: service.languages.iter().filter_map(|one| language(area, one)).collect(),
        minimum_age: service.minimum_age.map(|age| age.0),
        maximum_age: service.maximum_age.map(|age| age.0),
        at: at.collect(),
        is_own: stored.source.is_empty(),
        open: service.every_schedule().flat_map(opens).collect(),
        terms: service.terms().filter_map(|term| Some((id_of(&term.id)?, id_of(&term.taxonomy_id)))).collect(),
        full_until: full.and_then(|said| Timestamp::from_second(said.said_at.as_second() + kept).ok()),
        is_public: stored.is_public,
        agency: stored.agency_id,
        is_active: service.is_active(),
    }
}

/// Returns the postcode of an address, where it reads as one.
pub(crate) fn postcode(address: &Address) -> Option<Postcode> {
    address.postal_code.as_deref()?.parse().ok()
}

/// Returns the code of a language that the area lists, by its code (with or without a region) or by its name.
fn language(area: &Area, said: &Language) -> Option<String> {
    let code = said.code.as_deref().and_then(|code| code.split(['-', '_']).next()).map(str::to_lowercase);
    let name = said.name.as_deref().map(names::fold);
    let is_it = |one: &area::files::Choice| code.as_ref() == Some(&one.id) || name.as_ref() == Some(&names::fold(&one.words));
    area.setting.languages.iter().find(|one| is_it(one)).map(|one| one.id.clone())
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

/// Returns the words that a service is found by, each once; of a very long text, the first.
fn words_of(area: &Area, entry: &Entry, service: &Service) -> BTreeSet<String> {
    let needs = entry.needs.iter().map(|need| area.words(need));
    let terms = service.terms().filter_map(|term| term.name.as_deref());
    let places = service.service_at_locations.iter().filter_map(|place| place.location.as_ref());
    let towns = places
        .flat_map(|location| location.addresses.iter().filter_map(|one| one.city.as_deref()).chain(location.name.as_deref()));
    let organization = service.organization.as_ref().and_then(|one| one.name.as_deref());
    let texts =
        [Some(service.name.as_str()), service.description.as_deref(), service.eligibility_description.as_deref(), organization];
    let text: Vec<&str> = texts.into_iter().flatten().chain(needs).chain(terms).chain(towns).collect();
    names::fold(&text.join(" ")).split(' ').filter(|word| !word.is_empty()).take(WORDS_MAX).map(str::to_owned).collect()
}

/// Returns the days of a schedule; none where it says none, or is not each week's.
fn opens(schedule: &Schedule) -> Vec<Open> {
    if schedule.freq.as_deref() == Some("MONTHLY") {
        return Vec::new();
    }
    let minutes = |text: &Option<String>| {
        let (hours, rest) = text.as_deref()?.split_once(':')?;
        let (hours, minutes): (u16, u16) = (hours.trim().parse().ok()?, rest.get(..2)?.parse().ok()?);
        (hours < 24 && minutes < 60).then_some(hours * 60 + minutes)
    };
    let hours = minutes(&schedule.opens_at).zip(minutes(&schedule.closes_at));
    let days = schedule.byday.as_deref().unwrap_or_default().split(',').filter_map(Day::read);
    let until = schedule.last_day();
    days.map(|day| Open { day, hours, until }).collect()
}
