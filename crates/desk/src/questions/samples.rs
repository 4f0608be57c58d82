//! Every state of the pages of questions.

use serde_json::{Value, json};
use web::Sample;

/// Returns the samples.
pub fn samples() -> Vec<Sample> {
    let rule = json!({ "id": "facts.own-agency", "reason": "Your agency recorded this.", "para": "3.19", "change": "Ask them to share it." });
    let sample = |template, state, title: &str, page| Sample { template, state, title: title.to_owned(), page };
    let who = |state, may: bool, readers: Value| {
        let page = json!({ "what": "Behind with the rent", "back": "/facts/1", "mine": if may { json!([rule]) } else { json!([]) }, "may": may,
                           "ways_in": [rule], "readers": readers, "looked": "/people/1/looked" });
        sample("desk/questions/templates/who.html", state, "Who else can see this?", page)
    };
    let find = |state, found: Value, errors: Value| {
        let page = json!({ "q": "amy", "why": "A complaint", "asked": true, "found": found, "errors": errors });
        sample("desk/questions/templates/find.html", state, "What is visible to whom?", page)
    };
    let line = |readable: u8| {
        let rules = if readable > 0 { json!([rule]) } else { json!([]) };
        json!({ "what": "need, confidential, recorded by Hillside Homes", "count": 3, "readable": readable, "rules": rules })
    };
    let visible = |state, readers: Value| {
        let page = json!({ "id": "1", "name": "Amy Barlow", "agency": "housing", "whose": "Hillside Homes",
                           "agencies": [{ "id": "housing", "words": "Hillside Homes" }], "readers": readers });
        sample("desk/questions/templates/visibility.html", state, "What is visible to whom?", page)
    };
    let reader = json!({ "who": "Helen Marsh, practitioner", "opens": [rule], "lines": [line(3), line(0)] });
    let tries = |state, tried: Value, errors: Value| {
        let page = json!({ "text": "permit (…)", "rules": [{ "id": "facts.own-agency", "reason": "Ours", "out": true }], "tried": tried, "errors": errors });
        sample("desk/questions/templates/try.html", state, "Try a change of the rules", page)
    };
    let change = json!({ "act": "read fact", "role": "practitioner", "is_opened": false, "things": ["confidential need, recorded by one's agency"],
                         "more": 3, "rules": [] });
    vec![
        who("full", true, json!([{ "who": "Sunita Rao, Social Care", "rules": [rule] }])),
        who("refused", false, json!([])),
        find("empty", json!([]), json!([])),
        find("full", json!([{ "id": "1", "name": "Amy Barlow" }]), json!([])),
        find("error", json!([]), json!([{ "field": "why", "text": "Say what the question is" }])),
        visible("empty", json!([])),
        visible("full", json!([reader])),
        tries("usual", Value::Null, json!([])),
        tries("full", json!({ "changes": [change], "acts": ["read fact"] }), json!([])),
        tries("empty", json!({ "changes": [], "acts": ["read fact"] }), json!([])),
        tries("error", Value::Null, json!([{ "field": "rules", "text": "New rules: it does not read" }])),
    ]
}
