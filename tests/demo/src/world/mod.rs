//! What is on the pool on the first day.

pub(crate) mod code;
pub(crate) mod home;
pub(crate) mod media;
pub(crate) mod prose;
pub(crate) mod words;

use std::path::PathBuf;

use fastrand::Rng;

use crate::content::Content;
use crate::plan::dates::{DAY, HOUR};
use crate::plan::{ANNA, Builder, File, JONAS, Node, Op, Owner, Save};

/// A dataset while it is filled.
pub(crate) struct Shelf {
    /// The time of filling; all files are older.
    pub(crate) now: i64,
    ops: Vec<Op>,
}

impl Shelf {
    pub(crate) fn put(&mut self, path: impl Into<PathBuf>, node: Node) {
        self.ops.push(Op::Put(path.into(), node, Save::InPlace));
    }

    pub(crate) fn file(&mut self, path: impl Into<PathBuf>, content: Content, owner: Owner, mtime: i64) {
        self.put(path, Node::File(File::new(content, owner, mtime.min(self.now))));
    }

    /// A waking hour of one of the last `days` days.
    pub(crate) fn past(&self, rng: &mut Rng, days: i64) -> i64 {
        self.now - DAY * rng.i64(1..=days) + rng.i64(2 * HOUR..14 * HOUR)
    }
}

type Filling = fn(&mut Rng, &mut Shelf);

pub(crate) fn settle(builder: &mut Builder) {
    let now = builder.start();
    let fills: [(&'static str, Filling); 7] = [
        ("home", home::furnish),
        ("photos", media::photos),
        ("music", media::music),
        ("films", media::films),
        ("projects", code::projects),
        ("private", private),
        ("archive", archive),
    ];
    for (dataset, fill) in fills {
        let mut shelf = Shelf { now, ops: Vec::new() };
        fill(&mut builder.rng.fork(), &mut shelf);
        builder.change(now, dataset, shelf.ops);
    }
}

fn private(rng: &mut Rng, shelf: &mut Shelf) {
    for _ in 0..40 {
        let at = shelf.past(rng, 900);
        let day = crate::plan::dates::format(at, "%Y-%m-%d");
        let text = prose::note(rng, &format!("Diary, {day}"));
        shelf.file(format!("Diary/{day}.md"), Content::Text(text), ANNA, at);
    }
    for name in ["Will.pdf", "Medical letter.pdf", "Recovery codes.txt"] {
        let ending = name.rsplit('.').next().unwrap_or_default();
        let at = shelf.past(rng, 400);
        let content = prose::document(rng, name, ending, "Anna Lindqvist", at);
        shelf.file(name, content, ANNA, at);
    }
}

fn archive(rng: &mut Rng, shelf: &mut Shelf) {
    for year in 2009..=2018 {
        for n in 1..=14 {
            let at = crate::plan::dates::on(year, 1 + (n % 12) as i8, 3 + n as i8);
            let (name, content) = home::paper(rng, "Reports", "Jonas Falk", at);
            shelf.file(format!("{year}/{n:02} {name}"), content, JONAS, at);
        }
    }
}
