//! Records of one person, gathered with care.
//!
//! Pairs are taken the surest first. Two groups are joined when all pairs across them, those that were never compared among them, agree
//! on the whole that they are one person: one pair of weak evidence holds no two groups together, and one pair that cannot be keeps
//! them apart. What was together before stays together down to a lower threshold, so that people do not come and go with every extract.

use crate::compare::Comparer;
use crate::model::Scorer;
use crate::people::People;
use crate::rarity::Rarity;
use crate::score::{Among, Pair};
use rustc_hash::{FxHashMap, FxHashSet};

/// Thresholds, in weight: log2 of the odds.
#[derive(Clone, Copy, Debug)]
pub struct Thresholds {
    /// Two records, or two groups on the whole, are joined from here on.
    pub join: f32,
    /// What was together before stays so from here on: no higher than `join`.
    pub keep: f32,
    /// No two groups are joined across a pair below this.
    pub never: f32,
}

impl Default for Thresholds {
    fn default() -> Self {
        Self { join: 0.0, keep: -3.0, never: -20.0 }
    }
}

/// A weight says no more than this for or against joining two groups.
const SAY_MAX: f32 = 8.0;
/// How much of what is said across two groups is the surest pair's to say, besides its part in the mean.
const SUREST_SAYS: f32 = 0.2;
/// Across large groups, so many pairs are looked at.
const ACROSS_MAX: usize = 64;

/// What people have decided, by places; it outweighs every weight.
#[derive(Clone, Debug, Default)]
pub struct Decisions {
    same: Vec<(u32, u32)>,
    apart: FxHashSet<u64>,
}

impl Decisions {
    /// Keeps that two records are of one person.
    pub fn same(&mut self, a: u32, b: u32) {
        self.same.push((a.min(b), a.max(b)));
        self.apart.remove(&both(a, b));
    }

    /// Keeps that two records are of two people.
    pub fn apart(&mut self, a: u32, b: u32) {
        self.apart.insert(both(a, b));
        self.same.retain(|pair| *pair != (a.min(b), a.max(b)));
    }

    /// Forgets what was decided of two records: the weights say again.
    pub fn forget(&mut self, a: u32, b: u32) {
        self.apart.remove(&both(a, b));
        self.same.retain(|pair| *pair != (a.min(b), a.max(b)));
    }
}

/// Whom each record is one person with.
#[derive(Clone, Debug, Default)]
pub struct Clusters {
    /// A record's cluster: the place of one of its records, the same for all of them.
    pub of: Vec<u32>,
    /// Pairs that were sure enough and were not joined, because the rest of their groups does not agree: for a person to look at.
    pub disputed: Vec<Pair>,
    /// Pairs decided to be one person that another decision or verified numbers keep apart: for a person to settle.
    pub contradicted: Vec<(u32, u32)>,
    /// Every pair that was weighed or joined, its weight corrected by what the rest of both groups say.
    pub pairs: Vec<Pair>,
}

/// What is gathered from.
#[derive(Clone, Copy, Debug)]
pub struct Evidence<'a> {
    /// The records.
    pub people: &'a People,
    /// How rare their values are.
    pub rarity: &'a Rarity,
    /// What weighs comparisons: [`crate::model::Model::scorer`].
    pub scorer: &'a Scorer,
    /// What people have decided.
    pub decisions: &'a Decisions,
    /// The cluster of each record before, if there was one.
    pub before: &'a [Option<u32>],
    /// Among whom one person is looked for.
    pub among: Among,
}

struct Gathering<'a> {
    evidence: Evidence<'a>,
    comparer: Comparer<'a>,
    group: Vec<u32>,
    members: FxHashMap<u32, Vec<u32>>,
    known: FxHashMap<u64, f32>,
    neighbours: Neighbours,
    refused: FxHashMap<u64, (usize, usize)>,
    thresholds: Thresholds,
    told: Clusters,
}

/// Nobody is taken to have more records than this, but by a person: a thousand rows that say the same are nobody's.
const RECORDS_MAX: usize = 100;
/// So many groups that a group may be are looked at for rivals.
const RIVALS_MAX: usize = 16;
/// Records of a group that tell whether another's are kin.
const FEW: usize = 3;
/// So many of a record's surest pairs are taken; where it has more, as in a hostel where all have one telephone, a person looks.
const OF_RECORD_MAX: u32 = 24;
/// Below this weight somebody is no rival.
const RIVAL_FROM: f32 = -3.0;
/// Below this weight, on the whole, two groups are plainly two people.
const PLAINLY_TWO: f32 = -4.0;

