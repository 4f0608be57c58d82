//! Signing in: a password, a second factor, and a session that ends when it is idle.
//!
//! Read in this order: [`secrets`] (passwords, codes, tokens), [`throttle`] (pure), the functions here, [`devices`] (which keep notes), `store`.
//!
//! Invariant: nothing tells a stranger whether somebody has an account.
//! Invariant: a stranger's guesses never lock a colleague out on a device they have used before.
//! Invariant: every sign-in, failure and sign-out is in the journal.

pub mod devices;
pub mod secrets;
mod store;
pub mod throttle;

pub use store::{Over, delete_over};

use crate::actor::{Actor, PractitionerId};
use crate::ctx::World;
use ::store::journal::{Entry, Outcome};
use ::store::{AreaId, StoreError, StoreResult, Tx};
use kernel::Timestamp;
use tokio::sync::Semaphore;

/// A session ends after this long without a request.
pub const IDLE_SECONDS: i64 = 30 * 60;
/// A session ends after this long in any case.
pub const SESSION_SECONDS: i64 = 12 * 3600;
const INVITATION_SECONDS: i64 = 3 * 24 * 3600;
const EMAIL_MAX: usize = 254;
/// Hashing takes 19 megabytes each: no more than these at once, however many ask.
static HASHING: Semaphore = Semaphore::const_new(4);

/// Why somebody is not signed in.
#[derive(Debug, thiserror::Error)]
pub enum SignInError {
    /// The email address and password do not go together, or the code is wrong: which, is not told.
    #[error("check what you typed and try again")]
    Wrong,
    /// Too many tries; seconds to wait.
    #[error("there were too many tries: wait {0} seconds and try again")]
    Wait(i64),
    /// The link was used, has ended or never was.
    #[error("this link has been used or has ended: ask for a new one")]
    LinkEnded,
    /// The password is too easy to guess.
    #[error("the password must have at least 12 characters and must not be a common one")]
    WeakPassword,
    /// The store failed.
    #[error(transparent)]
    Store(#[from] StoreError),
}

/// How far a session has come.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Stage {
    /// The password was right; the second factor is still to be set up.
    SetUpSecondFactor,
    /// The password was right; a code is still to be given.
    SecondFactor,
    /// Signed in.
    SignedIn,
}

/// Somebody's session.
#[derive(Clone, Debug)]
pub struct Session {
    /// Who.
    pub actor: Actor,
    /// How far they have come.
    pub stage: Stage,
    /// What every form must carry.
    pub csrf: String,
    hash: Vec<u8>,
}

impl Session {
    /// Returns somebody's session over a part of the past: no cookie opens it, and no form of it can be sent.
    pub fn of_then(actor: Actor) -> Self {
        Self { actor, stage: Stage::SignedIn, csrf: String::new(), hash: Vec::new() }
    }
}

/// What the browser is given after a right password: kept by it, never by us as it is.
#[derive(Clone, Debug)]
pub struct Cookie(pub String);

