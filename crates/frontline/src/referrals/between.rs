//! What passes between the sender and the service until support ends: a question and its answer, when it starts, what was missed, passing on.

use super::actions::{self, ActionError, addressed, close, optional, permitted, save, step, to_send};
use super::referral::{EventKind, NewReferral, ReferralId, State};
use super::rules::{self, Step, StepRule};
use super::{store, telling};
use crate::giving;
use crate::notices::notice::News;
use access::{AccessError, Act, Ctx, PractitionerId};
use area::Area;
use families::facts::{self, FactId, Grant};
use families::handing;
use families::people;
use kernel::Date;
use kernel::text;

/// Asks the sender for more before the service answers.
///
/// Rule \[3.10\]: a service that needs to know more asks, and the sender is asked by a day; nobody waits without knowing for what.
///
/// # Errors
/// [`ActionError`].
pub async fn ask_back(ctx: &mut Ctx, area: &Area, at: (ReferralId, i64), question: &str) -> Result<(), ActionError> {
    let mut referral = step(ctx, area, at, &Step::AskBack).await?;
    let question = needed("What you ask", question)?;
    referral.0.next_on = Some(rules::answer_by(ctx.now(), &area.clocks, &area.holidays));
    referral.0.question.clone_from(&question);
    save(ctx, &referral).await?;
    actions::event(ctx, area, at.0, (EventKind::AskedBack, &question)).await
}

/// Answers what the service asks, and shares more with it; the service has its whole time again.
///
/// # Errors
/// [`ActionError`].
pub async fn reply(
    ctx: &mut Ctx,
    area: &Area,
    at: (ReferralId, i64),
    (words, items): (&str, &[FactId]),
) -> Result<(), ActionError> {
    let (mut referral, permit, _) = permitted(ctx, Act::WithdrawReferral, at.0).await?;
    actions::check_version(&referral, at.1)?;
    referral.state = rules::next_state(referral.state, &Step::Reply, area)?;
    let words = needed("Your answer", words)?;
    ctx.detail(serde_json::json!({ "referral": at.0.0, "replied": true, "items": items.len() }));
    let to = Grant::to_agency(referral.to_agency_id, at.0.0);
    facts::grant(ctx, referral.person, items, &to).await.map_err(|e| match e {
        AccessError::Hidden(_) => ActionError::ItemsChanged,
        e => e.into(),
    })?;
    store::insert_items(&mut ctx.tx, ctx.area_id, at.0, items).await?;
    let answer_by = rules::answer_by(ctx.now(), &area.clocks, &area.holidays);
    referral.question.clear();
    referral.next_on = Some(answer_by);
    save(ctx, &(referral, permit)).await?;
    store::save_answer_by(&mut ctx.tx, ctx.area_id, at.0, answer_by).await?;
    actions::event(ctx, area, at.0, (EventKind::Replied, &words)).await
}

/// Says when support is to start, and which place they have in the waiting list until then.
///
/// Rule \[3.10\]: whoever waits knows until when, and in which place.
///
/// # Errors
/// [`ActionError`].
pub async fn say_when(
    ctx: &mut Ctx,
    area: &Area,
    at: (ReferralId, i64),
    (starts_on, place, words): (Date, Option<u16>, &str),
) -> Result<(), ActionError> {
    let mut referral = step(ctx, area, at, &Step::SayWhen).await?;
    let words = optional("What you wrote", words)?;
    from_today(ctx, starts_on)?;
    referral.0.starts_on = Some(starts_on);
    referral.0.wait_place = place;
    referral.0.next_on = Some(starts_on);
    save(ctx, &referral).await?;
    actions::event(ctx, area, at.0, (EventKind::SaidWhen, &words)).await
}

/// Keeps that they were not there when they were to be met, and when it is tried again. Nothing ends by it.
///
/// # Errors
/// [`ActionError`].
pub async fn missed(
    ctx: &mut Ctx,
    area: &Area,
    at: (ReferralId, i64),
    (words, next_on): (&str, Date),
) -> Result<(), ActionError> {
    let mut referral = step(ctx, area, at, &Step::Missed).await?;
    let words = needed("What happened, and what you try next", words)?;
    from_today(ctx, next_on)?;
    referral.0.next_on = Some(next_on);
    save(ctx, &referral).await?;
    actions::event(ctx, area, at.0, (EventKind::Missed, &words)).await
}

