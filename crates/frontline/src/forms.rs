//! Parts that the forms of several features have.

use access::{Ctx, PractitionerId};
use axum::http::StatusCode;
use families::facts::{Fact, Shape};
use families::family::Around;
use kernel::Date;
use kernel::partial_date::PartialDate;
use serde::Serialize;
use std::collections::BTreeSet;
use web::{FieldErrors, Form, PageError};

/// Something to choose, and whether it is chosen.
#[derive(Clone, Debug, Serialize)]
pub struct Choice {
    /// Its id.
    pub id: String,
    /// What it is called.
    pub words: String,
    /// Whether it is chosen.
    pub chosen: bool,
}

/// The three boxes of a day.
#[derive(Clone, Debug, Default, Serialize)]
pub struct Boxes {
    /// The day of the month.
    pub day: String,
    /// The month, by its number.
    pub month: String,
    /// The year.
    pub year: String,
}

impl Boxes {
    /// Returns a day that is offered.
    pub fn of(offered: Date) -> Self {
        Self { day: offered.day().to_string(), month: offered.month().to_string(), year: offered.year().to_string() }
    }
}

/// What was typed into a day's boxes, or a day that is offered.
pub(crate) fn boxes(form: &Form, field: &str, offered: Date) -> Boxes {
    let typed = |part: &str| form.text(&format!("{field}-{part}")).to_owned();
    let typed = Boxes { day: typed("day"), month: typed("month"), year: typed("year") };
    if typed.day.is_empty() && typed.month.is_empty() && typed.year.is_empty() {
        return Boxes::of(offered);
    }
    typed
}

/// Returns everything that was typed in a form, to be kept until it is sent; not what each rendering of the form has of its own.
pub(crate) fn body_of(form: &Form) -> String {
    let is_own = |name: &&str| !["csrf", "once"].contains(name) && !name.starts_with("version");
    let field = |name: &str| {
        let pair = |value: &String| format!("{}={}", web::in_query(name), web::in_query(value));
        form.all(name).iter().map(pair).collect::<Vec<_>>()
    };
    form.names().filter(is_own).flat_map(field).collect::<Vec<_>>().join("&")
}

/// Reads a whole day, or notes that there is none.
pub(crate) fn day(form: &Form, field: &'static str, errors: &mut FieldErrors) -> Option<Date> {
    let typed = form.date(field, "The day", errors).and_then(PartialDate::exact);
    if typed.is_none() && !errors.has(field) {
        errors.add(field, "Type the day, with its month and year");
    }
    typed
}

/// Returns the status of a form that is shown, with what is wrong with it.
pub(crate) fn status_of(errors: &FieldErrors) -> StatusCode {
    if errors.is_empty() { StatusCode::OK } else { StatusCode::UNPROCESSABLE_ENTITY }
}

/// Returns who may answer for something that is done with a family: the actor first, then whoever works with them, by name.
pub(crate) async fn helpers(
    ctx: &mut Ctx,
    facts: &[Fact],
    arounds: &[&Around],
) -> Result<Vec<(PractitionerId, String)>, PageError> {
    let involved = facts.iter().filter_map(|fact| match fact.new.shape {
        Shape::Involvement { practitioner } if fact.ended_at.is_none() && fact.superseded_at.is_none() => practitioner,
        _ => None,
    });
    let team = arounds.iter().flat_map(|around| around.team.iter().map(|member| member.id));
    let known: BTreeSet<PractitionerId> = involved.chain(team).collect();
    let known = access::people::load_practitioners(&mut ctx.tx, ctx.area_id, &known).await?;
    let mut helpers = vec![(ctx.actor.id, format!("{}, {}", ctx.actor.name, ctx.actor.agency))];
    let mut others: Vec<(PractitionerId, String)> =
        known.into_iter().map(|(id, one)| (id, format!("{}, {}", one.name, one.agency))).collect();
    others.retain(|(id, _)| *id != ctx.actor.id);
    others.sort_by(|a, b| a.1.cmp(&b.1));
    helpers.extend(others);
    Ok(helpers)
}
