//! Reading a note that somebody typed in a hurry: "visited the Barlows yesterday, saw both children". Pure.
//!
//! What is read is proposed on the form that follows, and nothing of it is kept before the practitioner has looked. Where a word could
//! mean two things, or the note says "not", nobody is proposed: a child who is wrongly thought seen is in danger.

use super::visit::{State, Way};
use families::people::PersonId;
use kernel::{Date, Span};

/// Somebody who could be meant.
#[derive(Clone, Debug)]
pub struct Known {
    /// Who.
    pub person: PersonId,
    /// Their name as it is shown.
    pub name: String,
    /// Whether they are a child.
    pub is_child: bool,
}

/// What a note seems to say.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Read {
    /// How they met, or tried to.
    pub way: Way,
    /// The day.
    pub on: Date,
    /// What came of it.
    pub state: State,
    /// Who was met.
    pub met: Vec<PersonId>,
}

const WAYS: [(Way, &[&str]); 5] = [
    (Way::Doorstep, &["doorstep", "door"]),
    (Way::Message, &["text", "texted", "message", "messaged", "email", "emailed", "whatsapp"]),
    (Way::Letter, &["letter", "wrote", "written", "card"]),
    (Way::Appointment, &["appointment", "office", "clinic"]),
    (Way::Call, &["rang", "ring", "phoned", "phone", "telephoned", "telephone", "call", "spoke"]),
];
const MISSED: [&str; 10] = [
    "nobody in",
    "nobody there",
    "nobody home",
    "no one in",
    "no answer",
    "no reply",
    "not in",
    "not at home",
    "did not answer",
    "did not come",
];
const REFUSED: [&str; 7] =
    ["refused", "did not want", "would not see", "would not let", "turned me away", "turned us away", "sent me away"];
const NOT: [&str; 9] = ["not", "no", "nobody", "without", "never", "except", "wasn't", "weren't", "didn't"];
const SEEN: [&str; 7] = ["saw", "seen", "met", "visited", "with", "spoke", "talked"];
const ABOUT: [&str; 4] = ["about", "of", "for", "from"];
const AWAY: [&str; 6] = ["out", "away", "absent", "asleep", "work", "missing"];
const THERE: [&str; 4] = ["there", "home", "present", "in"];
const WEEKDAYS: [&str; 7] = ["monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday"];

/// Returns what a note seems to say, by words alone.
pub fn read(note: &str, today: Date, family: &[Known]) -> Read {
    let words = words_of(note);
    let text = format!(" {} ", words.join(" "));
    let says = |phrase: &str| text.contains(&format!(" {phrase} "));
    let state = match (MISSED.iter().any(|phrase| says(phrase)), REFUSED.iter().any(|phrase| says(phrase))) {
        (_, true) => State::Refused,
        (true, false) => State::Missed,
        (false, false) => State::Done,
    };
    let met = if state == State::Done { met(note, family) } else { Vec::new() };
    Read { way: way(&words, &text), on: day(&words, today), state, met }
}

/// Returns the words of a note in small letters, without the marks between them.
fn words_of(note: &str) -> Vec<String> {
    let straight = note.to_lowercase().replace('’', "'");
    let words = straight.split(|c: char| !(c.is_alphanumeric() || c == '\'' || c == '-'));
    words.map(|word| word.trim_matches('\'').to_owned()).filter(|word| !word.is_empty()).collect()
}

fn way(words: &[String], text: &str) -> Way {
    // "Called" is a telephone call, unless somebody called round or called at a house.
    if ["called round", "called at", "called in", "called on"].iter().any(|phrase| text.contains(&format!(" {phrase} "))) {
        return Way::Home;
    }
    let says = |of: &[&str]| words.iter().any(|word| of.contains(&word.as_str()));
    if says(&["visited", "visit"]) && !says(&["door", "doorstep"]) {
        return Way::Home;
    }
    let named = WAYS.iter().find(|(_, of)| says(of)).map(|(way, _)| *way);
    named.unwrap_or(if says(&["called"]) { Way::Call } else { Way::Home })
}

