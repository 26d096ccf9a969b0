//! From a request to what Meilisearch is asked, and what is left to be checked here.

use super::{
    filter,
    server::Known,
    stored::{self, place},
    token::{is_told, token},
};
use crate::{
    Category, Filters, Request, SIZES, Scope, SortBy, State, Versions,
    query::{Clause, Condition, PathPattern},
};

/// Meilisearch looks at so many words of a query.
const WORDS: usize = 10;
/// The first version that has `STARTS WITH` without being told to.
const STARTS_WITH: (u64, u64) = (1, 17);

/// What to ask.
#[derive(Debug, Default)]
pub(super) struct Plan<'a> {
    /// The words.
    pub(super) q: String,
    /// What must hold.
    filters: Vec<String>,
    /// What of the answer must be checked, because it could not be asked exactly.
    pub(super) checked: Vec<&'a Clause>,
    /// Whether nothing can be found.
    pub(super) nothing: bool,
    unwanted: Vec<String>,
    wanted: Vec<String>,
    /// The word that somebody is still typing, and where it stands.
    typing: Option<(String, &'a Clause)>,
}

impl<'a> Plan<'a> {
    /// `host` is this host's key.
    pub(super) fn new(request: &'a Request, host: &str, known: Known) -> Self {
        let mut plan = Self::default();
        plan.scope(request, host);
        plan.choices(&request.filters);
        for clause in &request.query.clauses {
            plan.clause(clause, known);
        }
        plan.words(&request.query.clauses);
        plan
    }

    /// All that must hold, as one filter.
    pub(super) fn filter(&self) -> String {
        filter::all(&self.filters)
    }

    fn must(&mut self, condition: String, negated: bool) {
        self.filters.push(if negated { filter::not(&condition) } else { condition });
    }

    fn scope(&mut self, request: &Request, host: &str) {
        if let Scope::Datasets(datasets) = &request.scope {
            self.nothing |= datasets.is_empty();
            self.filters.push(filter::is("host", host));
            self.filters.push(filter::one_of("dataset", datasets.iter().map(ToString::to_string)));
        }
        match &request.versions {
            Versions::Latest => self.filters.push("latest = true".into()),
            // Versions have it, markers do not.
            Versions::All => self.filters.push("born >= 0".into()),
            Versions::At(points) => {
                self.nothing |= points.is_empty();
                let at = points.iter().map(|(dataset, txg)| {
                    let dataset = filter::is("dataset", &dataset.to_string());
                    format!("{dataset} AND born <= {txg} AND died > {txg}")
                });
                self.filters.push(filter::is("host", host));
                self.filters.push(filter::any(&at.collect::<Vec<_>>()));
            }
        }
    }

    fn choices(&mut self, filters: &Filters) {
        let datasets: Vec<_> = filters.datasets.iter().map(ToString::to_string).collect();
        let sizes: Vec<_> =
            filters.sizes.iter().filter_map(|range| SIZES.get(*range)).map(|size| size.1).collect();
        self.nothing |= sizes.is_empty() && !filters.sizes.is_empty();
        let hosts: Vec<_> = filters.hosts.iter().map(|host| stored::host_key(host)).collect();
        let texts = [
            ("dataset", datasets),
            ("category", words(&filters.categories, Category::word)),
            ("ext", filters.extensions.clone()),
            ("size_range", sizes.into_iter().map(str::to_owned).collect()),
            ("state", words(&filters.states, State::word)),
            ("host", hosts),
        ];
        for (field, chosen) in texts.iter().filter(|(_, chosen)| !chosen.is_empty()) {
            self.filters.push(filter::one_of(field, chosen));
        }
        if !filters.years.is_empty() {
            self.filters.push(filter::numbers("year", &filters.years));
        }
        if !filters.owners.is_empty() {
            self.filters.push(filter::numbers("owner", &filters.owners));
        }
    }

    /// What is no word.
    fn clause(&mut self, clause: &'a Clause, known: Known) {
        let negated = clause.negated;
        match &clause.condition {
            Condition::Words { .. } | Condition::Phrase(_) | Condition::At(_) => {}
            Condition::Extension(extensions) => self.must(filter::one_of("ext", extensions), negated),
            Condition::Category(categories) => {
                self.must(filter::one_of("category", words(categories, Category::word)), negated);
            }
            Condition::State(state) => self.must(filter::is("state", state.word()), negated),
            Condition::Size(from, to) => self.between(filter::between("size", from, to), negated),
            Condition::Modified(from, to) => self.between(filter::between("modified", from, to), negated),
            Condition::In(name) => self.must(filter::is("places", &place(name.trim_matches('/'))), negated),
            Condition::Owner(owner) => match owner.parse::<u32>() {
                Ok(owner) => self.must(format!("owner = {owner}"), negated),
                Err(_) => self.nothing |= !negated,
            },
            Condition::Glob(glob) => self.nearly(clause, of_glob(glob, known)),
            Condition::Path(pattern) => self.nearly(clause, of_path(pattern)),
        }
    }

