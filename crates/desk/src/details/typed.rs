//! A detail as it is typed: from a form to a fact, and from a fact back into the form's boxes. Pure.

use area::Area;
use families::facts::rules::{self, LINE_MAX, WORDS_MAX};
use families::facts::{Answer, Class, Fact, Identifier, Kind, NewFact, Scheme, Shape, Standing, Verified};
use families::people::PersonId;
use kernel::partial_date::PartialDate;
use kernel::text;
use std::collections::BTreeMap;
use web::{FieldErrors, Form};

/// What is known of whoever somebody is, in the order of the page, each with its heading.
pub const KINDS: [(Kind, &str); 9] = [
    (Kind::Name, "Name"),
    (Kind::Birth, "Date of birth"),
    (Kind::Sex, "Sex"),
    (Kind::Address, "Address"),
    (Kind::Phone, "Telephone"),
    (Kind::Email, "Email"),
    (Kind::Language, "Language"),
    (Kind::School, "School or nursery"),
    (Kind::Identifier, "Number"),
];

/// Returns the heading of a kind; nothing for what is no detail.
pub fn heading(kind: Kind) -> Option<&'static str> {
    let known = KINDS.iter().find(|(one, _)| *one == kind).map(|(_, heading)| *heading);
    if kind == Kind::Relationship { Some("Relationship") } else { known }
}

/// Returns the fact that was typed; what is wrong with it is noted at its field. `old` is what it takes the place of.
///
/// Rule \[3.21\]: not known, not asked, not wanted to be said and none are four answers, and each is kept.
pub fn read(person: PersonId, kind: Kind, form: &Form, old: Option<&Fact>, (area, errors): (&Area, &mut FieldErrors)) -> NewFact {
    let mut fact = NewFact::plain(person, kind, "", "");
    fact.told_by = form.line_if_any("told_by", "Who told you", LINE_MAX, errors);
    fact.standing = if form.text("standing") == "told" { Standing::Told } else { Standing::Seen };
    fact.answer = form.text("answer").parse().unwrap_or(Answer::Known);
    if let Some(old) = old {
        fact.shape = if kind == Kind::Relationship { old.new.shape.clone() } else { Shape::Plain };
    }
    if fact.answer != Answer::Known {
        let boxes = ["forenames", "surname", "born-year", "lines", "town", "postcode", "words", "value"];
        if boxes.iter().any(|name| !form.text(name).trim().is_empty()) {
            errors.add("answer", "You typed something below: choose “Yes”, or empty it");
        }
        return fact;
    }
    if kind != Kind::Birth {
        fact.holds_from = form.date("from", "Since when", errors);
        fact.holds_to = form.date("until", "Until when", errors);
    }
    match kind {
        Kind::Name => read_name(&mut fact, form, (area, errors)),
        Kind::Birth => match form.date("born", "The date of birth", errors) {
            Some(born) => {
                fact.holds_from = Some(born);
                if form.has("due", "yes") {
                    "due".clone_into(&mut fact.term);
                }
            }
            None if errors.is_empty() => errors.add("born", "Type the date of birth: the year alone will do"),
            None => {}
        },
        Kind::Sex => fact.term = form.choice("sex", "Choose one", ["F", "M"].into_iter(), errors),
        Kind::Address => read_address(&mut fact, form, (area, errors)),
        Kind::Phone => fact.words = read_phone(form, errors),
        Kind::Email => fact.words = read_email(form, errors),
        Kind::Language => {
            fact.words = form.line("words", "The language", 100, errors);
            if form.text("interpreter") == "yes" {
                "interpreter".clone_into(&mut fact.term);
            }
        }
        Kind::School => fact.words = form.line("words", "The school", LINE_MAX, errors),
        Kind::Identifier => read_identifier(&mut fact, form, errors),
        Kind::Relationship => {
            let offered = area.setting.relationships.iter().map(|relation| relation.id.as_str());
            fact.term = form.choice("term", "Choose how they are related", offered, errors);
        }
        Kind::Involvement
        | Kind::Narrative
        | Kind::Strength
        | Kind::Aspiration
        | Kind::Need
        | Kind::Circumstance
        | Kind::Risk
        | Kind::Event => fact.words = form.note("words", "What you wrote", WORDS_MAX, errors),
    }
    let tells_who = matches!(kind, Kind::Birth | Kind::Sex) || fact.term == "usual";
    if form.has("ours", "yes") && !tells_who {
        fact.class = Class::Confidential;
    }
    fact
}

fn read_name(fact: &mut NewFact, form: &Form, (area, errors): (&Area, &mut FieldErrors)) {
    let offered = area.setting.name_kinds.iter().map(|choice| choice.id.as_str());
    fact.term = form.choice("term", "Choose what kind of name it is", offered, errors);
    let forenames = form.line_if_any("forenames", "The first names", LINE_MAX, errors);
    let surname = form.line_if_any("surname", "The last name", LINE_MAX, errors);
    if forenames.is_empty() && surname.is_empty() {
        errors.add("forenames", "Type a first name or a last name: what they are called is enough");
    }
    fact.shape = Shape::Name { forenames, surname };
}

