//! Texts kept once, side by side in one piece of memory, each known by its number.

use hashbrown::HashTable;
use rustc_hash::FxHasher;
use std::hash::Hasher;

/// Texts by number; 0 is the empty one.
#[derive(Debug)]
pub struct Texts {
    bytes: Vec<u8>,
    ends: Vec<u64>,
    places: HashTable<Place>,
}

/// Where a text is, with enough of its hash to look no further for most that it is not.
#[derive(Clone, Copy, Debug)]
struct Place {
    hash: u32,
    number: u32,
}

impl Place {
    fn spread(self) -> u64 {
        u64::from(self.hash).wrapping_mul(0x9E37_79B9_7F4A_7C15)
    }
}

impl Default for Texts {
    fn default() -> Self {
        Self { bytes: Vec::new(), ends: vec![0], places: HashTable::new() }
    }
}

/// Returns a number for a text that is the same in every run.
pub(crate) fn hash(text: &str) -> u64 {
    let mut hasher = FxHasher::default();
    hasher.write(text.as_bytes());
    // Its low bits alone would tell little apart.
    let hash = hasher.finish().wrapping_mul(0x9E37_79B9_7F4A_7C15);
    hash ^ (hash >> 29)
}

impl Texts {
    /// Returns a text's number, keeping it when it is new.
    pub fn keep(&mut self, text: &str) -> u32 {
        if text.is_empty() {
            return 0;
        }
        let place = Place { hash: (hash(text) >> 32) as u32, number: u32::try_from(self.ends.len()).unwrap_or(u32::MAX) };
        let is_it = |other: &Place| other.hash == place.hash && self.bytes(other.number) == text.as_bytes();
        if let Some(found) = self.places.find(place.spread(), is_it) {
            return found.number;
        }
        self.bytes.extend_from_slice(text.as_bytes());
        self.ends.push(self.bytes.len() as u64);
        self.places.insert_unique(place.spread(), place, |place| place.spread());
        place.number
    }

    /// Returns the bytes of a text.
    pub fn bytes(&self, number: u32) -> &[u8] {
        let at = number as usize;
        if at == 0 {
            return &[];
        }
        &self.bytes[self.ends[at - 1] as usize..self.ends[at] as usize]
    }

    /// Returns the text of a number.
    pub fn get(&self, number: u32) -> &str {
        std::str::from_utf8(self.bytes(number)).unwrap_or_default()
    }

    /// Returns a number for each text that is the same in every run, whatever order the texts came in; 0 for the empty one alone.
    pub(crate) fn stable(&self) -> Vec<u32> {
        let numbers = u32::try_from(self.len()).unwrap_or(u32::MAX);
        let stable = |number: u32| if number == 0 { 0 } else { ((hash(self.get(number)) >> 32) as u32).max(1) };
        (0..numbers).map(stable).collect()
    }

    /// Returns how many there are, the empty one included.
    pub fn len(&self) -> usize {
        self.ends.len()
    }

    /// Returns whether there are none but the empty one.
    pub fn is_empty(&self) -> bool {
        self.ends.len() == 1
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_text_is_kept_once_and_read_back() {
        let mut texts = Texts::default();
        let (a, b) = (texts.keep("Hill Street"), texts.keep("Mill Lane"));
        assert_ne!(a, b);
        assert_eq!((texts.keep("Hill Street"), texts.keep("")), (a, 0));
        assert_eq!((texts.get(b), texts.get(0)), ("Mill Lane", ""));
        for n in 0..10_000 {
            texts.keep(&n.to_string());
        }
        assert_eq!(texts.keep("Mill Lane"), b);
        assert_eq!(texts.len(), 10_003);
    }
}
