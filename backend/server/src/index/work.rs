//! The job that brings the catalog up to date with one dataset.
//!
//! Killed at any point, the next one goes on: what an unfinished state left is undone when the next state begins, and
//! an own snapshot is destroyed by the mark that was made before it was taken.

use std::sync::Arc;

use jiff::Timestamp;
use nasman_catalog::{Catalog, DatasetId, Job, State};
use nasman_core::{DatasetName, Guid, Reconciliation, Txg};
use nasman_zfs::{Dataset, Zfs, feed::Feed};
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};
use utoipa::ToSchema;

use super::{
    Index, Order,
    live::{Mark, destroy, own_name},
    notes::{carry_out, compare},
    seen::{LiveFigures, Seen},
};
use crate::{
    http::error::{ApiError, ApiResult, Code},
    jobs::{Context, Failure, Work},
    search::Search,
};

/// While one pass reads files, more snapshots may come; after so many passes the next job takes them.
const PASSES: usize = 5;

/// What indexing came to.
#[derive(Debug, Clone, Default, Serialize, Deserialize, ToSchema)]
pub struct IndexResult {
    /// Snapshots of which the files were read.
    pub snapshots: u64,
    /// Files, folders and others that were looked at.
    pub objects: u64,
    /// Folders that were read.
    pub directories: u64,
    /// Files, folders and others that are gone.
    pub gone: u64,
    /// What could not be read.
    pub findings: u64,
    /// When live was looked at; null when it was not.
    #[schema(value_type = Option<String>, format = DateTime)]
    pub live_as_of: Option<Timestamp>,
}

/// Indexes datasets.
pub struct IndexWork {
    zfs: Arc<dyn Zfs>,
    catalog: Catalog,
    index: Arc<Index>,
    search: Arc<Search>,
    feed: Feed,
}

impl IndexWork {
    /// The word that jobs of indexing are stored under.
    pub const KIND: &'static str = "index";

    /// Indexes by way of this ZFS into this catalog.
    #[must_use]
    pub fn new(
        zfs: Arc<dyn Zfs>,
        catalog: Catalog,
        index: Arc<Index>,
        search: Arc<Search>,
        feed: Feed,
    ) -> Self {
        Self { zfs, catalog, index, search, feed }
    }
}

impl Work for IndexWork {
    fn kind(&self) -> &'static str {
        Self::KIND
    }

    fn run(&self, job: &Job, context: &Context<'_>) -> Result<Value, Failure> {
        let order = order(job)?;
        let mut run = Run::begin(self, job, context, &order)?;
        let outcome = run.all(&order);
        self.search.hint();
        count_changes(&self.catalog, order.dataset);
        let result = json!(run.result);
        match outcome {
            Ok(()) => {
                self.index.note_success(order.dataset);
                Ok(result)
            }
            Err(error) => {
                self.index.note_failure(order.dataset);
                Err(Failure { error, result: Some(result) })
            }
        }
    }

    fn recover(&self, job: &Job) -> Result<(), ApiError> {
        let mark = serde_json::from_value::<Mark>(job.marks.clone());
        // No marks: it had taken no snapshot.
        mark.map_or(Ok(()), |mark| mark.clear(&*self.zfs))
    }
}

/// Counts what changed in each state that is new, so that a time line does not have to wait for it.
pub(super) fn count_changes(catalog: &Catalog, dataset: Guid) {
    let counted = catalog.dataset(dataset).and_then(|dataset| catalog.moments(&dataset));
    if let Err(error) = counted {
        tracing::debug!(%dataset, %error, "what changed in its snapshots is counted when it is asked for");
    }
}

fn order(job: &Job) -> ApiResult<Order> {
    super::order_of(job).ok_or_else(|| ApiError::new(Code::Internal, "the job's order can't be read"))
}

/// One job, running.
pub(super) struct Run<'a> {
    pub(super) zfs: &'a dyn Zfs,
    pub(super) catalog: &'a Catalog,
    pub(super) feed: &'a Feed,
    pub(super) search: &'a Search,
    pub(super) context: &'a Context<'a>,
    job: &'a Job,
    pub(super) id: DatasetId,
    pub(super) guid: Guid,
    pub(super) name: DatasetName,
    pub(super) result: IndexResult,
    /// States done, and to do in all as far as is known.
    pub(super) done: u64,
    pub(super) total: u64,
    /// When counting states began, where a walk came before.
    pub(super) counting_since: Option<Timestamp>,
}

impl<'a> Run<'a> {
    fn begin(work: &'a IndexWork, job: &'a Job, context: &'a Context<'a>, order: &Order) -> ApiResult<Self> {
        let zfs = &*work.zfs;
        let dataset = dataset_by_guid(zfs, order.dataset)?;
        let id = work.catalog.note_dataset(dataset.guid, &dataset.name, Timestamp::now())?;
        if order.from_scratch {
            context.log("info", "forgot all that was known, to begin anew");
            work.catalog.reset_dataset(id)?;
        }
        Ok(Self {
            zfs,
            catalog: &work.catalog,
            feed: &work.feed,
            search: &work.search,
            context,
            job,
            id,
            guid: dataset.guid,
            name: dataset.name,
            result: IndexResult::default(),
            done: 0,
            total: u64::from(order.live),
            counting_since: None,
        })
    }

