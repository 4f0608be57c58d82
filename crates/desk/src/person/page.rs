//! What the family's page shows, composed of what the viewer may read.

use super::helpers::{self, Helper};
use super::words::{age_words, latest};
use access::{Act, Ctx, PractitionerId};
use area::Area;
use families::facts::{self, Answer, Fact, Kind, words};
use families::family::{self, Around, FamilyId};
use families::links;
use families::news;
use families::people::{self, PersonId, ShieldKind, Standing};
use families::search::actions::display_name;
use frontline::forms::Boxes;
use frontline::referrals::pages::{ReferralLine, line};
use frontline::{contacts, contingencies, levels, referrals, visits};
use kernel::{Date, Timestamp, british, clock};
use processes::agreements::{self, pages::AgreementLine};
use serde::Serialize;
use std::collections::{BTreeMap, BTreeSet};
use web::PageError;

/// So many contacts are shown; the story has them all.
const LATELY_MAX: u32 = 12;

/// Somebody of the family.
#[derive(Debug, Clone, Serialize)]
pub struct PersonLine {
    id: String,
    name: String,
    age: String,
    relation: String,
    addresses: Vec<String>,
    languages: String,
    seen: String,
    seen_long_ago: bool,
    is_focus: bool,
    is_hidden: bool,
}

/// A fact, with its source.
#[derive(Debug, Clone, Serialize)]
pub struct FactLine {
    id: String,
    kind: &'static str,
    about: String,
    words: String,
    source: String,
    is_new: bool,
    /// Where services for it are found; empty for what is no need.
    services: String,
}

/// Something that happened.
#[derive(Debug, Clone, Serialize)]
pub struct Happened {
    on: String,
    words: String,
    link: String,
    is_new: bool,
}

/// A family's next step.
#[derive(Debug, Clone, Serialize)]
pub struct NextStep {
    id: String,
    name: String,
    version: i64,
    step: String,
    on: String,
    owner: String,
    lead_by: String,
    late: bool,
    level: String,
    if_worse: usize,
    ended_on: String,
    offered: Boxes,
}

/// The family on a page.
#[derive(Debug, Serialize)]
pub struct FamilyPage {
    /// Whom it was opened through.
    pub id: String,
    /// Their name.
    pub name: String,
    people: Vec<PersonLine>,
    families: Vec<NextStep>,
    hopes: Vec<FactLine>,
    strengths: Vec<FactLine>,
    hard: Vec<FactLine>,
    helpers: Vec<Helper>,
    support: Vec<ReferralLine>,
    agreed: Vec<AgreementLine>,
    lately: Vec<Happened>,
    unknown: Vec<String>,
    young_carers: Vec<String>,
    read_until: String,
    may_record: bool,
    may_visit: bool,
    may_shield: bool,
    may_share: bool,
    links: Vec<(String, String)>,
    shielded: bool,
    hidden: bool,
    just_recorded: String,
}

/// Everything the page is made of.
pub(super) struct Known {
    focus: PersonId,
    pub(super) persons: Vec<PersonId>,
    facts: BTreeMap<PersonId, Vec<Fact>>,
    toward: Vec<Fact>,
    pub(super) arounds: Vec<Around>,
    read_at: Option<Timestamp>,
    news_since: Timestamp,
    me: PractitionerId,
    hidden: BTreeSet<PersonId>,
    seen: BTreeMap<PersonId, Date>,
    levels: BTreeMap<FamilyId, String>,
    if_worse: BTreeMap<FamilyId, usize>,
    today: Date,
}

