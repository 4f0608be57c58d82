//! Every state of every page of feeds.

use serde_json::json;
use web::Sample;

/// Returns the samples.
pub fn samples() -> Vec<Sample> {
    let sample = |template, state, title: &str, page| Sample { template, state, title: title.to_owned(), page };
    let run = |state: &str, over: bool, bad: i64| {
        json!({ "id": "1", "name": "Hillside Homes: tenants", "file_name": "tenants.csv", "state": state, "problem": "", "percent": 40, "loaded": "2 November 2026 at 9:00am, by Joy Adeyemi",
                "rows_new": 120, "rows_same": 3, "rows_bad": bad, "rows_matched": 80, "people_new": 70, "is_over": over,
                "may_stop": !over, "may_go_on": over })
    };
    let sources = json!([["housing", "Hillside Homes: tenants"]]);
    let errors =
        json!([{ "field": "source", "text": "Choose whose extract it is" }, { "field": "file", "text": "Choose a file" }]);
    let bad = json!([{ "line": 12, "column": "dob", "reason": "is in the future" }]);
    vec![
        sample(
            "processes/feeds/templates/list.html",
            "empty",
            "Extracts",
            json!({ "runs": [], "sources": sources, "waiting": [["Hillside Homes: tenants", 12]], "errors": [] }),
        ),
        sample(
            "processes/feeds/templates/list.html",
            "full",
            "Extracts",
            json!({ "runs": [run("Done", true, 2)], "sources": sources, "waiting": [["Hillside Homes: tenants", 12]], "errors": [] }),
        ),
        sample(
            "processes/feeds/templates/list.html",
            "error",
            "Extracts",
            json!({ "runs": [], "sources": sources, "waiting": [["Hillside Homes: tenants", 12]], "errors": errors }),
        ),
        sample(
            "processes/feeds/templates/show.html",
            "usual",
            "Extract",
            json!({ "run": run("Loading", false, 0), "bad": [], "shown_max": 50 }),
        ),
        sample(
            "processes/feeds/templates/show.html",
            "full",
            "Extract",
            json!({ "run": run("Done", true, 99), "bad": bad, "shown_max": 50 }),
        ),
    ]
}
