//! What a search answers.

use jiff::Timestamp;
use nasman_catalog::Snapshot;
use nasman_core::{Guid, Kind, RelPath, SnapshotTag};
use nasman_search::{Answer, Category, Engine, Facet, Hit, Scope, State, query};
use serde::Serialize;
use utoipa::ToSchema;

use super::{
    SearchState,
    ask::{Asked, FACETS, characters},
    known::Known,
};
use crate::{app::App, http::error::ApiResult};

/// A page of hits.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = SearchResults)]
pub struct SearchView {
    /// Best first.
    hits: Vec<HitView>,
    /// How many there are in all.
    total: TotalView,
    /// Counts over all hits, by the names of the parameters that choose their values.
    facets: std::collections::BTreeMap<String, Vec<FacetValue>>,
    /// What was typed and taken otherwise than it may have been meant.
    problems: Vec<QueryProblem>,
    /// Whether all that there is could be found.
    completeness: Completeness,
    /// Give it as `cursor` to get the next page; null on the last one, and after 100,000 hits.
    next: Option<String>,
}

/// How many hits there are.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = SearchTotal)]
pub struct TotalView {
    /// So many.
    count: u64,
    /// Whether that, and the counts of facets, are exact and not estimated.
    exact: bool,
}

/// A value of a facet.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = SearchFacetValue)]
pub struct FacetValue {
    /// What to give as the parameter.
    value: String,
    /// What people call it, where that is something else.
    label: Option<String>,
    /// Hits that have it.
    count: u64,
}

/// Something about what was typed.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = SearchProblem)]
pub struct QueryProblem {
    /// Where it begins, in characters.
    start: u32,
    /// Where it ends.
    end: u32,
    /// What it is, for people.
    detail: String,
}

/// A version of a path that was found.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = SearchHit)]
pub struct HitView {
    /// The server that has it.
    host: String,
    /// Whether that is this one; if not, it can't be opened or restored from here.
    here: bool,
    /// Its dataset.
    dataset: HitDataset,
    /// Percent-encoded, relative to the dataset's root.
    #[schema(value_type = String)]
    path: RelPath,
    /// For people.
    name: String,
    /// What it is.
    kind: Kind,
    /// What its name says it is.
    category: Category,
    /// Bytes.
    size: u64,
    /// When its content last changed; null beyond the calendar's years.
    #[schema(value_type = Option<String>, format = DateTime)]
    modified: Option<Timestamp>,
    /// Its owner.
    owner: HitOwner,
    /// What became of it.
    state: State,
    /// How many versions its path has; null where that can't be told.
    versions: Option<u64>,
    /// The first snapshot that holds it; null when none does.
    first_seen: Option<HitSnapshot>,
    /// The last one.
    last_seen: Option<HitSnapshot>,
    /// When it was deleted, where it was.
    deleted_at: Option<Vanished>,
    /// What to give as `at` where files are read, to get this version; null: it is live.
    #[schema(value_type = Option<String>)]
    at: Option<SnapshotTag>,
    /// Why it was found.
    matches: HitMatches,
}

/// A hit's dataset.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = SearchHitDataset)]
pub struct HitDataset {
    /// Its identity.
    #[schema(value_type = String)]
    guid: Guid,
    /// Its name.
    #[schema(example = "tank/photos")]
    name: String,
}

/// A hit's owner.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = SearchHitOwner)]
pub struct HitOwner {
    /// The number.
    uid: u32,
    /// The name; null when the system knows none.
    name: Option<String>,
}

/// A snapshot that holds a hit.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = SearchHitSnapshot)]
pub struct HitSnapshot {
    /// Its own name within the dataset.
    #[schema(value_type = String, example = "daily-2026-05-02")]
    name: SnapshotTag,
    /// Its identity.
    #[schema(value_type = String)]
    guid: Guid,
    /// When it was taken.
    #[schema(value_type = String, format = DateTime)]
    created_at: Timestamp,
}

/// Between which moments a file was deleted.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = SearchHitVanished)]
pub struct Vanished {
    /// It was last seen then; null when no snapshot holds it.
    #[schema(value_type = Option<String>, format = DateTime)]
    after: Option<Timestamp>,
    /// It was first seen to be gone then.
    #[schema(value_type = Option<String>, format = DateTime)]
    before: Option<Timestamp>,
}

/// Which characters were asked for: begin and end of each part.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = SearchHitMatches)]
pub struct HitMatches {
    /// Of the name.
    name: Vec<[usize; 2]>,
    /// Of the path of the folder that holds it.
    folder: Vec<[usize; 2]>,
}

/// Whether all that there is could be found.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = SearchCompleteness)]
pub struct Completeness {
    /// Everything is.
    complete: bool,
    /// Snapshots that wait to be indexed.
    snapshots_waiting: u64,
    /// Datasets of which nothing is known yet.
    datasets_waiting: u64,
    /// The earliest of the last looks at the live files of datasets.
    #[schema(value_type = Option<String>, format = DateTime)]
    live_as_of: Option<Timestamp>,
    /// What answered.
    engine: Engine,
    /// How far it is.
    state: SearchState,
    /// Changes noted and not yet found; 0 to users who may see some datasets only.
    pending: u64,
    /// Why, for people.
    detail: Option<String>,
}

