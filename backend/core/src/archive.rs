//! How chosen entries lie in an archive, and what it and its folders are called.

use std::collections::{BTreeSet, HashSet};

use crate::{DatasetName, RelPath};

/// Longest name of an archive, in characters, without what is added to it.
const MAX_STEM: usize = 100;

/// Each once, and without those that come along with a folder above them; in the order of their bytes.
#[must_use]
pub fn outermost(paths: impl IntoIterator<Item = RelPath>) -> Vec<RelPath> {
    let all: BTreeSet<RelPath> = paths.into_iter().collect();
    let covered =
        |path: &RelPath| std::iter::successors(path.parent(), RelPath::parent).any(|up| all.contains(&up));
    all.iter().filter(|path| !covered(path)).cloned().collect()
}

/// How many folders all of them have in common above them: cut off, what is left still tells them apart. 0 where one is
/// the root.
#[must_use]
pub fn shared_depth(paths: &[RelPath]) -> usize {
    let above = |path: &RelPath| path.parent().map_or_else(Vec::new, |folder| folder.names().collect());
    let Some((first, rest)) = paths.split_first() else { return 0 };
    let mut shared = above(first);
    for path in rest {
        let same = shared.iter().zip(path.names()).take_while(|(a, b)| *a == b).count();
        shared.truncate(same.min(above(path).len()));
    }
    shared.len()
}

/// The top folder for what comes from one dataset at one moment, among others: `tank-home daily-2026-05-02`. `tag` is
/// absent for live. Characters that other systems refuse in names are replaced.
#[must_use]
pub fn top_folder(dataset: &DatasetName, tag: Option<&str>, taken: &mut HashSet<String>) -> String {
    let name = plain(&format!("{} {}", dataset.to_string().replace('/', "-"), tag.unwrap_or("now")));
    unique(&name, taken)
}

/// A name for files of any system: what one of them refuses becomes `_`.
#[must_use]
pub fn plain(name: &str) -> String {
    let refused = |c: char| c.is_control() || r#"/\:*?"<>|"#.contains(c);
    let name: String = name.chars().take(MAX_STEM).map(|c| if refused(c) { '_' } else { c }).collect();
    // Windows drops both at the end, and a dot in front hides the file elsewhere.
    let name = name.trim_end_matches(['.', ' ']).trim_start_matches(['.', ' ']);
    if name.is_empty() { "_".to_owned() } else { name.to_owned() }
}

/// The name, or where it is taken the name with a number; taken from now on. `.txt` stays at the end.
#[must_use]
pub fn unique(name: &str, taken: &mut HashSet<String>) -> String {
    let (stem, end) = name.strip_suffix(".txt").map_or((name, ""), |stem| (stem, ".txt"));
    let numbered = (2..).map(|number| format!("{stem} ({number}){end}"));
    let free = std::iter::once(name.to_owned()).chain(numbered).find(|name| !taken.contains(name));
    let free = free.unwrap_or_default();
    taken.insert(free.clone());
    free
}

#[cfg(test)]
mod tests {
    use super::*;

    fn paths(texts: &[&str]) -> Vec<RelPath> {
        texts.iter().map(|text| RelPath::from_bytes(text.as_bytes()).unwrap()).collect()
    }

    #[test]
    fn what_lies_in_a_chosen_folder_comes_along() {
        for (asked, kept) in [
            (&["a/x", "a", "a b", "a/x/y", "a"][..], &["a", "a b"][..]),
            (&["", "a", "b/c"], &[""]),
            (&["b/c", "b/cd", "b/c/d"], &["b/c", "b/cd"]),
            (&[], &[]),
        ] {
            assert_eq!(outermost(paths(asked)), paths(kept), "{asked:?}");
        }
    }

    #[test]
    fn common_folders_are_cut_off_and_no_more() {
        for (asked, depth) in [
            (&["a/b/c"][..], 2),
            (&["a/b/c", "a/b/d"], 2),
            (&["a/b/c", "a/d"], 1),
            (&["a/b/c", "a/b"], 1),
            (&["a/b", "a/b/c"], 1),
            (&["a", "b"], 0),
            (&[""], 0),
            (&["x/y", "z/y"], 0),
            (&[], 0),
        ] {
            assert_eq!(shared_depth(&paths(asked)), depth, "{asked:?}");
        }
    }

    #[test]
    fn names_are_fine_for_any_system_and_each_once() {
        assert_eq!(plain("auto_2026-05-02_00:00:01"), "auto_2026-05-02_00_00_01");
        assert_eq!(plain("a\nb/c\\d. "), "a_b_c_d");
        assert_eq!(plain(".."), "_");
        assert_eq!(plain(&"ü".repeat(300)).chars().count(), MAX_STEM);
        let mut taken = HashSet::new();
        let home: DatasetName = "tank/home".parse().unwrap();
        let flat: DatasetName = "tank-home".parse().unwrap();
        assert_eq!(top_folder(&home, Some("daily"), &mut taken), "tank-home daily");
        assert_eq!(top_folder(&flat, Some("daily"), &mut taken), "tank-home daily (2)");
        assert_eq!(top_folder(&home, None, &mut taken), "tank-home now");
        assert_eq!(unique("a.txt", &mut taken), "a.txt");
        assert_eq!(unique("a.txt", &mut taken), "a (2).txt");
    }
}
