//! What tantivy and the disk say, in the words of the door.

use std::io;

use tantivy::{
    TantivyError,
    directory::error::{OpenReadError, OpenWriteError},
};

use crate::SearchError;

pub(super) fn unusable(error: TantivyError) -> SearchError {
    match failed(error) {
        SearchError::Refused(text) | SearchError::Unavailable(text) => SearchError::Unusable(text),
        other => other,
    }
}

#[allow(clippy::needless_pass_by_value, reason = "it is handed to map_err")]
pub(super) fn failed(error: TantivyError) -> SearchError {
    match &error {
        TantivyError::IoError(io) => io_error(io),
        TantivyError::OpenWriteError(OpenWriteError::IoError { io_error: io, .. })
        | TantivyError::OpenReadError(OpenReadError::IoError { io_error: io, .. }) => io_error(io),
        TantivyError::InvalidArgument(text) => SearchError::Refused(text.clone()),
        TantivyError::DataCorruption(_)
        | TantivyError::IncompatibleIndex(_)
        | TantivyError::OpenReadError(_) => SearchError::Unusable(error.to_string()),
        _ => SearchError::Unavailable(error.to_string()),
    }
}

pub(super) fn io_error(error: &io::Error) -> SearchError {
    match error.kind() {
        io::ErrorKind::StorageFull | io::ErrorKind::QuotaExceeded => SearchError::DiskFull,
        _ => SearchError::Unavailable(error.to_string()),
    }
}
