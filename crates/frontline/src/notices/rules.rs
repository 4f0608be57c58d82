//! Who is told of what, what is safe, when a message leaves, and how often it is tried. Pure.

use super::notice::{Audience, NewSafeContact, News, Safe, SafeContact, Way};
use crate::referrals::referral::EventKind;
use area::Area;
use area::notices::{FamilyText, Notices, Text};
use families::facts::{Fact, Kind};
use kernel::text::TextError;
use kernel::{Date, Timestamp, clock, names};

/// Longest words beside what is safe, in characters.
pub const WORDS_MAX: usize = 500;
/// A message is tried so often before somebody is told that it did not leave.
pub const TRIES_MAX: i64 = 6;
/// Seconds to the second try; each wait after it is four times as long: 1, 4, 16 and 64 minutes, then over four hours.
const FIRST_WAIT_SECONDS: i64 = 60;
const HOUR_SECONDS: i64 = 3600;

/// Why what somebody said cannot be kept.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum SafeRule {
    /// A way without a number or address.
    #[error("Choose the number or address that is safe")]
    NoAddress,
    /// A text to what gets none.
    #[error("A text message needs a mobile number, as 07700 900123")]
    NotMobile,
    /// Hours that are none.
    #[error("Choose hours of which the first is before the last")]
    NoHours,
    /// Nobody follows the way out for them here.
    #[error("Choose what is safe")]
    NoChoice,
    /// The words do not read.
    #[error("What else they said {0}")]
    Words(#[from] TextError),
}

/// Returns who is told of news about a referral. Nobody is told of what they did themself; that is for whoever asks.
///
/// Rule \[3.10\]: the sender always knows what became of it; a service knows at once that it is asked.
/// Rule \[3.17\]: whoever leads for the family is told, and so is the family.
pub fn told_of(news: News) -> &'static [Audience] {
    use Audience::{Lead, Owner, Person, Sender};
    match news {
        News::Asked => &[Owner],
        News::Step(kind) => match kind {
            EventKind::Accepted | EventKind::Declined | EventKind::SaidWhen | EventKind::PassedOn => &[Sender, Lead, Person],
            EventKind::Started | EventKind::Missed | EventKind::Ended => &[Sender, Lead],
            EventKind::AskedBack | EventKind::FirstElsewhere => &[Sender],
            EventKind::Replied | EventKind::Withdrawn | EventKind::Given => &[Owner],
        },
    }
}

/// Returns by which way a message to somebody may leave today; nothing where somebody is to tell them.
///
/// Rule \[3.30\]: a message can be read by whom it endangers (note 16): it leaves only the way that they said is safe, to the number or address that
/// they named, while that holds, and until they are to be asked again. Of what was said twice the careful one holds.
pub fn safe_way(said: &[SafeContact], current: impl Fn(&SafeContact) -> bool, today: Date) -> Option<(Way, &SafeContact)> {
    let latest = said.iter().max_by_key(|one| (one.recorded_at, one.id.0))?;
    if said.iter().any(|one| matches!(one.safe, Safe::None | Safe::Stopped)) || latest.ask_again_on < today || !current(latest) {
        return None;
    }
    match latest.safe {
        Safe::Email => Some((Way::Email, latest)),
        Safe::Sms => Some((Way::Sms, latest)),
        Safe::None | Safe::Stopped => None,
    }
}

/// Checks what somebody said against what is known of how to reach them.
///
/// # Errors
/// [`SafeRule`] says what is wrong.
pub fn check(new: &NewSafeContact, known: &[Fact]) -> Result<(), SafeRule> {
    if new.from_hour >= new.to_hour || new.to_hour > 24 {
        return Err(SafeRule::NoHours);
    }
    let chosen = new.fact.and_then(|id| known.iter().find(|fact| fact.id == id));
    match (new.safe, chosen) {
        (Safe::Stopped, _) => Err(SafeRule::NoChoice),
        (Safe::None, _) => Ok(()),
        (Safe::Email, Some(fact)) if fact.new.kind == Kind::Email => Ok(()),
        (Safe::Sms, Some(fact)) if fact.new.kind == Kind::Phone => mobile(&fact.new.words).map(|_| ()).ok_or(SafeRule::NotMobile),
        (Safe::Email | Safe::Sms, _) => Err(SafeRule::NoAddress),
    }
}

