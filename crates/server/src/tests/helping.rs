//! What helping a family does in a random history, and what of it somebody may not know: leads, plans, levels, visits, what is agreed.

use super::unseen::{ACTORS, Step, is_hidden};
use access::{Act, Ctx};
use families::facts::{self, FactId, Kind, NewFact};
use families::family::{self, FamilyId};
use families::people::{self, PersonId};
use frontline::closings::{self, NewClosing};
use frontline::contingencies::{self, NewContingency};
use frontline::contracts::{self, NewAnswer, NewContract};
use frontline::leads::{self, HandoverId, NewHandover};
use frontline::levels::{self, NewJudgement, Told};
use frontline::meetings::{self, MeetingId, NewMeeting};
use frontline::notices;
use frontline::notices::notice::{NewSafeContact, Safe};
use frontline::plans::enforcement::{self, Measure, NewBreach, NewMeasure};
use frontline::plans::said::{self, About, Eyes, NewSaid, SaidKind};
use frontline::plans::{self, EntryId, NewAction, Side};
use frontline::referrals::{self, between};
use frontline::visits::{self, Met, Next, Outcome, VisitId, Way};
use frontline::ways::{self, Approach, Says};
use testkit::TestWorld;
use testkit::unseen::{self, Unseen};

/// Does one step, as far as the rules let the actor.
pub(super) async fn take(ctx: &mut Ctx, w: &TestWorld, persons: &[PersonId], step: &Step) -> Option<()> {
    match step {
        Step::Meet(_, p, o, to) => meet(ctx, w, (persons[*p], persons[*o]), ACTORS[*to]).await,
        Step::Turn(_, p, how) => turn(ctx, w, persons[*p], *how).await,
        Step::Promise(_, p, agrees) => promise(ctx, w, persons[*p], *agrees).await,
        Step::Close(_, p, how) => close(ctx, w, persons[*p], *how).await,
        Step::IfWorse(_, p, o, is_private) => if_worse(ctx, w, (persons[*p], persons[*o]), *is_private).await,
        Step::Level(_, p, level) => judge(ctx, w, persons[*p], *level).await,
        Step::Visit(_, p, o, state) => visit(ctx, (persons[*p], persons[*o]), *state).await,
        Step::Plan(_, p, o, is_private) => plan(ctx, w, (persons[*p], persons[*o]), *is_private).await,
        step => hand_over(ctx, w, persons, step).await,
    }
}

/// Offers the lead of somebody's family, or answers the first offer there is.
async fn hand_over(ctx: &mut Ctx, w: &TestWorld, persons: &[PersonId], step: &Step) -> Option<()> {
    match step {
        Step::Offer(_, p, to) => {
            let family = family::around(ctx, persons[*p]).await.ok()?.first()?.family.id;
            let new = NewHandover { to: w.actor(ACTORS[*to]).id, words: "Ring first".to_owned(), over_words: String::new() };
            leads::offer(ctx, &w.area, (persons[*p], family), new).await.ok().map(|_| ())
        }
        Step::Answer(_, accepts) => {
            let me = ctx.actor.id;
            let offered = leads::offered_to(ctx, &[me]).await.ok()?.into_iter().next()?;
            leads::answer(ctx, &w.area, (offered.id, offered.version), (*accepts, "So be it")).await.ok().map(|_| ())
        }
        _ => None,
    }
}

