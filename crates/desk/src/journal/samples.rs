//! Every state of the journal's pages.

use super::{Chosen, acts, options};
use serde_json::{Value, json};
use web::Sample;

/// Returns the samples.
pub fn samples() -> Vec<Sample> {
    let sample = |template, state, title: &str, page| Sample { template, state, title: title.to_owned(), page };
    let (list, check) = ("desk/journal/templates/journal.html", "desk/journal/templates/check.html");
    let entry = json!({ "seq": 12, "at": "2 November 2026 at 9:00am", "act": "open person", "outcome": "seen", "actor": "Helen Marsh",
        "agency": "Hillside Homes", "subject": "0193", "rule": "people.own-agency", "details": "{}" });
    let journal = |entries: Value, earlier: Value, errors: Value| {
        json!({ "entries": entries, "chosen": Chosen::default(), "actors": options("Anybody", [("1", "Helen Marsh".to_owned())]), "acts": acts(),
            "earlier": earlier, "errors": errors })
    };
    let wrong = json!([{ "field": "from", "text": "The first day must be a real date" }]);
    vec![
        sample(list, "empty", "Journal", journal(json!([]), Value::Null, json!([]))),
        sample(list, "full", "Journal", journal(json!([entry, entry]), json!("/journal?before=1"), json!([]))),
        sample(list, "error", "Journal", journal(json!([]), Value::Null, wrong)),
        sample(
            check,
            "usual",
            "Is the journal whole?",
            json!({ "whole": true, "at": "2 November 2026", "entries": 120, "erased": 3, "checkpoints": 2 }),
        ),
        sample(
            check,
            "error",
            "Is the journal whole?",
            json!({ "whole": false, "at": "2 November 2026", "seq": 12, "what": "its details were changed" }),
        ),
    ]
}
