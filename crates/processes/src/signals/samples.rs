//! Every state of the pages of signals.

use serde_json::{Value, json};
use web::Sample;

/// Returns the samples.
pub fn samples() -> Vec<Sample> {
    let line = |late: bool| {
        json!({ "id": "1", "name": "Amy Barlow", "words": "A parent or carer went to prison", "raised": "2 November 2026", "due": "4 November 2026",
                "late": late, "answer": if late { "" } else { "It was known, and somebody sees to it" } })
    };
    let fact = |put_right: bool| {
        json!({ "words": "In prison", "whom": "Lee Barlow", "on": if put_right { "" } else { "1 November 2026" },
                "source": "From the records of Calder Probation, today", "link": "/facts/1", "put_right": put_right })
    };
    let signal = |facts: Value, decided: bool, errors: Value| {
        json!({ "id": "1", "person": "2", "name": "Lee Barlow", "words": "A parent or carer went to prison", "ask": "Who cares for the children now?",
                "source": "Report 3.28", "raised": "2 November 2026 at 9:00am", "owner": "Moira Keane", "due": "4 November 2026", "late": !decided,
                "passed_on": decided, "facts": facts, "may_decide": !decided, "chosen": "", "typed": "", "errors": errors,
                "decided": if decided { json!({ "answer": "We do something about it", "words": "Grandma has them", "by": "Moira Keane", "at": "3 November 2026" }) } else { Value::Null },
                "answers": [{ "id": "acted", "words": "We do something about it" }, { "id": "not_relevant", "words": "It does not matter here" }] })
    };
    let kind = json!({ "words": "A parent or carer went to prison", "source": "Report 3.28", "within": 90, "rests_on": ["In prison", "Debt, 2 times"],
                       "open": 1, "acted": 2, "known": 3, "not_relevant": 4 });
    let sample = |template, state, title: &str, page| Sample { template, state, title: title.to_owned(), page };
    let list = |state, signals: Value| {
        let page = json!({ "signals": signals, "may_count": state == "full" });
        sample("processes/signals/templates/list.html", state, "Changes to look at", page)
    };
    let one = |state, page| sample("processes/signals/templates/signal.html", state, "A change to look at", page);
    vec![
        list("empty", json!([])),
        list("full", json!([line(true), line(false)])),
        one("usual", signal(json!([fact(false), fact(true)]), false, json!([]))),
        one("empty", signal(json!([]), true, json!([]))),
        one("error", signal(json!([fact(false)]), false, json!([{ "field": "answer", "text": "Choose what comes of it" }]))),
        sample(
            "processes/signals/templates/kinds.html",
            "full",
            "Kinds of change that are looked for",
            json!({ "kinds": [kind], "source": "Made up", "in_force": "1 November 2026", "confirm": true }),
        ),
    ]
}
