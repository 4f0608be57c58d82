//! What is asked for, as the policies see it: without a word of the policies' language.

use uuid::Uuid;

/// One attribute of a thing.
#[derive(Clone, Debug)]
pub enum Attr {
    /// A word: a kind, a class.
    Text(String),
    /// Yes or no.
    Flag(bool),
    /// Another thing, by its kind and id.
    One(&'static str, Uuid),
    /// Several things of one kind.
    Many(&'static str, Vec<Uuid>),
}

/// A thing with its attributes.
#[derive(Clone, Debug)]
pub struct Thing {
    /// Its kind in the policies' schema: `Person`, `Fact`, …
    pub kind: &'static str,
    /// Which one.
    pub id: Uuid,
    /// What the policies may ask of it.
    pub attrs: Vec<(&'static str, Attr)>,
}

/// A thing that is asked for, the things it speaks of, and whom the journal says it is about.
#[derive(Clone, Debug)]
pub struct Resource {
    /// What is asked for.
    pub thing: Thing,
    /// What its attributes point at.
    pub beside: Vec<Thing>,
    /// Whom or what the journal's entry is about.
    pub subject_id: Option<Uuid>,
    /// Whether a refusal must look like absence.
    pub hide_refusal: bool,
}

impl Resource {
    /// Returns the area as a whole: for acts that are about no single record.
    pub fn area() -> Self {
        let thing = Thing { kind: "Area", id: Uuid::nil(), attrs: Vec::new() };
        Self { thing, beside: Vec::new(), subject_id: None, hide_refusal: false }
    }
}
