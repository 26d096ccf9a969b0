//! From a request's parameters to a search.

use jiff::{Timestamp, ZonedDateTime, civil, tz::TimeZone};
use nasman_catalog::Catalog;
use nasman_core::{Guid, SnapshotTag, Txg};
use nasman_search::{
    Category, Facet, Filters, Request, SIZES, Scope, Sort, SortBy, State, Versions,
    query::{self, Clause, Condition, Parsed, Problem},
};
use nix::unistd::User;
use serde::Deserialize;
use utoipa::IntoParams;

use super::{answer::SearchView, known::Known};
use crate::{
    app::App,
    http::{
        error::{ApiError, ApiResult, Code},
        page::{bad_cursor, limit_within},
        query::number,
    },
};

const DEFAULT_LIMIT: u32 = 50;
const MAX_LIMIT: u32 = 200;
/// Hits that can be paged through.
const DEEPEST: usize = 100_000;
/// Values told of each facet.
const FACET_VALUES: usize = 50;

/// What to search, and which page. Lists are separated by commas; of one list any may hold, of different ones all must.
#[derive(Debug, Default, Deserialize, IntoParams)]
#[serde(deny_unknown_fields, default)]
#[into_params(parameter_in = Query)]
pub struct SearchQuery {
    /// What was typed into the box, at most 1,000 characters: words, `"phrases"`, `-not`, `*` and `?`, `ext:`, `type:`,
    /// `size:`, `modified:`, `in:`, `path:`, `is:`, `at:`, `owner:`.
    #[param(example = "holiday ext:jpg modified:2024")]
    q: String,
    /// `entry`: one hit for each path, its latest version, or with `at:` the one of then. `version`: all versions.
    #[param(value_type = Option<String>, default = "entry")]
    group: Option<String>,
    /// Datasets, by guid.
    dataset: Option<String>,
    /// `picture`, `video`, `audio`, `document`, `archive`, `code`, `folder`, `other`.
    category: Option<String>,
    /// Extensions.
    ext: Option<String>,
    /// `tiny` (below 16 KiB), `small` (1 MiB), `medium` (128 MiB), `large` (1 GiB), `huge` (16 GiB), `giant`.
    size: Option<String>,
    /// Years of modification, UTC.
    year: Option<String>,
    /// Owners' numbers.
    owner: Option<String>,
    /// `live`, `deleted`, `earlier`.
    state: Option<String>,
    /// Hosts.
    host: Option<String>,
    /// `relevance`, or `name`, `size`, `modified`, each with `-` in front for the greatest first.
    #[param(default = "relevance")]
    sort: Option<String>,
    /// What to count: `dataset`, `category`, `ext`, `size`, `year`, `owner`, `state`, `host`.
    facets: Option<String>,
    /// Hits in the page, 1 to 200.
    #[serde(deserialize_with = "number")]
    #[param(minimum = 1, maximum = 200, default = 50)]
    limit: Option<u32>,
    /// The last page's `next`.
    cursor: Option<String>,
}

/// A search, understood.
pub(super) struct Asked {
    pub request: Request,
    pub problems: Vec<Problem>,
    /// What was typed.
    pub text: String,
    /// What the cursors of this search begin with.
    mark: String,
}

/// Searches. Blocks.
///
/// # Errors
/// [`Code::InvalidQuery`] with the place in the text, [`Code::InvalidRequest`], [`Code::SearchUnavailable`].
pub fn search(app: &App, scope: Scope, query: &SearchQuery) -> ApiResult<SearchView> {
    let known = app.search_known.get(&app.catalog)?;
    let asked = understand(app, &known, scope, query)?;
    let answer = app.search.index.search(&asked.request)?;
    SearchView::of(app, &known, &asked, answer)
}

