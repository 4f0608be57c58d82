//! The command line, as somebody types it.

#![expect(clippy::unwrap_used, reason = "what the tests' helpers cannot do has failed the test")]

use std::path::Path;
use std::process::{Command, Output};

fn linkage(folder: &Path, arguments: &[&str]) -> Output {
    Command::new(env!("CARGO_BIN_EXE_linkage")).args(arguments).current_dir(folder).output().unwrap()
}

fn said(output: &Output) -> String {
    format!("{}{}", String::from_utf8_lossy(&output.stdout), String::from_utf8_lossy(&output.stderr))
}

/// Writes two agencies' files of the same mothers, each with a child of her own, and the truth.
fn families(folder: &Path) {
    let (mut housing, mut school) = ("rec_id,first_name,last_name,dob,house,postcode\n".to_owned(), String::new());
    let mut truth = "id,person\n".to_owned();
    school.push_str(&housing);
    for home in 0..80 {
        let place = format!("{home},BD{} {}AB", 1 + home % 20, home % 10);
        let (mother, child) = (
            format!("19{:02}-05-{:02}", 60 + home % 35, 1 + home % 28),
            format!("20{:02}-09-{:02}", 8 + home % 12, 1 + home % 27),
        );
        housing.push_str(&format!("h{home},Kate,Name{home},{mother},{place}\n"));
        school.push_str(&format!("s{home},Catherine,NAME{home},{mother},{place}\nc{home},Josh,Name{home},{child},{place}\n"));
        truth.push_str(&format!("h{home},{home}\ns{home},{home}\nc{home},c{home}\n"));
    }
    for (name, text) in [("housing.csv", housing), ("school.csv", school), ("truth.csv", truth)] {
        std::fs::write(folder.join(name), text).unwrap();
    }
}

#[test]
fn two_files_are_linked_evaluated_and_explained() {
    let folder = tempfile::tempdir().unwrap();
    families(folder.path());
    let dedupe =
        ["dedupe", "housing.csv", "school.csv", "--pairs", "p.csv", "--clusters", "c.csv", "--save-model", "m.json", "--report"];
    let output = linkage(folder.path(), &dedupe);
    assert!(output.status.success(), "{}", said(&output));
    assert!(said(&output).contains("160 people"), "{}", said(&output));
    let output = linkage(folder.path(), &["evaluate", "--pairs", "p.csv", "--clusters", "c.csv", "--truth", "truth.csv"]);
    assert!(said(&output).contains("clusters                 precision 1.0000  recall 1.0000"), "{}", said(&output));
    let explain = ["explain", "housing.csv", "school.csv", "--model", "m.json", "--ids", "h7", "s7", "--svg", "why.svg"];
    let output = linkage(folder.path(), &explain);
    assert!(said(&output).contains("forename: a form of one name"), "{}", said(&output));
    assert!(std::fs::read_to_string(folder.path().join("why.svg")).unwrap().starts_with("<svg"));
    let output =
        linkage(folder.path(), &["explain", "housing.csv", "school.csv", "--model", "m.json", "--ids", "h7", "c7", "--json"]);
    let told: serde_json::Value = serde_json::from_slice(&output.stdout).unwrap();
    assert_eq!(told["or_else"], "kin");
    let parts: f64 = told["parts"].as_array().unwrap().iter().map(|part| part["bits"].as_f64().unwrap()).sum();
    let sum = told["begins"].as_f64().unwrap() + parts + told["rest"].as_f64().unwrap();
    assert!((sum - told["weight"].as_f64().unwrap()).abs() < 1e-6, "the parts add up to the weight");
}

#[test]
fn files_that_number_their_records_alike_are_linked_and_parquet_says_the_same_as_csv() {
    let folder = tempfile::tempdir().unwrap();
    families(folder.path());
    for name in ["housing.csv", "school.csv"] {
        let text = std::fs::read_to_string(folder.path().join(name)).unwrap();
        let kept: Vec<String> = text
            .lines()
            .filter(|line| !line.starts_with('c'))
            .map(|line| line.trim_start_matches(['h', 's']).to_owned())
            .collect();
        std::fs::write(folder.path().join(name), kept.join("\n")).unwrap();
    }
    let output = linkage(folder.path(), &["link", "housing.csv", "school.csv", "--pairs", "p.csv", "--clusters", "c.csv"]);
    assert!(output.status.success() && said(&output).contains("80 people"), "{}", said(&output));
    let pairs = std::fs::read_to_string(folder.path().join("p.csv")).unwrap();
    assert!(pairs.lines().skip(1).all(|line| line.split(',').next() == line.split(',').nth(1)), "{pairs}");
    let clusters = std::fs::read_to_string(folder.path().join("c.csv")).unwrap();
    assert_eq!(clusters.lines().next(), Some("id,cluster,file"));
    let output = linkage(folder.path(), &["link", "housing.csv", "school.csv", "--clusters", "c.parquet"]);
    assert!(output.status.success(), "{}", said(&output));
    assert_eq!(&std::fs::read(folder.path().join("c.parquet")).unwrap()[..4], b"PAR1");
    let output = linkage(folder.path(), &["dedupe", "housing.csv", "school.csv"]);
    assert!(!output.status.success() && said(&output).contains("another record has it"), "{}", said(&output));
}

#[test]
fn what_is_wrong_with_a_file_is_said_with_its_place() {
    let folder = tempfile::tempdir().unwrap();
    let file = |name: &str, text: &str| std::fs::write(folder.path().join(name), text).unwrap();
    file("strange.csv", "a,b\n1,2\n");
    file("twice.csv", "rec_id,first_name\n1,Amy\n2,Josh\n1,Kate\n");
    file("mapping.toml", "surnme = \"x\"\n");
    file("model.json", "{\"same\": 1}");
    for (arguments, expected) in [
        (&["dedupe", "strange.csv"][..], "it has a, b. Name them in a mapping"),
        (&["dedupe", "twice.csv"], "twice.csv, row 3: the id '1'"),
        (&["dedupe", "twice.csv", "--id", "client"], "it has no column 'client'"),
        (&["dedupe", "nowhere.csv"], "nowhere.csv"),
        (&["dedupe", "strange.csv", "--columns", "mapping.toml"], "surnme"),
        (&["explain", "twice.csv", "--model", "model.json", "--ids", "1", "2"], "twice.csv"),
    ] {
        let output = linkage(folder.path(), arguments);
        assert_eq!(output.status.code(), Some(1), "{arguments:?}: {}", said(&output));
        assert!(said(&output).contains(expected), "{arguments:?}: {}", said(&output));
    }
}
