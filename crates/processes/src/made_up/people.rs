//! Families, and the records that six agencies hold of their members.

use super::names::{BOYS, GIRLS, STREETS, SURNAMES, TOWNS};
use super::random::Chance;
use kernel::Date;
use std::fs::File;
use std::io::{BufWriter, Write};
use std::path::Path;

/// The agencies whose extracts are written.
pub const SOURCES: [&str; 6] = ["gp", "school", "housing", "police", "probation", "social"];
const HEADER: &str =
    "rec_id,source,first_name,middle_name,last_name,dob,sex,house,street,town,postcode,phone,email,nhs,upn,nino,year";

/// What was written.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Written {
    /// Records, over all files.
    pub records: usize,
    /// People they are of.
    pub people: usize,
    /// Families they are in.
    pub families: usize,
}

struct Made {
    forename: String,
    surname: String,
    born: Date,
    age: i16,
    sex: char,
    phone: String,
    nhs: String,
    upn: String,
    nino: String,
}

struct Home {
    house: String,
    street: String,
    town: String,
    postcode: String,
}

struct Writers {
    files: Vec<BufWriter<File>>,
    written: Written,
}

/// Writes about `records` records into six files in `folder`; the first families are those of the demonstration.
///
/// # Errors
/// When a file cannot be written.
pub fn write(folder: &Path, records: usize, seed: u64, today: Date) -> std::io::Result<Written> {
    std::fs::create_dir_all(folder)?;
    let mut files = Vec::new();
    for source in SOURCES {
        let mut file = BufWriter::new(File::create(folder.join(format!("{source}.csv")))?);
        writeln!(file, "{HEADER}")?;
        files.push(file);
    }
    let mut writers = Writers { files, written: Written { records: 0, people: 0, families: 0 } };
    let mut chance = Chance::new(seed);
    barlows(&mut writers, &mut chance, today)?;
    while writers.written.records < records {
        family(&mut writers, &mut chance, today)?;
    }
    for file in &mut writers.files {
        file.flush()?;
    }
    Ok(writers.written)
}

/// Amy, a tenant, with Josh and Mia: the family that the demonstration walks through.
fn barlows(writers: &mut Writers, chance: &mut Chance, today: Date) -> std::io::Result<()> {
    let home = Home { house: "1".into(), street: "Hill Street".into(), town: "Shipley".into(), postcode: "BD18 3QX".into() };
    writers.written.families += 1;
    for (forename, sex, age, sources) in [
        ("Amy", 'F', 34, &["gp", "housing", "social"][..]),
        ("Josh", 'M', 9, &["gp", "school", "housing"]),
        ("Mia", 'F', 5, &["gp", "school"]),
    ] {
        let mut made = person(chance, "Barlow", sex, today, age);
        made.forename = forename.to_owned();
        writers.written.people += 1;
        for source in sources {
            writers.record(source, &made, &home, chance)?;
        }
    }
    Ok(())
}

fn family(writers: &mut Writers, chance: &mut Chance, today: Date) -> std::io::Result<()> {
    let surname = chance.one_of(&SURNAMES).to_owned();
    let home = home(chance);
    let need = chance.below(100);
    let parent_age = 20 + i16::try_from(chance.below(28)).unwrap_or(0);
    let mut members = vec![person(chance, &surname, 'F', today, parent_age)];
    if chance.happens(65) {
        let own = if chance.happens(30) { chance.one_of(&SURNAMES).to_owned() } else { surname.clone() };
        members.push(person(chance, &own, 'M', today, parent_age + 2));
    }
    for _ in 0..chance.below(4) {
        let age = i16::try_from(chance.below(u64::try_from((parent_age - 18).clamp(1, 17)).unwrap_or(1))).unwrap_or(0);
        let sex = if chance.happens(50) { 'F' } else { 'M' };
        members.push(person(chance, &surname, sex, today, age));
    }
    writers.written.families += 1;
    for made in &members {
        writers.written.people += 1;
        let age = today.year() - made.born.year();
        let odds: [(&str, u64); 6] = [
            ("gp", 86),
            ("school", if (4..=17).contains(&age) { 93 } else { 0 }),
            ("housing", 20 + need / 2),
            ("police", if age > 10 { 4 + need / 4 } else { 1 }),
            ("probation", if age > 17 { need / 8 } else { 0 }),
            ("social", 4 + need / 3),
        ];
        for (source, percent) in odds {
            if chance.happens(percent) {
                writers.record(source, made, &home, chance)?;
            }
        }
    }
    Ok(())
}

