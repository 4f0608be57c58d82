//! Passing a message on, and answering it.

use super::store::{self, MESSAGE, NewMessage, Of};
use crate::index::LookId;
use crate::index::actions as index;
use ::store::StoreError;
use access::{AccessError, Act, AgencyId, Attr, Ctx, PractitionerId, Resource, Thing};
use area::Area;
use families::people::{self, PersonId, Standing};
use families::search;
use kernel::text::{self, TextError};
use kernel::{Date, Timestamp, stored_words};
use uuid::Uuid;

const WORDS_MAX: usize = 2000;

::store::record_id!(
    /// A message to one service.
    MessageId
);

stored_words! {
    /// What a service answers.
    Reply {
        /// It will be in touch.
        Contact = "contact",
        /// It says nothing.
        None = "none",
    }
}

/// A message to one service.
#[derive(Clone, Debug)]
pub struct Message {
    /// Which one.
    pub id: MessageId,
    /// The message, of which there is one for each service.
    pub sent_id: Uuid,
    /// About whom.
    pub person: PersonId,
    /// Who sent it.
    pub sender_id: PractitionerId,
    /// Their name, what they do, their agency, how to reach them.
    pub sender: [String; 4],
    /// The service's agency.
    pub to_agency_id: AgencyId,
    /// What it says.
    pub words: String,
    /// When.
    pub sent_at: Timestamp,
    /// Who answers, for the service.
    pub owner_id: PractitionerId,
    /// Their name.
    pub owner: String,
    /// By when.
    pub due_on: Date,
    /// What the service answered.
    pub reply: Option<Reply>,
    /// In words.
    pub reply_words: String,
}

impl Message {
    fn resource(&self, person: &Standing) -> Resource {
        let attrs = vec![
            ("sender", Attr::One("Practitioner", self.sender_id.0)),
            ("toAgency", Attr::One("Agency", self.to_agency_id.0)),
            ("owner", Attr::One("Practitioner", self.owner_id.0)),
            ("person", Attr::One("Person", self.person.0)),
        ];
        let thing = Thing { kind: "Message", id: self.id.0, attrs };
        Resource { thing, beside: vec![person.thing()], subject_id: Some(self.person.0), hide_refusal: true }
    }
}

