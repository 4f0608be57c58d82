//! Every state of every page of plans.

use serde_json::{Value, json};
use web::Sample;

fn with(mut page: Value, changes: Value) -> Value {
    if let (Value::Object(page), Value::Object(changes)) = (&mut page, changes) {
        page.extend(changes);
    }
    page
}

fn action(changes: Value) -> Value {
    with(
        json!({
            "id": "0197", "about": "Amy Barlow", "words": "Agree with the landlord what is paid each week", "who": "Helen Marsh, Hillside Homes", "asks": "",
            "when": "by 16 November 2026", "late": true, "is_private": false, "is_enforcement": false, "is_open": true, "state": "To do", "said": ""
        }),
        changes,
    )
}

fn done() -> Value {
    action(json!({
        "id": "0198", "words": "Take Josh to football on Saturdays", "who": "Rose Barlow", "asks": "Helen Marsh, Hillside Homes",
        "when": "14 November 2026, says Helen Marsh", "late": false, "is_open": false, "state": "Done", "said": "He was so proud of his boots"
    }))
}

fn copy_words(our_plan: &str) -> Value {
    json!({
        "our_plan": our_plan, "copy_of": "The copy of Amy Barlow", "ask": "Ask Sunita Rao when you have a question.",
        "look_again": "We look at it together again by 14 December 2026.", "hopes": "What we hope for", "strengths": "What goes well", "wanted": "What is to be different", "well": "What went well",
        "does": "What Amy Barlow does", "others": "What others do", "everybody": "Who does what", "done": "What we have done",
        "count_on": "What Amy Barlow can count on", "expected": "What is expected of Amy Barlow", "nothing": "Nothing now."
    })
}

fn view(who: &str, step: &str, words: &str) -> Value {
    json!({ "who": who, "step": step, "words": words, "when": "9 November 2026" })
}

fn views() -> Value {
    json!({
        "now": [view("Helen Marsh, Hillside Homes", "Better", "She pays each week"), view("Amy Barlow", "Much the same", "I still dread the post"), view("Mrs Kaur, class teacher", "", "He laughs again")],
        "before": [view("Helen Marsh, Hillside Homes", "Harder than before", "")]
    })
}

fn told(words: &str, source: &str) -> Value {
    json!({ "about": "Amy Barlow", "words": words, "source": source })
}

fn said_form(kind: &str, errors: Value) -> Value {
    json!({
        "back": "/people/0195/families/0196/plan", "family_name": "The Barlow family", "kind": kind, "about": choices(&["Amy Barlow: Behind with the rent", "Josh Barlow, in all"]),
        "before": if kind == "progress" { views()["now"].clone() } else { json!([]) }, "eyes": choices(&["I do: Sunita Rao", "Amy Barlow", "Somebody else"]), "eyes_other": "",
        "steps": choices(&["Harder than before", "Much the same", "Better"]), "words": "", "is_private": false, "on": boxes(), "errors": errors
    })
}

fn measured(breaches: Value) -> Value {
    let line = action(
        json!({ "words": "Reece is at school by nine, and Amy rings when he is not", "who": "Amy Barlow", "asks": "Dan Firth, Police", "late": false, "is_enforcement": true }),
    );
    json!({
        "line": line, "kind": "Parenting Contract", "by": "Agreed with Bridge Lane Primary School", "holds": "From 2 November 2026 until 2 May 2027",
        "if_not": "The school and the council talk again of an order", "breaches": breaches
    })
}

fn breaches() -> Value {
    json!([
        { "on": "9 November 2026", "words": "He was not there on Monday and Tuesday; she was ill", "who": "Ben Okoro, Bridge Lane Primary School", "answer": action(json!({ "words": "Rose walks with him while Amy is ill", "late": false })) },
        { "on": "4 November 2026", "words": "Nobody rang", "who": "", "answer": null }
    ])
}

