//! What somebody typed into the search box, understood. Pure.

use crate::facts::Scheme;
use crate::facts::rules::plain_phone;
use crate::lookup::Record;
use crate::lookup::profile::place_of;
use kernel::Date;
use kernel::names;
use kernel::partial_date::PartialDate;
use kernel::postcode::Postcode;
use kernel::upn::Upn;

const WORDS_MAX: usize = 8;

/// One thing that a person must match.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Wanted {
    /// A name or part of one.
    Name(String),
    /// A date of birth, or the beginning of one.
    Born(String),
    /// An age in years: born between these days.
    Age(i16, Date, Date),
    /// A postcode, or the beginning of one.
    Postcode(String),
    /// An identifier.
    Identifier(String),
    /// A telephone number.
    Phone(String),
    /// A house number, or a word that may be of a name or an address.
    NameOrAddress(String),
}

impl Wanted {
    /// Returns the words to look up: each from the first up to but not including the second.
    pub fn ranges(&self) -> Vec<(String, String)> {
        let prefix = |kind: &str, word: &str| {
            let from = format!("{kind}:{word}");
            let to = format!("{from}\u{10FFFF}");
            (from, to)
        };
        let exact = |kind: &str, word: &str| {
            let from = format!("{kind}:{word}");
            let to = format!("{from}\u{0001}");
            (from, to)
        };
        match self {
            Self::Name(word) => vec![prefix("n", word)],
            Self::Born(date) => vec![prefix("d", date)],
            // A number is an age, or a house.
            Self::Age(years, from, to) => {
                vec![(format!("d:{from}"), format!("d:{to}\u{0001}")), exact("a", &years.to_string())]
            }
            Self::Postcode(word) => vec![prefix("p", word)],
            Self::Identifier(word) => vec![exact("i", word)],
            Self::Phone(word) => vec![exact("t", word)],
            Self::NameOrAddress(word) if word.chars().all(|c| c.is_ascii_digit()) => vec![exact("a", word)],
            Self::NameOrAddress(word) => vec![prefix("n", word), prefix("a", word)],
        }
    }

    /// Returns why somebody was found by this, in words.
    pub fn words(&self) -> String {
        match self {
            Self::Name(word) => format!("name has “{word}”"),
            Self::Born(date) => {
                format!("born {}", date.parse::<PartialDate>().map_or_else(|_| date.clone(), PartialDate::words))
            }
            Self::Age(years, ..) => format!("aged {years}, or at number {years}"),
            Self::Postcode(word) => format!("postcode {}", word.to_uppercase()),
            Self::Identifier(_) => "identifier".to_owned(),
            Self::Phone(_) => "telephone number".to_owned(),
            Self::NameOrAddress(word) => format!("name or address has “{word}”"),
        }
    }
}

/// What somebody looks for.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Query {
    /// All of these must match.
    pub wanted: Vec<Wanted>,
}

impl Query {
    /// Returns what is meant by a text, in any order: "malik aisha 34", "BD3 9QX", "12 May 1990", "943 476 5919".
    pub fn parse(text: &str, today: Date) -> Self {
        let mut wanted = Vec::new();
        let text = take_dates(text, today, &mut wanted);
        let words: Vec<&str> = text.split([' ', ',', ';', '\t', '\n']).filter(|w| !w.is_empty()).take(WORDS_MAX * 2).collect();
        let mut at = 0;
        while at < words.len() && wanted.len() < WORDS_MAX {
            let (found, used) = understand(&words[at..], today);
            for one in found {
                if !wanted.contains(&one) {
                    wanted.push(one);
                }
            }
            at += used;
        }
        wanted.truncate(WORDS_MAX);
        Self { wanted }
    }

    /// Returns whether it is enough to go on: one letter is not.
    ///
    /// Rule \[3.30\]: nobody browses; a search names whom it is for.
    pub fn is_enough(&self) -> bool {
        let letters: usize = self
            .wanted
            .iter()
            .map(|wanted| match wanted {
                Wanted::Name(word) | Wanted::NameOrAddress(word) | Wanted::Postcode(word) | Wanted::Born(word) => {
                    word.chars().count()
                }
                Wanted::Identifier(_) | Wanted::Phone(_) => 9,
                Wanted::Age(..) => 0,
            })
            .sum();
        letters >= 3
    }
}

/// Words of a name that are looked up forgivingly: what follows them is likelier an address.
const NAMES_MAX: usize = 3;

