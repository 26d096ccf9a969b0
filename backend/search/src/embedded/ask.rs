//! From a query to what tantivy looks up. What it can't look up is left to the sieve.

use std::collections::HashMap;

use tantivy::{
    Score, Term,
    query::{
        AllQuery, BooleanQuery, ConstScoreQuery, DisjunctionMaxQuery, EmptyQuery, FuzzyTermQuery, Occur,
        PhraseQuery, Query as Ask, RegexPhraseQuery, RegexQuery, TermQuery,
    },
    schema::{Field, IndexRecordOption},
};

use super::{
    schema::{Fields, LAST, ROOT, place},
    word::WordQuery,
};
use crate::{
    Category, Filters, Request, Result, SearchError,
    query::{Condition, PathPattern},
    words,
};

/// Of a word that begins one of the name's. What words have is added up, and the sum tells how many of them were what:
/// see [`super::collect`]. All are sums of powers of two, so that no digit is lost. What is only alike has nothing.
pub(super) const BEGINS: Score = 1.0;
/// More, of a word that is one of the name's.
pub(super) const IS_WORD: Score = 1.0 / 8192.0;
/// Of a word of the folders above.
pub(super) const IN_FOLDERS: Score = 1.0 / 64.0;

/// Words as long as this may have one wrong letter, or two.
const ONE_WRONG: usize = 5;
const TWO_WRONG: usize = 9;

type Asked = Box<dyn Ask>;

/// Whether words that are only alike count, too.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Typos {
    /// They do not.
    None,
    /// They do.
    Allowed,
}

/// What is looked up for a request.
pub(super) struct Asker<'a> {
    pub fields: &'a Fields,
    pub names: &'a HashMap<u64, String>,
    pub typos: Typos,
}

impl Asker<'_> {
    pub(super) fn ask(&self, request: &Request) -> Result<Asked> {
        let mut clauses = Vec::new();
        for clause in &request.query.clauses {
            let occur = if clause.negated { Occur::MustNot } else { Occur::Must };
            clauses.extend(self.condition(&clause.condition)?.map(|asked| (occur, asked)));
        }
        clauses.extend(self.filters(&request.filters).map(|asked| (Occur::Must, asked)));
        if clauses.iter().all(|(occur, _)| *occur == Occur::MustNot) {
            clauses.push((Occur::Must, Box::new(AllQuery)));
        }
        Ok(Box::new(BooleanQuery::new(clauses)))
    }

    fn condition(&self, condition: &Condition) -> Result<Option<Asked>> {
        let asked = match condition {
            Condition::Words { words, prefix } => self.words(words, *prefix),
            Condition::Phrase(words) => self.phrase(words),
            Condition::Glob(glob) => no_score(self.regex(&format!("{LAST}{}", pattern(glob)))?),
            Condition::Extension(extensions) => no_score(self.extensions(extensions)),
            Condition::Category(categories) => no_score(self.categories(categories)),
            Condition::In(place) => no_score(self.within(place)),
            Condition::Path(path) => no_score(self.path(path)?),
            Condition::Size(..)
            | Condition::Modified(..)
            | Condition::State(_)
            | Condition::At(_)
            | Condition::Owner(_) => return Ok(None),
        };
        Ok(Some(asked))
    }

    /// What the sieve would have to look at each document for, and the index knows at once.
    fn filters(&self, filters: &Filters) -> impl Iterator<Item = Asked> {
        let extensions = (!filters.extensions.is_empty()).then(|| self.extensions(&filters.extensions));
        let categories = (!filters.categories.is_empty()).then(|| self.categories(&filters.categories));
        let datasets =
            (!filters.datasets.is_empty()).then(|| self.datasets(filters.datasets.iter().map(|guid| guid.0)));
        [extensions, categories, datasets].into_iter().flatten().map(no_score)
    }

    fn words(&self, words: &[String], prefix: bool) -> Asked {
        let last = words.len().saturating_sub(1);
        let each = words.iter().enumerate().map(|(at, word)| self.word(word, prefix && at == last));
        Box::new(BooleanQuery::intersection(each.collect()))
    }

    fn word(&self, word: &str, prefix: bool) -> Asked {
        let Fields { name, folders, .. } = *self.fields;
        let term = |field| Term::from_field_text(field, word);
        let strict = self.typos == Typos::None || word.chars().any(|c| c.is_ascii_digit());
        let wrong = match word.chars().count() {
            _ if strict => 0,
            TWO_WRONG.. => 2,
            ONE_WRONG.. => 1,
            _ => 0,
        };
        let like = |field| -> Asked {
            Box::new(match prefix {
                true => FuzzyTermQuery::new_prefix(term(field), wrong, true),
                false => FuzzyTermQuery::new(term(field), wrong, true),
            })
        };
        let like = if wrong > 0 { vec![like(name), like(folders)] } else { Vec::new() };
        Box::new(WordQuery { name, folders, word: word.to_owned(), prefix, like })
    }

    fn phrase(&self, words: &[String]) -> Asked {
        let Fields { name, folders, .. } = *self.fields;
        let all = |field| -> Asked {
            match words {
                [word] => exact(Term::from_field_text(field, word)),
                words => Box::new(PhraseQuery::new(
                    words.iter().map(|word| Term::from_field_text(field, word)).collect(),
                )),
            }
        };
        if words.is_empty() {
            return Box::new(EmptyQuery);
        }
        let many = u16::try_from(words.len()).map_or(1.0, Score::from);
        Box::new(DisjunctionMaxQuery::new(vec![
            scored(all(name), many * (BEGINS + IS_WORD)),
            scored(all(folders), many * IN_FOLDERS),
        ]))
    }

    fn extensions(&self, extensions: &[String]) -> Asked {
        any_of(extensions.iter().map(|one| Term::from_field_text(self.fields.extension, &one.to_lowercase())))
    }

    fn categories(&self, categories: &[Category]) -> Asked {
        let term = |one| Term::from_field_u64(self.fields.category, place(&Category::ALL, one));
        any_of(categories.iter().map(term))
    }

    fn datasets(&self, guids: impl Iterator<Item = u64>) -> Asked {
        any_of(guids.map(|guid| Term::from_field_u64(self.fields.dataset, guid)))
    }

    /// In a dataset, in one beneath it, or in a folder of one.
    fn within(&self, place: &str) -> Asked {
        let place = place.trim_matches('/');
        let mut any: Vec<Asked> = Vec::new();
        for (&guid, name) in self.names {
            let beneath = |above: &str, below: &str| {
                below.strip_prefix(above).and_then(|rest| rest.strip_prefix('/')).map(str::to_owned)
            };
            if name == place || beneath(place, name).is_some() {
                any.push(self.datasets([guid].into_iter()));
            } else if let Some(folder) = beneath(name, place) {
                let folder = words::folded(&folder);
                let terms = std::iter::once(ROOT).chain(folder.split('/'));
                let terms = terms.map(|term| Term::from_field_text(self.fields.tree, term)).collect();
                let folder: Asked = Box::new(PhraseQuery::new(terms));
                any.push(Box::new(BooleanQuery::intersection(vec![
                    self.datasets([guid].into_iter()),
                    folder,
                ])));
            }
        }
        Box::new(BooleanQuery::union(any))
    }

    /// Folders' names beneath each other, the last of which may be the name of the version itself.
    fn path(&self, path: &PathPattern) -> Result<Asked> {
        let globs = path.globs();
        let Some((last, above)) = globs.split_last() else { return Ok(Box::new(AllQuery)) };
        let above: Vec<String> = above.iter().map(|glob| in_folder(glob)).collect();
        let mut any: Vec<Asked> = vec![self.beneath_each_other(&above, in_folder(last))?];
        if !path.folder {
            any.push(self.beneath_each_other(&above, format!("{LAST}{}", pattern(last)))?);
        }
        Ok(Box::new(BooleanQuery::union(any)))
    }

    fn beneath_each_other(&self, above: &[String], last: String) -> Result<Asked> {
        if above.is_empty() {
            return self.regex(&last);
        }
        let patterns = above.iter().cloned().chain([last]).enumerate().collect();
        Ok(Box::new(RegexPhraseQuery::new_with_offset(self.fields.tree, patterns)))
    }

    fn regex(&self, pattern: &str) -> Result<Asked> {
        let query = RegexQuery::from_pattern(pattern, self.fields.tree);
        // Its automaton outgrew what tantivy allows: a glob of very many stars.
        query.map(|query| Box::new(query) as Asked).map_err(|error| SearchError::Refused(error.to_string()))
    }
}

