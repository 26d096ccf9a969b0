//! Our words in an alphabet that Meilisearch leaves whole. It takes some scripts apart once more, by dictionaries; what
//! is not written in a script of which we know that it doesn't is spelled in Latin letters.

use std::borrow::Cow;

/// Characters of a word that are spelled; with 12 letters each, the longest word that Meilisearch indexes holds these.
pub(super) const LONGEST: usize = 20;

/// The word as it is indexed and asked for.
pub(super) fn token(word: &str) -> Cow<'_, str> {
    if word.chars().all(stays) {
        Cow::Borrowed(word)
    } else {
        Cow::Owned(word.chars().take(LONGEST).map(spelled).collect())
    }
}

/// All of these, with blanks between them.
pub(super) fn tokens(words: &[String]) -> String {
    words.iter().map(|word| token(word)).collect::<Vec<_>>().join(" ")
}

/// Whether the token tells the word from all others.
pub(super) fn is_told(word: &str) -> bool {
    word.chars().all(stays) || word.chars().count() < LONGEST
}

/// Digits, and the letters of Latin, Greek and Cyrillic.
const fn stays(character: char) -> bool {
    character.is_ascii_alphanumeric() || matches!(character, '\u{c0}'..='\u{24f}' | '\u{370}'..='\u{52f}')
}

/// Each half byte of its number as a letter, three times: typos that are forgiven, two at most, make no other
/// character of it.
fn spelled(character: char) -> String {
    let number = u32::from(character);
    let halves = (0..4).rev().map(|half| (number >> (4 * half)) & 0xf);
    // What is beyond 16 bits falls together with what is not: with other characters that are as rare.
    let letters = halves.filter_map(|half| char::from_digit(half + 10, 26)).flat_map(|letter| [letter; 3]);
    letters.collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_some_scripts_are_spelled() {
        assert_eq!(token("sunset"), "sunset");
        assert_eq!(token("улица"), "улица");
        assert_eq!(token("写"), "fffbbbjjjjjj");
        assert!(token("写真").starts_with(&*token("写")));
        assert!(token(&"ก".repeat(64)).len() <= 250);
        assert!(is_told("写真") && !is_told(&"ก".repeat(30)));
    }
}
