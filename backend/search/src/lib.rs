//! Where is that file, or where was it? The language of the search box, and the engines that answer it.
//!
//! A *document* is a version: one state of what was at a path, over one lifetime. Engines hold documents and nothing
//! else; they are a projection of the catalog and can always be rebuilt from it. Both answer alike because names are
//! split and folded here, once, and both index the words that come out.

mod category;
mod document;
mod embedded;
mod error;
mod index;
pub mod matcher;
mod meili;
pub mod query;
mod request;
pub mod words;

pub use category::Category;
pub use document::{Document, State, entry_id};
pub use embedded::Embedded;
pub use error::{Result, SearchError};
pub use index::{Change, Engine, Marker, SearchIndex, Stats};
pub use meili::{MeiliSettings, Meilisearch};
pub use request::{
    Answer, Facet, FacetCount, Filters, Hit, Request, SIZES, Scope, Sort, SortBy, Total, Versions,
};
