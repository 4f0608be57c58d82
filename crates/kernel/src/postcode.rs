//! UK postcodes: recognised by shape, written one way, never refused for being unknown.

use std::fmt;
use std::str::FromStr;

/// A postcode in its usual writing, as `BD3 9QX`.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Postcode(String);

/// The text has not the shape of a postcode.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("must look like a postcode, like BD3 9QX")]
pub struct PostcodeError;

impl Postcode {
    /// Returns the outward part: `BD3`, the area of a few thousand homes.
    pub fn outward(&self) -> &str {
        self.0.split(' ').next().unwrap_or("")
    }
}

impl FromStr for Postcode {
    type Err = PostcodeError;

    fn from_str(text: &str) -> Result<Self, PostcodeError> {
        let plain: String = text.chars().filter(|c| !c.is_whitespace()).map(|c| c.to_ascii_uppercase()).collect();
        if !plain.is_ascii() || !(5..=7).contains(&plain.len()) {
            return Err(PostcodeError);
        }
        let (outward, inward) = plain.split_at(plain.len() - 3);
        let inward_ok = matches!(inward.as_bytes(), [b'0'..=b'9', b'A'..=b'Z', b'A'..=b'Z']);
        let outward_ok = outward.starts_with(|c: char| c.is_ascii_uppercase())
            && outward.chars().all(|c| c.is_ascii_alphanumeric())
            && outward.contains(|c: char| c.is_ascii_digit());
        if inward_ok && outward_ok { Ok(Self(format!("{outward} {inward}"))) } else { Err(PostcodeError) }
    }
}

impl fmt::Display for Postcode {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(f)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn spaces_and_case_are_made_one_way() {
        assert_eq!("bd39qx".parse::<Postcode>().unwrap().to_string(), "BD3 9QX");
        assert_eq!("SW1A 2WH".parse::<Postcode>().unwrap().outward(), "SW1A");
    }

    #[test]
    fn what_is_no_postcode_is_refused() {
        for bad in ["", "BD", "12345", "BDI 9QXX1", "ÄD3 9QX"] {
            assert_eq!(bad.parse::<Postcode>(), Err(PostcodeError), "{bad}");
        }
    }
}