pub(super) fn understand(app: &App, known: &Known, scope: Scope, query: &SearchQuery) -> ApiResult<Asked> {
    let now = app.now().to_zoned_datetime(TimeZone::system());
    let Parsed { query: mut typed, mut problems } = query::parse(&query.q, &now);
    if let Some(problem) = problems.iter().find(|problem| problem.fatal) {
        return Err(ApiError {
            position: Some(characters(&query.q, problem)),
            ..ApiError::field(Code::InvalidQuery, "q", &problem.detail)
        });
    }
    let mut versions = match query.group.as_deref() {
        None | Some("entry") => Versions::Latest,
        Some("version") => Versions::All,
        Some(other) => return Err(refused("group", other, "entry or version")),
    };
    if let Some(at) = typed.at().map(str::to_owned) {
        let points = points(&app.catalog, known, &scope, &at, &now);
        if points.is_empty() {
            problems.extend(typed.clauses.iter().find(|clause| is_at(clause)).map(|clause| Problem {
                span: clause.span.clone(),
                detail: format!("no dataset has a snapshot {at}, or one as early as that"),
                fatal: false,
            }));
        }
        versions = Versions::At(points);
    }
    typed.clauses.iter_mut().for_each(number_owner);
    let request = Request {
        query: typed,
        filters: query.filters()?,
        scope,
        versions,
        sort: sort(query.sort.as_deref())?,
        facets: list(query.facets.as_deref()).map(facet).collect::<ApiResult<_>>()?,
        facet_values: FACET_VALUES,
        offset: 0,
        limit: usize::try_from(limit_within(query.limit, DEFAULT_LIMIT, MAX_LIMIT)?).unwrap_or_default(),
    };
    let mark = query.mark();
    let offset = query.cursor.as_deref().map_or(Ok(0), |cursor| offset(cursor, &mark))?;
    Ok(Asked { request: Request { offset, ..request }, problems, text: query.q.clone(), mark })
}

impl Asked {
    /// The cursor of the page after one with so many hits.
    pub(super) fn next(&self, hits: usize, total: u64) -> Option<String> {
        let next = self.request.offset + hits;
        let more = hits > 0 && u64::try_from(next).is_ok_and(|next| next < total) && next < DEEPEST;
        more.then(|| format!("{}.{next}", self.mark))
    }
}

/// Where a problem is, in characters.
pub(super) fn characters(text: &str, problem: &Problem) -> (u32, u32) {
    let count =
        |end| text.get(..end).map_or(0, |text| u32::try_from(text.chars().count()).unwrap_or(u32::MAX));
    (count(problem.span.start), count(problem.span.end))
}

/// The place that a cursor leads to. One of another search is refused: its hits would be of neither.
fn offset(cursor: &str, mark: &str) -> ApiResult<usize> {
    let place = cursor.strip_prefix(mark).and_then(|rest| rest.strip_prefix('.'));
    place.and_then(|place| place.parse().ok()).filter(|place| *place < DEEPEST).ok_or_else(bad_cursor)
}

impl SearchQuery {
    /// Only what was typed.
    pub(super) fn typed(text: &str) -> Self {
        Self { q: text.to_owned(), ..Self::default() }
    }

    /// Tells this search from others, whatever the page.
    fn mark(&self) -> String {
        let mut hasher = blake3::Hasher::new();
        let Self { group, dataset, category, ext, size, year, owner, state, host, sort, .. } = self;
        let rest = [group, dataset, category, ext, size, year, owner, state, host, sort];
        for part in std::iter::once(Some(&self.q)).chain(rest.map(Option::as_ref)) {
            let part = part.map_or(&[] as &[u8], |part| part.as_bytes());
            hasher.update(&part.len().to_le_bytes());
            hasher.update(part);
        }
        hasher.finalize().to_hex()[..12].to_owned()
    }

    fn filters(&self) -> ApiResult<Filters> {
        let size = |word: &str| SIZES.iter().position(|(_, known)| *known == word);
        Ok(Filters {
            datasets: parsed("dataset", self.dataset.as_deref(), "a dataset's guid", |text| {
                text.parse().ok().map(Guid)
            })?,
            categories: parsed("category", self.category.as_deref(), "a category such as picture", |word| {
                Category::ALL.into_iter().find(|category| category.word() == word)
            })?,
            extensions: list(self.ext.as_deref()).map(str::to_lowercase).collect(),
            sizes: parsed("size", self.size.as_deref(), "a size such as large", size)?,
            years: parsed("year", self.year.as_deref(), "a year", |text| text.parse().ok())?,
            owners: parsed("owner", self.owner.as_deref(), "an owner's number", |text| text.parse().ok())?,
            states: parsed("state", self.state.as_deref(), "live, deleted or earlier", |word| {
                State::ALL.into_iter().find(|state| state.word() == word)
            })?,
            hosts: list(self.host.as_deref()).map(str::to_owned).collect(),
        })
    }
}

fn list(text: Option<&str>) -> impl Iterator<Item = &str> {
    text.unwrap_or_default().split(',').map(str::trim).filter(|part| !part.is_empty())
}

fn parsed<T>(
    field: &str,
    text: Option<&str>,
    expected: &str,
    read: impl Fn(&str) -> Option<T>,
) -> ApiResult<Vec<T>> {
    list(text).map(|part| read(part).ok_or_else(|| refused(field, part, expected))).collect()
}

