//! Every state of the pages of who may belong to a family.

use serde_json::{Value, json};
use web::Sample;

/// Returns the samples.
pub fn samples() -> Vec<Sample> {
    let sample = |template: &'static str, state, page| {
        let title = "Who may belong to a family".to_owned();
        Sample { template, state, title, page }
    };
    let (of_list, of_review) = ("processes/belonging/templates/list.html", "processes/belonging/templates/review.html");
    let line = |late: bool| {
        json!({ "id": "1", "name": "Dan Barlow, born 1 April 1990", "family": "Barlow", "late": late,
                "because": ["Lives where Amy Barlow, born 3 May 1992 lives", "Is recorded as father of Josh Barlow"],
                "due": "Joy Mensah looks at it by 16 November 2026" })
    };
    let review = |errors: Value| {
        json!({ "id": "1", "version": 1, "name": "Dan Barlow, born 1 April 1990", "family": "Barlow",
                "because": ["Lives where Amy Barlow, born 3 May 1992 lives"], "addresses": ["1 Hill Street Shipley BD18 3QX"],
                "members": [["Amy Barlow, born 3 May 1992", ["1 Hill Street Shipley BD18 3QX"]], ["Josh Barlow", []]],
                "answer": "", "reason": "", "errors": errors })
    };
    vec![
        sample(of_list, "empty", json!({ "lines": [], "shown_max": 50 })),
        sample(of_list, "full", json!({ "lines": [line(true), line(false)], "shown_max": 2 })),
        sample(of_review, "usual", review(json!([]))),
        sample(of_review, "error", review(json!([{ "field": "answer", "text": "Choose whether they belong to the family" }]))),
    ]
}
