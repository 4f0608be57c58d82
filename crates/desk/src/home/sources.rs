//! Where what people have to do comes from: each part of the work is asked once for everybody whose it may be.

use super::tasks::{Due, Words};
use crate::skills::{self, skill};
use access::{AccessError, Ctx, PractitionerId, Role};
use area::Area;
use families::family::{self, FamilyId};
use families::people::PersonId;
use frontline::referrals::pages::unnamed;
use frontline::services::line::is_old;
use frontline::{closings, contacts, contracts, leads, levels, meetings, offline, plans, referrals, visits};
use kernel::{Date, british, clock};
use processes::{agreements, brokering, requests, sharing, shielding, signals};
use std::collections::BTreeMap;
use store::owed::Owed;

type Found = Result<Vec<Due>, AccessError>;

/// What falls to somebody now and then: whether there is any of it is asked at once, and only what is there is asked for.
const NOW_AND_THEN: [Owed; 15] = [
    referrals::QUESTIONS,
    referrals::TO_TELL,
    contacts::OWED,
    signals::OWED,
    leads::OFFERED,
    leads::ANSWERED,
    contracts::OWED,
    closings::TO_ANSWER,
    closings::NEWS,
    requests::OWED,
    sharing::OWED,
    agreements::OWED,
    brokering::OWED,
    meetings::OWED,
    offline::OWED,
];

/// Whose work is looked for, and what there is none of. That there is some tells the actor nothing: they are shown what they may know of.
struct Sought<'a> {
    owners: &'a [PractitionerId],
    none: Vec<Owed>,
}

impl<'a> Sought<'a> {
    async fn of(ctx: &mut Ctx, owners: &'a [PractitionerId]) -> Result<Self, AccessError> {
        let there = store::owed::any(&mut ctx.tx, ctx.area_id, owners.iter().copied(), &NOW_AND_THEN).await?;
        let none = NOW_AND_THEN.into_iter().zip(there).filter(|(_, is_there)| !is_there);
        Ok(Self { owners, none: none.map(|(owed, _)| owed).collect() })
    }

    /// Returns whose work of a kind is to be asked for: nobody's where there is none.
    fn whose(&self, owed: Owed) -> Option<&'a [PractitionerId]> {
        (!self.none.contains(&owed)).then_some(self.owners)
    }
}

/// Asks for the work of a kind, where there is any.
macro_rules! each {
    ($ctx:ident, $sought:ident, $owed:expr, $ask:path) => {
        match $sought.whose($owed) {
            Some(whose) => $ask($ctx, whose).await?,
            None => Vec::new(),
        }
    };
}

/// Returns everything that any of these has to do, and the families that they lead for, as far as the actor may know of it.
pub(super) async fn all(ctx: &mut Ctx, area: &Area, owners: &[PractitionerId]) -> Result<(Vec<Due>, Vec<Led>), AccessError> {
    let sought = Sought::of(ctx, owners).await?;
    let (mut due, led) = dated_of(ctx, area, &sought).await?;
    due.extend(of_visits(ctx, owners).await?);
    due.extend(of_meetings(ctx, &sought).await?);
    due.extend(of_training(ctx, area, owners).await?);
    due.extend(of_places(ctx, area, owners).await?);
    due.extend(of_notes(ctx, &sought).await?);
    Ok((due, led))
}

/// Returns what somebody waits for that others have not answered, besides referrals: leads that they offered, and what they asked of other agencies.
pub(super) async fn waiting(ctx: &mut Ctx, who: PractitionerId) -> Found {
    let (today, mine) = (ctx.clock.today(), [who]);
    let there = store::owed::any(&mut ctx.tx, ctx.area_id, mine, &[leads::WAITING, requests::WAITING]).await?;
    let mut due = Vec::new();
    let by = |on| format!("Answer due by {}", british::day(on));
    if there[0] {
        for offered in leads::offered_by(ctx, &mine).await? {
            let words = format!("{} has not answered yet: the lead for {}", offered.to_name, offered.family_name);
            let on = offered.answer_by;
            due.push(Due::by((who, on), words, format!("/handovers/{}", offered.id), (by(on), today)));
        }
    }
    if there[1] {
        for asked in requests::actions::waiting_of(ctx, &mine).await? {
            let (agency, on) = (asked.to_agency, asked.answer_by);
            let words =
                Words::about(asked.new.person, move |name| format!("{agency} has not answered yet: what it knows of {name}"));
            due.push(Due::by((who, on), words, format!("/share-requests/{}", asked.id), (by(on), today)));
        }
    }
    due.sort_by_key(|due| due.on);
    Ok(due)
}