/// Checks an email address and password, and begins a session that still needs its second factor.
///
/// `device` is what the browser was given when somebody signed in on it before.
///
/// # Errors
/// [`SignInError::Wrong`] or [`SignInError::Wait`]; the same for addresses that nobody has.
pub async fn with_password(world: &World, email: &str, password: &str, device: Option<&str>) -> Result<Cookie, SignInError> {
    let now = world.clock.now();
    let email: String = email.trim().to_lowercase().chars().take(EMAIL_MAX).collect();
    let mut tx = world.db.begin().await?;
    let found = store::find_by_email(&mut tx, world.area_id, &email).await?;
    let device_is_known = match (&found, device) {
        (Some(person), Some(device)) => secrets::device_belongs(device, person.id, person.password_hash.as_deref()),
        _ => false,
    };
    let key = throttle::key(&email, device_is_known);
    count_try(&mut tx, world, &key, now).await?;
    tx.commit(&world.ids).await?;
    let hash = found.as_ref().and_then(|person| person.password_hash.clone());
    // Hashing takes long on purpose, and takes as long when there is nobody: away from the store and the runtime.
    let typed = password.to_owned();
    let _one_of_few = HASHING.acquire().await;
    let right = tokio::task::spawn_blocking(move || secrets::verify_password(&typed, hash.as_deref())).await.unwrap_or(false);

    let mut tx = world.db.begin().await?;
    let Some(person) = found.filter(|_| right) else {
        journal(&mut tx, world, "sign_in", Outcome::Refused, None);
        tx.commit(&world.ids).await?;
        return Err(SignInError::Wrong);
    };
    store::clear_tries(&mut tx, world.area_id, &key).await?;
    let cookie = begin_session(&mut tx, world, person.id, now).await?;
    journal(&mut tx, world, "give_password", Outcome::Done, Some(person.id));
    tx.commit(&world.ids).await?;
    Ok(cookie)
}

/// Counts a try before it is known to be right: tries at the same moment are each counted, and wait.
async fn count_try(tx: &mut Tx, world: &World, key: &str, now: Timestamp) -> Result<(), SignInError> {
    let tries = store::lock_tries(tx, world.area_id, key).await?;
    if let Some(wait) = throttle::seconds_to_wait(&tries, now) {
        return Err(SignInError::Wait(wait));
    }
    store::save_tries(tx, world.area_id, key, &throttle::after_failure(&tries, now)).await?;
    Ok(())
}

async fn begin_session(tx: &mut Tx, world: &World, id: PractitionerId, now: Timestamp) -> StoreResult<Cookie> {
    let token = secrets::hex(&world.ids.secret());
    let csrf = secrets::hex(&world.ids.secret());
    store::insert_session(tx, world.area_id, (&secrets::digest(&token), &csrf), id, now).await?;
    Ok(Cookie(token))
}

/// Returns the session that a cookie stands for, if it has not ended.
///
/// # Errors
/// [`StoreError`] from the engine.
pub async fn session(world: &World, cookie: &str) -> StoreResult<Option<Session>> {
    let now = world.clock.now();
    let hash = secrets::digest(cookie);
    let mut tx = world.db.read().await?;
    let Some(found) = store::find_session(&mut tx, world.area_id, &hash).await? else { return Ok(None) };
    let idle = now.as_second() - found.seen_at.as_second();
    let old = now.as_second() - found.started_at.as_second();
    if idle > IDLE_SECONDS || old > SESSION_SECONDS {
        return Ok(None);
    }
    let Some(actor) = crate::people::find_actor(&mut tx, world.area_id, found.practitioner_id, world.clock.today()).await? else {
        return Ok(None);
    };
    drop(tx);
    if idle > 60 {
        let mut tx = world.db.begin().await?;
        store::touch_session(&mut tx, world.area_id, &hash, now).await?;
        tx.commit(&world.ids).await?;
    }
    let stage = match (found.second_factor_at, found.enrolled) {
        (Some(_), _) => Stage::SignedIn,
        (None, true) => Stage::SecondFactor,
        (None, false) => Stage::SetUpSecondFactor,
    };
    Ok(Some(Session { actor, stage, csrf: found.csrf, hash }))
}

/// Returns the secret to set up an authenticator with, base 32: made at the first asking, the same until confirmed.
///
/// # Errors
/// [`SignInError::Wrong`] when a second factor is set up already.
pub async fn second_factor_secret(world: &World, session: &Session) -> Result<String, SignInError> {
    let mut tx = world.db.begin().await?;
    let factor = store::load_factor(&mut tx, world.area_id, session.actor.id).await?;
    if factor.confirmed {
        return Err(SignInError::Wrong);
    }
    let secret = match factor.secret {
        Some(secret) => secret,
        None => {
            let secret = world.ids.secret()[..20].to_vec();
            store::save_secret(&mut tx, world.area_id, session.actor.id, &secret).await?;
            tx.commit(&world.ids).await?;
            secret
        }
    };
    Ok(secrets::base32(&secret))
}

