//! What others wrote about somebody's families since they read them last (report 3.40).
//!
//! Each part of the record that is kept as it is written (facts, contacts, visits, plans) names a [`Source`]; they are asked at once, and only
//! for the families that the viewer leads for, helps or works with one of. What the viewer wrote is no news to them, and what they may not read is not counted.
//!
//! Read in this order: this file, `store` (the only SQL), `tests`.
//!
//! Invariant: a family is told to have changed only by something that the viewer may read.

mod store;
#[cfg(test)]
mod tests;

use crate::facts;
use crate::family::FamilyId;
use crate::people::PERSON;
use access::{AccessError, Act, Ctx, SqlMap};
use kernel::{Timestamp, clock};

/// Older than this nothing is news, in days: whoever never says that they have read a family is told of four weeks.
pub const DAYS: i32 = 28;

/// A part of the record in which something may be new.
#[derive(Clone, Copy, Debug)]
pub struct Source {
    /// What has to be allowed to read of it.
    pub act: Act,
    /// How its rows are seen by the access rules.
    pub of: &'static SqlMap,
    /// Its table and the name by which `of` knows it.
    pub table: (&'static str, &'static str),
    /// What else `of` has to know: a join.
    pub join: &'static str,
    /// When something became news: it was written, or somebody said what became of it.
    pub at: &'static str,
    /// Who said so.
    pub by: &'static str,
    /// Which of its rows are news: what was taken back is none.
    pub which: &'static str,
}

/// What is known of people.
pub const FACTS: Source = Source {
    act: Act::ReadFact,
    of: &facts::store::FACT,
    table: ("fact", "f"),
    join: "",
    at: "f.recorded_at",
    by: "f.author_id",
    which: "f.superseded_at IS NULL AND f.kind <> 'involvement'",
};

/// That something is new about a family.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct News {
    /// Which family.
    pub family: FamilyId,
    /// How many things.
    pub things: i64,
    /// The latest of them.
    pub last_at: Timestamp,
}

/// Returns the actor's families of which others wrote something that the actor may read since they read them, whichever changed last first:
/// those that they lead for, help or work with one of.
///
/// Rule \[3.40\]: whoever helps a family knows what others do for it, without asking.
///
/// # Errors
/// [`AccessError`] when the rules or the store fail.
pub async fn of(ctx: &mut Ctx, sources: &[Source]) -> Result<Vec<News>, AccessError> {
    let now = ctx.now();
    let since = clock::days_before(now, DAYS);
    let mut narrowed = Vec::new();
    for source in sources {
        narrowed.push((*source, ctx.narrow(source.act, source.of)?));
    }
    let known = ctx.narrow(Act::FindPerson, &PERSON)?;
    Ok(store::list(&mut ctx.tx, (ctx.area_id, ctx.actor.id), (&known, &narrowed), (since, now)).await?)
}