/// Arranges a meeting with another of the family and somebody who helps them; where one is planned, says that one comes, or writes it down.
async fn meet(ctx: &mut Ctx, w: &TestWorld, (person, other): (PersonId, PersonId), to: &str) -> Option<()> {
    let family = family::around(ctx, person).await.ok()?.first()?.family.id;
    let planned = meetings::of_family(ctx, family).await.ok()?.into_iter().find(|one| one.state == meetings::State::Planned);
    let Some(meeting) = planned else {
        let new = NewMeeting {
            on: "2026-11-02".parse().unwrap(),
            time: "14:00".to_owned(),
            place: "The library".to_owned(),
            about: format!("How it goes with {person}"),
            practitioners: vec![w.actor(to).id],
            people: vec![person, other],
        };
        return meetings::arrange(ctx, (person, family), new).await.ok().map(|_| ());
    };
    if meetings::answer(ctx, (meeting.id, meeting.version), (true, "With pleasure")).await.is_ok() {
        return Some(());
    }
    let minutes = meetings::Minutes {
        held_on: "2026-11-02".parse().unwrap(),
        practitioners: meeting.invited.iter().map(|one| one.id).collect(),
        people: vec![other],
        others: String::new(),
        words: format!("They spoke of {other}"),
        progress: Vec::new(),
        actions: Vec::new(),
        new: Vec::new(),
        next_on: "2026-12-01".parse().unwrap(),
        next_time: None,
    };
    meetings::minute(ctx, &w.area, (meeting.id, meeting.version), minutes).await.ok().map(|_| ())
}

/// Takes a step of the first referral for somebody that the actor may read: asks back, answers, passes it on, accepts it.
async fn turn(ctx: &mut Ctx, w: &TestWorld, person: PersonId, how: usize) -> Option<()> {
    let referral = referrals::actions::of_people(ctx, &[person]).await.ok()?.into_iter().next()?.referral;
    let at = (referral.id, referral.version);
    let words = format!("About {person}");
    match how {
        0 => between::ask_back(ctx, &w.area, at, &words).await.ok(),
        1 => between::reply(ctx, &w.area, at, (&words, &[])).await.ok(),
        2 => between::pass_on(ctx, &w.area, at, ("family_help", "Their aunt", &words)).await.ok().map(|_| ()),
        _ => referrals::accept(ctx, &w.area, at.0, at.1).await.ok(),
    }
}

/// Asks somebody which way is safe, and sends them a link to the contract.
async fn send_link(
    ctx: &mut Ctx,
    w: &TestWorld,
    at: ((PersonId, FamilyId), contracts::ContractId),
    whom: PersonId,
) -> Option<()> {
    let (_, permit) = people::open(ctx, Act::RecordContact, whom).await.ok()?;
    let email = facts::record(ctx, &permit, NewFact::plain(whom, Kind::Email, "", "somebody@example.org")).await.ok()?;
    let said = NewSafeContact { safe: Safe::Email, fact: Some(email), from_hour: 0, to_hour: 24, words: String::new() };
    notices::safe::say(ctx, &w.area, whom, said).await.ok()?;
    contracts::links::send(ctx, &w.area, at, whom).await.ok().map(|_| ())
}

/// Makes a contract of everything in the plan of somebody's family; where there is one, its first party answers.
async fn promise(ctx: &mut Ctx, w: &TestWorld, person: PersonId, agrees: bool) -> Option<()> {
    let family = family::around(ctx, person).await.ok()?.first()?.family.id;
    let of = (person, family);
    let opened = contracts::load(ctx, of).await.ok()?;
    if let Some(read) = opened.current() {
        let party = read.parties().into_iter().next()?;
        if let (contracts::Party::Person(whom), false) = (party, agrees) {
            return send_link(ctx, w, (of, read.contract.id), whom).await;
        }
        let new =
            NewAnswer { party, agrees, way: contracts::Way::Said, words: format!("So says {person}"), signature: String::new() };
        return contracts::answer(ctx, (of, read.contract.id), new).await.ok();
    }
    let plan = plans::load(ctx, of).await.ok()?;
    let class = plans::rules::class_of(None, false, ctx.actor.sensitive);
    // Both sides promise something.
    for doer in [None, Some(person)] {
        let new = NewAction {
            person,
            need: None,
            words: format!("What was promised for {person}"),
            side: Side::Support,
            owner: ctx.actor.id,
            doer,
            volunteer: String::new(),
            by_on: "2026-12-24".parse().unwrap(),
            is_private: false,
        };
        plans::add(ctx, of, new).await.ok()?;
    }
    let written = plans::load(ctx, of).await.ok()?.entries;
    let can = written.iter().filter(|entry| contracts::rules::can_be_promised(entry, class));
    let promises = can.map(|entry| entry.id).filter(|id| !plan.entries.iter().any(|entry| entry.id == *id) || agrees).collect();
    let new = NewContract { before: None, promises, if_family: "We talk".to_owned(), if_agencies: "Ring us".to_owned() };
    contracts::make(ctx, &w.area, of, new).await.ok().map(|_| ())
}

