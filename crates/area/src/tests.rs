//! The example area is whole, and what is wrong with an area is said with its place.

use crate::{Area, TermKind};
use std::path::{Path, PathBuf};

fn example() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../../areas/example")
}

fn copy_of_example(name: &str, change: impl Fn(&str, String) -> String) -> PathBuf {
    let target = std::env::temp_dir().join(format!("area-{name}-{}", std::process::id()));
    for folder in ["", "feeds"] {
        std::fs::create_dir_all(target.join(folder)).unwrap();
        for entry in std::fs::read_dir(example().join(folder)).unwrap().filter_map(Result::ok) {
            let name = entry.file_name().into_string().unwrap();
            if name.ends_with(".toml") {
                let text = std::fs::read_to_string(entry.path()).unwrap();
                std::fs::write(target.join(folder).join(&name), change(&name, text)).unwrap();
            }
        }
    }
    target
}

#[test]
fn the_example_area_is_whole() {
    let area = Area::load(&example()).unwrap();
    assert!(area.terms_of(TermKind::Strength).len() >= 8);
    assert!(area.terms_of(TermKind::Need).len() >= 20);
    assert_eq!(area.frameworks["assessment"].items.len(), 20);
    assert_eq!(area.frameworks["outcomes"].items.len(), 10);
    assert_eq!(area.frameworks["disadvantages"].items.len(), 7);
    assert_eq!(area.feeds.len(), 11);
}

#[test]
fn every_item_of_every_framework_is_reached_by_some_term() {
    let area = Area::load(&example()).unwrap();
    for framework in area.frameworks.values() {
        for item in framework.items.keys() {
            let map = format!("{}.{item}", framework.id);
            assert!(area.terms.values().any(|term| term.maps.iter().any(|m| *m.as_ref() == map)), "no term maps to {map}");
        }
    }
}

/// Rule [2.3]
#[test]
fn what_somebody_writes_suggests_terms_and_forces_none() {
    let area = Area::load(&example()).unwrap();
    let ids = |text: &str| area.suggest(text).into_iter().map(|term| term.id.as_str()).collect::<Vec<_>>();
    assert!(ids("She is three months behind with the rent and there is mould in the bedroom.").contains(&"rent_arrears"));
    assert!(ids("Nothing to report").is_empty());
}

#[test]
fn a_service_for_a_need_that_is_no_term_is_named_with_its_line() {
    let folder = copy_of_example("need", |name, text| {
        if name == "services.toml" { text.replacen("\"rent_arrears\"", "\"no_such_need\"", 1) } else { text }
    });
    let errors = Area::load(&folder).unwrap_err();
    assert_eq!(errors.len(), 1);
    assert_eq!(errors[0].file, "services.toml");
    assert!(errors[0].line > 5, "{}", errors[0]);
    assert!(errors[0].to_string().contains("no_such_need"));
    std::fs::remove_dir_all(folder).unwrap();
}

#[test]
fn for_how_many_families_somebody_leads_is_said_once_and_of_levels_that_are_there() {
    let folder = copy_of_example("leads", |name, text| {
        if name == "plans.toml" {
            let twice = "[[leads]]\nrole = \"practitioner\"\nfamilies = 20\n";
            text.replacen("level = \"specialist\"", "level = \"special\"", 1) + twice
        } else {
            text
        }
    });
    let errors: Vec<String> = Area::load(&folder).unwrap_err().iter().map(ToString::to_string).collect();
    assert_eq!(errors.len(), 2, "{errors:?}");
    assert!(
        errors.iter().any(|error| error.contains("no level 'special'"))
            && errors.iter().any(|error| error.contains("two [[leads]]"))
    );
    std::fs::remove_dir_all(folder).unwrap();
}

#[test]
fn a_language_that_the_area_does_not_list_is_named_with_its_line() {
    let folder = copy_of_example(
        "language",
        |name, text| {
            if name == "services.toml" { text.replacen("\"ur\"", "\"urdu\"", 1) } else { text }
        },
    );
    let errors = Area::load(&folder).unwrap_err();
    assert_eq!(errors.len(), 1);
    assert!(errors[0].line > 5 && errors[0].to_string().contains("urdu"), "{}", errors[0]);
    std::fs::remove_dir_all(folder).unwrap();
}

#[test]
fn a_file_that_does_not_read_is_named_with_its_line_and_all_errors_are_told() {
    let folder = copy_of_example("broken", |name, text| match name {
        "clocks.toml" => text.replace("contact_outcome_working_days = ", "contact_outcome_working_days = soon "),
        "levels.toml" => format!("{text}\n[[level]]\nid = \"x\"\nsurprise = true\n"),
        _ => text,
    });
    let errors = Area::load(&folder).unwrap_err();
    let files: Vec<&str> = errors.iter().map(|e| e.file.as_str()).collect();
    assert_eq!(files, ["levels.toml", "clocks.toml"]);
    assert!(errors.iter().all(|e| e.line > 1 && !e.remedy.is_empty()));
    std::fs::remove_dir_all(folder).unwrap();
}