fn refused(field: &str, given: &str, expected: &str) -> ApiError {
    ApiError::field(Code::InvalidRequest, field, format!("'{given}' is not {expected}"))
}

fn sort(text: Option<&str>) -> ApiResult<Sort> {
    let text = text.unwrap_or("relevance");
    let descending = text.starts_with('-');
    let by = match text.trim_start_matches('-') {
        "relevance" if !descending => SortBy::Relevance,
        "name" => SortBy::Name,
        "size" => SortBy::Size,
        "modified" => SortBy::Modified,
        _ => return Err(refused("sort", text, "relevance, name, size or modified, with or without -")),
    };
    Ok(Sort { by, descending })
}

/// Each facet by the parameter that chooses its values.
pub(super) const FACETS: [(Facet, &str); 8] = [
    (Facet::Dataset, "dataset"),
    (Facet::Category, "category"),
    (Facet::Extension, "ext"),
    (Facet::Size, "size"),
    (Facet::Year, "year"),
    (Facet::Owner, "owner"),
    (Facet::State, "state"),
    (Facet::Host, "host"),
];

fn facet(word: &str) -> ApiResult<Facet> {
    let found = FACETS.iter().find(|(_, known)| *known == word).map(|(facet, _)| *facet);
    found.ok_or_else(|| refused("facets", word, "something that can be counted, such as category"))
}

fn is_at(clause: &Clause) -> bool {
    matches!(clause.condition, Condition::At(_))
}

/// Engines know owners by number.
fn number_owner(clause: &mut Clause) {
    if let Condition::Owner(owner) = &mut clause.condition
        && owner.parse::<u32>().is_err()
        && let Ok(Some(user)) = User::from_name(owner)
    {
        *owner = user.uid.to_string();
    }
}

/// Of each dataset the state that a snapshot's name, or a time, means.
fn points(
    catalog: &Catalog,
    known: &Known,
    scope: &Scope,
    at: &str,
    now: &ZonedDateTime,
) -> Vec<(Guid, Txg)> {
    let time = moment(at, now);
    let tag = at.rsplit('@').next().and_then(|tag| tag.parse::<SnapshotTag>().ok());
    let of = |id| {
        let named = tag.as_ref().and_then(|tag| catalog.snapshot_by_tag(id, tag).ok().flatten());
        let found = named.or_else(|| catalog.snapshot_at_or_before(id, time?).ok().flatten());
        found.filter(|snapshot| snapshot.indexed).map(|snapshot| snapshot.txg)
    };
    known.within(scope).filter_map(|known| Some((known.dataset.guid, of(known.dataset.id)?))).collect()
}

/// A time; of a day its end, of a minute its end.
fn moment(text: &str, now: &ZonedDateTime) -> Option<Timestamp> {
    if let Ok(time) = text.parse::<Timestamp>() {
        return Some(time);
    }
    let text = text.replace(' ', "T");
    let end = match (text.len(), text.parse::<civil::DateTime>()) {
        (..=10, _) => text.parse::<civil::Date>().ok()?.at(23, 59, 59, 999_999_999),
        (_, Ok(time)) if text.matches(':').count() < 2 => {
            civil::date(time.year(), time.month(), time.day()).at(time.hour(), time.minute(), 59, 999_999_999)
        }
        (_, time) => time.ok()?,
    };
    now.time_zone().to_timestamp(end).ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn times_mean_their_end() {
        let now = Timestamp::UNIX_EPOCH.to_zoned_datetime(TimeZone::UTC);
        let ends = |text| moment(text, &now).map(|time| time.to_string());
        assert_eq!(ends("2026-05-02").unwrap(), "2026-05-02T23:59:59.999999999Z");
        assert_eq!(ends("2026-05-02 14:05").unwrap(), "2026-05-02T14:05:59.999999999Z");
        assert_eq!(ends("2026-05-02 14:05:10").unwrap(), "2026-05-02T14:05:10Z");
        assert_eq!(ends("2026-05-02T14:05:10+02:00").unwrap(), "2026-05-02T12:05:10Z");
        assert_eq!(ends("daily-2026-05-02"), None);
    }

    #[test]
    fn a_cursor_leads_on_in_its_own_search_only() {
        let (one, other) = (SearchQuery::typed("a"), SearchQuery::typed("b"));
        assert_eq!(offset(&format!("{}.50", one.mark()), &one.mark()).unwrap(), 50);
        assert!(offset(&format!("{}.50", one.mark()), &other.mark()).is_err());
        assert!(offset("nonsense", &one.mark()).is_err());
        assert!(offset(&format!("{}.99999999", one.mark()), &one.mark()).is_err());
    }
}