    fn all(&mut self, order: &Order) -> ApiResult<()> {
        let before = Timestamp::now();
        let dataset = self.reachable()?;
        self.index_snapshots(None)?;
        let known = self.catalog.dataset(self.guid)?;
        let earlier = Seen::read(known.seen.as_deref()).and_then(|seen| seen.live);
        let live = if order.live { Some(self.index_live(&known, order.sure)?) } else { earlier };
        let Dataset { snapshots_changed, origin, .. } = dataset;
        Seen { snapshots_changed, origin, listed_at: before, live }.store(self.catalog, self.id)?;
        Ok(())
    }

    /// The dataset as it is now.
    ///
    /// # Errors
    /// When its files can't be reached: then nothing is known better than before.
    pub(super) fn reachable(&self) -> ApiResult<Dataset> {
        let dataset = dataset_by_guid(self.zfs, self.guid)?;
        match dataset.unreachable {
            None => Ok(dataset),
            Some(reason) => Err(ApiError::new(Code::FilesUnreachable, format!("{}: {reason}", dataset.name))),
        }
    }

    /// Brings the snapshots up to date, those before a state or all, until there is nothing more to do.
    fn index_snapshots(&mut self, before: Option<Txg>) -> ApiResult<()> {
        for _ in 0..PASSES {
            let mut plan = self.reconcile()?;
            plan.index.retain(|snapshot| before.is_none_or(|before| snapshot.txg < before));
            if plan.index.is_empty() {
                return Ok(());
            }
            self.total += u64::try_from(plan.index.len()).unwrap_or_default();
            for snapshot in &plan.index {
                self.index_snapshot(snapshot)?;
                self.done += 1;
            }
        }
        Ok(())
    }

    /// Notes and forgets snapshots. What is left are files to read.
    fn reconcile(&self) -> ApiResult<Reconciliation> {
        let plan = compare(self.zfs, self.catalog, self.id, &self.name)?;
        carry_out(self.zfs, self.catalog, self.id, &self.name, &plan)?;
        if plan.anew {
            self.context.log("info", "older snapshots turned up than those known; reading all anew");
            self.catalog.reset_dataset(self.id)?;
        }
        Ok(plan)
    }

    /// Looks at live through a snapshot of its own. Answers the figures by which it may be told unchanged.
    fn index_live(&mut self, known: &nasman_catalog::Dataset, sure: bool) -> ApiResult<LiveFigures> {
        // Read before the snapshot is taken: what is written in between is seen twice rather than never.
        let dataset = self.reachable()?;
        let figures = LiveFigures::of(&dataset, Timestamp::now());
        if !sure && dataset.written == Some(0) && self.is_newest_snapshot(known)? {
            self.result.live_as_of = Some(figures.at);
            self.catalog.touch_live(self.id, figures.at)?;
            return Ok(figures);
        }
        let name = own_name(self.job, &self.name)?;
        let mark = Mark::new(name.clone());
        self.context.mark(&json!(mark))?;
        let own = match self.zfs.create_snapshot(&name, false) {
            Ok(own) => own,
            Err(error) => {
                // One that was not confirmed in time may be there all the same.
                mark.clear(self.zfs)?;
                return Err(error.into());
            }
        };
        let at = Timestamp::now();
        // Snapshots that came before our own are told first. One that came after it is the next job's: once its files
        // are known, nothing older can be told.
        let told = self
            .index_snapshots(Some(own.createtxg))
            .and_then(|()| self.index_state(&own.name, State::Live { txg: own.createtxg, at }));
        let destroyed = destroy(self.zfs, &own);
        told?;
        destroyed?;
        self.result.live_as_of = Some(at);
        Ok(LiveFigures { took: Timestamp::now().duration_since(at), ..figures })
    }

    /// Whether the newest state known is the newest snapshot that there is.
    fn is_newest_snapshot(&self, known: &nasman_catalog::Dataset) -> ApiResult<bool> {
        let newest = self.catalog.snapshots(self.id)?.pop();
        Ok(newest.is_some_and(|newest| newest.indexed && known.position == Some(newest.txg)))
    }
}

/// A dataset by its identity, whatever it is called now.
fn dataset_by_guid(zfs: &dyn Zfs, guid: Guid) -> ApiResult<Dataset> {
    let found = zfs.datasets()?.into_iter().find(|dataset| dataset.guid == guid);
    found.ok_or_else(|| ApiError::new(Code::DatasetNotFound, "the dataset is gone"))
}
