//! Feeds: agencies' extracts become records, and records become people where verified identifiers agree.
//!
//! Read in this order: [`reading`] (a row, pure), [`matching`] (whose record it is), [`batch`] (many records), [`loading`] (a file, in slices),
//! [`actions`] (starting, stopping, taking a waiting record up), `store`, [`pages`], [`samples`].
//!
//! Invariant: every good row is kept, every bad row is quarantined with its line, column and reason.
//! Invariant: the same file twice changes nothing; a run that stopped goes on where it was.

pub mod actions;
pub mod batch;
pub mod loading;
pub mod matching;
pub mod pages;
pub mod reading;
pub mod samples;
mod store;
#[cfg(test)]
pub(crate) mod tests;

::store::record_id!(
    /// One loading of one file.
    RunId
);

/// How far a run has come.
#[derive(Clone, Debug)]
pub struct Run {
    /// Which one.
    pub id: RunId,
    /// The source's name in the area's configuration.
    pub source: String,
    /// The file as it was called.
    pub file_name: String,
    /// Where it is kept.
    pub file_path: String,
    /// Its size.
    pub file_bytes: i64,
    /// Its first row, once it was read.
    pub header: Vec<String>,
    /// `waiting`, `running`, `stopping`, `stopped`, `done` or `failed`.
    pub state: String,
    /// Why it failed.
    pub problem: String,
    /// Read so far.
    pub bytes_read: i64,
    /// The last line read.
    pub line: i64,
    /// Rows that were new or changed.
    pub rows_new: i64,
    /// Rows that were there already.
    pub rows_same: i64,
    /// Rows in quarantine.
    pub rows_bad: i64,
    /// Rows that are a person's.
    pub rows_matched: i64,
    /// People who were not there before.
    pub people_new: i64,
    /// When it was started.
    pub started_at: kernel::Timestamp,
    /// Who started it; nobody when the command line did.
    pub loaded_by: Option<String>,
}

impl Run {
    /// Returns whether nothing more will happen to it by itself.
    pub fn is_over(&self) -> bool {
        matches!(self.state.as_str(), "done" | "failed" | "stopped")
    }
}
