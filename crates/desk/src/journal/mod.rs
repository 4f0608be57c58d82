//! The journal as its auditor reads it: who looked, who changed what, under which rule; and whether it is whole.
//!
//! Read in this order: this page (handlers), `store`, [`samples`].

pub mod samples;
mod store;
#[cfg(test)]
mod tests;

use ::store::journal::{self, Verdict};
use access::{Act, Resource};
use axum::Router;
use axum::extract::Query;
use axum::routing::{get, post};
use kernel::{Date, Timestamp, british};
use serde::{Deserialize, Serialize};
use serde_json::json;
use web::{FieldErrors, Form, PageError, PageResult, Posted, Shared, Visitor};

/// The routes of the journal.
pub fn routes() -> Router<Shared> {
    Router::new().route("/journal", get(list)).route("/journal/check", post(check))
}

/// What was chosen, as the address carries it.
#[derive(Debug, Default, Deserialize, Serialize)]
struct Chosen {
    #[serde(default)]
    about: String,
    #[serde(default)]
    by: String,
    #[serde(default)]
    act: String,
    #[serde(default)]
    outcome: String,
    #[serde(default, rename = "from-day")]
    from_day: String,
    #[serde(default, rename = "from-month")]
    from_month: String,
    #[serde(default, rename = "from-year")]
    from_year: String,
    #[serde(default, rename = "until-day")]
    until_day: String,
    #[serde(default, rename = "until-month")]
    until_month: String,
    #[serde(default, rename = "until-year")]
    until_year: String,
    #[serde(skip_serializing)]
    before: Option<i64>,
}

impl Chosen {
    /// Returns what is wanted; what does not read is said at its field, and nothing is left out in silence.
    fn wanted(&self, errors: &mut FieldErrors) -> Result<store::Wanted, PageError> {
        let encoded = self.encoded();
        let form = Form::parse(&encoded)?;
        let from = form.date("from", "The first day", errors).map(|date| start_of(date.earliest()));
        let until =
            form.date("until", "The last day", errors).map(|date| start_of(date.latest().tomorrow().unwrap_or(Date::MAX)));
        let id = |text: &str| text.parse().ok();
        Ok(store::Wanted {
            about: id(&self.about),
            by: id(&self.by),
            act: self.act.clone(),
            outcome: self.outcome.clone(),
            from,
            until,
            before: self.before,
        })
    }

    /// The address's words, without where the page begins.
    fn encoded(&self) -> String {
        let fields = [
            ("about", &self.about),
            ("by", &self.by),
            ("act", &self.act),
            ("outcome", &self.outcome),
            ("from-day", &self.from_day),
            ("from-month", &self.from_month),
            ("from-year", &self.from_year),
            ("until-day", &self.until_day),
            ("until-month", &self.until_month),
            ("until-year", &self.until_year),
        ];
        let given = fields.iter().filter(|(_, value)| !value.is_empty());
        given.map(|(name, value)| format!("{name}={}", web::in_query(value))).collect::<Vec<_>>().join("&")
    }
}

/// When a day begins in England.
fn start_of(day: Date) -> Timestamp {
    kernel::clock::start_of(day).unwrap_or(Timestamp::MIN)
}

async fn list(visitor: Visitor, Query(chosen): Query<Chosen>) -> PageResult {
    let mut ctx = visitor.read().await?;
    ctx.permit(Act::ReadJournal, &Resource::area())?;
    let mut errors = FieldErrors::default();
    let wanted = chosen.wanted(&mut errors)?;
    let entries = if errors.is_empty() { store::list_entries(&mut ctx.tx, ctx.area_id, &wanted).await? } else { Vec::new() };
    let actors = store::list_actors(&mut ctx.tx, ctx.area_id).await?;
    ctx.detail(json!({ "chosen": chosen.encoded() }));
    ctx.seen().await?;
    let earlier = entries.last().filter(|_| entries.len() == store::ENTRIES_MAX).map(|last| {
        let chosen = chosen.encoded();
        format!("/journal?{chosen}{}before={}", if chosen.is_empty() { "" } else { "&" }, last.seq)
    });
    let page = json!({ "entries": entries, "chosen": chosen, "actors": options("Anybody", actors), "acts": acts(), "earlier": earlier,
        "errors": errors });
    visitor.page("desk/journal/templates/journal.html", "Journal", page)
}

fn options(first: &str, rest: impl IntoIterator<Item = (impl ToString, String)>) -> Vec<serde_json::Value> {
    let rest = rest.into_iter().map(|(value, text)| json!({ "value": value.to_string(), "text": text }));
    std::iter::once(json!({ "value": "", "text": first })).chain(rest).collect()
}

/// What is journalled besides what the access rules decide.
const NOTED: [&str; 11] = [
    "copy_looks",
    "escalate_referral",
    "escalate_share_request",
    "find_in_index",
    "sign_in",
    "give_password",
    "set_up_second_factor",
    "choose_password",
    "sign_out",
    "sign_out_everywhere",
    "invite",
];

fn acts() -> Vec<serde_json::Value> {
    let mut acts: Vec<(&str, String)> =
        Act::ALL.iter().map(|act| act.as_str()).chain(NOTED).map(|act| (act, act.replace('_', " "))).collect();
    acts.sort();
    options("Anything", acts)
}

async fn check(Posted { visitor, form: _ }: Posted) -> PageResult {
    let mut ctx = visitor.read().await?;
    ctx.permit(Act::ReadJournal, &Resource::area())?;
    ctx.detail(json!({ "checked": true }));
    let at = british::moment(ctx.now());
    ctx.seen().await?;
    let (world, key) = (&visitor.app.world, &visitor.app.settings.journal_key);
    let page = match journal::verify(&world.db, world.area_id, key).await? {
        Verdict::Whole { entries, erased, checkpoints } => {
            json!({ "whole": true, "at": at, "entries": entries, "erased": erased, "checkpoints": checkpoints })
        }
        Verdict::Broken { seq, what } => json!({ "whole": false, "at": at, "seq": seq, "what": what }),
    };
    visitor.page("desk/journal/templates/check.html", "Is the journal whole?", page)
}
