//! What the story is made of: facts, contacts, referrals, what was agreed and shared, and who began and ended to work with them.

use ::store::journal::Outcome;
use access::{AgencyId, Ctx};
use area::Area;
use families::facts::{self, Fact, FactId, Kind, words};
use families::family;
use families::people::PersonId;
use families::search;
use frontline::plans::said::{Eyes, SaidKind, lines};
use frontline::plans::{self, EntryKind};
use frontline::{closings, contacts, contracts, levels, meetings, referrals, visits};
use kernel::{Date, Timestamp, british, clock, stored_words};
use processes::{agreements, sharing};
use serde::Serialize;
use std::collections::{BTreeMap, BTreeSet};
use web::PageError;

stored_words! {
    /// What an entry is about.
    About {
        Good = "good", Hard = "hard", Happened = "happened", Support = "support", Sharing = "sharing", Working = "working",
    }
}

impl About {
    /// Returns what it is about, in words.
    pub fn words(self) -> &'static str {
        match self {
            Self::Good => "What goes well, and hopes",
            Self::Hard => "What is hard",
            Self::Happened => "What happened, and contacts",
            Self::Support => "Support that was asked for",
            Self::Sharing => "What was agreed and shared",
            Self::Working => "Who works with them",
        }
    }

    fn of(kind: Kind) -> Option<Self> {
        match kind {
            Kind::Strength | Kind::Aspiration => Some(Self::Good),
            Kind::Need | Kind::Risk | Kind::Circumstance => Some(Self::Hard),
            Kind::Event | Kind::Narrative => Some(Self::Happened),
            Kind::Involvement => Some(Self::Working),
            Kind::Name
            | Kind::Birth
            | Kind::Sex
            | Kind::Address
            | Kind::Phone
            | Kind::Email
            | Kind::School
            | Kind::Identifier
            | Kind::Language
            | Kind::Relationship => None,
        }
    }
}

const KINDS: [Kind; 8] = [
    Kind::Strength,
    Kind::Aspiration,
    Kind::Need,
    Kind::Risk,
    Kind::Circumstance,
    Kind::Event,
    Kind::Narrative,
    Kind::Involvement,
];

/// More contacts than anybody has, so that a story leaves none out.
const CONTACTS_MAX: u32 = 10_000;
/// More visits than anybody has.
const VISITS_MAX: u32 = 10_000;

/// One thing that happened.
#[derive(Clone, Debug, Serialize)]
pub struct Entry {
    #[serde(skip)]
    order: (Date, Timestamp),
    #[serde(skip)]
    about: About,
    /// When it happened, in words.
    pub on: String,
    /// When it became known here, where that was another day.
    pub known: String,
    /// About whom.
    pub whom: String,
    /// What.
    pub words: String,
    /// Who says so: author, agency, and how they came to know it.
    pub source: String,
    /// What was put right since, and when.
    pub put_right: String,
    /// Where it is shown in full.
    pub link: String,
}

/// Whose story, and of what.
#[derive(Clone, Copy, Debug)]
pub struct Wanted {
    /// Through whom.
    pub focus: PersonId,
    /// Whether of everybody who belongs to them.
    pub is_whole: bool,
    /// Of one kind of entry, or of all.
    pub about: Option<About>,
    /// Whether the oldest comes first.
    pub is_oldest_first: bool,
}

