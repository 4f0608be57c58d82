//! What somebody wants of the directory, and how well each service fits. Pure.
//!
//! Rule \[2.9\]: what a service does not say never hides it: it comes after those that say they fit, and what it does not say is said.

use crate::index::{Entry, Index, Open};
use crate::place::Position;
use area::services::Day;
use kernel::{Date, Timestamp, clock, names};
use std::ops::RangeInclusive;
use uuid::Uuid;

/// What is wanted; nothing of what is left out.
#[derive(Clone, Debug, Default)]
pub struct Wanted {
    /// Words that it says of itself, each whole or the beginning of one.
    pub words: String,
    /// A need that it meets, a term of the area.
    pub need: Option<String>,
    /// For somebody of any of these ages, in years.
    pub ages: Vec<u8>,
    /// A language of the area, by its code.
    pub language: Option<String>,
    /// A day of the week on which it is open.
    pub day: Option<Day>,
    /// The nearest to here first.
    pub near: Option<Position>,
    /// When it is asked: who said long ago that they have no places is not taken to be full.
    pub now: Timestamp,
    /// Only what families may find by themselves.
    pub public_only: bool,
    /// Ages, language and day are what is known of somebody, not what was asked for: what says that it does not fit comes last, and says so.
    pub suggested: bool,
}

/// What speaks against a service: that it does not say something that was wanted, or says otherwise.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Doubt {
    /// It does not say for which ages.
    AgesUnsaid,
    /// It is for other ages.
    OtherAges,
    /// It does not say in which languages.
    LanguagesUnsaid,
    /// It speaks other languages.
    OtherLanguages,
    /// It does not say on which days.
    DaysUnsaid,
    /// It is open on other days.
    OtherDays,
    /// It does not say where.
    PlaceUnsaid,
}

/// A service that fits.
#[derive(Clone, Debug)]
pub struct Found {
    /// Which one.
    pub id: Uuid,
    /// How far the nearest of its places is, in metres.
    pub metres: Option<f64>,
    /// What speaks against it.
    pub doubts: Vec<Doubt>,
}

/// Finds what fits: those with places, or that do not say, before the full; what speaks for itself before what does not say; then the nearest.
/// Returns one page of them, of so many each, and how many fit.
pub fn find(index: &Index, wanted: &Wanted, (page, size): (usize, usize)) -> (Vec<Found>, usize) {
    let words = searched(&wanted.words);
    let mut fits: Vec<(Rank, &Entry)> = candidates(index, wanted, &words)
        .into_iter()
        .filter_map(|at| index.entry(at))
        .filter(|entry| entry.is_active && (entry.is_public || !wanted.public_only))
        .filter_map(|entry| Some((rank(entry, wanted, &words)?, entry)))
        .collect();
    let count = fits.len();
    let in_order = |a: &(Rank, &Entry), b: &(Rank, &Entry)| (&a.0, &a.1.name, a.1.id).cmp(&(&b.0, &b.1.name, b.1.id));
    let (from, to) = ((page * size).min(count), ((page + 1) * size).min(count));
    // Only what is shown is put in order.
    if to < count {
        fits.select_nth_unstable_by(to, in_order);
        fits.truncate(to);
    }
    fits.sort_unstable_by(in_order);
    let found = fits[from..].iter().filter_map(|(_, entry)| {
        let metres = wanted.near.and_then(|near| nearest(entry, near));
        Some(Found { id: entry.id, metres, doubts: doubts(entry, wanted)? })
    });
    (found.collect(), count)
}

/// What comes before what, of services that fit: full, doubtful, named otherwise, far.
type Rank = (bool, usize, usize, u64);

fn rank(entry: &Entry, wanted: &Wanted, words: &[String]) -> Option<Rank> {
    let doubts = doubts(entry, wanted)?;
    let in_name = words.iter().filter(|word| entry.name_words.iter().any(|one| one.starts_with(word.as_str()))).count();
    let is_full = entry.full_until.is_some_and(|until| wanted.now <= until);
    let metres = wanted.near.and_then(|near| nearest(entry, near));
    Some((is_full, weight(&doubts), words.len() - in_name, whole(metres)))
}

/// Returns how much speaks against a service: to say otherwise is more than to say nothing.
fn weight(doubts: &[Doubt]) -> usize {
    let of_one = |doubt: &Doubt| match doubt {
        Doubt::OtherAges | Doubt::OtherLanguages | Doubt::OtherDays => 10,
        Doubt::AgesUnsaid | Doubt::LanguagesUnsaid | Doubt::DaysUnsaid | Doubt::PlaceUnsaid => 1,
    };
    doubts.iter().map(of_one).sum()
}

/// So many words, of a text so long, are looked for: nobody types more to find a service.
const SEARCHED_WORDS_MAX: usize = 10;
const SEARCHED_MAX: usize = 200;

fn searched(text: &str) -> Vec<String> {
    let text: String = text.chars().take(SEARCHED_MAX).collect();
    names::folded_words(&text).into_iter().take(SEARCHED_WORDS_MAX).collect()
}

#[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "a distance on this world, in whole metres")]
fn whole(metres: Option<f64>) -> u64 {
    metres.map_or(u64::MAX, |metres| metres.round() as u64)
}

