//! Every state of every page of referrals.

use serde_json::json;
use web::Sample;

/// Returns the samples.
#[expect(clippy::too_many_lines, reason = "a list, read as one")]
pub fn samples() -> Vec<Sample> {
    let sample = |template, state, title: &str, page| Sample { template, state, title: title.to_owned(), page };
    let line = json!({
        "id": "0193", "name": "Amy Barlow", "service": "Home and Money", "need": "Behind with the rent or mortgage",
        "state": "Waiting for an answer", "due": "Answer due by 9 November 2026", "late": true,
        "sender": "Helen Marsh, Hillside Homes", "news": true
    });
    let service = crate::services::samples::line();
    let item = json!({ "id": "0194", "words": "Behind with the rent", "source": "Seen by Helen Marsh, today", "picked": false });
    let step =
        |what: &str| json!({ "what": what, "words": "Does she have a car?", "source": "Owen Pryce, 3 November 2026 at 9:00am" });
    let show = |changes: serde_json::Value| {
        let mut page = json!({
            "id": "0193", "version": 1, "person": "0195", "line": line, "words": "She would like to be met at the library",
            "owner": "Owen Pryce", "asked_at": "2 November 2026 at 9:00am", "answer_by": "9 November 2026", "escalated": "",
            "items": [item], "decline_reason": "", "better_door": "", "outcome": "", "outcome_words": "", "may_accept": true,
            "may_decline": true, "may_start": false, "may_end": false, "may_withdraw": false,
            "decline_reasons": [{ "id": "full", "words": "We have no places" }, { "id": "too_far", "words": "They cannot get to us" }],
            "support_outcomes": [{ "id": "better", "words": "Things are better" }, { "id": "moved", "words": "The family moved" }],
            "services": [["family_help", "Family Help Team"]], "passable": [["family_help", "Family Help Team"]], "colleagues": [{ "id": "0191", "words": "Dan Fox", "chosen": false }], "is_final": false, "typed": { "verb": "decline", "reason": "", "better_door": "", "outcome": "", "words": "Full until May", "service": "", "agreed": "", "place": "", "on": { "day": "", "month": "", "year": "" } }, "just_sent": false, "changed": false, "errors": []
        });
        let between = json!({
            "may_ask_back": true, "may_say_when": false, "may_miss": false, "may_pass_on": true, "may_reply": false, "question": "", "waits": "",
            "passed_to": "", "lost": "", "is_of_several": true, "reach": "/people/0195/safe-contact", "notices": [{ "id": "0197", "what": "Not told yet. Helen Marsh tells them by 4 November 2026", "source": "News of 2 November 2026 at 9:00am", "to_tell": true }], "steps": [step("Asked for more"), step("Answered")], "to_share": []
        });
        for more in [&between, &changes] {
            if let (Some(page), Some(more)) = (page.as_object_mut(), more.as_object()) {
                page.extend(more.clone());
            }
        }
        page
    };
    let choose = |need: &str, services| {
        json!({ "person": "0195", "name": "Amy Barlow", "need": need, "contact": "",
                "needs": [["rent_arrears", "Behind with the rent or mortgage"]], "services": services, "more": 3, "search": "/services?need=x" })
    };
    let write = |items, errors| {
        json!({ "person": "0195", "name": "Amy Barlow", "need": "rent_arrears", "need_words": "Behind with the rent or mortgage",
                "contact": "", "service": service, "answer_by": "9 November 2026", "items": items,
                "also": [{ "id": "family_help", "words": "Family Help Team", "ticked": false }], "words": "", "errors": errors })
    };
    vec![
        sample(
            "frontline/referrals/templates/list.html",
            "empty",
            "Referrals",
            json!({ "owned": [], "sent": [], "at_agency": [] }),
        ),
        sample(
            "frontline/referrals/templates/list.html",
            "full",
            "Referrals",
            json!({ "owned": [line, line], "sent": [line], "at_agency": [line, line, line] }),
        ),
        sample("frontline/referrals/templates/choose.html", "empty", "Ask for support", choose("", json!([]))),
        sample("frontline/referrals/templates/choose.html", "usual", "Ask for support", choose("rent_arrears", json!([service]))),
        sample("frontline/referrals/templates/write.html", "empty", "Ask for support", write(json!([]), json!([]))),
        sample(
            "frontline/referrals/templates/write.html",
            "error",
            "Ask for support",
            write(json!([item]), json!([{ "field": "words", "text": "What you wrote must be shorter" }])),
        ),
        sample("frontline/referrals/templates/show.html", "usual", "Referral", show(json!({ "just_sent": true }))),
        sample(
            "frontline/referrals/templates/show.html",
            "error",
            "Referral",
            show(
                json!({ "changed": true, "may_end": true, "errors": [{ "field": "reason", "text": "Choose one of the answers" }] }),
            ),
        ),
        sample(
            "frontline/referrals/templates/show.html",
            "asked_back",
            "Referral",
            show(
                json!({ "may_accept": false, "may_decline": false, "may_ask_back": false, "may_pass_on": false, "may_reply": true,
                         "question": "Does she have a car?", "to_share": [item], "may_withdraw": true,
                         "errors": [{ "field": "reply-words", "text": "Your answer is empty" }] }),
            ),
        ),
        sample(
            "frontline/referrals/templates/show.html",
            "waiting",
            "Referral",
            show(
                json!({ "may_accept": false, "may_ask_back": false, "may_say_when": true, "may_miss": true, "may_start": true, "may_end": true,
                         "lost": "She has a car", "waits": "Starts on 1 December 2026; number 3 in the waiting list", "passed_to": "/referrals/0199",
                         "errors": [{ "field": "when-on", "text": "Choose a day from today on" }] }),
            ),
        ),
        sample(
            "frontline/referrals/templates/show.html",
            "full",
            "Referral",
            show(
                json!({ "may_accept": false, "may_decline": false, "outcome": "Things are better", "outcome_words": "She manages",
                         "owner": "", "decline_reason": "We have no places", "better_door": "Family Help Team",
                         "escalated": "10 November 2026", "may_withdraw": true, "may_start": true }),
            ),
        ),
    ]
}
