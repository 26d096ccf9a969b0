//! The single things that happen in a day. Each gives the changes it makes; none when there is nothing it could happen to.

use std::path::{Path, PathBuf};

use super::Moment;
use crate::content::{Content, Cut, SongFormat};
use crate::landmarks::is_landmark;
use crate::plan::dates::format;
use crate::plan::{ANNA, File, JONAS, Node, Op, Owner, Save};
use crate::world::{code, home, media, prose};

/// How often [`Moment::pick`] tries: enough to find the rarest kind, an original film, nearly always.
const TRIES: usize = 60;

impl Moment<'_> {
    /// A regular file that suits, landmarks excepted. Tries some at random, which is quicker than to judge them all.
    pub(super) fn pick(&mut self, suits: impl Fn(&Path, &File) -> bool) -> Option<(PathBuf, File)> {
        let all: Vec<(&PathBuf, &Node)> = self.tree.iter().collect();
        for _ in 0..TRIES.min(all.len()) {
            if let (path, Node::File(file)) = all[self.rng.usize(0..all.len())]
                && suits(path, file)
                && !is_landmark(self.dataset, path)
            {
                return Some((path.clone(), file.clone()));
            }
        }
        None
    }

    /// A folder at least two levels down that holds 3 to 60 files and no landmark.
    fn pick_folder(&mut self) -> Option<PathBuf> {
        let (path, _) = self.pick(|path, _| {
            path.components().count() > 2 && !path.starts_with("galley-planner/node_modules")
        })?;
        let folder = path.parent()?.to_path_buf();
        let size = self.tree.below(&folder).count();
        let fits = (3..=60).contains(&size) && !is_landmark(self.dataset, &folder) && !is_mail(&folder);
        fits.then_some(folder)
    }

    fn put(&mut self, path: impl Into<PathBuf>, content: Content, owner: Owner) -> Op {
        Op::Put(path.into(), Node::File(File::new(content, owner, self.at)), Save::Replace)
    }

    /// The path, unless it is taken.
    fn free(&self, path: PathBuf) -> Option<PathBuf> {
        (!self.tree.holds(&path) && !is_landmark(self.dataset, &path)).then_some(path)
    }
}

pub(super) fn edit(moment: &mut Moment<'_>) -> Vec<Op> {
    let Some((path, file)) = moment.pick(|path, file| file.content.is_text() && !is_mail(path)) else {
        return Vec::new();
    };
    let Content::Text(text) = &*file.content else { return Vec::new() };
    let ending = path.extension().and_then(|ending| ending.to_str()).unwrap_or("txt");
    let text = prose::revise(moment.rng, ending, text, moment.at);
    let save = if moment.rng.bool() { Save::InPlace } else { Save::Replace };
    vec![Op::Put(
        path,
        Node::File(File { content: Content::Text(text).into(), mtime: moment.at, ..file }),
        save,
    )]
}

pub(super) fn mail_arrives(moment: &mut Moment<'_>) -> Vec<Op> {
    let (home, owner) = if moment.rng.bool() { ("anna", ANNA) } else { ("jonas", JONAS) };
    let text = prose::mail(moment.rng, &format!("{home}@mail.example"), moment.at);
    let name = home::mail_name(moment.rng, moment.at);
    vec![moment.put(format!("{home}/Mail/INBOX/cur/{name}"), Content::Text(text), owner)]
}

pub(super) fn mail_is_filed(moment: &mut Moment<'_>) -> Vec<Op> {
    let Some((path, file)) = moment.pick(|path, _| is_mail(path) && path.iter().any(|part| part == "INBOX"))
    else {
        return Vec::new();
    };
    let home = if file.owner == ANNA { "anna" } else { "jonas" };
    let name = path.file_name().unwrap_or_default();
    let to = Path::new(home).join("Mail/Archive/cur").join(name);
    vec![Op::Rename(path.clone(), to)]
}

pub(super) fn mail_is_deleted(moment: &mut Moment<'_>) -> Vec<Op> {
    moment.pick(|path, _| is_mail(path)).map(|(path, _)| Op::Remove(path)).into_iter().collect()
}

pub(super) fn paper_is_written(moment: &mut Moment<'_>) -> Vec<Op> {
    let (home, name, owner) =
        if moment.rng.bool() { ("anna", "Anna Lindqvist", ANNA) } else { ("jonas", "Jonas Falk", JONAS) };
    let folders =
        ["Documents/Letters", "Documents/Work/Meetings", "Documents/Household", "Documents/Travel", "Notes"];
    let folder = folders[moment.rng.usize(0..folders.len())];
    let (file, content) = home::paper(moment.rng, folder, name, moment.at);
    vec![moment.put(format!("{home}/{folder}/{file}"), content, owner)]
}

pub(super) fn module_is_written(moment: &mut Moment<'_>) -> Vec<Op> {
    let Some((beside, _)) =
        moment.pick(|path, file| file.content.is_text() && path.iter().any(|part| part == "src"))
    else {
        return Vec::new();
    };
    let language = beside.extension().and_then(|ending| ending.to_str()).unwrap_or("py").to_owned();
    let number = moment.rng.usize(100..1000);
    let name = code::module(moment.rng, number, &language);
    let text = code::source(moment.rng, &language, &name);
    vec![moment.put(beside.with_file_name(format!("{name}.{language}")), Content::Text(text), JONAS)]
}

