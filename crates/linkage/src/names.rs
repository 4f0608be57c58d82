//! Words of names: each kept once, with how it sounds and which short forms it shares.

use crate::text::Texts;
use rustc_hash::FxHashMap;
use std::sync::LazyLock;

/// A word of a name; 0 is none.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub struct Word(pub u32);

impl Word {
    /// Returns whether there is one.
    pub fn is_some(self) -> bool {
        self.0 != 0
    }
}

const SHORT_FORMS: &str = include_str!("short_forms.txt");
const GROUPS_MAX: usize = 4;

/// What is known of a word without its letters: enough for most comparisons.
#[derive(Clone, Copy, Debug, Default)]
pub struct About {
    /// How it sounds, as a number; 0 when too little is left to tell.
    pub sound: u32,
    /// The letters of the sound.
    pub sound_length: u8,
    /// Its first letter.
    pub initial: u32,
    /// How many letters.
    pub length: u8,
    /// The groups of forms of one name it is in; 0 is none.
    pub groups: [u16; GROUPS_MAX],
}

impl About {
    /// Returns whether it is a letter alone.
    pub fn is_initial(&self) -> bool {
        self.length == 1 && self.initial < 0x80
    }

    /// Returns whether both are forms of one name: Kate and Catherine, Mohd and Muhammad.
    pub fn shares_form(&self, other: &Self) -> bool {
        self.groups.iter().any(|group| *group != 0 && other.groups.contains(group))
    }
}

/// Every word of every name, once.
#[derive(Debug)]
pub struct Names {
    texts: Texts,
    sounds: Texts,
    about: Vec<About>,
}

impl Default for Names {
    fn default() -> Self {
        Self { texts: Texts::default(), sounds: Texts::default(), about: vec![About::default()] }
    }
}

impl Names {
    /// Returns a folded word's number, keeping it when it is new.
    pub fn keep(&mut self, word: &str) -> Word {
        let number = self.texts.keep(word);
        if number as usize == self.about.len() {
            let sound = sound(word);
            let about = About {
                sound: self.sounds.keep(&sound),
                sound_length: u8::try_from(sound.len()).unwrap_or(u8::MAX),
                initial: word.chars().next().map_or(0, u32::from),
                length: u8::try_from(word.chars().count()).unwrap_or(u8::MAX),
                groups: FORMS.get(word).copied().unwrap_or_default(),
            };
            self.about.push(about);
        }
        Word(number)
    }

    /// Returns the letters of a word.
    pub fn text(&self, word: Word) -> &str {
        self.texts.get(word.0)
    }

    /// Returns the letters of a word as bytes.
    pub fn bytes(&self, word: Word) -> &[u8] {
        self.texts.bytes(word.0)
    }

    /// Returns what is known of a word.
    pub fn about(&self, word: Word) -> &About {
        &self.about[word.0 as usize]
    }

    /// Returns how every sound is written, by its number.
    pub(crate) fn sounds(&self) -> &Texts {
        &self.sounds
    }

    /// Returns how many words there are, none included.
    pub fn len(&self) -> usize {
        self.about.len()
    }

    /// Returns whether there are none.
    pub fn is_empty(&self) -> bool {
        self.about.len() == 1
    }
}

/// Returns the other forms of a folded name, in the order of the table: of "kate" catherine, kathryn and the rest.
pub fn forms_of(word: &str) -> Vec<&'static str> {
    let Some(groups) = FORMS.get(word) else { return Vec::new() };
    let lines = SHORT_FORMS.lines().map(str::trim).filter(|line| !line.is_empty() && !line.starts_with('#'));
    let shared = lines.zip(1_u16..).filter(|(_, group)| groups.contains(group));
    let mut forms: Vec<&'static str> = Vec::new();
    for form in shared.flat_map(|(line, _)| line.split_whitespace()) {
        if form != word && !forms.contains(&form) {
            forms.push(form);
        }
    }
    forms
}

/// Every form of a name, with its groups.
static FORMS: LazyLock<FxHashMap<&'static str, [u16; GROUPS_MAX]>> = LazyLock::new(forms);