/// Returns what any of these has to do besides visits, meetings and training, each with its day, as far as the actor may know of it.
pub(crate) async fn dated(ctx: &mut Ctx, area: &Area, owners: &[PractitionerId]) -> Found {
    let sought = Sought::of(ctx, owners).await?;
    Ok(dated_of(ctx, area, &sought).await?.0)
}

async fn dated_of(ctx: &mut Ctx, area: &Area, sought: &Sought<'_>) -> Result<(Vec<Due>, Vec<Led>), AccessError> {
    let (owners, today) = (sought.owners, ctx.clock.today());
    let mut due = of_referrals(ctx, area, sought).await?;
    due.extend(of_contacts(ctx, sought).await?);
    let led = led_by(ctx, area, owners).await?;
    due.extend(due_of(&led, (ctx.actor.id, today)));
    due.extend(of_signals(ctx, area, sought).await?);
    due.extend(of_shields(ctx, owners).await?);
    due.extend(of_leads(ctx, sought).await?);
    due.extend(of_contracts(ctx, sought).await?);
    due.extend(of_closings(ctx, sought).await?);
    due.extend(of_plans(ctx, owners).await?);
    due.extend(of_sharing(ctx, area, sought).await?);
    Ok((due, led))
}

/// Returns the referrals to answer, those whose service asks the sender for more, and those whose person is to be told.
async fn of_referrals(ctx: &mut Ctx, area: &Area, sought: &Sought<'_>) -> Found {
    let today = ctx.clock.today();
    let mut due = Vec::new();
    for one in referrals::actions::owned_by(ctx, sought.owners).await? {
        let shown = unnamed(area, &one, today);
        let words = Words::about(one.person, move |name| format!("{} for {name}: {}", shown.service, shown.state));
        let link = format!("/referrals/{}", one.id);
        due.extend(one.owner_id.map(|whose| Due { whose, on: one.next_on, words, link, due: shown.due, late: shown.late }));
    }
    let asked = each!(ctx, sought, referrals::QUESTIONS, referrals::actions::asked_back_of);
    for one in asked {
        let shown = unnamed(area, &one, today);
        let words = Words::about(one.person, move |name| format!("{} asks for more about {name}: answer", shown.service));
        let link = format!("/referrals/{}", one.id);
        due.push(Due { whose: one.sender_id, on: one.next_on, words, link, due: shown.due, late: shown.late });
    }
    let untold = each!(ctx, sought, referrals::TO_TELL, referrals::telling::to_tell);
    for (one, notice) in untold {
        let shown = unnamed(area, &one, today);
        let what = format!("{}, {}", shown.service, shown.state.to_lowercase());
        let words = Words::about(one.person, move |name| format!("Tell {name}: {what}"));
        let (by, link) = (format!("By {}", british::day(notice.tell_by)), format!("/referrals/{}#told", one.id));
        due.push(Due::by((notice.owner_id, notice.tell_by), words, link, (by, today)));
    }
    Ok(due)
}

/// Returns the contacts without an outcome.
async fn of_contacts(ctx: &mut Ctx, sought: &Sought<'_>) -> Found {
    let today = ctx.clock.today();
    let of = |contact: contacts::Contact| {
        let due = contact.next_on.map_or_else(String::new, |on| format!("Outcome due by {}", british::day(on)));
        let late = contact.next_on.is_some_and(|on| on < today);
        let from = if contact.handed_by.is_empty() { String::new() } else { format!(", passed on by {}", contact.handed_by) };
        let words = Words::about(contact.person, move |name| format!("Contact about {name}{from}: bring it to an outcome"));
        Some(Due { whose: contact.owner_id?, on: contact.next_on, words, link: format!("/contacts/{}", contact.id), due, late })
    };
    Ok(each!(ctx, sought, contacts::OWED, contacts::actions::owned_by).into_iter().filter_map(of).collect())
}

