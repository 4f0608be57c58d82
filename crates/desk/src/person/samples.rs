//! Every state of the pages of people and families.

use serde_json::json;
use web::Sample;

/// Returns the samples.
pub fn samples() -> Vec<Sample> {
    let sample = |template, state, title: &str, page| Sample { template, state, title: title.to_owned(), page };
    let fact = json!({ "id": "1", "kind": "need", "about": "Amy Barlow", "words": "Behind with the rent", "source": "Seen by Helen Marsh, today", "is_new": true, "services": "/people/1/support?need=rent_arrears" });
    let person = json!({ "id": "1", "name": "Amy Barlow", "age": "34 years, born 3 May 1992", "relation": "", "addresses": ["1 Hill Street (home)", "2 Mill Lane (second home)"], "languages": "English", "seen": "Seen 3 days ago, on 30 October 2026", "seen_long_ago": false, "is_focus": true, "is_hidden": false });
    let child = json!({ "id": "2", "name": "Josh Barlow", "age": "9 years", "relation": "child", "addresses": [], "languages": "", "seen": "Seen 3 days ago, on 30 October 2026", "seen_long_ago": false, "is_focus": false, "is_hidden": true });
    let helper = json!({ "name": "Grace Okafor", "job": "Family support worker", "agency": "Open Hand", "telephone": "07700 900103", "what": "Home and Money" });
    let line = json!({ "id": "1", "name": "Amy Barlow", "service": "Home and Money", "need": "Debt", "state": "Waiting for an answer", "due": "Answer due", "late": true, "sender": "Helen", "news": false });
    let next = json!({ "id": "1", "name": "The Barlow family", "version": 1, "step": "Visit again", "on": "4 December 2026", "owner": "Helen Marsh", "lead_by": "9 December 2026", "late": true, "level": "Early help", "if_worse": 1, "ended_on": "", "offered": { "day": "24", "month": "12", "year": "2026" } });
    let lately =
        json!({ "on": "2 November 2026", "words": "Helen Marsh recorded a contact", "link": "/contacts/1", "is_new": true });
    let agreed = json!({ "id": "1", "about": "To be supported", "stage": "Agreed", "holds": true, "agencies": "Open Hand", "information": "", "until": "Through 2 November 2027" });
    let empty = json!({
        "id": "1", "name": "Amy Barlow", "people": [person], "families": [], "hopes": [], "strengths": [], "hard": [], "helpers": [],
        "support": [], "agreed": [], "may_share": false, "lately": [], "unknown": ["Date of birth"], "young_carers": [], "read_until": "", "may_visit": true, "may_record": true,
        "may_shield": false, "links": [], "shielded": false, "hidden": false, "just_recorded": ""
    });
    let ended = json!({ "id": "2", "name": "The Hall family", "version": 4, "step": "", "on": "", "owner": "Sunita Rao", "late": false, "level": "", "if_worse": 0, "ended_on": "3 March 2026", "offered": { "day": "24", "month": "12", "year": "2026" } });
    let full = json!({
        "id": "1", "name": "Amy Barlow", "people": [person, child], "families": [next, ended], "hopes": [fact], "strengths": [fact],
        "hard": [fact, fact], "helpers": [helper], "support": [line], "agreed": [agreed], "may_share": true, "lately": [lately], "unknown": [], "young_carers": ["Josh Barlow"],
        "read_until": "1 November 2026", "may_visit": true, "may_record": true, "may_shield": true, "links": [["1", "2 November 2026 at 9:00am, by Joy Mensah: same tenancy number"]], "shielded": true, "hidden": true, "just_recorded": "1"
    });
    let errors = json!([{ "field": "words", "text": "Your reason is empty" }, { "field": "why", "text": "Choose why" }]);
    let ask = |errors| json!({ "id": "1", "name": "Amy Barlow", "why": "", "words": "", "hours": 8, "changes": ["Give a reason."], "errors": errors });
    let wrong = |field: &str| json!([{ "field": field, "text": "Choose what it is" }]);
    let a_fact = |errors| json!({ "id": "1", "name": "Amy Barlow", "kind": "need", "terms": [["debt", "Debt"]], "term": "", "words": "", "told_by": "", "standing": "", "errors": errors });
    let relative = |errors| json!({ "id": "1", "other": "2", "name": "Amy Barlow", "other_name": "Josh Barlow", "relations": [{ "id": "birth_child", "words": "child of", "inverse": "birth_parent", "other": "mother or father" }], "errors": errors });
    let step = |theirs, errors| json!({ "id": "1", "family": "2", "version": 2, "step": "Ring her", "day": "4", "month": "12", "year": "2026", "theirs": theirs, "errors": errors });
    let shield = |errors| {
        json!({ "id": "1", "name": "Amy Barlow", "practitioners": [["1", "Helen Marsh, Hillside Homes", true]], "alone": true, "kind": "existence", "words": "He is looking for her",
        "shields": [{ "kind": "location", "reason": "He is looking for her", "by": "Moira Keane", "named": "Moira Keane, Sunita Rao", "since": "2 November 2026" }], "errors": errors })
    };
    vec![
        sample("desk/person/templates/family.html", "empty", "Amy Barlow", empty),
        sample("desk/person/templates/family.html", "full", "Amy Barlow", full),
        sample("desk/person/templates/ask.html", "refused", "Why are you looking?", ask(json!([]))),
        sample("desk/person/templates/ask.html", "error", "Why are you looking?", ask(errors)),
        sample("desk/person/templates/fact.html", "usual", "Something known", a_fact(json!([]))),
        sample("desk/person/templates/fact.html", "error", "Something known", a_fact(wrong("term"))),
        sample("desk/person/templates/relative.html", "usual", "Related", relative(json!([]))),
        sample("desk/person/templates/relative.html", "error", "Related", relative(wrong("relation"))),
        sample(
            "desk/person/templates/next_step.html",
            "full",
            "The next step",
            step(json!({ "step": "Visit", "on": "1 December 2026", "version": 2 }), json!([])),
        ),
        sample("desk/person/templates/next_step.html", "error", "The next step", step(json!(null), wrong("step"))),
        sample("desk/person/templates/shield.html", "usual", "Shield", shield(json!([]))),
        sample("desk/person/templates/shield.html", "error", "Shield", shield(wrong("words"))),
    ]
}
