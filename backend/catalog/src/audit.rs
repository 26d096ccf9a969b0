//! Who looked at what and changed what.

use diesel::{
    SqliteConnection,
    prelude::{
        BoolExpressionMethods as _, ExpressionMethods as _, Insertable, OptionalExtension as _,
        QueryDsl as _, Queryable, RunQueryDsl as _, Selectable, SelectableHelper as _,
    },
};
use jiff::Timestamp;

use crate::{
    Catalog, JobState, Result,
    schema::{audit, jobs},
    time,
};

/// Most bytes of text that an entry is found by.
const MOST_WORDS: usize = 64 << 10;

/// Something that was done, with the words of the server.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct NewAudit {
    /// Who; absent where nobody is known by that name.
    pub user_id: Option<i64>,
    /// Their name at that time.
    pub user_name: String,
    /// By which token, where it was one.
    pub token_id: Option<i64>,
    /// What was done.
    pub action: &'static str,
    /// In which dataset.
    pub dataset: Option<String>,
    /// To which path, percent-encoded.
    pub path: Option<String>,
    /// As of which snapshot; absent: live.
    pub snapshot: Option<String>,
    /// Into which dataset.
    pub to_dataset: Option<String>,
    /// Into which folder, percent-encoded.
    pub to_path: Option<String>,
    /// The job that does it; its end becomes the entry's outcome.
    pub job: Option<String>,
    /// By which request.
    pub request_id: String,
    /// What came of it.
    pub outcome: &'static str,
    /// More, for people.
    pub detail: Option<String>,
    /// What it is found by beside names of users, datasets, snapshots, details and ids: paths, as people write them.
    pub words: String,
}

/// An entry of the log.
#[derive(Debug, Clone, PartialEq, Eq, Queryable, Selectable)]
#[diesel(table_name = audit)]
pub struct Audit {
    /// Its number; later ones are greater.
    pub id: i64,
    /// When.
    #[diesel(deserialize_as = Moment)]
    pub at: Timestamp,
    /// Who; absent where nobody is known by that name.
    pub user_id: Option<i64>,
    /// Their name at that time.
    pub user_name: String,
    /// By which token, where it was one.
    pub token_id: Option<i64>,
    /// What was done.
    pub action: String,
    /// In which dataset.
    pub dataset: Option<String>,
    /// To which path, percent-encoded.
    pub path: Option<String>,
    /// As of which snapshot; absent: live.
    pub snapshot: Option<String>,
    /// Into which dataset.
    pub to_dataset: Option<String>,
    /// Into which folder, percent-encoded.
    pub to_path: Option<String>,
    /// The job that does it.
    pub job: Option<String>,
    /// By which request.
    pub request_id: String,
    /// What came of it.
    pub outcome: String,
    /// More, for people.
    pub detail: Option<String>,
}

/// Milliseconds, read as an instant.
pub struct Moment(i64);

impl From<Moment> for Timestamp {
    fn from(moment: Moment) -> Self {
        time::instant(moment.0)
    }
}

impl Queryable<diesel::sql_types::BigInt, diesel::sqlite::Sqlite> for Moment {
    type Row = i64;

    fn build(row: i64) -> diesel::deserialize::Result<Self> {
        Ok(Self(row))
    }
}

#[derive(Insertable)]
#[diesel(table_name = audit)]
struct NewRow<'a> {
    at: i64,
    user_id: Option<i64>,
    user_name: &'a str,
    token_id: Option<i64>,
    action: &'a str,
    dataset: Option<&'a str>,
    path: Option<&'a str>,
    snapshot: Option<&'a str>,
    to_dataset: Option<&'a str>,
    to_path: Option<&'a str>,
    job: Option<&'a str>,
    request_id: &'a str,
    outcome: &'a str,
    detail: Option<&'a str>,
    words: String,
}

/// Which entries; what is absent chooses none away.
#[derive(Debug, Clone, Default)]
pub struct AuditFilter {
    /// Of the user of this name.
    pub user: Option<String>,
    /// Of this kind.
    pub action: Option<String>,
    /// From or into this dataset.
    pub dataset: Option<String>,
    /// With all of these words in them, whatever the case of their letters.
    pub text: Option<String>,
    /// At or after.
    pub from: Option<Timestamp>,
    /// Before.
    pub until: Option<Timestamp>,
    /// Older than the entry of this number.
    pub before: Option<i64>,
}

