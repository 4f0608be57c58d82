//! What a fact must be to be recorded. Pure.

use super::fact::{Class, Identifier, Kind, NewFact, Scheme, Shape};
use kernel::nhs_number::NhsNumber;
use kernel::postcode::Postcode;
use kernel::text::{self, TextError};
use kernel::upn::Upn;
use kernel::{Date, names};

/// What tells where somebody is, or how to reach them.
pub(crate) const PLACES: [Kind; 4] = [Kind::Address, Kind::Phone, Kind::Email, Kind::School];

/// Longest words of a fact, in characters.
pub const WORDS_MAX: usize = 5000;
/// Longest line of a name or address, in characters.
pub const LINE_MAX: usize = 300;

/// Why a fact cannot be recorded.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum FactRule {
    /// A text that does not read.
    #[error("{0} {1}")]
    Text(&'static str, TextError),
    /// Somebody cannot be related to themself.
    #[error("Choose somebody else: a person cannot be related to themself")]
    SamePerson,
    /// A date that has not come yet.
    #[error("The date must be today or earlier")]
    Future,
    /// Ends before it begins.
    #[error("The end must not be before the beginning")]
    EndsBeforeItBegins,
    /// An identifier that does not pass its check.
    #[error("{0} {1}")]
    Identifier(&'static str, String),
}

/// Checks a fact and returns it tidied: trimmed, spaces made one, nothing else changed.
///
/// Rule \[ours-facts\]: what cannot be true is refused where it is typed; what is only unusual is kept.
///
/// # Errors
/// [`FactRule`] says what to do.
pub fn check(mut fact: NewFact, today: Date) -> Result<NewFact, FactRule> {
    if !fact.words.is_empty() {
        fact.words = text::note(&fact.words, WORDS_MAX).map_err(|e| FactRule::Text("What you wrote", e))?;
    }
    if !fact.told_by.is_empty() {
        fact.told_by = text::line(&fact.told_by, LINE_MAX).map_err(|e| FactRule::Text("Who told you", e))?;
    }
    let may_be_ahead = fact.kind == Kind::Birth && fact.term == "due";
    if fact.holds_from.is_some_and(|from| from.earliest() > today) && !may_be_ahead {
        return Err(FactRule::Future);
    }
    if let (Some(from), Some(to)) = (fact.holds_from, fact.holds_to)
        && to.latest() < from.earliest()
    {
        return Err(FactRule::EndsBeforeItBegins);
    }
    fact.shape = shape(fact.shape, fact.person)?;
    Ok(fact)
}

/// Returns the class a fact is kept under when a sensitive agency records it: that it is this agency's is itself sensitive.
///
/// Rule \[3.30\]: a sensitive service is never named to whoever does not work with it (note 16).
pub fn class_of(kind: Kind, class: Class, agency_is_sensitive: bool) -> Class {
    let tells_who = matches!(kind, Kind::Name | Kind::Birth | Kind::Sex);
    match class {
        Class::Ordinary | Class::Confidential if agency_is_sensitive && !tells_who => Class::SensitiveService,
        Class::Ordinary | Class::Confidential | Class::SensitiveService | Class::Restricted => class,
    }
}

/// Returns the class of work that an agency does, or is asked for: that a sensitive one has any is itself sensitive.
///
/// Rule \[3.30\]: a sensitive service is never named to whoever does not work with it (note 16).
pub fn work_class(agency_is_sensitive: bool) -> Class {
    if agency_is_sensitive { Class::SensitiveService } else { Class::Ordinary }
}

fn shape(shape: Shape, person: crate::people::PersonId) -> Result<Shape, FactRule> {
    match shape {
        Shape::Name { forenames, surname } => {
            let (forenames, surname) = (optional("The first names", &forenames)?, optional("The last name", &surname)?);
            if forenames.is_empty() && surname.is_empty() {
                return Err(FactRule::Text("The name", TextError::Empty));
            }
            Ok(Shape::Name { forenames, surname })
        }
        Shape::Address { lines, town, postcode } => Ok(Shape::Address {
            lines: optional("The address", &lines)?,
            town: optional("The town", &town)?,
            // A postcode that is not of the usual shape is kept as it was written.
            postcode: postcode.parse::<Postcode>().map_or_else(|_| optional("The postcode", &postcode), |p| Ok(p.to_string()))?,
        }),
        Shape::Identifier(identifier) => check_identifier(identifier).map(Shape::Identifier),
        Shape::Relationship { other } if other == person => Err(FactRule::SamePerson),
        Shape::Plain | Shape::Relationship { .. } | Shape::Involvement { .. } => Ok(shape),
    }
}

fn optional(what: &'static str, typed: &str) -> Result<String, FactRule> {
    match text::line(typed, LINE_MAX) {
        Ok(line) => Ok(line),
        Err(TextError::Empty) => Ok(String::new()),
        Err(e) => Err(FactRule::Text(what, e)),
    }
}

/// Checks an identifier by its own rule and returns it in its stored form.
///
/// # Errors
/// [`FactRule::Identifier`] when a digit is wrong.
pub fn check_identifier(identifier: Identifier) -> Result<Identifier, FactRule> {
    let wrong = |e: String| FactRule::Identifier(identifier.scheme.words(), e);
    let value = match identifier.scheme {
        Scheme::NhsNumber => identifier.value.parse::<NhsNumber>().map_err(|e| wrong(e.to_string()))?.to_string(),
        Scheme::Upn => identifier.value.parse::<Upn>().map_err(|e| wrong(e.to_string()))?.to_string(),
        Scheme::Nino => {
            let plain: String = identifier.value.chars().filter(|c| !c.is_whitespace()).map(|c| c.to_ascii_uppercase()).collect();
            let is_right = plain.len() == 9
                && plain
                    .chars()
                    .enumerate()
                    .all(|(at, c)| if (2..8).contains(&at) { c.is_ascii_digit() } else { c.is_ascii_uppercase() });
            if !is_right {
                return Err(wrong("must be two letters, six digits and a letter, like AB 12 34 56 C".to_owned()));
            }
            plain
        }
    };
    Ok(Identifier { value, ..identifier })
}

/// Returns the words under which a fact is found by a search; none for what is not searched.
pub fn search_words(fact: &NewFact) -> Vec<String> {
    match &fact.shape {
        Shape::Name { forenames, surname } => {
            let mut words = names::folded_words(&format!("{forenames} {surname}"));
            let joined = names::fold(surname).replace(' ', "");
            if !joined.is_empty() && !words.contains(&joined) {
                words.push(joined);
            }
            words.into_iter().map(|word| format!("n:{word}")).collect()
        }
        Shape::Address { lines, town, postcode } => {
            let mut words: Vec<String> =
                names::folded_words(&format!("{lines} {town}")).into_iter().map(|word| format!("a:{word}")).collect();
            let plain: String = postcode.chars().filter(char::is_ascii_alphanumeric).collect();
            if !plain.is_empty() {
                words.push(format!("p:{}", plain.to_ascii_lowercase()));
            }
            words
        }
        Shape::Identifier(identifier) => vec![format!("i:{}", identifier.value.to_ascii_lowercase())],
        Shape::Plain => match (fact.kind, fact.holds_from) {
            (Kind::Birth, Some(on)) => vec![format!("d:{on}")],
            (Kind::Phone, _) => {
                let digits: String = fact.words.chars().filter(char::is_ascii_digit).collect();
                if digits.len() < 7 { Vec::new() } else { vec![format!("t:{}", plain_phone(&digits))] }
            }
            _ => Vec::new(),
        },
        Shape::Relationship { .. } | Shape::Involvement { .. } => Vec::new(),
    }
}

/// Returns a British telephone number's digits written one way: `+44` and `0044` become `0`.
pub fn plain_phone(digits: &str) -> String {
    let rest = digits.strip_prefix("0044").or_else(|| digits.strip_prefix("44"));
    rest.map_or_else(|| digits.to_owned(), |rest| format!("0{rest}"))
}
