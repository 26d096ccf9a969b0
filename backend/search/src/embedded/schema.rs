//! What tantivy keeps of a document, and how text becomes its terms.

use nasman_core::Kind;
use tantivy::{
    Index, TantivyDocument,
    schema::{
        FAST, Field, IndexRecordOption, NumericOptions, STORED, Schema, SchemaBuilder, TextFieldIndexing,
        TextOptions,
    },
    tokenizer::{TextAnalyzer, Token, TokenStream, Tokenizer},
};

use super::columns::Shape;
use crate::{Document, words::Words};

/// Stands where a path begins, before its first folder.
pub(super) const ROOT: &str = "\u{1}";
/// Begins the term of a path's last name, which tells it from the folders'.
pub(super) const LAST: char = '\u{2}';
/// `died` of what lives.
pub(super) const NEVER: u64 = u64::MAX;

const PARTS: &str = "parts";
/// The text as it is.
const RAW: &str = "raw";

/// The fields by their meaning. A field that is `FAST` is a column.
#[derive(Clone)]
pub(super) struct Fields {
    /// [`crate::entry_id`]: finds a path's documents, to count or replace them.
    pub entry: Field,
    /// Finds an object's documents.
    pub inode: Field,
    /// The dataset's guid.
    pub dataset: Field,
    /// The folded words of the name, with their places.
    pub name: Field,
    /// The folded words of the folders above, with their places.
    pub folders: Field,
    /// [`ROOT`], the folded folders' names, and [`LAST`] with the folded name, with their places.
    pub tree: Field,
    /// The words of the name as one text: tells whole names, orders by name.
    pub whole: Field,
    /// The extension.
    pub extension: Field,
    /// [`crate::Category`] by its place in `ALL`.
    pub category: Field,
    /// A [`Shape`]: what facets count.
    pub shape: Field,
    /// Bytes.
    pub size: Field,
    /// Seconds since 1970.
    pub modified: Field,
    /// The lifetime's begin.
    pub born: Field,
    /// The lifetime's end, or [`NEVER`].
    pub died: Field,
    /// The path's bytes.
    pub path: Field,
}

pub(super) const KINDS: [Kind; 7] =
    [Kind::File, Kind::Directory, Kind::Symlink, Kind::Fifo, Kind::Socket, Kind::Block, Kind::Char];

impl Fields {
    pub(super) fn build() -> (Self, Schema) {
        let mut schema = Schema::builder();
        // Found and counted, never weighed: without the byte for each document that says how long a field is.
        let found = NumericOptions::default().set_indexed();
        let term = TextFieldIndexing::default()
            .set_tokenizer(RAW)
            .set_fieldnorms(false)
            .set_index_option(IndexRecordOption::Basic);
        let fields = Self {
            entry: schema.add_u64_field("entry", found.clone()),
            inode: schema.add_u64_field("inode", found.clone()),
            dataset: schema.add_u64_field("dataset", found.clone()),
            name: words(&mut schema, "name"),
            folders: words(&mut schema, "folders"),
            tree: words(&mut schema, "tree"),
            whole: schema.add_text_field("whole", TextOptions::default().set_fast(RAW)),
            extension: schema.add_text_field("extension", TextOptions::default().set_indexing_options(term)),
            category: schema.add_u64_field("category", found),
            shape: schema.add_bytes_field("shape", FAST),
            size: schema.add_u64_field("size", FAST),
            modified: schema.add_i64_field("modified", FAST),
            born: schema.add_u64_field("born", FAST),
            died: schema.add_u64_field("died", FAST),
            path: schema.add_bytes_field("path", STORED),
        };
        (fields, schema.build())
    }

    pub(super) fn document(&self, document: &Document, words: &mut Words) -> TantivyDocument {
        let shown = document.path.display();
        let (above, name) = shown.rsplit_once('/').unwrap_or(("", &shown));
        let mut row = TantivyDocument::new();
        row.add_u64(self.entry, document.entry());
        row.add_u64(self.inode, document.inode);
        row.add_u64(self.dataset, document.dataset.0);
        words.read_name(name);
        row.add_text(self.name, joined(words, "/"));
        words.read_query(name);
        row.add_text(self.whole, joined(words, " "));
        let mut folders = String::new();
        for folder in above.split('/').filter(|folder| !folder.is_empty()) {
            words.read_name(folder);
            folders.push_str(&joined(words, "/"));
            // An empty part keeps a phrase from reaching from one folder into the next.
            folders.push_str("//");
        }
        row.add_text(self.folders, folders);
        row.add_text(self.tree, tree(above, name));
        if let Some(extension) = document.extension() {
            row.add_text(self.extension, extension);
        }
        row.add_u64(self.category, place(&crate::Category::ALL, &document.category()));
        row.add_bytes(self.shape, &Shape::of(document).bytes());
        row.add_u64(self.size, document.size);
        row.add_i64(self.modified, document.modified);
        row.add_u64(self.born, document.lifetime.born.0);
        row.add_u64(self.died, document.lifetime.died.map_or(NEVER, |died| died.0));
        row.add_bytes(self.path, document.path.as_bytes());
        row
    }
}

fn words(schema: &mut SchemaBuilder, name: &str) -> Field {
    let indexing = TextFieldIndexing::default()
        .set_tokenizer(PARTS)
        .set_fieldnorms(false)
        .set_index_option(IndexRecordOption::WithFreqsAndPositions);
    schema.add_text_field(name, TextOptions::default().set_indexing_options(indexing))
}

pub(super) fn place<T: PartialEq>(all: &[T], one: &T) -> u64 {
    let place = all.iter().position(|other| other == one).unwrap_or_default();
    u64::try_from(place).unwrap_or_default()
}

fn joined(words: &Words, with: &str) -> String {
    let mut text = String::new();
    for word in words.iter() {
        if !text.is_empty() {
            text.push_str(with);
        }
        text.push_str(word);
    }
    text
}

fn tree(above: &str, name: &str) -> String {
    let mut tree = String::from(ROOT);
    tree.push('/');
    if !above.is_empty() {
        tree.push_str(&crate::words::folded(above));
        tree.push('/');
    }
    tree.push(LAST);
    tree.push_str(&crate::words::folded(name));
    tree
}

/// Teaches an index how text is split: what comes in is split already.
pub(super) fn register(index: &Index) {
    index.tokenizers().register(PARTS, TextAnalyzer::from(Parts));
}

/// Splits at `/`. An empty part is no term, and takes a place.
#[derive(Clone)]
struct Parts;

struct PartStream<'a> {
    rest: Option<&'a str>,
    token: Token,
}

impl Tokenizer for Parts {
    type TokenStream<'a> = PartStream<'a>;

    fn token_stream<'a>(&'a mut self, text: &'a str) -> PartStream<'a> {
        PartStream { rest: Some(text), token: Token { position: usize::MAX, ..Token::default() } }
    }
}

impl TokenStream for PartStream<'_> {
    fn advance(&mut self) -> bool {
        while let Some(text) = self.rest {
            let (part, rest) = text.split_once('/').map_or((text, None), |(part, rest)| (part, Some(rest)));
            self.rest = rest;
            self.token.position = self.token.position.wrapping_add(1);
            if !part.is_empty() {
                self.token.text.clear();
                self.token.text.push_str(part);
                return true;
            }
        }
        false
    }

    fn token(&self) -> &Token {
        &self.token
    }

    fn token_mut(&mut self) -> &mut Token {
        &mut self.token
    }
}
