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
const MISSED: [&str; 7] =
    ["nobody there", "nobody home", "no answer", "no reply", "not at home", "did not answer", "did not come"];
/// Where they end a clause: "not in" is of somebody who is out, "not in school" is not.
const MISSED_AT_END: [&str; 3] = ["nobody in", "no one in", "not in"];
const REFUSED: [&str; 7] =
    ["refused", "did not want", "would not see", "would not let", "turned me away", "turned us away", "sent me away"];
const NOT: [&str; 10] = ["not", "no", "nobody", "without", "never", "except", "neither", "nor", "unable", "cannot"];
const COMING: [&str; 6] = ["next", "will", "again", "plan", "planned", "tomorrow"];
const WEEKDAYS: [&str; 7] = ["monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday"];

/// A note in its sentences, their clauses, and their words.
type Sentences = Vec<Vec<Vec<String>>>;

/// Returns what a note seems to say, by words alone.
pub fn read(note: &str, today: Date, family: &[Known]) -> Read {
    let clauses = |sentence: &str| sentence.split(',').map(words_of).filter(|words| !words.is_empty()).collect();
    let sentences: Sentences = note.split(['.', ';', ':', '!', '?', '\n']).map(clauses).collect();
    let all = || sentences.iter().flatten();
    let says = |clause: &Vec<String>, phrase: &str| format!(" {} ", clause.join(" ")).contains(&format!(" {phrase} "));
    let is_missed = |clause: &Vec<String>| {
        let ends = |phrase: &str| clause.join(" ").ends_with(phrase);
        MISSED.iter().any(|phrase| says(clause, phrase)) || MISSED_AT_END.iter().any(|phrase| ends(phrase))
    };
    let state = if all().any(|clause| REFUSED.iter().any(|phrase| says(clause, phrase))) {
        State::Refused
    } else if all().any(is_missed) {
        State::Missed
    } else {
        State::Done
    };
    let met = if state == State::Done { met(&sentences, family) } else { Vec::new() };
    let words = words_of(note);
    let text = format!(" {} ", words.join(" "));
    Read { way: way(&words, &text), on: day(&sentences, today), state, met }
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

/// The day that is named: today where none is; the last of its name where it is a day of the week, and nobody speaks of what comes.
fn day(sentences: &Sentences, today: Date) -> Date {
    let before = |days: i64| today.checked_sub(Span::new().days(days)).unwrap_or(today);
    let is_coming = |clause: &&Vec<String>| clause.iter().any(|word| COMING.contains(&word.as_str()) || word.ends_with("'ll"));
    let past: Vec<&String> = sentences.iter().flatten().filter(|clause| !is_coming(clause)).flatten().collect();
    if past.iter().any(|word| *word == "today") {
        return today;
    }
    if past.iter().any(|word| *word == "yesterday") {
        return before(1);
    }
    let named = past.iter().find_map(|word| WEEKDAYS.iter().position(|day| day == word));
    let Some(named) = named.and_then(|at| i8::try_from(at).ok()) else { return today };
    let since = (today.weekday().to_monday_zero_offset() - named).rem_euclid(7);
    before(i64::from(since))
}

/// Who was met, sentence by sentence: whom one says was seen says nothing of who is named in the next.
fn met(sentences: &Sentences, family: &[Known]) -> Vec<PersonId> {
    let said = sentences.iter().filter(|sentence| !sentence.iter().flatten().any(|word| denies(word)));
    let mut met: Vec<PersonId> = said.flat_map(|sentence| met_in(sentence, family)).collect();
    met.sort();
    met.dedup();
    met
}

fn denies(word: &str) -> bool {
    NOT.contains(&word) || word.ends_with("n't")
}

/// Only names that stand in a row with the verb count: "saw Josh and Mia", "saw Amy, Josh and Mia", "Amy and Mia were there", "both children
/// seen". In "saw Amy, Josh at school" only Amy was seen.
fn met_in(sentence: &[Vec<String>], family: &[Known]) -> Vec<PersonId> {
    let mut met = Vec::new();
    for (at, clause) in sentence.iter().enumerate() {
        for start in verbs(clause) {
            let (named, length) = row(&clause[start..], family);
            met.extend(named);
            let rest: Vec<(Vec<PersonId>, bool)> = sentence[at + 1..]
                .iter()
                .map(|clause| {
                    let (named, length) = row(clause, family);
                    (named, length == clause.len())
                })
                .collect();
            if start + length == clause.len() && rest.iter().all(|(_, is_whole)| *is_whole) {
                met.extend(rest.into_iter().flat_map(|(named, _)| named));
            }
        }
        let (named, length) = row(clause, family);
        let after: Vec<&str> = clause[length..].iter().map(String::as_str).collect();
        if let ["seen", ..] | ["was" | "were", "there" | "present" | "seen", ..] = after.as_slice() {
            met.extend(named);
        }
    }
    met
}

/// Where what was seen begins: after a verb of the writer's own, not after somebody else's ("Amy saw Josh").
fn verbs(clause: &[String]) -> Vec<usize> {
    let is_own = |at: usize| at == 0 || ["i", "we", "and"].contains(&clause[at - 1].as_str());
    let begins = |(at, word): (usize, &String)| match (word.as_str(), clause.get(at + 1).map(String::as_str)) {
        ("saw" | "met" | "visited", _) => Some(at + 1),
        ("spoke" | "talked", Some("with" | "to")) => Some(at + 2),
        _ => None,
    };
    clause.iter().enumerate().filter(|(at, _)| is_own(*at)).filter_map(begins).collect()
}

/// Names in a row, from the first word on, and how many words they take.
fn row(words: &[String], family: &[Known]) -> (Vec<PersonId>, usize) {
    let children: Vec<&Known> = family.iter().filter(|known| known.is_child).collect();
    let mut met = Vec::new();
    for (at, word) in words.iter().enumerate() {
        let named: Vec<&Known> = family.iter().filter(|known| first_of(&known.name) == *word).collect();
        match (named.as_slice(), word.as_str()) {
            ([one], _) => met.push(one.person),
            // A name that two of them have names nobody.
            ([_, _, ..], _) => {}
            (_, "children" | "kids") if counts_all(words, at, children.len()) => {
                met.extend(children.iter().map(|child| child.person));
            }
            (_, "children" | "kids" | "and" | "the" | "both" | "all" | "two" | "three" | "four" | "five" | "six") => {}
            _ => return (met, at),
        }
    }
    (met, words.len())
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
