//! Meetings of the team around a family: who is invited, who came, what was said, and what comes of it (report 3.17, 3.18).
//!
//! A meeting is written down from the plan, in one form: who came, how each need goes, what became of each action, what is new, and when they
//! meet again. What is decided stands in the plan; the meeting says who was there and what was said.
//!
//! Read in this order: [`meeting`] (types), [`rules`] (pure), [`actions`] (arranging, answering, ending), [`minutes`] (writing it down), `store`
//! (the only SQL), [`pages`], [`minute_pages`], [`samples`], `tests`.
//!
//! Invariant: a meeting that is planned has somebody who convenes it; whoever is invited may read it, and is named to the others.

pub mod actions;
pub mod meeting;
pub mod minute_pages;
pub mod minutes;
pub mod pages;
pub mod rules;
pub mod samples;
mod store;
#[cfg(test)]
mod tests;

pub(crate) use actions::hand_on;
pub use actions::{
    MeetingError, answer, arrange, cancel, count_open, late, load, move_on, of_family, of_people, planned_for, take_over,
};
pub use meeting::{Answer, Invited, Meeting, MeetingId, NewMeeting, State};
pub use minutes::{Minutes, minute};
pub use store::{HANDED, OWED};
