//! Fills an archive: the thread behind a download.

use std::{
    collections::{HashMap, HashSet},
    io,
    sync::Arc,
    thread,
};

use actix_web::web;
use jiff::Timestamp;
use nasman_core::{FileTime, RelPath, archive::unique};
use nasman_zfs::files::{Kind, Met, Root, Stat};

use super::{
    Format, Part, Running, Selection,
    content::{Added, Archive, What},
    notes::{self, Notes},
    sink::{Client, Outlet, Sink, channel},
    tar::Tar,
    zip::Zip,
};
use crate::app::App;

/// Files with several names that are remembered at a time, until all their names are met. Of more, each name becomes a
/// file of its own.
const MAX_LINKED: usize = 100_000;

/// Begins to write the archive on a thread of its own; what it writes comes out of the answer. The roots are closed as
/// soon as they are read, or when nobody reads the answer any more.
///
/// # Errors
/// When the system has no thread to give.
pub fn start(
    app: web::Data<App>,
    selection: Arc<Selection>,
    roots: Vec<Root>,
    running: Running,
) -> io::Result<Outlet> {
    let (sink, outlet) = channel();
    let span = tracing::Span::current();
    let work = move || {
        span.in_scope(|| tell(&selection, write(&app, &selection, roots, sink)));
        // Only now: all is closed.
        drop(running);
    };
    thread::Builder::new().name("download".into()).spawn(work)?;
    Ok(outlet)
}

struct Written {
    entries: u64,
    lacking: u64,
    bytes: u64,
}

fn tell(selection: &Selection, written: io::Result<Written>) {
    let name = selection.name.as_str();
    match written {
        Ok(Written { entries, lacking, bytes }) => {
            tracing::info!(name, entries, lacking, bytes, "a download was written");
        }
        Err(error) if error.kind() == io::ErrorKind::BrokenPipe => {
            tracing::info!(name, "a download was given up by its client");
        }
        Err(error) => tracing::error!(name, %error, "a download broke off"),
    }
}

fn write(app: &App, selection: &Selection, roots: Vec<Root>, sink: Sink) -> io::Result<Written> {
    let client = sink.client();
    let archive: Box<dyn Archive + '_> = match selection.format {
        Format::Zip => Box::new(Zip::new(sink, &app.config.state_dir)),
        Format::TarZst => Box::new(Tar::new(sink, &app.owners)?),
    };
    let mut run = Run { archive, client, notes: Notes::default(), entries: 0 };
    for (part, root) in selection.parts.iter().zip(roots) {
        let mut links = Links::default();
        for path in &part.paths {
            run.tree(part, &root, path, &mut links)?;
        }
    }
    let (lacking, entries) = (run.notes.count(), run.entries);
    run.add_notes(&selection.parts, app.now())?;
    Ok(Written { entries, lacking, bytes: run.archive.finish()? })
}

struct Run<'a> {
    archive: Box<dyn Archive + 'a>,
    client: Client,
    notes: Notes,
    entries: u64,
}

impl Run<'_> {
    fn tree(&mut self, part: &Part, root: &Root, from: &RelPath, links: &mut Links) -> io::Result<()> {
        for step in root.walk(from.clone()) {
            // What fills no chunk, such as many findings, would not notice otherwise.
            self.client.still_there()?;
            match step {
                Ok(met) => self.entry(&part.place(&met.path), root, &met, links)?,
                Err(finding) => self.notes.add(&part.place(&finding.path), &finding.error.to_string()),
            }
        }
        Ok(())
    }

    fn entry(&mut self, place: &[u8], root: &Root, met: &Met, links: &mut Links) -> io::Result<()> {
        let what = match met.stat.kind {
            Kind::File => return self.file(place, root, met, links),
            Kind::Directory => What::Folder,
            Kind::Symlink => What::Symlink(met.target.as_deref().unwrap_or_default()),
            Kind::Fifo => What::Fifo,
            kind @ (Kind::Socket | Kind::Block | Kind::Char) => {
                self.notes.add(place, &format!("is {kind}, which archives don't keep"));
                return Ok(());
            }
        };
        self.add(place, &met.stat, what).map(drop)
    }

    fn file(&mut self, place: &[u8], root: &Root, met: &Met, links: &mut Links) -> io::Result<()> {
        let linked = met.stat.nlink > 1 && self.archive.has_links();
        if linked && let Some(first) = links.another(met.stat.inode) {
            return self.add(place, &met.stat, What::Link(&first)).map(drop);
        }
        let (mut file, stat) = match root.open_regular(&met.path) {
            Ok(opened) => opened,
            Err(error) => {
                self.notes.add(place, &error.to_string());
                return Ok(());
            }
        };
        let added = self.add(place, &stat, What::File(&mut file))?;
        if linked && !matches!(added, Added::LeftOut(_)) {
            links.first(&stat, place);
        }
        Ok(())
    }

    fn add(&mut self, place: &[u8], stat: &Stat, what: What<'_>) -> io::Result<Added> {
        let added = self.archive.add(place, stat, what)?;
        self.notes.add_outcome(place, stat.size, &added);
        if !matches!(added, Added::LeftOut(_) | Added::Unfit) {
            self.entries += 1;
        }
        Ok(added)
    }

    /// The last entry, where there is something to tell.
    fn add_notes(&mut self, parts: &[Part], now: Timestamp) -> io::Result<()> {
        let Some(text) = std::mem::take(&mut self.notes).text() else { return Ok(()) };
        let mut taken = tops(parts);
        let stat = text_stat(text.len() as u64, now);
        let name = unique(notes::NAME, &mut taken);
        self.archive.add(name.as_bytes(), &stat, What::File(&mut text.as_bytes())).map(drop)
    }
}

/// The names at the archive's top.
fn tops(parts: &[Part]) -> HashSet<String> {
    let places = parts.iter().flat_map(|part| part.paths.iter().map(|path| part.place(path)));
    let first =
        |place: Vec<u8>| place.split(|byte| *byte == b'/').next().map(<[u8]>::to_vec).unwrap_or_default();
    places.map(|place| String::from_utf8_lossy(&first(place)).into_owned()).collect()
}

fn text_stat(size: u64, now: Timestamp) -> Stat {
    let now = FileTime { seconds: now.as_second(), nanos: 0 };
    Stat {
        kind: Kind::File,
        size,
        allocated: size,
        inode: 0,
        atime: now,
        mtime: now,
        ctime: now,
        btime: None,
        uid: 0,
        gid: 0,
        mode: 0o644,
        nlink: 1,
        dev: 0,
        mountpoint: false,
    }
}

/// Files of one filesystem that have more names than were met, by inode.
#[derive(Default)]
struct Links(HashMap<u64, Linked>);

struct Linked {
    /// Where it lies in the archive.
    place: Vec<u8>,
    /// Names not met yet.
    left: u32,
}

impl Links {
    /// Where the file lies in the archive already, if it does.
    fn another(&mut self, inode: u64) -> Option<Vec<u8>> {
        let linked = self.0.get_mut(&inode)?;
        linked.left = linked.left.saturating_sub(1);
        if linked.left > 0 {
            return Some(linked.place.clone());
        }
        self.0.remove(&inode).map(|linked| linked.place)
    }

    /// Remembers a file's first name.
    fn first(&mut self, stat: &Stat, place: &[u8]) {
        if self.0.len() < MAX_LINKED && stat.nlink > 1 {
            self.0.insert(stat.inode, Linked { place: place.to_vec(), left: stat.nlink - 1 });
        }
    }
}