/// Whom each record may be one person with.
struct Neighbours {
    from: Vec<u32>,
    others: Vec<u32>,
}

impl Neighbours {
    fn new(records: usize, pairs: &[Pair]) -> Self {
        let near = || pairs.iter().filter(|pair| pair.weight > RIVAL_FROM);
        let mut from = vec![0_u32; records + 1];
        for pair in near() {
            from[pair.a as usize + 1] += 1;
            from[pair.b as usize + 1] += 1;
        }
        for at in 0..records {
            from[at + 1] += from[at];
        }
        let mut next = from.clone();
        let mut others = vec![0; from[records] as usize];
        for pair in near() {
            for (one, other) in [(pair.a, pair.b), (pair.b, pair.a)] {
                others[next[one as usize] as usize] = other;
                next[one as usize] += 1;
            }
        }
        Self { from, others }
    }

    fn of(&self, at: u32) -> &[u32] {
        &self.others[self.from[at as usize] as usize..self.from[at as usize + 1] as usize]
    }
}

fn both(a: u32, b: u32) -> u64 {
    (u64::from(a.min(b)) << 32) | u64::from(a.max(b))
}

/// Gathers records, the surest pairs first.
pub fn gather(evidence: Evidence<'_>, pairs: &[Pair], thresholds: Thresholds) -> Clusters {
    let records = u32::try_from(evidence.people.len()).unwrap_or(u32::MAX);
    let mut gathering = Gathering {
        evidence,
        comparer: Comparer::new(evidence.people, evidence.rarity),
        group: (0..records).collect(),
        members: FxHashMap::default(),
        known: pairs.iter().map(|pair| (both(pair.a, pair.b), pair.weight)).collect(),
        neighbours: Neighbours::new(evidence.people.len(), pairs),
        refused: FxHashMap::default(),
        thresholds,
        told: Clusters::default(),
    };
    for (a, b) in &evidence.decisions.same {
        gathering.join_groups(*a, *b);
    }
    let mut sure: Vec<Pair> = pairs.iter().copied().filter(|pair| pair.weight >= gathering.threshold(pair.a, pair.b)).collect();
    sure.sort_unstable_by(|x, y| y.weight.total_cmp(&x.weight).then((x.a, x.b).cmp(&(y.a, y.b))));
    let mut taken = vec![0_u32; evidence.people.len()];
    for pair in sure {
        let (a, b) = (pair.a as usize, pair.b as usize);
        if taken[a] < OF_RECORD_MAX || taken[b] < OF_RECORD_MAX {
            (taken[a], taken[b]) = (taken[a] + 1, taken[b] + 1);
            gathering.take(pair);
        } else {
            gathering.told.disputed.push(pair);
        }
    }
    gathering.finish(pairs)
}

