//! Every state of the pages of shielding at once.

use serde_json::{Value, json};
use web::Sample;

/// Returns the samples.
pub fn samples() -> Vec<Sample> {
    let sample = |template, state, title: &str, page| Sample { template, state, title: title.to_owned(), page };
    let ask = |state, errors: Value| {
        let page = json!({ "id": "1", "name": "Amy Barlow", "days": 1, "typed": "", "errors": errors });
        sample("processes/shielding/templates/ask.html", state, "Shield where they are", page)
    };
    let task = |state, answer: &str, errors: Value| {
        let page = json!({ "id": "1", "person": "2", "name": "Amy Barlow", "reason": "He rang the school", "asked_by": "Helen Marsh",
            "asked": "2 November 2026 at 9:00am", "owner": "Moira Keane", "due": "3 November 2026", "is_review": !answer.is_empty(), "is_place": true,
            "answer": answer, "answer_words": "He is in the area", "chosen": "", "typed": "", "errors": errors });
        sample("processes/shielding/templates/task.html", state, "Is this shield needed?", page)
    };
    vec![
        ask("usual", json!([])),
        ask("error", json!([{ "field": "words", "text": "Why is empty" }])),
        task("usual", "", json!([])),
        task("full", "kept", json!([])),
        task("error", "", json!([{ "field": "answer", "text": "Choose whether it is needed" }])),
    ]
}