fn read_address(fact: &mut NewFact, form: &Form, (area, errors): (&Area, &mut FieldErrors)) {
    let offered = area.setting.address_kinds.iter().map(|choice| choice.id.as_str());
    fact.term = form.choice("term", "Choose what kind of address it is", offered, errors);
    let lines = form.line_if_any("lines", "The address", LINE_MAX, errors);
    let town = form.line_if_any("town", "The town", 100, errors);
    let postcode = form.line_if_any("postcode", "The postcode", 20, errors);
    if lines.is_empty() && town.is_empty() && postcode.is_empty() {
        errors.add("lines", "Type the address, or choose above that it is not known, or that there is none");
    }
    fact.shape = Shape::Address { lines, town, postcode };
}

fn read_phone(form: &Form, errors: &mut FieldErrors) -> String {
    let number = form.line("words", "The telephone number", 40, errors);
    let digits = number.chars().filter(char::is_ascii_digit).count();
    if !number.is_empty() && digits < 7 {
        errors.add("words", "Type the whole number, with its area code");
    }
    number
}

fn read_email(form: &Form, errors: &mut FieldErrors) -> String {
    let address = form.line("words", "The email address", 254, errors);
    let is_address = address.split_once('@').is_some_and(|(name, host)| !name.is_empty() && host.contains('.'));
    if !address.is_empty() && (!is_address || address.contains(' ')) {
        errors.add("words", "Type an email address, like name@example.com");
    }
    address
}

fn read_identifier(fact: &mut NewFact, form: &Form, errors: &mut FieldErrors) {
    let scheme = form.text("scheme").parse::<Scheme>().unwrap_or_else(|()| {
        errors.add("scheme", "Choose whose number it is");
        Scheme::NhsNumber
    });
    let verified = form.text("verified").parse::<Verified>().unwrap_or(Verified::Unverified);
    let value = form.line("value", "The number", 20, errors);
    match rules::check_identifier(Identifier { scheme, value, verified }) {
        Ok(identifier) => fact.shape = Shape::Identifier(identifier),
        Err(e) if errors.is_empty() => errors.add("value", &e.to_string()),
        Err(_) => {}
    }
}

/// The boxes of the form, by name.
pub type Boxes = BTreeMap<&'static str, String>;

/// Every box there is, empty.
pub fn empty() -> Boxes {
    [
        "answer",
        "term",
        "forenames",
        "surname",
        "born-day",
        "born-month",
        "born-year",
        "due",
        "sex",
        "lines",
        "town",
        "postcode",
        "words",
        "interpreter",
        "scheme",
        "value",
        "verified",
        "from-day",
        "from-month",
        "from-year",
        "until-day",
        "until-month",
        "until-year",
        "standing",
        "told_by",
        "ours",
    ]
    .into_iter()
    .map(|name| (name, String::new()))
    .collect()
}

/// Returns what stands in the boxes of a form that was sent.
pub fn typed(form: &Form) -> Boxes {
    empty().into_keys().map(|name| (name, form.text(name).to_owned())).collect()
}

/// Returns a fact in the boxes it could have been typed into.
pub fn boxes(fact: &NewFact) -> Boxes {
    let mut boxes = empty();
    let mut put = |name, value: &str| boxes.insert(name, value.to_owned());
    put("answer", fact.answer.as_str());
    put("term", &fact.term);
    put("words", &fact.words);
    put("told_by", &fact.told_by);
    put("standing", if fact.standing == Standing::Told { "told" } else { "seen" });
    match &fact.shape {
        Shape::Name { forenames, surname } => {
            put("forenames", forenames);
            put("surname", surname);
        }
        Shape::Address { lines, town, postcode } => {
            put("lines", lines);
            put("town", town);
            put("postcode", postcode);
        }
        Shape::Identifier(identifier) => {
            put("scheme", identifier.scheme.as_str());
            put("value", &identifier.value);
            put("verified", identifier.verified.as_str());
        }
        Shape::Plain | Shape::Relationship { .. } | Shape::Involvement { .. } => {}
    }
    match fact.kind {
        Kind::Birth => {
            put("due", if fact.term == "due" { "yes" } else { "" });
            put_date(&mut boxes, ["born-day", "born-month", "born-year"], fact.holds_from);
        }
        Kind::Sex => {
            put("sex", &fact.term);
        }
        Kind::Language => {
            put("interpreter", if fact.term == "interpreter" { "yes" } else { "" });
        }
        _ => {}
    }
    if fact.kind != Kind::Birth {
        put_date(&mut boxes, ["from-day", "from-month", "from-year"], fact.holds_from);
    }
    put_date(&mut boxes, ["until-day", "until-month", "until-year"], fact.holds_to);
    boxes
}

fn put_date(boxes: &mut Boxes, names: [&'static str; 3], date: Option<PartialDate>) {
    let written = date.map_or_else(String::new, |date| date.to_string());
    let mut parts = written.split('-');
    for name in [names[2], names[1], names[0]] {
        boxes.insert(name, parts.next().unwrap_or_default().trim_start_matches('0').to_owned());
    }
}

/// Returns whether something typed says the same as what it would take the place of.
pub fn says_the_same(old: &NewFact, new: &NewFact) -> bool {
    let plain = |words: &str| text::line(words, WORDS_MAX).unwrap_or_default();
    old.answer == new.answer
        && old.term == new.term
        && old.shape == new.shape
        && plain(&old.words) == plain(&new.words)
        && plain(&old.told_by) == plain(&new.told_by)
        && old.standing == new.standing
        && (old.holds_from, old.holds_to) == (new.holds_from, new.holds_to)
}
