//! Every state of every page of deciding to share.

use super::path::Answers;
use crate::requests::samples::line as request;
use serde_json::{Value, json};
use web::Sample;

fn item(protected: &str, picked: bool) -> Value {
    json!({ "id": if protected.is_empty() { "1" } else { "2" }, "name": "Amy Barlow", "words": "Behind with the rent: three months",
            "label": "Fact", "source": "Seen by Helen Marsh, Hillside Homes, today", "information": "Home, money and work",
            "confidential": true, "protected": protected, "picked": picked, "why": "" })
}

fn ask(step: &str, number: usize, shown: Value, errors: Value) -> Value {
    let answers = Answers {
        danger: Some(false),
        duty: Some(false),
        harm: Some(true),
        harm_words: "The stairs".to_owned(),
        method: "here".to_owned(),
        told: "later".to_owned(),
        ..Answers::default()
    };
    let question = json!({ "id": step, "words": "Is somebody in danger now?", "why": "If somebody is, share now.",
        "law": "Agreement is not needed where a child is at risk.", "source": "Department for Education (May 2024)", "confirm": true });
    json!({ "person": "1", "name": "Amy Barlow", "step": step, "number": number, "of": 7,
            "question": if step == "check" { Value::Null } else { question }, "answers": answers, "review": ["", "", ""],
            "review_words": "", "shown": shown, "errors": errors })
}

fn with(mut page: Value, changes: &Value) -> Value {
    if let (Some(page), Some(changes)) = (page.as_object_mut(), changes.as_object()) {
        page.extend(changes.clone());
    }
    page
}

fn of_path() -> Vec<Sample> {
    let one = |state, page| Sample {
        template: "processes/sharing/templates/ask.html",
        state,
        title: "May I share this?".to_owned(),
        page,
    };
    let purposes = json!([{ "id": "support", "words": "So that the family gets support", "protects": false },
                          { "id": "protect", "words": "To protect a child", "protects": true }]);
    let purpose = json!({ "agencies": [["1", "Open Hand"]], "purposes": purposes });
    let said = json!([{ "name": "Amy Barlow", "words": "Behind with the rent", "said": "Nobody has asked them" }]);
    let asked = json!({ "who": "Sunita Rao, Social Care", "words": "Who lives there?", "information": "Home, money and work" });
    let tests = json!({ "tests": [{ "id": "necessary", "words": "It is needed", "ticked": true }, { "id": "secure", "words": "It gets there safely", "ticked": false }],
                        "methods": [{ "id": "here", "words": "Here" }, { "id": "telephone", "words": "By telephone" }], "is_urgent": true });
    let check = |stop: Value, seen: bool| {
        json!({ "to": "Grace Okafor, Open Hand", "is_alone": true, "purpose": "So that the family gets support", "method": "Here",
                "basis": "Children Act 2004, sections 10 and 11", "confirm": true, "ground": "The right person agrees", "ground_words": "",
                "stop": stop, "put_off": true, "preview": [{ "name": "Amy Barlow", "words": "Behind with the rent", "label": "Fact", "source": "Seen by Helen Marsh, today", "seen": seen }],
                "unseen": !seen })
    };
    let wrong = |field: &str| json!([{ "field": field, "text": "Choose one of the answers" }]);
    vec![
        one("danger", ask("danger", 1, json!({}), wrong("danger"))),
        one("purpose", ask("purpose", 2, purpose.clone(), json!([]))),
        one(
            "purpose-error",
            ask(
                "purpose",
                2,
                purpose,
                json!([{ "field": "agency", "text": "Choose an agency" }, { "field": "purpose", "text": "Choose what for" }]),
            ),
        ),
        one("duty", ask("duty", 3, json!({}), wrong("duty_words"))),
        one("harm", ask("harm", 4, json!({}), json!([]))),
        one(
            "items",
            ask(
                "items",
                5,
                json!({ "plain": [item("", false)], "protected": [item("It says where they are", true)], "asked": asked }),
                json!([{ "field": "why-2", "text": "Say why they need this" }]),
            ),
        ),
        one("items-empty", ask("items", 5, json!({ "plain": [], "protected": [], "asked": null }), wrong("items"))),
        one(
            "agreement",
            ask("agreement", 6, json!({ "said": said, "is_covered": false, "exceptions": ["Not her father"] }), wrong("asked")),
        ),
        one("tests", ask("tests", 7, tests, wrong("tests"))),
        one("check", ask("check", 8, check(Value::Null, true), json!([]))),
        one(
            "check-stopped",
            ask(
                "check",
                8,
                check(json!("They will be asked first"), false),
                json!([{ "field": "share", "text": "They will be asked first" }]),
            ),
        ),
    ]
}

