//! The page of who looked, the copy for the family, and withholding.

use super::rules::{self, Look, Viewer};
use super::store;
use ::store::journal::Outcome;
use access::{AccessError, Act, AgencyId, Ctx, Role};
use area::Area;
use area::files::{Agency, Disclosure};
use axum::Router;
use axum::extract::{Path, Query};
use axum::http::StatusCode;
use axum::response::IntoResponse;
use axum::routing::{get, post};
use families::people::{self, PersonId};
use families::search;
use kernel::text;
use kernel::{Date, british, clock};
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};
use uuid::Uuid;
use web::{FieldErrors, Form, PageResult, Posted, Shared, Visitor};

const REASON_MAX: usize = 500;

/// The routes of who looked.
pub fn routes() -> Router<Shared> {
    Router::new().route("/people/{id}/looked", get(show)).route("/people/{id}/looked/withhold", post(withhold))
}

#[derive(Debug, Default, Deserialize)]
struct Asked {
    #[serde(default)]
    copy: String,
    #[serde(default, rename = "for")]
    whose: String,
    #[serde(default)]
    safe: String,
}

/// What one practitioner did on one day.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub(super) struct Line {
    #[serde(skip)]
    on: Date,
    day: String,
    pub(super) who: String,
    pub(super) what: Vec<String>,
}

/// Returns who looked, day by day, as far as the actor may show it.
pub(super) async fn lines(
    ctx: &mut Ctx,
    area: &Area,
    id: PersonId,
    is_copy: bool,
) -> Result<(Vec<Line>, Vec<store::Withheld>), AccessError> {
    let (standing, permit) = people::open(ctx, Act::ReadLooks, id).await?;
    let withheld = store::list_withheld(&mut ctx.tx, ctx.area_id, &permit).await?;
    let hidden: Vec<AgencyId> = withheld.iter().map(|one| one.agency_id).collect();
    let viewer = Viewer {
        agency_id: ctx.actor.agency_id,
        reads_journal: ctx.actor.is(Role::Auditor),
        place_is_shielded: standing.location_shielded && (is_copy || !standing.is_named_for_place(ctx.actor.id)),
        is_copy,
        withheld: &hidden,
    };
    let mut lines: Vec<Line> = Vec::new();
    for seen in store::list(&mut ctx.tx, ctx.area_id, &permit).await? {
        // Another area's system is no agency of the area: it is named, unless its name would tell a shielded place.
        let disclosure = match seen.code.as_str() {
            "" => Disclosure::Open,
            code => area.agencies.get(code).map_or(Disclosure::Hidden, Agency::disclosure),
        };
        let look = Look {
            on: clock::local_day(seen.at),
            who: seen.who,
            agency_id: seen.agency_id,
            agency: seen.agency,
            disclosure,
            tells_place: seen.tells_place,
            act: seen.act,
        };
        if !rules::is_shown(&look, viewer) {
            continue;
        }
        let is_named = !is_copy || look.disclosure == Disclosure::Open;
        let who = if is_named { format!("{}, {}", look.who, look.agency) } else { look.agency.clone() };
        let words = rules::words(&look.act);
        match lines.iter_mut().find(|line| line.on == look.on && line.who == who) {
            Some(line) if line.what.contains(&words) => {}
            Some(line) => line.what.push(words),
            None => lines.push(Line { on: look.on, day: british::day(look.on), who, what: vec![words] }),
        }
    }
    Ok((lines, withheld))
}

async fn show(visitor: Visitor, Path(id): Path<PersonId>, Query(asked): Query<Asked>) -> PageResult {
    let is_safe = asked.safe == "yes" && !asked.whose.trim().is_empty();
    let whose = if asked.copy == "yes" && is_safe { asked.whose.trim() } else { "" };
    show_page(&visitor, id, whose, (&Form::default(), FieldErrors::default())).await
}

async fn show_page(visitor: &Visitor, id: PersonId, whose: &str, (form, errors): (&Form, FieldErrors)) -> PageResult {
    let area = &visitor.app.area;
    let is_copy = !whose.is_empty();
    let mut ctx = visitor.read().await?;
    let (lines, withheld) = lines(&mut ctx, area, id, is_copy).await?;
    let standing = people::load(&mut ctx, id).await?;
    let may_withhold = !is_copy && ctx.may(Act::WithholdLooks, &standing.resource())?;
    let name = search::names_of(&mut ctx, &[id]).await?.pop().unwrap_or_default();
    let agencies = access::people::list_agencies(&mut ctx.tx, ctx.area_id).await?;
    if is_copy {
        ctx.note("copy_looks", Outcome::Seen, Some(id.0), json!({ "for": whose }));
    }
    ctx.seen().await?;
    // Who withheld what, and why, is for those who decide it and answer for it.
    let may_know = may_withhold || visitor.actor().is(Role::Auditor);
    let told = |one: &store::Withheld| json!({ "id": one.id, "agency": one.agency, "reason": one.reason, "by": one.decided_by, "at": british::moment(one.decided_at) });
    let withheld: Vec<Value> = if may_know && !is_copy { withheld.iter().map(told).collect() } else { Vec::new() };
    let agencies: Vec<(String, String)> = agencies.into_iter().map(|one| (one.id.to_string(), one.name)).collect();
    let status = if errors.is_empty() { StatusCode::OK } else { StatusCode::UNPROCESSABLE_ENTITY };
    let page = json!({
        "id": id.to_string(), "name": name, "copy": is_copy, "whose": whose, "lines": lines, "withheld": withheld, "may_withhold": may_withhold,
        "agencies": if may_withhold { agencies } else { Vec::new() }, "today": british::day(visitor.app.world.clock.today()),
        "typed": { "agency": form.text("agency"), "words": form.text("words") }, "errors": errors
    });
    Ok((status, visitor.page("desk/looked/templates/looked.html", "Who looked", page)?).into_response())
}

async fn withhold(Path(id): Path<PersonId>, Posted { visitor, form }: Posted) -> PageResult {
    let mut ctx = visitor.write_once(&form).await?;
    let (_, permit) = people::open(&mut ctx, Act::WithholdLooks, id).await?;
    let (by, at) = (ctx.actor.id, ctx.now());
    if let Ok(ended) = form.text("end").parse::<Uuid>() {
        ctx.detail(json!({ "told_again": ended }));
        store::end_withheld(&mut ctx.tx, ctx.area_id, &permit, ended, at).await?;
        return visitor.done(ctx, &form, &format!("/people/{id}/looked")).await;
    }
    let mut errors = FieldErrors::default();
    let agency = form.text("agency").parse::<AgencyId>();
    if agency.is_err() {
        errors.add("agency", "Choose the agency");
    }
    let reason = text::note(form.text("words"), REASON_MAX);
    if let Err(e) = &reason {
        errors.add("words", &format!("Why {e}"));
    }
    if let (Ok(agency), Ok(reason)) = (agency, reason) {
        let new = ctx.ids.uuid(&ctx.clock);
        ctx.detail(json!({ "withheld": agency.0 }));
        store::insert_withheld(&mut ctx.tx, ctx.area_id, &permit, (new, agency, &reason), (by, at)).await?;
        return visitor.done(ctx, &form, &format!("/people/{id}/looked")).await;
    }
    drop(ctx);
    show_page(&visitor, id, "", (&form, errors)).await
}