impl Query {
    /// Returns what was typed as records to look up forgivingly: the names once as typed, once the other way round. Nothing without a name.
    pub fn records(&self) -> Vec<Record> {
        let mut record = Record::default();
        let mut names: Vec<&str> = Vec::new();
        for wanted in &self.wanted {
            match wanted {
                Wanted::Name(word) | Wanted::NameOrAddress(word) if word.chars().all(char::is_alphabetic) => names.push(word),
                Wanted::Name(_) | Wanted::NameOrAddress(_) | Wanted::Age(..) => {}
                Wanted::Born(on) => record.born.clone_from(on),
                Wanted::Postcode(postcode) => record.postcode.clone_from(postcode),
                Wanted::Phone(phone) => record.phone.clone_from(phone),
                Wanted::Identifier(number) => {
                    let scheme = match number.len() {
                        10 => Scheme::NhsNumber,
                        13 => Scheme::Upn,
                        _ => Scheme::Nino,
                    };
                    record.numbers[place_of(scheme)].clone_from(number);
                }
            }
        }
        names.truncate(NAMES_MAX);
        match names.as_slice() {
            [] => Vec::new(),
            [one] => vec![
                Record { last_name: (*one).to_owned(), ..record.clone() },
                Record { first_name: (*one).to_owned(), ..record },
            ],
            [first, .., last] => {
                let named = |forenames: &[&str], surname: &str| Record {
                    first_name: forenames.join(" "),
                    last_name: surname.to_owned(),
                    ..record.clone()
                };
                vec![named(&names[..names.len() - 1], last), named(&names[1..], first)]
            }
        }
    }
}

/// Takes dates written with slashes, dashes or month names out of the text.
fn take_dates(text: &str, today: Date, wanted: &mut Vec<Wanted>) -> String {
    let words: Vec<&str> = text.split_whitespace().collect();
    let mut rest = Vec::new();
    let mut at = 0;
    while at < words.len() {
        if at + 2 < words.len()
            && words[at + 1].chars().all(char::is_alphabetic)
            && let Ok(Some(date)) = PartialDate::from_boxes(words[at], words[at + 1], words[at + 2])
        {
            wanted.push(Wanted::Born(date.to_string()));
            at += 3;
            continue;
        }
        let is_month = words[at].len() >= 3 && words[at].chars().all(char::is_alphabetic);
        if is_month
            && let Some(year) = words.get(at + 1).filter(|year| year.len() == 4)
            && let Ok(Some(date)) = PartialDate::from_boxes("", words[at], year)
        {
            wanted.push(Wanted::Born(date.to_string()));
            at += 2;
            continue;
        }
        match numbers_of_date(words[at], today) {
            Some(date) => wanted.push(Wanted::Born(date.to_string())),
            None => rest.push(words[at]),
        }
        at += 1;
    }
    rest.join(" ")
}

/// A date in figures: "12/5/1990", "1990-05-12", "12.5.90", "5/1990". A year of two figures is the last that is not to come.
fn numbers_of_date(word: &str, today: Date) -> Option<PartialDate> {
    let parts: Vec<&str> = word.split(['/', '-', '.']).collect();
    match parts.as_slice() {
        [d, m, y] | [y, m, d] if y.len() == 4 => PartialDate::from_boxes(d, m, y).ok().flatten(),
        [m, y] if y.len() == 4 => PartialDate::from_boxes("", m, y).ok().flatten(),
        [d, m, y] if y.len() == 2 && word.contains(['/', '.']) => {
            let short: i16 = y.parse().ok()?;
            let this_century = today.year() - today.year() % 100 + short;
            let year = if this_century > today.year() { this_century - 100 } else { this_century };
            PartialDate::from_boxes(d, m, &year.to_string()).ok().flatten()
        }
        _ => None,
    }
}