/// Asks to end support for somebody's family, answers what was asked, or begins it again.
async fn close(ctx: &mut Ctx, w: &TestWorld, person: PersonId, how: usize) -> Option<()> {
    let around = family::around(ctx, person).await.ok()?.into_iter().next()?;
    let of = (person, around.family.id);
    if how == 3 {
        let next = ("Ring them", "2026-12-01".parse().unwrap());
        return closings::begin_again(ctx, of, around.family.version, next, next.1).await.ok();
    }
    if how == 2 {
        let opened = closings::load(ctx, of).await.ok()?;
        let waiting = opened.waiting()?;
        return closings::answer(ctx, &w.area, (waiting.id, waiting.version), (true, "So be it")).await.ok().map(|_| ());
    }
    if how == 1 {
        // Whoever was not reached was tried first.
        for _ in 0..3 {
            visit(ctx, (person, person), 2).await?;
        }
    }
    let new = NewClosing {
        reason: ["reached", "not_reached"][how].to_owned(),
        words: format!("It goes well with {person}"),
        goes_on: "Their aunt".to_owned(),
        differently: "We met elsewhere".to_owned(),
        told: Told::Agreed,
        told_words: String::new(),
    };
    closings::ask(ctx, &w.area, of, new).await.ok().map(|_| ())
}

/// Agrees on what is done if another of the family becomes unwell.
async fn if_worse(ctx: &mut Ctx, w: &TestWorld, (person, other): (PersonId, PersonId), is_private: bool) -> Option<()> {
    let family = family::around(ctx, person).await.ok()?.first()?.family.id;
    let new = NewContingency {
        person: other,
        situation: "unwell".to_owned(),
        who_does: format!("Somebody for {other}"),
        call_first: "Their aunt".to_owned(),
        children_know: String::new(),
        agreed_with: String::new(),
        is_private,
    };
    contingencies::agree(ctx, &w.area, (person, family), new).await.ok()?;
    // And how the other of them is best met, in the place of what the actor can read of it.
    let opened = ways::load(ctx, (person, family)).await.ok()?;
    let last = opened.ways.iter().find(|one| one.person == other).map(|one| one.id);
    let says = Says::Approach(Approach { trusted: format!("Whoever knows {person}"), ..Approach::default() });
    ways::agree(ctx, &w.area, (person, family), (other, last), (says, is_private)).await.ok().map(|_| ())
}

/// Judges the level of somebody's family, by everything that is known.
async fn judge(ctx: &mut Ctx, w: &TestWorld, person: PersonId, level: usize) -> Option<()> {
    let family = family::around(ctx, person).await.ok()?.first()?.family.id;
    let opened = levels::load(ctx, (person, family)).await.ok()?;
    let evidence = opened.facts.iter().filter(|fact| levels::actions::EVIDENCE.contains(&fact.new.kind)).map(|fact| fact.id);
    let new = NewJudgement {
        level: w.area.levels[level].id.clone(),
        reason: "So it looks".to_owned(),
        told: Told::Agreed,
        told_words: String::new(),
        evidence: evidence.collect(),
        lead: None,
    };
    let last = opened.judgements.last().map(|one| one.id);
    levels::judge(ctx, &w.area, ((person, family), last), new).await.ok().map(|_| ())
}

