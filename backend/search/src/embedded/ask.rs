//! From a query to what tantivy looks up. What it can't look up is left to the sieve.

use std::{collections::HashMap, sync::Arc};

use tantivy::{
    Score, SegmentReader, Term,
    collector::DocSetCollector,
    query::{
        AllQuery, BooleanQuery, ConstScoreQuery, DisjunctionMaxQuery, EmptyQuery, FuzzyTermQuery, Occur,
        PhraseQuery, Query as Ask, RegexPhraseQuery, RegexQuery, TermQuery,
    },
    schema::IndexRecordOption,
};

use super::{
    chosen::Chosen,
    errors::failed,
    folders::{FolderSet, in_folders},
    names,
    schema::{END, Fields, ROOT},
    view::View,
    word::{Alike, Wanted, WordQuery},
};
use crate::{
    Request, Result, SearchError,
    query::{Condition, PathPattern},
    words,
};

/// Of a word that begins one of the name's. What words have is added up, and the sum tells how many of them were what:
/// see [`super::collect`]. All are sums of powers of two, so that no digit is lost. What is only alike has nothing.
pub(super) const BEGINS: Score = 1.0;
/// More, of a word that is one of the name's. The least part; `tier` counts in it.
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
    pub view: &'a Arc<View>,
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
        if clauses.iter().all(|(occur, _)| *occur == Occur::MustNot) {
            clauses.push((Occur::Must, Box::new(AllQuery)));
        }
        if let [(Occur::Must, _)] = clauses[..] {
            return Ok(clauses.remove(0).1);
        }
        Ok(Box::new(BooleanQuery::new(clauses)))
    }

    fn condition(&self, condition: &Condition) -> Result<Option<Asked>> {
        let asked = match condition {
            Condition::Words { words, prefix } => self.words(words, *prefix)?,
            Condition::Phrase(words) => self.phrase(words)?,
            Condition::Glob(glob) => no_score(Box::new(names::of_glob(self.view, glob))),
            Condition::In(place) => no_score(self.within(place)?),
            Condition::Path(path) => no_score(self.path(path)?),
            Condition::Extension(_)
            | Condition::Category(_)
            | Condition::Size(..)
            | Condition::Modified(..)
            | Condition::State(_)
            | Condition::At(_)
            | Condition::Owner(_) => return Ok(None),
        };
        Ok(Some(asked))
    }

    fn words(&self, words: &[String], prefix: bool) -> Result<Asked> {
        let last = words.len().saturating_sub(1);
        let each = words.iter().enumerate().map(|(at, word)| self.word(word, prefix && at == last));
        let mut each = each.collect::<Result<Vec<_>>>()?;
        if each.len() == 1 {
            return Ok(each.remove(0));
        }
        Ok(Box::new(BooleanQuery::intersection(each)))
    }

    fn word(&self, word: &str, prefix: bool) -> Result<Asked> {
        let Fields { name, folders, .. } = *Fields::known();
        let wanted = Wanted { word: word.to_owned(), prefix };
        let strict = self.typos == Typos::None || word.chars().any(|c| c.is_ascii_digit());
        let wrong = match word.chars().count() {
            _ if strict => 0,
            TWO_WRONG.. => 2,
            ONE_WRONG.. => 1,
            _ => 0,
        };
        let like = |field| {
            let term = Term::from_field_text(field, word);
            if prefix {
                FuzzyTermQuery::new_prefix(term, wrong, true)
            } else {
                FuzzyTermQuery::new(term, wrong, true)
            }
        };
        let alike = if wrong > 0 {
            let folders = Arc::new(self.folders(&like(folders), None)?);
            Some(Alike { names: Box::new(like(name)), folders })
        } else {
            None
        };
        let folders = Arc::new(wanted.folders(self.view, folders).map_err(failed)?);
        Ok(Box::new(WordQuery { view: Arc::clone(self.view), name, wanted, folders, alike }))
    }

    fn phrase(&self, words: &[String]) -> Result<Asked> {
        let Fields { name, folders, .. } = *Fields::known();
        let term = |field, word: &String| Term::from_field_text(field, word);
        let (named, above): (Asked, Asked) = match words {
            [] => return Ok(Box::new(EmptyQuery)),
            [word] => (exact(term(name, word)), exact(term(folders, word))),
            words => {
                let terms = words.iter().map(|word| term(folders, word)).collect();
                (Box::new(names::of_phrase(self.view, words)), Box::new(PhraseQuery::new(terms)))
            }
        };
        let many = u16::try_from(words.len()).map_or(1.0, Score::from);
        Ok(Box::new(DisjunctionMaxQuery::new(vec![
            scored(named, many * (BEGINS + IS_WORD)),
            scored(self.in_folders(&*above, None)?, many * IN_FOLDERS),
        ])))
    }

    /// In a dataset, in one beneath it, or in a folder of one.
    fn within(&self, place: &str) -> Result<Asked> {
        let place = place.trim_matches('/');
        let (mut any, mut whole): (Vec<Asked>, _) = (Vec::new(), Vec::new());
        for (&guid, name) in self.names {
            let beneath = |above: &str, below: &str| {
                below.strip_prefix(above).and_then(|rest| rest.strip_prefix('/')).map(str::to_owned)
            };
            if name == place || beneath(place, name).is_some() {
                whole.push(guid);
            } else if let Some(folder) = beneath(name, place) {
                let folder = words::folded(&folder);
                let terms = std::iter::once(ROOT).chain(folder.split('/'));
                let terms = terms.map(|term| Term::from_field_text(Fields::known().tree, term)).collect();
                any.push(self.in_folders(&PhraseQuery::new(terms), Some(guid))?);
            }
        }
        if !whole.is_empty() {
            let view = Arc::clone(self.view);
            let chosen = move |segment: &SegmentReader| {
                let shapes = &view.columns_of(segment)?.shapes;
                Ok(shapes.chosen(|shape| whole.contains(&shape.dataset)))
            };
            any.push(Box::new(Chosen::by(chosen)));
        }
        Ok(Box::new(BooleanQuery::union(any)))
    }

    /// Folders' names beneath each other, the last of which may be the name of the version itself.
    fn path(&self, path: &PathPattern) -> Result<Asked> {
        let globs = path.globs();
        let Some((last, above)) = globs.split_last() else { return Ok(Box::new(AllQuery)) };
        let above: Vec<String> = above.iter().map(|glob| in_folder(glob)).collect();
        let in_last = above.iter().cloned().chain([in_folder(last)]).collect();
        let mut any: Vec<Asked> = vec![self.in_folders(&*self.beneath_each_other(in_last)?, None)?];
        if !path.folder {
            let named: Asked = Box::new(names::of_glob(self.view, last));
            any.push(if above.is_empty() {
                named
            } else {
                let above = self.beneath_each_other(above.into_iter().chain([END.to_owned()]).collect())?;
                Box::new(BooleanQuery::intersection(vec![self.in_folders(&*above, None)?, named]))
            });
        }
        Ok(Box::new(BooleanQuery::union(any)))
    }

    /// Finds the records of folders with such names, the one in the other.
    fn beneath_each_other(&self, mut names: Vec<String>) -> Result<Asked> {
        if names.len() > 1 {
            let patterns = names.into_iter().enumerate().collect();
            return Ok(Box::new(RegexPhraseQuery::new_with_offset(Fields::known().tree, patterns)));
        }
        let query = RegexQuery::from_pattern(&names.pop().unwrap_or_default(), Fields::known().tree);
        // Its automaton outgrew what tantivy allows: a glob of very many stars.
        query.map(|query| Box::new(query) as Asked).map_err(|error| SearchError::Refused(error.to_string()))
    }

    /// The documents in the folders whose records a query finds, in one dataset or in all.
    fn in_folders(&self, records: &dyn Ask, dataset: Option<u64>) -> Result<Asked> {
        Ok(Box::new(in_folders(self.view, self.folders(records, dataset)?)))
    }

    fn folders(&self, records: &dyn Ask, dataset: Option<u64>) -> Result<FolderSet> {
        let found = self.view.searcher.search(records, &DocSetCollector).map_err(failed)?;
        let mut folders = FolderSet::of(self.view);
        for at in found {
            let columns = self.view.columns_at(at).map_err(failed)?;
            let shape = columns.shapes.of(at.doc_id);
            if dataset.is_none_or(|dataset| shape.is_some_and(|shape| shape.dataset == dataset)) {
                folders.insert(columns.folder_of(at.doc_id));
            }
        }
        Ok(folders)
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

fn exact(term: Term) -> Asked {
    Box::new(TermQuery::new(term, IndexRecordOption::Basic))
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
        (Some(rest), _) => format!("([^{ROOT}{END}].*)?{}", pattern(rest)),
        (_, Some(rest)) => format!("[^{ROOT}{END}]{}", pattern(rest)),
        _ => pattern(glob),
    }
}

fn push_escaped(pattern: &mut String, character: char) {
    if r"\.+*?()|[]{}^$#&-~".contains(character) {
        pattern.push('\\');
    }
    pattern.push(character);
}
