//! Large folders, page by page over HTTP, beside `ls` of the same folder. `ls` shows all at once and NASMan reads
//! the names anew for each page, so that the first page is what a user waits for, and all pages are a script's case.

use std::{
    fs::File,
    path::Path,
    process::{Command, Stdio},
    sync::Arc,
};

use anyhow::{Result, ensure};
use nasman_zfs::FakeZfs;

use crate::{
    client::{Client, parse},
    report::Row,
    rounds::{alternate, seconds},
    served::Served,
};

const PAGE: usize = 1000;

/// Measures listing of 10,000 and 200,000 names.
pub fn measure(folder: &Path) -> Result<Vec<Row>> {
    let zfs = Arc::new(FakeZfs::new().with_pool("tank"));
    let served = Served::start(folder, Arc::clone(&zfs))?;
    let mut rows = Vec::new();
    for (names, rounds) in [(10_000, 7), (200_000, 3)] {
        let dataset = format!("tank/names-{names}");
        zfs.add_dataset(&dataset);
        let files = zfs.folder(&dataset);
        for number in 0..names {
            File::create(files.join(format!("some file with a name {number:06}.txt")))?;
        }
        let path = format!("/datasets/{}/files", dataset.replace('/', "%2F"));
        let peer = "ls -la --time-style=full-iso";
        let list = || ls(&files);
        let first = alternate(rounds, || Ok(served.client.timed(&path)?.0), list)?;
        rows.push(
            Row::new(format!("folder of {names}: first page of 100"), first.0, "s").against(peer, first.1),
        );
        let all = alternate(rounds, || seconds(|| page_through(&served.client, &path, names)), list)?;
        rows.push(
            Row::new(format!("folder of {names}: all pages of {PAGE}"), all.0, "s").against(peer, all.1),
        );
    }
    Ok(rows)
}

fn page_through(client: &Client, path: &str, names: usize) -> Result<()> {
    let mut found = 0;
    let mut cursor = String::new();
    loop {
        let page = parse(&client.timed(&format!("{path}?limit={PAGE}{cursor}"))?.1)?;
        found += page["items"].as_array().map_or(0, Vec::len);
        let Some(next) = page["next"].as_str() else { break };
        // The cursor holds a percent-encoded name, which the query encodes once more.
        cursor = format!("&cursor={}", next.replace('%', "%25"));
    }
    ensure!(found == names, "the pages of {path} have {found} names instead of {names}");
    Ok(())
}

fn ls(folder: &Path) -> Result<f64> {
    let mut ls = Command::new("ls");
    ls.args(["-la", "--time-style=full-iso"]).arg(folder).env("LC_ALL", "C").stdout(Stdio::null());
    seconds(|| {
        ensure!(ls.status()?.success(), "ls failed");
        Ok(())
    })
}
