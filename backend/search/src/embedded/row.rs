//! What tantivy takes in: a document, or a folder's record.
//!
//! Its own kind of document packs each value, and unpacks all of them four times while one is taken in.

use std::{array, iter};

use nasman_core::RelPath;
use tantivy::schema::{
    Field,
    document::{ReferenceValue, ReferenceValueLeaf, Value},
};

use super::{
    columns::Shape,
    names::write_whole,
    schema::{END, Fields, NEVER, ROOT},
};
use crate::{
    Document, entry_id,
    words::{Words, folded},
};

/// Values of a row.
const VALUES: usize = 12;
/// Bytes of a shape without its extension, and of most extensions.
const SHAPE: usize = 24;

/// A row. A record has every column that a document has, so that none needs to say which rows have it.
pub(super) struct Row {
    is_record: bool,
    /// Of a document the words of its name, and what tells the whole name. Of a record the words of the folder's path, and its
    /// names.
    text: String,
    /// Where the second of these begins.
    second: usize,
    /// The shape, and a document's path.
    bytes: Vec<u8>,
    /// Where the path begins.
    path: usize,
    numbers: Numbers,
    modified: i64,
}

#[derive(Default)]
struct Numbers {
    folder: u64,
    entry: u64,
    inode: u64,
    versions: u64,
    size: u64,
    born: u64,
    died: u64,
}

impl Row {
    /// `folder`: the number of the folder that it is in.
    pub(super) fn document(document: &Document, folder: u32, words: &mut Words) -> Self {
        let name = &*String::from_utf8_lossy(document.path.split().1);
        let mut text = String::with_capacity(4 * name.len());
        words.read_name(name);
        words.join_onto("/", &mut text);
        let second = text.len();
        write_whole(name, words, &mut text);
        let path = document.path.as_bytes();
        let mut bytes = Vec::with_capacity(SHAPE + path.len());
        Shape::of(document).write(&mut bytes);
        let begin = bytes.len();
        bytes.extend_from_slice(path);
        let numbers = Numbers {
            folder: folder.into(),
            entry: document.entry(),
            inode: document.inode,
            versions: document.versions.into(),
            size: document.size,
            born: document.lifetime.born.0,
            died: document.lifetime.died.map_or(NEVER, |died| died.0),
        };
        let modified = document.modified;
        Self { is_record: false, text, second, bytes, path: begin, numbers, modified }
    }

    /// The record of the folder that a document is in, which has this number.
    pub(super) fn record(document: &Document, folder: u32, words: &mut Words) -> Self {
        let path = document.path.parent().unwrap_or_else(RelPath::root);
        let shown = path.display();
        let names = || shown.split('/').filter(|name| !name.is_empty());
        let mut text = String::new();
        for name in names() {
            words.read_name(name);
            words.join_onto("/", &mut text);
            // An empty part keeps a phrase from reaching from one folder into the next.
            text.push_str("//");
        }
        let second = text.len();
        let folded: Vec<String> = names().map(folded).collect();
        let tree = [ROOT].into_iter().chain(folded.iter().map(String::as_str)).chain([END]);
        text.push_str(&tree.collect::<Vec<_>>().join("/"));
        let mut bytes = Vec::with_capacity(SHAPE);
        Shape::record(document.dataset.0).write(&mut bytes);
        let entry = entry_id(document.dataset, &path);
        let numbers = Numbers { folder: folder.into(), entry, ..Numbers::default() };
        Self { is_record: true, text, second, path: bytes.len(), bytes, numbers, modified: 0 }
    }
}

impl tantivy::Document for Row {
    type FieldsValuesIter<'a> = array::IntoIter<(Field, Column<'a>), VALUES>;
    type Value<'a> = Column<'a>;

    fn iter_fields_and_values(&self) -> Self::FieldsValuesIter<'_> {
        let fields = Fields::known();
        let (first, second) = self.text.split_at(self.second);
        let (shape, path) = self.bytes.split_at(self.path);
        let [first, second, third] = if self.is_record {
            let whole = Column::Text("");
            [
                (fields.folders, Column::Text(first)),
                (fields.tree, Column::Text(second)),
                (fields.whole, whole),
            ]
        } else {
            let path = Column::Bytes(path);
            [(fields.name, Column::Text(first)), (fields.whole, Column::Text(second)), (fields.path, path)]
        };
        let Numbers { folder, entry, inode, versions, size, born, died } = self.numbers;
        [
            first,
            second,
            third,
            (fields.shape, Column::Bytes(shape)),
            (fields.folder, Column::Number(folder)),
            (fields.entry, Column::Number(entry)),
            (fields.inode, Column::Number(inode)),
            (fields.versions, Column::Number(versions)),
            (fields.size, Column::Number(size)),
            (fields.born, Column::Number(born)),
            (fields.died, Column::Number(died)),
            (fields.modified, Column::Time(self.modified)),
        ]
        .into_iter()
    }
}

/// A value of a row.
#[derive(Debug, Clone, Copy)]
pub(super) enum Column<'a> {
    Text(&'a str),
    Bytes(&'a [u8]),
    Number(u64),
    Time(i64),
}

impl<'a> Value<'a> for Column<'a> {
    type ArrayIter = iter::Empty<Self>;
    type ObjectIter = iter::Empty<(&'a str, Self)>;

    fn as_value(&self) -> ReferenceValue<'a, Self> {
        ReferenceValue::Leaf(match *self {
            Self::Text(text) => ReferenceValueLeaf::Str(text),
            Self::Bytes(bytes) => ReferenceValueLeaf::Bytes(bytes),
            Self::Number(number) => ReferenceValueLeaf::U64(number),
            Self::Time(seconds) => ReferenceValueLeaf::I64(seconds),
        })
    }
}
