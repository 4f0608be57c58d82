//! The door for other systems (report 3.22, 3.30).
//!
//! [`custodian`] answers another organisation whether this area works with a child, and who does, as far as agreements allow.

pub mod custodian;

use axum::Router;
use web::Shared;

/// What other systems can ask.
pub fn routes() -> Router<Shared> {
    custodian::api::routes()
}
