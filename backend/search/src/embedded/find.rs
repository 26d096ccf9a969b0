//! What a query's conditions find in a segment. What is told by columns alone is left to the sieve.

use tantivy::SegmentReader;

use super::{
    columns::Columns,
    docs::{Docs, Gather},
    folders::FolderSet,
    levels::Levels,
    names,
    word::Word,
};

/// A segment, and what is known of it.
pub(super) struct Part<'a> {
    pub segment: &'a SegmentReader,
    pub columns: &'a Columns,
}

/// What is looked up, ready for each segment.
pub(super) enum Asked {
    /// All of them.
    Words(Vec<Word>),
    /// These words beside each other in the name, or in a folder's of these.
    Phrase(Vec<String>, FolderSet),
    /// What only chooses.
    Choice(Choice),
}

/// What documents may be chosen by; all that are chosen fit equally well.
pub(super) enum Choice {
    /// Their whole names.
    Glob(String),
    /// The folders they are in.
    Folders(FolderSet),
    /// Their datasets.
    Datasets(Vec<u64>),
    /// Either.
    Any(Vec<Self>),
    /// Each.
    All(Vec<Self>),
}

impl Asked {
    pub(super) fn find(&self, part: &Part<'_>) -> tantivy::Result<Levels> {
        match self {
            Self::Words(words) => {
                let mut found = words.iter().map(|word| word.find(part));
                let mut all = found.next().unwrap_or_else(|| Ok(Levels::one(Docs::NONE)))?;
                found.try_for_each(|levels| levels.map(|levels| all.and(&levels)))?;
                Ok(all)
            }
            Self::Phrase(words, folders) => {
                let named = names::of_phrase(part, words)?;
                let mut all = Gather::new(&part.columns.order);
                part.columns.runs.each_in(folders, |run| all.add_run(run));
                if all.is_empty() {
                    return Ok(Levels::one(named));
                }
                all.add_docs(&named);
                Ok(Levels::new(all.done(), [None, Some(named), None]))
            }
            Self::Choice(choice) => choice.find(part).map(Levels::one),
        }
    }
}

impl Choice {
    fn find(&self, part: &Part<'_>) -> tantivy::Result<Docs> {
        let mut found = Gather::new(&part.columns.order);
        match self {
            Self::Glob(glob) => return names::of_glob(part, glob),
            Self::Folders(folders) => part.columns.runs.each_in(folders, |run| found.add_run(run)),
            Self::Datasets(datasets) => {
                let shapes = part.columns.shapes.all.iter().enumerate();
                for (shape, _) in shapes.filter(|(_, shape)| datasets.contains(&shape.dataset)) {
                    found.add_places(part.columns.order.range(shape));
                }
            }
            Self::Any(any) => {
                for one in any {
                    found.add_docs(&one.find(part)?);
                }
            }
            Self::All(all) => {
                let mut both = Docs::all(&part.columns.order);
                for one in all {
                    both.and(&one.find(part)?);
                }
                return Ok(both);
            }
        }
        Ok(found.done())
    }
}
