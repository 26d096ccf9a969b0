//! A segment's columns, opened once. What facets count, and most filters choose by, is one column: a document's *shape*.
//!
//! Among a million documents there are some thousand shapes, so that hits are counted once for each, however many facets
//! are. Counted column by column, `img` with a quarter of a million hits took 56 ms.

use std::{collections::HashMap, sync::Arc};

use tantivy::{
    BitSet, DocId, SegmentReader, TantivyError,
    columnar::{Column, ColumnIndex, ColumnValues},
};

use super::{
    facets::Values,
    folders::Runs,
    names::Names,
    order::Order,
    schema::{KINDS, place},
};
use crate::{Category, Document, Facet, State, request::size_range};

pub(super) type Numbers = Arc<dyn ColumnValues<u64>>;

/// The state of what is no document, but a folder's record.
const RECORD: u8 = 3;

/// What many documents have in common.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Shape {
    pub dataset: u64,
    pub owner: u32,
    pub year: i16,
    /// The place in [`Category::ALL`].
    pub category: u8,
    /// The place in [`State::ALL`], or [`RECORD`].
    pub state: u8,
    /// The place in [`KINDS`].
    pub kind: u8,
    /// The place in [`crate::SIZES`].
    pub size: u8,
    pub extension: Option<Box<str>>,
}

impl Shape {
    pub(super) fn of(document: &Document) -> Self {
        let small = |number: u64| u8::try_from(number).unwrap_or(u8::MAX);
        let extension = document.extension();
        let category = Category::of(document.kind, extension.as_deref());
        Self {
            dataset: document.dataset.0,
            owner: document.owner,
            year: year_of(document.modified),
            category: small(place(&Category::ALL, &category)),
            state: small(place(&State::ALL, &document.state())),
            kind: small(place(&KINDS, &document.kind)),
            size: u8::try_from(size_range(document.size)).unwrap_or(u8::MAX),
            extension: extension.map(String::into_boxed_str),
        }
    }

    /// Of a folder's record.
    pub(super) fn record(dataset: u64) -> Self {
        let (owner, year, category, kind, size, extension) = (0, 0, 0, 0, 0, None);
        Self { dataset, owner, year, category, state: RECORD, kind, size, extension }
    }

    pub(super) const fn is_record(&self) -> bool {
        self.state == RECORD
    }

    /// Appends its bytes, which [`Self::read`] reads.
    pub(super) fn write(&self, bytes: &mut Vec<u8>) {
        let Self { dataset, owner, year, category, state, kind, size, extension } = self;
        bytes.extend(dataset.to_be_bytes());
        bytes.extend(owner.to_be_bytes());
        bytes.extend(year.to_be_bytes());
        bytes.extend([category, state, kind, size]);
        if let Some(extension) = extension {
            bytes.push(b'.');
            bytes.extend(extension.bytes());
        }
    }

    pub(super) const fn lives(&self) -> bool {
        self.state == 0
    }

    fn read(bytes: &[u8]) -> Option<Self> {
        let (dataset, rest) = bytes.split_first_chunk()?;
        let (owner, rest) = rest.split_first_chunk()?;
        let (year, rest) = rest.split_first_chunk()?;
        let (&[category, state, kind, size], extension) = rest.split_first_chunk()?;
        Some(Self {
            dataset: u64::from_be_bytes(*dataset),
            owner: u32::from_be_bytes(*owner),
            year: i16::from_be_bytes(*year),
            category,
            state,
            kind,
            size,
            extension: match extension.split_first() {
                Some((_, text)) => Some(std::str::from_utf8(text).ok()?.into()),
                None => None,
            },
        })
    }
}

/// The shapes of a segment's documents.
pub(super) struct Shapes {
    /// By number.
    pub all: Vec<Shape>,
    /// By facet.
    values: [Values; Facet::ALL.len()],
    /// By document.
    pub numbers: Vec<u32>,
}