fn home(chance: &mut Chance) -> Home {
    let at = usize::try_from(chance.below(8)).unwrap_or(0);
    let (town, outward) = TOWNS[at.min(TOWNS.len() - 1)];
    let letter = |chance: &mut Chance| char::from(b"ABDEFGHJLNPQRSTUWXYZ"[usize::try_from(chance.below(20)).unwrap_or(0)]);
    let postcode = format!("{outward} {}{}{}", 1 + chance.below(9), letter(chance), letter(chance));
    Home {
        house: (1 + chance.below(140)).to_string(),
        street: chance.one_of(&STREETS).to_owned(),
        town: town.to_owned(),
        postcode,
    }
}

fn person(chance: &mut Chance, surname: &str, sex: char, today: Date, age: i16) -> Made {
    let names = if sex == 'F' { &GIRLS } else { &BOYS };
    let month = i8::try_from(1 + chance.below(12)).unwrap_or(1);
    let day = i8::try_from(1 + chance.below(28)).unwrap_or(1);
    let mut born = Date::new(today.year() - age, month, day).unwrap_or(today);
    if born > today {
        born = Date::new(today.year() - age - 1, month, day).unwrap_or(today);
    }
    let digits = |chance: &mut Chance, count: u32| chance.below(10_u64.pow(count));
    Made {
        forename: chance.one_of(names).to_owned(),
        surname: surname.to_owned(),
        born,
        age,
        sex,
        phone: format!("07700 9{:05}", digits(chance, 5)),
        nhs: nhs_number(chance),
        upn: upn(chance),
        nino: format!("ZY{:06}{}", digits(chance, 6), ["A", "B", "C", "D"][usize::try_from(chance.below(4)).unwrap_or(0)]),
    }
}

/// A number of the test range: it begins with 999, and no patient has it.
fn nhs_number(chance: &mut Chance) -> String {
    loop {
        let nine: Vec<u32> = format!("999{:06}", chance.below(1_000_000)).chars().filter_map(|c| c.to_digit(10)).collect();
        let sum: u32 = nine.iter().zip((2..=10).rev()).map(|(digit, weight)| digit * weight).sum();
        match 11 - sum % 11 {
            10 => {}
            check => {
                let digits: String = nine.iter().map(ToString::to_string).collect();
                return format!("{digits}{}", check % 11);
            }
        }
    }
}

fn upn(chance: &mut Chance) -> String {
    const LETTERS: &[u8; 23] = b"ABCDEFGHJKLMNPQRTUVWXYZ";
    let twelve = format!("380{:09}", chance.below(1_000_000_000));
    let sum: u32 = twelve.chars().filter_map(|c| c.to_digit(10)).zip(2..).map(|(digit, weight)| digit * weight).sum();
    format!("{}{twelve}", char::from(LETTERS[usize::try_from(sum % 23).unwrap_or(0)]))
}

impl Writers {
    fn record(&mut self, source: &str, made: &Made, home: &Home, chance: &mut Chance) -> std::io::Result<()> {
        let Some(at) = SOURCES.iter().position(|known| *known == source) else { return Ok(()) };
        self.written.records += 1;
        let only = |has: bool, value: &str| if has { value.to_owned() } else { String::new() };
        let age = made.age;
        let surname = if chance.happens(3) { made.surname.to_uppercase() } else { made.surname.clone() };
        let born = if source != "gp" && chance.happens(3) { String::new() } else { made.born.to_string() };
        let phone = only(age >= 13 && chance.happens(60), &made.phone);
        let nhs = only(source == "gp" || (source == "social" && chance.happens(60)), &made.nhs);
        let upn = only((source == "school" || (source == "social" && chance.happens(30))) && (4..=17).contains(&age), &made.upn);
        let nino = only(age >= 16 && matches!(source, "housing" | "probation") && chance.happens(55), &made.nino);
        let year = 2018 + chance.below(9);
        writeln!(
            self.files[at],
            "{source}-{},{source},{},,{surname},{born},{},{},{},{},{},{phone},,{nhs},{upn},{nino},{year}",
            self.written.records, made.forename, made.sex, home.house, home.street, home.town, home.postcode
        )
    }
}
