//! When a link opens, what its number is, and what is said of it. Pure.

use super::link::Link;
use crate::notices::State;
use kernel::{Date, british};

/// After so many wrong numbers a link opens nothing any more: a guess at one of a million is right once in 200,000 links.
pub const WRONG_MAX: i64 = 5;
/// So many numbers there are.
const CODES: u64 = 1_000_000;

/// Returns a number of six digits from chance.
pub fn code(secret: &[u8; 32]) -> String {
    let digest = ::store::keys::digest(secret);
    let mut first = [0_u8; 8];
    first.copy_from_slice(&digest[..8]);
    format!("{:06}", u64::from_be_bytes(first) % CODES)
}

/// Returns what somebody typed without what they set between the digits.
pub fn typed(code: &str) -> String {
    code.chars().filter(char::is_ascii_digit).collect()
}

/// Returns whether a link still opens with its number.
pub fn opens(link: &Link, today: Date) -> bool {
    link.ended_at.is_none() && link.until_on >= today && link.wrong < WRONG_MAX
}

/// Returns where a link stands, in words; why it did not arrive, for whoever sent it.
pub fn state(link: &Link, is_mine: bool, today: Date) -> String {
    let until = british::day(link.until_on);
    if link.wrong >= WRONG_MAX {
        return "A wrong number was typed too often: the link opens nothing any more. Talk with them, or send another".to_owned();
    }
    if link.until_on < today {
        return format!("The link was good until {until}. Talk with them, or send another");
    }
    if link.opened_at.is_some() {
        return format!("The link was opened, and not answered yet. It is good until {until}");
    }
    match &link.message {
        Some((State::Waiting | State::Sending, _)) => {
            format!("A link leaves at an hour that is safe. It is good until {until}")
        }
        Some((State::Failed, why)) if is_mine => format!("The link did not reach them: {why}. Talk with them"),
        Some((State::Failed, _)) => "The link did not reach them. Talk with them".to_owned(),
        Some((State::Delivered, _)) => format!("The link arrived, and is not opened yet. It is good until {until}"),
        _ => format!("A link was sent, and is not opened yet. It is good until {until}"),
    }
}

/// Returns a number as it is read aloud: `482 913`.
pub fn aloud(code: &str) -> String {
    let (first, last) = code.split_at(code.len().min(3));
    format!("{first} {last}").trim().to_owned()
}