impl Shapes {
    pub(super) fn open(segment: &SegmentReader) -> tantivy::Result<Self> {
        let missing = || TantivyError::SchemaError("a segment without shapes".to_owned());
        let column = segment.fast_fields().bytes("shape")?.ok_or_else(missing)?;
        let mut all = Vec::with_capacity(column.num_terms());
        let mut shapes = column.dictionary().stream()?;
        while shapes.advance() {
            all.push(Shape::read(shapes.key()).ok_or_else(missing)?);
        }
        let column = values(column.ords().clone(), 0);
        let number = |doc| u32::try_from(column.get_val(doc)).unwrap_or(u32::MAX);
        let numbers = (0..column.num_vals()).map(number).collect();
        let values = Facet::ALL.map(|facet| Values::of(facet, &all));
        Ok(Self { values, all, numbers })
    }

    /// The number of a document's shape.
    pub(super) fn number(&self, doc: DocId) -> usize {
        let number = usize::try_from(doc).ok().and_then(|doc| self.numbers.get(doc));
        number.and_then(|number| usize::try_from(*number).ok()).unwrap_or(usize::MAX)
    }

    pub(super) fn of(&self, doc: DocId) -> Option<&Shape> {
        self.all.get(self.number(doc))
    }

    /// How many hits have each value of a facet, by how many are of each shape.
    pub(super) fn count(&self, facet: Facet, hits: &[u64]) -> HashMap<String, u64> {
        let values = Facet::ALL.iter().zip(&self.values).find(|(known, _)| **known == facet);
        values.map(|(_, values)| values.count(hits)).unwrap_or_default()
    }

    /// The documents of the shapes that are chosen.
    pub(super) fn chosen(&self, choose: impl Fn(&Shape) -> bool) -> BitSet {
        let chosen: Vec<bool> = self.all.iter().map(choose).collect();
        let mut docs = BitSet::with_max_value(u32::try_from(self.numbers.len()).unwrap_or(u32::MAX));
        for (doc, number) in (0..).zip(&self.numbers) {
            if usize::try_from(*number).is_ok_and(|number| chosen.get(number) == Some(&true)) {
                docs.insert(doc);
            }
        }
        docs
    }
}

/// What a segment knows of its documents by their numbers.
pub(super) struct Columns {
    pub shapes: Shapes,
    pub order: Order,
    /// Shapes of which the best hits come first: what lives, then by when the last of it was modified.
    pub best_first: Vec<usize>,
    pub size: Numbers,
    /// Unpacked: of very many hits it is looked up.
    modified: Vec<i64>,
    pub born: Numbers,
    pub died: Numbers,
    /// [`crate::entry_id`] of the path; of a record that of the folder.
    pub entry: Numbers,
    pub inode: Numbers,
    pub versions: Numbers,
    /// The folder's number.
    pub folder: Numbers,
    pub runs: Runs,
    /// Which are records.
    pub records: Vec<DocId>,
    pub names: Option<Names>,
}

impl Columns {
    pub(super) fn open(segment: &SegmentReader) -> tantivy::Result<Self> {
        let columns = segment.fast_fields();
        let number = |name| number(segment, name);
        let names = columns.str("whole")?.map(|names| {
            let numbers = values(names.ords().clone(), 0);
            let number = |doc| u32::try_from(numbers.get_val(doc)).unwrap_or(u32::MAX);
            let numbers = (0..numbers.num_vals()).map(number).collect();
            Names::new(names, numbers)
        });
        let (shapes, folder) = (Shapes::open(segment)?, number("folder")?);
        let is_record = |doc: &DocId| shapes.of(*doc).is_some_and(Shape::is_record);
        let modified = unpacked(&*values(columns.i64("modified")?, 0));
        let modified_of = |doc| time_of(&modified, doc);
        let order = Order::of(&shapes.numbers, shapes.all.len(), modified_of);
        let mut best_first: Vec<usize> = (0..shapes.all.len()).collect();
        best_first.sort_by_key(|shape| {
            let newest = modified_of(order.doc(order.range(*shape).start));
            std::cmp::Reverse((shapes.all.get(*shape).is_some_and(Shape::lives), newest))
        });
        Ok(Self {
            size: number("size")?,
            born: number("born")?,
            died: number("died")?,
            entry: number("entry")?,
            inode: number("inode")?,
            versions: number("versions")?,
            runs: Runs::read(&folder),
            records: (0..segment.max_doc()).filter(is_record).collect(),
            order,
            best_first,
            modified,
            shapes,
            folder,
            names,
        })
    }
}