/// What a right code leads to.
#[derive(Clone, Debug)]
pub struct SignedIn {
    /// The new session's cookie: the old one has ended, so that nobody can have planted it.
    pub cookie: Cookie,
    /// What marks this browser as used by this person before.
    pub device: String,
    /// Recovery codes, shown once, when the second factor was just set up.
    pub recovery_codes: Vec<String>,
}

/// Checks a code of the authenticator, or a recovery code, and completes the sign-in.
///
/// # Errors
/// [`SignInError::Wrong`] or [`SignInError::Wait`]; a code is good once.
pub async fn with_code(world: &World, session: &Session, code: &str) -> Result<SignedIn, SignInError> {
    let (now, id) = (world.clock.now(), session.actor.id);
    let mut tx = world.db.begin().await?;
    let key = format!("code {id}");
    count_try(&mut tx, world, &key, now).await?;
    let factor = store::load_factor(&mut tx, world.area_id, id).await?;
    let step = factor.secret.as_deref().and_then(|secret| secrets::matching_step(secret, code, now));
    let fresh = step.filter(|step| factor.last_step.is_none_or(|last| *step > last));
    let mut right = false;
    if let Some(step) = fresh {
        right = store::use_step(&mut tx, world.area_id, id, step, now).await?;
    } else if factor.confirmed {
        right = store::use_recovery_code(&mut tx, world.area_id, id, &secrets::digest(&secrets::plain_code(code)), now).await?;
    }
    if !right {
        journal(&mut tx, world, "sign_in", Outcome::Refused, Some(id));
        tx.commit(&world.ids).await?;
        return Err(SignInError::Wrong);
    }
    store::clear_tries(&mut tx, world.area_id, &key).await?;
    let mut recovery_codes = Vec::new();
    if !factor.confirmed {
        for _ in 0..8 {
            let code = secrets::recovery_code(&world.ids.secret());
            store::insert_recovery_code(&mut tx, world.area_id, id, &secrets::digest(&secrets::plain_code(&code))).await?;
            recovery_codes.push(code);
        }
        journal(&mut tx, world, "set_up_second_factor", Outcome::Done, Some(id));
    }
    store::end_session(&mut tx, world.area_id, &session.hash, now).await?;
    let cookie = begin_session(&mut tx, world, id, now).await?;
    store::complete_session(&mut tx, world.area_id, &secrets::digest(&cookie.0), now).await?;
    journal(&mut tx, world, "sign_in", Outcome::Done, Some(id));
    let password_hash = store::load_password_hash(&mut tx, world.area_id, id).await?;
    tx.commit(&world.ids).await?;
    Ok(SignedIn { cookie, device: secrets::device_mark(id, password_hash.as_deref()), recovery_codes })
}

/// Begins a complete session for somebody without a password: for the demonstration's made-up people alone.
///
/// # Errors
/// [`StoreError`] from the engine.
pub async fn as_made_up_person(world: &World, id: PractitionerId) -> StoreResult<Cookie> {
    let now = world.clock.now();
    let mut tx = world.db.begin().await?;
    let cookie = begin_session(&mut tx, world, id, now).await?;
    store::complete_session(&mut tx, world.area_id, &secrets::digest(&cookie.0), now).await?;
    journal(&mut tx, world, "sign_in", Outcome::Done, Some(id));
    tx.commit(&world.ids).await?;
    Ok(cookie)
}

