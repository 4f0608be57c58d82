//! Every state of the pages of the index.

use serde_json::{Value, json};
use web::Sample;

/// Returns the samples.
pub fn samples() -> Vec<Sample> {
    let sample = |template, state, page| Sample { template, state, title: "Who works with this child?".to_owned(), page };
    let ask = |sent: Value, errors: Value| {
        json!({ "sent": sent, "passed": true, "why": "worried", "words": "", "forenames": "Josh", "surname": "", "postcode": "", "number": "",
                "born": ["", "", ""], "errors": errors })
    };
    let sent = json!([{ "name": "Josh Barlow", "words": "Please ring me", "at": "2 November 2026", "state": "They will be in touch", "replies": ["On Monday"] }]);
    let wrong = json!([{ "field": "forenames", "text": "Write a number; or first and last name" }, { "field": "why", "text": "Choose why" },
                       { "field": "born", "text": "The date of birth must be real" }, { "field": "words", "text": "Your reason is empty" }]);
    let line = |is_over: bool| json!({ "agency": "Hillside Homes", "who": "Helen Marsh, Housing officer", "telephone": "07700 900101", "when": "since 2 November 2026", "is_over": is_over });
    let show = |lines: Value, brokered: bool, shielded: bool, errors: Value| {
        json!({ "look": "1", "person": "1", "name": "Josh Barlow", "born": "8 September 2017", "sex": "Male", "carers": "Amy Barlow",
                "is_shielded": shielded, "assessed": if brokered { "since 2 November 2026, by Social Care" } else { "" }, "lines": lines, "brokered": brokered,
                "leads": [{ "name": "Sunita Rao", "agency": "Social Care", "telephone": "07700 900105" }], "months": 12, "typed": "", "errors": errors })
    };
    let found = |found: Value| json!({ "look": "1", "found": found });
    let two = json!([{ "id": "1", "name": "Josh Barlow", "born": "born 8 September 2017" }, { "id": "2", "name": "Joshua Barlow", "born": "date of birth not known" }]);
    let (of_ask, of_found, of_show) =
        ("processes/index/templates/ask.html", "processes/index/templates/found.html", "processes/index/templates/show.html");
    vec![
        sample(of_ask, "usual", ask(json!([]), json!([]))),
        sample(of_ask, "full", ask(sent, json!([]))),
        sample(of_ask, "error", ask(json!([]), wrong)),
        sample(of_found, "empty", found(json!([]))),
        sample(of_found, "full", found(two)),
        sample(of_show, "empty", show(json!([]), false, false, json!([]))),
        sample(of_show, "full", show(json!([line(false), line(true)]), true, false, json!([]))),
        sample(of_show, "refused", show(json!([]), false, true, json!([]))),
        sample(
            of_show,
            "error",
            show(json!([line(false)]), true, false, json!([{ "field": "words", "text": "What you wrote is empty" }])),
        ),
    ]
}