/// Plans a visit to two of a family, or says what came of one; what was missed is tried again.
async fn visit(ctx: &mut Ctx, (person, other): (PersonId, PersonId), state: usize) -> Option<()> {
    let on = "2026-12-01".parse().unwrap();
    let next = Next { way: Way::Home, owner: ctx.actor.id, on, time: String::new(), approach: "Ring first".to_owned() };
    if state == 0 {
        // Planned through one about another: both tell of it.
        let new = visits::Plan { person, people: vec![other], next, is_private: false };
        return visits::plan(ctx, new).await.ok().map(|_| ());
    }
    let state = [visits::State::Done, visits::State::Missed, visits::State::Refused][state - 1];
    let met = |person| Met { person, is_met: true, view: String::new() };
    let (people, happened_on) = (vec![met(person), met(other)], "2026-11-02".parse().unwrap());
    let words = format!("A visit to {person} and {other}");
    let next = state.is_tried_again().then_some(next);
    let outcome = Outcome { way: Way::Home, state, happened_on, words, people, next };
    visits::record(ctx, person, outcome, ctx.actor.agency.len().is_multiple_of(2)).await.ok().map(|_| ())
}

/// Writes in the plan of somebody's family: an action for what is hard, which another of them does, or why it is left for now.
async fn plan(ctx: &mut Ctx, w: &TestWorld, (person, other): (PersonId, PersonId), is_private: bool) -> Option<()> {
    let family = family::around(ctx, person).await.ok()?.first()?.family.id;
    plans::begin(ctx, &w.area, (person, family)).await.ok()?;
    let opened = plans::load(ctx, (person, family)).await.ok()?;
    let need = opened.needs().next().map(|fact| fact.id);
    if let (Some(need), true, false) = (need, person == other, is_private) {
        return plans::leave(ctx, (person, family), (need, "Later")).await.ok();
    }
    let new = NewAction {
        person,
        need,
        words: format!("Something for {person}"),
        side: Side::Support,
        owner: ctx.actor.id,
        doer: opened.people().contains(&other).then_some(other),
        volunteer: String::new(),
        by_on: "2026-12-24".parse().unwrap(),
        is_private,
    };
    plans::add(ctx, (person, family), new).await.ok()?;
    let about = need.filter(|_| is_private).map_or(About::Person(person), About::Need);
    let eyes = if opened.people().contains(&other) { Eyes::Family(other) } else { Eyes::Author };
    let (words, on) = (format!("{other} says how {person} does"), ctx.clock.today());
    let new = NewSaid { kind: SaidKind::Progress, about, eyes, scale: "better".to_owned(), words, on, is_private: false };
    said::actions::say(ctx, &w.area, (person, family), new).await.ok()?;
    enforce(ctx, w, (person, family), (other, need)).await
}

/// Writes what holds the other of a family to something, and that it was not kept.
async fn enforce(
    ctx: &mut Ctx,
    w: &TestWorld,
    of: (PersonId, FamilyId),
    (other, need): (PersonId, Option<FactId>),
) -> Option<()> {
    let (today, by_on) = (ctx.clock.today(), "2026-12-24".parse().unwrap());
    let measure = Measure {
        kind: "parenting_contract".to_owned(),
        authority: format!("Whoever knows {other}"),
        from_on: today,
        if_not: "We meet".to_owned(),
    };
    let (terms, owner) = (format!("{other} is there"), ctx.actor.id);
    let new = NewMeasure { person: other, need, terms, measure, until_on: by_on, owner, is_private: false };
    let held = enforcement::actions::hold(ctx, &w.area, of, new).await.ok()?;
    let (words, answer) = (format!("{other} was not there"), format!("Somebody goes with {other}"));
    let new = NewBreach { happened_on: today, words, answer, owner, by_on };
    enforcement::actions::not_kept(ctx, (of, held), new).await.ok().map(|_| ())
}

/// Returns what is agreed for when things get worse, as far as the viewer may read it, through whomever they open.
async fn agreed_read_by(w: &TestWorld, ctx: &mut Ctx) -> Vec<uuid::Uuid> {
    let mut agreed = Vec::new();
    for person in unseen::ids_of(w, "person").await.into_iter().map(PersonId) {
        for family in unseen::ids_of(w, "family").await.into_iter().map(FamilyId) {
            if let Ok(opened) = contingencies::load(ctx, (person, family)).await {
                agreed.extend(opened.agreed.iter().map(|one| one.id.0));
            }
        }
    }
    agreed
}

