//! The door for other systems (report 3.22, 3.30).
//!
//! [`open_referral`] tells the service directory to anybody, and reads those of others. [`post`] carries messages out. [`custodian`] answers another organisation whether this area works with a child, and who does, as far as agreements allow.

pub mod custodian;
pub mod open_referral;
pub mod post;

use axum::Router;
use web::Shared;

/// What other systems can ask.
pub fn routes() -> Router<Shared> {
    custodian::api::routes().merge(open_referral::api::routes())
}
