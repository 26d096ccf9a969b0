//! `*` and `?`.

use std::str::Chars;

use super::{Condition, PathPattern, field};
use crate::words::folded;

/// Whether it has a `*` or `?` in it.
pub(super) fn is_glob(text: &str) -> bool {
    text.contains(['*', '?'])
}

/// `**` is `*`.
pub(super) fn without_doubles(pattern: &str) -> String {
    let mut last = ' ';
    pattern.chars().filter(|next| std::mem::replace(&mut last, *next) != '*' || *next != '*').collect()
}

/// Of a token with a `*` or `?` in it; nothing where all fits. One with slashes is about folders, too: `photos/*.jpg`.
pub(super) fn condition(text: &str) -> Option<Condition> {
    if !text.contains('/') {
        return whole(text);
    }
    let pattern = field::path(text).ok()?;
    Some(Condition::Path(PathPattern { from_start: true, ..pattern }))
}

/// The whole name must fit.
pub(super) fn whole(text: &str) -> Option<Condition> {
    let pattern = without_doubles(folded(text).trim());
    (!pattern.is_empty() && pattern != "*").then_some(Condition::Glob(pattern))
}

/// Whether a whole text fits a pattern. Both are folded.
pub(crate) fn fits(pattern: &str, text: &str) -> bool {
    let (mut pattern, mut text) = (pattern.chars(), text.chars());
    // Where to go on if what follows the last `*` does not fit: that star then takes one more character.
    let mut star: Option<(Chars<'_>, Chars<'_>)> = None;
    loop {
        let at = text.clone();
        match (pattern.next(), text.next()) {
            (Some('*'), _) => {
                text = at;
                star = Some((pattern.clone(), text.clone()));
            }
            (None, None) => return true,
            (Some(wanted), Some(found)) if wanted == '?' || wanted == found => {}
            (Some(_), None) => return false,
            _ => {
                let Some((after, taken)) = &mut star else { return false };
                taken.next();
                (pattern, text) = (after.clone(), taken.clone());
            }
        }
    }
}

/// Where in a text the characters of a pattern stand that are no `*`; absent where it does not fit. Both are folded.
pub(super) fn fit(pattern: &[char], text: &[char]) -> Option<Vec<usize>> {
    let mut found = Vec::new();
    let (mut in_pattern, mut in_text) = (0, 0);
    // Where to go on if what follows the last `*` does not fit: that star then takes one more character.
    let mut star: Option<(usize, usize, usize)> = None;
    while in_text < text.len() {
        match pattern.get(in_pattern) {
            Some('*') => {
                in_pattern += 1;
                star = Some((in_pattern, in_text, found.len()));
            }
            Some(&wanted) if wanted == '?' || wanted == text[in_text] => {
                if wanted != '?' {
                    found.push(in_text);
                }
                in_pattern += 1;
                in_text += 1;
            }
            _ => {
                let (after, taken, known) = star?;
                found.truncate(known);
                star = Some((after, taken + 1, known));
                (in_pattern, in_text) = (after, taken + 1);
            }
        }
    }
    pattern[in_pattern..].iter().all(|rest| *rest == '*').then_some(found)
}

impl PathPattern {
    /// Whether a folded path has it, name by name from the dataset's root.
    #[must_use]
    pub fn fits(&self, path: &str) -> bool {
        let names: Vec<Vec<char>> = path.split('/').map(|name| name.chars().collect()).collect();
        !self.found(&names).is_empty()
    }

    /// Each place where these folded names have it: the number of the first name, and the characters of each.
    pub(super) fn found(&self, names: &[Vec<char>]) -> Vec<(usize, Vec<Vec<usize>>)> {
        let patterns = self.patterns();
        let names = if self.folder { &names[..names.len().saturating_sub(1)] } else { names };
        let beside = names.windows(patterns.len().max(1)).enumerate();
        beside
            .filter_map(|(first, names)| {
                let each = patterns.iter().zip(names).map(|(pattern, name)| fit(pattern, name));
                each.collect::<Option<Vec<_>>>().map(|found| (first, found))
            })
            .collect()
    }

    /// A glob for each of its names.
    #[must_use]
    pub fn globs(&self) -> Vec<String> {
        let last = self.names.len().saturating_sub(1);
        let star = |is_open: bool| if is_open { "*" } else { "" };
        let globs = self.names.iter().enumerate().map(|(at, name)| {
            let before = star(at == 0 && !self.from_start);
            let after = star(at == last && !self.to_end);
            without_doubles(&format!("{before}{name}{after}"))
        });
        globs.collect()
    }

    fn patterns(&self) -> Vec<Vec<char>> {
        self.globs().iter().map(|glob| glob.chars().collect()).collect()
    }
}
