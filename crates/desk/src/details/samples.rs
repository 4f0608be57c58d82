//! Every state of somebody's details.

use super::typed;
use serde_json::{Value, json};
use web::Sample;

/// Returns the samples.
pub fn samples() -> Vec<Sample> {
    let sample = |template, state, page| Sample { template, state, title: "Who Amy Barlow is".to_owned(), page };
    let row = json!({ "words": "Amy Barlow (usual name)", "is_over": false, "sources": [["1", "From the records of Hill Surgery, today"], ["2", "Told to Helen Marsh, today"]] });
    let past =
        json!({ "words": "1 Hill Street, until 2019", "is_over": true, "sources": [["3", "Told to Helen Marsh, 3 weeks ago"]] });
    let sections = |rows: Value| {
        typed::KINDS
            .iter()
            .map(|(kind, heading)| json!({ "kind": kind.as_str(), "heading": heading, "rows": rows }))
            .collect::<Vec<_>>()
    };
    let details = |rows: Value, may: bool| json!({ "id": "1", "name": "Amy Barlow", "sections": sections(rows.clone()), "relationships": rows, "may_record": may });
    let details_html = "desk/details/templates/details.html";
    let detail_html = "desk/details/templates/detail.html";
    let form = |kind: &str, corrects: &str, changed: bool, errors: Value| {
        let heading = kind.parse().ok().and_then(typed::heading).unwrap_or_default();
        let terms = if ["name", "address", "relationship"].contains(&kind) { json!([["usual", "Usual"]]) } else { json!([]) };
        json!({ "id": "1", "name": "Amy Barlow", "kind": kind, "heading": heading, "corrects": corrects, "boxes": typed::empty(),
                "terms": terms, "other": "Josh Barlow", "changed": changed, "errors": errors })
    };
    let wrong = |field: &str| json!([{ "field": field, "text": "Type it" }]);
    let mut samples = vec![
        sample(details_html, "empty", details(json!([]), true)),
        sample(details_html, "full", details(json!([row, past]), true)),
        sample(details_html, "refused", details(json!([row]), false)),
        sample(detail_html, "relationship", form("relationship", "1", false, json!([]))),
        sample(detail_html, "changed", form("phone", "1", true, wrong("answer"))),
    ];
    for (state, kind, field) in [
        ("name", "name", "forenames"),
        ("birth", "birth", "born"),
        ("sex", "sex", "sex"),
        ("address", "address", "lines"),
        ("phone", "phone", "words"),
        ("language", "language", "words"),
        ("identifier", "identifier", "value"),
    ] {
        samples.push(sample(detail_html, state, form(kind, "", false, wrong(field))));
    }
    samples
}
