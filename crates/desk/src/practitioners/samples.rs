//! Every state of the pages of practitioners.

use super::pages::offered;
use serde_json::{Value, json};
use web::Sample;

/// Returns the samples.
pub fn samples() -> Vec<Sample> {
    let sample = |template, state, title: &str, page| Sample { template, state, title: title.to_owned(), page };
    let account = |password: bool| {
        json!({ "id": "1", "name": "Helen Marsh", "job": "Housing officer", "agency": "Hillside Homes", "email": "helen@hillside.example",
            "telephone": "", "roles": ["practitioner"], "role_words": "practitioner", "cleared_until": "Until 22 November 2027",
            "trained_until": "Not recorded", "is_cleared": true, "is_trained": false, "has_password": password, "gone": "", "gone_to": "" })
    };
    let gone = |why: &str, to: &str| {
        let mut account = account(true);
        account["gone"] = json!(why);
        account["gone_to"] = json!(to);
        account
    };
    let (list, show, new) = (
        "desk/practitioners/templates/list.html",
        "desk/practitioners/templates/show.html",
        "desk/practitioners/templates/new.html",
    );
    let of = |account: Value, link: &str, errors: Value| {
        json!({ "account": account, "offered": offered(), "is_self": false, "link": link, "errors": errors, "why": "", "to": "",
            "takers": [{ "value": "2", "text": "Tariq Aziz, Housing manager, who manages them" }] })
    };
    let shown = |is_self: bool, link: &str, errors: Value| {
        let mut page = of(account(!is_self), link, errors);
        page["is_self"] = json!(is_self);
        page
    };
    let nobody_left = |mut page: Value| {
        page["takers"] = json!([]);
        page
    };
    let typed = |name: &str, errors: Value| {
        json!({ "agencies": [{ "value": "housing", "text": "Hillside Homes" }], "offered": offered(), "roles": ["practitioner"], "errors": errors,
            "typed": { "name": name, "job": "", "email": "", "telephone": "", "agency": "", "team": "" } })
    };
    vec![
        sample(list, "empty", "Practitioners", json!({ "accounts": [], "q": "nobody", "more": false })),
        sample(
            list,
            "full",
            "Practitioners",
            json!({ "accounts": [account(true), account(false), gone("Left on 2 November 2026, 9:00", "Tariq Aziz")], "q": "", "more": true }),
        ),
        sample(show, "usual", "Helen Marsh", shown(false, "", json!([]))),
        sample(show, "link", "Helen Marsh", shown(false, "/invitation/abc", json!([]))),
        sample(show, "gone", "Helen Marsh", of(gone("Suspended since 2 November 2026, 9:00", "Tariq Aziz"), "", json!([]))),
        sample(show, "gone_to_nobody", "Helen Marsh", of(gone("Left on 2 November 2026, 9:00", ""), "", json!([]))),
        sample(show, "nobody_beside", "Helen Marsh", nobody_left(shown(false, "", json!([])))),
        sample(
            show,
            "leaves_error",
            "Helen Marsh",
            shown(
                false,
                "",
                json!([{ "field": "why", "text": "Choose" }, { "field": "to", "text": "Choose who does their work" }]),
            ),
        ),
        sample(show, "refused", "Helen Marsh", shown(true, "", json!([]))),
        sample(show, "error", "Helen Marsh", shown(false, "", json!([{ "field": "clearance", "text": "Type the last day" }]))),
        sample(new, "empty", "Add a practitioner", typed("", json!([]))),
        sample(
            new,
            "error",
            "Add a practitioner",
            typed("Ann Abel", json!([{ "field": "email", "text": "Type an email address" }])),
        ),
    ]
}
