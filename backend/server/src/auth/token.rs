//! Bearer tokens: random, shown once, stored as a hash.

use getrandom::Error as NoRandomness;

/// Tells people and secret scanners what it is.
const PREFIX: &str = "nasman_";

/// A new token's secret: 256 random bits.
///
/// # Errors
/// When the system has no randomness to give.
pub fn new_secret() -> Result<String, NoRandomness> {
    let mut bytes = [0u8; 32];
    getrandom::fill(&mut bytes)?;
    Ok(format!("{PREFIX}{}", blake3::Hash::from_bytes(bytes).to_hex()))
}

/// What is stored and looked up. A plain hash is enough here: the secret has 256 bits, nobody guesses it.
#[must_use]
pub fn hash_token(secret: &str) -> String {
    blake3::hash(secret.as_bytes()).to_hex().to_string()
}