/// Ends a session, or every session of the same person.
///
/// # Errors
/// [`StoreError`] from the engine.
pub async fn sign_out(world: &World, session: &Session, everywhere: bool) -> StoreResult<()> {
    let now = world.clock.now();
    let mut tx = world.db.begin().await?;
    if everywhere {
        store::end_sessions_of(&mut tx, world.area_id, session.actor.id, now).await?;
    } else {
        store::end_session(&mut tx, world.area_id, &session.hash, now).await?;
    }
    journal(&mut tx, world, if everywhere { "sign_out_everywhere" } else { "sign_out" }, Outcome::Done, Some(session.actor.id));
    tx.commit(&world.ids).await
}

/// Ends every session and link of somebody who is there no more; their devices erase what they keep.
pub(crate) async fn take_back(tx: &mut Tx, area_id: AreaId, id: PractitionerId, now: Timestamp) -> StoreResult<()> {
    store::end_invitations(tx, area_id, id, now).await?;
    store::end_sessions_of(tx, area_id, id, now).await
}

/// Makes a link by which somebody chooses a password, once, within three days.
///
/// # Errors
/// [`StoreError`] from the engine.
pub async fn invite(tx: &mut Tx, world: &World, id: PractitionerId) -> StoreResult<String> {
    let token = secrets::hex(&world.ids.secret());
    // The newest link alone is good.
    store::end_invitations(tx, world.area_id, id, world.clock.now()).await?;
    let expires_at = world.clock.now().as_microsecond() + INVITATION_SECONDS * 1_000_000;
    store::insert_invitation(tx, world.area_id, &secrets::digest(&token), id, expires_at).await?;
    journal(tx, world, "invite", Outcome::Done, Some(id));
    Ok(token)
}

/// Takes back somebody's password, second factor and sessions: they come in again by a new link.
///
/// # Errors
/// [`StoreError`] from the engine.
pub async fn reset(tx: &mut Tx, world: &World, id: PractitionerId) -> StoreResult<String> {
    store::clear_secrets(tx, world.area_id, id, world.clock.now()).await?;
    invite(tx, world, id).await
}

/// Sets the password that somebody chose by a link.
///
/// # Errors
/// [`SignInError::LinkEnded`] or [`SignInError::WeakPassword`].
pub async fn accept_invitation(world: &World, token: &str, password: &str) -> Result<(), SignInError> {
    if !secrets::is_good_password(password) {
        return Err(SignInError::WeakPassword);
    }
    if !link_is_good(world, token).await? {
        return Err(SignInError::LinkEnded);
    }
    let typed = password.to_owned();
    let _one_of_few = HASHING.acquire().await;
    let hash = tokio::task::spawn_blocking(move || secrets::hash_password(&typed))
        .await
        .ok()
        .flatten()
        .ok_or_else(|| StoreError::Driver("the password could not be hashed".to_owned()))?;
    let now = world.clock.now();
    let mut tx = world.db.begin().await?;
    let Some(id) = store::use_invitation(&mut tx, world.area_id, &secrets::digest(token), now).await? else {
        return Err(SignInError::LinkEnded);
    };
    store::save_password(&mut tx, world.area_id, id, &hash).await?;
    store::end_sessions_of(&mut tx, world.area_id, id, now).await?;
    journal(&mut tx, world, "choose_password", Outcome::Done, Some(id));
    tx.commit(&world.ids).await?;
    Ok(())
}

/// Returns whether a link can still be used, without using it.
///
/// # Errors
/// [`StoreError`] from the engine.
pub async fn link_is_good(world: &World, token: &str) -> StoreResult<bool> {
    let mut tx = world.db.read().await?;
    store::has_invitation(&mut tx, world.area_id, &secrets::digest(token), world.clock.now()).await
}

fn journal(tx: &mut Tx, world: &World, act: &str, outcome: Outcome, id: Option<PractitionerId>) {
    tx.journal(Entry {
        area_id: world.area_id,
        at: world.clock.now(),
        act: act.to_owned(),
        outcome,
        actor_id: id.map(|id| id.0),
        agency_id: None,
        subject_id: id.map(|id| id.0),
        rule: String::new(),
        payload: serde_json::json!({}),
    });
}
