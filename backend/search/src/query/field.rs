//! The filters: `name:value`.

use jiff::ZonedDateTime;

use super::{Condition, PathPattern, glob, size, time};
use crate::{Category, State, words::folded};

/// What stands before a colon.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Field {
    Name,
    Ext,
    Type,
    Size,
    Modified,
    In,
    Path,
    Is,
    At,
    Owner,
}

const ALL: [(&str, Field, &str); 10] = [
    ("name", Field::Name, "name:\"my notes.txt\""),
    ("ext", Field::Ext, "ext:jpg,png"),
    ("type", Field::Type, "type:video"),
    ("size", Field::Size, "size:>1G"),
    ("modified", Field::Modified, "modified:2024-05"),
    ("in", Field::In, "in:tank/photos"),
    ("path", Field::Path, "path:/2019/"),
    ("is", Field::Is, "is:deleted"),
    ("at", Field::At, "at:2026-05-02"),
    ("owner", Field::Owner, "owner:anna"),
];

/// What else people call a category.
const CATEGORIES: [(Category, &[&str]); 8] = [
    (Category::Picture, &["picture", "image", "photo", "photograph", "img", "pic"]),
    (Category::Video, &["video", "film", "movie", "clip"]),
    (Category::Audio, &["audio", "music", "sound", "song"]),
    (Category::Document, &["document", "doc", "text", "office"]),
    (Category::Archive, &["archive", "packed", "compressed"]),
    (Category::Code, &["code", "source", "program"]),
    (Category::Folder, &["folder", "directory", "dir"]),
    (Category::Other, &["other"]),
];

impl Field {
    /// By its name in small letters.
    pub(super) fn named(name: &str) -> Option<Self> {
        ALL.iter().find(|(known, ..)| *known == name).map(|(_, field, _)| *field)
    }

    /// The one whose name was probably misspelt. Of names with two letters this can't be told.
    pub(super) fn near(name: &str) -> Option<Self> {
        let near = |known: &str| known.len() > 2 && is_one_slip(known, name);
        ALL.iter().find(|(known, ..)| near(known)).map(|(_, field, _)| *field)
    }

    pub(super) fn example(self) -> &'static str {
        ALL.iter().find(|(_, field, _)| *field == self).map_or("", |(.., example)| example)
    }

    /// What must hold; nothing where all fits.
    ///
    /// # Errors
    /// What would be right.
    pub(super) fn condition(self, value: &str, now: &ZonedDateTime) -> Result<Option<Condition>, String> {
        let value = value.trim();
        Ok(Some(match self {
            Self::Name => return Ok(glob::whole(value)),
            Self::Ext => Condition::Extension(extensions(value)?),
            Self::Type => Condition::Category(categories(value)?),
            Self::Size => {
                let (from, to) = size::range(value)?;
                Condition::Size(from, to)
            }
            Self::Modified => {
                let (from, to) = time::range(value, now)?;
                Condition::Modified(from, to)
            }
            Self::In => Condition::In(value.to_owned()),
            Self::Path => Condition::Path(path(value)?),
            Self::Is => Condition::State(state(value)?),
            Self::At => Condition::At(value.to_owned()),
            Self::Owner => Condition::Owner(value.to_owned()),
        }))
    }
}

/// The parts of a list.
fn listed(value: &str) -> impl Iterator<Item = &str> {
    value.split([',', ';']).map(str::trim).filter(|part| !part.is_empty())
}

fn extensions(value: &str) -> Result<Vec<String>, String> {
    let mut all = Vec::new();
    for part in listed(value) {
        let extension = folded(part.trim_start_matches('*').trim_start_matches('.'));
        if let Some((_, last)) = extension.rsplit_once('.')
            && !last.is_empty()
        {
            return Err(format!("an extension is what follows the last dot, such as ext:{last}"));
        }
        if extension.is_empty() || !extension.chars().all(char::is_alphanumeric) {
            return Err("an extension has letters and digits, such as ext:jpg or ext:jpg,png".to_owned());
        }
        if !all.contains(&extension) {
            all.push(extension);
        }
    }
    if all.is_empty() { Err("no extension; right is ext:jpg or ext:jpg,png".to_owned()) } else { Ok(all) }
}

fn categories(value: &str) -> Result<Vec<Category>, String> {
    let mut all = Vec::new();
    for part in listed(value) {
        let word = folded(part);
        let found = if word == "file" {
            Category::ALL.into_iter().filter(|category| *category != Category::Folder).collect()
        } else {
            vec![category(&word).ok_or_else(|| format!("{part:?} is no type; there are {}", types()))?]
        };
        all.extend(found);
    }
    all.sort_unstable();
    all.dedup();
    if all.is_empty() { Err(format!("no type; there are {}", types())) } else { Ok(all) }
}

fn category(word: &str) -> Option<Category> {
    let named = |name: &str| CATEGORIES.iter().find(|(_, names)| names.contains(&name));
    named(word).or_else(|| named(word.strip_suffix('s')?)).map(|(category, _)| *category)
}

fn types() -> String {
    Category::ALL.map(Category::word).join(", ")
}

fn state(value: &str) -> Result<State, String> {
    let word = folded(value);
    State::ALL.into_iter().find(|state| state.word() == word).ok_or_else(|| {
        let known = State::ALL.map(|state| format!("is:{}", state.word()));
        format!("{value:?} is no state; there are {}", known.join(", "))
    })
}

pub(super) fn path(value: &str) -> Result<PathPattern, String> {
    let value = folded(value);
    let value = value.trim();
    let names: Vec<String> =
        value.split('/').filter(|name| !name.is_empty()).map(glob::without_doubles).collect();
    let (Some(first), Some(last)) = (names.first(), names.last()) else {
        return Err("no folder; right is path:/2019/ or path:photos/2019".to_owned());
    };
    let folder = value.ends_with('/');
    Ok(PathPattern {
        from_start: value.starts_with('/') || glob::is_glob(first),
        to_end: folder || glob::is_glob(last),
        folder,
        names,
    })
}

/// Whether a letter is missing, too much, another, or has changed places with the next.
fn is_one_slip(known: &str, typed: &str) -> bool {
    let (known, typed) = (known.as_bytes(), typed.as_bytes());
    let same = known.iter().zip(typed).take_while(|(a, b)| a == b).count();
    let (a, b) = (&known[same..], &typed[same..]);
    match (a, b) {
        ([_, rest @ ..], _) if rest == b => true,
        (_, [_, rest @ ..]) if rest == a => true,
        ([_, one @ ..], [_, other @ ..]) if one == other => true,
        ([x, y, one @ ..], [v, w, other @ ..]) => x == w && y == v && one == other,
        _ => false,
    }
}