impl Columns {
    /// When a document was modified.
    pub(super) fn modified_of(&self, doc: DocId) -> i64 {
        time_of(&self.modified, doc)
    }

    /// The number of a document's name.
    pub(super) fn name_of(&self, doc: DocId) -> u32 {
        self.names.as_ref().map(|names| names.of(doc)).unwrap_or_default()
    }

    /// The number of the folder that a document is in, or that a record is of.
    pub(super) fn folder_of(&self, doc: DocId) -> u32 {
        u32::try_from(self.folder.get_val(doc)).unwrap_or_default()
    }
}

fn time_of(times: &[i64], doc: DocId) -> i64 {
    usize::try_from(doc).ok().and_then(|doc| times.get(doc)).copied().unwrap_or_default()
}

/// A column of numbers.
pub(super) fn number(segment: &SegmentReader, name: &str) -> tantivy::Result<Numbers> {
    segment.fast_fields().u64(name).map(|column| values(column, 0))
}

/// A column's values. Each document has one: without asking for each whether it has, a look-up takes half the time.
fn values<T>(column: Column<T>, default: T) -> Arc<dyn ColumnValues<T>>
where
    T: PartialOrd + Copy + std::fmt::Debug + Send + Sync + 'static,
{
    match column.index {
        ColumnIndex::Full => column.values,
        _ => column.first_or_default_col(default),
    }
}

fn unpacked(column: &dyn ColumnValues<i64>) -> Vec<i64> {
    (0..column.num_vals()).map(|doc| column.get_val(doc)).collect()
}

/// Seconds since 1970 at which a year begins, in the calendar that holds for all years; UTC.
pub(super) fn year_begins(year: i16) -> i64 {
    let before = i64::from(year) - 1;
    let days = before * 365 + before.div_euclid(4) - before.div_euclid(100) + before.div_euclid(400);
    // Days from the year 1 to 1970.
    (days - 719_162) * 86_400
}

/// The year of an instant. Years beyond four digits are the nearest that has them.
pub(super) fn year_of(seconds: i64) -> i16 {
    // Mean years; off by at most one, which the year's own beginning tells.
    let guess = (seconds.div_euclid(31_556_952) + 1970).clamp(-1, 9999);
    let year = i16::try_from(guess).unwrap_or_default();
    let year = if seconds < year_begins(year) { year - 1 } else { year };
    if seconds >= year_begins(year + 1) { (year + 1).min(9999) } else { year.max(0) }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn years_begin_and_end_where_the_calendar_says() {
        for year in [0i16, 1, 4, 99, 100, 1600, 1900, 1969, 1970, 1972, 1999, 2000, 2024, 2100, 9998] {
            let begins =
                jiff::tz::TimeZone::UTC.to_timestamp(jiff::civil::date(year, 1, 1).at(0, 0, 0, 0)).unwrap();
            assert_eq!(year_begins(year), begins.as_second());
            assert_eq!((year_of(year_begins(year)), year_of(year_begins(year + 1) - 1)), (year, year));
        }
        assert_eq!((year_of(i64::MIN), year_of(i64::MAX)), (0, 9999));
    }

    #[test]
    fn shapes_are_what_was_written() {
        let shape = Shape {
            dataset: u64::MAX - 1,
            owner: 1000,
            year: -1,
            category: 3,
            state: 1,
            kind: 0,
            size: 5,
            extension: Some("größe".into()),
        };
        let written = |shape: &Shape| {
            let mut bytes = Vec::new();
            shape.write(&mut bytes);
            bytes
        };
        assert_eq!(Shape::read(&written(&shape)), Some(shape.clone()));
        for extension in [None, Some("".into())] {
            let shape = Shape { extension, ..shape.clone() };
            assert_eq!(Shape::read(&written(&shape)), Some(shape));
        }
        assert_eq!(Shape::read(b"short"), None);
    }
}
