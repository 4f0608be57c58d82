//! Every state of every page of requests for information.

use serde_json::{Value, json};
use web::Sample;

/// Returns a request as a list shows it.
pub(crate) fn line(state: &str, is_open: bool) -> Value {
    json!({ "id": "1", "name": "Josh Barlow", "from": "Sunita Rao, Social Care", "to": "Hillside Homes",
            "purpose": "To protect a child from harm", "state": state, "due": "2 November 2026", "late": is_open, "urgent": is_open })
}

/// Returns the samples.
pub fn samples() -> Vec<Sample> {
    let sample = |template, state, title: &str, page| Sample { template, state, title: title.to_owned(), page };
    let (of_new, of_show) = ("processes/requests/templates/new.html", "processes/requests/templates/show.html");
    let new = |errors: Value| {
        json!({ "person": "1", "name": "Josh Barlow", "agencies": [["1", "Hillside Homes"]],
                "purposes": [{ "id": "support", "words": "So that the family gets support that fits", "protects": false },
                             { "id": "protect", "words": "To protect a child", "protects": true }],
                "information": [{ "id": "home_money", "words": "Home, money and work", "ticked": true }],
                "typed": { "agency": "", "purpose": "protect", "words": "Who lives there now?", "urgent": "yes" }, "errors": errors })
    };
    let show = |line: Value, changes: Value| {
        let mut page = json!({ "person": "1", "line": line, "words": "Who lives there now?", "information": "Home, money and work",
            "asked": "2 November 2026 at 9:00am", "telephone": "Social worker, telephone 07700 900105", "owner": "Tariq Aziz",
            "escalated": "", "answers": [], "may_answer": true, "may_withdraw": false, "errors": [] });
        if let (Some(page), Some(changes)) = (page.as_object_mut(), changes.as_object()) {
            page.extend(changes.clone());
        }
        page
    };
    let answer = json!({ "decision": "1", "is_shared": true, "words": "The tenancy, not who visits", 
                         "at": "2 November 2026 at 11:00am", "is_open": true });
    vec![
        sample(of_new, "usual", "Ask another agency", new(json!([]))),
        sample(
            of_new,
            "error",
            "Ask another agency",
            new(
                json!([{ "field": "agency", "text": "Choose one of the answers" }, { "field": "purpose", "text": "Choose one of the answers" },
                       { "field": "words", "text": "What you ask is empty" }, { "field": "information", "text": "Choose one of the answers" }]),
            ),
        ),
        sample(of_show, "usual", "A request for information", show(line("Waiting for an answer", true), json!({}))),
        sample(
            of_show,
            "full",
            "A request for information",
            show(
                line("Answered", false),
                json!({ "may_answer": false, "answers": [answer], "escalated": "9 November 2026 at 9:00am" }),
            ),
        ),
        sample(
            of_show,
            "error",
            "A request for information",
            show(
                line("Waiting for an answer", true),
                json!({ "may_answer": false, "may_withdraw": true, "errors": [{ "field": "withdraw", "text": "It has been answered" }] }),
            ),
        ),
    ]
}
