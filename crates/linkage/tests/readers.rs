//! Files that are not what they say: whatever bytes they hold, reading them ends, and says what is wrong.
//!
//! Each run mutates files that are right, as a fuzzer would: bits, bytes, pieces cut out, doubled and strewn about.

#![expect(clippy::unwrap_used, reason = "what the tests' helpers cannot do has failed the test")]

use linkage::files::{Cell, Columns, Sheet, read};
use linkage::people::People;
use std::path::Path;

/// Numbers that look like chance, the same in every run.
struct Chance(u64);

impl Chance {
    fn below(&mut self, most: usize) -> usize {
        self.0 = self.0.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        usize::try_from(self.0 >> 33).unwrap() % most.max(1)
    }

    /// Returns bytes that are not what they were.
    fn changed(&mut self, bytes: &[u8]) -> Vec<u8> {
        let mut changed = bytes.to_vec();
        for _ in 0..=self.below(8) {
            let at = self.below(changed.len());
            let until = (at + self.below(40)).min(changed.len());
            match self.below(6) {
                0 if at < changed.len() => changed[at] ^= 1 << self.below(8),
                1 if at < changed.len() => changed[at] = u8::try_from(self.below(256)).unwrap(),
                2 => drop(changed.drain(at..until)),
                3 => changed.truncate(at),
                4 => {
                    let piece = changed[at..until].to_vec();
                    let to = self.below(changed.len() + 1);
                    changed.splice(to..to, piece);
                }
                _ => {
                    let strange = [0_u8, 0xff, b'"', b',', b'\n', 0x80, 0xfe, 0x7f];
                    changed.splice(at..at, [strange[self.below(strange.len())]]);
                }
            }
        }
        changed
    }
}

/// Reads bytes as a file of a name; what is wrong is said with the file's name.
fn read_bytes(folder: &Path, name: &str, bytes: &[u8]) -> usize {
    let path = folder.join(name);
    std::fs::write(&path, bytes).unwrap();
    let mut people = People::default();
    match read(&mut people, &path, &Columns::default()) {
        Ok(rows) => usize::try_from(rows).unwrap(),
        Err(e) => {
            assert!(e.to_string().contains(name), "{e}");
            0
        }
    }
}

const CSV: &str = "rec_id,source,first_name,last_name,dob,sex,postcode,nhs\n1,gp,Zoë,\"O'Neill, née Łuczak\",1990-05-03,F,BD18 3QX,9434765919\n\
                   2,school,Amy,Barlow,3/5/1990,F,,\n3,police,,\"Bar\"\"low\",,M,LS21 1AA,\n";

#[test]
fn a_text_file_of_any_bytes_is_read_or_refused_and_never_ends_the_program() {
    let folder = tempfile::tempdir().unwrap();
    assert_eq!(read_bytes(folder.path(), "right.csv", CSV.as_bytes()), 3);
    let mut chance = Chance(7);
    for _ in 0..4000 {
        let bytes = chance.changed(CSV.as_bytes());
        read_bytes(folder.path(), "changed.csv", &bytes);
    }
    for _ in 0..1000 {
        let bytes: Vec<u8> = (0..chance.below(300)).map(|_| u8::try_from(chance.below(256)).unwrap()).collect();
        read_bytes(folder.path(), "garbage.csv", &bytes);
    }
}

#[test]
fn a_parquet_file_of_any_bytes_is_read_or_refused_and_never_ends_the_program() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("right.parquet");
    let columns = [("rec_id", true), ("first_name", true), ("last_name", true), ("dob", true), ("number", false)];
    let mut sheet = Sheet::create(&path, &columns).unwrap();
    for row in 0..50 {
        let id = row.to_string();
        let cells =
            [Cell::Text(&id), Cell::Text("Zoë"), Cell::Text("Barlow"), Cell::Text("1990-05-03"), Cell::Number(f64::from(row), 0)];
        sheet.row(&cells).unwrap();
    }
    sheet.finish().unwrap();
    let right = std::fs::read(&path).unwrap();
    assert_eq!(read_bytes(folder.path(), "right.parquet", &right), 50);
    let mut chance = Chance(11);
    for _ in 0..3000 {
        let bytes = chance.changed(&right);
        read_bytes(folder.path(), "changed.parquet", &bytes);
    }
}
