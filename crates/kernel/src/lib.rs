//! The pure ground that every other crate stands on.
//!
//! Invariant: nothing here reads a clock, a random source, a file or an environment variable,
//! but [`clock::Clock`] and [`ids::Ids`], which the program makes once and hands on.

pub mod british;
pub mod clock;
pub mod fact_kinds;
pub mod ids;
pub mod names;
pub mod nhs_number;
pub mod partial_date;
pub mod postcode;
pub mod text;
pub mod upn;
pub mod words;
pub mod working_days;

pub use jiff::civil::Date;
pub use jiff::{Span, Timestamp};
