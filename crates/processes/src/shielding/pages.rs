//! The pages of shielding at once: asking for it, and deciding about it.

use super::actions::{self, Answer, ShieldError, ShieldTaskId, TaskKind};
use access::Act;
use axum::Router;
use axum::extract::Path;
use axum::http::StatusCode;
use axum::response::IntoResponse;
use axum::routing::get;
use families::people::{self, PersonId, ShieldKind};
use families::search;
use kernel::british;
use serde_json::json;
use web::{FieldErrors, Form, PageResult, Posted, Shared, Visitor};

/// The routes of shielding at once.
pub fn routes() -> Router<Shared> {
    Router::new().route("/people/{id}/shield-now", get(form).post(ask)).route("/shield-tasks/{id}", get(show).post(decide))
}

async fn form(visitor: Visitor, Path(id): Path<PersonId>) -> PageResult {
    form_page(&visitor, id, &Form::default(), FieldErrors::default()).await
}

async fn form_page(visitor: &Visitor, id: PersonId, form: &Form, errors: FieldErrors) -> PageResult {
    let mut ctx = visitor.read().await?;
    people::open(&mut ctx, Act::AskForShield, id).await?;
    let name = search::names_of(&mut ctx, &[id]).await?.pop().unwrap_or_default();
    ctx.seen().await?;
    let status = if errors.is_empty() { StatusCode::OK } else { StatusCode::UNPROCESSABLE_ENTITY };
    let page = json!({
        "id": id.to_string(), "name": name, "days": visitor.app.area.index.shield_decide_working_days, "typed": form.text("words"), "errors": errors
    });
    Ok((status, visitor.page("processes/shielding/templates/ask.html", "Shield where they are", page)?).into_response())
}

async fn ask(Path(id): Path<PersonId>, Posted { visitor, form }: Posted) -> PageResult {
    let mut ctx = visitor.write_once(&form).await?;
    match actions::ask(&mut ctx, &visitor.app.area, id, form.text("words")).await {
        Ok(()) => visitor.done(ctx, &form, &format!("/people/{id}")).await,
        Err(ShieldError::Access(e)) => Err(e.into()),
        Err(e) => {
            drop(ctx);
            let mut errors = FieldErrors::default();
            errors.add("words", &e.to_string());
            form_page(&visitor, id, &form, errors).await
        }
    }
}

async fn show(visitor: Visitor, Path(id): Path<ShieldTaskId>) -> PageResult {
    show_page(&visitor, id, &Form::default(), FieldErrors::default()).await
}

async fn show_page(visitor: &Visitor, id: ShieldTaskId, form: &Form, errors: FieldErrors) -> PageResult {
    let mut ctx = visitor.read().await?;
    let task = actions::load(&mut ctx, id).await?;
    let name = search::names_of(&mut ctx, &[task.person]).await?.pop().unwrap_or_default();
    ctx.seen().await?;
    let status = if errors.is_empty() { StatusCode::OK } else { StatusCode::UNPROCESSABLE_ENTITY };
    let page = json!({
        "id": id.to_string(), "person": task.person.to_string(), "name": name, "reason": task.reason, "asked_by": task.asked_by,
        "asked": british::moment(task.asked_at), "owner": task.owner, "due": british::day(task.due_on),
        "is_review": task.kind == TaskKind::Review, "is_place": task.shield == ShieldKind::Location,
        "answer": task.answer.as_ref().map_or("", |(answer, _)| answer.as_str()),
        "answer_words": task.answer.as_ref().map_or("", |(_, words)| words.as_str()),
        "chosen": form.text("answer"), "typed": form.text("words"), "errors": errors
    });
    Ok((status, visitor.page("processes/shielding/templates/task.html", "Is this shield needed?", page)?).into_response())
}

async fn decide(Path(id): Path<ShieldTaskId>, Posted { visitor, form }: Posted) -> PageResult {
    let mut errors = FieldErrors::default();
    let answer = form.choice("answer", "Choose whether it is needed", Answer::ALL.iter().map(|one| one.as_str()), &mut errors);
    let Ok(answer) = answer.parse::<Answer>() else { return show_page(&visitor, id, &form, errors).await };
    let mut ctx = visitor.write_once(&form).await?;
    match actions::decide(&mut ctx, &visitor.app.area, id, (answer, form.text("words"))).await {
        Ok(()) => visitor.done(ctx, &form, &format!("/shield-tasks/{id}")).await,
        Err(ShieldError::Access(e)) => Err(e.into()),
        Err(e) => {
            drop(ctx);
            errors.add("words", &e.to_string());
            show_page(&visitor, id, &form, errors).await
        }
    }
}