/// Returns a mobile number of the United Kingdom as it is dialled from anywhere: `+447700900123`; nothing for any other.
///
/// Ofcom, National Telephone Numbering Plan: mobile numbers begin with 07, but 070 are personal numbers and 076 pagers (07624 is mobile).
pub fn mobile(written: &str) -> Option<String> {
    let kept: String = written.chars().filter(|c| c.is_ascii_digit() || *c == '+').collect();
    let rest = kept.strip_prefix("+44").or_else(|| kept.strip_prefix("0044")).or_else(|| kept.strip_prefix('0'))?;
    let rest = rest.strip_prefix('0').unwrap_or(rest);
    let is_mobile = rest.len() == 10
        && rest.starts_with('7')
        && !rest.starts_with("70")
        && (!rest.starts_with("76") || rest.starts_with("7624"))
        && rest.bytes().all(|b| b.is_ascii_digit());
    is_mobile.then(|| format!("+44{rest}"))
}

/// Returns the first moment from now on at which a message may leave: within the hours of the day, in London, that are safe.
pub fn not_before(now: Timestamp, (from_hour, to_hour): (u8, u8)) -> Timestamp {
    let is_safe = |at: Timestamp| {
        let hour = clock::local_hour(at);
        (i16::from(from_hour)..i16::from(to_hour)).contains(&i16::from(hour))
    };
    if is_safe(now) {
        return now;
    }
    let hour = now.as_second().div_euclid(HOUR_SECONDS);
    // On the day the clocks go forward an hour is not there: the next one like it is within two days.
    let at = |ahead: i64| Timestamp::from_second((hour + ahead) * HOUR_SECONDS).unwrap_or(now);
    (1..=49).map(at).find(|at| is_safe(*at)).unwrap_or_else(|| at(1))
}

/// Returns when a message that did not leave is tried again; nothing when it has been tried often enough.
pub fn try_again_at(tries: i64, now: Timestamp) -> Option<Timestamp> {
    if tries >= TRIES_MAX {
        return None;
    }
    let wait = FIRST_WAIT_SECONDS << (2 * (tries - 1).clamp(0, TRIES_MAX));
    Timestamp::from_second(now.as_second() + wait).ok()
}

/// Returns the area's ids of languages that are known in words.
pub fn languages(spoken: &[String], area: &Area) -> Vec<String> {
    let is_one = |words: &str| spoken.iter().any(|known| names::fold(known) == names::fold(words));
    area.setting.languages.iter().filter(|one| is_one(&one.words)).map(|one| one.id.clone()).collect()
}

/// Returns the subject and text of a message to a practitioner.
pub fn to_practitioner(text: &Text, notices: &Notices, path: &str) -> (String, String) {
    let base = notices.address.trim_end_matches('/');
    let words = text.words.replace("{link}", &format!("{base}{path}")).replace("{choice}", &format!("{base}/notices"));
    (text.subject.clone(), words.trim().to_owned())
}

/// Returns the subject and text of a message to somebody of a family, with the path of its link where it has one, and where they stop them.
pub fn to_family(text: &FamilyText, notices: &Notices, (stop_token, link): (&str, &str)) -> (String, String, String) {
    let base = notices.address.trim_end_matches('/');
    let stop = format!("{base}/stop/{stop_token}");
    let words = text.words.replace("{stop}", &stop).replace("{link}", &format!("{base}{link}"));
    (text.subject.clone(), words.trim().to_owned(), stop)
}
