//! Offering the lead of a family, and answering an offer.

use super::actions::{self, LeadError};
use super::handover::{HandoverId, NewHandover, State};
use super::rules;
use crate::forms::Choice;
use crate::plans;
use access::{Ctx, PractitionerId, Role};
use area::Area;
use axum::Router;
use axum::extract::Path;
use axum::http::StatusCode;
use axum::response::IntoResponse;
use axum::routing::{get, post};
use families::family::FamilyId;
use families::people::PersonId;
use kernel::british;
use serde::Serialize;
use std::collections::BTreeMap;
use web::{FieldErrors, Form, PageError, PageResult, Posted, Shared, Visitor};

/// The routes of handovers.
pub fn routes() -> Router<Shared> {
    Router::new()
        .route("/people/{person}/families/{family}/lead", get(write).post(offer))
        .route("/people/{person}/families/{family}/lead/take", post(take))
        .route("/handovers/{id}", get(show))
        .route("/handovers/{id}/{verb}", post(change))
}

type Of = (PersonId, FamilyId);

/// Offering the lead.
#[derive(Debug, Serialize)]
pub struct OfferForm {
    back: String,
    here: String,
    family_name: String,
    lead: String,
    helping: Vec<Choice>,
    others: Vec<Choice>,
    words: String,
    over_words: String,
    over_take: String,
    answer_by: String,
    open_actions: usize,
    lead_by: String,
    may_take: bool,
    is_mine: bool,
    version: i64,
    is_manager: bool,
    errors: FieldErrors,
}

/// One handover.
#[derive(Debug, Serialize)]
pub struct HandoverPage {
    id: String,
    version: i64,
    family_name: String,
    plan: String,
    from: String,
    to: String,
    state: &'static str,
    offered: String,
    answer_by: String,
    words: String,
    over_words: String,
    said: String,
    may_answer: bool,
    may_withdraw: bool,
    typed: String,
    changed: bool,
    errors: FieldErrors,
}

async fn write(visitor: Visitor, Path(of): Path<Of>) -> PageResult {
    write_page(&visitor, of, &Form::default(), FieldErrors::default()).await
}

/// Returns who may be offered the lead: whoever helps the family, and whoever else works with families, of any agency that is named to
/// them; by name.
pub(crate) async fn candidates(
    ctx: &mut Ctx,
    area: &Area,
    opened: &plans::actions::Opened,
    chosen: &str,
) -> Result<(Vec<Choice>, Vec<Choice>), PageError> {
    let lead = opened.around.family.owner_id;
    let candidate =
        |(id, words): (PractitionerId, String)| Choice { chosen: id.to_string() == chosen, id: id.to_string(), words };
    let mut helping = plans::entry_pages::helpers(ctx, opened).await?;
    helping.retain(|(id, _)| *id != lead);
    let is_named = |agency: &str| !area.agencies.values().any(|one| one.sensitive && one.name == agency);
    let (agency, mut others) = (ctx.actor.agency_id, BTreeMap::<PractitionerId, String>::new());
    let mut known = access::people::list_colleagues(&mut ctx.tx, ctx.area_id, agency, Role::Practitioner).await?;
    known.extend(access::people::list_of_role(&mut ctx.tx, ctx.area_id, Role::Practitioner).await?);
    for one in known.into_iter().filter(|one| one.id != lead && is_named(&one.agency)) {
        if !helping.iter().any(|(id, _)| *id == one.id) {
            others.insert(one.id, format!("{}, {}", one.name, one.agency));
        }
    }
    let mut others: Vec<(PractitionerId, String)> = others.into_iter().collect();
    others.sort_by(|a, b| a.1.cmp(&b.1));
    Ok((helping.into_iter().map(candidate).collect(), others.into_iter().map(candidate).collect()))
}

async fn write_page(visitor: &Visitor, of: Of, form: &Form, errors: FieldErrors) -> PageResult {
    let area = &visitor.app.area;
    let mut ctx = visitor.read().await?;
    let opened = plans::load(&mut ctx, of).await?;
    if !actions::may_offer(&mut ctx, of).await? {
        return Err(PageError::Hidden(None));
    }
    let (helping, others) = candidates(&mut ctx, area, &opened, form.text("to")).await?;
    let today = ctx.clock.today();
    let family = &opened.around.family;
    // Whoever manages them says it for them: one more than the protocol says, with a reason.
    let is_manager = ctx.actor.is(Role::TeamManager) || ctx.actor.is(Role::SafeguardingLead);
    let is_mine = family.owner_id == ctx.actor.id;
    let may_take = family.lead_by.is_some() && family.closed_at.is_none() && (is_mine || is_manager);
    ctx.seen().await?;
    let here = format!("/people/{}/families/{}", of.0, of.1);
    let page = OfferForm {
        back: format!("{here}/plan"),
        here: format!("{here}/lead"),
        family_name: opened.around.family.name.clone(),
        lead: opened.around.family.owner.clone(),
        helping,
        others,
        words: form.text("words").to_owned(),
        over_words: form.text("over_words").to_owned(),
        over_take: form.text("over_take").to_owned(),
        answer_by: british::day(rules::answer_by(today, &area.plans, &area.holidays)),
        open_actions: opened.entries.iter().filter(|entry| entry.state == plans::State::Open).count(),
        lead_by: family.lead_by.map_or_else(String::new, british::day),
        may_take,
        is_mine,
        version: family.version,
        is_manager,
        errors,
    };
    let status = if page.errors.is_empty() { StatusCode::OK } else { StatusCode::UNPROCESSABLE_ENTITY };
    Ok((status, visitor.page("frontline/leads/templates/offer.html", "Hand over the lead", page)?).into_response())
}

