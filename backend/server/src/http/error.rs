//! Every error the API can answer, in one table, and how other errors become one of them.

use std::fmt;

use actix_web::{
    HttpResponse, ResponseError,
    http::{StatusCode, header},
};
use nasman_catalog::CatalogError;
use nasman_core::{NameError, PathError};
use nasman_zfs::{
    ZfsError,
    files::{FileError, RestoreError},
};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::middleware::current_request_id;

macro_rules! codes {
    ($($name:ident, $code:literal, $status:literal, $title:literal;)*) => {
        /// What went wrong, as a stable word for programs.
        #[derive(Debug, Clone, Copy, PartialEq, Eq)]
        pub enum Code {
            $(#[doc = $title] $name,)*
        }

        impl Code {
            /// All of them, in the order of the table.
            pub const ALL: &[Self] = &[$(Self::$name),*];

            /// The word in the answer.
            #[must_use]
            pub const fn as_str(self) -> &'static str {
                match self { $(Self::$name => $code,)* }
            }

            /// The HTTP status that goes with it.
            #[must_use]
            pub const fn status(self) -> u16 {
                match self { $(Self::$name => $status,)* }
            }

            /// What it means, whatever the case.
            #[must_use]
            pub const fn title(self) -> &'static str {
                match self { $(Self::$name => $title,)* }
            }
        }
    };
}

codes! {
    InvalidRequest,    "invalid_request",     400, "A field of the request is missing, unknown or has a bad value.";
    InvalidName,       "invalid_name",        400, "ZFS would refuse the name.";
    InvalidQuery,      "invalid_query",       400, "What was typed can't be searched for; its position tells where.";
    InvalidPath,       "invalid_path",        400, "The path can't be one inside a dataset.";
    Unauthenticated,   "unauthenticated",     401, "Nobody is signed in, or the session or token has ended.";
    WrongCredentials,  "wrong_credentials",   401, "No user with this name and password may sign in.";
    Forbidden,         "forbidden",           403, "The signed-in user's or token's role does not allow this.";
    ForeignRequest,    "foreign_request",     403, "A change asked for by cookie lacks the header that shows it comes from NASMan's own page.";
    FilePermission,    "file_permission",     403, "The system refuses access to the file.";
    NotFound,          "not_found",           404, "Nothing is at this address.";
    PoolNotFound,      "pool_not_found",      404, "No such pool is imported.";
    DatasetNotFound,   "dataset_not_found",   404, "No such dataset exists.";
    SnapshotNotFound,  "snapshot_not_found",  404, "No such snapshot exists (any more).";
    FileNotFound,      "file_not_found",      404, "Nothing is at this path at that moment.";
    NotIndexed,        "not_indexed",         409, "The catalog does not know the files of that moment (yet).";
    UserNotFound,      "user_not_found",      404, "No such user exists.";
    TokenNotFound,     "token_not_found",     404, "No such token exists.";
    DownloadNotFound,  "download_not_found",  404, "No such download waits to be fetched (any more), or not by you.";
    JobNotFound,       "job_not_found",       404, "No such job exists.";
    Conflict,          "conflict",            409, "The present state does not allow this.";
    NameTaken,         "name_taken",          409, "The name belongs to something else already.";
    LastAdmin,         "last_admin",          409, "Nobody could administer the server afterwards.";
    SnapshotExists,    "snapshot_exists",     409, "A snapshot with this name exists.";
    SnapshotBusy,      "snapshot_busy",       409, "Something keeps the snapshot from being destroyed.";
    PlanStale,         "plan_stale",          409, "What the plan was made for has changed since; make a new one.";
    FilesUnreachable,  "files_unreachable",   409, "The dataset exists, but its files can't be reached now.";
    NotADirectory,     "not_a_directory",     409, "A folder was needed.";
    NotAFile,          "not_a_file",          409, "A regular file was needed.";
    OutsideDataset,    "outside_dataset",     409, "A link or mount on the path leads out of the dataset.";
    ReadOnly,          "read_only",           409, "The target can't be written.";
    PreconditionFailed, "precondition_failed", 412, "The file is not (or no longer) the one that the request's conditions ask for.";
    RangeNotSatisfiable, "range_not_satisfiable", 416, "The file has no such range.";
    TooLarge,          "too_large",           413, "The request is larger than allowed.";
    TooManyAttempts,   "too_many_attempts",   429, "Too many failed sign-ins; wait as long as Retry-After says.";
    TooManyDownloads,  "too_many_downloads",  429, "As many downloads as a user may have at once are running.";
    Canceled,          "canceled",            409, "The job was canceled.";
    Interrupted,       "interrupted",         503, "The server stopped while the job ran.";
    Internal,          "internal",            500, "A fault in NASMan; the log has the details under the request id.";
    SearchUnavailable, "search_unavailable",  503, "The search index can't be asked now; everything else works.";
    StateUnavailable,  "state_unavailable",   503, "NASMan's own state can't be read or written.";
    ZfsUnavailable,    "zfs_unavailable",     503, "ZFS is not installed, or its module is not loaded.";
    ZfsPermission,     "zfs_permission",      503, "The server's own user lacks a right in ZFS.";
    ZfsFailed,         "zfs_failed",          502, "ZFS refused or gave an answer that can't be read.";
    ZfsTimeout,        "zfs_timeout",         504, "ZFS or the file system did not answer in time.";
    NoSpace,           "no_space",            507, "The pool, a quota or the state disk is full.";
    FileIo,            "file_io",             502, "The file system reported an error.";
}

