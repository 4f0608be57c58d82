//! Passwords, one-time codes, tokens and marks: how each is made, kept and checked.

use crate::actor::PractitionerId;
use argon2::Argon2;
use argon2::password_hash::{PasswordHasher, PasswordVerifier, phc::PasswordHash};
use kernel::Timestamp;
use ring::{digest as hashes, hmac};
use totp_rs::{Algorithm, Builder, Secret, Totp};

const PASSWORD_MIN: usize = 12;
const PASSWORD_MAX: usize = 200;
const STEP_SECONDS: i64 = 30;
/// What is compared with when there is nobody, so that it takes as long: Argon2id with the default costs.
const NOBODY: &str = "$argon2id$v=19$m=19456,t=2,p=1$bm9ib2R5bm9ib2R5bm8$0000000000000000000000000000000000000000000";
const COMMON: [&str; 8] = [
    "password1234",
    "123456789012",
    "qwertyuiop12",
    "letmeinletmein",
    "passwordpassword",
    "think family",
    "thinkfamily1",
    "welcome12345",
];

/// Returns whether a password is long enough, not one of the commonest, and not a few characters over and over.
pub fn is_good_password(password: &str) -> bool {
    let count = password.chars().count();
    let different: std::collections::BTreeSet<char> = password.chars().collect();
    (PASSWORD_MIN..=PASSWORD_MAX).contains(&count) && different.len() >= 5 && !COMMON.contains(&password.to_lowercase().as_str())
}

/// Returns the Argon2id hash of a password, with its salt and costs.
pub fn hash_password(password: &str) -> Option<String> {
    Argon2::default().hash_password(password.as_bytes()).ok().map(|hash| hash.to_string())
}

/// Returns whether a password is the one that was hashed; takes as long when nothing was.
pub fn verify_password(password: &str, hash: Option<&str>) -> bool {
    let verify = |hash: &str| {
        PasswordHash::new(hash).is_ok_and(|parsed| Argon2::default().verify_password(password.as_bytes(), &parsed).is_ok())
    };
    match hash {
        Some(hash) if password.chars().count() <= PASSWORD_MAX => verify(hash),
        _ => {
            // The answer is no whatever it says; it is asked for the time it takes.
            let _ = verify(NOBODY);
            false
        }
    }
}

/// Returns what is kept of a token: its SHA-256.
pub fn digest(token: &str) -> Vec<u8> {
    hashes::digest(&hashes::SHA256, token.as_bytes()).as_ref().to_vec()
}

/// Returns bytes as hexadecimal digits.
pub fn hex(bytes: &[u8]) -> String {
    use std::fmt::Write as _;
    bytes.iter().fold(String::new(), |mut text, byte| {
        // Writing to a String cannot fail.
        let _ = write!(text, "{byte:02x}");
        text
    })
}

/// Returns an authenticator's secret as people type it.
pub fn base32(secret: &[u8]) -> String {
    Secret::from(secret.to_vec()).to_base32()
}

/// Returns the time step whose code this is, if any: this one, the one before or the one after (RFC 6238).
pub fn matching_step(secret: &[u8], code: &str, now: Timestamp) -> Option<i64> {
    let digits: String = code.chars().filter(char::is_ascii_digit).collect();
    if digits.len() != 6 {
        return None;
    }
    let step = totp(secret)?.check(&digits, u64::try_from(now.as_second()).ok()?)?;
    i64::try_from(step).ok()
}

/// Returns the code for a moment: for tests and for the demonstration's made-up people.
pub fn code_at(secret: &[u8], now: Timestamp) -> Option<String> {
    let seconds = u64::try_from(now.as_second()).ok()?;
    Some(totp(secret)?.generate(seconds).to_string())
}