impl Catalog {
    /// Adds an entry.
    ///
    /// # Errors
    /// When the database fails.
    pub fn add_audit(&self, new: &NewAudit, now: Timestamp) -> Result<()> {
        let row = NewRow {
            at: time::ms(now),
            user_id: new.user_id,
            user_name: &new.user_name,
            token_id: new.token_id,
            action: new.action,
            dataset: new.dataset.as_deref(),
            path: new.path.as_deref(),
            snapshot: new.snapshot.as_deref(),
            to_dataset: new.to_dataset.as_deref(),
            to_path: new.to_path.as_deref(),
            job: new.job.as_deref(),
            request_id: &new.request_id,
            outcome: new.outcome,
            detail: new.detail.as_deref(),
            words: words(new),
        };
        self.write(|conn| {
            diesel::insert_into(audit::table).values(row).execute(conn)?;
            let Some(job) = &new.job else { return Ok(()) };
            // A short one may have ended meanwhile.
            let state: Option<String> = jobs::table.find(job).select(jobs::state).first(conn).optional()?;
            match state.map(|state| state.parse::<JobState>()).transpose()? {
                Some(state) if state.ended() => job_ended(conn, job, state),
                _ => Ok(()),
            }
        })
    }

    /// Entries, newest first, at most `limit`.
    ///
    /// # Errors
    /// When the database fails.
    pub fn audit(&self, filter: &AuditFilter, limit: u32) -> Result<Vec<Audit>> {
        let mut query =
            audit::table.select(Audit::as_select()).order(audit::id.desc()).limit(limit.into()).into_boxed();
        if let Some(user) = &filter.user {
            query = query.filter(audit::user_name.eq(user));
        }
        if let Some(action) = &filter.action {
            query = query.filter(audit::action.eq(action));
        }
        if let Some(dataset) = &filter.dataset {
            query = query.filter(audit::dataset.eq(dataset).or(audit::to_dataset.eq(dataset)));
        }
        for word in filter.text.iter().flat_map(|text| text.split_whitespace()) {
            query = query.filter(instr(audit::words, word.to_lowercase()).gt(0));
        }
        if let Some(from) = filter.from {
            query = query.filter(audit::at.ge(time::ms(from)));
        }
        if let Some(until) = filter.until {
            query = query.filter(audit::at.lt(time::ms(until)));
        }
        if let Some(before) = filter.before {
            query = query.filter(audit::id.lt(before));
        }
        Ok(query.load(&mut self.conn()?)?)
    }

    /// Forgets entries from before a moment. Answers how many.
    ///
    /// # Errors
    /// When the database fails.
    pub fn prune_audit(&self, before: Timestamp) -> Result<usize> {
        let old = audit::table.filter(audit::at.lt(time::ms(before)));
        Ok(diesel::delete(old).execute(&mut self.conn()?)?)
    }
}

diesel::define_sql_function! {
    /// Where a text begins in another, from 1; 0: nowhere.
    fn instr(text: diesel::sql_types::Text, part: diesel::sql_types::Text) -> diesel::sql_types::Integer;
}

fn words(new: &NewAudit) -> String {
    let own = [&new.user_name, &new.request_id, &new.words].map(String::as_str);
    let more = [&new.dataset, &new.snapshot, &new.to_dataset, &new.job, &new.detail]
        .into_iter()
        .flatten()
        .map(String::as_str);
    let mut words = own.into_iter().chain(more).collect::<Vec<_>>().join("\n").to_lowercase();
    let end = (0..=MOST_WORDS.min(words.len())).rev().find(|&end| words.is_char_boundary(end));
    words.truncate(end.unwrap_or_default());
    words
}

