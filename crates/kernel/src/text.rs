//! Text typed by people or sent by feeds, made safe to keep and to show.

/// Why a text was refused.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum TextError {
    /// Nothing but spaces.
    #[error("is empty")]
    Empty,
    /// Longer than allowed; the limit, in characters.
    #[error("must be {0} characters or fewer")]
    TooLong(usize),
    /// Holds control characters or direction overrides, which can hide what a text says.
    #[error("has characters that turn or hide what is written; type it again instead of copying it")]
    Unshowable,
}

/// Returns one line of text, trimmed, its runs of spaces made one.
///
/// # Errors
/// [`TextError`] when it is empty, longer than `limit` characters, or holds characters that hide.
pub fn line(text: &str, limit: usize) -> Result<String, TextError> {
    let text = &without_marks(text);
    if text.chars().any(|c| is_hidden(c) || (c.is_control() && !matches!(c, '\t' | '\r' | '\n'))) {
        return Err(TextError::Unshowable);
    }
    let joined = text.split_whitespace().collect::<Vec<_>>().join(" ");
    within(joined, limit)
}

/// Returns a note of several lines, trimmed, with `\n` line ends.
///
/// # Errors
/// [`TextError`] as for [`line()`].
pub fn note(text: &str, limit: usize) -> Result<String, TextError> {
    let unix = without_marks(text).replace("\r\n", "\n").replace('\r', "\n");
    if unix.chars().any(|c| is_hidden(c) || (c.is_control() && !matches!(c, '\n' | '\t'))) {
        return Err(TextError::Unshowable);
    }
    within(unix.trim().to_owned(), limit)
}

/// Returns a note that may be left out: nothing where nothing was written.
///
/// # Errors
/// [`TextError`] as for [`note`], but for one that is empty.
pub fn note_if_any(text: &str, limit: usize) -> Result<String, TextError> {
    match note(text, limit) {
        Err(TextError::Empty) => Ok(String::new()),
        read => read,
    }
}

/// Returns a text without the marks that copying leaves in it: they have no width and say nothing.
fn without_marks(text: &str) -> String {
    text.chars().filter(|c| !matches!(c, '\u{200B}' | '\u{2060}' | '\u{FEFF}')).collect()
}

/// Returns whether `c` reverses, embeds or hides text: direction overrides and their kind.
pub fn is_hidden(c: char) -> bool {
    matches!(c, '\u{202A}'..='\u{202E}' | '\u{2066}'..='\u{2069}' | '\u{E0000}'..='\u{E007F}')
}

fn within(text: String, limit: usize) -> Result<String, TextError> {
    if text.is_empty() {
        Err(TextError::Empty)
    } else if text.chars().count() > limit {
        Err(TextError::TooLong(limit))
    } else {
        Ok(text)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_direction_override_cannot_hide_in_a_name() {
        assert_eq!(line("Ann\u{202E}a", 40), Err(TextError::Unshowable));
        assert_eq!(note("safe\0", 40), Err(TextError::Unshowable));
    }

    #[test]
    fn names_of_one_letter_and_of_forty_words_are_kept() {
        assert_eq!(line("X", 300).unwrap(), "X");
        let long = vec!["Ana"; 40].join(" ");
        assert_eq!(line(&long, 300).unwrap(), long);
    }

    #[test]
    fn limits_count_characters_not_bytes() {
        assert_eq!(line("żżż", 3).unwrap(), "żżż");
        assert_eq!(line("żżżż", 3), Err(TextError::TooLong(3)));
        assert_eq!(line("   ", 3), Err(TextError::Empty));
        assert_eq!(note_if_any(" \n ", 3), Ok(String::new()));
        assert_eq!(note_if_any("żżżż", 3), Err(TextError::TooLong(3)));
    }
}