fn totp(secret: &[u8]) -> Option<Totp> {
    Builder::new()
        .with_algorithm(Algorithm::SHA1)
        .with_digits(6)
        .with_skew(1)
        .with_step_duration(u64::try_from(STEP_SECONDS).ok()?)
        .with_secret(Secret::from(secret.to_vec()))
        .build()
        .ok()
}

/// Returns a recovery code: four groups of four letters and digits that cannot be mistaken for one another.
pub fn recovery_code(random: &[u8; 32]) -> String {
    const LETTERS: &[u8; 32] = b"abcdefghjkmnpqrstuvwxyz234567892";
    let letters: Vec<char> = random[8..24].iter().map(|byte| char::from(LETTERS[usize::from(byte % 32)])).collect();
    letters.chunks(4).map(|group| group.iter().collect::<String>()).collect::<Vec<_>>().join("-")
}

/// Returns a recovery code as it is hashed: without spaces and dashes, in lower case.
pub fn plain_code(code: &str) -> String {
    code.chars().filter(char::is_ascii_alphanumeric).map(|c| c.to_ascii_lowercase()).collect()
}

/// Returns the mark of a browser that somebody signed in on; a new password makes it worthless.
pub fn device_mark(id: PractitionerId, password_hash: Option<&str>) -> String {
    let key = hmac::Key::new(hmac::HMAC_SHA256, password_hash.unwrap_or("").as_bytes());
    format!("{}.{}", id.0.simple(), hex(hmac::sign(&key, id.0.as_bytes()).as_ref()))
}

/// Returns whether a browser's mark is this person's.
pub fn device_belongs(mark: &str, id: PractitionerId, password_hash: Option<&str>) -> bool {
    let expected = digest(&device_mark(id, password_hash));
    expected == digest(mark)
}

#[cfg(test)]
mod tests {
    use super::*;
    use uuid::Uuid;

    #[test]
    fn a_password_verifies_and_another_does_not() {
        let hash = hash_password("correct horse battery").unwrap();
        assert!(hash.starts_with("$argon2id$"));
        assert!(verify_password("correct horse battery", Some(&hash)));
        assert!(!verify_password("correct horse batterz", Some(&hash)));
        assert!(!verify_password("correct horse battery", None));
    }

    #[test]
    fn what_nobody_is_compared_with_is_a_hash_of_the_usual_cost() {
        let usual = hash_password("anything at all").unwrap();
        let costs = |hash: &str| hash.split('$').nth(3).map(str::to_owned);
        assert!(PasswordHash::new(NOBODY).is_ok());
        assert_eq!(costs(NOBODY), costs(&usual));
    }

    #[test]
    fn short_and_common_passwords_are_refused() {
        assert!(!is_good_password("elevenchars"));
        assert!(!is_good_password("Passwordpassword"));
        assert!(!is_good_password("aaaaaaaaaaaaaaaa"));
        assert!(is_good_password("three walls and a door"));
    }

    #[test]
    fn the_codes_of_rfc_6238_are_recognised() {
        // RFC 6238, appendix B: the SHA-1 secret at 59 seconds gives 94287082; the last six digits are used.
        let secret = b"12345678901234567890";
        let at = Timestamp::from_second(59).unwrap();
        assert_eq!(code_at(secret, at).as_deref(), Some("287082"));
        assert_eq!(matching_step(secret, "287 082", at), Some(1));
        assert_eq!(matching_step(secret, "287083", at), None);
        assert_eq!(matching_step(secret, "287082", Timestamp::from_second(200).unwrap()), None);
    }

    #[test]
    fn a_device_is_its_owners_and_a_new_password_forgets_it() {
        let (ann, ben) = (PractitionerId(Uuid::from_u128(1)), PractitionerId(Uuid::from_u128(2)));
        let mark = device_mark(ann, Some("hash"));
        assert!(device_belongs(&mark, ann, Some("hash")));
        assert!(!device_belongs(&mark, ben, Some("hash")));
        assert!(!device_belongs(&mark, ann, Some("new hash")));
    }
}
