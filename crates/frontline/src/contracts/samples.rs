//! Every state of the pages of contracts.

use serde_json::{Value, json};
use web::Sample;

fn with(mut page: Value, changes: Value) -> Value {
    if let (Value::Object(page), Value::Object(changes)) = (&mut page, changes) {
        page.extend(changes);
    }
    page
}

const HERE: &str = "/people/0195/families/0196/contract";
const PLAN: &str = "/people/0195/families/0196/plan";

fn promise(who: &str, words: &str, state: &str) -> Value {
    let is_broken = ["Late", "Not kept"].contains(&state);
    json!({
        "action": "/plan-actions/0198", "who": who, "words": words, "by": "3 December 2026", "state": state, "is_kept": state.starts_with("Kept"),
        "is_broken": is_broken, "said": ""
    })
}

fn party(id: &str, name: &str, state: &str, signature: &str) -> Value {
    let answered = state != "Has not said yet";
    json!({
        "id": id, "name": name, "state": state, "agrees": state == "Agrees", "answered": answered, "signature": signature,
        "source": if answered { "signed here, 3 November 2026, written down by Sunita Rao" } else { "" },
        "words": if state == "Does not agree" { "Not on Mondays" } else { "" }, "may_answer": true, "is_paper": state == "Agrees", "has_paper": state == "Agrees",
        "may_be_sent": id.starts_with("person"), "link": if answered { json!(null) } else { json!({ "state": "A link was sent, and is not opened yet. It is good until 10 November 2026", "code": "482 913" }) }
    })
}

fn contract(id: &str, ended: &str) -> Value {
    let side = |who: &str, promises: Vec<Value>| json!({ "who": who, "promises": promises, "kept": 1, "kept_late": 0, "to_do": 1, "late": 1, "not_kept": 0 });
    let family =
        vec![promise("Amy Barlow", "Walk Josh to school", "Kept"), promise("Josh Barlow", "Try the football club", "To do")];
    let agencies = vec![promise("Helen Marsh, Hillside Homes", "Mend the boiler", "Late")];
    json!({
        "id": id, "made": "Sunita Rao, Family Help, 3 November 2026", "agree_by": "10 November 2026", "agree_late": ended.is_empty(),
        "family": side("The family", family), "agencies": side("Those who help", agencies),
        "if_family": "Sunita rings first, and we look for what is in the way.", "if_agencies": "Ring Sunita’s manager; she answers within two days.",
        "parties": [
            party("person-0195", "Amy Barlow", "Agrees", "M20 100L120 60L220 140L320 80"),
            party("person-0197", "Josh Barlow", "Does not agree", ""),
            party("person-0193", "Mia Barlow", "Has not said yet", ""),
            party("agency-0199", "Hillside Homes", "Has not said yet", "")
        ],
        "all_agree": false, "changes": ["New: Hillside Homes: Mend the boiler, by 3 December 2026"], "ended": ended
    })
}

/// Returns the samples.
pub fn samples() -> Vec<Sample> {
    let fault = |field: &str, text: &str| json!([{ "field": field, "text": text }]);
    let show = json!({
        "here": HERE, "plan": PLAN, "family_name": "The Barlow family", "open": [], "typed": "", "before": [], "may_write": true, "ended_words": "",
        "changed": false, "errors": []
    });
    let full = json!({ "open": [contract("0198", ""), contract("0197", "")], "before": [contract("0194", "2 November 2026: Another took its place")] });
    let ending = json!({ "open": [contract("0198", "")], "errors": fault("ended_words", "Why it ends is empty") });
    let offered = |id: &str, words: &str| json!({ "id": id, "words": words, "ticked": true });
    let new = json!({
        "here": HERE, "plan": PLAN, "family_name": "The Barlow family", "is_first": true, "before": "", "changed": false, "has_plan": true,
        "of_family": [offered("01", "Amy Barlow: Walk Josh to school, by 3 December 2026")],
        "of_agencies": [offered("02", "Helen Marsh, Hillside Homes: Mend the boiler, by 3 December 2026")], "if_family": "", "if_agencies": "",
        "errors": []
    });
    let answer = json!({
        "here": "/people/0195/families/0196/contract/0198/person-0195", "back": HERE, "family_name": "The Barlow family", "name": "Amy Barlow",
        "is_agency": false, "promises": ["Walk Josh to school, by 3 December 2026"], "if_not": "Sunita rings first.", "if_others_not": "Ring her manager.",
        "agrees": "", "ways": [{ "id": "said", "words": "They said so" }, { "id": "paper", "words": "They signed on paper, which is kept" }],
        "way": "", "words": "", "signature": "", "errors": []
    });
    let agency = json!({ "name": "Hillside Homes", "is_agency": true });
    let unsigned = json!({ "agrees": "yes", "errors": fault("way", "Sign in the box, or choose how they said so") });
    let one_sided =
        json!({ "is_first": false, "before": "0198", "changed": true, "errors": fault("promise", "A contract has two sides") });
    let copy =
        json!({ "here": HERE, "family_name": "The Barlow family", "lead": "Sunita Rao", "contract": contract("0198", "") });
    let sample = |template: &'static str, state, title: &str, page| Sample { template, state, title: title.to_owned(), page };
    let shown = "frontline/contracts/templates/contract.html";
    let (made, answered) = ("frontline/contracts/templates/new.html", "frontline/contracts/templates/answer.html");
    let mut all = vec![
        sample(shown, "empty", "The contract", show.clone()),
        sample(shown, "full", "The contract", with(show.clone(), full)),
        sample(shown, "error", "The contract", with(show.clone(), ending)),
        sample(
            shown,
            "changed",
            "The contract",
            with(show, json!({ "changed": true, "may_write": false, "typed": "It was kept" })),
        ),
        sample(made, "usual", "Make a contract", new.clone()),
        sample(made, "error", "Make a contract", with(new.clone(), one_sided)),
        sample(made, "empty", "Make a contract", with(new, json!({ "has_plan": false, "of_family": [], "of_agencies": [] }))),
        sample(answered, "usual", "Do you agree?", answer.clone()),
        sample(answered, "agency", "Do you agree?", with(answer.clone(), agency)),
        sample(answered, "error", "Do you agree?", with(answer, unsigned)),
        sample("frontline/contracts/templates/copy.html", "usual", "The contract, to sign", copy),
    ];
    all.extend(super::links::samples::samples(&contract("0198", "")));
    all
}
