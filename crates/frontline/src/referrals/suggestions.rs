//! Services for a need of somebody, with why each is suggested: how far it is from where they live, for which of them it is, in which language.
//!
//! Only what whoever looks may read is used: where somebody lives whose place is shielded moves nothing in the list.
//! Nothing is hidden because something is not known (report 2.9).

use crate::services::line::{self, ServiceLine};
use access::{AccessError, Ctx};
use area::Area;
use directory::wanted::{Doubt, is_for};
use directory::{Directory, Wanted};
use families::facts::{self, Answer, Fact, Kind, Shape};
use families::family;
use families::people::PersonId;
use families::search;
use kernel::names;
use std::collections::BTreeSet;

/// So many services are suggested.
const SUGGESTED_MAX: usize = 20;

/// Services for a need, the best first.
#[derive(Debug, Default)]
pub(super) struct Suggested {
    /// The services.
    pub(super) services: Vec<ServiceLine>,
    /// How many more there are.
    pub(super) more: usize,
}

/// Suggests services for a need of somebody and those they live with.
///
/// # Errors
/// [`AccessError`] when the rules or the store fail.
pub(super) async fn of_need(
    ctx: &mut Ctx,
    (area, directory): (&Area, &Directory),
    person: PersonId,
    need: &str,
) -> Result<Suggested, AccessError> {
    let arounds = family::around(ctx, person).await?;
    let people = family::circle(ctx, person, &arounds).await?;
    let facts = facts::list_of(ctx, &people, Some(&[Kind::Name, Kind::Birth, Kind::Address, Kind::Language])).await?;
    let today = ctx.clock.today();
    let now: Vec<&Fact> = facts.iter().filter(|fact| is_now(fact, today)).collect();
    let (ages, language) = (ages(&now, today), language(area, &now, person));
    let area_id = ctx.area_id;
    let near = match postcode(&now, person) {
        Some(postcode) => directory::of_postcode(&mut ctx.tx, area_id, &postcode).await?,
        None => None,
    };
    let wanted = Wanted {
        need: Some(need.to_owned()),
        ages: ages.iter().map(|(age, _)| *age).collect(),
        language: language.as_ref().map(|(code, _)| code.clone()),
        now: ctx.now(),
        near,
        suggested: true,
        ..Wanted::default()
    };
    let results = directory::find(directory, (&mut ctx.tx, area_id), area, &wanted, (0, SUGGESTED_MAX)).await?;
    let names = search::names_of(ctx, &ages.iter().map(|(_, who)| *who).collect::<Vec<_>>()).await?;
    let shown: Vec<ServiceLine> = results
        .shown
        .iter()
        .map(|one| {
            let mut line = line::line(area, &one.stored, Some(&one.found), today);
            let service = &one.stored.service;
            let (youngest, oldest) = (service.minimum_age.map(|age| age.0), service.maximum_age.map(|age| age.0));
            let of_age = ages.iter().zip(&names).filter(|((age, _), _)| is_for(&[*age], youngest, oldest));
            let of_age: Vec<String> = of_age.map(|((age, _), name)| format!("{name} is {age}")).collect();
            if (youngest.is_some() || oldest.is_some()) && !of_age.is_empty() {
                line.why.push(of_age.join(", "));
            }
            if let Some((code, words)) = language.as_ref().filter(|_| {
                !one.found.doubts.contains(&Doubt::OtherLanguages) && !one.found.doubts.contains(&Doubt::LanguagesUnsaid)
            }) {
                line.why.push(if code == "en" { String::new() } else { format!("speaks {words}, as they do") });
            }
            line.why.retain(|words| !words.is_empty());
            line
        })
        .collect();
    Ok(Suggested { more: results.count.saturating_sub(shown.len()), services: shown })
}

fn is_now(fact: &Fact, today: kernel::Date) -> bool {
    fact.new.answer == Answer::Known && fact.superseded_at.is_none() && fact.ended_at.is_none() && !fact.new.is_over(today)
}

/// Returns the ages that are known, each with whose it is, the youngest first.
fn ages(facts: &[&Fact], today: kernel::Date) -> Vec<(u8, PersonId)> {
    let births = facts.iter().filter(|fact| fact.new.kind == Kind::Birth && fact.new.term != "due");
    let of_birth = |fact: &&&Fact| {
        let (least, _) = fact.new.holds_from?.age_years(today);
        Some((u8::try_from(least).ok()?, fact.new.person))
    };
    let ages: BTreeSet<(u8, PersonId)> = births.filter_map(|fact| of_birth(&fact)).collect();
    let mut seen = BTreeSet::new();
    ages.into_iter().filter(|(_, who)| seen.insert(*who)).collect()
}

/// Returns the language that somebody speaks, where the area lists it.
fn language(area: &Area, facts: &[&Fact], person: PersonId) -> Option<(String, String)> {
    let spoken = facts.iter().find(|fact| fact.new.kind == Kind::Language && fact.new.person == person)?;
    let words = format!(" {} ", names::fold(&spoken.new.words));
    let listed = area.setting.languages.iter().find(|one| words.contains(&format!(" {} ", names::fold(&one.words))))?;
    Some((listed.id.clone(), listed.words.clone()))
}

/// Returns the postcode where somebody lives, as whoever looks may read it.
fn postcode(facts: &[&Fact], person: PersonId) -> Option<kernel::postcode::Postcode> {
    let addresses = facts.iter().filter(|fact| fact.new.kind == Kind::Address && fact.new.person == person);
    let latest = addresses.max_by_key(|fact| (fact.new.holds_to.is_none(), fact.recorded_at))?;
    match &latest.new.shape {
        Shape::Address { postcode, .. } => postcode.parse().ok(),
        _ => None,
    }
}
