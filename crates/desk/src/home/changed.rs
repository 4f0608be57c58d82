//! What changed in the families that somebody leads for or helps, at a glance.

use access::{AccessError, Ctx};
use families::family::{self, FamilyId};
use families::news::{self, Source};
use frontline::{contacts, plans, visits};
use kernel::{british, clock};
use serde::Serialize;

/// Where something may be new.
const SOURCES: [Source; 5] = [news::FACTS, contacts::NEWS, visits::NEWS, plans::NEWS, plans::said::NEWS];

/// A family of which others wrote something.
#[derive(Debug, Serialize)]
pub(super) struct Changed {
    name: String,
    link: String,
    words: String,
}

/// Returns the viewer's families in which something is new to them, whichever changed last first.
///
/// # Errors
/// [`AccessError`] when the rules or the store fail.
pub(super) async fn of(ctx: &mut Ctx) -> Result<Vec<Changed>, AccessError> {
    let today = ctx.clock.today();
    let news = news::of(ctx, &SOURCES).await?;
    let ids: Vec<FamilyId> = news.iter().map(|one| one.family).collect();
    let known = if ids.is_empty() { Vec::new() } else { family::to_open(ctx, &ids).await? };
    let line = |one: &news::News| {
        let (family, through) = known.iter().find(|(family, _)| family.id == one.family)?;
        let on = clock::local_day(one.last_at);
        let last = if on == today { "today".to_owned() } else { format!("on {}", british::day(on)) };
        let words = match one.things {
            1 => format!("One thing is new, {last}"),
            things => format!("{things} things are new, the last {last}"),
        };
        Some(Changed { name: family.name.clone(), link: format!("/people/{through}"), words })
    };
    Ok(news.iter().filter_map(line).collect())
}