pub(super) fn file_is_renamed(moment: &mut Moment<'_>) -> Vec<Op> {
    let Some((path, _)) = moment.pick(|path, _| !is_mail(path) && path.extension().is_some()) else {
        return Vec::new();
    };
    let stem = path.file_stem().unwrap_or_default().to_string_lossy().into_owned();
    let ending = path.extension().unwrap_or_default().to_string_lossy().into_owned();
    let mark = ["final", "old", "v2", "copy", "checked"][moment.rng.usize(0..5)];
    let to = path.with_file_name(format!("{stem} {mark}.{ending}"));
    moment.free(to).map(|to| Op::Rename(path, to)).into_iter().collect()
}

pub(super) fn file_is_moved(moment: &mut Moment<'_>) -> Vec<Op> {
    let Some((path, file)) = moment.pick(|path, _| !is_mail(path)) else { return Vec::new() };
    let Some((beside, _)) = moment.pick(|other, at| !is_mail(other) && at.owner == file.owner) else {
        return Vec::new();
    };
    let Some(name) = path.file_name() else { return Vec::new() };
    moment.free(beside.with_file_name(name)).map(|to| Op::Rename(path, to)).into_iter().collect()
}

pub(super) fn file_is_deleted(moment: &mut Moment<'_>) -> Vec<Op> {
    moment.pick(|path, _| !is_mail(path)).map(|(path, _)| Op::Remove(path)).into_iter().collect()
}

pub(super) fn folder_is_deleted(moment: &mut Moment<'_>) -> Vec<Op> {
    moment.pick_folder().map(Op::Remove).into_iter().collect()
}

pub(super) fn folder_is_renamed(moment: &mut Moment<'_>) -> Vec<Op> {
    let Some(folder) = moment.pick_folder() else { return Vec::new() };
    let name = folder.file_name().unwrap_or_default().to_string_lossy().into_owned();
    let to = folder.with_file_name(format!("{name}, sorted"));
    moment.free(to).map(|to| Op::Rename(folder, to)).into_iter().collect()
}

/// A third of the packages vanish, the others are written again: many small changes at once.
pub(super) fn packages_are_renewed(moment: &mut Moment<'_>) -> Vec<Op> {
    let below = Path::new("galley-planner/node_modules");
    let packages: Vec<(PathBuf, File)> = moment
        .tree
        .below(below)
        .filter_map(|(path, node)| match node {
            Node::File(file) if path.ends_with("package.json") => Some((path.clone(), file.clone())),
            _ => None,
        })
        .collect();
    let mut ops = Vec::new();
    for (path, file) in packages {
        let Content::Text(text) = &*file.content else { continue };
        match moment.rng.u8(0..9) {
            0 => ops.extend(path.parent().map(|folder| Op::Remove(folder.to_path_buf()))),
            1..4 => {
                let text = text.replace(".0\"", ".1\"");
                ops.push(moment.put(path, Content::Text(text), JONAS));
            }
            _ => {}
        }
    }
    ops
}

pub(super) fn pictures_are_taken(moment: &mut Moment<'_>) -> Vec<Op> {
    let folder = format(moment.at, "%Y/%m");
    let scene = moment.rng.u32(0..56);
    (0..moment.rng.i64(3..=7))
        .map(|n| {
            let shot = media::shot(moment.rng, scene, moment.at - n * 60, 2, "", None);
            let name = format(moment.at - n * 60, "%Y%m%d_%H%M%S.jpg");
            moment.put(format!("{folder}/{name}"), Content::Photo(shot), ANNA)
        })
        .collect()
}

pub(super) fn album_is_bought(moment: &mut Moment<'_>) -> Vec<Op> {
    let (artist, album) = ("The Ebb Tables", format!("Bootleg {}", format(moment.at, "%-d %B")));
    let year = 2001 + moment.rng.u16(0..20);
    (1..=moment.rng.u8(5..=9))
        .map(|number| {
            let (name, content) = media::track(moment.rng, artist, &album, number, SongFormat::Mp3, year);
            moment.put(format!("{artist}/{album} ({year})/{name}"), content, JONAS)
        })
        .collect()
}

/// A small HEVC appears beside a big original, which then goes.
pub(super) fn film_is_transcoded(moment: &mut Moment<'_>) -> Vec<Op> {
    let Some((path, file)) =
        moment.pick(|_, file| matches!(&*file.content, Content::Film { cut: Cut::Hd(_), .. }))
    else {
        return Vec::new();
    };
    let Content::Film { cut: Cut::Hd(scene), serial } = &*file.content else { return Vec::new() };
    let name =
        path.file_name().unwrap_or_default().to_string_lossy().replace("1080p x264.mkv", "720p HEVC.mp4");
    let small = moment.put(
        path.with_file_name(name),
        Content::Film { cut: Cut::Hevc(*scene), serial: serial + 500 },
        JONAS,
    );
    vec![small, Op::Remove(path)]
}

fn is_mail(path: &Path) -> bool {
    path.iter().nth(1).is_some_and(|part| part == "Mail")
}