/// Why a message was not passed on or answered.
#[derive(Debug, thiserror::Error)]
pub enum MessageError {
    /// It does not read.
    #[error("What you wrote {0}")]
    Text(#[from] TextError),
    /// There is nobody whom it would reach.
    #[error("It could not be passed on: ask the safeguarding lead")]
    NotPassedOn,
    /// It was answered in the meantime.
    #[error("It has been answered in the meantime")]
    Answered,
    /// Access.
    #[error(transparent)]
    Access(#[from] AccessError),
}

impl From<StoreError> for MessageError {
    fn from(e: StoreError) -> Self {
        Self::Access(e.into())
    }
}

/// Passes a message on to every service that is involved and not named.
///
/// Rule \[3.30\]: a sensitive service is never named; whoever needs it writes to it, and it decides (note 16).
///
/// # Errors
/// [`AccessError::Hidden`] where the index shows no such service; [`MessageError::Text`].
pub async fn send(ctx: &mut Ctx, area: &Area, found: (LookId, PersonId), words: &str) -> Result<Uuid, MessageError> {
    let (permit, _) = index::permitted(ctx, found, Act::MessageServices).await?;
    let words = text::note(words, WORDS_MAX)?;
    let now = ctx.now();
    let today = ctx.clock.today();
    let involved = index::involved(ctx, &permit, now).await?;
    let services = index::brokered(ctx, area, found.1, &involved).await?;
    if services.is_empty() {
        return Err(AccessError::Hidden(None).into());
    }
    let standing = people::load(ctx, found.1).await?;
    let sent_id = ctx.ids.uuid(&ctx.clock);
    ctx.detail(serde_json::json!({ "message": sent_id }));
    for service in services {
        let owner = access::people::find_answerable(&mut ctx.tx, ctx.area_id, Some(service), today).await?;
        // Whoever would answer may not know of them, or nobody can sign in: it is not said to have been passed on.
        let Some(owner_id) = owner.filter(|owner| !standing.restricted || standing.is_named(*owner)) else {
            return Err(MessageError::NotPassedOn);
        };
        let message = NewMessage {
            id: ctx.new_id(),
            sent_id,
            person: found.1,
            sender_id: ctx.actor.id,
            to_agency_id: service,
            words: &words,
            sent_at: now,
            owner_id,
            due_on: area.holidays.add(today, area.index.message_answer_working_days),
        };
        store::insert(&mut ctx.tx, ctx.area_id, &message).await?;
    }
    Ok(sent_id)
}

/// Returns a message that the actor may answer for their service, and about whom it is.
///
/// # Errors
/// [`AccessError::Hidden`] when there is none for this actor.
pub async fn load(ctx: &mut Ctx, id: MessageId) -> Result<(Message, String), AccessError> {
    let message = store::find(&mut ctx.tx, ctx.area_id, id).await?.ok_or(AccessError::Hidden(None))?;
    let resource = message.resource(&people::load(ctx, message.person).await?);
    ctx.permit(Act::ReadMessage, &resource)?;
    // Whoever sent it is not told which service it went to, not by its having a page of its own either.
    if !ctx.may(Act::AnswerMessage, &resource)? {
        return Err(AccessError::Hidden(None));
    }
    let name = search::names_of(ctx, &[message.person]).await?.pop().unwrap_or_default();
    Ok((message, name))
}

/// Answers a message for the service: that it will be in touch, or nothing.
///
/// # Errors
/// [`MessageError::Answered`] when somebody was faster; [`MessageError::Text`]; [`MessageError::Access`].
pub async fn answer(ctx: &mut Ctx, id: MessageId, (reply, words): (Reply, &str)) -> Result<(), MessageError> {
    let message = store::find(&mut ctx.tx, ctx.area_id, id).await?.ok_or(AccessError::Hidden(None))?;
    let resource = message.resource(&people::load(ctx, message.person).await?);
    let permit = ctx.permit(Act::AnswerMessage, &resource)?;
    let words = match text::note(words, WORDS_MAX) {
        Err(TextError::Empty) => String::new(),
        read => read?,
    };
    ctx.detail(serde_json::json!({ "message": message.sent_id, "reply": reply.as_str() }));
    let by = (ctx.actor.id, ctx.now());
    let saved = store::save_answer(&mut ctx.tx, ctx.area_id, &permit, (reply, &words), by).await?;
    if saved { Ok(()) } else { Err(MessageError::Answered) }
}

/// A message as whoever sent it sees what became of it: not to how many services it went, nor which.
#[derive(Clone, Debug)]
pub struct Sent {
    /// About whom.
    pub person: PersonId,
    /// What it says.
    pub words: String,
    /// When.
    pub sent_at: Timestamp,
    /// Whether somebody will be in touch; nothing while it is not known.
    pub will_contact: Option<bool>,
    /// What was written in answer.
    pub replies: Vec<String>,
}

/// Returns the messages that the actor sent, as far as they may still know of whom they are about, the newest first.
///
/// # Errors
/// [`AccessError`] when the rules or the store fail.
pub async fn sent(ctx: &mut Ctx) -> Result<Vec<Sent>, AccessError> {
    let me = ctx.actor.id;
    let mut sent: Vec<(Uuid, Vec<Message>)> = Vec::new();
    for message in list(ctx, Of::Sender(me)).await? {
        match sent.iter_mut().find(|(id, _)| *id == message.sent_id) {
            Some((_, all)) => all.push(message),
            None => sent.push((message.sent_id, vec![message])),
        }
    }
    Ok(sent.into_iter().filter_map(|(_, all)| became(&all)).collect())
}

/// Returns what became of a message to several services: whoever will be in touch says so at once; that none will, is known when all have said.
fn became(all: &[Message]) -> Option<Sent> {
    let first = all.first()?;
    let will_contact = if all.iter().any(|one| one.reply == Some(Reply::Contact)) {
        Some(true)
    } else {
        all.iter().all(|one| one.reply.is_some()).then_some(false)
    };
    // Of whoever says nothing, nothing is told, not even that there is one more.
    let will = all.iter().filter(|one| one.reply == Some(Reply::Contact));
    let replies = will.map(|one| one.reply_words.clone()).filter(|words| !words.is_empty()).take(1).collect();
    Some(Sent { person: first.person, words: first.words.clone(), sent_at: first.sent_at, will_contact, replies })
}

/// Returns the messages that any of these is to answer for their service, as far as the actor may know of them.
///
/// # Errors
/// [`AccessError`] when the rules or the store fail.
pub async fn owned_by(ctx: &mut Ctx, owners: &[PractitionerId]) -> Result<Vec<Message>, AccessError> {
    list(ctx, Of::Owners(owners)).await
}

async fn list(ctx: &mut Ctx, of: Of<'_>) -> Result<Vec<Message>, AccessError> {
    let narrowing = ctx.narrow(Act::ReadMessage, &MESSAGE)?;
    let now = ctx.now();
    Ok(store::list(&mut ctx.tx, ctx.area_id, of, (&narrowing, now)).await?)
}

/// Returns how many messages wait, how many are late, and how many have nobody who answers.
///
/// # Errors
/// [`StoreError`] from the engine.
pub async fn count_open(ctx: &mut Ctx) -> Result<(i64, i64, i64), StoreError> {
    let today = ctx.clock.today();
    store::count_open(&mut ctx.tx, ctx.area_id, today).await
}