async fn offer(Path(of): Path<Of>, Posted { visitor, form }: Posted) -> PageResult {
    let mut errors = FieldErrors::default();
    let Ok(to) = form.text("to").parse::<PractitionerId>() else {
        errors.add("to", "Choose who is to lead");
        return write_page(&visitor, of, &form, errors).await;
    };
    let new = NewHandover { to, words: form.text("words").to_owned(), over_words: form.text("over_words").to_owned() };
    let mut ctx = visitor.write_once(&form).await?;
    match actions::offer(&mut ctx, &visitor.app.area, of, new).await {
        Ok(id) => visitor.done(ctx, &form, &format!("/handovers/{id}")).await,
        Err(LeadError::Access(e)) => Err(e.into()),
        Err(e) => {
            drop(ctx);
            errors.add(field_of(&e), &e.to_string());
            write_page(&visitor, of, &form, errors).await
        }
    }
}

async fn take(Path(of): Path<Of>, Posted { visitor, form }: Posted) -> PageResult {
    let version: i64 = form.parse_field("version")?;
    let mut ctx = visitor.write_once(&form).await?;
    match actions::take(&mut ctx, &visitor.app.area, of, (version, form.text("over_take"))).await {
        Ok(()) => visitor.done(ctx, &form, &format!("/people/{}/families/{}/plan", of.0, of.1)).await,
        Err(LeadError::Access(e)) => Err(e.into()),
        Err(e) => {
            drop(ctx);
            let mut errors = FieldErrors::default();
            errors.add(if matches!(field_of(&e), "over_words") { "over-take" } else { "take" }, &e.to_string());
            write_page(&visitor, of, &form, errors).await
        }
    }
}

fn field_of(e: &LeadError) -> &'static str {
    match e {
        LeadError::Text("Why they take one more", _) | LeadError::Over(rules::Over::NoReason(..)) => "over_words",
        LeadError::Text(..) => "words",
        LeadError::Over(_)
        | LeadError::Ended
        | LeadError::LeadsAlready
        | LeadError::OfferedAlready
        | LeadError::CannotLead
        | LeadError::Changed
        | LeadError::Access(_) => "to",
    }
}

async fn show(visitor: Visitor, Path(id): Path<HandoverId>) -> PageResult {
    let mut ctx = visitor.write().await?;
    actions::mark_told(&mut ctx, id).await?;
    ctx.commit().await?;
    show_page(&visitor, id, "", (FieldErrors::default(), false)).await
}

async fn show_page(visitor: &Visitor, id: HandoverId, typed: &str, (errors, changed): (FieldErrors, bool)) -> PageResult {
    let mut ctx = visitor.read().await?;
    let opened = actions::load(&mut ctx, id).await?;
    ctx.seen().await?;
    let one = &opened.handover;
    let plan = if opened.may_open { format!("/people/{}/families/{}/plan", one.person, one.family) } else { String::new() };
    let page = HandoverPage {
        id: one.id.to_string(),
        version: one.version,
        family_name: one.family_name.clone(),
        plan,
        from: one.from_name.clone(),
        to: one.to_name.clone(),
        state: one.state.words(),
        offered: format!("{}, {}", one.offered_by, british::moment(one.offered_at)),
        answer_by: if one.state == State::Offered { british::day(one.answer_by) } else { String::new() },
        words: one.words.clone(),
        over_words: one.over_words.clone(),
        said: one.answer_words.clone(),
        may_answer: opened.may_answer,
        may_withdraw: opened.may_withdraw,
        typed: typed.to_owned(),
        changed,
        errors,
    };
    let status = match (changed, page.errors.is_empty()) {
        (true, _) => StatusCode::CONFLICT,
        (false, false) => StatusCode::UNPROCESSABLE_ENTITY,
        (false, true) => StatusCode::OK,
    };
    Ok((status, visitor.page("frontline/leads/templates/show.html", "The lead for a family", page)?).into_response())
}

async fn change(Path((id, verb)): Path<(HandoverId, String)>, Posted { visitor, form }: Posted) -> PageResult {
    let version: i64 = form.parse_field("version")?;
    let mut ctx = visitor.write_once(&form).await?;
    let done = match verb.as_str() {
        "accept" | "decline" => {
            actions::answer(&mut ctx, &visitor.app.area, (id, version), (verb == "accept", form.text("words"))).await
        }
        "withdraw" => actions::withdraw(&mut ctx, (id, version)).await,
        _ => return Err(PageError::Hidden(None)),
    };
    match done {
        Ok(_) => visitor.done(ctx, &form, &format!("/handovers/{id}")).await,
        Err(LeadError::Access(e)) => Err(e.into()),
        Err(e) => {
            drop(ctx);
            let changed = matches!(e, LeadError::Changed);
            let mut errors = FieldErrors::default();
            if !changed {
                errors.add("words", &e.to_string());
            }
            show_page(&visitor, id, form.text("words"), (errors, changed)).await
        }
    }
}
