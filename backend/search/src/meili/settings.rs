//! What the index is told to do with our fields.

use std::collections::{BTreeMap, BTreeSet};

use meilisearch_sdk::settings::{
    FacetSortValue, FacetingSettings, FilterableAttribute, MinWordSizeForTypos, PaginationSetting, Settings,
    TypoToleranceSettings,
};

/// The first version that can rank by where a word was found without ranking by its place there.
pub(super) const ATTRIBUTE_RANK: (u64, u64) = (1, 36);
/// Values per facet that are counted at most.
pub(super) const FACET_VALUES: usize = 1_000;
/// Hits that can be paged through.
pub(super) const HITS: usize = 100_000;

const FILTERABLE: [&str; 21] = [
    "above",
    "born",
    "category",
    "dataset",
    "died",
    "entry",
    "exact",
    "ext",
    "host",
    "inode",
    "latest",
    "marker_of",
    "modified",
    "owner",
    "places",
    "rank",
    "size",
    "size_range",
    "state",
    "suffix",
    "year",
];
const SORTABLE: [&str; 3] = ["exact", "modified", "size"];

/// What the index must be set to.
pub(super) fn wanted(attribute_rank: bool) -> Settings {
    let attribute = if attribute_rank { "attributeRank" } else { "attribute" };
    let typos = TypoToleranceSettings {
        enabled: Some(true),
        disable_on_attributes: Some(Vec::new()),
        disable_on_words: Some(Vec::new()),
        min_word_size_for_typos: Some(MinWordSizeForTypos { one_typo: Some(5), two_typos: Some(9) }),
        disable_on_numbers: Some(true),
    };
    Settings {
        searchable_attributes: Some(owned(&["words", "folders"])),
        filterable_attributes: Some(FILTERABLE.map(FilterableAttribute::from).to_vec()),
        sortable_attributes: Some(owned(&SORTABLE)),
        // What is only alike comes last; names before folders; whole names first; then live, then recent.
        ranking_rules: Some(owned(&[
            "sort",
            "words",
            "typo",
            attribute,
            "exactness",
            "rank:asc",
            "modified:desc",
        ])),
        typo_tolerance: Some(typos),
        pagination: Some(PaginationSetting { max_total_hits: HITS }),
        faceting: Some(FacetingSettings {
            max_values_per_facet: FACET_VALUES,
            sort_facet_values_by: Some(BTreeMap::from([("*".to_owned(), FacetSortValue::Count)])),
        }),
        ..Settings::new()
    }
}

fn owned(texts: &[&str]) -> Vec<String> {
    texts.iter().map(|&text| text.to_owned()).collect()
}

/// The settings that are not as they must be.
pub(super) fn differing(wanted: &Settings, found: &Settings) -> Vec<&'static str> {
    let same = [
        ("searchableAttributes", wanted.searchable_attributes == found.searchable_attributes),
        ("filterableAttributes", filterable(wanted) == filterable(found)),
        ("sortableAttributes", sortable(wanted) == sortable(found)),
        ("rankingRules", ranking(wanted) == ranking(found)),
        ("typoTolerance", wanted.typo_tolerance == found.typo_tolerance),
        ("pagination", wanted.pagination == found.pagination),
        ("faceting", wanted.faceting == found.faceting),
    ];
    same.iter().filter(|(_, same)| !same).map(|(name, _)| *name).collect()
}

fn filterable(settings: &Settings) -> BTreeSet<&str> {
    let attributes = settings.filterable_attributes.iter().flatten();
    let names = attributes.map(|attribute| match attribute {
        FilterableAttribute::Attribute(name) => name.as_str(),
        FilterableAttribute::Settings(_) => "a pattern",
    });
    names.collect()
}

fn sortable(settings: &Settings) -> BTreeSet<&str> {
    settings.sortable_attributes.iter().flatten().map(String::as_str).collect()
}

/// Hosts whose keys may not ask for the version choose the older rule; nobody need turn it back.
fn ranking(settings: &Settings) -> Vec<&str> {
    let rules = settings.ranking_rules.iter().flatten();
    rules.map(|rule| if rule == "attributeRank" { "attribute" } else { rule }).collect()
}