impl SearchView {
    pub(super) fn of(app: &App, known: &Known, asked: &Asked, answer: Answer) -> ApiResult<Self> {
        let typed = &asked.request.query;
        let next = asked.next(answer.hits.len(), answer.total.count);
        let facets = answer.facets.into_iter().map(|(facet, counts)| {
            let name = FACETS.iter().find(|(known, _)| *known == facet).map_or("", |(_, name)| *name);
            let values = counts.into_iter().map(|count| FacetValue {
                label: label(app, known, facet, &count.value),
                value: count.value,
                count: count.count,
            });
            (name.to_owned(), values.collect())
        });
        let problems = asked.problems.iter().map(|problem| {
            let (start, end) = characters(&asked.text, problem);
            QueryProblem { start, end, detail: problem.detail.clone() }
        });
        Ok(Self {
            facets: facets.collect(),
            problems: problems.collect(),
            total: TotalView { count: answer.total.count, exact: answer.total.exact },
            hits: answer.hits.into_iter().map(|hit| HitView::of(app, known, typed, hit)).collect(),
            completeness: Completeness::of(app, known, &asked.request.scope),
            next,
        })
    }
}

/// What people call a facet's value.
pub(super) fn label(app: &App, known: &Known, facet: Facet, value: &str) -> Option<String> {
    match facet {
        Facet::Dataset => value
            .parse()
            .ok()
            .and_then(|guid| known.datasets.get(&Guid(guid)))
            .map(|known| known.dataset.name.to_string()),
        Facet::Owner => value.parse().ok().and_then(|uid| app.owners.user(uid)),
        _ => None,
    }
}

impl HitView {
    fn of(app: &App, known: &Known, typed: &query::Query, hit: Hit) -> Self {
        let Hit { host, document, versions } = hit;
        let here = host == app.search.host;
        let life = document.lifetime;
        let (first, last) = if here { known.holders(document.dataset, &life) } else { (None, None) };
        let state = document.state();
        let shown = document.path.display();
        let (folder, name) = shown.rsplit_once('/').unwrap_or(("", &shown));
        let deleted_at = (here && state == State::Deleted).then(|| Vanished {
            after: last.map(|last| last.created_at),
            before: known.seen_gone(document.dataset, &life),
        });
        Self {
            here,
            dataset: HitDataset { guid: document.dataset, name: document.dataset_name.clone() },
            name: name.to_owned(),
            kind: document.kind,
            category: document.category(),
            size: document.size,
            modified: Timestamp::from_second(document.modified).ok(),
            owner: HitOwner { uid: document.owner, name: app.owners.user(document.owner) },
            state,
            versions,
            first_seen: first.map(HitSnapshot::of),
            last_seen: last.map(HitSnapshot::of),
            deleted_at,
            at: last.filter(|_| life.died.is_some()).map(|last| last.tag.clone()),
            matches: HitMatches::of(&query::matches(&shown, typed), folder.chars().count()),
            path: document.path,
            host,
        }
    }
}

impl HitSnapshot {
    fn of(snapshot: &Snapshot) -> Self {
        Self { name: snapshot.tag.clone(), guid: snapshot.guid, created_at: snapshot.created_at }
    }
}

impl HitMatches {
    /// Parts of a path, told apart where its last `/` is.
    fn of(parts: &[std::ops::Range<usize>], folder: usize) -> Self {
        let begin = if folder == 0 { 0 } else { folder + 1 };
        let own = parts.iter().filter(|part| part.end > begin);
        Self {
            name: own.map(|part| [part.start.saturating_sub(begin), part.end - begin]).collect(),
            folder: parts
                .iter()
                .filter(|part| part.start < folder)
                .map(|part| [part.start, part.end.min(folder)])
                .collect(),
        }
    }
}

impl Completeness {
    /// Of what is in scope: elsewhere there may be what is none of the asker's business.
    fn of(app: &App, known: &Known, scope: &Scope) -> Self {
        let progress = app.search.progress().clone();
        let included = || known.within(scope).map(|known| &known.dataset).filter(|dataset| !dataset.excluded);
        let waiting = included().filter(|dataset| dataset.position.is_none()).count();
        let datasets_waiting = u64::try_from(waiting).unwrap_or_default();
        let snapshots_waiting: u64 = known.within(scope).map(|known| known.snapshots_waiting).sum();
        let pending = if *scope == Scope::All { progress.pending } else { 0 };
        Self {
            complete: progress.state == SearchState::Ready && snapshots_waiting == 0 && datasets_waiting == 0,
            snapshots_waiting,
            datasets_waiting,
            live_as_of: included().filter_map(|dataset| dataset.position_at).min(),
            engine: app.search.index.engine(),
            state: progress.state,
            pending,
            detail: progress.detail,
        }
    }
}