/// Returns the story as far as the actor may read it.
///
/// Rule \[3.22\]: one dated story across agencies, each entry with who says so and how they know it; a correction is shown as one.
///
/// # Errors
/// [`PageError`] when the rules or the store fail.
pub async fn compose(ctx: &mut Ctx, area: &Area, wanted: Wanted) -> Result<Vec<Entry>, PageError> {
    let mut persons = vec![wanted.focus];
    if wanted.is_whole {
        let arounds = family::around(ctx, wanted.focus).await?;
        persons = family::circle(ctx, wanted.focus, &arounds).await?;
    }
    let names: BTreeMap<PersonId, String> = persons.iter().copied().zip(search::names_of(ctx, &persons).await?).collect();
    let known = facts::list_ever(ctx, &persons, &KINDS).await?;
    let mut entries = of_facts(area, ctx.actor.agency_id, &known, &names);
    for person in persons.iter().filter(|person| **person != wanted.focus) {
        // Whose story was told has been looked at.
        ctx.note("open_person", Outcome::Seen, Some(person.0), serde_json::json!({ "story_of": wanted.focus.0 }));
    }
    for person in &persons {
        let name = names.get(person).cloned().unwrap_or_default();
        entries.extend(of_work(ctx, area, (*person, &name)).await?);
        entries.extend(of_plans(ctx, (*person, &name)).await?);
        entries.extend(of_sharing(ctx, area, (*person, &name)).await?);
    }
    entries.extend(of_visits(ctx, &persons, &names).await?);
    entries.extend(of_said(ctx, area, (&persons, &known), &names).await?);
    entries.extend(of_levels(ctx, area, &persons, &names).await?);
    entries.extend(of_meetings(ctx, &persons).await?);
    entries.extend(of_contracts(ctx, &persons, &names).await?);
    entries.extend(of_closings(ctx, area, &persons, &names).await?);
    entries.retain(|entry| wanted.about.is_none_or(|about| about == entry.about));
    entries.sort_by_key(|entry| std::cmp::Reverse(entry.order));
    if wanted.is_oldest_first {
        entries.reverse();
    }
    Ok(entries)
}

fn entry(about: About, (on, at): (Date, Timestamp), whom: &str, words: String) -> Entry {
    let known = clock::local_day(at);
    Entry {
        order: (on, at),
        about,
        on: british::day(on),
        known: if known == on { String::new() } else { british::day(known) },
        whom: whom.to_owned(),
        words,
        source: String::new(),
        put_right: String::new(),
        link: String::new(),
    }
}

fn of_facts(area: &Area, own_agency: AgencyId, known: &[Fact], names: &BTreeMap<PersonId, String>) -> Vec<Entry> {
    let by_id: BTreeMap<FactId, &Fact> = known.iter().map(|fact| (fact.id, fact)).collect();
    let mut entries = Vec::new();
    for fact in known {
        let Some(about) = About::of(fact.new.kind) else { continue };
        let whom = names.get(&fact.new.person).cloned().unwrap_or_default();
        let recorded_on = clock::local_day(fact.recorded_at);
        if about == About::Working {
            entries.extend(of_involvement(fact, &whom));
            continue;
        }
        let Some(words) = words::sentence(area, fact) else { continue };
        let on = fact.new.holds_from.map_or(recorded_on, kernel::partial_date::PartialDate::earliest);
        let mut one = entry(about, (on, fact.recorded_at), &whom, words);
        if let Some(from) = fact.new.holds_from {
            one.on = from.words();
        }
        let now = fact.superseded_by.and_then(|id| by_id.get(&id)).and_then(|new| words::sentence(area, new));
        // What was taken back never was so: it is told to whoever recorded it. What took the place of something, and may not be read, takes
        // it along.
        if fact.superseded_at.is_some() && now.is_none() && (fact.superseded_by.is_some() || fact.agency_id != own_agency) {
            continue;
        }
        one.put_right = match (fact.superseded_at, now) {
            (Some(at), Some(now)) => format!("Put right on {}: {now}", british::day(clock::local_day(at))),
            (Some(at), None) => format!("Taken back on {}", british::day(clock::local_day(at))),
            (None, _) => String::new(),
        };
        one.source = who(fact);
        one.link = format!("/facts/{}", fact.id);
        entries.push(one);
    }
    entries
}

fn who(fact: &Fact) -> String {
    let author = fact.author.as_ref().map_or_else(|| fact.agency.clone(), |author| format!("{author}, {}", fact.agency));
    let by = if fact.new.told_by.is_empty() { String::new() } else { format!(", by {}", fact.new.told_by) };
    format!("{} {author}{by}", fact.new.standing.words())
}

fn of_involvement(fact: &Fact, whom: &str) -> Vec<Entry> {
    let author = fact.author.clone().unwrap_or_else(|| fact.agency.clone());
    let part = |at: Timestamp, words: String| {
        let mut one = entry(About::Working, (clock::local_day(at), at), whom, words);
        one.source = fact.agency.clone();
        one
    };
    let mut entries = vec![part(fact.recorded_at, format!("{author} began to work with {whom}"))];
    entries.extend(fact.ended_at.map(|at| part(at, format!("{author} ended to work with {whom}"))));
    entries
}