/// Composes the page for somebody whom the actor has opened.
///
/// Rule \[1.3\]: individual needs are looked at in the context of the whole family.
///
/// # Errors
/// [`PageError`] when the rules or the store fail.
pub async fn compose(ctx: &mut Ctx, area: &Area, focus: PersonId) -> Result<FamilyPage, PageError> {
    let known = gather(ctx, area, focus).await?;
    let name = known.name_of(focus);
    let mut support = Vec::new();
    let mut lately = Vec::new();
    for one in referrals::actions::of_people(ctx, &known.persons).await? {
        support.push(line(area, &one, known.today));
    }
    for contact in contacts::actions::of_people(ctx, &known.persons, LATELY_MAX).await? {
        let who = known.name_of(contact.person);
        lately.push((
            contact.recorded_at,
            Happened {
                on: british::day(contact.happened_on),
                words: format!("{} of {} recorded a contact about {who}", contact.author, contact.agency),
                link: format!("/contacts/{}", contact.id),
                is_new: known.is_new((contact.recorded_at, Some(contact.author_id))),
            },
        ));
    }
    let made = visits::of_people(ctx, &known.persons, LATELY_MAX).await?;
    let names = visits::pages::names_for(ctx, made.iter()).await?;
    for visit in &made {
        let (on, at) = visits::pages::order(visit);
        let words = match visit.state {
            visits::State::Planned => {
                let when = visits::pages::when(visit.planned_on, &visit.planned_time);
                format!("{} is planned for {when}, by {}", visits::pages::title(visit, &names), visit.owner.0)
            }
            _ => format!("{}, by {}", visits::pages::summary(visit, &names), visit.owner.0),
        };
        let link = format!("/visits/{}", visit.id);
        lately.push((at, Happened { on: british::day(on), words, link, is_new: known.is_new((at, Some(visit.author_id))) }));
    }
    lately.sort_by_key(|(at, _)| std::cmp::Reverse(*at));
    let resource = people::load(ctx, focus).await?.resource();
    let helpers = helpers::of(ctx, area, &known).await?;
    Ok(FamilyPage {
        id: focus.to_string(),
        name,
        people: known.people(area),
        families: known.next_steps(area),
        hopes: known.lines(area, &[Kind::Aspiration]),
        strengths: known.lines(area, &[Kind::Strength]),
        hard: known.lines(area, &[Kind::Risk, Kind::Need, Kind::Circumstance]),
        helpers,
        support,
        agreed: agreements::of_person(ctx, focus)
            .await?
            .iter()
            .map(|one| agreements::pages::line(area, one, known.today))
            .collect(),
        lately: lately.into_iter().map(|(_, happened)| happened).collect(),
        unknown: known.unknown(area),
        young_carers: known.young_carers(),
        read_until: known.read_at.map_or_else(String::new, british::moment),
        may_record: ctx.may(Act::RecordFact, &resource)?,
        may_visit: ctx.may(Act::RecordVisit, &resource)?,
        may_shield: ctx.may(Act::ShieldPerson, &resource)?,
        may_share: ctx.may(Act::DecideToShare, &resource)?,
        links: if ctx.may(Act::LinkPeople, &resource)? { links_of(ctx, focus).await? } else { Vec::new() },
        shielded: false,
        hidden: false,
        just_recorded: String::new(),
    })
}

impl FamilyPage {
    /// Notes a contact that was just recorded, and how the person is shielded.
    pub fn with(mut self, just_recorded: String, standing: &Standing) -> Self {
        self.just_recorded = just_recorded;
        self.shielded = standing.location_shielded;
        self.hidden = standing.restricted;
        self
    }
}

/// Returns the links that made somebody, with when, by whom and why: for whoever may take them apart.
async fn links_of(ctx: &mut Ctx, focus: PersonId) -> Result<Vec<(String, String)>, PageError> {
    let words = |link: &links::Link| {
        let by = link.made_by.as_deref().unwrap_or("the area’s rule for placing records");
        format!("{}, by {by}: {}", british::moment(link.made_at), link.reason)
    };
    Ok(links::list_of(ctx, focus).await?.iter().map(|link| (link.id.to_string(), words(link))).collect())
}

async fn gather(ctx: &mut Ctx, area: &Area, focus: PersonId) -> Result<Known, PageError> {
    let arounds = family::around(ctx, focus).await?;
    let toward = facts::list_toward(ctx, &[focus]).await?;
    let persons = family::circle(ctx, focus, &arounds).await?;
    let mut by_person: BTreeMap<PersonId, Vec<Fact>> = BTreeMap::new();
    for fact in facts::list_of(ctx, &persons, None).await? {
        by_person.entry(fact.new.person).or_default().push(fact);
    }
    let read_at = arounds.iter().filter_map(|around| around.read_at).max();
    let shielded = people::shielded(ctx, &persons).await?.into_iter();
    let hidden = shielded.filter(|(_, kind)| *kind == ShieldKind::Existence).map(|(person, _)| person).collect();
    let seen = visits::seen_last(ctx, &persons).await?;
    let families: Vec<FamilyId> = arounds.iter().map(|around| around.family.id).collect();
    let judged = levels::current_of(ctx, &families).await?.into_iter();
    let levels = judged.map(|one| (one.family, levels::pages::name_of(area, &one.level))).collect();
    let if_worse = contingencies::count_of(ctx, &families).await?;
    Ok(Known {
        focus,
        persons,
        facts: by_person,
        toward,
        arounds,
        read_at,
        news_since: clock::days_before(ctx.now(), news::DAYS),
        me: ctx.actor.id,
        hidden,
        seen,
        levels,
        if_worse,
        today: ctx.clock.today(),
    })
}

