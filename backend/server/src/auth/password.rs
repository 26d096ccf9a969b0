//! Passwords: Argon2id with the library's recommended cost.

use argon2::{Argon2, PasswordHash, PasswordHasher as _, PasswordVerifier as _};
use getrandom::Error as NoRandomness;

use crate::http::error::{ApiError, ApiResult, Code};

/// Shortest password accepted, in characters.
pub const MIN_LENGTH: usize = 8;
/// Longest one, in bytes: hashing time is not the caller's to choose.
const MAX_LENGTH: usize = 256;
/// Without letters and digits that people mix up.
const ALPHABET: &[u8; 32] = b"abcdefghjkmnpqrstuvwxyz23456789-";

/// Makes and checks password hashes. Calls take some ten milliseconds and 19 MiB each: off the async threads.
pub struct Passwords {
    argon: Argon2<'static>,
    /// Checked against when no such user exists, so that the answer takes as long.
    decoy: String,
}

impl Passwords {
    /// # Errors
    /// When the system has no randomness to give.
    pub fn new() -> ApiResult<Self> {
        let argon = Argon2::default();
        let decoy = hash(&argon, "decoy")?;
        Ok(Self { argon, decoy })
    }

    /// The hash to store, in its own text form. `field` is where the password came from.
    ///
    /// # Errors
    /// [`Code::InvalidRequest`] when the password is too short or too long.
    pub fn hash(&self, field: &str, password: &str) -> ApiResult<String> {
        if password.chars().count() < MIN_LENGTH || password.len() > MAX_LENGTH {
            let rule = format!("takes {MIN_LENGTH} characters or more, and at most {MAX_LENGTH} bytes");
            return Err(ApiError::field(Code::InvalidRequest, field, rule));
        }
        hash(&self.argon, password)
    }

    /// Whether this is the password. With no hash (no such user) it works as long and answers no.
    #[must_use]
    pub fn verify(&self, password: &str, stored: Option<&str>) -> bool {
        let right = PasswordHash::new(stored.unwrap_or(&self.decoy))
            .is_ok_and(|hash| self.argon.verify_password(password.as_bytes(), &hash).is_ok());
        right && stored.is_some()
    }

    /// A password of 100 bits for the first administrator.
    ///
    /// # Errors
    /// When the system has no randomness to give.
    pub fn random() -> Result<String, NoRandomness> {
        let mut bytes = [0u8; 20];
        getrandom::fill(&mut bytes)?;
        Ok(bytes.iter().map(|b| char::from(ALPHABET[usize::from(b % 32)])).collect())
    }
}

fn hash(argon: &Argon2<'_>, password: &str) -> ApiResult<String> {
    argon.hash_password(password.as_bytes()).map(|hash| hash.to_string()).map_err(|error| {
        tracing::error!(%error, "hashing failed");
        ApiError::new(Code::Internal, "the password could not be hashed")
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_the_right_password_passes() {
        let passwords = Passwords::new().unwrap();
        let stored = passwords.hash("password", "correct horse").unwrap();
        assert!(stored.starts_with("$argon2id$"));
        assert!(passwords.verify("correct horse", Some(&stored)));
        assert!(!passwords.verify("correct horse ", Some(&stored)));
        assert!(!passwords.verify("decoy", None));
        assert!(passwords.hash("password", "short").is_err());
        assert!(passwords.hash("password", &"x".repeat(300)).is_err());
    }

    #[test]
    fn random_passwords_differ() {
        assert_ne!(Passwords::random().unwrap(), Passwords::random().unwrap());
    }
}
