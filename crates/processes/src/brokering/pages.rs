//! The pages of messages: passing one on from the index, and answering one for a service.

use super::actions::{self, MessageError, MessageId, Reply};
use crate::index::LookId;
use axum::Router;
use axum::extract::{Path, State};
use axum::http::StatusCode;
use axum::response::IntoResponse;
use axum::routing::{get, post};
use families::people::PersonId;
use kernel::british;
use serde_json::json;
use web::{FieldErrors, Form, PageResult, Posted, Shared, Visitor};

/// The routes of messages.
pub fn routes() -> Router<Shared> {
    Router::new().route("/index/{look}/{person}/message", post(send)).route("/messages/{id}", get(show).post(answer))
}

async fn send(
    State(app): State<Shared>,
    Path((look, person)): Path<(LookId, PersonId)>,
    Posted { visitor, form }: Posted,
) -> PageResult {
    let mut ctx = visitor.write_once(&form).await?;
    match actions::send(&mut ctx, &app.area, (look, person), form.text("words")).await {
        Ok(_) => visitor.done(ctx, &form, "/index?passed=yes").await,
        Err(MessageError::Access(e)) => Err(e.into()),
        Err(e) => {
            drop(ctx);
            let mut errors = FieldErrors::default();
            errors.add("words", &e.to_string());
            crate::index::pages::open_page(&visitor, (look, person), form.text("words"), errors).await
        }
    }
}

async fn show(visitor: Visitor, Path(id): Path<MessageId>) -> PageResult {
    show_page(&visitor, id, &Form::default(), FieldErrors::default()).await
}

async fn show_page(visitor: &Visitor, id: MessageId, form: &Form, errors: FieldErrors) -> PageResult {
    let mut ctx = visitor.read().await?;
    let (message, name) = actions::load(&mut ctx, id).await?;
    ctx.seen().await?;
    let [who, job, agency, telephone] = &message.sender;
    let status = if errors.is_empty() { StatusCode::OK } else { StatusCode::UNPROCESSABLE_ENTITY };
    let page = json!({
        "id": message.id.to_string(), "name": name, "person": message.person.to_string(), "words": message.words,
        "sender": format!("{who}, {job}, {agency}"), "telephone": telephone, "sent": british::moment(message.sent_at),
        "due": british::day(message.due_on), "owner": message.owner, "is_answered": message.reply.is_some(),
        "reply": message.reply.map_or("", Reply::as_str), "reply_words": message.reply_words, "typed": form.text("words"),
        "chosen": form.text("reply"), "errors": errors
    });
    Ok((status, visitor.page("processes/brokering/templates/show.html", "A message to your service", page)?).into_response())
}

async fn answer(Path(id): Path<MessageId>, Posted { visitor, form }: Posted) -> PageResult {
    let mut errors = FieldErrors::default();
    let replies = Reply::ALL.iter().map(|one| one.as_str());
    let chosen = form.choice("reply", "Choose what you answer", replies, &mut errors);
    if let Ok(reply) = chosen.parse::<Reply>() {
        let mut ctx = visitor.write_once(&form).await?;
        match actions::answer(&mut ctx, id, (reply, form.text("words"))).await {
            Ok(()) => return visitor.done(ctx, &form, &format!("/messages/{id}")).await,
            Err(MessageError::Access(e)) => return Err(e.into()),
            Err(e) => errors.add("words", &e.to_string()),
        }
    }
    show_page(&visitor, id, &form, errors).await
}