/// A family that somebody leads for, at a glance.
#[derive(Clone, Debug)]
pub(super) struct Led {
    /// Who leads.
    pub(super) lead: PractitionerId,
    id: FamilyId,
    /// What it is called.
    pub(super) name: String,
    /// A member whom the actor may find, to reach it by.
    pub(super) through: PersonId,
    /// The name of its level of need; empty where none is judged.
    pub(super) level: String,
    /// What comes next, and by when.
    pub(super) next: (String, Date),
    /// By when the plan is looked at together, or begun, and which of the two; nothing where its level asks for none.
    pub(super) plan: Option<(Date, &'static str)>,
    /// By when they find somebody to lead; nothing where they lead.
    pub(super) lead_by: Option<Date>,
}

/// Returns the families that any of these leads for, as far as the actor may know of them, whichever comes next first.
async fn led_by(ctx: &mut Ctx, area: &Area, leads: &[PractitionerId]) -> Result<Vec<Led>, AccessError> {
    let open: BTreeMap<FamilyId, _> = plans::to_review(ctx, leads).await?.into_iter().map(|plan| (plan.family, plan)).collect();
    let led: Vec<_> = family::owned_by(ctx, leads).await?.into_iter().filter_map(|(one, person)| Some((one, person?))).collect();
    let levels = levels::current_of(ctx, &led.iter().map(|(one, _)| one.id).collect::<Vec<_>>()).await?;
    let levels: BTreeMap<FamilyId, _> = levels.into_iter().map(|one| (one.family, one)).collect();
    let of = |(family, through): (family::Family, PersonId)| {
        let judged = levels.get(&family.id);
        let level = judged.and_then(|judged| area.levels.iter().find(|level| level.id == judged.level));
        let plan = match open.get(&family.id) {
            Some(open) => Some((open.review_on, "look at the plan together")),
            None => level
                .zip(judged)
                .and_then(|(level, judged)| Some((levels::rules::plan_by(level, judged, &area.holidays)?, "begin the plan"))),
        };
        Led {
            lead: family.owner_id,
            id: family.id,
            name: family.name,
            through,
            level: level.map_or_else(String::new, |level| level.name.clone()),
            next: (family.next_step, family.next_on),
            plan,
            lead_by: family.lead_by,
        }
    };
    Ok(led.into_iter().map(of).collect())
}

/// Returns what comes next for families: the next step, the plan that their level asks for, its review.
fn due_of(led: &[Led], (me, today): (PractitionerId, Date)) -> Vec<Due> {
    let mut due = Vec::new();
    for one in led {
        let mut add = |on, what: &str, link| {
            let by = format!("By {}", british::day(on));
            due.push(Due::by((one.lead, on), format!("{}: {what}", one.name), link, (by, today)));
        };
        if let Some((on, what)) = one.plan {
            add(on, what, format!("/people/{}/families/{}/plan", one.through, one.id));
        }
        if let Some(on) = one.lead_by {
            // Whoever covers or manages sees it in the plan.
            let page = if one.lead == me { "lead" } else { "plan" };
            add(on, "say who leads", format!("/people/{}/families/{}/{page}", one.through, one.id));
        }
        add(one.next.1, &one.next.0, format!("/people/{}", one.through));
    }
    due
}

/// Returns the changes in families that somebody is to look at.
async fn of_signals(ctx: &mut Ctx, area: &Area, sought: &Sought<'_>) -> Found {
    let today = ctx.clock.today();
    let of = |change: signals::Signal| {
        let what = signals::pages::words_of(area, &change).to_owned();
        let words = Words::about(change.person, move |name| format!("{what}: look at {name}"));
        let by = format!("Look by {}", british::day(change.due_on));
        Due::by((change.owner_id, change.due_on), words, format!("/signals/{}", change.id), (by, today))
    };
    Ok(each!(ctx, sought, signals::OWED, signals::owned_by).into_iter().map(of).collect())
}

/// Returns the shields to decide about; one that nobody decided in time is its owner's and that of whoever looks and may decide.
async fn of_shields(ctx: &mut Ctx, owners: &[PractitionerId]) -> Found {
    let (me, today) = (ctx.actor.id, ctx.clock.today());
    let shields = shielding::owned_by(ctx, owners).await?;
    let mut due = Vec::new();
    for task in &shields {
        let is_whose = |one: &PractitionerId| *one == task.owner_id || (*one == me && task.due_on < today);
        for whose in owners.iter().filter(|one| is_whose(one)) {
            let by = format!("Decide by {}", british::day(task.due_on));
            let words = Words::about(task.person, |name| format!("A shield around {name}: is it needed?"));
            due.push(Due::by((*whose, task.due_on), words, format!("/shield-tasks/{}", task.id), (by, today)));
        }
    }
    Ok(due)
}

/// Returns the leads that are offered, and what was answered to offers.
async fn of_leads(ctx: &mut Ctx, sought: &Sought<'_>) -> Found {
    let today = ctx.clock.today();
    let mut due = Vec::new();
    let offered = each!(ctx, sought, leads::OFFERED, leads::offered_to);
    for offered in offered {
        let words = format!("{} offers the lead for {}", offered.offered_by, offered.family_name);
        let by = format!("Answer by {}", british::day(offered.answer_by));
        due.push(Due::by((offered.to, offered.answer_by), words, format!("/handovers/{}", offered.id), (by, today)));
    }
    let answered = each!(ctx, sought, leads::ANSWERED, leads::answered_to);
    for answered in answered {
        let what = if answered.state == leads::State::Accepted { "accepted" } else { "declined" };
        let words = format!("{} {what} the lead for {}", answered.to_name, answered.family_name);
        due.push(Due::news((answered.offered_by_id, today), words, format!("/handovers/{}", answered.id)));
    }
    Ok(due)
}

/// Returns the contracts that wait for what somebody says for their agency, or for a lead to see that everybody agrees.
async fn of_contracts(ctx: &mut Ctx, sought: &Sought<'_>) -> Found {
    let today = ctx.clock.today();
    let of = |(whose, one): (PractitionerId, contracts::Waiting)| {
        let is_asked = one.promises.iter().any(|promise| promise.doer.is_none() && promise.owner_id == whose);
        let what = if is_asked { "say whether you agree to the contract" } else { "not everybody agrees to the contract yet" };
        let link = format!("/people/{}/families/{}/contract", one.through, one.family.id);
        let on = one.contract.agree_by;
        let by = format!("By {}", british::day(on));
        Due::by((whose, on), format!("{}: {what}", one.family.name), link, (by, today))
    };
    Ok(each!(ctx, sought, contracts::OWED, contracts::waiting_for).into_iter().map(of).collect())
}

/// Returns where somebody is to agree that support ends, and what they are told of families' support.
async fn of_closings(ctx: &mut Ctx, sought: &Sought<'_>) -> Found {
    let today = ctx.clock.today();
    let mut tasks = Vec::new();
    let asked = each!(ctx, sought, closings::TO_ANSWER, closings::to_answer);
    for (whose, asked, name) in asked {
        let words = format!("{} asks to end support for {name}", asked.author);
        let words = words.into();
        let due = asked.decide_by.map_or_else(String::new, |on| format!("Answer by {}", british::day(on)));
        let link = format!("/people/{}/families/{}/closing", asked.person, asked.family);
        let late = asked.decide_by.is_some_and(|on| on < today);
        tasks.push(Due { whose, on: asked.decide_by, words, link, due, late });
    }
    let news = each!(ctx, sought, closings::NEWS, closings::news_of);
    for (whose, news, family, through) in news {
        let link = format!("/people/{through}/families/{}/closing", family.id);
        tasks.push(Due::news((whose, today), format!("{}: {}", family.name, news.words()), link));
    }
    Ok(tasks)
}

/// Returns the open actions of families' plans.
async fn of_plans(ctx: &mut Ctx, owners: &[PractitionerId]) -> Found {
    let today = ctx.clock.today();
    let of = |action: plans::ToDo| {
        let (due, link) = (format!("By {}", british::day(action.by_on)), format!("/plan-actions/{}", action.id));
        let what = action.words;
        let words = match action.doer {
            Some(doer) => Words::about(doer, move |name| format!("Ask {name} how it goes: {what}")),
            None if !action.volunteer.is_empty() => {
                let volunteer = action.volunteer;
                Words::about(action.person, move |name| format!("Ask {volunteer} how it goes for {name}: {what}"))
            }
            None => Words::about(action.person, move |name| format!("For {name}: {what}")),
        };
        Due::by((action.owner_id, action.by_on), words, link, (due, today))
    };
    Ok(plans::owned_by(ctx, owners).await?.into_iter().map(of).collect())
}

/// Returns the visits to make.
async fn of_visits(ctx: &mut Ctx, owners: &[PractitionerId]) -> Found {
    let today = ctx.clock.today();
    let of = |visit: visits::Visit| {
        let (whose, on, late) = (visit.owner_id, Some(visit.planned_on), visit.is_late(today));
        let due = visits::pages::when(visit.planned_on, &visit.planned_time);
        let (link, people) = (format!("/visits/{}", visit.id), visit.people.iter().map(|met| met.person).collect());
        let words = Words::of(people, move |names| visits::pages::title_of(&visit, names));
        Due { whose, on, words, link, due, late }
    };
    Ok(visits::owned_by(ctx, owners).await?.into_iter().map(of).collect())
}

/// Returns the meetings that any of these convenes or is invited to; whoever convenes one writes it down.
async fn of_meetings(ctx: &mut Ctx, sought: &Sought<'_>) -> Found {
    let Some(who) = sought.whose(meetings::OWED) else { return Ok(Vec::new()) };
    let today = ctx.clock.today();
    let of = |meeting: &meetings::Meeting, name: &str, whose: PractitionerId| {
        let is_mine = meeting.convener_id == whose;
        let invited = meeting.invited.iter().find(|one| one.id == whose);
        let comes = invited.is_some_and(|one| one.answer != meetings::Answer::NotComing);
        // Whoever was invited has nothing to do once its day has passed.
        if !is_mine && (!comes || meeting.planned_on < today) {
            return None;
        }
        let is_asked = invited.is_some_and(|one| one.answer == meetings::Answer::Asked);
        let what = match (is_mine, meeting.planned_on <= today, is_asked) {
            (true, true, _) => "write the meeting down",
            (false, _, true) => "a meeting: say whether you come",
            _ => "a meeting",
        };
        let due = visits::pages::when(meeting.planned_on, &meeting.planned_time);
        let late = is_mine && meeting.is_late(today);
        let (words, link) = (format!("{name}: {what}").into(), format!("/meetings/{}", meeting.id));
        Some(Due { whose, on: Some(meeting.planned_on), words, link, due, late })
    };
    let planned = meetings::planned_for(ctx, who).await?;
    let each = planned.iter().flat_map(|(meeting, name)| who.iter().filter_map(move |whose| of(meeting, name, *whose)));
    Ok(each.collect())
}

/// Returns what training has ended or ends soon.
async fn of_training(ctx: &mut Ctx, area: &Area, who: &[PractitionerId]) -> Found {
    let (me, today) = (ctx.actor.id, ctx.clock.today());
    let of = |one: &skill::Skill| {
        let until = one.valid_until?;
        let link = if one.practitioner == me { "/skills" } else { "/team-training" };
        let words = format!("{}: arrange the training again", skill::words(area, one.kind, &one.code));
        let ends = format!("Ends on {}", british::day(until));
        Some(Due::by((one.practitioner, until), words, link.to_owned(), (ends, today)))
    };
    Ok(skills::ending_of(ctx, area, who).await?.iter().filter_map(of).collect())
}

/// Returns the notes from phones that wait to be written down: they are their author's alone.
async fn of_notes(ctx: &mut Ctx, sought: &Sought<'_>) -> Found {
    let Some(who) = sought.whose(offline::OWED) else { return Ok(Vec::new()) };
    let (me, today) = (ctx.actor.id, ctx.clock.today());
    let mut waiting: BTreeMap<PractitionerId, Vec<offline::Note>> = BTreeMap::new();
    for note in offline::waiting_for(ctx, who).await? {
        waiting.entry(note.author).or_default().push(note);
    }
    let by = |on| format!("By {}", british::day(on));
    let mut due = Vec::new();
    for (author, notes) in waiting {
        let Some(first) = notes.iter().map(|note| note.settle_by).min() else { continue };
        if author != me && !notes.iter().any(|note| note.author_left) {
            // That they wait is their manager's to know; what they say is not.
            let words = format!("Notes from their phone to write down: {}", notes.len());
            due.push(Due::by((author, first), words, "/not-seen".to_owned(), (by(first), today)));
            continue;
        }
        let whose = if author == me { "your phone" } else { "the phone of somebody who left" };
        due.extend(notes.into_iter().map(|note| {
            let words = format!("A note from {whose}, {}: write it down", british::moment(note.written_at));
            Due::by((author, note.settle_by), words, format!("/notes/{}", note.id), (by(note.settle_by), today))
        }));
    }
    Ok(due)
}

/// Returns that a manager's services have not said lately what places they have: families look for an open door by it.
async fn of_places(ctx: &mut Ctx, area: &Area, who: &[PractitionerId]) -> Result<Option<Due>, AccessError> {
    let (me, agency, area_id, today) = (ctx.actor.id, ctx.actor.agency_id, ctx.area_id, ctx.clock.today());
    if !who.contains(&me) || !ctx.actor.is(Role::TeamManager) {
        return Ok(None);
    }
    let services = directory::of_agency(&mut ctx.tx, area_id, agency).await?;
    let is_asked = |one: &&directory::Stored| {
        let said = one.capacity.as_ref();
        said.is_none_or(|said| is_old(area, clock::local_day(said.said_at), today))
    };
    let names: Vec<&str> = services.iter().filter(is_asked).map(|one| one.service.name.as_str()).collect();
    let words = format!("Say what places there are: {}", names.join(", "));
    let (link, due) = ("/services#own".to_owned(), "Not said lately".to_owned());
    Ok((!names.is_empty()).then(|| Due { whose: me, on: Some(today), words: words.into(), link, due, late: false }))
}

/// Returns what is to be done about sharing: requests to answer, advice to give, agreements to ask for again.
async fn of_sharing(ctx: &mut Ctx, area: &Area, sought: &Sought<'_>) -> Found {
    let today = ctx.clock.today();
    let asked = each!(ctx, sought, requests::OWED, requests::actions::owned_by);
    let left = each!(ctx, sought, sharing::OWED, sharing::tasks::owned_by);
    let again = each!(ctx, sought, agreements::OWED, agreements::owned_by);
    let messages = each!(ctx, sought, brokering::OWED, brokering::actions::owned_by);
    let mut due = Vec::new();
    let mut add = |whose: Option<PractitionerId>, on, words: Words, link| {
        let by = format!("By {}", british::day(on));
        due.extend(whose.map(|whose| Due::by((whose, on), words, link, (by, today))));
    };
    for one in &asked {
        let from = one.from_agency.clone();
        let words = Words::about(one.new.person, move |name| format!("{from} asks about {name}: decide what to tell them"));
        add(one.owner_id, one.answer_by, words, format!("/share-requests/{}", one.id));
    }
    for one in &left {
        let what = one.kind.words();
        let words = Words::about(one.person, move |name| format!("{what}: {name}"));
        add(Some(one.owner_id), one.due_on, words, one.address());
    }
    for one in &again {
        let until = one.new.until_on.unwrap_or(today);
        let about = agreements::pages::line(area, one, today).about.to_lowercase();
        let words = Words::about(one.new.person, move |name| format!("Ask {name} again: {about}"));
        add(one.owner_id, until, words, format!("/agreements/{}", one.id));
    }
    for one in &messages {
        let words = Words::about(one.person, |name| format!("Answer a message about {name}"));
        add(Some(one.owner_id), one.due_on, words, format!("/messages/{}", one.id));
    }
    Ok(due)
}
