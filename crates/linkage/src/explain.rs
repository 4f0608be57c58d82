//! Why a pair has its weight, field by field: as data, as words and as a picture; and what holds a cluster together.
//!
//! A field's part is how much likelier its comparison is between records of one person than between what they would else be likeliest to
//! be, in bits: kin, or strangers. The parts, where the pair began and what the other alternative takes away add up to the weight.

use crate::compare::{Comparer, Pattern, SHAPES, Shape};
use crate::model::{Class, Model, Scorer};
use crate::people::{People, Person, Value};
use crate::rarity::{Rarity, share};
use serde::Serialize;
use std::fmt::Write;

/// What one field says.
#[derive(Clone, Debug, Serialize)]
pub struct Part {
    /// The field.
    pub field: &'static str,
    /// How it compares.
    pub level: &'static str,
    /// How many records share the value they agree on: one in so many; nothing where it does not count.
    pub one_in: Option<u64>,
    /// In the first record.
    pub left: String,
    /// In the second.
    pub right: String,
    /// What it adds to the weight, in bits.
    pub bits: f64,
}

/// Why a pair has its weight.
#[derive(Clone, Debug, Serialize)]
pub struct Explanation {
    /// Where every pair begins: how seldom any two records are of one person, in bits.
    pub begins: f64,
    /// What else they would be: kin or strangers.
    pub or_else: Class,
    /// The fields that say something, the strongest first.
    pub parts: Vec<Part>,
    /// What the remaining alternative takes away, in bits.
    pub rest: f64,
    /// The weight: log2 of the odds.
    pub weight: f64,
    /// The probability.
    pub probability: f64,
    /// Fields that one of them does not have.
    pub missing: Vec<&'static str>,
}

/// Explains a pair, by the records' places, beside what they would else be likeliest to be.
pub fn explain(people: &People, rarity: &Rarity, model: &Model, (a, b): (u32, u32)) -> Explanation {
    explain_beside(people, rarity, (model, &model.scorer()), (a, b), None)
}

/// Explains a pair, by the records' places, beside what they would be `or_else`, or else be likeliest to be.
pub(crate) fn explain_beside(
    people: &People,
    rarity: &Rarity,
    (model, scorer): (&Model, &Scorer),
    (a, b): (u32, u32),
    or_else: Option<Class>,
) -> Explanation {
    let pattern = Comparer::new(people, rarity).compare(a, b);
    let [_, kin, strangers] = scorer.expected(pattern);
    let or_else = or_else.unwrap_or(if kin >= strangers { Class::Kin } else { Class::Strangers });
    let (left, right) = (people.row(a), people.row(b));
    let (mut parts, mut missing) = (Vec::new(), Vec::new());
    for shape in &SHAPES {
        let level = usize::from(pattern.level(shape.field));
        if level == 0 {
            missing.push(shape.name);
            continue;
        }
        let one_in = (level <= usize::from(shape.rare)).then(|| (1.0 / share(pattern.rarity(shape.field))).round() as u64);
        let text = |person: &Person| written(people, person, shape);
        let bits = bits(model, pattern, shape, or_else);
        parts.push(Part { field: shape.name, level: shape.levels[level], one_in, left: text(left), right: text(right), bits });
    }
    parts.sort_by(|x, y| y.bits.abs().total_cmp(&x.bits.abs()));
    let begins = (model.count(Class::Same) / model.count(or_else)).log2();
    let weight = scorer.weight(pattern);
    let rest = weight - begins - parts.iter().map(|part| part.bits).sum::<f64>();
    Explanation { begins, or_else, parts, rest, weight, probability: crate::model::probability(weight), missing }
}

fn bits(model: &Model, pattern: Pattern, shape: &Shape, or_else: Class) -> f64 {
    let (level, rarity) = (usize::from(pattern.level(shape.field)), pattern.rarity(shape.field));
    let of = |class| model.likelihood(class, shape.field, level, rarity).max(f64::MIN_POSITIVE);
    (of(Class::Same) / of(or_else)).log2()
}