async fn of_work(ctx: &mut Ctx, area: &Area, (person, name): (PersonId, &str)) -> Result<Vec<Entry>, PageError> {
    let mut entries = Vec::new();
    for contact in contacts::actions::of_people(ctx, &[person], CONTACTS_MAX).await? {
        let at = (contact.happened_on, contact.recorded_at);
        let mut one = entry(About::Happened, at, name, format!("Contact with or about {name}"));
        one.source = format!("{}, {}", contact.author, contact.agency);
        one.link = format!("/contacts/{}", contact.id);
        entries.push(one);
    }
    for line in referrals::actions::of_people(ctx, &[person]).await? {
        let referral = line.referral;
        let service = referral.service_words();
        let mut part = |at: Timestamp, words: String| {
            let mut one = entry(About::Support, (clock::local_day(at), at), name, words);
            one.source = format!("{}, {}", referral.sender, referral.from_agency);
            one.link = format!("/referrals/{}", referral.id);
            entries.push(one);
        };
        part(referral.asked_at, format!("{service} was asked for support: {}", area.words(&referral.need)));
        if let Some(at) = referral.decided_at {
            let what = match referral.state {
                referrals::State::Declined => "declined",
                referrals::State::PassedOn => "passed it on",
                referrals::State::Withdrawn => "was not needed any more",
                _ => "accepted",
            };
            part(at, format!("{service} {what}"));
        }
        if let Some(at) = referral.ended_at.filter(|_| !referral.outcome.is_empty()) {
            part(at, format!("{service}: support ended"));
        }
    }
    Ok(entries)
}

/// What was planned for somebody, what became of it, and how it goes.
async fn of_plans(ctx: &mut Ctx, (person, name): (PersonId, &str)) -> Result<Vec<Entry>, PageError> {
    let mut entries = Vec::new();
    let planned = plans::of_people(ctx, &[person]).await?;
    for broken in plans::enforcement::actions::beside(ctx, &planned).await?.breaches {
        let held = planned.iter().find(|entry| entry.id == broken.entry).map_or("", |entry| entry.words.as_str());
        let words = format!("Not kept ({held}): {}", broken.words);
        let mut one = entry(About::Support, (broken.happened_on, broken.recorded_at), name, words);
        (one.source, one.link) = (broken.author, format!("/plan-actions/{}", broken.entry));
        entries.push(one);
    }
    for planned in planned {
        let source = format!("{}, {}", planned.author, planned.agency);
        let words = match planned.kind {
            EntryKind::Action => format!("In the plan: {}", planned.words),
            EntryKind::NotNow => format!("Left for now in the plan: {}", planned.words),
            EntryKind::Review => format!("The plan was looked at together: {}", planned.words),
        };
        let on = planned.held_on.unwrap_or_else(|| clock::local_day(planned.recorded_at));
        let link = if planned.kind == EntryKind::Action { format!("/plan-actions/{}", planned.id) } else { String::new() };
        let mut one = entry(About::Support, (on, planned.recorded_at), name, words);
        (one.source, one.link) = (source, link.clone());
        entries.push(one);
        let what = planned.stands();
        if let Some((at, by, said)) = planned.ended {
            let said = if said.is_empty() { String::new() } else { format!(" ({said})") };
            let words = format!("{what}: {}{said}", planned.words);
            entries.push(Entry { source: by, link, ..entry(About::Support, (clock::local_day(at), at), name, words) });
        }
    }
    Ok(entries)
}

