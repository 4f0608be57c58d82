//! What somebody said about messages: asking them, and the way out that each message carries.

use super::actions::NoticeError;
use super::notice::{NewSafeContact, Safe, SafeContact, SafeContactId};
use super::rules::{self, SafeRule};
use super::store;
use ::store::StoreResult;
use ::store::journal::{Entry, Outcome};
use access::{AccessError, Act, Ctx, World};
use area::Area;
use families::facts::{self, Fact, Kind};
use families::people::{self, PersonId};
use kernel::{Date, Span, text};

/// A way out is known by so many characters, of 32 each: nobody guesses one.
const TOKEN_CHARACTERS: usize = 16;

/// What somebody said, and what is known of how to reach them.
#[derive(Clone, Debug)]
pub struct Opened {
    /// What holds; nothing when nobody has asked them.
    pub said: Option<SafeContact>,
    /// Whether a message would leave today.
    pub is_safe: bool,
    /// Their telephone numbers and e-mail addresses, as far as the actor may read them.
    pub known: Vec<Fact>,
}

/// Returns what somebody said about messages.
///
/// # Errors
/// [`AccessError::Hidden`] when there is nobody for this actor.
pub async fn load(ctx: &mut Ctx, person: PersonId) -> Result<Opened, AccessError> {
    people::open(ctx, Act::AskHowToReach, person).await?;
    let known = known(ctx, person).await?;
    let all = store::list_safe(&mut ctx.tx, ctx.area_id, person).await?;
    let today = ctx.clock.today();
    let latest = all.last().and_then(|one| one.fact);
    let holds = match latest {
        Some(fact) => store::words_of(&mut ctx.tx, ctx.area_id, (fact, person, today)).await?.is_some(),
        None => false,
    };
    let is_safe = rules::safe_way(&all, |one| one.fact == latest && holds, today).is_some();
    let careful = all.iter().rev().find(|one| matches!(one.safe, Safe::None | Safe::Stopped));
    let said = careful.or(all.last()).cloned();
    Ok(Opened { said, is_safe, known })
}

async fn known(ctx: &mut Ctx, person: PersonId) -> Result<Vec<Fact>, AccessError> {
    let mut known = facts::list_of(ctx, &[person], Some(&[Kind::Phone, Kind::Email])).await?;
    let today = ctx.clock.today();
    known.retain(|fact| fact.superseded_at.is_none() && !fact.new.is_over(today) && !fact.new.words.is_empty());
    Ok(known)
}

/// Keeps what somebody said about messages, in the place of what they said before.
///
/// Rule \[3.30\]: nobody is written to who has not said that it is safe (note 16).
///
/// # Errors
/// [`NoticeError`].
pub async fn say(ctx: &mut Ctx, area: &Area, person: PersonId, mut new: NewSafeContact) -> Result<SafeContactId, NoticeError> {
    people::open(ctx, Act::AskHowToReach, person).await?;
    new.words = text::note_if_any(&new.words, rules::WORDS_MAX).map_err(SafeRule::Words)?;
    if new.safe == Safe::None {
        new.fact = None;
    }
    rules::check(&new, &known(ctx, person).await?)?;
    let id: SafeContactId = ctx.new_id();
    ctx.detail(serde_json::json!({ "safe_contact": id.0, "safe": new.safe.as_str() }));
    let (today, now, by) = (ctx.clock.today(), ctx.now(), ctx.actor.clone());
    let token = token(&ctx.ids.secret());
    ctx.tx.alone(ctx.area_id, &format!("safe contact of {person}")).await?;
    store::end_safe(&mut ctx.tx, ctx.area_id, person, now).await?;
    let kept = (&new, ask_again_on(area, today));
    store::insert_safe(&mut ctx.tx, ctx.area_id, (id, person, &token), kept, (Some(&by), now)).await?;
    Ok(id)
}

fn ask_again_on(area: &Area, today: Date) -> Date {
    today.saturating_add(Span::new().days(i64::from(area.notices.safe_days)))
}

/// Writes chance in letters and digits that nobody takes for one another (Crockford's base 32).
pub(crate) fn token(secret: &[u8; 32]) -> String {
    let secret = ::store::keys::digest(secret);
    const LETTERS: &[u8; 32] = b"0123456789abcdefghjkmnpqrstvwxyz";
    secret.iter().take(TOKEN_CHARACTERS).map(|byte| char::from(LETTERS[usize::from(byte % 32)])).collect()
}

/// Keeps that whoever has a message wants no more of them; returns whether there is such a way out. Followed twice, it does nothing more.
///
/// # Errors
/// [`::store::StoreError`] from the engine.
pub async fn stop(world: &World, area: &Area, token: &str) -> StoreResult<bool> {
    let mut tx = world.db.begin().await?;
    let Some(found) = store::find_token(&mut tx, world.area_id, token).await? else { return Ok(false) };
    tx.alone(world.area_id, &format!("safe contact of {}", found.person)).await?;
    let said = store::list_safe(&mut tx, world.area_id, found.person).await?;
    if said.iter().any(|one| one.safe == Safe::Stopped) {
        return Ok(true);
    }
    let (now, today) = (world.clock.now(), world.clock.today());
    let id = SafeContactId(world.ids.uuid(&world.clock));
    let new = NewSafeContact { safe: Safe::Stopped, fact: None, from_hour: 0, to_hour: 24, words: String::new() };
    store::end_safe(&mut tx, world.area_id, found.person, now).await?;
    let own = self::token(&world.ids.secret());
    let kept = (&new, ask_again_on(area, today));
    store::insert_safe(&mut tx, world.area_id, (id, found.person, &own), kept, (None, now)).await?;
    tx.journal(Entry {
        area_id: world.area_id,
        at: now,
        act: "stop_messages".to_owned(),
        outcome: Outcome::Done,
        actor_id: None,
        agency_id: None,
        subject_id: Some(found.person.0),
        rule: "3.30".to_owned(),
        payload: serde_json::json!({ "safe_contact": id.0 }),
    });
    tx.commit(&world.ids).await?;
    Ok(true)
}