fn of_records() -> Vec<Sample> {
    let one = |state, page| Sample {
        template: "processes/sharing/templates/show.html",
        state,
        title: "What was decided".to_owned(),
        page,
    };
    let task = |kind: &str, done: bool| {
        json!({ "id": format!("{kind}{done}"), "link": "/shares/1", "kind": kind, "what": "Give advice on sharing", "owner": "Moira Keane",
                "due": "3 November 2026", "late": !done, "words": "May the school know?", "answer": "Yes, with her agreement",
                "is_done": done })
    };
    let show = |outcome: &str, is_shared: bool| {
        json!({ "id": "1", "person": "1", "name": "Amy Barlow", "line": decision(outcome), "is_shared": is_shared,
            "ground": "The right person agrees", "ground_words": "", "agreement": "1", "agreement_words": "",
            "basis": { "gateway": "Children Act 2004", "article_6": "6(1)(e)", "article_9": "9(2)(g)", "schedule": "Schedule 1", "source": "The area" },
            "method": "Here", "said": "Told the duty desk", "items": [{ "id": "1", "words": "Behind with the rent", "label": "Fact", "why": "They visit", "is_changed": true }],
            "withheld": "Her health", "reason": if is_shared { "" } else { "She said no" }, "answer": "", "told": "Yes", "told_words": "On the visit",
            "tests": ["It is needed"], "decided": "2 November 2026 at 9:00am", "rules_in_force": "1 November 2026", "request": "1",
            "events": ["Received by Grace Okafor, Open Hand, 2 November 2026 at 10:00am"], "tasks": [], "may_end": true, "may_advise": true, "may_share": true,
            "may_put_right": true, "just_kept": true, "typed": { "words": "", "where": "" }, "errors": [] })
    };
    vec![
        one("usual", show("Shared in part", true)),
        one("refused", show("Not shared", false)),
        one(
            "full",
            with(
                show("Advice was asked for", false),
                &json!({ "tasks": [task("advise", false), task("advise", true), task("decide", false), task("tell", false), task("review", false), task("receive", false)] }),
            ),
        ),
        one(
            "error",
            with(show("Shared", true), &json!({ "errors": [{ "field": "end-words", "text": "What you wrote is empty" }] })),
        ),
    ]
}

fn decision(outcome: &str) -> Value {
    json!({ "id": "1", "outcome": outcome, "to": "Open Hand", "purpose": "So that the family gets support",
            "by": "Helen Marsh, Hillside Homes", "on": "2 November 2026", "is_ended": outcome == "Shared" })
}

