//! Every state of the page of ending support.

use serde_json::{Value, json};
use web::Sample;

fn sample(state: &'static str, changes: Value) -> Sample {
    let mut page = json!({
        "here": "/people/0195/families/0196/closing", "back": "/people/0195", "plan": "/people/0195/families/0196/plan",
        "begin_again": "/people/0195/families/0196/begin-again", "person": "0195", "family": "0196", "family_name": "The Barlow family",
        "lead": "Sunita Rao", "ended_on": "", "waiting": [], "before": [], "may_ask": true, "may_answer": false, "may_begin_again": false,
        "actions_open": 0, "lead_offered": false, "tries": [], "stays": [],
        "reasons": [{ "id": "reached", "words": "What the family wanted is reached" }], "reason": "", "words": "", "goes_on": "", "differently": "",
        "tolds": [{ "id": "agreed", "words": "The family agrees" }], "told": "", "told_words": "", "answer_words": "", "version": 3, "step": "",
        "next": { "day": "1", "month": "12", "year": "2026" }, "typed": "", "changed": false, "errors": []
    });
    if let (Value::Object(page), Value::Object(changes)) = (&mut page, changes) {
        page.extend(changes);
    }
    Sample { template: "frontline/closings/templates/closing.html", state, title: "End support".to_owned(), page }
}

/// Returns the samples.
pub fn samples() -> Vec<Sample> {
    let tried =
        json!({ "words": "3 November 2026: Home visit to Amy Barlow: nobody there, or no answer", "link": "/visits/0197" });
    let asked = |state: &str, answer: &str, due: &str| {
        json!({
            "id": "0198", "version": 1, "reason": "The family cannot be reached, or does not want support", "state": state,
            "words": "Three visits, and nobody opened.", "goes_on": "School sees Josh every day. Amy has the number of the team.",
            "differently": "Rose went along, and we met at the library.", "told": "The family was not told yet: a letter goes out",
            "tries": [tried.clone()], "answer": answer, "source": "Sunita Rao, Family Help, 10 November 2026 (today)", "due": due
        })
    };
    let waiting = json!({ "waiting": [asked("Waiting for a manager to agree", "", "Answer due by 17 November 2026")] });
    let mut to_answer = waiting.clone();
    to_answer["may_answer"] = json!(true);
    let ended = json!({
        "ended_on": "12 November 2026", "may_ask": false, "may_begin_again": true,
        "before": [asked("Support ended", "Tariq Aziz, 12 November 2026", "")]
    });
    let fault = |field: &str, text: &str| json!([{ "field": field, "text": text }]);
    vec![
        sample(
            "usual",
            json!({ "tries": [tried.clone()], "stays": [{ "words": "Debt advice for Amy Barlow: Accepted", "link": "/referrals/0199" }] }),
        ),
        sample("actions-open", json!({ "actions_open": 2, "lead_offered": true })),
        sample("error", json!({ "reason": "reached", "errors": fault("words", "Why support ends is empty") })),
        sample("waiting", waiting),
        sample("to-answer", to_answer),
        sample("ended", ended),
        sample(
            "changed",
            json!({ "changed": true, "typed": "Josh is at school every day.", "before": [asked("Not agreed: support goes on", "Tariq Aziz, 12 November 2026: try the school gate", "")] }),
        ),
        sample("not-mine", json!({ "may_ask": false })),
    ]
}
