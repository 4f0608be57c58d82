//! Every state of every page of the directory.

use serde_json::{Value, json};
use web::Sample;

/// Returns the samples.
pub fn samples() -> Vec<Sample> {
    let sample = |template: &'static str, state, title: &str, page| Sample { template, state, title: title.to_owned(), page };
    let list = |template, state, changes: Value| sample(template, state, "Services", with(list(), changes));
    let show = |template, state, changes: Value| sample(template, state, "Young Carers", with(show(), changes));
    let (of_practitioners, of_families) =
        ("frontline/services/templates/list.html", "frontline/services/templates/public_list.html");
    let (one, one_public) = ("frontline/services/templates/show.html", "frontline/services/templates/public_show.html");
    let fault = |field: &str, text: &str| json!({ "errors": [{ "field": field, "text": text }] });
    let sources = "frontline/services/templates/sources.html";
    vec![
        list(of_practitioners, "empty", json!({ "services": [], "count": 0, "own": [], "before": "", "after": "" })),
        list(of_practitioners, "full", json!({})),
        list(of_practitioners, "error", fault("postcode", "Type a whole postcode, like BD3 9QX")),
        list(of_families, "empty", json!({ "services": [], "count": 0, "own": [], "before": "", "after": "" })),
        list(of_families, "full", json!({ "own": [] })),
        show(one, "usual", json!({})),
        show(one, "error", fault("places", "Type a whole number, at most 999")),
        show(one_public, "usual", json!({})),
        sample(sources, "empty", "Directories of others", json!({ "sources": [] })),
        sample(sources, "full", "Directories of others", json!({ "sources": [source()] })),
    ]
}

fn with(mut page: Value, changes: Value) -> Value {
    if let (Some(page), Value::Object(changes)) = (page.as_object_mut(), changes) {
        page.extend(changes);
    }
    page
}

/// A service as a list shows it.
pub(crate) fn line() -> Value {
    json!({
        "id": "young_carers", "name": "Young Carers", "what": "A club, a mentor and a break for children who care for somebody. For: Children of 8 to 18.",
        "agency": "Open Hand Family Charity", "can_be_asked": true, "languages": "English", "ages": "8 to 18", "cost": "Free",
        "places": { "words": "No places: about 9 weeks’ wait", "said": "said 3 days ago", "colour": "grey", "number": "0", "weeks": "9" },
        "at": ["Open Hand House, 4 Station Road, Shipley, BD18 2JL"], "when": ["Tuesdays 4pm"],
        "why": ["450 m away", "Josh Barlow is 9"], "doubts": ["It does not say that it speaks their language"]
    })
}

fn list() -> Value {
    let other = with(
        line(),
        json!({ "id": "x", "name": "A service of somebody else", "can_be_asked": false, "ages": "", "cost": "",
        "places": { "words": "Places not said", "said": "", "colour": "grey", "number": "", "weeks": "" }, "why": [], "doubts": [] }),
    );
    json!({
        "asked": { "words": "carer", "need": "young_carer", "postcode": "BD18 3QX", "age": "9", "language": "en", "day": "TU", "page": "2" },
        "offered": { "needs": [["young_carer", "A child cares for somebody"]], "languages": [["en", "English"]], "days": [["TU", "Tuesday"]] },
        "services": [line(), other], "count": 45, "from": 21, "before": "?words=carer&page=1", "after": "?words=carer&page=3",
        "own": [line()], "may_keep": true, "errors": []
    })
}

fn show() -> Value {
    let said = |heading: &str, words: &str| json!({ "heading": heading, "lines": [words] });
    let whole = json!({
        "said": [said("Helps with", "A child cares for somebody"), said("Where", "Open Hand House, 4 Station Road, Shipley, BD18 2JL"),
                 said("When", "Tuesdays 4pm")],
        "telephones": [["01274960105", "01274 960105"]], "email": "carers@example.org", "url": "https://example.org/carers",
        "source": "The county’s directory", "withdrawn": "", "closed": false
    });
    json!({ "service": with(line(), whole), "may_say": true, "typed": { "places": "0", "weeks": "9" }, "errors": [] })
}

fn source() -> Value {
    json!({
        "id": "county", "reading_id": "0193", "name": "The county’s directory", "url": "https://directory.example.org", "licence": "Open Government Licence 3.0",
        "read": "26 November 2026 at 2:00am", "reading": true, "here": 1204, "listed": 900, "changed": 12, "withdrawn": 0, "gone": 304,
        "problem": "304 of 1204 services are not in its list any more: none was withdrawn",
        "refused": [{ "id": "0193", "problem": "it has no name", "since": "20 November 2026 at 2:00am", "entry": "{\"id\": \"0193\"}" }]
    })
}
