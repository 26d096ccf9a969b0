//! Which documents have the words, and in which order they come.

use serde_json::{Map, Value};

use super::Index;

enum Term {
    Word { word: String, prefix: bool },
    Phrase(Vec<String>),
}

pub struct Ranking {
    wanted: Vec<Term>,
    unwanted: Vec<Term>,
    rules: Vec<String>,
    sort: Vec<String>,
    attributes: Vec<String>,
}

/// A word, the number of its attribute, its place in it.
type Place = (String, usize, usize);

/// Orders numbers and texts.
#[derive(PartialEq, PartialOrd)]
pub enum Key {
    Number(f64),
    Text(String),
    None,
}

/// Words the real one looks at.
const WORDS: usize = 10;

impl Ranking {
    pub fn new(index: &Index, q: &str, sort: Vec<String>) -> Self {
        let mut attributes = index.names("searchableAttributes");
        attributes.retain(|name| name != "*");
        let (mut wanted, mut unwanted) = (Vec::new(), Vec::new());
        for (at, part) in q.split('"').enumerate() {
            if at % 2 == 1 {
                let negated = q.split('"').nth(at - 1).is_some_and(|before| before.ends_with('-'));
                let list = if negated { &mut unwanted } else { &mut wanted };
                list.push(Term::Phrase(words(part)));
                continue;
            }
            let last_part = q.split('"').count() == at + 1;
            let parts: Vec<&str> = part.split(' ').filter(|part| !part.is_empty() && *part != "-").collect();
            for (number, part) in parts.iter().enumerate() {
                let prefix = last_part && number + 1 == parts.len() && !q.ends_with(' ');
                match part.strip_prefix('-') {
                    Some(part) => unwanted
                        .extend(words(part).into_iter().map(|word| Term::Word { word, prefix: false })),
                    None => wanted.extend(words(part).into_iter().map(|word| Term::Word { word, prefix })),
                }
            }
        }
        wanted.truncate(WORDS);
        Self { wanted, unwanted, rules: index.names("rankingRules"), sort, attributes }
    }

    /// Where the document comes; absent where it is not found.
    pub fn of(&self, document: &Map<String, Value>) -> Option<Vec<Key>> {
        let places = self.places(document);
        let found: Option<Vec<_>> = self.wanted.iter().map(|term| best(term, &places, true)).collect();
        let found = found?;
        if self.unwanted.iter().any(|term| best(term, &places, false).is_some()) {
            return None;
        }
        let sum =
            |of: fn(&(usize, usize, usize)) -> usize| Key::Number(found.iter().map(of).sum::<usize>() as f64);
        let mut keys = Vec::new();
        for rule in &self.rules {
            match rule.as_str() {
                "words" | "proximity" => {}
                "typo" => keys.push(sum(|found| found.0)),
                "attributeRank" => keys.push(sum(|found| found.1)),
                "wordPosition" => keys.push(sum(|found| found.2)),
                "attribute" => keys.extend([sum(|found| found.1), sum(|found| found.2)]),
                "sort" => keys.extend(self.sort.iter().flat_map(|by| by_field(document, by))),
                "exactness" => keys.push(Key::Number(self.exactness(&places))),
                custom => keys.extend(by_field(document, custom)),
            }
        }
        Some(keys)
    }

    fn places(&self, document: &Map<String, Value>) -> Vec<Place> {
        let mut places = Vec::new();
        for (number, attribute) in self.attributes.iter().enumerate() {
            let texts: Vec<&str> = match document.get(attribute) {
                Some(Value::Array(texts)) => texts.iter().filter_map(Value::as_str).collect(),
                Some(Value::String(text)) => vec![text],
                _ => Vec::new(),
            };
            let mut at = 0;
            for text in texts {
                for word in words(text) {
                    places.push((word, number, at));
                    at += 1;
                }
                at += 8;
            }
        }
        places
    }

    fn exactness(&self, places: &[Place]) -> f64 {
        let wanted: Vec<&str> = self.wanted.iter().flat_map(Term::words).collect();
        let has = |starts: fn(&[&str], &[&str]) -> bool| {
            (0..self.attributes.len()).any(|number| {
                let its: Vec<_> =
                    places.iter().filter(|place| place.1 == number).map(|place| place.0.as_str()).collect();
                starts(&its, &wanted)
            })
        };
        let start = if has(|its, wanted| its == wanted) {
            0.0
        } else if has(|its, wanted| its.starts_with(wanted)) {
            1.0
        } else {
            2.0
        };
        let exact = wanted.iter().filter(|word| places.iter().any(|place| place.0 == **word)).count();
        start * 1_000.0 - exact as f64
    }
}

impl Term {
    fn words(&self) -> Vec<&str> {
        match self {
            Self::Word { word, .. } => vec![word],
            Self::Phrase(words) => words.iter().map(String::as_str).collect(),
        }
    }
}

/// Typos, attribute and place of the best match.
fn best(term: &Term, places: &[Place], alike: bool) -> Option<(usize, usize, usize)> {
    let matches = places.iter().enumerate().filter_map(|(at, (found, attribute, place))| {
        let typos = match term {
            Term::Phrase(phrase) => {
                let fits = phrase.iter().enumerate().all(|(next, word)| {
                    places
                        .get(at + next)
                        .is_some_and(|(w, a, p)| w == word && a == attribute && *p == place + next)
                });
                fits.then_some(0)?
            }
            Term::Word { word, prefix } if word == found || *prefix && found.starts_with(word.as_str()) => 0,
            Term::Word { word, .. } if alike => typos(word, found)?,
            Term::Word { .. } => return None,
        };
        Some((typos, *attribute, *place))
    });
    matches.min()
}

fn typos(word: &str, found: &str) -> Option<usize> {
    let allowed = match word.chars().count() {
        ..5 => return None,
        5..9 => 1,
        _ => 2,
    };
    if word.parse::<f64>().is_ok() {
        return None;
    }
    let typos = distance(word, found);
    (typos <= allowed).then_some(typos)
}

/// Letters added, left out, changed, or in each other's place.
fn distance(one: &str, other: &str) -> usize {
    let (one, other): (Vec<char>, Vec<char>) = (one.chars().collect(), other.chars().collect());
    let mut rows = vec![(0..=other.len()).collect::<Vec<_>>()];
    for (i, a) in one.iter().enumerate() {
        let mut row = vec![i + 1];
        for (j, b) in other.iter().enumerate() {
            let mut least = (rows[i][j] + usize::from(a != b)).min(rows[i][j + 1] + 1).min(row[j] + 1);
            if i > 0 && j > 0 && *a == other[j - 1] && one[i - 1] == *b {
                least = least.min(rows[i - 1][j - 1] + 1);
            }
            row.push(least);
        }
        rows.push(row);
    }
    rows[one.len()][other.len()]
}

fn by_field(document: &Map<String, Value>, by: &str) -> Vec<Key> {
    let (name, order) = by.split_once(':').unwrap();
    match document.get(name) {
        Some(Value::Number(number)) => {
            let number = number.as_f64().unwrap();
            vec![Key::Number(if order == "desc" { -number } else { number })]
        }
        Some(Value::String(text)) if order == "desc" => {
            text.chars().map(|c| Key::Number(-f64::from(u32::from(c)))).chain([Key::None]).collect()
        }
        Some(Value::String(text)) => vec![Key::Text(text.clone())],
        _ => vec![Key::None],
    }
}

fn words(text: &str) -> Vec<String> {
    let words = text.split(|c: char| !c.is_alphanumeric()).filter(|word| !word.is_empty());
    words.map(str::to_lowercase).collect()
}
