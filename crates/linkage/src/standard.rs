//! What is written in a field, brought to one form: names to plain words, dates, postcodes, telephones and numbers to what they mean.
//!
//! Invariant: nothing here guesses; what does not read is missing.

use unicode_normalization::UnicodeNormalization;
use unicode_normalization::char::is_combining_mark;

/// Appends `text` to `out` in lower case, without accents, letters and digits only, words with one space between.
pub fn fold(text: &str, out: &mut String) {
    out.clear();
    let mut gap = false;
    if text.is_ascii() {
        for byte in text.bytes() {
            match byte {
                b'\'' | b'`' | b'.' => {}
                byte if byte.is_ascii_alphanumeric() => {
                    push_gap(out, &mut gap);
                    out.push(byte.to_ascii_lowercase() as char);
                }
                _ => gap = true,
            }
        }
        return;
    }
    for c in text.nfkd() {
        match c {
            '\'' | '’' | 'ʼ' | '`' | '.' => {}
            c if is_combining_mark(c) => {}
            c if c.is_alphanumeric() => {
                push_gap(out, &mut gap);
                push_plain(out, c);
            }
            _ => gap = true,
        }
    }
}

fn push_gap(out: &mut String, gap: &mut bool) {
    if *gap && !out.is_empty() {
        out.push(' ');
    }
    *gap = false;
}

fn push_plain(out: &mut String, c: char) {
    match c {
        'ł' | 'Ł' => out.push('l'),
        'ø' | 'Ø' => out.push('o'),
        'đ' | 'Đ' | 'ð' | 'Ð' => out.push('d'),
        'ı' => out.push('i'),
        'ß' => out.push_str("ss"),
        'æ' | 'Æ' => out.push_str("ae"),
        'œ' | 'Œ' => out.push_str("oe"),
        'þ' | 'Þ' => out.push_str("th"),
        _ => out.extend(c.to_lowercase()),
    }
}

/// Words that stand where a name is not known.
const NO_NAMES: [&str; 22] = [
    "baby", "unknown", "unk", "tbc", "tba", "na", "nk", "none", "null", "nil", "mr", "mrs", "miss", "ms", "mx", "dr", "male",
    "female", "infant", "unborn", "test", "child",
];

/// Returns whether a folded word is a name, and not what is written when there is none.
pub fn is_name(word: &str) -> bool {
    !NO_NAMES.contains(&word) && word.bytes().any(|byte| byte.is_ascii_alphabetic() || byte >= 0x80)
}

/// A date of birth as a number: year, month and day in decimal places, `19900512`; 0 is not known.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Born(pub u32);

impl Born {
    /// Returns a date that the calendar has, from 1890 on.
    pub fn new(year: u32, month: u32, day: u32) -> Option<Self> {
        let is_leap = year.is_multiple_of(4) && (!year.is_multiple_of(100) || year.is_multiple_of(400));
        let days = match month {
            2 if is_leap => 29,
            2 => 28,
            4 | 6 | 9 | 11 => 30,
            1..=12 => 31,
            _ => return None,
        };
        ((1890..=2199).contains(&year) && (1..=days).contains(&day)).then_some(Self(year * 10_000 + month * 100 + day))
    }

    /// Reads `1990-05-12`, `12/05/1990`, `12.5.1990` or `19900512`.
    pub fn read(text: &str) -> Option<Self> {
        let text = text.trim();
        let text = text.split(['T', ' ']).next().unwrap_or(text);
        if text.len() == 8 && text.bytes().all(|byte| byte.is_ascii_digit()) {
            let number: u32 = text.parse().ok()?;
            return Self::new(number / 10_000, number / 100 % 100, number % 100);
        }
        let mut parts = text.split(['-', '/', '.']);
        let (first, second, third) = (parts.next()?, parts.next()?, parts.next()?);
        if parts.next().is_some() {
            return None;
        }
        let number = |text: &str| text.parse::<u32>().ok();
        if first.len() == 4 {
            Self::new(number(first)?, number(second)?, number(third)?)
        } else if third.len() == 4 {
            Self::new(number(third)?, number(second)?, number(first)?)
        } else {
            None
        }
    }

    /// Returns whether it is known.
    pub fn is_known(self) -> bool {
        self.0 != 0
    }

    /// Returns the year.
    pub fn year(self) -> u32 {
        self.0 / 10_000
    }

    /// Returns the month.
    pub fn month(self) -> u32 {
        self.0 / 100 % 100
    }

    /// Returns the day of the month.
    pub fn day(self) -> u32 {
        self.0 % 100
    }

    /// Returns whether it is the day that systems write when only the year is known.
    pub fn is_new_year(self) -> bool {
        self.month() == 1 && self.day() == 1
    }
}

/// Writes a postcode without spaces in capitals, letters and digits told apart by their places; the part before its last three too.
///
/// Returns the length of the outward part; 0 when it is no postcode and `out` is empty.
pub fn postcode(text: &str, out: &mut String) -> usize {
    out.clear();
    out.extend(text.chars().filter(char::is_ascii_alphanumeric).map(|c| c.to_ascii_uppercase()));
    let length = out.len();
    if (4..=6).contains(&length) && out.bytes().all(|byte| byte.is_ascii_digit()) {
        // As other countries write them: the first two digits are a district.
        return 2;
    }
    // A postcode begins with a letter, and has a figure before its last three.
    let outward = if length >= 5 { length - 3 } else { length };
    let is_district = out.starts_with(|c: char| c.is_ascii_alphabetic()) && out[..outward].contains(|c: char| c.is_ascii_digit());
    if (2..=4).contains(&length) && is_district {
        return length;
    }
    if !(5..=7).contains(&length) || !is_district {
        out.clear();
        return 0;
    }
    let inward = length - 3;
    let mended: String = out
        .chars()
        .enumerate()
        .map(|(at, c)| match (at, c) {
            (at, 'O') if at == inward => '0',
            (at, 'I') if at == inward => '1',
            (at, '0') if at > inward => 'O',
            (at, '1') if at > inward => 'I',
            _ => c,
        })
        .collect();
    *out = mended;
    inward
}

