//! From a query to what is looked up of each segment. What can't be looked up is left to the sieve.

use std::collections::HashMap;

use tantivy::{
    Term,
    collector::DocSetCollector,
    query::{PhraseQuery, Query as Records, RegexPhraseQuery, RegexQuery, TermQuery},
    schema::IndexRecordOption,
};

use super::{
    collect::Clause,
    errors::failed,
    find::{Asked, Choice},
    folders::FolderSet,
    schema::{END, Fields, ROOT},
    view::View,
    word::{Wanted, Word},
};
use crate::{
    Request, Result, SearchError,
    query::{Condition, PathPattern},
    words,
};

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
    pub view: &'a View,
    pub names: &'a HashMap<u64, String>,
    pub typos: Typos,
}

impl Asker<'_> {
    pub(super) fn ask(&self, request: &Request) -> Result<Vec<Clause>> {
        let mut clauses = Vec::new();
        for clause in &request.query.clauses {
            let negated = clause.negated;
            clauses
                .extend(self.condition(&clause.condition, negated)?.map(|asked| Clause { asked, negated }));
        }
        Ok(clauses)
    }

    fn condition(&self, condition: &Condition, negated: bool) -> Result<Option<Asked>> {
        let asked = match condition {
            Condition::Words { words, prefix } => {
                // What is not wanted is just that.
                let typos = self.typos == Typos::Allowed && !negated;
                let last = words.len().saturating_sub(1);
                let each = words.iter().enumerate().map(|(at, word)| {
                    let wanted = Wanted { word: word.clone(), prefix: *prefix && at == last };
                    Word::look_up(self.view, wanted, typos).map_err(failed)
                });
                Asked::Words(each.collect::<Result<_>>()?)
            }
            Condition::Phrase(words) => {
                let folders = self.phrase_in_folders(words)?;
                Asked::Phrase(words.clone(), folders)
            }
            Condition::Glob(glob) => Asked::Choice(Choice::Glob(glob.clone())),
            Condition::In(place) => Asked::Choice(self.within(place)?),
            Condition::Path(path) => Asked::Choice(self.path(path)?),
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

    fn phrase_in_folders(&self, words: &[String]) -> Result<FolderSet> {
        let field = Fields::known().folders;
        let terms: Vec<_> = words.iter().map(|word| Term::from_field_text(field, word)).collect();
        match &terms[..] {
            [] => Ok(FolderSet::of(self.view)),
            [term] => self.folders(&TermQuery::new(term.clone(), IndexRecordOption::Basic), None),
            _ => self.folders(&PhraseQuery::new(terms), None),
        }
    }

    /// In a dataset, in one beneath it, or in a folder of one.
    fn within(&self, place: &str) -> Result<Choice> {
        let place = place.trim_matches('/');
        let (mut any, mut whole) = (Vec::new(), Vec::new());
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
                any.push(Choice::Folders(self.folders(&PhraseQuery::new(terms), Some(guid))?));
            }
        }
        any.push(Choice::Datasets(whole));
        Ok(Choice::Any(any))
    }

    /// Folders' names beneath each other, the last of which may be the name of the version itself.
    fn path(&self, path: &PathPattern) -> Result<Choice> {
        let globs = path.globs();
        let Some((last, above)) = globs.split_last() else { return Ok(Choice::All(Vec::new())) };
        let above: Vec<String> = above.iter().map(|glob| in_folder(glob)).collect();
        let in_last = above.iter().cloned().chain([in_folder(last)]).collect();
        let mut any = vec![self.beneath_each_other(in_last)?];
        if !path.folder {
            let named = Choice::Glob(last.clone());
            any.push(if above.is_empty() {
                named
            } else {
                let above = self.beneath_each_other(above.into_iter().chain([END.to_owned()]).collect())?;
                Choice::All(vec![above, named])
            });
        }
        Ok(Choice::Any(any))
    }

    /// In folders with such names, the one in the other.
    fn beneath_each_other(&self, mut names: Vec<String>) -> Result<Choice> {
        let tree = Fields::known().tree;
        let folders = if names.len() > 1 {
            let patterns = names.into_iter().enumerate().collect();
            self.folders(&RegexPhraseQuery::new_with_offset(tree, patterns), None)
        } else {
            let query = RegexQuery::from_pattern(&names.pop().unwrap_or_default(), tree);
            // Its automaton outgrew what tantivy allows: a glob of very many stars.
            self.folders(&query.map_err(|error| SearchError::Refused(error.to_string()))?, None)
        };
        folders.map(Choice::Folders)
    }

    /// The folders whose records a query finds, in one dataset or in all.
    fn folders(&self, records: &dyn Records, dataset: Option<u64>) -> Result<FolderSet> {
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
