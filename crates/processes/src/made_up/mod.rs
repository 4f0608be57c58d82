//! Extracts of people who never lived: deterministic, of any size, with families and their stories.
//!
//! The same size and seed write the same bytes. Nothing here is taken from real people.

pub mod names;
mod people;
mod random;

pub use people::{SOURCES, Written, write};

#[cfg(test)]
mod tests {
    use super::*;

    fn bytes(records: usize, seed: u64) -> Vec<Vec<u8>> {
        let folder = tempfile::tempdir().unwrap();
        write(folder.path(), records, seed, "2026-11-02".parse().unwrap()).unwrap();
        SOURCES.iter().map(|source| std::fs::read(folder.path().join(format!("{source}.csv"))).unwrap()).collect()
    }

    #[test]
    fn the_same_seed_writes_the_same_bytes_and_another_seed_others() {
        assert_eq!(bytes(500, 1), bytes(500, 1));
        assert_ne!(bytes(500, 1), bytes(500, 2));
    }

    #[test]
    fn as_many_records_are_written_as_were_asked_for_and_the_barlows_are_among_them() {
        let files = bytes(400, 7);
        let lines: usize = files.iter().map(|file| file.iter().filter(|byte| **byte == b'\n').count() - 1).sum();
        assert!((400..480).contains(&lines), "{lines}");
        assert!(String::from_utf8(files.concat()).unwrap().contains("Barlow"));
    }
}