/// Writes the last ten digits of a telephone number; fewer than seven are none.
pub fn phone(text: &str, out: &mut String) {
    out.clear();
    let digits = text.bytes().filter(u8::is_ascii_digit).count();
    if digits < 7 {
        return;
    }
    out.extend(text.chars().filter(char::is_ascii_digit).skip(digits.saturating_sub(10)));
    // A number of one digit again and again is nobody's.
    if out.bytes().all(|byte| byte == out.as_bytes()[0]) {
        out.clear();
    }
}

/// Writes an email address in lower case; what has no `@` inside is none.
pub fn email(text: &str, out: &mut String) {
    out.clear();
    let text = text.trim();
    if text.split_once('@').is_some_and(|(who, at)| !who.is_empty() && at.contains('.')) {
        out.push_str(&text.to_lowercase());
    }
}

/// Writes a number that somebody is known by, in capitals without spaces; fewer than four digits, one again and again, or counting up are none.
pub fn number(text: &str, out: &mut String) {
    out.clear();
    out.extend(text.chars().filter(char::is_ascii_alphanumeric).map(|c| c.to_ascii_uppercase()));
    let digits = out.bytes().filter(u8::is_ascii_digit);
    let is_counting = "01234567890".contains(out.as_str()) || "09876543210".contains(out.as_str());
    let first = digits.clone().next();
    if digits.clone().count() < 4 || digits.clone().all(|digit| Some(digit) == first) || is_counting {
        out.clear();
    }
}

/// Returns whether ten digits carry the check digit of an NHS number (modulus 11, NHS Data Dictionary).
pub fn is_nhs_number(digits: &str) -> bool {
    let values: Vec<u32> = digits.chars().filter_map(|c| c.to_digit(10)).collect();
    if values.len() != 10 || digits.len() != 10 {
        return false;
    }
    let sum: u32 = values.iter().take(9).zip((2..=10).rev()).map(|(digit, weight)| digit * weight).sum();
    (11 - sum % 11) % 11 == values[9]
}

/// Writes a house: its number and letters, the word for a flat left out: "Flat 3, 12" and "3/12" are one.
pub fn house(text: &str, out: &mut String) {
    let mut folded = String::new();
    fold(text, &mut folded);
    out.clear();
    for word in folded.split(' ').filter(|word| !["flat", "apartment", "apt", "unit", "no", "number"].contains(word)) {
        if !out.is_empty() {
            out.push(' ');
        }
        out.push_str(word);
    }
}

/// Endings of streets that are shortened.
const ENDINGS: [(&str, &str); 12] = [
    ("road", "rd"),
    ("street", "st"),
    ("avenue", "ave"),
    ("drive", "dr"),
    ("crescent", "cres"),
    ("lane", "ln"),
    ("close", "cl"),
    ("place", "pl"),
    ("court", "ct"),
    ("terrace", "ter"),
    ("gardens", "gdns"),
    ("grove", "gr"),
];

/// Writes a street with its ending shortened.
pub fn street(text: &str, out: &mut String) {
    fold(text, out);
    if let Some((start, last)) = out.rsplit_once(' ')
        && let Some((_, short)) = ENDINGS.iter().find(|(long, _)| *long == last)
    {
        *out = format!("{start} {short}");
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn written(with: impl Fn(&str, &mut String), text: &str) -> String {
        let mut out = String::new();
        with(text, &mut out);
        out
    }

    #[test]
    fn names_lose_accents_case_and_marks_and_keep_their_words() {
        assert_eq!(written(fold, "Małgorzata O'Neill-Łuczak "), "malgorzata oneill luczak");
        assert_eq!(written(fold, "MARY  ANN"), "mary ann");
        assert!(!is_name("baby") && !is_name("123") && is_name("li"));
    }

    #[test]
    fn dates_are_read_as_they_are_written_and_no_day_is_made_up() {
        for text in ["1990-05-12", "12/05/1990", "12.5.1990", "19900512", "1990-05-12T00:00:00"] {
            assert_eq!(Born::read(text), Some(Born(19_900_512)), "{text}");
        }
        for text in ["1990-02-30", "30/2/1990", "1066-01-01", "12/05/90", "soon", ""] {
            assert_eq!(Born::read(text), None, "{text}");
        }
    }

    #[test]
    fn postcodes_telephones_and_houses_come_to_one_form() {
        let written_postcode = |text: &str| {
            let mut out = String::new();
            (postcode(text, &mut out), out)
        };
        assert_eq!(written_postcode("bd3 9qx"), (3, "BD39QX".to_owned()));
        assert_eq!(written_postcode("BD3 IQX"), (3, "BD31QX".to_owned()));
        assert_eq!(written_postcode("BD3"), (3, "BD3".to_owned()));
        assert_eq!(written_postcode("none of it"), (0, String::new()));
        assert_eq!(written(phone, "+44 7700 900101"), "7700900101");
        assert_eq!(written(phone, "07700 900101"), "7700900101");
        assert_eq!(written(phone, "0000000000"), "");
        assert_eq!(written(house, "Flat 3, 12"), written(house, "3/12"));
        assert_eq!(written(street, "High Street"), written(street, "HIGH ST"));
    }

    #[test]
    fn an_nhs_number_has_its_check_digit() {
        assert!(is_nhs_number("9434765919"));
        assert!(!is_nhs_number("9434765918"));
        assert!(!is_nhs_number("943476591"));
    }
}
