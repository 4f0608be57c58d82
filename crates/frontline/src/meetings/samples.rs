//! Every state of every page of meetings.

use serde_json::{Value, json};
use web::Sample;

fn with(mut page: Value, changes: Value) -> Value {
    if let (Value::Object(page), Value::Object(changes)) = (&mut page, changes) {
        page.extend(changes);
    }
    page
}

fn sample(page: (&'static str, &str), state: &'static str, usual: Value, changes: Value) -> Sample {
    Sample { template: page.0, state, title: page.1.to_owned(), page: with(usual, changes) }
}

fn boxes() -> Value {
    json!({ "day": "3", "month": "12", "year": "2026" })
}

fn tick(id: &str, words: &str) -> Value {
    json!({ "id": id, "words": words, "ticked": true })
}

fn list() -> Value {
    json!({
        "here": "/people/0195/families/0196/meetings", "back": "/people/0195/families/0196/plan", "family_name": "The Barlow family", "to_come": [],
        "before": [], "may_arrange": true, "who": [tick("0197", "Helen Marsh, Hillside Homes")], "people": [tick("0195", "Amy Barlow")],
        "next": boxes(), "time": "", "place": "", "about": "", "is_typed": false, "errors": []
    })
}

fn meeting() -> Value {
    let invited = |name: &str, answer: &str| json!({ "name": name, "answer": answer });
    json!({
        "id": "0198", "version": 1, "family": "/people/0195/families/0196/meetings", "title": "3 December 2026 at 2:30pm, the library: how school goes",
        "state": "Planned", "is_planned": true, "late": false, "convener": "Sunita Rao, Family Help",
        "invited": [invited("Amy Barlow", "Invited"), invited("Helen Marsh, Hillside Homes", "Cannot come: the rent is paid")],
        "others": "", "words": "", "source": "", "may_change": false, "may_write_down": false, "mine": "",
        "answers": [{ "id": "coming", "words": "I come", "chosen": false }, { "id": "not_coming", "words": "I cannot come", "chosen": true }],
        "answer_words": "", "next": boxes(), "time": "14:30", "place": "the library", "why": "", "verb": "", "changed": false, "errors": []
    })
}

fn minutes() -> Value {
    let line = json!({
        "id": "0199", "about": "", "words": "Agree with the landlord what is paid each week", "who": "Helen Marsh, Hillside Homes", "asks": "",
        "when": "by 16 November 2026", "late": true, "is_private": false, "is_enforcement": false, "is_open": true, "state": "To do", "said": ""
    });
    let choice = |id: &str, words: &str| json!({ "id": id, "words": words, "chosen": false });
    let new = json!({ "place": 1, "words": "", "practitioners": [choice("0197", "Helen Marsh, Hillside Homes")], "family": [choice("person:0195", "Amy Barlow")],
        "is_by_volunteer": false, "volunteer": "", "by": boxes() });
    let need = json!({ "id": "0200", "words": "Amy Barlow: Behind with the rent", "before": [], "eyes": [choice("", "I see it so")], "steps": [choice("better", "Better")], "said": "" });
    json!({
        "id": "0198", "version": 1, "title": "3 December 2026", "family_name": "The Barlow family", "is_planned_together": true,
        "who": [tick("0197", "Helen Marsh, Hillside Homes")], "people": [tick("0195", "Amy Barlow")], "others": "", "held": boxes(), "words": "",
        "needs": [need], "open": [{ "line": line, "version": 1, "state": "", "said": "" }], "new": [new], "next": boxes(), "again": true,
        "time": "14:30", "draft": "", "changed": false, "errors": []
    })
}

/// Returns the samples.
pub fn samples() -> Vec<Sample> {
    const LIST: (&str, &str) = ("frontline/meetings/templates/list.html", "Meetings");
    const SHOW: (&str, &str) = ("frontline/meetings/templates/show.html", "A meeting");
    const MINUTES: (&str, &str) = ("frontline/meetings/templates/minutes.html", "Write the meeting down");
    let fault = |field: &str, text: &str| json!([{ "field": field, "text": text }]);
    let line = |state: &str, said: &str| json!({ "id": "0198", "words": "3 December 2026 at 2:30pm, the library", "state": state, "late": said.is_empty(), "said": said });
    let full = json!({ "to_come": [line("Planned", "")], "before": [line("They met", "Amy is proud of Josh."), line("Called off", "Mia was ill.")] });
    let held = json!({
        "state": "They met", "is_planned": false, "others": "Kay Hall", "words": "Amy is proud of Josh.\nThe rent is paid until March.",
        "source": "Written down by Sunita Rao, 3 December 2026", "invited": [{ "name": "Amy Barlow", "answer": "Came" }]
    });
    let mine = json!({ "mine": "Has not said yet", "errors": fault("answer", "Choose whether you come") });
    let moving = json!({ "may_change": true, "may_write_down": true, "late": true, "verb": "move", "errors": fault("time", "Type the time like 14:30, or leave it out") });
    let calling_off = json!({ "may_change": true, "verb": "cancel", "errors": fault("why", "Why it is called off is empty") });
    let wrong = json!([
        { "field": "words", "text": "What was said is empty" }, { "field": "how-0199", "text": "What became of it is empty" },
        { "field": "who-1", "text": "Choose who does it" }
    ]);
    vec![
        sample(LIST, "empty", list(), json!({})),
        sample(LIST, "full", list(), full),
        sample(
            LIST,
            "error",
            list(),
            json!({ "is_typed": true, "errors": fault("who", "Invite somebody: a meeting of one is none") }),
        ),
        sample(LIST, "alone", list(), json!({ "who": [], "may_arrange": true })),
        sample(SHOW, "usual", meeting(), json!({})),
        sample(SHOW, "held", meeting(), held),
        sample(SHOW, "mine", meeting(), mine),
        sample(SHOW, "moving", meeting(), moving),
        sample(SHOW, "calling-off", meeting(), calling_off),
        sample(SHOW, "changed", meeting(), json!({ "changed": true })),
        sample(MINUTES, "usual", minutes(), json!({})),
        sample(MINUTES, "error", minutes(), json!({ "errors": wrong })),
        sample(MINUTES, "draft", minutes(), json!({ "draft": "3 December 2026 at 3:10pm", "words": "Amy is proud" })),
        sample(MINUTES, "no-plan", minutes(), json!({ "is_planned_together": false, "needs": [], "open": [], "new": [] })),
        sample(MINUTES, "changed", minutes(), json!({ "changed": true, "words": "Amy is proud of Josh." })),
    ]
}
