//! The access matrix: what each role may do to what, and through which rule, as one table that a change of the rules shows in.

use crate::matrix::{actor, difference, things};
use crate::{Act, Actor, Policies, Resource, Role};
use std::collections::{BTreeMap, BTreeSet};
use std::fmt::Write;

/// Returns who may, by the rules that let them: `practitioner, team manager (people.find)`.
fn who_may(policies: &Policies, act: Act, thing: &Resource) -> String {
    let mut by_rule: BTreeMap<String, Vec<&str>> = BTreeMap::new();
    for role in Role::EVERY {
        let decided = policies.decide(&actor(role), act, thing).unwrap();
        if decided.allowed {
            by_rule.entry(decided.rule_ids()).or_default().push(role.words());
        }
    }
    let all: Vec<String> = by_rule.into_iter().map(|(rules, roles)| format!("{} ({rules})", roles.join(", "))).collect();
    if all.is_empty() { "nobody".to_owned() } else { all.join("; ") }
}

#[test]
fn the_access_matrix_is_as_it_was_agreed() {
    let policies = Policies::load(&[]).unwrap();
    let mut matrix = String::new();
    for act in Act::ALL {
        writeln!(matrix, "{}", act.as_str()).unwrap();
        let mut same: Vec<(String, Vec<String>)> = Vec::new();
        for (words, thing) in things(act.of_kind()) {
            let who = who_may(&policies, *act, &thing);
            match same.iter_mut().find(|(known, _)| *known == who) {
                Some((_, all)) => all.push(words),
                None => same.push((who, vec![words])),
            }
        }
        for (who, what) in same {
            writeln!(matrix, "  {who}").unwrap();
            what.iter().for_each(|one| writeln!(matrix, "    - {one}").unwrap());
        }
    }
    insta::assert_snapshot!(matrix);
}

#[test]
fn without_clearance_or_training_nothing_is_permitted_but_ones_own_account() {
    let policies = Policies::load(&[]).unwrap();
    for act in Act::ALL.iter().filter(|act| **act != Act::SeeAccount) {
        for (words, thing) in things(act.of_kind()) {
            for (cleared, trained) in [(false, true), (true, false)] {
                let actor = Actor { cleared, trained, roles: BTreeSet::from(Role::ALL), ..actor(Role::Practitioner) };
                let decided = policies.decide(&actor, *act, &thing).unwrap();
                assert!(!decided.allowed, "{} {words}", act.as_str());
            }
        }
    }
}

/// Rule [3.30]
#[test]
fn no_rule_lets_anybody_read_a_shielded_address_or_know_of_a_shielded_person_unless_they_are_named() {
    let policies = Policies::load(&[]).unwrap();
    for act in Act::ALL {
        for (words, thing) in things(act.of_kind()) {
            let of_shielded = words.contains("shielded") && !words.contains("named");
            let of_place = words.contains("place shielded");
            let tells_place = words.contains("address") || words.contains("a school");
            if !of_shielded || (of_place && !tells_place) {
                continue;
            }
            assert_eq!(who_may(&policies, *act, &thing), "nobody", "{} {words}", act.as_str());
        }
    }
}

/// Rule [3.30]
#[test]
fn a_change_of_the_rules_is_shown_before_it_is_in_force() {
    let before = Policies::load(&[]).unwrap();
    let added = r#"@id("area.analysts-search") @reason("Ours") @para("3.37")
        permit (principal, action == Action::"search", resource) when { principal.roles.contains("analyst") };"#;
    let opened = Policies::load_changed(&[("ours.cedar".to_owned(), added.to_owned())], &[]).unwrap();
    let changes = difference(&before, &opened, &[Act::Search, Act::SeeHome]).unwrap();
    assert_eq!(changes.len(), 1);
    assert!(changes[0].is_opened && changes[0].role == Role::Analyst && changes[0].rules[0].id == "area.analysts-search");
    let closed = Policies::load_changed(&[], &["people.search".to_owned()]).unwrap();
    let changes = difference(&before, &closed, &[Act::CreatePerson]).unwrap();
    assert!(changes.iter().all(|change| !change.is_opened) && changes.iter().any(|change| change.role == Role::Practitioner));
    assert_eq!(closed.acts_of("people.search"), []);
    assert!(opened.acts_of("area.analysts-search").contains(&Act::Search));
    let broken = Policies::load_changed(&[("ours.cedar".to_owned(), "permit (principal);".to_owned())], &[]);
    assert!(broken.is_err_and(|e| e.to_string().contains("ours.cedar")));
}
