//! What a file is, as its name tells.

use nasman_core::Kind;
use serde::{Deserialize, Serialize};

/// The longest that an extension may be, in characters; what is longer is part of a name with a dot in it.
const LONGEST: usize = 12;

/// What a file is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema), schema(as = FileCategory))]
pub enum Category {
    /// Photographs, drawings.
    Picture,
    /// Films, recordings.
    Video,
    /// Music, speech.
    Audio,
    /// Texts, tables, slides.
    Document,
    /// Packed files, disk images.
    Archive,
    /// Programs as text, and what configures them.
    Code,
    /// Folders.
    Folder,
    /// All else.
    Other,
}

impl Category {
    /// All there are.
    pub const ALL: [Self; 8] = [
        Self::Picture,
        Self::Video,
        Self::Audio,
        Self::Document,
        Self::Archive,
        Self::Code,
        Self::Folder,
        Self::Other,
    ];

    /// The word for it in a query and in the API.
    #[must_use]
    pub const fn word(self) -> &'static str {
        match self {
            Self::Picture => "picture",
            Self::Video => "video",
            Self::Audio => "audio",
            Self::Document => "document",
            Self::Archive => "archive",
            Self::Code => "code",
            Self::Folder => "folder",
            Self::Other => "other",
        }
    }

    /// By what it is, and a file's folded extension.
    #[must_use]
    pub fn of(kind: Kind, extension: Option<&str>) -> Self {
        match (kind, extension) {
            (Kind::Directory, _) => Self::Folder,
            (Kind::File | Kind::Symlink, Some(extension)) => {
                let known = KNOWN.iter().find(|(_, extensions)| extensions.contains(&extension));
                known.map_or(Self::Other, |(category, _)| *category)
            }
            _ => Self::Other,
        }
    }
}

const KNOWN: [(Category, &[&str]); 6] = [
    (Category::Picture, &["jpg", "jpeg", "png"]),
    (Category::Video, &["mkv", "mp4", "avi"]),
    (Category::Audio, &["mp3", "flac"]),
    (Category::Document, &["pdf", "txt", "docx"]),
    (Category::Archive, &["zip", "tar", "gz"]),
    (Category::Code, &["rs", "py", "json"]),
];

/// What follows the last dot of a name, folded.
pub(crate) fn extension(name: &[u8]) -> Option<String> {
    let name = String::from_utf8_lossy(name);
    let (stem, extension) = name.rsplit_once('.')?;
    if stem.is_empty() || extension.is_empty() || extension.chars().count() > LONGEST {
        return None;
    }
    extension.chars().all(char::is_alphanumeric).then(|| extension.to_lowercase())
}
