//! Listing pools, datasets and snapshots.

use nasman_core::{DatasetName, PoolName, SnapshotName};

use super::{
    CliZfs,
    classify::{self, Subject},
    parse::{self, DatasetFacts, Malformed},
    reach,
};
use crate::{Dataset, Pool, Result, SnapshotDetail, ZfsError};

/// Room for names in one command line: the kernel allows 128 KiB for a single argument and at least that for all.
const MAX_NAMES: usize = 96 << 10;

impl CliZfs {
    /// All pools, or one.
    pub(super) fn list_pools(&self, name: Option<&PoolName>) -> Result<Vec<Pool>> {
        let subject = name.map_or(Subject::Nothing, Subject::Pool);
        let columns = parse::Capacity::COLUMNS.join(",");
        let mut args = vec!["-Hp", "-o", &columns];
        args.extend(name.map(PoolName::as_str));
        let listed = self.run("zpool list", &args, subject)?;
        let capacities = parse::capacities(&listed).map_err(|e| e.of("zpool list"))?;
        if capacities.is_empty() {
            return Ok(Vec::new());
        }

        let bad = |error: Malformed| error.of("zpool status");
        let with =
            |options: &[&'static str]| options.iter().copied().chain(name.map(PoolName::as_str)).collect();
        let json: Vec<&str> = with(&["-j", "--json-int"]);
        let mut conditions =
            match self.run_if_known(&self.knows.json_status, "zpool status", &json, subject)? {
                Some(json) => parse::status_json(&json).map_err(bad)?,
                None => {
                    let text: Vec<&str> = with(&["-p"]);
                    parse::status_text(&self.run("zpool status", &text, subject)?).map_err(bad)?
                }
            };
        // One exported between the two commands has no condition any more.
        let known = |capacity: parse::Capacity| {
            Some(conditions.remove(capacity.name.as_str())).flatten().map(|c| capacity.with(c))
        };
        let mut pools: Vec<Pool> = capacities.into_iter().filter_map(known).collect();
        pools.sort_by(|a, b| a.name.cmp(&b.name));
        Ok(pools)
    }

    /// All datasets, or one.
    pub(super) fn list_datasets(&self, name: Option<&DatasetName>) -> Result<Vec<Dataset>> {
        let facts = self.dataset_facts(name)?;
        let mounts = self.mounts()?;
        let mut datasets: Vec<Dataset> = facts
            .into_iter()
            .map(|DatasetFacts { mut dataset, objset }| {
                dataset.unreachable =
                    reach::unreachable(&dataset, &mounts, || self.is_in_use(&dataset.name, objset));
                dataset
            })
            .collect();
        datasets.sort_by(|a, b| a.name.cmp(&b.name));
        Ok(datasets)
    }

    fn dataset_facts(&self, name: Option<&DatasetName>) -> Result<Vec<DatasetFacts>> {
        if self.knows.snapshots_changed.there() {
            match self.dataset_columns(name, DatasetFacts::ALL_COLUMNS) {
                Err(ZfsError::Failed { detail, .. })
                    if classify::unknown_property(&detail, DatasetFacts::SINCE_2_2) =>
                {
                    self.knows.snapshots_changed.missing();
                }
                answer => return answer,
            }
        }
        self.dataset_columns(name, DatasetFacts::COLUMNS)
    }

    fn dataset_columns(
        &self,
        name: Option<&DatasetName>,
        columns: &'static [&'static str],
    ) -> Result<Vec<DatasetFacts>> {
        let subject = name.map_or(Subject::Nothing, Subject::Dataset);
        let joined = columns.join(",");
        let ask = |format: &[&'static str]| -> Vec<String> {
            let mut args: Vec<String> = format.iter().map(|&option| option.to_owned()).collect();
            args.extend(["-t", "filesystem,volume", "-o", &joined].map(str::to_owned));
            args.extend(name.map(ToString::to_string));
            args
        };
        let verb = "zfs list";
        let bad = |error: Malformed| error.of(verb);
        let json = ask(&["-j", "-p"]);
        let listed = match self.run_if_known(&self.knows.json_list, verb, &refs(&json), subject)? {
            Some(json) => parse::datasets(&parse::rows_json(&json, columns).map_err(bad)?),
            None => {
                let lines = self.run(verb, &refs(&ask(&["-Hp"])), subject)?;
                parse::datasets(&parse::rows(&lines, columns).map_err(bad)?)
            }
        };
        Ok(listed.map_err(bad)?.logged(verb))
    }

    /// The costly columns of these snapshots, as many commands as their names need. Order and completeness are the
    /// caller's to mend.
    pub(super) fn list_details(&self, names: &[SnapshotName]) -> Result<Vec<SnapshotDetail>> {
        let verb = "zfs list";
        let columns = parse::COSTLY.join(",");
        let texts: Vec<String> = names.iter().map(ToString::to_string).collect();
        let mut found = Vec::with_capacity(names.len());
        for chunk in chunks(&texts) {
            let mut args = vec!["-Hp", "-t", "snapshot", "-o", &columns];
            args.extend(chunk.iter().map(String::as_str));
            let answer = self.door.run(verb, &args)?;
            if !answer.ok && !classify::only_missing(&answer.stderr) {
                return Err(classify::classify(verb, &answer.stderr, Subject::Nothing));
            }
            found.extend(parse::details(&answer.stdout).map_err(|e| e.of(verb))?.logged(verb));
        }
        Ok(found)
    }
}

fn refs(args: &[String]) -> Vec<&str> {
    args.iter().map(String::as_str).collect()
}

/// Slices whose names fit one command line.
fn chunks(names: &[String]) -> impl Iterator<Item = &[String]> {
    let mut rest = names;
    std::iter::from_fn(move || {
        let mut room = MAX_NAMES;
        let fits = rest.iter().take_while(|name| {
            let fits = room > name.len();
            room = room.saturating_sub(name.len() + 1);
            fits
        });
        let (chunk, after) = rest.split_at(fits.count());
        rest = after;
        (!chunk.is_empty()).then_some(chunk)
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn chunks_hold_all_names_and_fit() {
        let names: Vec<String> =
            (0..2000).map(|number| format!("tank/{}@{number:06}", "x".repeat(200))).collect();
        let all: Vec<&[String]> = chunks(&names).collect();
        assert!(all.len() > 1);
        assert!(
            all.iter().all(|chunk| chunk.iter().map(|name| name.len() + 1).sum::<usize>() <= MAX_NAMES + 1)
        );
        assert_eq!(all.concat(), names);
        assert_eq!(chunks(&[]).count(), 0);
    }
}