impl Known {
    pub(super) fn of(&self, person: PersonId) -> &[Fact] {
        self.facts.get(&person).map_or(&[], Vec::as_slice)
    }

    pub(super) fn name_of(&self, person: PersonId) -> String {
        display_name(self.of(person)).unwrap_or_else(|| "Somebody whose name you may not see".to_owned())
    }

    /// Returns whether something that another than the viewer wrote is new to them, as home tells it.
    fn is_new(&self, (at, by): (Timestamp, Option<PractitionerId>)) -> bool {
        by != Some(self.me) && at > self.read_at.unwrap_or(self.news_since)
    }

    fn people(&self, area: &Area) -> Vec<PersonLine> {
        let mut lines: Vec<(i16, PersonLine)> = self
            .persons
            .iter()
            .filter(|person| display_name(self.of(**person)).is_some())
            .map(|person| {
                let facts = self.of(*person);
                let born = latest(facts, Kind::Birth)
                    .and_then(|fact| fact.new.holds_from)
                    .map_or(9999, kernel::partial_date::PartialDate::year);
                let languages: Vec<String> = facts
                    .iter()
                    .filter(|fact| fact.new.kind == Kind::Language && fact.new.answer == Answer::Known)
                    .map(|fact| words::detail(area, fact))
                    .collect();
                let seen = self.seen.get(person).copied();
                let line = PersonLine {
                    id: person.to_string(),
                    name: self.name_of(*person),
                    age: age_words(facts, self.today),
                    relation: self.relation(area, *person),
                    addresses: addresses(area, facts, self.today),
                    languages: languages.join(", "),
                    seen: seen.map_or_else(String::new, |on| visits::pages::seen_words(Some(on), self.today)),
                    seen_long_ago: seen.is_some() && visits::rules::is_long_unseen(seen, self.today, &area.plans),
                    is_focus: *person == self.focus,
                    is_hidden: self.hidden.contains(person),
                };
                (born, line)
            })
            .collect();
        lines.sort_by_key(|(born, line)| (!line.is_focus, *born));
        lines.into_iter().map(|(_, line)| line).collect()
    }

    /// Returns what somebody is to the person the page was opened through: "child".
    fn relation(&self, area: &Area, person: PersonId) -> String {
        if person == self.focus {
            return String::new();
        }
        let kinds = &area.setting.relationships;
        let mut words: Vec<String> = Vec::new();
        let mut say = |fact: &Fact, other: &str| {
            words.push(if fact.new.is_over(self.today) { format!("was {other}") } else { other.to_owned() });
        };
        for fact in self.of(self.focus).iter().filter(|fact| fact.new.other() == Some(person)) {
            if let Some(kind) = kinds.iter().find(|kind| kind.id == fact.new.term) {
                say(fact, &kind.other);
            }
        }
        for fact in self.toward.iter().filter(|fact| fact.new.person == person) {
            let inverse = kinds.iter().find(|kind| kind.id == fact.new.term).map(|kind| kind.inverse.as_str());
            if let Some(kind) = kinds.iter().find(|kind| Some(kind.id.as_str()) == inverse) {
                say(fact, &kind.other);
            }
        }
        words.sort();
        words.dedup();
        words.join(", ")
    }

    fn lines(&self, area: &Area, kinds: &[Kind]) -> Vec<FactLine> {
        let mut lines: Vec<(Timestamp, FactLine)> = Vec::new();
        for person in &self.persons {
            for fact in self.of(*person).iter().filter(|fact| kinds.contains(&fact.new.kind)) {
                let Some(sentence) = words::sentence(area, fact) else { continue };
                lines.push((
                    fact.recorded_at,
                    FactLine {
                        id: fact.id.to_string(),
                        kind: fact.new.kind.as_str(),
                        about: self.name_of(*person),
                        words: sentence,
                        source: words::source(fact, self.today),
                        is_new: self.is_new((fact.recorded_at, fact.author_id)),
                        services: services_for(fact),
                    },
                ));
            }
        }
        lines.sort_by_key(|(at, _)| std::cmp::Reverse(*at));
        lines.into_iter().map(|(_, line)| line).collect()
    }

