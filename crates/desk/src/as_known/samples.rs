//! Every state of the pages of reviews.

use serde_json::{Value, json};
use web::Sample;

/// Returns the samples.
pub fn samples() -> Vec<Sample> {
    let sample = |template, state, page| Sample { template, state, title: "As it was known".to_owned(), page };
    let find = |state, found: Value, errors: Value| {
        let page = json!({ "q": "amy barlow", "why": "Review 12", "asked": true, "found": found, "errors": errors });
        sample("desk/as_known/templates/find.html", state, page)
    };
    let one = json!({ "id": "1", "name": "Amy Barlow", "born": "3 May 1992" });
    let asked = |errors: Value, more: Value| {
        let mut page = json!({ "id": "1", "name": "Amy Barlow", "agencies": [{ "id": "housing", "words": "Hillside Homes" }], "agency": "housing",
            "day": "2", "month": "11", "year": "2026", "time": "14:30", "why": "Review 12", "errors": errors });
        if let (Value::Object(page), Value::Object(more)) = (&mut page, more) {
            page.extend(more);
        }
        page
    };
    let shown = |main: Value, others: Value| {
        json!({ "main": main, "at": "2 November 2026 at 2:30pm", "whose": "Hillside Homes", "seen_by": "Helen Marsh, Hillside Homes",
                "is_nobody": others.as_array().is_some_and(Vec::is_empty), "others": others, "page": "family",
                "pages": [{ "words": "The family on a page", "to": "?page=family", "is_shown": true }, { "words": "The story", "to": "?page=story", "is_shown": false }] })
    };
    let helen = json!({ "name": "Helen Marsh", "to": "?who=1", "is_shown": true });
    let tariq = json!({ "name": "Tariq Aziz", "to": "?who=2", "is_shown": false });
    let main = json!(
        "<h1 class=\"govuk-heading-l\">Amy Barlow</h1><p class=\"govuk-body\"><a class=\"govuk-link\">Behind with the rent</a></p>"
    );
    vec![
        find("empty", json!([]), json!([])),
        find("full", json!([one]), json!([])),
        find("error", json!([]), json!([{ "field": "why", "text": "Say which review it is for" }])),
        sample("desk/as_known/templates/ask.html", "usual", asked(json!([]), json!({}))),
        sample(
            "desk/as_known/templates/ask.html",
            "error",
            asked(json!([{ "field": "on", "text": "The moment must be in the past" }]), json!({})),
        ),
        sample("desk/as_known/templates/show.html", "full", asked(json!([]), shown(main, json!([helen, tariq])))),
        sample("desk/as_known/templates/show.html", "empty", asked(json!([]), shown(Value::Null, json!([])))),
    ]
}
