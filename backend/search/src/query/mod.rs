//! The language of the search box: from text to what must hold.
//!
//! All clauses of a query must hold. Text that was pasted and means nothing in this language is taken as words; what is
//! certainly meant as a filter and can't be one is a problem with its place in the text.
//!
//! | typed | means |
//! |---|---|
//! | `holiday suns` | both words, in any order; the last one may go on |
//! | `"holiday sunset"` | these words beside each other; `""` in it is a quote |
//! | `-word`, `-ext:tmp` | not that |
//! | `*.jpg`, `IMG_20??` | the whole name fits; `photos/*.jpg` in a folder of that name |
//! | `name:"my notes.txt"` | the same, where the name has blanks or no `*` |
//! | `ext:jpg,png`, `type:video` | one of these |
//! | `size:>1G`, `size:1M..2G`, `size:0` | bytes; `1.5M` is all that rounds to it |
//! | `modified:2024-05..2024-06`, `modified:today` | in the zone of who asks, up to the end of the last unit |
//! | `modified:7d`, `modified:<2y` | within the last 7 days; before the last 2 years |
//! | `in:tank/photos` | in a dataset, those beneath it, or a folder |
//! | `path:/2019/`, `path:photos/20*` | folders beneath each other; what has a `*` or `?` fits whole |
//! | `is:deleted` | what became of it: `live`, `deleted`, `earlier` |
//! | `at:daily-2026-05-02`, `at:2026-05-02` | as of a snapshot or a date |
//! | `owner:anna` | by name or number |

use std::ops::{Bound, Range};

use crate::{Category, State};

mod field;
mod glob;
mod matches;
mod parse;
mod print;
mod size;
mod time;
mod token;

pub(crate) use glob::fits;
pub use matches::matches;
pub use parse::{MOST_CHARACTERS, MOST_CLAUSES, parse};

/// What became of a text.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Parsed {
    /// What was understood.
    pub query: Query,
    /// What was not; in the order of the text.
    pub problems: Vec<Problem>,
}

impl Parsed {
    /// The first problem for which there is no answer.
    #[must_use]
    pub fn fatal(&self) -> Option<&Problem> {
        self.problems.iter().find(|problem| problem.fatal)
    }
}

/// What somebody should know about what was typed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Problem {
    /// Where in the text, in bytes; both ends lie between characters.
    pub span: Range<usize>,
    /// What is wrong there and what would be right.
    pub detail: String,
    /// Whether there is no answer then; else the rest holds, and this was taken as told.
    pub fatal: bool,
}

/// What was typed, understood.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Query {
    /// All must hold.
    pub clauses: Vec<Clause>,
}

impl Query {
    /// Whether it asks for nothing in particular.
    #[must_use]
    pub const fn is_empty(&self) -> bool {
        self.clauses.is_empty()
    }

    /// The conditions that must hold.
    pub fn wanted(&self) -> impl Iterator<Item = &Condition> {
        self.clauses.iter().filter(|clause| !clause.negated).map(|clause| &clause.condition)
    }

    /// The plain words that must be there, in order, and whether of one a beginning is enough.
    pub fn words(&self) -> impl Iterator<Item = (&str, bool)> {
        self.wanted().flat_map(|condition| {
            let (words, prefix) = match condition {
                Condition::Words { words, prefix } => (words.as_slice(), *prefix),
                _ => (Default::default(), false),
            };
            words.iter().enumerate().map(move |(at, word)| (word.as_str(), prefix && at + 1 == words.len()))
        })
    }

    /// The moment that is asked about, as typed; [`parse`] lets one pass.
    #[must_use]
    pub fn at(&self) -> Option<&str> {
        self.wanted().find_map(|condition| match condition {
            Condition::At(at) => Some(at.as_str()),
            _ => None,
        })
    }
}

/// One condition.
#[derive(Debug, Clone, PartialEq)]
pub struct Clause {
    /// What must hold, or must not.
    pub condition: Condition,
    /// Whether it must not hold.
    pub negated: bool,
    /// Where in the text it stands, in bytes.
    pub span: Range<usize>,
}

/// What may hold of a version.
#[derive(Debug, Clone, PartialEq)]
pub enum Condition {
    /// Each of these folded words is one of the path's words; of the last one a beginning is enough where `prefix`.
    Words {
        /// As [`crate::words::of_query`] splits them.
        words: Vec<String>,
        /// Whether somebody is still typing the last one, or it is a single character of a script without blanks:
        /// these are beginnings of the words that names have.
        prefix: bool,
    },
    /// These folded words stand beside each other in the name, or in one folder's name above it.
    Phrase(Vec<String>),
    /// The whole name fits: `*` is any text, `?` any one character; folded.
    Glob(String),
    /// The extension is one of these, folded, without a dot.
    Extension(Vec<String>),
    /// The category is one of these.
    Category(Vec<Category>),
    /// Bytes.
    Size(Bound<u64>, Bound<u64>),
    /// When the content last changed: seconds since 1970, UTC.
    Modified(Bound<i64>, Bound<i64>),
    /// In a dataset, in one beneath it, or in a folder of one, as typed: `tank/photos/2019`.
    In(String),
    /// The path holds these.
    Path(PathPattern),
    /// What became of it.
    State(State),
    /// As of a snapshot's name or a date, as typed.
    At(String),
    /// The owner, a number or a name, as typed.
    Owner(String),
}

/// A part of a path, folder by folder: `/2019/` is a folder of that name, `2019` anything that holds it. A first or
/// last name with `*` or `?` in it begins and ends where the folder's does, as a name does that fits a glob.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PathPattern {
    /// Folded names of folders that stand beneath each other; may hold `*` and `?`.
    pub names: Vec<String>,
    /// Whether the first name begins where a folder's name begins.
    pub from_start: bool,
    /// Whether the last name ends where a folder's or the file's name ends.
    pub to_end: bool,
    /// Whether the last name must be one of a folder, not of the version itself.
    pub folder: bool,
}

#[cfg(test)]
mod tests;