/// The body of every error: problem details (RFC 9457).
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct Problem {
    /// A reference to the code's row in the table of codes.
    #[serde(rename = "type")]
    #[schema(example = "/docs/errors#snapshot_not_found")]
    pub kind: String,
    /// What the code means, whatever the case.
    pub title: String,
    /// The HTTP status.
    pub status: u16,
    /// What went wrong, as a stable word for programs.
    #[schema(example = "snapshot_not_found")]
    pub code: String,
    /// What happened, to which thing, and what to do: for people.
    pub detail: String,
    /// The field that is wrong, where one is.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub field: Option<String>,
    /// Where in the field's text, in characters: begin and end.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(value_type = Option<[u32; 2]>)]
    pub position: Option<(u32, u32)>,
    /// Finds the request in the log.
    pub request_id: String,
}

/// An error on its way to the client.
#[derive(Debug, Clone)]
pub struct ApiError {
    /// Which row of the table.
    pub code: Code,
    /// What happened, to which thing, what to do.
    pub detail: String,
    /// The field that is wrong.
    pub field: Option<String>,
    /// Where in the field's text, in characters: begin and end.
    pub position: Option<(u32, u32)>,
    /// Seconds after which to try again.
    pub retry_after: Option<u64>,
}

/// What handlers answer.
pub type ApiResult<T> = Result<T, ApiError>;

impl ApiError {
    /// An error of this code.
    pub fn new(code: Code, detail: impl Into<String>) -> Self {
        Self { code, detail: detail.into(), field: None, position: None, retry_after: None }
    }

    /// A field of the request is wrong.
    pub fn field(code: Code, field: &str, detail: impl fmt::Display) -> Self {
        Self { field: Some(field.to_owned()), ..Self::new(code, format!("{field}: {detail}")) }
    }

    /// A query or body that could not be read, naming the field. What a field holds tells which code its bad value has.
    #[must_use]
    pub fn refused(place: &str, error: serde_path_to_error::Error<serde_json::Error>) -> Self {
        use serde_path_to_error::Segment;
        let last = error.path().iter().rev().find_map(|segment| match segment {
            Segment::Map { key } => Some(key.clone()),
            _ => None,
        });
        let field = error.path().to_string();
        let error = error.into_inner();
        let Some(last) = last else {
            return Self::new(Code::InvalidRequest, format!("in the {place}: {error}"));
        };
        let code = match last.as_str() {
            "path" | "paths" if error.is_data() => Code::InvalidPath,
            "dataset" | "tag" if error.is_data() => Code::InvalidName,
            _ => Code::InvalidRequest,
        };
        Self::field(code, &field, error)
    }

    /// The body, as of the request being answered.
    #[must_use]
    pub fn problem(&self) -> Problem {
        Problem {
            kind: format!("/docs/errors#{}", self.code.as_str()),
            title: self.code.title().to_owned(),
            status: self.code.status(),
            code: self.code.as_str().to_owned(),
            detail: self.detail.clone(),
            field: self.field.clone(),
            position: self.position,
            request_id: current_request_id(),
        }
    }
}

impl fmt::Display for ApiError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}: {}", self.code.as_str(), self.detail)
    }
}

impl ResponseError for ApiError {
    fn status_code(&self) -> StatusCode {
        StatusCode::from_u16(self.code.status()).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR)
    }

    fn error_response(&self) -> HttpResponse {
        if self.code.status() >= 500 {
            tracing::warn!(code = self.code.as_str(), detail = %self.detail, "request failed");
        }
        let mut response = HttpResponse::build(self.status_code());
        if let Some(seconds) = self.retry_after.or((self.code.status() == 503).then_some(10)) {
            response.insert_header((header::RETRY_AFTER, seconds.to_string()));
        }
        response.content_type("application/problem+json").json(self.problem())
    }
}

