//! Who may belong to a family, from whom they live with and who says how they are related. Pure.

use families::family::FamilyId;
use families::people::PersonId;
use serde::{Deserialize, Serialize};
use std::collections::{BTreeMap, BTreeSet};

/// Why somebody may belong to a family.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Because {
    /// They live where this member lives.
    Home(PersonId),
    /// They are stated to be this to this member: an id of the area's relationships.
    Relation(String, PersonId),
}

impl Because {
    /// Returns the member of the family it speaks of.
    pub fn member(&self) -> PersonId {
        match self {
            Self::Home(member) | Self::Relation(_, member) => *member,
        }
    }
}

/// A stated relationship: the one is `term` of the other.
pub type Stated = (PersonId, String, PersonId);

/// Returns who may belong to which family, and why.
///
/// Rule \[3.21\]: whoever helps one of a family asks who else there is.
pub fn find(
    members: &[(FamilyId, PersonId)],
    homes: &[Vec<PersonId>],
    stated: &[Stated],
) -> BTreeMap<(FamilyId, PersonId), BTreeSet<Because>> {
    let mut of_family: BTreeMap<FamilyId, BTreeSet<PersonId>> = BTreeMap::new();
    let mut of_person: BTreeMap<PersonId, Vec<FamilyId>> = BTreeMap::new();
    for (family, person) in members {
        of_family.entry(*family).or_default().insert(*person);
        of_person.entry(*person).or_default().push(*family);
    }
    let mut found: BTreeMap<(FamilyId, PersonId), BTreeSet<Because>> = BTreeMap::new();
    let mut add = |member: PersonId, person: PersonId, because: Because| {
        for family in of_person.get(&member).into_iter().flatten() {
            if person != member && !of_family[family].contains(&person) {
                found.entry((*family, person)).or_default().insert(because.clone());
            }
        }
    };
    for home in homes {
        for member in home.iter().filter(|person| of_person.contains_key(person)) {
            home.iter().for_each(|person| add(*member, *person, Because::Home(*member)));
        }
    }
    for (person, term, other) in stated {
        add(*other, *person, Because::Relation(term.clone(), *other));
    }
    found
}

#[cfg(test)]
mod tests {
    use super::*;
    use uuid::Uuid;

    /// Rule [3.21]
    #[test]
    fn whoever_shares_a_home_or_is_stated_to_be_related_may_belong_and_who_belongs_already_does_not() {
        let person = |at: u128| PersonId(Uuid::from_u128(at));
        let family = FamilyId(Uuid::from_u128(9));
        let (mother, child, father, neighbour) = (person(1), person(2), person(3), person(4));
        let found = find(
            &[(family, mother), (family, child)],
            &[vec![mother, child, father], vec![neighbour, person(5)]],
            &[(father, "father".to_owned(), child), (mother, "mother".to_owned(), child)],
        );
        assert_eq!(found.keys().collect::<Vec<_>>(), [&(family, father)]);
        let because = [Because::Home(mother), Because::Home(child), Because::Relation("father".to_owned(), child)];
        assert_eq!(found[&(family, father)], BTreeSet::from(because));
    }
}
