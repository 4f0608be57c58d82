//! `retention.toml`: how long what is no record of a family is kept.

use crate::files::Provenance;
use serde::Deserialize;

/// So many months are looks kept at least: whoever answers for them finds what was usual.
pub const LOOKS_MONTHS_MIN: u16 = 12;

/// `retention.toml`.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Retention {
    /// Provenance.
    pub provenance: Provenance,
    /// Months for which looks in the index are kept, and alerts of unusual looks once somebody has seen to them; [`LOOKS_MONTHS_MIN`] at least. The
    /// journal keeps that there was one.
    pub index_looks_months: u16,
    /// Months for which a message to services that are not named is kept once it is answered.
    pub answered_messages_months: u16,
    /// Months for which it is kept what another organisation's system was answered.
    pub system_answers_months: u16,
    /// Days for which a session, an invitation and attempts to sign in are kept once they are over.
    pub sessions_days: u16,
    /// Days for which a job is kept once it is done.
    pub jobs_days: u16,
}

impl Retention {
    /// Returns what is wrong with it: the problem, and what helps.
    pub(crate) fn faults(&self) -> Vec<(String, &'static str)> {
        let periods = [
            ("answered_messages_months", self.answered_messages_months),
            ("system_answers_months", self.system_answers_months),
            ("sessions_days", self.sessions_days),
            ("jobs_days", self.jobs_days),
        ];
        let nothing = periods.into_iter().filter(|(_, period)| *period == 0);
        let none = nothing.map(|(name, _)| (format!("{name} is 0"), "Keep it for one at least: what is deleted is gone."));
        let few = (self.index_looks_months < LOOKS_MONTHS_MIN)
            .then(|| (format!("index_looks_months is {}", self.index_looks_months), "Keep looks for 12 months at least."));
        none.chain(few).collect()
    }
}