/// Reads the table of forms of one name: a line a group.
fn forms() -> FxHashMap<&'static str, [u16; GROUPS_MAX]> {
    let mut forms: FxHashMap<&'static str, [u16; GROUPS_MAX]> = FxHashMap::default();
    let lines = SHORT_FORMS.lines().map(str::trim).filter(|line| !line.is_empty() && !line.starts_with('#'));
    for (line, group) in lines.zip(1_u16..) {
        for word in line.split_whitespace() {
            let groups = forms.entry(word).or_default();
            if let Some(free) = groups.iter_mut().find(|group| **group == 0) {
                *free = group;
            }
        }
    }
    forms
}

/// Groups of letters that are one sound in the ways that names of many languages are written in English, longest first.
const LETTERS: [(&str, &str); 21] = [
    ("tsch", "c"),
    ("sch", "s"),
    ("ph", "f"),
    ("gh", "g"),
    ("kh", "k"),
    ("ck", "k"),
    ("ch", "c"),
    ("cz", "c"),
    ("sh", "s"),
    ("sz", "s"),
    ("th", "t"),
    ("dh", "d"),
    ("zh", "s"),
    ("dj", "j"),
    ("ks", "s"),
    ("q", "k"),
    ("x", "s"),
    ("z", "s"),
    ("w", "f"),
    ("v", "f"),
    ("j", "j"),
];

/// Returns how a folded word sounds: its consonants, those written alike as one, and whether it begins with a vowel.
///
/// `mohammed`, `muhammad` and `mohamed` are `mmd`; `catherine` and `kathryn` are `ktrn`.
pub fn sound(word: &str) -> String {
    let mut out = String::with_capacity(word.len());
    let mut rest = word;
    let mut last = '\0';
    while let Some(first) = rest.chars().next() {
        let (letters, next) = match LETTERS.iter().find(|(from, _)| rest.starts_with(from)) {
            Some((from, to)) => (*to, &rest[from.len()..]),
            None => (&rest[..first.len_utf8()], &rest[first.len_utf8()..]),
        };
        let followed_by_soft = next.starts_with(['e', 'i', 'y']);
        for c in letters.chars() {
            let c = match c {
                'c' if letters.len() == 1 && first == 'c' && rest.as_bytes().get(1) != Some(&b'h') => {
                    if followed_by_soft {
                        's'
                    } else {
                        'k'
                    }
                }
                other => other,
            };
            let is_vowel = matches!(c, 'a' | 'e' | 'i' | 'o' | 'u' | 'y' | 'h');
            if out.is_empty() && is_vowel && c != 'h' && c != 'y' {
                out.push('a');
            } else if (out.is_empty() || !is_vowel) && c != last {
                out.push(c);
            }
            last = c;
        }
        rest = next;
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn one_name_written_in_many_ways_sounds_the_same() {
        for group in [
            &["mohammed", "muhammad", "mohamed", "mohammad"][..],
            &["catherine", "kathryn", "katherine"],
            &["hussain", "hussein", "husayn"],
            &["stephen", "steven"],
            &["omar", "umar"],
            &["yusuf", "yousef"],
            &["ahmed", "ahmad"],
        ] {
            for name in group {
                assert_eq!(sound(name), sound(group[0]), "{name}");
            }
        }
        assert_ne!(sound("amy"), sound("anna"));
        assert_ne!(sound("smith"), sound("jones"));
    }

    #[test]
    fn short_forms_share_a_group_and_a_word_is_kept_once() {
        let mut names = Names::default();
        let (kate, catherine, amy) = (names.keep("kate"), names.keep("catherine"), names.keep("amy"));
        assert!(names.about(kate).shares_form(names.about(catherine)));
        assert!(!names.about(kate).shares_form(names.about(amy)));
        assert_eq!(names.keep("kate"), kate);
        assert_eq!(names.text(catherine), "catherine");
    }

    #[test]
    fn every_word_of_the_table_is_folded_and_in_few_groups() {
        let mut folded = String::new();
        for word in SHORT_FORMS.lines().filter(|line| !line.starts_with('#')).flat_map(str::split_whitespace) {
            crate::standard::fold(word, &mut folded);
            assert_eq!(folded, word);
        }
        let mut times: FxHashMap<&str, usize> = FxHashMap::default();
        for word in SHORT_FORMS.lines().filter(|line| !line.starts_with('#')).flat_map(str::split_whitespace) {
            *times.entry(word).or_default() += 1;
        }
        let many: Vec<&str> = times.into_iter().filter(|(_, times)| *times > GROUPS_MAX).map(|(word, _)| word).collect();
        assert!(many.is_empty(), "{many:?}");
    }
}
