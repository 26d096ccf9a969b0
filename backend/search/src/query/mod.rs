//! The language of the search box: from text to what must hold.
//!
//! All clauses of a query must hold. Text that was pasted and means nothing in this language is taken as words; what is
//! certainly meant as a filter and can't be one is a problem with its place in the text.

use std::ops::{Bound, Range};

use crate::{Category, State};

/// What was typed, understood.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Query {
    /// All must hold.
    pub clauses: Vec<Clause>,
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
        /// Whether somebody is still typing the last one.
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

/// A part of a path, folder by folder: `/2019/` is a folder of that name, `2019` anything that holds it.
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