/// Returns what the viewer may read of how people are worked with.
async fn ways_read_by(w: &TestWorld, ctx: &mut Ctx) -> Vec<uuid::Uuid> {
    let people: Vec<PersonId> = unseen::ids_of(w, "person").await.into_iter().map(PersonId).collect();
    ways::of_people(ctx, &people).await.unwrap().iter().map(|one| one.id.0).collect()
}

/// Returns what is said of plans that the viewer may read.
async fn said_read_by(w: &TestWorld, ctx: &mut Ctx) -> Vec<uuid::Uuid> {
    let people: Vec<PersonId> = unseen::ids_of(w, "person").await.into_iter().map(PersonId).collect();
    said::actions::of_people(ctx, &people).await.unwrap().iter().map(|one| one.id.0).collect()
}

/// Returns the judgements that the viewer may read.
async fn levels_read_by(w: &TestWorld, ctx: &mut Ctx) -> Vec<uuid::Uuid> {
    let people: Vec<PersonId> = unseen::ids_of(w, "person").await.into_iter().map(PersonId).collect();
    levels::of_people(ctx, &people).await.unwrap().iter().map(|one| one.id.0).collect()
}

/// Returns the endings of support that the viewer may read.
async fn closings_read_by(w: &TestWorld, ctx: &mut Ctx) -> Vec<uuid::Uuid> {
    let people: Vec<PersonId> = unseen::ids_of(w, "person").await.into_iter().map(PersonId).collect();
    closings::of_people(ctx, &people).await.unwrap().iter().map(|one| one.id.0).collect()
}

/// Returns the contracts that the viewer may read.
async fn contracts_read_by(w: &TestWorld, ctx: &mut Ctx) -> Vec<uuid::Uuid> {
    let people: Vec<PersonId> = unseen::ids_of(w, "person").await.into_iter().map(PersonId).collect();
    contracts::of_people(ctx, &people).await.unwrap().iter().map(|one| one.contract.id.0).collect()
}

/// Returns what the viewer may not know of how families are helped.
pub(super) async fn unseen_by(w: &TestWorld, ctx: &mut Ctx) -> Vec<Unseen> {
    let mut unseen = Vec::new();
    for id in unseen::ids_of(w, "plan_entry").await {
        if is_hidden(&plans::actions::load_entry(ctx, EntryId(id)).await) {
            unseen.push(Unseen::PlanEntry(id));
        }
    }
    for id in unseen::ids_of(w, "visit").await {
        if is_hidden(&visits::load(ctx, VisitId(id)).await) {
            unseen.push(Unseen::Visit(id));
        }
    }
    let agreed = agreed_read_by(w, ctx).await;
    for id in unseen::ids_of(w, "contingency").await {
        if !agreed.contains(&id) {
            unseen.push(Unseen::Contingency(id));
        }
    }
    let readable = ways_read_by(w, ctx).await;
    for id in unseen::ids_of(w, "way").await {
        if !readable.contains(&id) {
            unseen.push(Unseen::Way(id));
        }
    }
    let readable = said_read_by(w, ctx).await;
    for id in unseen::ids_of(w, "plan_said").await {
        if !readable.contains(&id) {
            unseen.push(Unseen::Said(id));
        }
    }
    let readable = levels_read_by(w, ctx).await;
    for id in unseen::ids_of(w, "level_judgement").await {
        if !readable.contains(&id) {
            unseen.push(Unseen::Judgement(id));
        }
    }
    for id in unseen::ids_of(w, "meeting").await {
        if is_hidden(&meetings::load(ctx, MeetingId(id)).await) {
            unseen.push(Unseen::Meeting(id));
        }
    }
    let readable = contracts_read_by(w, ctx).await;
    for id in unseen::ids_of(w, "contract").await {
        if !readable.contains(&id) {
            unseen.push(Unseen::Contract(id));
        }
    }
    let readable = closings_read_by(w, ctx).await;
    for id in unseen::ids_of(w, "closing").await {
        if !readable.contains(&id) {
            unseen.push(Unseen::Closing(id));
        }
    }
    for id in unseen::ids_of(w, "handover").await {
        if is_hidden(&leads::load(ctx, HandoverId(id)).await) {
            unseen.push(Unseen::Handover(id));
        }
    }
    unseen
}