/// Returns which services have all the words and meet the need, read from the shortest list.
fn candidates(index: &Index, wanted: &Wanted, words: &[String]) -> Vec<usize> {
    let mut lists: Vec<Vec<usize>> = words.iter().map(|word| index.with_word(word)).collect();
    lists.extend(wanted.need.iter().map(|need| index.that_meet(need)));
    lists.sort_by_key(Vec::len);
    let Some((shortest, others)) = lists.split_first() else { return index.all().map(|(at, _)| at).collect() };
    shortest.iter().filter(|at| others.iter().all(|list| list.binary_search(at).is_ok())).copied().collect()
}

/// Returns what speaks against a service; nothing when it says that it is not what was asked for.
fn doubts(entry: &Entry, wanted: &Wanted) -> Option<Vec<Doubt>> {
    let fits_age = || is_for(&wanted.ages, entry.minimum_age, entry.maximum_age);
    let speaks = |code: &String| entry.languages.contains(code);
    let today = clock::local_day(wanted.now);
    // What it says of days that are over says nothing of the days to come.
    let holds: Vec<&Open> = entry.open.iter().filter(|open| open.holds(today)).collect();
    let is_open = |day: Day| holds.iter().any(|open| open.day == day);
    let says_ages = entry.minimum_age.is_some() || entry.maximum_age.is_some();
    let asked = [
        (wanted.ages.is_empty() || (says_ages && fits_age()), says_ages, (Doubt::AgesUnsaid, Doubt::OtherAges)),
        (
            wanted.language.as_ref().is_none_or(speaks),
            !entry.languages.is_empty(),
            (Doubt::LanguagesUnsaid, Doubt::OtherLanguages),
        ),
        (wanted.day.is_none_or(is_open), !holds.is_empty(), (Doubt::DaysUnsaid, Doubt::OtherDays)),
    ];
    let mut doubts = Vec::new();
    for (_, is_said, (unsaid, otherwise)) in asked.into_iter().filter(|(fits, ..)| !fits) {
        match is_said {
            true if wanted.suggested => doubts.push(otherwise),
            true => return None,
            false => doubts.push(unsaid),
        }
    }
    if wanted.near.is_some_and(|near| nearest(entry, near).is_none()) {
        doubts.push(Doubt::PlaceUnsaid);
    }
    Some(doubts)
}

/// Returns whether somebody of one of the ages can have it: a child of eleven until the day before they are twelve.
pub fn is_for(ages: &[u8], youngest: Option<f64>, oldest: Option<f64>) -> bool {
    let (from, to) = (youngest.unwrap_or(0.0), oldest.map_or(f64::INFINITY, f64::floor));
    ages.iter().any(|age| (from.floor()..=to).contains(&f64::from(*age)))
}

/// Returns how far the nearest of a service's places is, in metres; nothing where it says none.
pub fn nearest(entry: &Entry, near: Position) -> Option<f64> {
    entry.at.iter().filter_map(|(_, at)| *at).map(|at| at.metres_to(near)).min_by(f64::total_cmp)
}

/// What another directory asks for, by the standard's words: what a service does not say does not fit.
#[derive(Clone, Debug, Default)]
pub struct Filter {
    /// Words that it says of itself.
    pub search: String,
    /// A term that it is under.
    pub term: Option<Uuid>,
    /// A taxonomy that it has a term of.
    pub taxonomy: Option<Uuid>,
    /// Its youngest is at least this.
    pub minimum_age: Option<f64>,
    /// Its oldest is at most this.
    pub maximum_age: Option<f64>,
    /// It opens at this minute of a day or later.
    pub start: Option<u16>,
    /// It closes at this minute of a day or earlier.
    pub end: Option<u16>,
    /// It is open on this day.
    pub day: Option<Day>,
    /// When it is asked: days and hours that are over by then are none.
    pub today: Option<Date>,
    /// It is given within so many metres from here.
    pub within: Option<(Position, f64)>,
}

/// Returns the public services that a filter lets through, by id.
pub fn published<'a>(index: &'a Index, filter: &Filter) -> Vec<&'a Entry> {
    let words = searched(&filter.search);
    let mut entries: Vec<&Entry> = candidates(index, &Wanted::default(), &words)
        .into_iter()
        .filter_map(|at| index.entry(at))
        .filter(|entry| entry.is_public && lets_through(filter, entry))
        .collect();
    entries.sort_by_key(|entry| entry.id);
    entries
}

fn lets_through(filter: &Filter, entry: &Entry) -> bool {
    let is_open = |day: Option<Day>, hours: RangeInclusive<u16>, timed: bool| {
        entry.open.iter().any(|open| {
            let in_time = open.hours.map_or(!timed, |(from, until)| hours.contains(&from) && hours.contains(&until));
            day.is_none_or(|day| open.day == day) && in_time && filter.today.is_none_or(|today| open.holds(today))
        })
    };
    let timed = filter.start.is_some() || filter.end.is_some();
    let hours = filter.start.unwrap_or(0)..=filter.end.unwrap_or(u16::MAX);
    filter.term.is_none_or(|term| entry.terms.iter().any(|one| one.0 == term))
        && filter.taxonomy.is_none_or(|taxonomy| entry.terms.iter().any(|one| one.1 == Some(taxonomy)))
        && filter.minimum_age.is_none_or(|age| entry.minimum_age.is_some_and(|youngest| youngest >= age))
        && filter.maximum_age.is_none_or(|age| entry.maximum_age.is_some_and(|oldest| oldest <= age))
        && ((!timed && filter.day.is_none()) || is_open(filter.day, hours, timed))
        && filter.within.is_none_or(|(here, most)| nearest(entry, here).is_some_and(|metres| metres <= most))
}
