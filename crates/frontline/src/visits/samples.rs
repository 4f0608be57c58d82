//! Every state of every page of visits.

use serde_json::{Value, json};
use web::Sample;

fn with(mut page: Value, changes: Value) -> Value {
    if let (Value::Object(page), Value::Object(changes)) = (&mut page, changes) {
        page.extend(changes);
    }
    page
}

fn sample(page: &str, state: &'static str, title: &str, content: Value) -> Sample {
    let template = match page {
        "show" => "frontline/visits/templates/show.html",
        "plan" => "frontline/visits/templates/plan.html",
        "outcome" => "frontline/visits/templates/outcome.html",
        "day" => "frontline/visits/templates/day.html",
        "which" => "frontline/visits/templates/which.html",
        _ => "frontline/visits/templates/not_seen.html",
    };
    Sample { template, state, title: title.to_owned(), page: content }
}

fn choices(words: &[&str]) -> Value {
    let choice = |(at, words): (usize, &&str)| json!({ "id": format!("c{at}"), "words": words, "chosen": at == 0 });
    words.iter().enumerate().map(choice).collect()
}

fn ways() -> Value {
    choices(&["Home visit", "Appointment", "Visit at the door", "Telephone call", "Message", "Letter"])
}

fn people() -> Value {
    json!([
        { "id": "0195", "words": "Amy Barlow", "ticked": true },
        { "id": "0196", "words": "Josh Barlow", "ticked": true },
        { "id": "0197", "words": "Lily Barlow (shielded: only those named for them can then read this)", "ticked": false }
    ])
}

fn boxes() -> Value {
    json!({ "day": "3", "month": "11", "year": "2026" })
}

fn fault(field: &str, text: &str) -> Value {
    json!([{ "field": field, "text": text }])
}

fn visit(changes: Value) -> Value {
    let visit = json!({
        "id": "0198", "version": 1, "title": "Home visit to Amy Barlow and Josh Barlow", "person": "0195", "state": "Planned",
        "is_planned": true, "is_met": false, "late": false, "when": "3 November 2026 at 14:30", "way": "Home visit",
        "owner": "Sunita Rao, Family Help", "written": "Planned by Sunita Rao, Family Help, 2 November 2026 at 9:00am", "is_private": false,
        "approach": "Ring first; Rose next door has a key", "words": "", "before": null, "next": null, "may_change": true, "ways": ways(),
        "people": [{ "name": "Amy Barlow", "link": "/people/0195", "met": "", "view": "" }],
        "owners": choices(&["Sunita Rao, Family Help", "Helen Marsh, Hillside Homes"]), "on": boxes(), "time": "14:30",
        "typed_approach": "Ring first", "typed": "", "changed": false, "errors": []
    });
    with(visit, changes)
}

fn outcome(changes: Value) -> Value {
    let states = choices(&["They met", "Nobody there, or no answer", "They did not want to meet", "Called off"]);
    let outcome = json!({
        "action": "/people/0195/visits/record", "back": "/people/0195", "heading": "Record a visit", "caption": "Amy Barlow",
        "is_read": false, "is_new": true, "version": 0, "words": "", "people": people(), "ways": ways(), "states": states, "state": "c0",
        "views": [{ "id": "0196", "name": "Josh Barlow", "typed": "" }], "happened": boxes(), "next_ways": ways(),
        "owners": choices(&["Sunita Rao, Family Help"]), "next": { "day": "", "month": "", "year": "" },
        "again_on": "5 November 2026", "time": "", "approach": "", "is_private": false, "note": "", "errors": []
    });
    with(outcome, changes)
}

fn plan(changes: Value) -> Value {
    let plan = json!({
        "person": "0195", "name": "Amy Barlow", "people": people(), "ways": ways(), "owners": choices(&["Sunita Rao, Family Help"]),
        "on": boxes(), "time": "", "approach": "Ring first", "is_private": false, "errors": []
    });
    with(plan, changes)
}

fn day() -> Value {
    let line = |late: bool| {
        json!({
            "id": "0198", "link": "/visits/0198", "title": "Home visit to Amy Barlow and Josh Barlow", "kept_title": "Home visit", "time": "14:30", "on": "3 November 2026",
            "late": late, "places": ["12 Mill Lane, Otley, LS21 1AA"], "telephones": [["01134960000", "0113\u{a0}496\u{a0}0000\u{a0}(home)"]],
            "approach": "Ring first"
        })
    };
    json!({ "most": 10000, "day": "3 November 2026", "late": [line(true)], "today": [line(false)], "coming": [line(false)] })
}

/// Returns the samples.
pub fn samples() -> Vec<Sample> {
    let done = json!({
        "state": "They met", "is_planned": false, "is_met": true, "may_change": false, "is_private": true,
        "words": "Amy made tea. Josh showed his drawings.\nThe kitchen is warm now.",
        "people": [{ "name": "Amy Barlow", "link": "/people/0195", "met": "Seen", "view": "" },
                   { "name": "Josh Barlow", "link": "", "met": "Seen", "view": "I like it when Gran comes" }],
        "before": { "link": "/visits/0197", "words": "Home visit, 1 November 2026: nobody there, or no answer" },
        "next": { "link": "/visits/0199", "words": "Telephone call, 9 November 2026: planned" }
    });
    let changed =
        json!({ "changed": true, "typed": "Amy was in", "late": true, "errors": fault("next", "Choose a day from today on") });
    let empty_day = json!({ "most": 10000, "day": "3 November 2026", "late": [], "today": [], "coming": [] });
    let unseen = |is_team: bool, lines: Value| json!({ "is_team": is_team, "may_see_team": is_team, "unseen_days": 28, "long": 1, "lines": lines });
    let lines = json!([
        { "id": "0197", "name": "Mia Barlow", "is_child": true, "seen": "Nobody has written that they saw them", "is_long": true, "next": "" },
        { "id": "0195", "name": "Amy Barlow", "is_child": false, "seen": "Seen 3 days ago, on 30 October 2026", "is_long": false,
          "next": "Home visit, 3 November 2026 at 14:30, by Sunita Rao" }
    ]);
    let again = json!({
        "heading": "What came of it?", "is_new": false, "state": "c1", "next": boxes(),
        "errors": fault("words", "What happened is empty")
    });
    vec![
        sample("show", "usual", "Home visit to Amy Barlow", visit(json!({}))),
        sample("show", "full", "Home visit to Amy Barlow", visit(done)),
        sample("show", "changed", "Home visit to Amy Barlow", visit(changed)),
        sample("plan", "usual", "Plan a visit", plan(json!({}))),
        sample("plan", "error", "Plan a visit", plan(json!({ "errors": fault("person", "Tick whom it is about") }))),
        sample("outcome", "usual", "Record a visit", outcome(json!({}))),
        sample("outcome", "full", "Record a visit", outcome(json!({ "is_read": true, "words": "Visited, saw both children" }))),
        sample("outcome", "error", "What came of it?", outcome(again)),
        sample("day", "full", "Visits", day()),
        sample("day", "empty", "Visits", empty_day),
        sample(
            "which",
            "usual",
            "Which family?",
            json!({ "words": "They were in", "note": "", "people": choices(&["Amy Barlow"]), "errors": [] }),
        ),
        sample(
            "which",
            "empty",
            "Which family?",
            json!({ "words": "", "people": [], "errors": fault("words", "Your note is empty") }),
        ),
        sample("not_seen", "full", "Who has been seen", unseen(true, lines)),
        sample("not_seen", "empty", "Who has been seen", unseen(false, json!([]))),
    ]
}