/// What a record has in a field, standardised.
fn written(people: &People, person: &Person, shape: &Shape) -> String {
    use crate::compare::Field as F;
    let words =
        |words: Vec<crate::names::Word>| words.into_iter().map(|word| people.names.text(word)).collect::<Vec<_>>().join(" ");
    let value = |value: Value| people.values.get(value.0).to_owned();
    match shape.field {
        F::Forename => words(person.forenames().collect()),
        F::Middle => words(person.forenames().skip(1).collect()),
        F::Surname => words(person.surnames().collect()),
        F::Born if person.born.is_known() => {
            format!("{:04}-{:02}-{:02}", person.born.year(), person.born.month(), person.born.day())
        }
        F::Born => String::new(),
        F::Sex => {
            if person.sex == 0 {
                String::new()
            } else {
                char::from(person.sex).to_string()
            }
        }
        F::Address => [person.house, person.street, person.postcode].map(value).join(" ").trim().to_owned(),
        F::Phone => value(person.phone),
        F::Email => value(person.email),
        F::NhsNumber => value(person.numbers[0]),
        F::Upn => value(person.numbers[1]),
        F::Nino => value(person.numbers[2]),
        F::Number => value(person.numbers[3]),
        F::Source => people.sources.get(u32::from(person.source)).to_owned(),
    }
}

/// Below this many bits a field says nothing worth a word.
const WORTH_A_WORD: f64 = 1.0;

impl Part {
    /// Returns what the field says, in words.
    pub fn words(&self) -> String {
        format!("{}: {}", self.field, self.level_in_words())
    }

    /// Returns how the field compares, in words: "the same (1 in 40,000 here)".
    pub fn level_in_words(&self) -> String {
        let rare = self
            .one_in
            .filter(|one_in| *one_in > 1)
            .map_or_else(String::new, |one_in| format!(" (1 in {} here)", thousands(one_in)));
        format!("{}{rare}", self.level)
    }
}

impl Explanation {
    /// Returns why, in words: what speaks for one person, what against, what is missing.
    pub fn words(&self) -> String {
        let or_else = if self.or_else == Class::Kin { "two people of one household" } else { "two strangers" };
        let mut words = format!("{:.1}% likely to be one person rather than {or_else}.", self.probability * 100.0);
        for (title, text) in [
            ("For", self.agreements().join("; ")),
            ("Against", self.disagreements().join("; ")),
            ("Not known of both", self.missing.join(", ")),
        ] {
            if !text.is_empty() {
                // Writing to a string does not fail.
                let _ = write!(words, " {title}: {text}.");
            }
        }
        words
    }

    /// Returns what speaks for one person, each field in words, the strongest first.
    pub fn agreements(&self) -> Vec<String> {
        self.said(|part| part.bits >= WORTH_A_WORD)
    }

    /// Returns what speaks against one person, each field in words, the strongest first.
    pub fn disagreements(&self) -> Vec<String> {
        self.said(|part| part.bits <= -WORTH_A_WORD)
    }

    fn said(&self, is_wanted: impl Fn(&Part) -> bool) -> Vec<String> {
        self.parts.iter().filter(|part| is_wanted(part)).map(Part::words).collect()
    }

