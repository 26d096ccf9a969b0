//! What runs in a process of its own: so that its memory is measured and no other's, or in the guest. Each prints what
//! it measured as one line of JSON.

use std::{io::Write as _, path::Path, time::Instant};

use anyhow::{Context as _, Result, bail, ensure};
use jiff::Timestamp;
use nasman::search::Ahead;
use nasman_catalog::{Applied, At, Catalog, DatasetId, NewSnapshot, State};
use nasman_core::Known;
use nasman_zfs::{
    Snapshot, Zfs,
    feed::{Feed, Run},
};
use serde_json::Value;

/// The argument by which this program is such a process.
pub const WORD: &str = "inside";

/// Runs what the arguments say.
pub fn run(arguments: &[String]) -> Result<()> {
    let told = match arguments.iter().map(String::as_str).collect::<Vec<_>>()[..] {
        ["index", tree, state] => crate::index::inside(Path::new(tree), Path::new(state))?,
        ["steps", small, beside] => crate::steps::inside(small.parse()?, beside.parse()?)?,
        ["search-index", state] => crate::search::process::index(Path::new(state), None)?,
        ["search-index", state, tree] => {
            crate::search::process::index(Path::new(state), Some(Path::new(tree)))?
        }
        ["search-serve", url, index, state] => {
            return crate::search::process::serve(Path::new(state), None, (url, index));
        }
        ["search-serve", url, index, state, tree] => {
            return crate::search::process::serve(Path::new(state), Some(Path::new(tree)), (url, index));
        }
        _ => bail!("nothing is measured by {arguments:?}"),
    };
    Ok(writeln!(std::io::stdout(), "{told}")?)
}

/// What such a process printed last.
pub fn told(output: &str) -> Result<Value> {
    let line = output.lines().last().context("nothing was printed")?;
    serde_json::from_str(line).with_context(|| format!("'{line}' is not JSON"))
}

/// Takes a snapshot into the catalog as an indexing job does. Answers how many seconds that took, too.
pub fn take_in(
    zfs: &dyn Zfs,
    catalog: &Catalog,
    dataset: DatasetId,
    base: Option<&Snapshot>,
    to: &Snapshot,
) -> Result<(f64, Run, Applied)> {
    take_in_and_tell(zfs, catalog, dataset, base, to, None)
}

/// The same, and tells search of it meanwhile.
pub fn take_in_and_tell(
    zfs: &dyn Zfs,
    catalog: &Catalog,
    dataset: DatasetId,
    base: Option<&Snapshot>,
    to: &Snapshot,
    mut ahead: Option<Ahead>,
) -> Result<(f64, Run, Applied)> {
    let began = Instant::now();
    let state = State::Snapshot(NewSnapshot {
        guid: to.guid,
        tag: to.name.tag.clone(),
        txg: to.createtxg,
        created_at: Timestamp::now(),
    });
    let known = base.map(|base| catalog.known(dataset, At::Snapshot(base.createtxg))).transpose()?;
    let from = base.zip(known.as_ref()).map(|(base, known)| (&base.name, known as &dyn Known));
    let mut apply = catalog.begin_apply(dataset, state, base.map(|base| base.createtxg))?;
    let run = Feed::default().changes(zfs, from, &to.name, &mut |change| {
        if let Some(ahead) = &mut ahead {
            ahead.tell(&change);
        }
        apply.push(change).map_err(Into::into)
    })?;
    let applied = apply.finish()?;
    ensure!(ahead.is_none_or(Ahead::end), "search did not listen to the end");
    Ok((began.elapsed().as_secs_f64(), run, applied))
}