    /// Without bounds it holds always.
    fn between(&mut self, condition: Option<String>, negated: bool) {
        match condition {
            Some(condition) => self.must(condition, negated),
            None => self.nothing |= negated,
        }
    }

    /// Asks what must hold where the clause does; checks the clause unless that is all of it.
    fn nearly(&mut self, clause: &'a Clause, asked: Asked) {
        if asked.exactly {
            self.must(filter::all(&asked.filters), clause.negated);
        } else {
            self.checked.push(clause);
            if !clause.negated {
                self.filters.extend(asked.filters);
            }
        }
    }

    fn words(&mut self, clauses: &'a [Clause]) {
        for clause in clauses {
            match &clause.condition {
                Condition::Words { words, prefix } => self.word_clause(clause, words, *prefix),
                Condition::Phrase(words) => self.phrase(clause, words),
                _ => {}
            }
        }
        let typing = self.typing.take();
        let room = WORDS - usize::from(typing.is_some());
        if self.wanted.len() > room {
            self.wanted.truncate(room);
            let positive = |clause: &&Clause| !clause.negated && is_words(&clause.condition);
            self.checked.extend(clauses.iter().filter(positive));
        }
        // What must not be there first: it counts even where the words are cut off. A blank at the end says that the
        // last word is complete.
        let last = typing.map(|(word, _)| word).unwrap_or_default();
        let parts = self.unwanted.iter().chain(&self.wanted);
        self.q = parts.map(|part| format!("{part} ")).collect::<String>() + &last;
    }

    fn word_clause(&mut self, clause: &'a Clause, words: &[String], prefix: bool) {
        if clause.negated {
            match words {
                [word] if !prefix && is_told(word) => self.unwanted.push(format!("-{}", token(word))),
                _ => self.checked.push(clause),
            }
            return;
        }
        if !words.iter().all(|word| is_told(word)) {
            self.checked.push(clause);
        }
        self.wanted.extend(words.iter().map(|word| token(word).into_owned()));
        if prefix && let Some(last) = self.wanted.pop() {
            // The last word can be a beginning; others Meilisearch takes as whole ones.
            let earlier = self.typing.replace((last, clause));
            self.checked.extend(earlier.map(|(_, clause)| clause));
        }
    }

    fn phrase(&mut self, clause: &'a Clause, words: &[String]) {
        if words.is_empty() {
            self.nothing |= clause.negated;
            return;
        }
        if !words.iter().all(|word| is_told(word)) {
            self.checked.push(clause);
            if clause.negated {
                return;
            }
        }
        let quoted = format!("\"{}\"", super::token::tokens(words));
        if clause.negated { self.unwanted.push(format!("-{quoted}")) } else { self.wanted.push(quoted) }
    }
}

const fn is_words(condition: &Condition) -> bool {
    matches!(condition, Condition::Words { .. } | Condition::Phrase(_))
}

fn words<T: Copy>(values: &[T], word: impl Fn(T) -> &'static str) -> Vec<String> {
    values.iter().map(|value| word(*value).to_owned()).collect()
}

/// What must hold of a document that is meant, and whether it is meant then.
#[derive(Debug, PartialEq, Eq)]
struct Asked {
    filters: Vec<String>,
    exactly: bool,
}

const WILD: [char; 2] = ['*', '?'];

fn of_glob(glob: &str, known: Known) -> Asked {
    let Some((start, _)) = glob.split_once(WILD) else {
        return Asked { filters: vec![filter::is("exact", glob)], exactly: true };
    };
    if let Some(suffix) =
        glob.strip_prefix("*.").filter(|suffix| !suffix.contains(WILD) && !suffix.contains('.'))
    {
        return Asked { filters: vec![filter::is("suffix", suffix)], exactly: true };
    }
    let mut asked = Asked { filters: Vec::new(), exactly: false };
    if !start.is_empty() && known.since(STARTS_WITH) {
        asked.exactly = glob.strip_suffix('*') == Some(start);
        asked.filters.push(format!("exact STARTS WITH {}", filter::quoted(start)));
    }
    if let Some((_, suffix)) = glob.rsplit_once('.').filter(|(_, suffix)| !suffix.contains(WILD)) {
        asked.filters.push(filter::is("suffix", suffix));
    }
    asked
}

fn of_path(pattern: &PathPattern) -> Asked {
    let globs = pattern.globs();
    let last = globs.len().saturating_sub(1);
    let whole = globs.iter().enumerate().filter(|(_, glob)| !glob.contains(WILD));
    let filters = whole.map(|(at, name)| {
        let above = filter::is("above", name);
        if at < last || pattern.folder { above } else { format!("{above} OR {}", filter::is("exact", name)) }
    });
    let filters: Vec<_> = filters.collect();
    Asked { exactly: globs.len() == 1 && filters.len() == 1, filters }
}

/// The field that hits are ordered by; by relevance where there is none.
pub(super) fn sorted(request: &Request) -> Option<String> {
    let field = match request.sort.by {
        SortBy::Relevance => return None,
        SortBy::Name => "exact",
        SortBy::Size => "size",
        SortBy::Modified => "modified",
    };
    Some(format!("{field}:{}", if request.sort.descending { "desc" } else { "asc" }))
}