    fn next_steps(&self, area: &Area) -> Vec<NextStep> {
        let offered = Boxes::of(area.holidays.add(self.today, area.clocks.family_next_working_days));
        self.arounds
            .iter()
            .map(|around| NextStep {
                id: around.family.id.to_string(),
                name: around.family.name.clone(),
                version: around.family.version,
                step: around.family.next_step.clone(),
                on: british::day(around.family.next_on),
                owner: around.family.owner.clone(),
                lead_by: around.family.lead_by.map_or_else(String::new, british::day),
                late: around.family.closed_at.is_none() && around.family.next_on < self.today,
                offered: offered.clone(),
                ended_on: around.family.closed_at.map_or_else(String::new, |at| british::day(clock::local_day(at))),
                if_worse: self.if_worse.get(&around.family.id).copied().unwrap_or(0),
                level: self.levels.get(&around.family.id).cloned().unwrap_or_default(),
            })
            .collect()
    }

    /// Returns what has not been asked or is not known of whoever the page was opened through.
    ///
    /// Rule \[3.21\]: whoever meets an adult considers caring responsibilities and family relationships.
    fn unknown(&self, area: &Area) -> Vec<String> {
        let facts = self.of(self.focus);
        let has = |kind: Kind| facts.iter().any(|fact| fact.new.kind == kind);
        let mut unknown = Vec::new();
        if !contacts::rules::need_not_ask(area, (facts, &self.toward), self.today) {
            unknown.push(format!("Whether they are a parent or carer ({})", area.words("parent_of").to_lowercase()));
        }
        for (kind, words) in [(Kind::Birth, "Date of birth"), (Kind::Language, "Language, and whether an interpreter is needed")]
        {
            match facts.iter().find(|fact| fact.new.kind == kind && fact.new.answer != Answer::Known) {
                Some(answered) if latest(facts, kind).is_none() => {
                    unknown.push(format!("{words}: {}", answered.new.answer.words()));
                }
                None if !has(kind) => unknown.push(words.to_owned()),
                Some(_) | None => {}
            }
        }
        if !facts.iter().any(|fact| fact.new.kind == Kind::Strength) {
            unknown.push("What is going well".to_owned());
        }
        if !facts.iter().any(|fact| fact.new.kind == Kind::Aspiration) {
            unknown.push("What they hope for".to_owned());
        }
        unknown
    }

    /// Returns the children who care for somebody.
    ///
    /// Rule \[2.7\]: whoever cares is offered support to care; a child who cares shows as a young carer.
    fn young_carers(&self) -> Vec<String> {
        let mut names: Vec<String> = self
            .persons
            .iter()
            .filter(|person| {
                let facts = self.of(**person);
                let cares = facts.iter().any(|fact| fact.new.term == "cares_for");
                let born = latest(facts, Kind::Birth).and_then(|fact| fact.new.holds_from);
                cares && born.is_some_and(|born| born.age_years(self.today).1 < 18)
            })
            .map(|person| self.name_of(*person))
            .collect();
        names.sort();
        names
    }
}

/// Returns where somebody lives now: every address that is told apart, homes first, the latest first. Two homes are two, and two
/// agencies that differ are seen to.
fn addresses(area: &Area, facts: &[Fact], today: Date) -> Vec<String> {
    let is_known = |fact: &&Fact| fact.new.kind == Kind::Address && fact.new.answer == Answer::Known && !fact.new.is_over(today);
    let mut known: Vec<&Fact> = facts.iter().filter(is_known).collect();
    known.sort_by_key(|fact| (fact.new.term != "home", std::cmp::Reverse(fact.recorded_at)));
    // A home needs no word for what it is.
    let home = area.setting.address_kinds.iter().find(|kind| kind.id == "home");
    let home = home.map_or_else(String::new, |kind| format!(" ({})", kind.words.to_lowercase()));
    let mut seen = BTreeSet::new();
    let told = known.into_iter().map(|fact| words::detail(area, fact).replace(&home, ""));
    told.filter(|words| seen.insert(words.to_lowercase())).take(4).collect()
}

/// Returns where services for a need are found.
fn services_for(fact: &Fact) -> String {
    let new = &fact.new;
    let is_open = new.kind == Kind::Need && !new.term.is_empty() && new.answer == Answer::Known && fact.ended_at.is_none();
    if is_open { format!("/people/{}/support?need={}", new.person, new.term) } else { String::new() }
}