fn plan(changes: Value) -> Value {
    with(
        json!({
            "person": "0195", "name": "Amy Barlow", "family": "0196", "family_name": "The Barlow family", "lead": "Sunita Rao", "lead_by": "", "may_hand_over": true, "handover": null, "is_begun": false,
            "is_open": false, "begun_on": "", "review_on": "", "review_late": false, "closed": "", "version": 0, "may_write": true, "hopes": [],
            "strengths": [], "needs": [], "successes": [], "each": [], "missing": 0, "others": [], "held": [], "has_kinds": true, "ended": [], "reviews": [], "ways": [], "why": "", "errors": []
        }),
        changes,
    )
}

fn full(changes: Value) -> Value {
    let known = |words: &str| json!({ "about": "Amy Barlow", "words": words, "source": "Seen by Sunita Rao, Family Help, 2 November 2026" });
    let need = |id: &str, words: &str, changes: Value| {
        let need = json!({
            "id": id, "about": "Amy Barlow", "words": words, "source": "Seen by Helen Marsh, today", "actions": [], "not_now": "",
            "outcome": null, "views": { "now": [], "before": [] }, "is_missing": false, "services": "/people/0195/support?need=rent_arrears"
        });
        with(need, changes)
    };
    let enforced = action(json!({ "words": "Keeps to the terms of the tenancy", "is_enforcement": true, "late": false }));
    let needs = json!([
        need(
            "0194",
            "Behind with the rent",
            json!({
                "actions": [action(json!({})), enforced], "views": views(),
                "outcome": told("Rent paid each week, and no letters", "Amy Barlow, 2 November 2026, written down by Sunita Rao, Social Care")
            })
        ),
        need("0193", "Lonely", json!({ "is_missing": true })),
        need(
            "0192",
            "Wants to learn to drive",
            json!({ "not_now": "When the debt is paid, she says (Sunita Rao, Family Help)" })
        )
    ]);
    let open = json!({
        "is_begun": true, "is_open": true, "handover": ["0191", "Dan Fox"], "begun_on": "2 November 2026", "review_on": "14 December 2026", "review_late": true, "version": 2,
        "hopes": [known("I want the boys to have their own room")], "strengths": [known("A warm home")], "needs": needs, "missing": 1,
        "successes": [told("Josh went to school every day this week", "Rose Barlow, 9 November 2026, written down by Sunita Rao, Social Care")],
        "each": [{ "id": "0195", "name": "Amy Barlow", "views": views() }, { "id": "0196", "name": "Josh Barlow", "views": { "now": [], "before": [] } }],
        "others": [action(json!({ "is_private": true, "late": false }))], "ended": [done()],
        "held": [{ "id": "0195", "name": "Amy Barlow", "measures": [measured(breaches())], "support": [action(json!({ "late": false }))] },
                 { "id": "0196", "name": "Josh Barlow", "measures": [measured(json!([]))], "support": [] }],
        "ways": [{ "about": "Amy Barlow", "words": "Support above all (they can count on: a call each Monday)", "source": "Written by Sunita Rao, Social Care, 3 November 2026" }],
        "reviews": [{ "on": "9 November 2026", "words": "Amy says that mornings are easier now.", "source": "Sunita Rao, Family Help" }]
    });
    plan(with(open, changes))
}

fn choices(words: &[&str]) -> Value {
    words.iter().enumerate().map(|(at, words)| json!({ "id": format!("c{at}"), "words": words, "chosen": at == 0 })).collect()
}

fn boxes() -> Value {
    json!({ "day": "16", "month": "11", "year": "2026" })
}

fn action_form(errors: Value) -> Value {
    json!({
        "back": "/people/0195/families/0196/plan", "family_name": "The Barlow family", "words": "", "needs": choices(&["Amy Barlow: Behind with the rent"]),
        "about": choices(&["Amy Barlow", "Josh Barlow"]), "family": choices(&["Amy Barlow", "Josh Barlow"]),
        "practitioners": choices(&["Sunita Rao, Family Help", "Helen Marsh, Hillside Homes"]),
        "owners": choices(&["Sunita Rao, Family Help"]),
        "is_private": true, "has_kinds": true, "by": boxes(), "errors": errors, "volunteer": "Pat Lee, Family Friends, 07700 900120", "is_by_volunteer": true
    })
}

