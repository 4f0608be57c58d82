//! `profile`.

use super::Mapping;
use anyhow::Result;
use clap::Args;
use linkage::people::{People, Person};
use std::collections::HashMap;
use std::path::PathBuf;

/// A value that more records than this share of all have is worth a look.
const COMMON: f64 = 0.02;

#[derive(Debug, Args)]
pub(super) struct Profile {
    /// Files of records.
    #[arg(required = true)]
    files: Vec<PathBuf>,
    #[command(flatten)]
    mapping: Mapping,
}

type Field = (&'static str, fn(&People, &Person) -> Option<String>);

fn value(people: &People, value: linkage::people::Value) -> Option<String> {
    value.is_some().then(|| people.values.get(value.0).to_owned())
}

fn word(people: &People, word: linkage::names::Word) -> Option<String> {
    word.is_some().then(|| people.names.text(word).to_owned())
}

const FIELDS: [Field; 12] = [
    ("first forename", |people, person| word(people, person.forenames[0])),
    ("further forename", |people, person| word(people, person.forenames[1])),
    ("surname", |people, person| word(people, person.surnames[0])),
    ("date of birth", |_, person| person.born.is_known().then(|| person.born.0.to_string())),
    ("sex", |_, person| (person.sex != 0).then(|| char::from(person.sex).to_string())),
    ("postcode", |people, person| value(people, person.postcode)),
    ("house", |people, person| value(people, person.house)),
    ("telephone", |people, person| value(people, person.phone)),
    ("email", |people, person| value(people, person.email)),
    ("NHS number", |people, person| value(people, person.numbers[0])),
    ("unique pupil number", |people, person| value(people, person.numbers[1])),
    ("National Insurance number", |people, person| value(people, person.numbers[2])),
];

impl Profile {
    pub(super) fn run(&self) -> Result<()> {
        let people = self.mapping.people(&self.files, linkage::score::Among::All)?;
        let all = people.len().max(1) as f64;
        super::tell!("{:<26} {:>8} {:>10}  commonest", "field", "known", "different");
        for (name, field) in FIELDS {
            let mut counts: HashMap<String, u64> = HashMap::new();
            for text in people.rows.iter().filter_map(|person| field(&people, person)) {
                *counts.entry(text).or_default() += 1;
            }
            let known: u64 = counts.values().sum();
            let most = counts.iter().max_by_key(|(text, count)| (**count, (*text).clone()));
            let most = most.map_or_else(String::new, |(text, count)| {
                let note = if name != "sex" && *count as f64 / all > COMMON { "  <- does this stand for not known?" } else { "" };
                format!("{text} ({count}){note}")
            });
            super::tell!("{name:<26} {:>7.1}% {:>10}  {most}", known as f64 * 100.0 / all, counts.len());
        }
        Ok(())
    }
}
