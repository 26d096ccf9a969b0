//! What a user or token may do.

use std::{fmt, str::FromStr};

use serde::{Deserialize, Serialize};

/// Each role includes those before it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub enum Role {
    /// Sees everything, or the datasets granted to them, and downloads files; restores where a grant allows it.
    Viewer,
    /// Also takes snapshots and restores files.
    Operator,
    /// Also destroys snapshots and manages users.
    Admin,
}

impl Role {
    /// The word used in the API, the database and the configuration.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Viewer => "viewer",
            Self::Operator => "operator",
            Self::Admin => "admin",
        }
    }
}

impl fmt::Display for Role {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

/// The text is none of the three roles.
#[derive(Debug, thiserror::Error)]
#[error("a role is one of viewer, operator, admin")]
pub struct UnknownRole;

impl FromStr for Role {
    type Err = UnknownRole;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        match text {
            "viewer" => Ok(Self::Viewer),
            "operator" => Ok(Self::Operator),
            "admin" => Ok(Self::Admin),
            _ => Err(UnknownRole),
        }
    }
}
