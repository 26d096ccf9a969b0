//! From what Meilisearch answers to what was asked for.

use std::collections::HashMap;

use meilisearch_sdk::search::{MatchingStrategies, SearchQuery, SearchResults, Selectors};

use super::{
    http::Http,
    plan::{Plan, sorted},
    server::{Server, now},
    settings,
    stored::{self, Found},
};
use crate::{
    Answer, Document, Facet, FacetCount, Hit, Request, Result, SIZES, Total, matcher,
    request::{self, size_range},
};

/// Hits that are checked here, at most.
const CANDIDATES: usize = 10_000;

/// The field that a facet counts.
const fn field(facet: Facet) -> &'static str {
    match facet {
        Facet::Dataset => "dataset",
        Facet::Category => "category",
        Facet::Extension => "ext",
        Facet::Size => "size_range",
        Facet::Year => "year",
        Facet::Owner => "owner",
        Facet::State => "state",
        Facet::Host => "host",
    }
}

/// Answers a request.
pub(super) fn search(server: &Server, host: &str, request: &Request) -> Result<Answer> {
    let known = server.ready_at_once()?;
    let plan = Plan::new(request, host, known);
    if plan.nothing {
        let facets = request.facets.iter().map(|facet| (*facet, Vec::new())).collect();
        return Ok(Answer { hits: Vec::new(), total: Total { count: 0, exact: true }, facets });
    }
    if plan.checked.is_empty() { asked(server, request, &plan) } else { checked(server, request, &plan) }
}

/// Meilisearch counts and pages.
fn asked(server: &Server, request: &Request, plan: &Plan<'_>) -> Result<Answer> {
    let window = Window::around(request.offset, request.limit);
    let mut fields: Vec<&str> = request.facets.iter().map(|facet| field(*facet)).collect();
    // Each document has one host: the sum over them is the total, where Meilisearch stops counting hits.
    fields.push(field(Facet::Host));
    let found = ask(server, request, plan, &window, &fields)?;
    let counted = found.facet_distribution.unwrap_or_default();
    let total = counted.get(field(Facet::Host)).map(|hosts| hosts.values().sum());
    let facet = |facet: Facet| counted.get(field(facet)).cloned().unwrap_or_default();
    let facets = request.facets.iter().map(|wanted| (*wanted, told(*wanted, facet(*wanted), request)));
    let facets = facets.collect();
    let hits = found.hits.into_iter().skip(window.skip).take(request.limit);
    Ok(Answer {
        hits: hits.filter_map(|hit| hit.result.hit()).collect(),
        total: Total { count: number(total.or(found.total_hits).unwrap_or_default()), exact: true },
        facets,
    })
}

/// Meilisearch answers more than is meant; the rest is done here.
fn checked(server: &Server, request: &Request, plan: &Plan<'_>) -> Result<Answer> {
    let window = Window { page: 1, hits: CANDIDATES, skip: 0 };
    let found = ask(server, request, plan, &window, &[])?;
    let exact = found.total_hits.is_some_and(|total| total <= found.hits.len());
    let passes = |hit: &Hit| plan.checked.iter().all(|clause| matcher::passes(&hit.document, clause));
    let hits: Vec<Hit> = found.hits.into_iter().filter_map(|hit| hit.result.hit()).filter(passes).collect();
    let facets = request.facets.iter().map(|facet| {
        let mut counts: HashMap<String, usize> = HashMap::new();
        for value in hits.iter().filter_map(|hit| value(*facet, hit)) {
            *counts.entry(value).or_default() += 1;
        }
        (*facet, told(*facet, counts, request))
    });
    let facets = facets.collect();
    let total = Total { count: number(hits.len()), exact };
    Ok(Answer { hits: hits.into_iter().skip(request.offset).take(request.limit).collect(), total, facets })
}

fn ask(
    server: &Server,
    request: &Request,
    plan: &Plan<'_>,
    window: &Window,
    facets: &[&str],
) -> Result<SearchResults<Found>> {
    let (filter, sort) = (plan.filter(), sorted(request));
    let sort: Vec<&str> = sort.iter().map(String::as_str).collect();
    let mut query: SearchQuery<'_, Http> = server.index.search();
    query
        .with_query(&plan.q)
        .with_filter(&filter)
        .with_page(window.page)
        .with_hits_per_page(window.hits)
        .with_matching_strategy(MatchingStrategies::ALL)
        .with_attributes_to_retrieve(Selectors::Some(&Found::FIELDS));
    if !sort.is_empty() {
        query.with_sort(&sort);
    }
    if !facets.is_empty() {
        query.with_facets(Selectors::Some(facets));
    }
    server.once(|| now(server.index.execute_query(&query)))
}

/// Meilisearch counts all hits only where it is asked for pages: the smallest page that holds what is wanted.
#[derive(Debug, PartialEq, Eq)]
struct Window {
    /// From 1.
    page: usize,
    hits: usize,
    /// Hits of the page that come before what is wanted.
    skip: usize,
}

impl Window {
    fn around(offset: usize, limit: usize) -> Self {
        let (offset, limit) = (offset.min(settings::HITS), limit.min(settings::HITS));
        if limit == 0 {
            return Self { page: 1, hits: 0, skip: 0 };
        }
        let holds = |hits: &usize| offset / hits == (offset + limit - 1) / hits;
        let hits = (limit..offset + limit).find(holds).unwrap_or(offset + limit);
        Self { page: offset / hits + 1, hits, skip: offset % hits }
    }
}

/// What a hit counts for.
fn value(facet: Facet, hit: &Hit) -> Option<String> {
    let document: &Document = &hit.document;
    match facet {
        Facet::Dataset => Some(document.dataset.to_string()),
        Facet::Category => Some(document.category().word().to_owned()),
        Facet::Extension => document.extension(),
        Facet::Size => Some(SIZES[size_range(document.size)].1.to_owned()),
        Facet::Year => stored::year(document.modified).map(|year| year.to_string()),
        Facet::Owner => Some(document.owner.to_string()),
        Facet::State => Some(document.state().word().to_owned()),
        Facet::Host => Some(stored::host_key(&hit.host)),
    }
}

fn told(facet: Facet, counts: HashMap<String, usize>, request: &Request) -> Vec<FacetCount> {
    let named = |value: String| if facet == Facet::Host { stored::host_name(&value) } else { value };
    let counted =
        counts.into_iter().map(|(value, count)| FacetCount { value: named(value), count: number(count) });
    request::most_frequent(counted.collect(), request.facet_values)
}

fn number(count: usize) -> u64 {
    u64::try_from(count).unwrap_or(u64::MAX)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn pages_hold_what_is_wanted() {
        for offset in 0..120 {
            for limit in 1..30 {
                let Window { page, hits, skip } = Window::around(offset, limit);
                assert_eq!((page - 1) * hits + skip, offset);
                assert!(skip + limit <= hits, "{offset} {limit}");
            }
        }
        assert_eq!(Window::around(100, 50), Window { page: 3, hits: 50, skip: 0 });
        assert_eq!(Window::around(7, 0), Window { page: 1, hits: 0, skip: 0 });
    }
}
