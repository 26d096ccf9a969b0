//! Whether a condition holds of a document, by nothing but the two: for what an engine can't ask exactly, and to test
//! engines against.

use std::{collections::HashSet, ops::RangeBounds as _};

use crate::{
    Document,
    query::{Clause, Condition, PathPattern},
    words,
};

/// Whether the clause lets the document pass.
#[must_use]
pub fn passes(document: &Document, clause: &Clause) -> bool {
    holds(document, &clause.condition) != clause.negated
}

/// Whether the condition holds to the letter: nothing is only alike here. What only the asker can resolve does not
/// decide: a moment always holds, an owner holds by number alone.
#[must_use]
pub fn holds(document: &Document, condition: &Condition) -> bool {
    match condition {
        Condition::Words { words, prefix } => has_words(document, words, *prefix),
        Condition::Phrase(phrase) => has_phrase(document, phrase),
        Condition::Glob(glob) => name_fits(document, glob),
        Condition::Extension(extensions) => document.extension().is_some_and(|its| extensions.contains(&its)),
        Condition::Category(categories) => categories.contains(&document.category()),
        Condition::Size(from, to) => (*from, *to).contains(&document.size),
        Condition::Modified(from, to) => (*from, *to).contains(&document.modified),
        Condition::In(place) => is_in(document, place),
        Condition::Path(pattern) => pattern.fits(&words::folded(&document.path.display())),
        Condition::State(state) => document.state() == *state,
        Condition::At(_) => true,
        Condition::Owner(owner) => owner.parse() == Ok(document.owner),
    }
}

fn has_words(document: &Document, wanted: &[String], prefix: bool) -> bool {
    let found: HashSet<String> =
        document.path.names().flat_map(|name| words::of_name(&name.display())).collect();
    let Some((last, others)) = wanted.split_last() else { return true };
    let last_is_there = || found.contains(last) || prefix && found.iter().any(|word| word.starts_with(last));
    others.iter().all(|word| found.contains(word)) && last_is_there()
}

fn has_phrase(document: &Document, phrase: &[String]) -> bool {
    let beside = |name: &str| words::of_name(name).windows(phrase.len().max(1)).any(|words| words == phrase);
    phrase.is_empty() || document.path.names().any(|name| beside(&name.display()))
}

fn name_fits(document: &Document, glob: &str) -> bool {
    let pattern = PathPattern { names: vec![glob.to_owned()], from_start: true, to_end: true, folder: false };
    let name = document.path.name().map(|name| name.display());
    name.is_some_and(|name| pattern.fits(&words::folded(&name)))
}

fn is_in(document: &Document, place: &str) -> bool {
    let whole = format!("{}/{}", document.dataset_name, document.path.display());
    let place = place.trim_matches('/');
    whole.strip_prefix(place).is_some_and(|rest| rest.starts_with('/'))
}

#[cfg(test)]
mod tests {
    use std::ops::Bound;

    use nasman_core::{Guid, Kind, Lifetime, RelPath, Txg};

    use super::*;
    use crate::{Category, State};

    fn document(path: &str) -> Document {
        Document {
            dataset: Guid(7),
            dataset_name: "tank/photos".into(),
            inode: 9,
            path: RelPath::from_bytes(path.as_bytes()).unwrap(),
            kind: Kind::File,
            size: 100,
            modified: -5,
            owner: 1000,
            lifetime: Lifetime { born: Txg(3), died: None },
            latest: true,
            versions: 1,
        }
    }

    fn words(words: &[&str], prefix: bool) -> Condition {
        Condition::Words { words: words.iter().map(|&word| word.to_owned()).collect(), prefix }
    }

    #[test]
    fn words_and_phrases_are_those_of_the_whole_path() {
        let document = document("2019/Holiday Sunset.JPG");
        assert!(holds(&document, &words(&["sunset", "2019"], false)));
        assert!(
            !holds(&document, &words(&["suns"], false)) && holds(&document, &words(&["jpg", "suns"], true))
        );
        assert!(!holds(&document, &words(&["suns", "jpg"], true)));
        let phrase = |words: &[&str]| Condition::Phrase(words.iter().map(|&word| word.to_owned()).collect());
        assert!(holds(&document, &phrase(&["holiday", "sunset"])));
        assert!(
            !holds(&document, &phrase(&["2019", "holiday"]))
                && !holds(&document, &phrase(&["sunset", "holiday"]))
        );
    }

    #[test]
    fn names_fit_whole() {
        let document = document("2019/Holiday Sunset.JPG");
        for (glob, fits) in
            [("*.jpg", true), ("holiday*", true), ("*sunset", false), ("?oliday sunset.jpg", true)]
        {
            assert_eq!(holds(&document, &Condition::Glob(glob.into())), fits, "{glob}");
        }
    }

    #[test]
    fn places_are_datasets_or_folders() {
        let document = document("2019/May/a.jpg");
        for place in ["tank", "tank/photos", "/tank/photos/", "tank/photos/2019", "tank/photos/2019/May"] {
            assert!(holds(&document, &Condition::In(place.into())), "{place}");
        }
        for place in ["tan", "tank/photo", "photos", "tank/photos/2019/M", "tank/photos/2019/May/a.jpg"] {
            assert!(!holds(&document, &Condition::In(place.into())), "{place}");
        }
    }

    #[test]
    fn figures_and_kinds() {
        let document = document("a.jpg");
        assert!(holds(&document, &Condition::Size(Bound::Excluded(99), Bound::Unbounded)));
        assert!(!holds(&document, &Condition::Modified(Bound::Included(-4), Bound::Unbounded)));
        assert!(holds(&document, &Condition::Category(vec![Category::Video, Category::Picture])));
        assert!(holds(&document, &Condition::Extension(vec!["jpg".into()])));
        assert!(
            holds(&document, &Condition::Owner("1000".into()))
                && !holds(&document, &Condition::Owner("x".into()))
        );
        let clause = Clause { condition: Condition::State(State::Live), negated: true, span: 0..0 };
        assert!(!passes(&document, &clause));
    }
}
