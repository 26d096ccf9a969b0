//! How well words fit, as sets within each other.

use super::docs::Docs;

/// From the last on: each word is one of the name's; each is one, or begins one; each is in the name or a folder above;
/// some are only alike.
pub(super) const LEVELS: usize = 4;
/// From this level on all words are in the name.
pub(super) const IN_NAME: usize = 2;

/// A segment's documents that were found, by how well they fit.
#[derive(Debug, Clone)]
pub(super) struct Levels {
    all: Docs,
    /// Those of level 1 and better, 2 and better, 3. Absent where they are those of the level below.
    better: [Option<Docs>; LEVELS - 1],
}

impl Levels {
    /// All fit equally well.
    pub(super) const fn one(all: Docs) -> Self {
        Self { all, better: [None, None, None] }
    }

    /// Of each level those of it and better; absent where they are those of the level below.
    pub(super) const fn new(all: Docs, better: [Option<Docs>; LEVELS - 1]) -> Self {
        Self { all, better }
    }

    /// Those of a level, and better ones.
    pub(super) fn at(&self, level: usize) -> &Docs {
        let better = self.better.iter().take(level).rev();
        better.flatten().next().unwrap_or(&self.all)
    }

    /// Whether those of a level are those of the level below: these then fit as well as the level says.
    pub(super) fn is_as_below(&self, level: usize) -> bool {
        level.checked_sub(1).and_then(|place| self.better.get(place)).is_some_and(Option::is_none)
    }

    /// What both have; it fits as well as the worse of both says.
    pub(super) fn and(&mut self, other: &Self) {
        for level in (1..LEVELS).rev() {
            if self.is_as_below(level) && other.is_as_below(level) {
                continue;
            }
            let mut both = self.at(level).clone();
            both.and(other.at(level));
            self.better[level - 1] = Some(both);
        }
        self.all.and(&other.all);
    }

    /// Without these.
    pub(super) fn minus(&mut self, others: &Docs) {
        self.sift(|docs| docs.minus(others));
    }

    /// Changes all that was found; what is better is no more than that.
    pub(super) fn sift(&mut self, change: impl FnOnce(&mut Docs)) {
        change(&mut self.all);
        let all = &self.all;
        self.better.iter_mut().flatten().for_each(|docs| docs.and(all));
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn few(docs: &[u32]) -> Docs {
        Docs::Few(docs.to_vec())
    }

    fn levels(levels: &Levels) -> [&Docs; LEVELS] {
        [0, 1, 2, 3].map(|level| levels.at(level))
    }

    #[test]
    fn the_worse_of_two_words_counts() {
        let mut both = Levels::new(few(&[1, 2, 3, 4, 5]), [None, Some(few(&[1, 2, 3])), Some(few(&[1]))]);
        both.and(&Levels::new(few(&[1, 2, 4, 6]), [Some(few(&[1, 2, 4])), None, Some(few(&[1, 2]))]));
        assert_eq!(levels(&both), [&few(&[1, 2, 4]), &few(&[1, 2, 4]), &few(&[1, 2]), &few(&[1])]);
        both.and(&Levels::one(few(&[2, 4])));
        assert_eq!(levels(&both), [&few(&[2, 4]), &few(&[2, 4]), &few(&[2]), &few(&[])]);
        both.minus(&few(&[2]));
        assert_eq!(levels(&both), [&few(&[4]), &few(&[4]), &few(&[]), &few(&[])]);
        both.sift(|docs| *docs = Docs::NONE);
        assert_eq!(levels(&both), [&Docs::NONE; LEVELS]);
    }
}
