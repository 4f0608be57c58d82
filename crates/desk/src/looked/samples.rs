//! Every state of the page of who looked.

use serde_json::{Value, json};
use web::Sample;

/// Returns the samples.
pub fn samples() -> Vec<Sample> {
    let page = |lines: Value, copy: bool, errors: Value| {
        json!({ "id": "1", "name": "Amy Barlow", "copy": copy, "whose": "Amy Barlow", "lines": lines,
                "withheld": if copy { json!([]) } else { json!([{ "id": "1", "agency": "Calder Police", "reason": "He would know that she rang", "by": "Moira Keane", "at": "2 November 2026 at 9:00am" }]) },
                "may_withhold": !copy, "agencies": [["1", "Calder Police"]], "today": "2 November 2026",
                "typed": { "agency": "", "words": "" }, "errors": errors })
    };
    let lines = json!([{ "day": "2 November 2026", "who": "Helen Marsh, Hillside Homes", "what": ["opened their page", "recorded a contact"] }]);
    let sample =
        |state, page| Sample { template: "desk/looked/templates/looked.html", state, title: "Who looked".to_owned(), page };
    vec![
        sample("empty", page(json!([]), true, json!([]))),
        sample("usual", page(lines.clone(), true, json!([]))),
        sample("full", page(lines.clone(), false, json!([]))),
        sample(
            "error",
            page(
                lines,
                false,
                json!([{ "field": "agency", "text": "Choose the agency" }, { "field": "words", "text": "Why is empty" }]),
            ),
        ),
    ]
}
