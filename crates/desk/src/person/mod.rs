//! The family on a page: strengths first, what is hard, who helps, what is agreed, what comes next.
//!
//! Read in this order: [`page`] (what is shown, composed), [`words`] (pure), `pages` (handlers), [`samples`].

mod helpers;
pub mod page;
pub(crate) mod pages;
pub mod samples;
#[cfg(test)]
mod tests;
pub mod words;

use access::{Act, Ctx};
use families::facts::{self, FactError, NewFact};
use families::family::{self, Part};
use families::people::{self, PersonId};
pub use pages::routes;

/// Records how two people are related, and brings the first into the families of the second.
///
/// Rule \[2.5\]: an adult is seen as a parent, a child as somebody's child, wherever they are met.
///
/// # Errors
/// [`FactError`].
pub async fn relate(ctx: &mut Ctx, person: PersonId, relation: &str, relative: PersonId) -> Result<(), FactError> {
    people::open(ctx, Act::RecordFact, relative).await?;
    let (_, permit) = people::open(ctx, Act::RecordContact, person).await?;
    facts::record(ctx, &permit, NewFact::relationship(person, relation, relative)).await?;
    for around in family::around(ctx, relative).await? {
        match family::join(ctx, (around.family.id, relative), person, Part::Member).await {
            Ok(()) => {}
            Err(family::FamilyError::Access(e)) => return Err(e.into()),
            Err(e) => return Err(FactError::Access(access::AccessError::Store(store::StoreError::Corrupt(e.to_string())))),
        }
    }
    Ok(())
}
