//! Every state of what a link opens.

use serde_json::{Value, json};
use web::Sample;

/// Returns the samples; a contract as its own pages show it is lent by them.
pub(in crate::contracts) fn samples(contract: &Value) -> Vec<Sample> {
    let ask = json!({
        "here": "/agree/0195", "code": "", "contract": null, "family_name": "", "lead": "", "name": "", "agrees": "", "words": "", "done": false,
        "errors": []
    });
    let with = |changes: Value| {
        let mut page = ask.clone();
        if let (Value::Object(page), Value::Object(changes)) = (&mut page, changes) {
            page.extend(changes);
        }
        page
    };
    let fault = |field: &str, text: &str| json!([{ "field": field, "text": text }]);
    let open = |errors: Value| {
        with(json!({
            "code": "482913", "contract": contract, "family_name": "The Barlow family", "lead": "Sunita Rao", "name": "Amy Barlow", "errors": errors
        }))
    };
    let sample = |state, page| Sample {
        template: "frontline/contracts/links/templates/link.html",
        state,
        title: "Something to read and answer".to_owned(),
        page,
    };
    vec![
        sample("empty", ask.clone()),
        sample("wrong", with(json!({ "errors": fault("code", "This link and this number open nothing") }))),
        sample("full", open(json!([]))),
        sample("error", open(fault("agrees", "Say whether you agree"))),
        sample("done", with(json!({ "done": true }))),
    ]
}