impl From<CatalogError> for ApiError {
    fn from(error: CatalogError) -> Self {
        let code = match error {
            CatalogError::NotFound => Code::NotFound,
            CatalogError::Taken => Code::NameTaken,
            CatalogError::LastAdmin => Code::LastAdmin,
            CatalogError::NotIndexed => Code::NotIndexed,
            CatalogError::OutOfOrder { .. } => Code::Conflict,
            CatalogError::DiskFull => Code::NoSpace,
            CatalogError::Busy => Code::StateUnavailable,
            CatalogError::Database(_) => {
                // The text names tables and files: it is for the log, not for the client.
                tracing::error!(%error, "the state database failed");
                return Self::new(
                    Code::StateUnavailable,
                    "NASMan's state database failed; the log tells why",
                );
            }
        };
        Self::new(code, error.to_string())
    }
}

impl From<ZfsError> for ApiError {
    fn from(error: ZfsError) -> Self {
        let code = match &error {
            ZfsError::NotInstalled { .. } => Code::ZfsUnavailable,
            ZfsError::PermissionDenied { .. } => Code::ZfsPermission,
            ZfsError::PoolNotFound(_) => Code::PoolNotFound,
            ZfsError::DatasetNotFound(_) => Code::DatasetNotFound,
            ZfsError::SnapshotNotFound(_) => Code::SnapshotNotFound,
            ZfsError::SnapshotExists(_) => Code::SnapshotExists,
            ZfsError::SnapshotBusy { .. } => Code::SnapshotBusy,
            ZfsError::NoSpace { .. } => Code::NoSpace,
            ZfsError::Unreachable { .. } => Code::FilesUnreachable,
            ZfsError::Timeout { .. } => Code::ZfsTimeout,
            ZfsError::Output { .. } | ZfsError::Failed { .. } => Code::ZfsFailed,
        };
        Self::new(code, error.to_string())
    }
}

impl From<NameError> for ApiError {
    fn from(error: NameError) -> Self {
        Self::new(Code::InvalidName, error.to_string())
    }
}

impl From<PathError> for ApiError {
    fn from(error: PathError) -> Self {
        Self::field(Code::InvalidPath, "path", error)
    }
}

impl From<FileError> for ApiError {
    fn from(error: FileError) -> Self {
        let code = match &error {
            FileError::Root { .. } => Code::FilesUnreachable,
            FileError::NoOpenat2 | FileError::Io { .. } | FileError::Name { .. } => Code::FileIo,
            FileError::NotFound { .. } => Code::FileNotFound,
            FileError::NotAFolder { .. } => Code::NotADirectory,
            FileError::NotAFile { .. } => Code::NotAFile,
            FileError::Escapes { .. } => Code::OutsideDataset,
            FileError::Control { .. } => Code::InvalidPath,
            FileError::Permission { .. } => Code::FilePermission,
        };
        Self::new(code, error.to_string())
    }
}

impl From<RestoreError> for ApiError {
    fn from(error: RestoreError) -> Self {
        let code = match &error {
            RestoreError::Source(inner) | RestoreError::Target(inner) => Self::from(inner.clone()).code,
            RestoreError::Kind { .. } => Code::NotAFile,
            RestoreError::NoName => Code::InvalidPath,
            RestoreError::Exists { .. } | RestoreError::InTheWay { .. } | RestoreError::TempExists { .. } => {
                Code::Conflict
            }
            RestoreError::SourceChanged { .. }
            | RestoreError::Changed { .. }
            | RestoreError::Vanished { .. } => Code::PlanStale,
            RestoreError::NoSpace { .. } => Code::NoSpace,
            RestoreError::ReadOnly { .. } => Code::ReadOnly,
            RestoreError::Permission { .. } => Code::FilePermission,
            RestoreError::Canceled => Code::Canceled,
            RestoreError::Unsafe { .. } | RestoreError::Write { .. } => Code::FileIo,
        };
        Self::new(code, error.to_string())
    }
}

#[cfg(test)]
mod tests {
    use std::collections::HashSet;

    use super::*;

    #[test]
    fn each_code_is_one_row_with_an_error_status() {
        let words: HashSet<_> = Code::ALL.iter().map(|c| c.as_str()).collect();
        assert_eq!(words.len(), Code::ALL.len());
        for code in Code::ALL {
            assert!((400..600).contains(&code.status()), "{}", code.as_str());
            assert!(StatusCode::from_u16(code.status()).is_ok());
        }
    }
}