    /// Returns the waterfall of weights as SVG: each field's part from where the one before ended.
    pub fn svg(&self) -> String {
        const ROW: f64 = 26.0;
        let mut steps: Vec<(String, f64)> = vec![("any two records".to_owned(), self.begins)];
        steps.extend(self.parts.iter().map(|part| (format!("{}: {}", part.field, part.level), part.bits)));
        steps.push(("the other way of being two people".to_owned(), self.rest));
        let mut at = 0.0;
        let ends: Vec<(f64, f64)> = steps
            .iter()
            .map(|(_, bits)| {
                let from = at;
                at += bits;
                (from, at)
            })
            .collect();
        let (low, high) = ends.iter().fold((0.0_f64, 0.0_f64), |(low, high), (_, to)| (low.min(*to), high.max(*to)));
        let scale = 340.0 / (high - low).max(1.0);
        let x = |bits: f64| 330.0 + (bits - low) * scale;
        let height = ROW * (steps.len() as f64 + 1.0) + 10.0;
        let mut svg = format!(
            "<svg xmlns=\"http://www.w3.org/2000/svg\" viewBox=\"0 0 760 {height:.0}\" role=\"img\" font-family=\"sans-serif\" font-size=\"13\">\
             <title>{}</title><line x1=\"{zero:.1}\" x2=\"{zero:.1}\" y1=\"0\" y2=\"{height:.0}\" stroke=\"#505a5f\" stroke-dasharray=\"3 3\"/>",
            escaped(&self.words()),
            zero = x(0.0)
        );
        for (row, ((name, bits), (from, to))) in steps.iter().zip(&ends).enumerate() {
            let y = ROW * row as f64 + 8.0;
            let colour = if *bits >= 0.0 { "#0f7a52" } else { "#ca3535" };
            let (left, width) = (x(from.min(*to)), ((to - from).abs() * scale).max(1.0));
            // Writing to a string does not fail.
            let _ = write!(
                svg,
                "<text x=\"320\" y=\"{text:.0}\" text-anchor=\"end\">{}</text><rect x=\"{left:.1}\" y=\"{y:.0}\" width=\"{width:.1}\" height=\"16\" \
                 fill=\"{colour}\"/><text x=\"{label:.1}\" y=\"{text:.0}\">{bits:+.1}</text>",
                escaped(name),
                text = y + 13.0,
                label = left + width + 4.0
            );
        }
        let is_right = x(self.weight) > 560.0;
        let _ = write!(
            svg,
            "<text x=\"320\" y=\"{y:.0}\" text-anchor=\"end\" font-weight=\"bold\">weight</text><text x=\"{x:.1}\" y=\"{y:.0}\" \
             text-anchor=\"{anchor}\" font-weight=\"bold\">{:+.1} bits: {:.1}%</text></svg>",
            self.weight,
            self.probability * 100.0,
            y = height - 12.0,
            x = if is_right { x(self.weight) } else { x(self.weight) + 4.0 },
            anchor = if is_right { "end" } else { "start" }
        );
        svg
    }
}

/// Returns a number with its thousands set apart: 40,000.
fn thousands(number: u64) -> String {
    let digits = number.to_string();
    let mut out = String::with_capacity(digits.len() + 3);
    for (at, digit) in digits.chars().enumerate() {
        if at > 0 && (digits.len() - at).is_multiple_of(3) {
            out.push(',');
        }
        out.push(digit);
    }
    out
}

fn escaped(text: &str) -> String {
    text.replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;").replace('"', "&quot;")
}

/// Why a cluster holds together.
#[derive(Clone, Debug, Serialize)]
pub struct Cohesion {
    /// Its records.
    pub records: usize,
    /// The mean weight of its pairs.
    pub mean: f64,
    /// The fewest and strongest pairs that hold it together, the weakest of them first: by place, with their weights.
    pub links: Vec<(u32, u32, f64)>,
    /// The pair that agrees least.
    pub least: Option<(u32, u32, f64)>,
}

/// Explains a cluster, by its records' places.
pub fn cohesion(people: &People, rarity: &Rarity, model: &Model, members: &[u32]) -> Cohesion {
    let (comparer, scorer) = (Comparer::new(people, rarity), model.scorer());
    let mut pairs: Vec<(u32, u32, f64)> = Vec::new();
    for (at, a) in members.iter().enumerate() {
        pairs.extend(members[at + 1..].iter().map(|b| (*a, *b, scorer.weight(comparer.compare(*a, *b)))));
    }
    pairs.sort_by(|x, y| y.2.total_cmp(&x.2));
    let mean = pairs.iter().map(|pair| pair.2).sum::<f64>() / (pairs.len().max(1) as f64);
    // The strongest pairs that join what was not joined yet.
    let mut group: Vec<u32> = members.to_vec();
    let mut links = Vec::new();
    for pair in &pairs {
        let of = |at: u32| members.iter().position(|member| *member == at).map_or(at, |place| group[place]);
        let (a, b) = (of(pair.0), of(pair.1));
        if a != b {
            group.iter_mut().filter(|one| **one == b).for_each(|one| *one = a);
            links.push(*pair);
        }
    }
    links.reverse();
    Cohesion { records: members.len(), mean, links, least: pairs.last().copied() }
}
