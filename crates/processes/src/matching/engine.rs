//! Everybody matched at once: what the engine proposes, and what it is sure enough of to be placed. Pure.

use super::unit::{Unit, pair};
use families::lookup::{Known, Record};
use families::people::PersonId;
use linkage::cluster::{Clusters, Decisions, Evidence, Thresholds, gather};
use linkage::frequencies::Frequencies;
use linkage::model::Model;
use linkage::people::People;
use linkage::rarity::Rarity;
use linkage::score::{Among, compare, weigh};
use linkage::train::train;
use std::collections::{BTreeMap, BTreeSet, HashMap};

/// Among fewer records there is too little to learn how records of one person compare here.
const LEARNT_FROM: usize = 1000;
/// Before that, what is usual of so many records of English agencies.
const USUAL: usize = 10_000;
/// More people of one address are no household.
const HOME_MAX: usize = 12;
/// Pairs below this weight are not looked at.
const FLOOR: f64 = -6.0;

/// Two who may be one person.
#[derive(Clone, Debug, PartialEq)]
pub struct Proposed {
    /// The one: a person, where one of the two is.
    pub left: Unit,
    /// The other.
    pub right: Unit,
    /// log2 of the odds.
    pub weight: f32,
}

/// What the engine found.
#[derive(Debug)]
pub struct Found {
    /// What was counted and estimated; nothing among few records.
    pub known: Option<Known>,
    /// Who may be one person: each with the one that their group is known by, and groups with each other.
    pub proposed: Vec<Proposed>,
    /// People who share a home: few, for a hostel is no household.
    pub homes: Vec<Vec<PersonId>>,
    /// How many records there were.
    pub records: usize,
}

/// Everything that is matched, record by record.
#[derive(Debug, Default)]
pub struct Matching {
    people: People,
    units: Vec<Unit>,
    of_row: Vec<u32>,
}

impl Matching {
    /// Adds somebody with what their sources say.
    pub fn add(&mut self, unit: Unit, records: &[Record]) {
        let at = u32::try_from(self.units.len()).unwrap_or(u32::MAX);
        self.units.push(unit);
        for record in records {
            let id = self.of_row.len().to_string();
            // No two rows have one number.
            self.people.push(&record.raw(&id)).unwrap_or_default();
            self.of_row.push(at);
        }
    }

    /// Finds who may be one person; `apart` are those of whom somebody has said that they are two.
    pub fn find(mut self, apart: &[(Unit, Unit)], propose_from: f32) -> Found {
        self.people.settle();
        let records = self.people.len();
        let rows = || 0..u32::try_from(records).unwrap_or(u32::MAX);
        let unit_of: Vec<u32> = rows().map(|row| self.people.id(row).parse::<usize>().map_or(0, |at| self.of_row[at])).collect();
        let decisions = decisions(&self.units, &unit_of, apart);
        let is_learnt = records >= LEARNT_FROM;
        let rarity = if is_learnt { Rarity::count(&self.people) } else { Frequencies::uncounted(USUAL).rarity(&self.people) };
        let (compared, _) = compare(&self.people, &rarity, Among::All);
        let is_learnt = records >= LEARNT_FROM;
        let model = if is_learnt { train(&self.people, &rarity, &compared, Among::All) } else { Model::begin(USUAL) };
        let pairs = weigh(&compared, &model, FLOOR.min(f64::from(propose_from)));
        drop(compared);
        let evidence = Evidence {
            people: &self.people,
            rarity: &rarity,
            scorer: &model.scorer(),
            decisions: &decisions,
            before: &[],
            among: Among::All,
        };
        let clusters = gather(evidence, &pairs, Thresholds::default());
        let mut proposed = proposed(&self.units, &unit_of, &clusters, propose_from);
        let apart: BTreeSet<String> = apart.iter().map(|(one, other)| pair(one, other)).collect();
        proposed.retain(|one| !apart.contains(&pair(&one.left, &one.right)));
        let known = is_learnt.then(|| Known::new(Frequencies::of(&rarity, &self.people), model));
        let homes = homes(&self.people, &self.units, &unit_of);
        Found { known, proposed, homes, records }
    }
}

/// What is settled: records of one person are one person's, and what somebody said stands.
fn decisions(units: &[Unit], unit_of: &[u32], apart: &[(Unit, Unit)]) -> Decisions {
    let mut decisions = Decisions::default();
    let mut first: HashMap<u32, u32> = HashMap::new();
    for (unit, row) in unit_of.iter().zip(0_u32..) {
        let of_unit = *first.entry(*unit).or_insert(row);
        if of_unit != row {
            decisions.same(of_unit, row);
        }
    }
    let rows: HashMap<&Unit, u32> = first.iter().map(|(unit, row)| (&units[*unit as usize], *row)).collect();
    for (one, other) in apart {
        if let (Some(one), Some(other)) = (rows.get(one), rows.get(other)) {
            decisions.apart(*one, *other);
        }
    }
    decisions
}

/// Pairs of rows as pairs of units: within a group each with the one it is known by, across groups the surest pair of two groups.
fn proposed(units: &[Unit], unit_of: &[u32], clusters: &Clusters, propose_from: f32) -> Vec<Proposed> {
    // A group is known by its first person, or else by its first record.
    let mut known_by: HashMap<u32, &Unit> = HashMap::new();
    for (cluster, unit) in clusters.of.iter().zip(unit_of) {
        let unit = &units[*unit as usize];
        let known = known_by.entry(*cluster).or_insert(unit);
        if unit < *known {
            *known = unit;
        }
    }
    let mut within: BTreeMap<(&Unit, &Unit), f32> = BTreeMap::new();
    let mut across: BTreeMap<(u32, u32), (f32, &Unit, &Unit)> = BTreeMap::new();
    for pair in clusters.pairs.iter().filter(|pair| pair.weight >= propose_from) {
        let (a, b) = (pair.a as usize, pair.b as usize);
        let (one, other) = (&units[unit_of[a] as usize], &units[unit_of[b] as usize]);
        let (one, other) = if one <= other { (one, other) } else { (other, one) };
        let groups = (clusters.of[a], clusters.of[b]);
        if one == other {
            continue;
        }
        if groups.0 == groups.1 {
            if known_by.get(&groups.0) == Some(&one) {
                let weight = within.entry((one, other)).or_insert(pair.weight);
                *weight = weight.max(pair.weight);
            }
        } else {
            let best = across.entry((groups.0.min(groups.1), groups.0.max(groups.1))).or_insert((pair.weight, one, other));
            if pair.weight > best.0 {
                *best = (pair.weight, one, other);
            }
        }
    }
    let within = within.into_iter().map(|((left, right), weight)| (left, right, weight));
    let across = across.into_values().map(|(weight, left, right)| (left, right, weight));
    within.chain(across).map(|(left, right, weight)| Proposed { left: left.clone(), right: right.clone(), weight }).collect()
}

/// People by the home they share.
fn homes(people: &People, units: &[Unit], unit_of: &[u32]) -> Vec<Vec<PersonId>> {
    let mut of_home: BTreeMap<(u32, u32), BTreeSet<PersonId>> = BTreeMap::new();
    for (row, unit) in people.rows.iter().zip(unit_of) {
        if let (true, Some(person)) = (row.postcode.is_some() && row.house.is_some(), units[*unit as usize].person()) {
            of_home.entry((row.postcode.0, row.house.0)).or_default().insert(person);
        }
    }
    of_home.into_values().filter(|home| (2..=HOME_MAX).contains(&home.len())).map(|home| home.into_iter().collect()).collect()
}
