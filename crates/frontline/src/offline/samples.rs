//! Every state of the pages of notes from a device.

use serde_json::{Value, json};
use web::Sample;

/// Returns the samples.
pub fn samples() -> Vec<Sample> {
    let note = |state: &'static str, changes: Value| {
        let mut page = json!({
            "id": "0195", "words": "Saw both children. Amy is tired, and rang the doctor herself.", "written": "3 November 2026 at 4:10pm",
            "visit": "/visits/0196", "visit_title": "Home visit to Amy Barlow", "outcome": "/visits/0196/outcome?note=0195", "meanwhile": "",
            "settled": false, "why": "", "errors": []
        });
        if let (Value::Object(page), Value::Object(changes)) = (&mut page, changes) {
            page.extend(changes);
        }
        Sample { template: "frontline/offline/templates/note.html", state, title: "A note from your phone".to_owned(), page }
    };
    let meanwhile = json!({ "outcome": "", "meanwhile": "Moira Keane wrote down what came of it: Nobody was there" });
    let error = json!({ "errors": [{ "field": "why", "text": "Why it is put away is empty" }] });
    let shell = Sample {
        template: "frontline/offline/templates/shell.html",
        state: "usual",
        title: "No connection".to_owned(),
        page: json!({ "most": 5000 }),
    };
    vec![
        note("usual", json!({})),
        note("meanwhile", meanwhile),
        note("error", error),
        note("settled", json!({ "settled": true })),
        shell,
    ]
}
