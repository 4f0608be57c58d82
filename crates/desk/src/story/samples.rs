//! Every state of the page of the story.

use serde_json::{Value, json};
use web::Sample;

/// Returns the samples.
pub fn samples() -> Vec<Sample> {
    let entry = |put_right: &str, known: &str, link: &str| {
        json!({ "on": "March 2025", "known": known, "whom": "Amy Barlow", "words": "Behind with the rent: three months",
                "source": "seen by Helen Marsh, Hillside Homes", "put_right": put_right, "link": link })
    };
    let page = |entries: Value, whole: bool| {
        json!({ "id": "1", "name": "Amy Barlow", "whole": whole, "about": "hard", "oldest": whole,
                "kinds": [["good", "What goes well, and hopes"], ["hard", "What is hard"]], "entries": entries, "shielded": whole })
    };
    let sample = |state, page| Sample { template: "desk/story/templates/story.html", state, title: "The story".to_owned(), page };
    let full = json!([entry("", "", "/facts/1"), entry("Put right on 4 November 2026: one month", "2 November 2026", "")]);
    vec![sample("empty", page(json!([]), false)), sample("full", page(full, true))]
}
