//! From tokens to conditions.

use std::ops::Range;

use jiff::ZonedDateTime;

use super::{
    Clause, Condition, Parsed, Problem,
    field::Field,
    glob,
    token::{Token, tokens},
};
use crate::words;

/// Characters of a text, at most.
pub const MOST_CHARACTERS: usize = 1000;

/// Conditions of a query, at most.
pub const MOST_CLAUSES: usize = 64;

/// Understands what was typed; `now` tells what today is, and where days begin.
#[must_use]
pub fn parse(text: &str, now: &ZonedDateTime) -> Parsed {
    let mut parsed = Parsed::default();
    if let Some((beyond, _)) = text.char_indices().nth(MOST_CHARACTERS) {
        let detail = format!("a search has at most {MOST_CHARACTERS} characters");
        parsed.problems.push(Problem { span: beyond..text.len(), detail, fatal: true });
        return parsed;
    }
    for token in tokens(text) {
        let typing = token.span.end == text.len();
        parsed.take(&token, typing, now);
    }
    if let Some(beyond) = parsed.query.clauses.get(MOST_CLAUSES) {
        let detail = format!("a search has at most {MOST_CLAUSES} words and filters");
        parsed.problems.push(Problem { span: beyond.span.start..text.len(), detail, fatal: true });
        parsed.query.clauses.truncate(MOST_CLAUSES);
    }
    parsed
}

impl Parsed {
    /// `typing`: the text ends with it.
    fn take(&mut self, token: &Token, typing: bool, now: &ZonedDateTime) {
        if token.value.open {
            self.note(token.value.span.clone(), "this quote is not closed".to_owned());
        }
        let Some(name) = &token.field else {
            return self.take_plain(token, typing);
        };
        match Field::named(name) {
            Some(field) if token.value.is_blank() => {
                let detail = format!("{name}: is a filter, such as {}; here it is a word", field.example());
                self.note(token.span.clone(), detail);
                self.take_words(token, name, typing && !token.value.quoted);
            }
            Some(field) => self.take_filter(token, field, now),
            None => {
                if let Some(near) = Field::near(name).filter(|_| looks_meant(&token.value.text)) {
                    let example = near.example();
                    let detail =
                        format!("{name}: is no filter and was taken as a word; was {example} meant?");
                    self.note(token.span.clone(), detail);
                }
                self.take_pasted(token, name, typing);
            }
        }
    }

    fn take_filter(&mut self, token: &Token, field: Field, now: &ZonedDateTime) {
        if field == Field::At {
            let again = self.query.at().is_some();
            if again || token.negated {
                let detail = if again { "a search looks at one moment" } else { "at: can't be negated" };
                return self.problems.push(Problem {
                    span: token.span.clone(),
                    detail: detail.to_owned(),
                    fatal: true,
                });
            }
        }
        match field.condition(&token.value.text, now) {
            Ok(Some(condition)) => self.push(token, condition),
            Ok(None) => {}
            Err(detail) => {
                self.problems.push(Problem { span: token.value.span.clone(), detail, fatal: true });
            }
        }
    }

    fn take_plain(&mut self, token: &Token, typing: bool) {
        let text = &token.value.text;
        if token.value.quoted {
            let words = words::of_query(text);
            match words.as_slice() {
                [] => {}
                [only] if words::is_lone_ideograph(only) => self.push_words(token, words, true),
                _ => self.push(token, Condition::Phrase(words)),
            }
        } else if glob::is_glob(text) && !text.contains("://") {
            if let Some(condition) = glob::condition(text) {
                self.push(token, condition);
            }
        } else {
            self.take_words(token, text, typing);
        }
    }

    /// Something with a colon in it, such as an address.
    fn take_pasted(&mut self, token: &Token, name: &str, typing: bool) {
        let value = &token.value;
        if value.quoted {
            self.take_words(token, name, false);
            let unnamed = Token { field: None, ..token.clone() };
            self.take_plain(&unnamed, typing);
        } else {
            let whole = Token {
                field: None,
                value: super::token::Value { text: format!("{name}:{}", value.text), ..value.clone() },
                ..token.clone()
            };
            self.take_plain(&whole, typing);
        }
    }

    fn take_words(&mut self, token: &Token, text: &str, typing: bool) {
        let words = words::of_query(text);
        let goes_on = typing && !token.negated && text.ends_with(may_go_on);
        let prefix = goes_on || words.last().is_some_and(|last| words::is_lone_ideograph(last));
        if !words.is_empty() {
            self.push_words(token, words, prefix);
        }
    }

    fn push_words(&mut self, token: &Token, words: Vec<String>, prefix: bool) {
        self.push(token, Condition::Words { words, prefix });
    }

    fn push(&mut self, token: &Token, condition: Condition) {
        let clause = Clause { condition, negated: token.negated, span: token.span.clone() };
        self.query.clauses.push(clause);
    }

    fn note(&mut self, span: Range<usize>, detail: String) {
        self.problems.push(Problem { span, detail, fatal: false });
    }
}

/// Whether a word that ends so may not be at its end yet.
fn may_go_on(last: char) -> bool {
    last.is_alphanumeric() || words::is_mark(last)
}

/// Whether what follows a colon can be a filter's value, and not the rest of an address or of a sentence.
fn looks_meant(value: &str) -> bool {
    !value.trim().is_empty() && !value.starts_with(['/', '\\', ':'])
}
