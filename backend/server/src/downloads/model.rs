//! Downloads as clients ask for them and see them.

use jiff::Timestamp;
use nasman_core::{DatasetName, RelPath};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

/// A selection to download as one archive.
#[derive(Debug, Clone, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct DownloadRequest {
    /// Which kind of archive.
    pub format: Format,
    /// From where, one for each dataset and moment: 1 to 100.
    #[schema(min_items = 1, max_items = 100)]
    pub items: Vec<DownloadItem>,
}

/// What to download from one dataset as of one moment.
#[derive(Debug, Clone, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct DownloadItem {
    /// Where the files are.
    #[schema(value_type = String, example = "tank/home")]
    pub dataset: DatasetName,
    /// A snapshot's name, its guid, or a time (the newest snapshot at or before it); absent or null: live.
    #[serde(default)]
    #[schema(example = "daily-2026-11-22")]
    pub at: Option<String>,
    /// Files, folders and others, percent-encoded, as listings give them: 1 to 1000 in the whole request.
    #[schema(value_type = Vec<String>, min_items = 1, max_items = 1000)]
    pub paths: Vec<RelPath>,
}

/// A kind of archive.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize, ToSchema)]
#[schema(as = DownloadFormat)]
pub enum Format {
    /// Opens everywhere. Not compressed; no owners, hard links, pipes or parts of a second.
    #[serde(rename = "zip")]
    Zip,
    /// Keeps more: owners, hard links, pipes, times to the nanosecond, any name. Compressed.
    #[serde(rename = "tar.zst")]
    TarZst,
}

impl Format {
    /// What a name ends with, without the dot in front.
    #[must_use]
    pub const fn extension(self) -> &'static str {
        match self {
            Self::Zip => "zip",
            Self::TarZst => "tar.zst",
        }
    }

    /// The media type.
    #[must_use]
    pub const fn media_type(self) -> &'static str {
        match self {
            Self::Zip => "application/zip",
            Self::TarZst => "application/zstd",
        }
    }
}

/// A download that waits to be fetched.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct Download {
    /// Names it; nobody can guess it, and it is of use to nobody else.
    pub id: String,
    /// Where to fetch it; more than once if need be.
    #[schema(example = "/api/v1/downloads/5f0c0c6f2a1d4e8e9f3b7a6d5c4b3a29")]
    pub address: String,
    /// When it is forgotten unless it is fetched before; each fetch begins anew.
    #[schema(value_type = String, format = DateTime)]
    pub expires_at: Timestamp,
    /// What the file will be called.
    #[schema(example = "Documents 2026-05-02.zip")]
    pub name: String,
}