/// What a job came to is what came of what was asked.
pub(crate) fn job_ended(conn: &mut SqliteConnection, job: &str, state: JobState) -> Result<()> {
    let outcome = match state {
        JobState::Failed => "failed",
        JobState::Canceled => "canceled",
        JobState::Enqueued | JobState::Processing | JobState::Succeeded => "done",
    };
    diesel::update(audit::table.filter(audit::job.eq(job))).set(audit::outcome.eq(outcome)).execute(conn)?;
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn with_entries() -> (tempfile::TempDir, Catalog) {
        let folder = tempfile::tempdir().unwrap();
        let catalog = Catalog::open(folder.path()).unwrap();
        let entry = |user: &str, action, dataset: &str, words: &str| NewAudit {
            user_name: user.into(),
            action,
            dataset: Some(dataset.into()),
            words: words.into(),
            ..NewAudit::default()
        };
        let entries = [
            entry("anna", "preview", "tank/home", "Fotos/Größe 100%.jpg"),
            entry("bert", "restore", "tank/home", "a_b.txt"),
            NewAudit {
                to_dataset: Some("tank/home".into()),
                ..entry("anna", "restore", "tank/old", "axb.txt")
            },
        ];
        for (second, entry) in entries.iter().enumerate() {
            catalog
                .add_audit(entry, Timestamp::from_second(i64::try_from(second).unwrap()).unwrap())
                .unwrap();
        }
        (folder, catalog)
    }

    fn found(catalog: &Catalog, filter: &AuditFilter) -> Vec<i64> {
        catalog.audit(filter, 10).unwrap().into_iter().map(|entry| entry.id).collect()
    }

    #[test]
    fn filters_narrow_down_together() {
        let (_folder, catalog) = with_entries();
        let of = |user: &str, action: &str, dataset: &str, text: &str| {
            let given = |text: &str| Some(text.to_owned()).filter(|text| !text.is_empty());
            let filter = AuditFilter {
                user: given(user),
                action: given(action),
                dataset: given(dataset),
                text: given(text),
                ..AuditFilter::default()
            };
            found(&catalog, &filter)
        };
        assert_eq!(of("", "", "", ""), [3, 2, 1]);
        assert_eq!(of("ANNA", "", "", ""), [3, 1]);
        assert_eq!(of("anna", "restore", "", ""), [3]);
        assert_eq!(of("", "", "tank/home", ""), [3, 2, 1], "from or into it");
        assert_eq!(of("", "", "tank/old", ""), [3]);
        assert_eq!(of("", "", "", "fotos GRÖSSE"), [] as [i64; 0]);
        assert_eq!(of("", "", "", "fotos GRÖßE"), [1]);
        assert_eq!(of("", "", "", "100%"), [1]);
        assert_eq!(of("", "", "", "a_b"), [2], "letter by letter");
        assert_eq!(of("", "", "", "tank/OLD anna"), [3]);
    }

    #[test]
    fn times_and_pages() {
        let (_folder, catalog) = with_entries();
        let at = |second| Some(Timestamp::from_second(second).unwrap());
        assert_eq!(found(&catalog, &AuditFilter { from: at(1), ..AuditFilter::default() }), [3, 2]);
        assert_eq!(found(&catalog, &AuditFilter { until: at(1), ..AuditFilter::default() }), [1]);
        assert_eq!(found(&catalog, &AuditFilter { before: Some(2), ..AuditFilter::default() }), [1]);
        assert_eq!(catalog.audit(&AuditFilter::default(), 1).unwrap()[0].at, at(2).unwrap());
        assert_eq!(catalog.prune_audit(at(2).unwrap()).unwrap(), 2);
        assert_eq!(found(&catalog, &AuditFilter::default()), [3]);
    }

    #[test]
    fn a_jobs_end_is_the_outcome() {
        let (_folder, catalog) = with_entries();
        let request = serde_json::json!({});
        let new =
            crate::NewJob { kind: "restore", title: "x", user_id: 1, user_name: "anna", request: &request };
        let job = catalog.add_job(&new, Timestamp::UNIX_EPOCH).unwrap();
        let entry = NewAudit { job: Some(job.id.clone()), outcome: "started", ..NewAudit::default() };
        catalog.add_audit(&entry, Timestamp::UNIX_EPOCH).unwrap();
        catalog.finish_job(&job.id, JobState::Failed, (None, None), None, Timestamp::UNIX_EPOCH).unwrap();
        assert_eq!(catalog.audit(&AuditFilter::default(), 1).unwrap()[0].outcome, "failed");
    }
}
