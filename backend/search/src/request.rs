//! What is asked of an engine, and what it answers.

use nasman_core::{Guid, Txg};
use serde::{Deserialize, Serialize};

use crate::{Category, Document, State, query::Query};

/// A search.
#[derive(Debug, Clone, PartialEq)]
pub struct Request {
    /// What was typed.
    pub query: Query,
    /// What was chosen beside it.
    pub filters: Filters,
    /// What may be seen at all.
    pub scope: Scope,
    /// Which versions are looked at.
    pub versions: Versions,
    /// In which order hits come.
    pub sort: Sort,
    /// What to count.
    pub facets: Vec<Facet>,
    /// Values per facet, the most frequent first.
    pub facet_values: usize,
    /// Hits to skip.
    pub offset: usize,
    /// Hits to answer.
    pub limit: usize,
}

/// Choices; of one kind any may hold, of different kinds all must. An empty list chooses nothing away.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Filters {
    /// Datasets, by identity; with the ones beneath them left to who asks.
    pub datasets: Vec<Guid>,
    /// Categories.
    pub categories: Vec<Category>,
    /// Extensions, folded.
    pub extensions: Vec<String>,
    /// Ranges of size, as [`Facet::Size`] counts them: by their number in [`SIZES`].
    pub sizes: Vec<usize>,
    /// Years in which the content last changed, UTC.
    pub years: Vec<i16>,
    /// Numbers of owners.
    pub owners: Vec<u32>,
    /// What became of the version.
    pub states: Vec<State>,
    /// Hosts.
    pub hosts: Vec<String>,
}

/// Lower bounds of the ranges of size that are counted, in bytes; each range ends where the next begins.
pub const SIZES: [(u64, &str); 6] = [
    (0, "tiny"),
    (16 << 10, "small"),
    (1 << 20, "medium"),
    (128 << 20, "large"),
    (1 << 30, "huge"),
    (16 << 30, "giant"),
];

/// The number of the range in [`SIZES`] that holds so many bytes.
pub(crate) fn size_range(bytes: u64) -> usize {
    SIZES.iter().rposition(|(from, _)| *from <= bytes).unwrap_or_default()
}

/// What the asker may see; also counted and suggested from nothing else.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Scope {
    /// All, those of other hosts included.
    All,
    /// These datasets of this host.
    Datasets(Vec<Guid>),
}

/// Which versions are looked at.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Versions {
    /// Each path's last one: one hit for a path.
    Latest,
    /// All.
    All,
    /// Those that were there at a point of each of these datasets: one hit for a path.
    At(Vec<(Guid, Txg)>),
}

/// The order of hits.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct Sort {
    /// By what.
    pub by: SortBy,
    /// Whether the greatest come first; relevance knows only best first.
    pub descending: bool,
}

/// By what hits are ordered.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum SortBy {
    /// Whole names first, then names, then paths, then what is only alike; among these live before deleted, then the
    /// most recently modified.
    Relevance,
    /// By the folded name.
    Name,
    /// By bytes.
    Size,
    /// By when the content last changed.
    Modified,
}

/// What can be counted.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema), schema(as = SearchFacet))]
pub enum Facet {
    /// Datasets, by guid in decimal digits.
    Dataset,
    /// Categories, by their words.
    Category,
    /// Extensions.
    Extension,
    /// Ranges of size, by their words in [`SIZES`].
    Size,
    /// Years.
    Year,
    /// Owners' numbers.
    Owner,
    /// States, by their words.
    State,
    /// Hosts.
    Host,
}

impl Facet {
    /// All there are.
    pub const ALL: [Self; 8] = [
        Self::Dataset,
        Self::Category,
        Self::Extension,
        Self::Size,
        Self::Year,
        Self::Owner,
        Self::State,
        Self::Host,
    ];
}

/// One value of a facet.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct FacetCount {
    /// As [`Facet`] tells.
    pub value: String,
    /// Hits that have it.
    pub count: u64,
}

/// The most frequent values first, at most so many.
pub(crate) fn most_frequent(mut counts: Vec<FacetCount>, values: usize) -> Vec<FacetCount> {
    counts
        .sort_unstable_by(|one, other| other.count.cmp(&one.count).then_with(|| one.value.cmp(&other.value)));
    counts.truncate(values);
    counts
}

/// How many hits there are in all.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Total {
    /// So many.
    pub count: u64,
    /// Whether that, and the counts of facets, are exact and not estimated.
    pub exact: bool,
}

/// One hit.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Hit {
    /// Whose file it is.
    pub host: String,
    /// The version.
    pub document: Document,
    /// How many versions its path has, where the engine can tell at no cost.
    pub versions: Option<u64>,
}

/// What an engine answers.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Answer {
    /// Best first.
    pub hits: Vec<Hit>,
    /// How many there are.
    pub total: Total,
    /// In the order asked for.
    pub facets: Vec<(Facet, Vec<FacetCount>)>,
}
