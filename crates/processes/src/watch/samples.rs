//! Every state of the page of unusual looks.

use serde_json::{Value, json};
use web::Sample;

/// Returns the samples.
pub fn samples() -> Vec<Sample> {
    let alert = |seen: bool| {
        json!({ "id": if seen { "2" } else { "1" }, "who": "Helen Marsh, Hillside Homes", "whom": "Amy Marsh", "patterns": ["They have the last name of whoever looked", "It was out of hours"],
                "reason": "A neighbour rang", "at": "2 November 2026 at 9:00pm", "owner": "Tariq Aziz", "due": "4 November 2026", "late": !seen,
                "is_seen": seen, "seen": "Tariq Aziz", "seen_words": "No relation: a tenant", "may_see": !seen, "typed": "" })
    };
    let sample = |state, alerts: Value, errors: Value| Sample {
        template: "processes/watch/templates/list.html",
        state,
        title: "Unusual looks".to_owned(),
        page: json!({ "alerts": alerts, "errors": errors }),
    };
    vec![
        sample("empty", json!([]), json!([])),
        sample("full", json!([alert(false), alert(true)]), json!([])),
        sample("error", json!([alert(false)]), json!([{ "field": "alert-1", "text": "What came of it is empty" }])),
    ]
}
