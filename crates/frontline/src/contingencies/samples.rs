//! Every state of the page of what is agreed for when things get worse.

use serde_json::{Value, json};
use web::Sample;

fn sample(state: &'static str, changes: Value) -> Sample {
    let choice = |id: &str, words: &str| json!({ "id": id, "words": words, "chosen": false });
    let mut page = json!({
        "here": "/people/0195/families/0196/if-worse", "back": "/people/0195", "family_name": "The Barlow family", "agreed": [], "ended": [],
        "helpers": [], "may_write": true, "people": [choice("0195", "Amy Barlow")], "situations": [choice("unwell", "becomes unwell")],
        "who_does": "", "call_first": "", "children_know": "", "agreed_with": "", "is_private": false, "is_typed": false, "changed": false, "errors": []
    });
    if let (Value::Object(page), Value::Object(changes)) = (&mut page, changes) {
        page.extend(changes);
    }
    Sample { template: "frontline/contingencies/templates/if_worse.html", state, title: "If things get worse".to_owned(), page }
}

/// Returns the samples.
pub fn samples() -> Vec<Sample> {
    let agreed = |ended: &str| {
        json!({
            "id": "0198", "heading": "If Amy Barlow becomes unwell", "who_does": "Rose takes Josh and Mia to hers.\nSchool is told by Sunita.",
            "call_first": "Rose Barlow, 07700 900123", "children_know": "Josh knows he may ring Gran", "ended": ended, "typed": "",
            "source": "Agreed with Amy and Rose. Written by Sunita Rao, Family Help, 3 November 2026"
        })
    };
    let helper = json!({ "name": "Sunita Rao", "what": "Social worker, Family Help", "telephone": "0113 496 0000" });
    let full = json!({ "agreed": [agreed("")], "ended": [agreed("4 November 2026: Rose moved away")], "helpers": [helper] });
    let fault = |field: &str, text: &str| json!([{ "field": field, "text": text }]);
    let error = json!({ "is_typed": true, "errors": fault("who_does", "Who does what is empty") });
    let ending = json!({ "agreed": [agreed("")], "errors": fault("ended-0198", "Why it does not hold any more is empty") });
    vec![
        sample("usual", json!({})),
        sample("full", full),
        sample("error", error),
        sample("ending", ending),
        sample("changed", json!({ "changed": true, "ended": [agreed("4 November 2026: Rose moved away")] })),
        sample("empty", json!({ "may_write": false })),
    ]
}
