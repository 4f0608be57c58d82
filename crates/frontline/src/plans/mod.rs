//! A family's plan: what is done, by whom and until when; what is left for now, and why; how it goes (report 3.17, 3.18).
//!
//! One plan a family, written by all who help and by the family: what they hope for and what goes well come from what is known of
//! them, so that nothing is typed twice; what is hard is in the plan, or the plan says why not.
//!
//! Read in this order: [`plan`] (types), [`rules`] (pure), [`actions`] (one function a verb), `store` (the only SQL), [`pages`] (the
//! plan) and [`copy_page`] (for the fridge), [`entry_pages`] (what is written in it), [`said`](mod@said) (how it goes, by several eyes), [`enforcement`](mod@enforcement) (what holds somebody to something), [`changes`] and [`change_pages`] (what changed between two versions), [`samples`], `tests`.
//!
//! Invariant: a family has at most one open plan.
//! Invariant: an action that is open has a practitioner who answers for it and a day, whoever of the family does it.
//! Invariant: each part of a plan is read by whoever may read it, and changes no byte for anybody else.

pub mod actions;
pub mod change_pages;
#[cfg(test)]
mod change_tests;
pub mod changes;
pub mod copy_page;
pub mod enforcement;
pub mod entry_pages;
pub mod pages;
pub mod plan;
pub mod rules;
pub mod said;
pub mod samples;
mod store;
#[cfg(test)]
mod tests;

pub use actions::{
    PlanError, add, begin, close, count_open, count_to_review, end, helped_by_others, late, late_reviews, leave, load, move_on,
    of_people, owned_by, review, take_over, to_review,
};
pub(crate) use plan::part_of_plan;
pub use plan::{Entry, EntryId, EntryKind, How, NewAction, NewReview, Plan, PlanId, Side, State, ToDo};
pub use store::{HANDED, NEWS};
pub(crate) use store::{as_part_of_plan, plan_entries};
