//! Who helps a family, on its page.

use super::page::Known;
use access::{Ctx, PractitionerId};
use area::Area;
use families::facts::{Fact, Kind, Shape};
use families::family::FamilyId;
use frontline::plans;
use kernel::{british, clock};
use serde::Serialize;
use std::collections::BTreeSet;
use web::PageError;

/// So many things that others do are shown.
const OTHERS_MAX: usize = 30;

/// Somebody who helps.
#[derive(Debug, Clone, Serialize)]
pub(super) struct Helper {
    name: String,
    job: String,
    agency: String,
    telephone: String,
    what: String,
}

/// Returns who helps somebody's family: practitioners and agencies, then whoever of the family or which volunteer does something in its plan.
///
/// The team around a family is its own people too (report 2.8).
///
/// # Errors
/// [`PageError`] when the rules or the store fail.
pub(super) async fn of(ctx: &mut Ctx, area: &Area, known: &Known) -> Result<Vec<Helper>, PageError> {
    let involved = known.persons.iter().flat_map(|person| known.of(*person)).filter_map(|fact| match fact.new.shape {
        Shape::Involvement { practitioner } if fact.ended_at.is_none() => practitioner,
        _ => None,
    });
    let involved: BTreeSet<PractitionerId> = involved.collect();
    let involved = access::people::load_practitioners(&mut ctx.tx, ctx.area_id, &involved).await?;
    let mut helpers: Vec<Helper> = Vec::new();
    let mut shown: Vec<PractitionerId> = Vec::new();
    for person in &known.persons {
        for fact in known.of(*person).iter().filter(|fact| fact.new.kind == Kind::Involvement && fact.ended_at.is_none()) {
            let Shape::Involvement { practitioner } = fact.new.shape else { continue };
            let since = british::day(clock::local_day(fact.recorded_at));
            let what = format!("{} {}, since {since}", fact.new.words, known.name_of(*person));
            match practitioner {
                Some(id) if !shown.contains(&id) && shown.len() < 30 => {
                    shown.push(id);
                    if let Some(who) = involved.get(&id).cloned() {
                        helpers.push(Helper { name: who.name, job: who.job, agency: who.agency, telephone: who.telephone, what });
                    }
                }
                Some(_) => {}
                None if !helpers.iter().any(|helper| helper.agency == fact.agency) => {
                    let kind = area
                        .agencies
                        .values()
                        .find(|agency| agency.name == fact.agency)
                        .map_or("", |agency| agency.kind.as_str());
                    helpers.push(Helper {
                        name: fact.agency.clone(),
                        job: kind.replace('_', " "),
                        agency: fact.agency.clone(),
                        telephone: String::new(),
                        what,
                    });
                }
                None => {}
            }
        }
    }
    for member in known.arounds.iter().flat_map(|around| &around.team) {
        if !shown.contains(&member.id) {
            shown.push(member.id);
            helpers.push(Helper {
                name: member.name.clone(),
                job: member.job.clone(),
                agency: member.agency.clone(),
                telephone: member.telephone.clone(),
                what: member.part.clone(),
            });
        }
    }
    helpers.extend(others(ctx, known).await?);
    Ok(helpers)
}

/// Whoever of the family or which volunteer does something in its plan, with what and by when.
async fn others(ctx: &mut Ctx, known: &Known) -> Result<Vec<Helper>, PageError> {
    let families: Vec<FamilyId> = known.arounds.iter().map(|around| around.family.id).collect();
    let actions = plans::helped_by_others(ctx, &families).await?;
    let helper = |action: plans::Entry| {
        let by = action.by_on.map_or_else(String::new, |on| format!(", by {}", british::day(on)));
        let what = format!("In the plan: {}{by}", action.words);
        let (name, job, telephone) = match action.doer {
            Some(doer) if !known.persons.contains(&doer) => return None,
            Some(doer) => {
                let is_number = |fact: &&Fact| fact.new.kind == Kind::Phone && fact.superseded_at.is_none();
                let number = known.of(doer).iter().rfind(is_number);
                (known.name_of(doer), "of the family", number.map_or_else(String::new, |fact| fact.new.words.clone()))
            }
            None => (action.volunteer, "volunteer", String::new()),
        };
        Some(Helper { agency: name.clone(), name, job: job.to_owned(), telephone, what })
    };
    Ok(actions.into_iter().filter_map(helper).take(OTHERS_MAX).collect())
}