impl Gathering<'_> {
    /// What it takes to join two records: less where they were together before.
    fn threshold(&self, a: u32, b: u32) -> f32 {
        let before = |at: u32| self.evidence.before.get(at as usize).copied().flatten();
        let were_together = before(a).is_some() && before(a) == before(b);
        if were_together { self.thresholds.keep } else { self.thresholds.join }
    }

    /// Joins the groups of a pair, when all pairs across them agree on the whole.
    fn take(&mut self, pair: Pair) {
        let (a, b) = (self.group[pair.a as usize], self.group[pair.b as usize]);
        if a == b {
            return;
        }
        let (left, right) = (self.members_of(a), self.members_of(b));
        let sizes = (left.len(), right.len());
        // What was refused is not weighed again until one of them has grown.
        if sizes.0 + sizes.1 > RECORDS_MAX
            || self.refused.get(&both(a, b)) == Some(&if a < b { sizes } else { (sizes.1, sizes.0) })
        {
            self.told.disputed.push(pair);
            return;
        }
        let (mean, least) = self.across(&left, &right);
        // Where the groups are small the surest pair is much of what is known; where they are large it is not.
        let mean = mean + (pair.weight.min(SAY_MAX) - mean) * SUREST_SAYS;
        let mean = if mean > f32::MIN { self.among_rivals(mean, (a, &left), (b, &right)) } else { mean };
        if mean < self.threshold(pair.a, pair.b) || least < self.thresholds.never {
            self.refused.insert(both(a, b), if a < b { sizes } else { (sizes.1, sizes.0) });
            self.told.disputed.push(pair);
            return;
        }
        for x in &left {
            for y in &right {
                let own = self.known.get(&both(*x, *y)).copied().unwrap_or(f32::MIN);
                let weight = own.max((mean + pair.weight) / 2.0);
                self.told.pairs.push(Pair { a: *x.min(y), b: *x.max(y), weight });
            }
        }
        self.join((a, left), (b, right));
    }

    /// Returns a weight less what rivals take of it: whoever is one of two people who are plainly not the same is not both.
    ///
    /// A record without a date of birth that agrees as well with a father as with his son of the same name is left to a person.
    fn among_rivals(&self, weight: f32, (a, left): (u32, &[u32]), (b, right): (u32, &[u32])) -> f32 {
        let rivals = self.rivals((a, left), (b, right)) + self.rivals((b, right), (a, left));
        let odds = f64::from(weight).exp2();
        (odds / (1.0 + rivals)).log2() as f32
    }

    /// Returns the odds that a group is one person with others who are plainly not one person with `with`.
    fn rivals(&self, (group, members): (u32, &[u32]), (with, others): (u32, &[u32])) -> f64 {
        let mut near: Vec<u32> = Vec::new();
        for member in members {
            near.extend(self.neighbours.of(*member).iter().map(|other| self.group[*other as usize]));
        }
        near.sort_unstable();
        near.dedup();
        near.retain(|rival| *rival != group && *rival != with);
        near.truncate(RIVALS_MAX);
        let mut odds = 0.0;
        for rival in near {
            let rivals = self.members_of(rival);
            if !self.are_kin(others, &rivals) || self.across(others, &rivals).0 >= PLAINLY_TWO {
                continue;
            }
            let (mean, _) = self.across(members, &rivals);
            if mean > RIVAL_FROM {
                odds += f64::from(mean).exp2();
            }
        }
        odds
    }

    /// Whether two groups are taken for kin by some pair across them, of the first few.
    fn are_kin(&self, left: &[u32], right: &[u32]) -> bool {
        let few = |group: &'_ [u32]| group.iter().copied().take(FEW).collect::<Vec<u32>>();
        let right = few(right);
        few(left).iter().any(|a| right.iter().any(|b| self.evidence.scorer.are_kin(self.comparer.compare(*a, *b))))
    }

    /// The records of a group: few, because no group is large.
    fn members_of(&self, group: u32) -> Vec<u32> {
        self.members.get(&group).cloned().unwrap_or_else(|| vec![group])
    }

    fn join_groups(&mut self, x: u32, y: u32) {
        let (a, b) = (self.group[x as usize], self.group[y as usize]);
        if a == b {
            return;
        }
        let (left, right) = (self.members_of(a), self.members_of(b));
        if self.are_kept_apart(&left, &right) {
            self.told.contradicted.push((x, y));
            return;
        }
        for one in &left {
            self.told.pairs.extend(right.iter().map(|other| Pair { a: *one.min(other), b: *one.max(other), weight: 100.0 }));
        }
        self.join((a, left), (b, right));
    }

    fn join(&mut self, (a, mut left): (u32, Vec<u32>), (b, right): (u32, Vec<u32>)) {
        for member in &right {
            self.group[*member as usize] = a;
        }
        self.members.remove(&b);
        left.extend(right);
        self.members.insert(a, left);
    }

    /// Returns the mean of the weights across two groups, each as far as it may say, and the least of them.
    fn across(&self, left: &[u32], right: &[u32]) -> (f32, f32) {
        if self.are_kept_apart(left, right) || self.are_twins(left, right) || self.are_two_generations(left, right) {
            return (f32::MIN, f32::MIN);
        }
        let step = (left.len() * right.len() / ACROSS_MAX).max(1);
        let pairs = left.iter().flat_map(|a| right.iter().map(move |b| (*a, *b))).step_by(step);
        let (mut sum, mut count, mut least) = (0.0, 0.0, f32::MAX);
        for (a, b) in pairs {
            let weight = match self.known.get(&both(a, b)) {
                Some(weight) => *weight,
                None => self.evidence.scorer.weight(self.comparer.compare(a, b)) as f32,
            };
            sum += weight.clamp(-SAY_MAX, SAY_MAX);
            count += 1.0;
            least = least.min(weight);
        }
        (sum / count, least)
    }

    /// Whether no weight may join two groups: somebody decided so, or they have verified numbers that differ.
    fn are_kept_apart(&self, left: &[u32], right: &[u32]) -> bool {
        let people = self.evidence.people;
        let source = |at: &u32| people.row(*at).source;
        if self.evidence.among == Among::Sources && left.iter().any(|a| right.iter().any(|b| source(a) == source(b))) {
            return true;
        }
        let has_decisions = !self.evidence.decisions.apart.is_empty();
        left.iter().any(|a| {
            let is_verified = people.row(*a).verified != 0;
            (has_decisions || is_verified)
                && right.iter().any(|b| {
                    people.row(*a).has_other_verified_number(people.row(*b))
                        || has_decisions && self.evidence.decisions.apart.contains(&both(*a, *b))
                })
        })
    }

    /// Whether somebody of one group is born a generation from somebody of the other.
    fn are_two_generations(&self, left: &[u32], right: &[u32]) -> bool {
        let year = |at: &u32| self.evidence.people.row(*at).born.year();
        left.iter().any(|a| {
            right.iter().any(|b| {
                year(a) != 0
                    && year(b) != 0
                    && year(a).abs_diff(year(b)) > 12
                    && self.evidence.scorer.are_two_generations(self.comparer.compare(*a, *b))
            })
        })
    }

    /// Whether two groups are twins: each has records of its own, and every two across them look like it.
    fn are_twins(&self, left: &[u32], right: &[u32]) -> bool {
        let born = |at: &u32| self.evidence.people.row(*at).born;
        left.len() > 1
            && right.len() > 1
            && born(&left[0]).is_known()
            && left.iter().all(|a| right.iter().all(|b| self.evidence.scorer.are_like_twins(self.comparer.compare(*a, *b))))
    }

    fn finish(mut self, pairs: &[Pair]) -> Clusters {
        for pair in pairs {
            let (a, b) = (self.group[pair.a as usize], self.group[pair.b as usize]);
            if a != b {
                let (mean, _) = self.across(&self.members_of(a), &self.members_of(b));
                let weight = pair.weight.min((mean.max(-SAY_MAX) + pair.weight) / 2.0);
                self.told.pairs.push(Pair { weight, ..*pair });
            }
        }
        // A cluster is called by its least record, however it came about.
        let mut least: FxHashMap<u32, u32> = FxHashMap::default();
        for (group, at) in self.group.iter().zip(0_u32..) {
            least.entry(*group).or_insert(at);
        }
        self.told.of = self.group.iter().map(|group| least[group]).collect();
        self.told
    }
}