/// Passes a referral on to another service, with the agreement of the family: what was shared does not go along, the sender shares it anew.
///
/// Rule \[2.3\]: there is no wrong door: whoever cannot help sees to it that somebody else is asked.
///
/// # Errors
/// [`ActionError`].
pub async fn pass_on(
    ctx: &mut Ctx,
    area: &Area,
    at: (ReferralId, i64),
    (service, agreed, words): (&str, &str, &str),
) -> Result<ReferralId, ActionError> {
    let (mut referral, permit) = step(ctx, area, at, &Step::PassOn).await?;
    let agreed = optional("Who agrees", agreed)?;
    if agreed.is_empty() {
        return Err(StepRule::NotAgreed.into());
    }
    let words = needed("What they should know", words)?;
    if service == referral.service {
        return Err(StepRule::SameDoor.into());
    }
    let to = addressed(ctx, service).await?;
    // That it was passed on tells whoever reads this one that there is another.
    if actions::askable_together(ctx, referral.person, &[service]).await?.is_empty() {
        return Err(ActionError::NotPassedOn);
    }
    let from = referral.from_agency_id;
    let standing = people::load(ctx, referral.person).await?;
    actions::asked_once(ctx, &standing, (service, from)).await?;
    let new = NewReferral {
        person: referral.person,
        contact: None,
        service: service.to_owned(),
        need: referral.need.clone(),
        words: words.clone(),
        items: Vec::new(),
    };
    let on = to_send(ctx, area, (to, None), (referral.sender_id, from));
    store::insert(&mut ctx.tx, ctx.area_id, &permit, &new, &on).await?;
    telling::tell(ctx, area, (on.id, News::Asked)).await?;
    ctx.detail(serde_json::json!({ "referral": at.0.0, "passed_on_as": on.id.0, "service": service }));
    referral.passed_to = Some(on.id);
    referral.decline_reason = "passed_on".to_owned();
    referral.outcome_words = format!("{agreed} agrees. {words}");
    // Where to is said by the other referral, to whoever may read it.
    let said = referral.outcome_words.clone();
    actions::event(ctx, area, at.0, (EventKind::PassedOn, &said)).await?;
    close(ctx, &mut (referral, permit)).await?;
    Ok(on.id)
}

/// Gives a referral to a colleague, who answers for it from then on. The sender is told by nobody that it moved within the service.
///
/// Rule \[3.40\]: what is handed on has a new owner in the same moment.
///
/// # Errors
/// [`ActionError::NotGiven`] where they may not do it; [`ActionError`].
pub async fn give(
    ctx: &mut Ctx,
    area: &Area,
    at: (ReferralId, i64),
    (to, words): (PractitionerId, &str),
) -> Result<(), ActionError> {
    let (referral, permit, standing) = permitted(ctx, Act::DecideReferral, at.0).await?;
    actions::check_version(&referral, at.1)?;
    if referral.state.is_final() {
        return Err(StepRule::NotFrom(referral.state).into());
    }
    let words = optional("What they should know", words)?;
    let agency = referral.to_agency_id;
    let resource = referral.resource(&standing);
    let name = giving::given_to(ctx, (to, agency), (Act::DecideReferral, resource)).await?.ok_or(ActionError::NotGiven)?;
    ctx.detail(serde_json::json!({ "referral": at.0.0, "given_to": to.0 }));
    let now = ctx.now();
    if !store::save_owner(&mut ctx.tx, ctx.area_id, &permit, (at.1, to), now).await? {
        return Err(ActionError::Changed);
    }
    if let (Some(from), true) = (referral.owner_id, matches!(referral.state, State::Waiting | State::Started)) {
        // Whoever took it on works with them for it: so does whoever has it now, and the one before for nothing else.
        handing::origin(ctx, at.0.0, (from, to)).await?;
    }
    let said = if words.is_empty() { format!("To {name}") } else { format!("To {name}. {words}") };
    actions::event(ctx, area, at.0, (EventKind::Given, &said)).await
}

fn needed(what: &'static str, typed: &str) -> Result<String, ActionError> {
    text::note(typed, rules::WORDS_MAX).map_err(|e| ActionError::Text(what, e))
}

fn from_today(ctx: &Ctx, on: Date) -> Result<(), ActionError> {
    if on < ctx.clock.today() { Err(StepRule::InThePast.into()) } else { Ok(()) }
}
