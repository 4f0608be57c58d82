//! Every state of every page of agreements.

use serde_json::{Value, json};
use web::Sample;

/// Returns the samples.
pub fn samples() -> Vec<Sample> {
    let sample = |template, state, title: &str, page| Sample { template, state, title: title.to_owned(), page };
    let (of_list, of_new, of_show) = (
        "processes/agreements/templates/list.html",
        "processes/agreements/templates/new.html",
        "processes/agreements/templates/show.html",
    );
    let line = |stage: &str, holds: bool| {
        json!({ "id": "1", "about": "That what was told in confidence is passed on", "stage": stage, "holds": holds,
                "agencies": "Calder and Aire Schools, Open Hand", "information": "Home, money and work", "until": "Through 2 November 2027" })
    };
    let list = |agreements: Value| json!({ "person": "1", "name": "Amy Barlow", "agreements": agreements, "may_record": true });
    let typed = json!({ "about": "confidentiality", "answer": "", "giver": "responsible", "giver_person": "2", "judgement": "",
        "exceptions": "", "explained": "talked", "language": "en", "evidence": "", "witness": "", "words": "",
        "given": ["2", "11", "2026"], "until": ["2", "11", "2027"] });
    let new = |again: &str, errors: Value| {
        json!({ "person": "1", "name": "Josh Barlow", "again": again, "version": 1,
                "information": [{ "id": "home_money", "words": "Home, money and work", "ticked": true }, { "id": "health", "words": "Health", "ticked": false }],
                "agencies": [{ "id": "1", "words": "Open Hand", "ticked": false }], "circle": [["2", "Amy Barlow"]],
                "explained": [{ "id": "talked", "words": "We talked it through together" }, { "id": "leaflet", "words": "With the leaflet" }],
                "evidence": [{ "id": "signed", "words": "They signed" }, { "id": "said", "words": "They said so to me alone" }],
                "languages": [{ "id": "en", "words": "English" }], "months": 12, "typed": typed, "errors": errors })
    };
    let show = |line: Value, changes: Value| {
        let mut page = json!({ "id": "1", "version": 1, "person": "1", "name": "Amy Barlow", "line": line, "refused": false,
            "giver": "themself, an adult", "judgement": "", "exceptions": "Not her father", "explained": "We talked it through together",
            "language": "English", "evidence": "They signed", "witness": "", "words": "If it helps with the flat", "given": "2 November 2026",
            "recorded": "Helen Marsh, Hillside Homes, 2 November 2026 at 9:00am", "asks": "Helen Marsh, from 5 October 2027",
            "ended_words": "", "ended_by": "", "may_withdraw": true, "ask_now": false, "typed": "", "changed": false, "errors": [] });
        if let (Some(page), Some(changes)) = (page.as_object_mut(), changes.as_object()) {
            page.extend(changes.clone());
        }
        page
    };
    let wrong = json!([{ "field": "judgement", "text": "Say why" }, { "field": "information", "text": "Choose what may be passed on" },
        { "field": "agency", "text": "Choose who may be told" }, { "field": "evidence", "text": "Choose one of the answers" },
        { "field": "until", "text": "It can last through 2 November 2027 at most" }]);
    vec![
        sample(of_list, "empty", "What is agreed", list(json!([]))),
        sample(of_list, "full", "What is agreed", list(json!([line("Agreed", true), line("Taken back", false)]))),
        sample(of_new, "usual", "Record what was agreed", new("", json!([]))),
        sample(of_new, "error", "Record what was agreed", new("1", wrong)),
        sample(of_show, "usual", "What is agreed", show(line("Agreed", true), json!({}))),
        sample(
            of_show,
            "full",
            "What is agreed",
            show(
                line("Taken back", false),
                json!({ "ended_by": "Grace Okafor", "ended_words": "She has had enough of it", "may_withdraw": false, "asks": "",
                        "changed": true }),
            ),
        ),
        sample(
            of_show,
            "error",
            "What is agreed",
            show(
                line("Agreed, ask again", true),
                json!({ "ask_now": true, "errors": [{ "field": "let-end-words", "text": "What they said is empty" }] }),
            ),
        ),
        sample(of_show, "refused", "What is agreed", show(line("Refused", false), json!({ "refused": true, "asks": "" }))),
    ]
}