impl Clusters {
    /// Names each cluster as the one before that most of its records were in; one that is new, or split off, after its first record.
    pub fn names(&self, people: &People, before: &[Option<u32>]) -> Vec<u32> {
        let mut shared: FxHashMap<(u32, u32), u32> = FxHashMap::default();
        for (cluster, was) in self.of.iter().zip(before) {
            if let Some(was) = was {
                *shared.entry((*cluster, *was)).or_default() += 1;
            }
        }
        let mut most: Vec<(u32, u32, u32)> = shared.into_iter().map(|((cluster, was), count)| (count, was, cluster)).collect();
        most.sort_unstable_by(|x, y| y.0.cmp(&x.0).then(x.1.cmp(&y.1)).then(x.2.cmp(&y.2)));
        let (mut name, mut taken): (FxHashMap<u32, u32>, FxHashSet<u32>) = Default::default();
        for (_, was, cluster) in most {
            if !name.contains_key(&cluster) && taken.insert(was) {
                name.insert(cluster, was);
            }
        }
        // One that is new is called by a record of its own whose name nobody had before.
        let had: FxHashSet<u32> = before.iter().flatten().copied().collect();
        for (cluster, at) in self.of.iter().zip(0_u32..) {
            if !name.contains_key(cluster) && !had.contains(&at) && taken.insert(at) {
                name.insert(*cluster, at);
            }
        }
        // All of its records' names are others' now: one past them all.
        let mut next = u32::try_from(people.len()).unwrap_or(u32::MAX);
        for cluster in &self.of {
            name.entry(*cluster).or_insert_with(|| {
                next += 1;
                next
            });
        }
        self.of.iter().map(|cluster| name[cluster]).collect()
    }
}
