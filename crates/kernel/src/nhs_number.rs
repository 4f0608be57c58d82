//! NHS numbers: ten digits, the last of them a check digit.
//!
//! Source: NHS Data Dictionary, "NHS number" (modulus 11).

use std::fmt;
use std::str::FromStr;

/// A number that passes the check; whether it is this person's is another question.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct NhsNumber([u8; 10]);

/// Why a text is no NHS number.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum NhsNumberError {
    /// Not ten digits.
    #[error("must have 10 digits, like 943 476 5919")]
    Shape,
    /// The last digit does not follow from the others.
    #[error("has a digit wrong: check it against the letter or screen it came from")]
    CheckDigit,
}

impl FromStr for NhsNumber {
    type Err = NhsNumberError;

    fn from_str(text: &str) -> Result<Self, NhsNumberError> {
        let mut digits = [0_u8; 10];
        let mut count = 0;
        for c in text.chars() {
            match c {
                ' ' | '-' => {}
                '0'..='9' if count < 10 => {
                    digits[count] = c as u8 - b'0';
                    count += 1;
                }
                _ => return Err(NhsNumberError::Shape),
            }
        }
        if count != 10 {
            return Err(NhsNumberError::Shape);
        }
        let sum: u32 = digits[..9].iter().zip((2..=10).rev()).map(|(d, weight)| u32::from(*d) * weight).sum();
        let check = match 11 - sum % 11 {
            11 => 0,
            check => check,
        };
        let all_same = digits.iter().all(|d| *d == digits[0]);
        if check == u32::from(digits[9]) && !all_same { Ok(Self(digits)) } else { Err(NhsNumberError::CheckDigit) }
    }
}

impl fmt::Display for NhsNumber {
    /// Writes ten digits without spaces: the stored form.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.iter().try_for_each(|d| write!(f, "{d}"))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_published_examples_pass_and_the_wrong_one_fails() {
        for good in ["9434765919", "944 930 3223", "401-023-2137", "9990548609"] {
            assert!(good.parse::<NhsNumber>().is_ok(), "{good}");
        }
        assert_eq!("4857773456".parse::<NhsNumber>(), Err(NhsNumberError::CheckDigit));
        assert_eq!("0000000000".parse::<NhsNumber>(), Err(NhsNumberError::CheckDigit));
        assert_eq!("94347659".parse::<NhsNumber>(), Err(NhsNumberError::Shape));
    }

    #[test]
    fn changing_any_one_digit_is_noticed() {
        let good = "9434765919";
        for at in 0..10 {
            for digit in '0'..='9' {
                let mut changed: Vec<char> = good.chars().collect();
                if changed[at] == digit {
                    continue;
                }
                changed[at] = digit;
                assert!(changed.iter().collect::<String>().parse::<NhsNumber>().is_err());
            }
        }
    }
}
