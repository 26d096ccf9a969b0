//! What the box may go on with: filters, their values, and names. Names and values come from a search in the asker's
//! scope, never from the index's own dictionary, which holds everybody's words.

use std::collections::HashSet;

use nasman_search::{Category, Facet, FacetCount, Request, Scope, State};
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};

use super::ask::{SearchQuery, understand};
use crate::{
    app::App,
    http::{
        error::{ApiResult, Code},
        page::limit_within,
        query::number,
    },
};

const DEFAULT_LIMIT: u32 = 8;
const MAX_LIMIT: u32 = 20;

/// Fields of the language, and what they are for.
const FIELDS: [(&str, &str); 9] = [
    ("type:", "picture, video, audio, document, archive, code, folder"),
    ("ext:", "an extension"),
    ("in:", "a dataset or folder"),
    ("is:", "live, deleted or earlier"),
    ("size:", "such as >1G"),
    ("modified:", "such as 2024-05 or 7d"),
    ("at:", "a snapshot or date"),
    ("owner:", "a user"),
    ("path:", "a part of the path"),
];

/// What was typed so far.
#[derive(Debug, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub struct SuggestQuery {
    /// The text of the box.
    #[serde(default)]
    q: String,
    /// Suggestions, 1 to 20.
    #[serde(default, deserialize_with = "number")]
    #[param(minimum = 1, maximum = 20, default = 8)]
    limit: Option<u32>,
}

/// What the box may go on with.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = SearchSuggestions)]
pub struct Suggestions {
    /// The likeliest first.
    items: Vec<Suggestion>,
}

/// One way to go on.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = SearchSuggestion)]
pub struct Suggestion {
    /// What it is.
    kind: SuggestionKind,
    /// What to show.
    text: String,
    /// More about it, for people.
    detail: Option<String>,
    /// Which characters of the text it replaces.
    replace: Replaced,
    /// By what.
    insert: String,
}

/// Characters of what was typed.
#[derive(Debug, Clone, Copy, Serialize, ToSchema)]
#[schema(as = SearchReplaced)]
pub struct Replaced {
    /// Where they begin.
    start: usize,
    /// Where they end.
    end: usize,
}

/// What a suggestion is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, ToSchema)]
#[serde(rename_all = "lowercase")]
#[schema(as = SearchSuggestionKind)]
pub enum SuggestionKind {
    /// A field that narrows the search down.
    Filter,
    /// A value of such a field.
    Value,
    /// The name of something that would be found.
    Name,
}

/// Suggests. Blocks.
///
/// # Errors
/// [`Code::InvalidRequest`], [`Code::SearchUnavailable`].
pub fn suggest(app: &App, scope: Scope, query: &SuggestQuery) -> ApiResult<Suggestions> {
    let limit = limit_within(query.limit, DEFAULT_LIMIT, MAX_LIMIT)?;
    let limit = usize::try_from(limit).unwrap_or_default();
    let ends = query.q.chars().count();
    // What is being typed: all behind the last blank.
    let (before, last) = match query.q.rsplit_once(char::is_whitespace) {
        Some((before, last)) => (before, last),
        None => ("", query.q.as_str()),
    };
    let replace = Replaced { start: ends - last.chars().count(), end: ends };
    let bare = last.trim_start_matches('-');
    let minus = if bare.len() < last.len() { "-" } else { "" };
    let mut items = match bare.split_once(':') {
        Some((field, begun)) => values(app, scope, before, field, &begun.to_lowercase(), limit)?
            .into_iter()
            .map(|(value, detail)| Suggestion {
                kind: SuggestionKind::Value,
                insert: format!("{minus}{field}:{} ", quoted(&value)),
                text: value,
                detail,
                replace,
            })
            .collect(),
        None => words(app, scope, query, (bare, minus), replace)?,
    };
    items.truncate(limit);
    Ok(Suggestions { items })
}

fn quoted(value: &str) -> String {
    if value.contains(char::is_whitespace) { format!("\"{value}\"") } else { value.to_owned() }
}

/// Fields that begin so, and names that would be found.
fn words(
    app: &App,
    scope: Scope,
    query: &SuggestQuery,
    (begun, minus): (&str, &str),
    replace: Replaced,
) -> ApiResult<Vec<Suggestion>> {
    let begun = begun.to_lowercase();
    let fields = FIELDS.iter().filter(|(field, _)| !begun.is_empty() && field.starts_with(&begun));
    let mut items: Vec<Suggestion> = fields
        .map(|(field, detail)| Suggestion {
            kind: SuggestionKind::Filter,
            text: (*field).to_owned(),
            detail: Some((*detail).to_owned()),
            replace,
            insert: format!("{minus}{field}"),
        })
        .collect();
    if query.q.trim().is_empty() {
        return Ok(items);
    }
    let Some(found) = ask(app, scope, &query.q, &[], 20)? else { return Ok(items) };
    let mut told = HashSet::new();
    for hit in found.hits {
        let Some(name) = hit.document.path.name() else { continue };
        let name = name.display();
        if told.insert(name.clone()) {
            let all = Replaced { start: 0, end: replace.end };
            let detail = Some(hit.document.dataset_name);
            let insert = format!("\"{}\" ", name.replace('"', "\"\""));
            items.push(Suggestion { kind: SuggestionKind::Name, text: name, detail, replace: all, insert });
        }
    }
    Ok(items)
}

/// Values of a field that begin so, each with what is known of it.
fn values(
    app: &App,
    scope: Scope,
    before: &str,
    field: &str,
    begun: &str,
    limit: usize,
) -> ApiResult<Vec<(String, Option<String>)>> {
    let fixed = |words: &[&str]| {
        let fitting = words.iter().filter(|word| word.starts_with(begun));
        fitting.map(|word| ((*word).to_owned(), None)).collect()
    };
    let facet = match field.to_lowercase().as_str() {
        "type" => return Ok(fixed(&Category::ALL.map(Category::word))),
        "is" => return Ok(fixed(&State::ALL.map(State::word))),
        "ext" => Facet::Extension,
        "in" => Facet::Dataset,
        "owner" => Facet::Owner,
        _ => return Ok(Vec::new()),
    };
    let Some(found) = ask(app, scope, before, &[facet], 0)? else { return Ok(Vec::new()) };
    let known = app.search_known.get(&app.catalog)?;
    let counted = found.facets.into_iter().flat_map(|(_, counts)| counts);
    let named = counted.map(|FacetCount { value, count }| {
        let name = super::answer::label(app, &known, facet, &value).unwrap_or(value);
        (name, Some(if count == 1 { "1 file".to_owned() } else { format!("{count} files") }))
    });
    Ok(named.filter(|(name, _)| name.to_lowercase().starts_with(begun)).take(limit).collect())
}

/// What a text finds; absent where it can't be a query as far as it goes.
fn ask(
    app: &App,
    scope: Scope,
    text: &str,
    facets: &[Facet],
    limit: usize,
) -> ApiResult<Option<nasman_search::Answer>> {
    let known = app.search_known.get(&app.catalog)?;
    match understand(app, &known, scope, &SearchQuery::typed(text)) {
        Ok(asked) => {
            let request = Request { facets: facets.to_vec(), facet_values: 1000, limit, ..asked.request };
            Ok(Some(app.search.index.search(&request)?))
        }
        Err(error) if error.code == Code::InvalidQuery => Ok(None),
        Err(error) => Err(error),
    }
}