/// What was typed, as a name that has just these words.
pub(super) fn whole_name(request: &Request) -> String {
    let typed = request.query.wanted().filter_map(|condition| match condition {
        Condition::Words { words, .. } | Condition::Phrase(words) => Some(words.join(" ")),
        _ => None,
    });
    typed.collect::<Vec<_>>().join(" ")
}

/// How many words a request asks for; of more than 63 the rest is not told apart.
pub(super) fn words_of(request: &Request) -> u16 {
    let words = request.query.wanted().map(|condition| match condition {
        Condition::Words { words, .. } | Condition::Phrase(words) => words.len(),
        _ => 0,
    });
    u16::try_from(words.sum::<usize>().min(63)).unwrap_or_default()
}

/// The documents of an object, or of a path.
pub(super) fn by_number(field: Field, number: u64) -> Asked {
    exact(Term::from_field_u64(field, number))
}

fn exact(term: Term) -> Asked {
    Box::new(TermQuery::new(term, IndexRecordOption::Basic))
}

fn any_of(terms: impl Iterator<Item = Term>) -> Asked {
    Box::new(BooleanQuery::union(terms.map(exact).collect()))
}

fn scored(asked: Asked, score: Score) -> Asked {
    Box::new(ConstScoreQuery::new(asked, score))
}

/// What chooses, and does not say which is better.
fn no_score(asked: Asked) -> Asked {
    scored(asked, 0.0)
}

/// A folded glob as an expression for a whole term.
fn pattern(glob: &str) -> String {
    let mut pattern = String::new();
    for character in glob.chars() {
        match character {
            '*' => pattern.push_str(".*"),
            '?' => pattern.push('.'),
            plain => push_escaped(&mut pattern, plain),
        }
    }
    pattern
}

/// The same for a folder's name: what stands for any text must not begin with a mark.
fn in_folder(glob: &str) -> String {
    match (glob.strip_prefix('*'), glob.strip_prefix('?')) {
        (Some(rest), _) => format!("([^{ROOT}{LAST}].*)?{}", pattern(rest)),
        (_, Some(rest)) => format!("[^{ROOT}{LAST}]{}", pattern(rest)),
        _ => pattern(glob),
    }
}

fn push_escaped(pattern: &mut String, character: char) {
    if r"\.+*?()|[]{}^$#&-~".contains(character) {
        pattern.push('\\');
    }
    pattern.push(character);
}
