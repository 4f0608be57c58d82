//! Every state of every page of contacts.

use serde_json::json;
use web::Sample;

/// Returns the samples.
pub fn samples() -> Vec<Sample> {
    let sample = |template, state, title: &str, page| Sample { template, state, title: title.to_owned(), page };
    let write = |narrative: &str, terms, draft: &str, errors| {
        json!({
            "person": "0195", "name": "Amy Barlow", "narrative": narrative, "channel": "visit", "standing": "seen", "told_by": "",
            "day": "2", "month": "11", "year": "2026", "parent": "", "parent_known": false, "outcome": "",
            "outcomes": [{ "id": "advice", "words": "We gave advice, and no more is needed now" }], "terms": terms, "draft": draft,
            "errors": errors
        })
    };
    let term = |id: &str, chosen: bool| json!({ "id": id, "words": "Debt or money worries", "kind": "need", "chosen": chosen, "suggested": true });
    let show = |outcome: &str, may_decide: bool, errors| {
        json!({
            "id": "0193", "person": "0195", "name": "Amy Barlow", "author": "Helen Marsh, Hillside Homes", "happened": "2 November 2026",
            "recorded": "2 November 2026 at 9:00am", "channel": "Home visit", "outcome": outcome, "outcome_words": "",
            "outcome_by": "4 November 2026", "owner": "Moira Keane", "handed_by": "Helen Marsh", "handed_words": "A bruise on the baby", "typed_outcome": "", "typed_words": "We rang", "may_decide": may_decide, "colleagues": [{ "id": "0191", "words": "Dan Fox", "chosen": false }], "given_words": "", "errors": errors,
            "facts": [{ "id": "0194", "kind": "need", "words": "Behind with the rent", "source": "Seen by Helen Marsh, today" }],
            "outcomes": [{ "id": "advice", "words": "We gave advice" }, { "id": "safeguarding", "words": "Passed on" }]
        })
    };
    let page = "frontline/contacts/templates/write.html";
    vec![
        sample(page, "empty", "Record a contact", write("", json!([]), "", json!([]))),
        sample(
            page,
            "full",
            "Record a contact",
            write("Behind with the rent", json!([term("debt", true), term("damp", false)]), "1 November 2026", json!([])),
        ),
        sample(
            page,
            "error",
            "Record a contact",
            write(
                "",
                json!([]),
                "",
                json!([
            { "field": "narrative", "text": "What was seen or said is empty" }, { "field": "happened", "text": "The day must be a real date" }]),
            ),
        ),
        sample("frontline/contacts/templates/show.html", "usual", "Contact", show("", true, json!([]))),
        sample("frontline/contacts/templates/show.html", "full", "Contact", show("We gave advice", false, json!([]))),
        sample(
            "frontline/contacts/templates/show.html",
            "error",
            "Contact",
            show("", true, json!([{ "field": "outcome", "text": "Choose one" }])),
        ),
    ]
}
