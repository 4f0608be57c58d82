//! Chance that repeats itself: the same seed gives the same numbers (SplitMix64, Steele and others, 2014).

pub(super) struct Chance(u64);

impl Chance {
    pub(super) fn new(seed: u64) -> Self {
        Self(seed)
    }

    fn next(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9E37_79B9_7F4A_7C15);
        let mut z = self.0;
        z = (z ^ (z >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
        z ^ (z >> 31)
    }

    /// Returns a number from 0 up to but not including `end`.
    pub(super) fn below(&mut self, end: u64) -> u64 {
        self.next() % end.max(1)
    }

    /// Returns true in `percent` of 100 cases.
    pub(super) fn happens(&mut self, percent: u64) -> bool {
        self.below(100) < percent
    }

    /// Returns one of several, the first ones more often.
    pub(super) fn one_of<'a>(&mut self, list: &[&'a str]) -> &'a str {
        let length = list.len() as u64;
        let at = self.below(length).min(self.below(length));
        usize::try_from(at).ok().and_then(|at| list.get(at)).copied().unwrap_or("")
    }
}
