//! Every state of the page of levels of need.

use serde_json::{Value, json};
use web::Sample;

fn page(changes: Value) -> Value {
    let line = |id: &str, words: &str| json!({ "id": id, "words": words });
    let mut page = json!({
        "here": "/people/0195/families/0196/level", "back": "/people/0195", "family_name": "The Barlow family", "name": "", "means": "", "asks": [],
        "since": "", "history": [], "may_judge": true, "last": "", "level": "", "reason": "", "told": "", "told_words": "", "may_offer": true,
        "levels": [line("early_help", "Early help: extra needs"), line("intensive", "Intensive family help: several needs at once")],
        "evidence": [{ "id": "0194", "words": "Amy Barlow: Behind with the rent", "ticked": true }],
        "tolds": [line("agreed", "The family agrees"), line("not_told", "The family was not told yet")], "lead": "Sunita Rao",
        "helping": [{ "id": "0001", "words": "Helen Marsh, Hillside Homes", "chosen": false }],
        "others": [{ "id": "0002", "words": "Grace Okafor, Open Hand Family Charity", "chosen": false }],
        "words": "", "over_words": "", "is_typed": false, "changed": false, "errors": []
    });
    if let (Value::Object(page), Value::Object(changes)) = (&mut page, changes) {
        page.extend(changes);
    }
    page
}

/// Returns the samples.
pub fn samples() -> Vec<Sample> {
    let judged = |direction: &str, stands: &str| {
        json!({
            "name": "Intensive family help", "direction": direction, "stands": stands, "reason": "Three services, and none knew of the other",
            "told": "The family agrees: Amy says it is about time", "evidence": ["Amy Barlow: Behind with the rent"],
            "source": "Sunita Rao, Family Help, 3 November 2026 (today)"
        })
    };
    let full = json!({
        "name": "Intensive family help", "means": "Several needs at once", "asks": ["One plan, with the family"], "since": "3 November 2026",
        "history": [judged("Step up", "Holds once whoever was asked to lead has accepted"), judged("First judgement", "Holds from then on")]
    });
    let error = json!({ "is_typed": true, "reason": "Three services", "errors": [{ "field": "evidence", "text": "Tick what it rests on" }] });
    let changed = json!({
        "changed": true, "name": "Early help", "since": "3 November 2026", "history": [judged("Step down", "Holds from then on")],
        "errors": [{ "field": "level", "text": "Somebody else judged their level" }]
    });
    let sample = |state, changes: Value| Sample {
        template: "frontline/levels/templates/level.html",
        state,
        title: "Level of need".to_owned(),
        page: page(changes),
    };
    let reader = json!({ "may_judge": false, "may_offer": false });
    vec![
        sample("usual", json!({})),
        sample("full", full),
        sample("error", error),
        sample("changed", changed),
        sample("empty", reader),
    ]
}
