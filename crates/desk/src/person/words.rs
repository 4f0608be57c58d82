//! Who somebody is, in words. Pure.

use families::facts::{Answer, Fact, Kind, Shape};
use kernel::Date;
use kernel::partial_date::PartialDate;
use kernel::postcode::Postcode;

/// Returns the latest fact of a kind that is known; what is over gives way to what is not, a year alone to a whole date.
pub fn latest(facts: &[Fact], kind: Kind) -> Option<&Fact> {
    let known = facts.iter().filter(|fact| fact.new.kind == kind && fact.new.answer == Answer::Known);
    let is_whole = |fact: &Fact| kind != Kind::Birth || fact.new.holds_from.and_then(PartialDate::exact).is_some();
    known.max_by_key(|fact| (fact.new.holds_to.is_none(), is_whole(fact), fact.recorded_at))
}

/// Returns how old somebody is: "34 years", "born 1990, about 35 years", "due 3 March 2027", "age not known".
pub fn age_words(facts: &[Fact], today: Date) -> String {
    let Some(born) = latest(facts, Kind::Birth) else { return "Age not known".to_owned() };
    let Some(on) = born.new.holds_from else { return "Age not known".to_owned() };
    if born.new.term == "due" {
        return format!("Baby due {}", on.words());
    }
    let months = || {
        let since = on.earliest();
        (today.year() - since.year()) * 12 + i16::from(today.month() - since.month())
    };
    match on.age_years(today) {
        (least, most) if least == most && most >= 2 => format!("{most} years, born {}", on.words()),
        (least, most) if least == most => format!("{} months, born {}", months(), on.words()),
        (_, most) => format!("About {most} years, born {}", on.words()),
    }
}

/// Returns roughly where somebody lives: town and the outward part of the postcode.
pub fn place_words(facts: &[Fact]) -> String {
    match latest(facts, Kind::Address).map(|fact| &fact.new.shape) {
        Some(Shape::Address { town, postcode, .. }) => {
            let outward = postcode.parse::<Postcode>().map_or_else(|_| String::new(), |postcode| postcode.outward().to_owned());
            [town.clone(), outward].into_iter().filter(|part| !part.is_empty()).collect::<Vec<_>>().join(", ")
        }
        Some(
            Shape::Plain | Shape::Name { .. } | Shape::Identifier(_) | Shape::Relationship { .. } | Shape::Involvement { .. },
        )
        | None => String::new(),
    }
}
