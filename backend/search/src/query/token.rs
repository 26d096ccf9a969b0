//! From text to what stands between blanks.

use std::ops::Range;

/// One thing that was typed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Token {
    /// All of it, in bytes.
    pub(super) span: Range<usize>,
    /// Whether a `-` is before it.
    pub(super) negated: bool,
    /// What stands before the colon, in small letters, if that is a word.
    pub(super) field: Option<String>,
    /// What follows it, or all.
    pub(super) value: Value,
}

/// What a token says.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Value {
    /// Without quotes.
    pub(super) text: String,
    /// Where it stands, in bytes, quotes included.
    pub(super) span: Range<usize>,
    /// Whether it was in quotes.
    pub(super) quoted: bool,
    /// Whether these quotes were never closed.
    pub(super) open: bool,
}

impl Value {
    pub(super) fn is_blank(&self) -> bool {
        self.text.trim().is_empty()
    }
}

/// Keyboards of phones write the others.
const QUOTES: [char; 4] = ['"', '“', '”', '„'];

fn is_blank(character: char) -> bool {
    character.is_whitespace() || character.is_control()
}

/// Whether a value with this character in it is not read as it stands.
pub(super) fn must_be_quoted(character: char) -> bool {
    is_blank(character) || QUOTES.contains(&character)
}

/// All tokens of a text.
pub(super) fn tokens(text: &str) -> Vec<Token> {
    let mut tokens = Vec::new();
    let mut at = 0;
    loop {
        at += text[at..].find(|character| !is_blank(character)).unwrap_or(text.len() - at);
        if at == text.len() {
            return tokens;
        }
        let token = token(text, at);
        at = token.span.end;
        tokens.push(token);
    }
}

/// The one that begins at a place that is not blank.
fn token(text: &str, start: usize) -> Token {
    let rest = &text[start..];
    // `--verbose` was pasted.
    let negated = rest.strip_prefix('-').is_some_and(|after| !after.starts_with(['-']) && !after.is_empty());
    let begin = start + usize::from(negated);
    let colon = text[begin..].find(|character: char| !character.is_ascii_alphabetic());
    let field = colon.filter(|at| *at > 0 && text[begin + at..].starts_with(':'));
    let value = value(text, field.map_or(begin, |at| begin + at + 1));
    Token {
        span: start..value.span.end,
        negated,
        field: field.map(|at| text[begin..begin + at].to_ascii_lowercase()),
        value,
    }
}

fn value(text: &str, start: usize) -> Value {
    let rest = &text[start..];
    if let Some(quote) = rest.chars().next().filter(|first| QUOTES.contains(first)) {
        return quoted(text, start, quote);
    }
    let end = start + rest.find(is_blank).unwrap_or(rest.len());
    Value { text: text[start..end].to_owned(), span: start..end, quoted: false, open: false }
}

/// Straight quotes end at a straight one that is not doubled; the others at any of the others.
fn quoted(text: &str, start: usize, quote: char) -> Value {
    let mut inside = String::new();
    let mut characters = text[start..].char_indices().skip(1).peekable();
    while let Some((at, character)) = characters.next() {
        let closes = if quote == '"' { character == '"' } else { QUOTES[1..].contains(&character) };
        if closes && (quote != '"' || characters.next_if(|(_, next)| *next == '"').is_none()) {
            let end = start + at + character.len_utf8();
            return Value { text: inside, span: start..end, quoted: true, open: false };
        }
        inside.push(if character.is_control() { ' ' } else { character });
    }
    Value { text: inside, span: start..text.len(), quoted: true, open: true }
}