/// What was said of somebody in plans, by several eyes.
async fn of_said(
    ctx: &mut Ctx,
    area: &Area,
    (persons, known): (&[PersonId], &[Fact]),
    names: &BTreeMap<PersonId, String>,
) -> Result<Vec<Entry>, PageError> {
    let all = plans::said::actions::of_people(ctx, persons).await?;
    // Whoever sees it so may stand outside the story: whoever reads the view may know of them.
    let seers = all.iter().filter_map(|said| if let Eyes::Family(person) = said.eyes { Some(person) } else { None });
    let seers: BTreeSet<PersonId> = seers.filter(|person| !names.contains_key(person)).collect();
    let seers: Vec<PersonId> = seers.into_iter().collect();
    let mut eyes = names.clone();
    eyes.extend(seers.iter().copied().zip(search::names_of(ctx, &seers).await?));
    let told = all.into_iter().map(|said| {
        let what = match said.kind {
            SaidKind::Outcome => "What is to be different",
            SaidKind::Progress => "How it goes",
            SaidKind::Success => "Went well",
        };
        let step = if said.scale.is_empty() { String::new() } else { lines::step(area, &said.scale).to_lowercase() };
        let need = said.need.and_then(|need| known.iter().find(|fact| fact.id == need));
        let need = need.and_then(|fact| words::sentence(area, fact)).map_or_else(String::new, |need| format!(", {need}"));
        let words = [step, said.words.clone()].into_iter().filter(|part| !part.is_empty()).collect::<Vec<_>>().join(": ");
        let name = names.get(&said.person).map_or("", String::as_str);
        let mut one = entry(About::Support, (said.on, said.recorded_at), name, format!("{what}{need}: {words}"));
        one.source = lines::source(&said, &eyes);
        one
    });
    Ok(told.collect())
}

/// How somebody judged what the family needs.
async fn of_levels(
    ctx: &mut Ctx,
    area: &Area,
    persons: &[PersonId],
    names: &BTreeMap<PersonId, String>,
) -> Result<Vec<Entry>, PageError> {
    let judged = levels::of_people(ctx, persons).await?;
    let of = |one: &levels::Judgement| {
        let whom = names.get(&one.person).cloned().unwrap_or_default();
        let words = format!("Level of need judged: {}. {}", levels::pages::name_of(area, &one.level), one.reason);
        let mut entry = entry(About::Support, (clock::local_day(one.judged_at), one.judged_at), &whom, words);
        entry.source = format!("{}, {}", one.author, one.agency);
        entry.link = format!("/people/{}/families/{}/level", one.person, one.family);
        entry
    };
    Ok(judged.iter().map(of).collect())
}

/// When the team around the family met.
async fn of_meetings(ctx: &mut Ctx, persons: &[PersonId]) -> Result<Vec<Entry>, PageError> {
    let of = |one: &meetings::Meeting| {
        let (on, (at, by)) = (one.held_on?, one.ended.clone()?);
        let words = format!("The team around the family met. {}", one.words);
        let mut entry = entry(About::Happened, (on, at), "The family", words);
        entry.source = by;
        entry.link = format!("/meetings/{}", one.id);
        Some(entry)
    };
    Ok(meetings::of_people(ctx, persons).await?.iter().filter_map(of).collect())
}

/// When it was asked to end support, and what came of it.
/// What families and those who help them promised each other, who agreed, and when it ended.
async fn of_contracts(ctx: &mut Ctx, persons: &[PersonId], names: &BTreeMap<PersonId, String>) -> Result<Vec<Entry>, PageError> {
    let mut entries = Vec::new();
    for read in contracts::of_people(ctx, persons).await? {
        let contract = &read.contract;
        let whom = names.get(&contract.person).cloned().unwrap_or_default();
        let mut add = |at: Timestamp, words: String, source: String| {
            let mut entry = entry(About::Support, (clock::local_day(at), at), &whom, words);
            entry.source = source;
            entry.link = format!("/people/{}/families/{}/contract", contract.person, contract.family);
            entries.push(entry);
        };
        let by = format!("{}, {}", contract.author, contract.agency);
        let of_family = read.promises.iter().filter(|promise| promise.doer.is_some()).count();
        let of_agencies = read.promises.len() - of_family;
        let words = format!("A contract was made: the family promises {of_family}, those who help promise {of_agencies}");
        add(contract.recorded_at, words, by);
        for said in &read.answers {
            let who = contracts::pages::name_of(&read, said.party, names);
            let agrees = if said.agrees { "agrees to the contract" } else { "does not agree to the contract" };
            let words = if said.words.is_empty() { String::new() } else { format!(": {}", said.words) };
            add(said.recorded.1, format!("{who} {agrees}{words}"), said.recorded.0.clone());
        }
        if let Some((at, why)) = &contract.ended {
            add(*at, format!("The contract ended: {why}"), String::new());
        }
    }
    Ok(entries)
}

