//! Every state of every page of handovers.

use serde_json::{Value, json};
use web::Sample;

fn with(mut page: Value, changes: Value) -> Value {
    if let (Value::Object(page), Value::Object(changes)) = (&mut page, changes) {
        page.extend(changes);
    }
    page
}

/// Returns the samples.
pub fn samples() -> Vec<Sample> {
    let form = |changes: Value| {
        let form = json!({
            "back": "/people/0195/families/0196/plan", "here": "/people/0195/families/0196/lead", "family_name": "The Barlow family",
            "lead": "Sunita Rao", "helping": [{ "id": "0001", "words": "Dan Fox, Family Help", "chosen": false }], "others": [{ "id": "0002", "words": "Ben Whitaker, Otley Primary", "chosen": false }], "words": "", "over_words": "", "over_take": "",
            "answer_by": "9 November 2026", "open_actions": 2, "lead_by": "", "may_take": false, "is_mine": true, "version": 1, "is_manager": false, "errors": []
        });
        with(form, changes)
    };
    let one = |changes: Value| {
        let one = json!({
            "id": "0197", "version": 1, "family_name": "The Barlow family", "plan": "", "from": "Sunita Rao", "to": "Dan Fox",
            "state": "Waiting for an answer", "offered": "Sunita Rao, 2 November 2026 at 9:00am", "answer_by": "9 November 2026",
            "words": "Amy likes to be rung before a visit.", "over_words": "", "said": "", "may_answer": true, "may_withdraw": true,
            "typed": "", "changed": false, "errors": []
        });
        with(one, changes)
    };
    let sample = |template, state, title: &str, page| Sample { template, state, title: title.to_owned(), page };
    let (offer, show) = ("frontline/leads/templates/offer.html", "frontline/leads/templates/show.html");
    let fault = |field: &str, text: &str| json!([{ "field": field, "text": text }]);
    let over = json!({ "is_manager": true, "open_actions": 1, "errors": fault("over_words", "They lead for 12 families already: say why they take one more") });
    let done = json!({ "state": "Accepted", "answer_by": "", "said": "Glad to", "over_words": "She knows them already",
                       "may_answer": false, "may_withdraw": false, "plan": "/people/0195/families/0196/plan" });
    vec![
        sample(offer, "usual", "Hand over the lead", form(json!({}))),
        sample(
            offer,
            "error",
            "Hand over the lead",
            form(json!({ "open_actions": 0, "errors": fault("to", "Choose who is to lead") })),
        ),
        sample(offer, "none-yet", "Hand over the lead", form(json!({ "lead_by": "16 November 2026", "may_take": true }))),
        sample(
            offer,
            "none-over",
            "Hand over the lead",
            form(json!({ "lead_by": "16 November 2026", "may_take": true, "is_manager": true,
            "errors": [{ "field": "over-take", "text": "They lead for 12 families already: say why they take one more" }, { "field": "take", "text": "Somebody else changed this" }] })),
        ),
        sample(offer, "over", "Hand over the lead", form(over)),
        sample(show, "usual", "The lead for a family", one(json!({}))),
        sample(show, "error", "The lead for a family", one(json!({ "errors": fault("words", "Why you cannot is empty") }))),
        sample(show, "full", "The lead for a family", one(done)),
        sample(
            show,
            "changed",
            "The lead for a family",
            one(json!({ "changed": true, "may_answer": false, "state": "Taken back" })),
        ),
    ]
}
