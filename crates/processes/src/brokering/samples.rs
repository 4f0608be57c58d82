//! Every state of the page of a message.

use serde_json::{Value, json};
use web::Sample;

/// Returns the samples.
pub fn samples() -> Vec<Sample> {
    let page = |is_answered: bool, errors: Value| {
        json!({ "id": "1", "name": "Amy Barlow", "person": "1", "words": "Please ring me: we plan her discharge",
                "sender": "Aisha Malik, Health visitor, Riverside GP Practices", "telephone": "07700 900108", "sent": "2 November 2026 at 9:00am",
                "due": "4 November 2026", "owner": "Lena Kowalska", "is_answered": is_answered, "reply": if is_answered { "contact" } else { "" },
                "reply_words": "", "typed": "", "chosen": "", "errors": errors })
    };
    let sample = |state, page| Sample {
        template: "processes/brokering/templates/show.html",
        state,
        title: "A message to your service".to_owned(),
        page,
    };
    vec![
        sample("usual", page(false, json!([]))),
        sample("full", page(true, json!([]))),
        sample("error", page(false, json!([{ "field": "reply", "text": "Choose what you answer" }]))),
    ]
}