fn understand(words: &[&str], today: Date) -> (Vec<Wanted>, usize) {
    let word = words[0];
    for count in (1..=4.min(words.len())).rev() {
        let joined: String = words[..count].concat();
        if joined.chars().all(|c| c.is_ascii_digit() || c == '+') {
            let digits: String = joined.chars().filter(char::is_ascii_digit).collect();
            let phone = plain_phone(&digits);
            if phone.len() == 11 && phone.starts_with('0') {
                return (vec![Wanted::Phone(phone)], count);
            }
            if digits.len() == 10 {
                return (vec![Wanted::Identifier(digits)], count);
            }
        }
    }
    if words.len() > 1
        && let Ok(postcode) = format!("{word}{}", words[1]).parse::<Postcode>()
        && words[1].starts_with(|c: char| c.is_ascii_digit())
    {
        return (vec![Wanted::Postcode(postcode.to_string().replace(' ', "").to_lowercase())], 2);
    }
    if let Ok(postcode) = word.parse::<Postcode>() {
        return (vec![Wanted::Postcode(postcode.to_string().replace(' ', "").to_lowercase())], 1);
    }
    if let Ok(upn) = word.parse::<Upn>() {
        return (vec![Wanted::Identifier(upn.to_string().to_lowercase())], 1);
    }
    if let Ok(number) = word.parse::<i16>() {
        return (vec![number_wanted(number, word, today)], 1);
    }
    (names::folded_words(word).into_iter().map(Wanted::NameOrAddress).collect(), 1)
}

/// A bare number is a year of birth, an age, or a house.
fn number_wanted(number: i16, word: &str, today: Date) -> Wanted {
    if (1900..=today.year()).contains(&number) {
        return Wanted::Born(number.to_string());
    }
    let born = |years: i16| Date::new(today.year() - years, today.month(), today.day().min(28)).unwrap_or(today);
    if (0..=110).contains(&number) {
        let from = born(number + 1).tomorrow().unwrap_or(today);
        return Wanted::Age(number, from, born(number));
    }
    Wanted::NameOrAddress(word.to_owned())
}

/// Returns what was understood, in words: shown above the results.
pub fn words(query: &Query) -> String {
    query.wanted.iter().map(Wanted::words).collect::<Vec<_>>().join(", ")
}

#[cfg(test)]
mod tests {
    use super::*;
    use kernel::Date;

    fn parse(text: &str) -> Vec<Wanted> {
        Query::parse(text, "2026-11-22".parse::<Date>().unwrap()).wanted
    }

    #[test]
    fn names_come_in_any_order_with_accents_or_without() {
        assert_eq!(
            parse("Łuczak, Małgorzata"),
            [Wanted::NameOrAddress("luczak".into()), Wanted::NameOrAddress("malgorzata".into())]
        );
    }

    #[test]
    fn dates_are_understood_as_people_write_them() {
        for written in ["12/5/1990", "12.05.1990", "1990-05-12", "12 May 1990", "12 may 1990"] {
            assert_eq!(parse(written), [Wanted::Born("1990-05-12".into())], "{written}");
        }
        assert_eq!(parse("1990"), [Wanted::Born("1990".into())]);
        for written in ["May 1990", "may 1990", "5/1990"] {
            assert_eq!(parse(written), [Wanted::Born("1990-05".into())], "{written}");
        }
        assert_eq!(parse("8/6/92"), [Wanted::Born("1992-06-08".into())]);
        assert_eq!(parse("8/6/19"), [Wanted::Born("2019-06-08".into())]);
        assert_eq!(parse("May"), [Wanted::NameOrAddress("may".into())], "May is a name as well");
    }

    #[test]
    fn postcodes_identifiers_and_telephones_are_recognised_with_spaces() {
        assert_eq!(parse("bd3 9qx"), [Wanted::Postcode("bd39qx".into())]);
        assert_eq!(parse("943 476 5919"), [Wanted::Identifier("9434765919".into())]);
        assert_eq!(parse("+44 7700 900101"), [Wanted::Phone("07700900101".into())]);
        assert_eq!(parse("H801200001001"), [Wanted::Identifier("h801200001001".into())]);
    }

    #[test]
    fn an_age_is_a_range_of_birthdays() {
        let found = parse("amy 34");
        assert!(
            matches!(&found[1], Wanted::Age(34, from, to) if from.to_string() == "1991-11-23" && to.to_string() == "1992-11-22")
        );
    }

    /// Rule [3.30]
    #[test]
    fn one_letter_or_an_age_alone_is_not_enough_to_go_on() {
        let enough = |text: &str| Query::parse(text, "2026-11-22".parse().unwrap()).is_enough();
        assert!(!enough("a"));
        assert!(!enough("34"));
        assert!(!enough("*"));
        assert!(enough("ali"));
        assert!(enough("bd3"));
    }

    proptest::proptest! {
        #[test]
        fn no_text_makes_it_panic(text in ".{0,200}") {
            let query = Query::parse(&text, "2026-02-28".parse().unwrap());
            proptest::prop_assert!(query.wanted.len() <= WORDS_MAX);
            for wanted in &query.wanted {
                proptest::prop_assert!(!wanted.ranges().is_empty());
            }
        }
    }
}