fn review_form(errors: Value) -> Value {
    let going = json!({
        "id": "0194", "words": "Amy Barlow: Behind with the rent", "before": [view("Amy Barlow", "Much the same", "")], "eyes": choices(&["I see it so", "Amy Barlow"]),
        "steps": choices(&["Harder than before", "Much the same", "Better"]), "said": ""
    });
    json!({
        "back": "/people/0195/families/0196/plan", "family_name": "The Barlow family", "version": 2, "held": boxes(), "next": boxes(),
        "words": "", "needs": [going], "open": [action(json!({}))], "errors": errors
    })
}

fn one(changes: Value) -> Value {
    with(
        json!({
            "plan": "/people/0195/families/0196/plan", "version": 1, "line": action(json!({})), "held": null, "why": "Behind with the rent",
            "written": "Sunita Rao, Family Help", "may_change": true, "may_say": true, "owners": choices(&["Helen Marsh, Hillside Homes"]), "by": boxes(),
            "typed": "", "verb": "", "changed": false, "errors": []
        }),
        changes,
    )
}

fn copy(changes: Value) -> Value {
    with(
        json!({
            "person": "0195", "family": "0196", "family_name": "The Barlow family", "whose": "", "whose_id": "", "people": [["0195", "Amy Barlow"], ["0199", "Josh Barlow"]],
            "lead": "Sunita Rao", "review_on": "14 December 2026", "hopes": [], "strengths": [], "wanted": [], "well": [], "mine": [], "others": [], "done": [], "support": "", "expected": "", "language": "en",
            "languages": [["en", "English"], ["pl", "Polish"]], "words": copy_words("The Barlow family: our plan")
        }),
        changes,
    )
}

/// Returns the samples.
pub fn samples() -> Vec<Sample> {
    let fault = |field: &str, text: &str| json!([{ "field": field, "text": text }]);
    let need = json!({ "id": "0193", "words": "Amy Barlow: Lonely", "chosen": false });
    let reason =
        |errors: Value| json!({ "back": "/people/0195/families/0196/plan", "need": need, "words": "", "errors": errors });
    let sample = |name: &'static str, state, title: &str, page| Sample { template: name, state, title: title.to_owned(), page };
    let (show, form) = ("frontline/plans/templates/show.html", "frontline/plans/templates/action_form.html");
    let (reasons, reviews) = ("frontline/plans/templates/reason_form.html", "frontline/plans/templates/review_form.html");
    let (entry, copies) = ("frontline/plans/templates/action.html", "frontline/plans/templates/copy.html");
    let still_open = fault("words", "Say first what became of the actions that are open");
    let ended = json!({ "line": done(), "may_change": false, "owners": [], "plan": "" });
    let moving = json!({ "changed": true, "verb": "move", "errors": fault("by", "Choose a day from today on") });
    let amys = json!({ "whose": "Amy Barlow", "whose_id": "0195", "hopes": ["The boys have their own room"], "strengths": ["We eat together"], "wanted": ["Amy Barlow: rent paid each week"], "well": ["Josh Barlow: at school every day"],
                       "mine": [action(json!({}))], "others": [action(json!({}))], "done": [done()], "support": "A call each Monday", "expected": "Josh is at school by nine", "language": "pl", "words": copy_words("The Barlow family: nasz plan") });
    let compared = json!({
        "back": "/people/0195/families/0196/plan", "family_name": "The Barlow family", "from": [need], "to": [need], "nothing": false,
        "said": ["Went well, Josh Barlow: at school every day"],
        "went": [{ "about": "Amy Barlow: Lonely", "who": "Helen Marsh, Hillside Homes", "before": "Nothing was said", "after": "Better" }],
        "written": [action(json!({}))], "done": [done()], "dropped": [action(json!({ "is_open": false, "state": "Not done after all" }))],
        "moved": [[action(json!({})), "2 November 2026"]], "left": ["Amy Barlow: Lonely: she asks us to wait"],
        "known": ["Amy Barlow: Behind with the rent"], "gone": ["Amy Barlow: Lonely"]
    });
    let same = json!({ "went": [], "said": [], "written": [], "done": [], "dropped": [], "moved": [], "left": [], "known": [], "gone": [], "nothing": true });
    let changes = "frontline/plans/templates/changes.html";
    let mut all = vec![
        sample(show, "empty", "The plan", plan(json!({}))),
        sample(show, "full", "The plan", full(json!({}))),
        sample(
            show,
            "closed",
            "The plan",
            plan(json!({ "is_begun": true, "closed": "1 December 2026: all is as they want it", "ended": [done()] })),
        ),
        sample(show, "error", "The plan", full(json!({ "errors": still_open }))),
        sample(show, "no-lead", "The plan", plan(json!({ "lead_by": "16 November 2026" }))),
        sample(form, "usual", "Write an action", action_form(json!([]))),
        sample(form, "error", "Write an action", action_form(fault("words", "What will be done is empty"))),
        sample(reasons, "usual", "Why it is left for now", reason(json!([]))),
        sample(reasons, "error", "Why it is left for now", reason(fault("words", "Why it is left for now is empty"))),
        sample(reviews, "usual", "Look at the plan together", review_form(json!([]))),
        sample(
            reviews,
            "error",
            "Look at the plan together",
            review_form(fault("held", "The day you met cannot be in the future")),
        ),
        sample(entry, "usual", "An action of the plan", one(json!({}))),
        sample(entry, "ended", "An action of the plan", one(ended)),
        sample(entry, "error", "An action of the plan", one(moving)),
        sample(
            entry,
            "enforcement",
            "An action of the plan",
            one(json!({ "line": measured(json!([]))["line"], "held": measured(breaches()) })),
        ),
        sample(copies, "empty", "The plan, to print", copy(json!({}))),
        sample(copies, "full", "The plan, to print", copy(amys)),
        sample(changes, "empty", "What changed in the plan", with(compared.clone(), same)),
        sample(changes, "full", "What changed in the plan", compared),
    ];
    all.extend(said_samples());
    all.extend(enforcement_samples());
    all
}