/// The day that is named: today where none is; the last of its name where it is a day of the week.
fn day(words: &[String], today: Date) -> Date {
    let before = |days: i64| today.checked_sub(Span::new().days(days)).unwrap_or(today);
    if words.iter().any(|word| word == "today") {
        return today;
    }
    if words.iter().any(|word| word == "yesterday") {
        return before(1);
    }
    let named = words.iter().find_map(|word| WEEKDAYS.iter().position(|day| day == word));
    let Some(named) = named.and_then(|at| i8::try_from(at).ok()) else { return today };
    let since = (today.weekday().to_monday_zero_offset() - named).rem_euclid(7);
    before(i64::from(since))
}

/// Who was met, sentence by sentence: whom one says was seen says nothing of who is named in the next.
fn met(note: &str, family: &[Known]) -> Vec<PersonId> {
    let sentences = note.split(['.', ';', ':', '!', '?', '\n']);
    let mut met: Vec<PersonId> = sentences.flat_map(|sentence| met_in(&words_of(sentence), family)).collect();
    met.sort();
    met.dedup();
    met
}

fn met_in(words: &[String], family: &[Known]) -> Vec<PersonId> {
    let children: Vec<&Known> = family.iter().filter(|known| known.is_child).collect();
    let mut met: Vec<PersonId> = Vec::new();
    for (at, word) in words.iter().enumerate().filter(|(at, _)| is_said_met(words, *at)) {
        let named: Vec<&Known> = family.iter().filter(|known| first_of(&known.name) == *word).collect();
        match (named.as_slice(), word.as_str()) {
            // A name that two of them have names nobody.
            ([one], _) => met.push(one.person),
            (_, "children" | "kids") if counts_all(words, at, children.len()) => {
                met.extend(children.iter().map(|child| child.person));
            }
            _ => {}
        }
    }
    met
}

/// Whether a word stands where whoever was met stands: "saw Josh and Mia", "Josh was there"; not "spoke about Josh", "Josh was not there".
fn is_said_met(words: &[String], at: usize) -> bool {
    let one_of = |of: &[&str], word: &String| of.contains(&word.as_str());
    let (before, after) = (&words[at.saturating_sub(6)..at], &words[at..(at + 5).min(words.len())]);
    let mut near = before.iter().rev().take(3).chain(after);
    if near.any(|word| one_of(&NOT, word) || one_of(&AWAY, word)) {
        return false;
    }
    let nearest = before.iter().rev().find(|word| one_of(&SEEN, word) || one_of(&ABOUT, word));
    nearest.is_some_and(|word| one_of(&SEEN, word)) || (nearest.is_none() && after.iter().any(|word| one_of(&THERE, word)))
}

fn first_of(name: &str) -> String {
    name.split_whitespace().next().unwrap_or_default().to_lowercase()
}

/// "Both children" are all of them where there are two, "all the children" always; "the children" could be some.
fn counts_all(words: &[String], at: usize, children: usize) -> bool {
    let before = &words[at.saturating_sub(3)..at];
    let number = ["", "", "two", "three", "four", "five", "six"].get(children).copied().unwrap_or_default();
    before.iter().any(|word| match word.as_str() {
        "all" | "every" => children > 0,
        "both" => children == 2,
        said => children > 1 && said == number,
    })
}

/// Returns whom of those one works with a note seems to be about: by forename and surname, by a surname, or by a forename alone.
///
/// Those who fit best, all of them: whoever asks sees whether they are of one family.
pub fn named<'a>(note: &str, known: &'a [Known]) -> Vec<&'a Known> {
    let words = words_of(note);
    let says = |part: &str| {
        words.iter().any(|word| word == part || word.strip_suffix("'s") == Some(part) || word.strip_suffix('s') == Some(part))
    };
    let fits = |one: &Known| {
        let parts = words_of(&one.name);
        let (Some(first), Some(last)) = (parts.first(), parts.last()) else { return 0 };
        u8::from(says(first)) + 2 * u8::from(parts.len() > 1 && says(last))
    };
    let best = known.iter().map(fits).max().unwrap_or(0);
    if best == 0 { Vec::new() } else { known.iter().filter(|one| fits(one) == best).collect() }
}
