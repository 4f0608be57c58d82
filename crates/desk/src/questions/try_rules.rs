//! Trying a change of the rules: what it would open and close, for whom, before it is in force.

use access::matrix::{self, Change};
use access::policies::PolicyError;
use access::{Act, Policies};
use area::Area;
use std::collections::BTreeSet;

/// The longest rules that are tried, in characters.
pub const TEXT_MAX: usize = 20_000;
/// What a change opens or closes is shown by so many examples.
const THINGS_SHOWN: usize = 12;

/// What a change would change.
#[derive(Clone, Debug)]
pub struct Tried {
    /// Which acts the change speaks of.
    pub acts: Vec<Act>,
    /// What it opens and closes.
    pub changes: Vec<Change>,
}

/// Returns what rules that are added to the area's own, and rules that are left out, would change.
///
/// # Errors
/// [`PolicyError::File`] when the rules do not read, or speak of what is not there.
pub fn change(area: &Area, in_force: &Policies, (text, without): (&str, &[String])) -> Result<Tried, PolicyError> {
    let mut added = area.policies.clone();
    if !text.trim().is_empty() {
        added.push(("new rules".to_owned(), text.to_owned()));
    }
    let after = Policies::load_changed(&added, without)?;
    let known: BTreeSet<&str> = in_force.rules().map(|(rule, _)| rule.id.as_str()).collect();
    let new = after.rules().map(|(rule, _)| rule.id.clone()).filter(|id| !known.contains(id.as_str()));
    let mut acts: Vec<Act> = new.flat_map(|id| after.acts_of(&id)).collect();
    acts.extend(without.iter().flat_map(|id| in_force.acts_of(id)));
    let mut seen = BTreeSet::new();
    acts.retain(|act| seen.insert(act.as_str()));
    let changes = matrix::difference(in_force, &after, &acts)?;
    Ok(Tried { acts, changes })
}

/// Returns what a change opens or closes in words, the first of many.
pub fn things(change: &Change) -> (Vec<String>, usize) {
    let shown: Vec<String> = change.things.iter().take(THINGS_SHOWN).cloned().collect();
    let more = change.things.len() - shown.len();
    (shown, more)
}
