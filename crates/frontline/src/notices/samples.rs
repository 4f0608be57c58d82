//! Every state of these pages.

use serde_json::{Value, json};
use web::Sample;

fn safe(state: &'static str, changes: Value) -> Sample {
    let choice = |id: &str, words: &str, chosen: bool| json!({ "id": id, "words": words, "chosen": chosen });
    let mut page = json!({
        "here": "/people/0195/safe-contact", "back": "/people/0195", "name": "Amy Barlow", "said": "", "source": "", "words_said": "",
        "warning": "Nobody has asked them yet: no message is sent, and whoever asked for something tells them.",
        "ways": [choice("sms:0196", "Text message to 07700 900123", false), choice("none", "No message: tell them yourself", false)],
        "hours": [[choice("9", "09:00", true)], [choice("17", "17:00", true)]], "words": "",
        "message": "There is news about something you asked for.", "errors": []
    });
    if let (Value::Object(page), Value::Object(changes)) = (&mut page, changes) {
        page.extend(changes);
    }
    Sample {
        template: "frontline/notices/templates/safe.html",
        state,
        title: "Which way to reach them is safe?".to_owned(),
        page,
    }
}

/// Returns the samples.
pub fn samples() -> Vec<Sample> {
    let full = json!({ "said": "Text messages to 07700 900123 are safe between 09:00 and 15:00", "warning": "", "words_said": "Her mother answers in the evening.",
        "source": "Asked by Sunita Rao, 2 November 2026. Ask again by 1 May 2027" });
    let error = json!({ "errors": [{ "field": "way", "text": "Choose what is safe" }] });
    let choice = |state, saved: bool| Sample {
        template: "frontline/notices/templates/choice.html",
        state,
        title: "E-mail about news".to_owned(),
        page: json!({ "wants": !saved, "saved": saved, "message": "There is news.\n\nhttps://think-family.example/referrals/…" }),
    };
    let stop = |state, stopped: bool| Sample {
        template: "frontline/notices/templates/stop.html",
        state,
        title: "No more messages".to_owned(),
        page: json!({ "here": "/stop/0195", "stopped": stopped }),
    };
    vec![
        safe("empty", json!({})),
        safe("full", full),
        safe("error", error),
        choice("usual", false),
        choice("saved", true),
        stop("usual", false),
        stop("stopped", true),
    ]
}
