//! What can go wrong.

/// Why an engine did not do what it was asked.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum SearchError {
    /// It can't be reached or is not ready; the same may work later.
    #[error("search is unavailable: {0}")]
    Unavailable(String),
    /// What it holds is damaged or of another version; it must be cleared and filled anew.
    #[error("the search index must be rebuilt: {0}")]
    Unusable(String),
    /// The disk that holds it is full.
    #[error("no space left for the search index")]
    DiskFull,
    /// It refused; a fault in how it was asked.
    #[error("the search engine refused: {0}")]
    Refused(String),
}

/// What calls answer.
pub type Result<T> = std::result::Result<T, SearchError>;
