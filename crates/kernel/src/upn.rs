//! Unique pupil numbers: a check letter and twelve characters.
//!
//! Source: Department for Education, unique pupil numbers guide (modulus 23 check letter).

use std::fmt;
use std::str::FromStr;

const LETTERS: &[u8; 23] = b"ABCDEFGHJKLMNPQRTUVWXYZ";

/// A UPN that passes the check, permanent or temporary.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Upn([u8; 13]);

/// Why a text is no UPN.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum UpnError {
    /// Not a letter, eleven digits and a digit or letter.
    #[error("must be a letter and 12 characters, like H801200001001")]
    Shape,
    /// The first letter does not follow from the rest.
    #[error("has a character wrong: check it with the school")]
    CheckLetter,
}

impl FromStr for Upn {
    type Err = UpnError;

    fn from_str(text: &str) -> Result<Self, UpnError> {
        let upper = text.trim().to_ascii_uppercase();
        let bytes: [u8; 13] = upper.as_bytes().try_into().map_err(|_| UpnError::Shape)?;
        let first = letter_index(bytes[0]).ok_or(UpnError::Shape)?;
        let mut sum = 0_usize;
        for (at, byte) in bytes.iter().enumerate().skip(1) {
            let value = match byte {
                b'0'..=b'9' => usize::from(byte - b'0'),
                _ if at == 12 => letter_index(*byte).ok_or(UpnError::Shape)?,
                _ => return Err(UpnError::Shape),
            };
            sum += value * (at + 1);
        }
        if sum % 23 == first { Ok(Self(bytes)) } else { Err(UpnError::CheckLetter) }
    }
}

impl fmt::Display for Upn {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.iter().try_for_each(|b| write!(f, "{}", char::from(*b)))
    }
}

fn letter_index(byte: u8) -> Option<usize> {
    LETTERS.iter().position(|letter| *letter == byte)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_published_examples_pass() {
        for good in ["H801200001001", "P123456789123", "K201420001123", "U80120000100A"] {
            assert_eq!(good.parse::<Upn>().map(|u| u.to_string()), Ok(good.to_owned()));
        }
    }

    #[test]
    fn a_wrong_letter_or_shape_is_refused() {
        assert_eq!("A801200001001".parse::<Upn>(), Err(UpnError::CheckLetter));
        assert_eq!("I801200001001".parse::<Upn>(), Err(UpnError::Shape));
        assert_eq!("H80120000100é".parse::<Upn>(), Err(UpnError::Shape));
        assert_eq!("".parse::<Upn>(), Err(UpnError::Shape));
    }
}
