//! Guidance that the area shows at the moment of a decision: a Markdown file each, with its source and the day since which it holds.

use crate::files::Provenance;
use kernel::Date;
use serde::Deserialize;

/// Where guidance can be shown.
pub const PLACES: [&str; 6] = ["plan", "lead", "level", "visit", "meeting", "closing"];

/// Guidance on one subject.
#[derive(Clone, Debug)]
pub struct Guidance {
    /// The file's name, without its ending.
    pub id: String,
    /// What it is about.
    pub title: String,
    /// Where it is shown: some of [`PLACES`].
    pub at: Vec<String>,
    /// Provenance.
    pub provenance: Provenance,
    /// What it says, as Markdown (CommonMark).
    pub markdown: String,
}

/// What stands before the text, between two lines of `+++`.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct Head {
    title: String,
    at: Vec<String>,
    source: String,
    in_force: Date,
    #[serde(default)]
    confirm: bool,
}

/// Returns guidance from the text of its file.
///
/// # Errors
/// The line, from one, and what is wrong with it.
pub(crate) fn parse(id: &str, text: &str) -> Result<Guidance, (usize, String)> {
    let parts = text.strip_prefix("+++\n").and_then(|rest| rest.split_once("\n+++\n"));
    let (head, markdown) =
        parts.ok_or((1, "it does not begin with a title, places and a source between two lines of +++".to_owned()))?;
    let head: Head = toml::from_str(head).map_err(|e| {
        let before = e.span().map_or(0, |span| head.bytes().take(span.start).filter(|byte| *byte == b'\n').count());
        (before + 2, e.message().to_owned())
    })?;
    if let Some(place) = head.at.iter().find(|place| !PLACES.contains(&place.as_str())) {
        return Err((1, format!("nothing is shown at '{place}': the places are {}", PLACES.join(", "))));
    }
    if markdown.trim().is_empty() {
        return Err((1, "it says nothing".to_owned()));
    }
    let provenance = Provenance { source: head.source, in_force: head.in_force, confirm: head.confirm };
    Ok(Guidance { id: id.to_owned(), title: head.title, at: head.at, provenance, markdown: markdown.to_owned() })
}
