//! What tantivy keeps of a document, and how text becomes its terms.

use std::sync::LazyLock;

use nasman_core::Kind;
use tantivy::{
    Index,
    schema::{FAST, Field, IndexRecordOption, STORED, Schema, SchemaBuilder, TextFieldIndexing, TextOptions},
    tokenizer::{TextAnalyzer, Token, TokenStream, Tokenizer},
};

/// Stands where a folder's path begins, before its first name.
pub(super) const ROOT: &str = "\u{1}";
/// Stands where it ends.
pub(super) const END: &str = "\u{2}";
/// Stands between the parts of [`Fields::whole`].
pub(super) const NAME: char = '\u{1}';
/// `died` of what lives.
pub(super) const NEVER: u64 = u64::MAX;

const PARTS: &str = "parts";
/// The text as it is.
const RAW: &str = "raw";

/// The fields by their meaning. A field that is `FAST` is a column.
pub(super) struct Fields {
    /// The folded words of the name.
    pub name: Field,
    /// Of a folder's record: the folded words of its path, with their places.
    pub folders: Field,
    /// Of a folder's record: [`ROOT`], the folded names, [`END`], with their places.
    pub tree: Field,
    /// The name as [`super::names`] writes it: tells whole names, orders by name, fits globs, has phrases.
    pub whole: Field,
    /// A [`super::columns::Shape`]: what facets count.
    pub shape: Field,
    /// The number of the folder that it is in; of a record its own.
    pub folder: Field,
    /// [`crate::entry_id`]: finds a path's documents. Not as a term: a million of these took a tenth of the time, and a
    /// column of them is looked through in milliseconds.
    pub entry: Field,
    /// Finds an object's documents, likewise.
    pub inode: Field,
    /// [`crate::Document::versions`]
    pub versions: Field,
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

static KNOWN: LazyLock<(Fields, Schema)> = LazyLock::new(Fields::build);

impl Fields {
    pub(super) fn known() -> &'static Self {
        &KNOWN.0
    }

    pub(super) fn schema() -> Schema {
        KNOWN.1.clone()
    }

    fn build() -> (Self, Schema) {
        let mut schema = Schema::builder();
        let mut number = |name| schema.add_u64_field(name, FAST);
        let (folder, entry, inode, versions) =
            (number("folder"), number("entry"), number("inode"), number("versions"));
        let (size, born, died) = (number("size"), number("born"), number("died"));
        let fields = Self {
            name: words(&mut schema, "name", IndexRecordOption::Basic),
            folders: words(&mut schema, "folders", IndexRecordOption::WithFreqsAndPositions),
            tree: words(&mut schema, "tree", IndexRecordOption::WithFreqsAndPositions),
            whole: schema.add_text_field("whole", TextOptions::default().set_fast(RAW)),
            shape: schema.add_bytes_field("shape", FAST),
            folder,
            entry,
            inode,
            versions,
            size,
            modified: schema.add_i64_field("modified", FAST),
            born,
            died,
            path: schema.add_bytes_field("path", STORED),
        };
        (fields, schema.build())
    }
}

fn words(schema: &mut SchemaBuilder, name: &str, kept: IndexRecordOption) -> Field {
    let indexing =
        TextFieldIndexing::default().set_tokenizer(PARTS).set_fieldnorms(false).set_index_option(kept);
    schema.add_text_field(name, TextOptions::default().set_indexing_options(indexing))
}

pub(super) fn place<T: PartialEq>(all: &[T], one: &T) -> u64 {
    let place = all.iter().position(|other| other == one).unwrap_or_default();
    u64::try_from(place).unwrap_or_default()
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