fn enforcement_samples() -> [Sample; 4] {
    let fault = |field: &str, text: &str| json!([{ "field": field, "text": text }]);
    let sample = |template: &'static str, state, title: &str, page| Sample { template, state, title: title.to_owned(), page };
    let (measures, breach) = ("frontline/plans/templates/measure_form.html", "frontline/plans/templates/breach_form.html");
    let measure = |errors: Value| {
        json!({
            "back": "/people/0195/families/0196/plan", "family_name": "The Barlow family", "kinds": choices(&["Parenting Contract", "Parenting Order"]),
            "about": choices(&["Amy Barlow", "Josh Barlow"]), "words": "", "authority": "", "from": boxes(), "by": boxes(), "if_not": "",
            "needs": choices(&["Amy Barlow: Behind with the rent"]), "owners": choices(&["Sunita Rao, Family Help"]), "is_private": false, "errors": errors
        })
    };
    let not_kept = |errors: Value| {
        json!({
            "back": "/people/0195/families/0196/plan", "here": "/people/0195/families/0196/plan/enforcement/0197/not-kept", "held": measured(breaches()),
            "on": boxes(), "happened": "", "words": "", "owners": choices(&["Sunita Rao, Family Help"]), "by": boxes(), "errors": errors
        })
    };
    let (holds, kept) = ("Write what holds somebody to something", "Write down that it was not kept");
    [
        sample(measures, "usual", holds, measure(json!([]))),
        sample(measures, "error", holds, measure(fault("by", "The last day cannot be before the first"))),
        sample(breach, "usual", kept, not_kept(json!([]))),
        sample(breach, "error", kept, not_kept(fault("on", "Choose a day on which it held"))),
    ]
}

fn said_samples() -> [Sample; 4] {
    let template = "frontline/plans/templates/said_form.html";
    let sample = |state, title: &str, page| Sample { template, state, title: title.to_owned(), page };
    let no_words = json!([{ "field": "words", "text": "What you say of it is empty" }, { "field": "progress", "text": "Choose how it goes" }]);
    [
        sample("usual", "How it goes", said_form("progress", json!([]))),
        sample("error", "How it goes", said_form("progress", no_words)),
        sample("outcome", "What is to be different", said_form("outcome", json!([]))),
        sample("success", "What went well", said_form("success", json!([]))),
    ]
}