/// Returns the samples.
pub fn samples() -> Vec<Sample> {
    let sample = |template, state, title: &str, page| Sample { template, state, title: title.to_owned(), page };
    let now = |errors: Value| {
        json!({ "person": "1", "name": "Amy Barlow", "agencies": [["1", "Social Care"]], "methods": [{ "id": "here", "words": "Here" }, { "id": "telephone", "words": "By telephone" }],
                "plain": [item("", false)], "protected": [item("It says where they are", false)],
                "typed": { "agency": "1", "to_words": "The duty desk", "worry": "", "said": "", "method": "telephone", "told": "later",
                           "told_words": "", "happened": ["2", "11", "2026"] }, "errors": errors })
    };
    let not = |errors: Value| {
        json!({ "person": "1", "name": "Amy Barlow", "is_asked": true, "advisers": [["1", "Moira Keane, safeguarding lead"]],
                "typed": { "outcome": "refused", "reason": "", "adviser": "", "answer": "", "review": ["", "", ""] }, "errors": errors })
    };
    let received = |items: Value| {
        json!({ "name": "Amy Barlow", "from": "Helen Marsh, Hillside Homes", "telephone": "07700 900101", "purpose": "So that the family gets support",
                "on": "2 November 2026", "is_alone": true, "items": items, "said": "", "is_ended": false })
    };
    let shown = json!({ "id": "1", "name": "Amy Barlow", "words": "Behind with the rent", "label": "Fact", "source": "Seen by Helen Marsh, today", "is_changed": true });
    let task = json!({ "id": "1", "link": "/shares/1", "kind": "advise", "what": "Give advice on sharing", "owner": "Moira Keane", "due": "3 November 2026",
                       "late": true, "words": "", "answer": "", "is_done": false });
    let desk = |full: bool| {
        let some = |one: Value| if full { json!([one]) } else { json!([]) };
        json!({ "works_with_families": true, "tasks": some(json!([task, "Amy Barlow"])), "requests": some(request("Waiting for an answer", true)),
                "made": some(request("Answered", false)), "received": some(json!([decision("Shared"), "Amy Barlow"])) })
    };
    let of_person = |full: bool| {
        let some = |one: Value| if full { json!([one]) } else { json!([]) };
        json!({ "person": "1", "name": "Amy Barlow", "decisions": some(decision("Shared")), "requests": some(request("Answered", false)), "may_share": true })
    };
    let begin =
        json!({ "person": "1", "name": "Amy Barlow", "saved": "2 November 2026 at 9:00am", "next": "/people/1/share/items" });
    let others = vec![
        sample("processes/sharing/templates/begin.html", "usual", "May I share this?", begin),
        sample(
            "processes/sharing/templates/danger.html",
            "usual",
            "Somebody is in danger",
            json!({ "people": [["1", "Amy Barlow"]] }),
        ),
        sample("processes/sharing/templates/danger.html", "empty", "Somebody is in danger", json!({ "people": [] })),
        sample("processes/sharing/templates/now.html", "usual", "Share now", now(json!([]))),
        sample(
            "processes/sharing/templates/now.html",
            "error",
            "Share now",
            now(json!([{ "field": "worry", "text": "Say what you are worried about" },
            { "field": "agency", "text": "Choose an agency" }, { "field": "items", "text": "Pick what they need" }, { "field": "method", "text": "Choose" }])),
        ),
        sample("processes/sharing/templates/not.html", "usual", "Not shared", not(json!([]))),
        sample(
            "processes/sharing/templates/not.html",
            "error",
            "Not shared",
            not(json!([{ "field": "reason", "text": "Say why" }, { "field": "adviser", "text": "Choose whom" },
            { "field": "outcome", "text": "Choose" }, { "field": "review", "text": "Say by which day" }])),
        ),
        sample("processes/sharing/templates/received.html", "usual", "Shared with you", received(json!([shown]))),
        sample("processes/sharing/templates/received.html", "empty", "Shared with you", received(json!([]))),
        sample("processes/sharing/templates/desk.html", "empty", "Sharing", desk(false)),
        sample("processes/sharing/templates/desk.html", "full", "Sharing", desk(true)),
        sample("processes/sharing/templates/of_person.html", "empty", "What was shared", of_person(false)),
        sample("processes/sharing/templates/of_person.html", "full", "What was shared", of_person(true)),
    ];
    [of_path(), of_records(), others].concat()
}
