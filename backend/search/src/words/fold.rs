//! What is alike to somebody who searches: capitals and small letters, letters with and without marks.

use unicode_normalization::char::{canonical_combining_class, decompose_compatible};

/// What a character is to the splitting of names.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Class {
    Upper,
    Lower,
    /// Of a script without capitals.
    Letter,
    Digit,
    /// Of a script without blanks: Han, Hiragana, Katakana.
    Ideograph,
    /// All that stands between words.
    Other,
}

impl Class {
    /// Of a decomposed character.
    pub(super) fn of(character: char) -> Self {
        match character {
            'a'..='z' => Self::Lower,
            'A'..='Z' => Self::Upper,
            '0'..='9' => Self::Digit,
            '\0'..='\x7f' => Self::Other,
            _ if !character.is_alphanumeric() => Self::Other,
            '\u{3005}'..='\u{3007}'
            | '\u{3040}'..='\u{30ff}'
            | '\u{31f0}'..='\u{31ff}'
            | '\u{3400}'..='\u{4dbf}'
            | '\u{4e00}'..='\u{9fff}'
            | '\u{f900}'..='\u{faff}'
            | '\u{20000}'..='\u{323af}' => Self::Ideograph,
            _ if character.is_numeric() => Self::Digit,
            _ if character.is_uppercase() => Self::Upper,
            _ if character.is_lowercase() => Self::Lower,
            _ => Self::Letter,
        }
    }

    /// Characters of one run are not split, but at capitals.
    pub(super) const fn run(self) -> Self {
        match self {
            Self::Upper | Self::Lower | Self::Letter => Self::Letter,
            other => other,
        }
    }
}

/// What became of a character.
#[derive(Debug, Clone, Copy)]
pub(super) enum Folded {
    One(char),
    Several(&'static str),
}

impl Folded {
    /// Of a decomposed character. Unicode takes `é` apart, but not these, which are typed without their strokes, or as
    /// two letters, by people whose keyboard lacks them.
    fn of(character: char) -> Self {
        if character.is_ascii() {
            return Self::One(character.to_ascii_lowercase());
        }
        // Only İ has a lower case of two characters, and it was taken apart.
        let lower = character.to_lowercase().next().unwrap_or(character);
        match lower {
            'ß' => Self::Several("ss"),
            'æ' => Self::Several("ae"),
            'œ' => Self::Several("oe"),
            'þ' => Self::Several("th"),
            'ø' => Self::One('o'),
            'ł' => Self::One('l'),
            'đ' | 'ð' => Self::One('d'),
            'ħ' => Self::One('h'),
            'ŧ' => Self::One('t'),
            'ŋ' => Self::One('n'),
            'ı' => Self::One('i'),
            'ĸ' => Self::One('k'),
            // The one that ends a word.
            'ς' => Self::One('σ'),
            other => Self::One(other),
        }
    }

    pub(super) fn push_onto(self, text: &mut String) {
        match self {
            Self::One(character) => text.push(character),
            Self::Several(characters) => text.push_str(characters),
        }
    }
}

/// Whether a decomposed character only changes the look of the one before: accents, points, variants, what joins and
/// what may be hyphenated. Vowel signs of Indic scripts stay.
pub(crate) fn is_mark(character: char) -> bool {
    match character {
        '\0'..='\x7f' => false,
        '\u{ad}' | '\u{200b}'..='\u{200d}' | '\u{2060}' | '\u{feff}' | '\u{fe00}'..='\u{fe0f}' => true,
        _ => canonical_combining_class(character) != 0,
    }
}

/// Calls for each folded character with the number of the character that it comes from. The order of marks, the only
/// thing that taking a text apart character by character leaves out, does not matter: they all go.
pub(super) fn each_folded(text: &str, mut each: impl FnMut(Class, Folded, usize)) {
    for (origin, character) in text.chars().enumerate() {
        if character.is_ascii() {
            each(Class::of(character), Folded::of(character), origin);
        } else {
            decompose_compatible(character, |part| {
                if !is_mark(part) {
                    each(Class::of(part), Folded::of(part), origin);
                }
            });
        }
    }
}

/// The whole text as it is compared and sorted: without marks, in small letters; all else stays as it is.
#[must_use]
pub fn folded(text: &str) -> String {
    let mut all = String::with_capacity(text.len());
    fold_onto(text, &mut all);
    all
}

/// Appends the folded text.
pub(crate) fn fold_onto(text: &str, all: &mut String) {
    if text.is_ascii() {
        let begin = all.len();
        all.push_str(text);
        all[begin..].make_ascii_lowercase();
    } else {
        each_folded(text, |_, folded, _| folded.push_onto(all));
    }
}

/// The folded text, each character with the number of the one that it comes from.
pub(crate) fn trace(text: &str) -> Vec<(char, usize)> {
    let mut all = Vec::with_capacity(text.len());
    each_folded(text, |_, folded, origin| match folded {
        Folded::One(character) => all.push((character, origin)),
        Folded::Several(characters) => all.extend(characters.chars().map(|character| (character, origin))),
    });
    all
}
