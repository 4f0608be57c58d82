//! Every state of every page of matching.

use serde_json::{Value, json};
use web::Sample;

fn review(risks: Value, seconding: bool, errors: Value) -> Value {
    let picture = "<svg xmlns=\"http://www.w3.org/2000/svg\" viewBox=\"0 0 760 40\" role=\"img\"><title>Same surname</title>\
                   <rect x=\"10\" y=\"8\" width=\"200\" height=\"16\" fill=\"#0f7a52\"/></svg>";
    json!({
        "id": "1", "version": 1, "left": "Amy Barlow, born 3 May 1992", "right": "Amelia Barlow, born 3 May 1992 (Police: people met)",
        "rows": [
            { "field": "Name", "left": ["Amy Jane Barlow", "AMY BARLOW"], "right": ["Amelia Barlow"], "says": "forename: a form of one name; surname: the same (1 in 40,000 here)", "speaks": "for" },
            { "field": "Telephone", "left": ["07700 900001"], "right": ["07700 900002"], "says": "different", "speaks": "against" },
            { "field": "Email", "left": [], "right": ["amy@example.org"], "says": "", "speaks": "" }
        ],
        "odds": "about 998 in 1,000 such pairs are one person", "likelier": true, "kin": true, "missing": ["email"], "picture": picture,
        "parts": [["surname: the same (1 in 40,000 here)", "+6.1"], ["telephone: different", "-1.2"]],
        "risks": risks, "seconding": seconding, "is_own": seconding, "said_by": "Joy Mensah", "said": "Same tenancy number",
        "is_waiting": true, "answer": "", "reason": "", "errors": errors
    })
}

/// Returns the samples.
pub fn samples() -> Vec<Sample> {
    let sample = |template: &'static str, state, title: &str, page| Sample { template, state, title: title.to_owned(), page };
    let line = |state: &str, link: &str| {
        json!({ "id": "1", "left": "Amy Barlow, born 3 May 1992", "right": "Amelia Barlow, born 3 May 1992 (Police: people met)",
                "odds": "about 998 in 1,000 such pairs are one person", "state": state, "due": "Joy Mensah looks at it by 16 November 2026",
                "late": link.is_empty(), "reason": if state.is_empty() { "" } else { "Same tenancy number" }, "link": link })
    };
    let list =
        |settled: bool, lines: Value| json!({ "settled": settled, "lines": lines, "waiting": 2, "before": null, "next": 20 });
    let (of_list, of_review, of_undo) = (
        "processes/matching/templates/list.html",
        "processes/matching/templates/review.html",
        "processes/matching/templates/undo.html",
    );
    let undo = |since: Value, errors: Value| {
        json!({ "id": "1", "name": "Amy Barlow, born 3 May 1992", "why": "Brought together on 2 November 2026 by Joy Mensah: same tenancy",
                "since": since, "unread": 2, "reason": "", "errors": errors })
    };
    let why = json!([{ "field": "reason", "text": "Your reason is missing" }]);
    vec![
        sample(of_list, "empty", "Who may be one person", list(false, json!([]))),
        sample(
            of_list,
            "usual",
            "Who may be one person",
            list(false, json!([line("", ""), line("Joy Mensah could not tell", "")])),
        ),
        sample(of_list, "full", "Who may be one person", list(true, json!([line("One person, said Joy Mensah", "7")]))),
        sample(of_review, "usual", "One person, or two?", review(json!([]), false, json!([]))),
        sample(of_review, "full", "One person, or two?", review(json!(["practitioners work with both"]), true, json!([]))),
        sample(
            of_review,
            "error",
            "One person, or two?",
            review(
                json!(["their dates of birth differ"]),
                false,
                json!([{ "field": "answer", "text": "Choose whether they are one person" }]),
            ),
        ),
        sample(of_undo, "usual", "Take apart again", undo(json!([["1", "Amy swims (Moira Keane, 2 November 2026)"]]), json!([]))),
        sample(of_undo, "error", "Take apart again", undo(json!([]), why)),
    ]
}