/// Rule [3.27]
#[test]
fn everything_that_can_be_known_belongs_to_one_kind_of_information_somebody_can_agree_to() {
    let sharing = Area::load(&example()).unwrap().sharing;
    assert_eq!(sharing.information_of("need", "alcohol_drugs").map(|one| one.id.as_str()), Some("health"));
    assert_eq!(sharing.information_of("need", "lonely").map(|one| one.id.as_str()), Some("needs"));
    assert_eq!(sharing.information_of("no such kind", "").map(|one| one.id.as_str()), None);
    let folder =
        copy_of_example(
            "information",
            |name, text| {
                if name == "sharing.toml" { text.replacen("\"risk\"", "\"need\"", 1) } else { text }
            },
        );
    let errors = Area::load(&folder).unwrap_err().iter().map(ToString::to_string).collect::<Vec<_>>().join("\n");
    assert!(errors.contains("'need' belongs to 2 kinds") && errors.contains("'risk' belongs to 0 kinds"), "{errors}");
}

#[test]
fn the_lawful_basis_is_the_one_that_came_into_force_last() {
    let mut sharing = Area::load(&example()).unwrap().sharing;
    let day = |text: &str| text.parse::<kernel::Date>().unwrap();
    let mut newer = sharing.basis[0].clone();
    (newer.in_force, newer.gateway) = (day("2027-01-01"), "A later law".to_owned());
    sharing.basis.push(newer);
    let gateway = |on: &str| {
        sharing.basis("support", crate::files::AgencyKind::School, day(on)).map_or("none", |basis| basis.gateway.as_str())
    };
    assert_eq!(gateway("2027-01-01"), "A later law");
    assert_eq!(gateway("2026-12-31"), "Children Act 2004, sections 10 and 11");
    assert_eq!(gateway("2026-10-31"), "none", "what is not in force yet is no basis");
}

/// Rule [3.30]
#[test]
fn no_area_shows_a_sensitive_service_by_name() {
    let area = Area::load(&example()).unwrap();
    assert_eq!(area.agencies["lantern"].disclosure(), crate::files::Disclosure::Brokered);
    assert_eq!(area.agencies["school"].disclosure(), crate::files::Disclosure::Open);
    let folder = copy_of_example("disclosure", |name, text| {
        if name == "agencies.toml" { text.replace("disclosure = \"brokered\"", "disclosure = \"open\"") } else { text }
    });
    let errors = Area::load(&folder).unwrap_err();
    assert!(errors.iter().any(|error| error.to_string().contains("'lantern' is sensitive")), "{errors:?}");
}

/// Rule [3.30]
#[test]
fn an_agency_is_part_of_one_that_tells_no_more_and_nothing_names_it_any_more() {
    let load =
        |name: &str, into: &str| {
            let (code, into) = (format!("code = \"{name}\"\n"), format!("code = \"{name}\"\nmerged_into = \"{into}\"\n"));
            let folder = copy_of_example(&format!("merged-{name}"), |file, text| {
                if file == "agencies.toml" { text.replace(&code, &into) } else { text }
            });
            Area::load(&folder).map(|_| ()).map_err(|errors| errors.iter().map(ToString::to_string).collect::<String>())
        };
    assert!(load("openhand", "social").unwrap_err().contains("'openhand' is part of 'social' now"), "its services and people do");
    assert!(load("lantern", "gp").unwrap_err().contains("would tell more"), "one is sensitive and the other is not");
    assert!(load("police", "gp").unwrap_err().contains("would tell more"), "the index says less of the one");
    assert!(load("gp", "hospital").unwrap_err().contains("would tell more"), "where somebody is told by the one alone");
    let folder = copy_of_example("merged", |file, text| match file {
        "agencies.toml" => text.replace("code = \"jobs\"\n", "code = \"jobs\"\nmerged_into = \"openhand\"\n"),
        _ => text.replace("agency = \"jobs\"", "agency = \"openhand\""),
    });
    Area::load(&folder).unwrap();
    assert!(load("jobs", "nobody").unwrap_err().contains("there is no agency 'nobody'"));
}

#[test]
fn guidance_names_its_source_and_a_place_where_it_is_shown() {
    let area = Area::load(&example()).unwrap();
    for place in crate::guidance::PLACES {
        assert!(area.guidance_at(place).all(|one| one.provenance.confirm), "{place}: an area confirms what the example says");
    }
    assert!(area.guidance_at("closing").count() >= 2);
    let read = |text: &str| crate::guidance::parse("one", text).map(|one| one.title);
    let head = "title = \"Well\"\nat = [\"plan\"]\nsource = \"A board\"\nin_force = \"2026-11-01\"";
    assert_eq!(read(&format!("+++\n{head}\n+++\nTry again.\n")).unwrap(), "Well");
    assert_eq!(read("Try again.").unwrap_err().0, 1);
    assert_eq!(read(&format!("+++\n{head}\ncolour = 1\n+++\nTry again.\n")).unwrap_err().0, 6);
    let (_, nowhere) = read(&format!("+++\n{}\n+++\nTry again.\n", head.replace("plan", "kitchen"))).unwrap_err();
    assert!(nowhere.contains("kitchen"), "{nowhere}");
    assert!(read(&format!("+++\n{head}\n+++\n \n")).is_err());
}