async fn of_closings(
    ctx: &mut Ctx,
    area: &Area,
    persons: &[PersonId],
    names: &BTreeMap<PersonId, String>,
) -> Result<Vec<Entry>, PageError> {
    let asked = closings::of_people(ctx, persons).await?;
    let of = |one: &closings::Closing| {
        let whom = names.get(&one.person).cloned().unwrap_or_default();
        let at = one.decided.as_ref().map_or(one.asked_at, |(at, _)| *at);
        let words = format!("{}: {}. {}", one.state.words(), closings::pages::reason_words(area, &one.reason), one.words);
        let mut entry = entry(About::Support, (clock::local_day(at), at), &whom, words);
        entry.source = format!("{}, {}", one.author, one.agency);
        entry.link = format!("/people/{}/families/{}/closing", one.person, one.family);
        entry
    };
    Ok(asked.iter().map(of).collect())
}

/// Whom anybody met or tried to meet: one entry a visit, however many it is about.
async fn of_visits(ctx: &mut Ctx, persons: &[PersonId], names: &BTreeMap<PersonId, String>) -> Result<Vec<Entry>, PageError> {
    let made = visits::of_people(ctx, persons, VISITS_MAX).await?;
    let others = visits::pages::names_for(ctx, made.iter()).await?;
    let of = |visit: &visits::Visit| {
        let mut whom: Vec<String> = visit.people.iter().filter_map(|met| names.get(&met.person).cloned()).collect();
        whom.sort();
        let words = format!("{}. {}", visits::pages::summary(visit, &others), visit.words);
        let mut one = entry(About::Happened, visits::pages::order(visit), &whom.join(", "), words.trim_end().to_owned());
        // Whoever wrote what came of it says so, who may be another than whoever planned it.
        one.source = match &visit.ended {
            Some((_, by)) if by.is_empty() => "Somebody whose service is not named".to_owned(),
            Some((_, by)) => by.clone(),
            None => format!("{}, {}", visit.author, visit.agency),
        };
        one.link = format!("/visits/{}", visit.id);
        one
    };
    Ok(made.iter().filter(|visit| visit.state != visits::State::Planned).map(of).collect())
}

async fn of_sharing(ctx: &mut Ctx, area: &Area, (person, name): (PersonId, &str)) -> Result<Vec<Entry>, PageError> {
    let (mut entries, today) = (Vec::new(), ctx.clock.today());
    for agreement in agreements::of_person(ctx, person).await? {
        let line = agreements::pages::line(area, &agreement, today);
        let new = &agreement.new;
        let answer = if new.answer == agreements::Answer::Agreed { "Agreed" } else { "Refused" };
        let to = if line.agencies.is_empty() { String::new() } else { format!(" (to {})", line.agencies) };
        let about = line.about.to_lowercase();
        let mut one = entry(About::Sharing, (new.given_on, agreement.recorded_at), name, format!("{answer}: {about}{to}"));
        one.source = format!("{}, {}", agreement.author, agreement.agency);
        one.link = format!("/agreements/{}", agreement.id);
        entries.push(one.clone());
        if let Some(ended) = &agreement.ended {
            let on = clock::local_day(ended.at);
            let words = format!("{}: {about}", agreements::rules::stage(&agreement, today).words());
            entries.push(Entry {
                source: ended.by.clone(),
                link: one.link,
                ..entry(About::Sharing, (on, ended.at), name, words)
            });
        }
    }
    for decision in sharing::actions::of_person(ctx, person).await? {
        let to = [decision.to_named.clone(), decision.to_agency.clone(), Some(decision.new.to.words.clone())];
        let to: Vec<String> = to.into_iter().flatten().filter(|part| !part.is_empty()).collect();
        let to = if to.is_empty() { String::new() } else { format!(": {}", to.join(", ")) };
        let words = format!("{}{to}", decision.new.outcome.words());
        let mut one = entry(About::Sharing, (decision.new.happened_on, decision.decided_at), name, words);
        one.source = format!("{}, {}", decision.author, decision.agency);
        one.link = format!("/shares/{}", decision.id);
        entries.push(one);
    }
    Ok(entries)
}
