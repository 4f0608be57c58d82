//! Every state of these pages.

use serde_json::{Value, json};
use web::Sample;

fn form(state: &'static str, is_approach: bool, changes: Value) -> Sample {
    let choice = |id: &str, words: &str, chosen: bool| json!({ "id": id, "words": words, "chosen": chosen });
    let kind = if is_approach { "approach" } else { "balance" };
    let mut page = json!({
        "here": format!("/people/0195/families/0196/working-with/{kind}/0195"), "back": "/people/0195/families/0196/working-with",
        "name": "Amy Barlow", "is_approach": is_approach, "last": "", "approach": ["", "Her mother", "At the library, on Tuesdays", ""],
        "languages": [choice("en", "English", false), choice("pl", "Polish", true)],
        "mixes": [choice("support", "Support above all", true), choice("even", "As much of one as of the other", false)],
        "balance": ["Somebody rings every Monday", "Josh is at school by nine", "", "Amy"], "is_private": false, "theirs": null, "changed": false, "errors": []
    });
    if let (Value::Object(page), Value::Object(changes)) = (&mut page, changes) {
        page.extend(changes);
    }
    let title = if is_approach { "How they are best met" } else { "The balance agreed with them" };
    Sample { template: "frontline/ways/templates/form.html", state, title: title.to_owned(), page }
}

/// Returns the samples.
pub fn samples() -> Vec<Sample> {
    let kept = |heading: &str, parts: Value| json!({ "heading": heading, "parts": parts, "source": "Written by Sunita Rao, Social Care, 3 November 2026" });
    let approach =
        kept("How they are best met", json!([["Whom they trust", "Her mother"], ["When and where", "At the library"]]));
    let balance = kept(
        "Support above all",
        json!([["They can count on", "A call each Monday"], ["Is expected of them", "Josh is at school by nine"]]),
    );
    let show = |state, members: Value, may_write: bool| Sample {
        template: "frontline/ways/templates/show.html",
        state,
        title: "How we work with each of them".to_owned(),
        page: json!({ "here": "/people/0195/families/0196/working-with", "back": "/people/0195/families/0196/plan",
            "family_name": "The Barlow family", "members": members, "may_write": may_write }),
    };
    let member = |approach: Value, balance: Value, before: Value| json!({ "id": "0195", "name": "Amy Barlow", "approach": approach, "balance": balance, "before": before });
    let fault = |field: &str, text: &str| json!({ "errors": [{ "field": field, "text": text }] });
    vec![
        show("empty", json!([member(Value::Null, Value::Null, json!([]))]), true),
        show("full", json!([member(approach.clone(), balance, json!([approach]))]), true),
        show("refused", json!([]), false),
        form("approach", true, json!({})),
        form("balance", false, json!({})),
        form("nothing", true, fault("trusted", "Write at least one of these")),
        form("error", false, fault("support", "What they can count on is empty")),
        form(
            "changed",
            false,
            json!({ "changed": true, "theirs": { "heading": "Support above all", "parts": [["They can count on", "A call each Monday"]], "source": "Written by Helen Marsh, today" }, "errors": [{ "field": "mix", "text": "Somebody else wrote this down while you did" }] }),
        ),
    ]
}
