//! Events of pools, as hints.

use std::time::Duration;

use nasman_core::DatasetName;

use super::is_internal;
use crate::watch::{Hint, LIVE_TAG_PREFIX, matters};

/// What happens to a dataset without a change of what can be read.
const QUIET: &[&str] =
    &["hold", "release", "bookmark", "remove bookmark", "redact", "permission update", "permission remove"];

/// One event, as far as it is needed.
#[derive(Debug, Default, Clone, PartialEq, Eq)]
pub(crate) struct Event {
    class: String,
    dataset: String,
    name: String,
    detail: String,
    /// When it happened, since 1970.
    pub(crate) at: Duration,
}

/// Reads `zpool events -H -v` line by line.
#[derive(Debug, Default)]
pub(crate) struct Events(Option<Event>);

impl Events {
    /// Adds a line; answers with the event that it ends.
    pub(crate) fn line(&mut self, line: &str) -> Option<Event> {
        let Some(field) = line.strip_prefix("        ") else {
            // The line that begins an event, the one that ends it, or a note: `dropped 7 events`.
            let ended = self.0.take();
            if let Some((_, class)) = line.split_once('\t') {
                self.0 = Some(Event { class: class.to_owned(), ..Event::default() });
            } else if line.starts_with("dropped ") {
                return Some(Event { class: "dropped".into(), at: Duration::MAX, ..Event::default() });
            }
            return ended;
        };
        let (Some(event), Some((key, value))) = (&mut self.0, field.split_once(" = ")) else { return None };
        let text = || value.trim_matches('"').to_owned();
        match key {
            "history_dsname" => event.dataset = text(),
            "history_internal_name" => event.name = text(),
            "history_internal_str" => event.detail = text(),
            "time" => event.at = time(value).unwrap_or(Duration::MAX),
            _ => {}
        }
        None
    }
}

/// `0xSECONDS 0xNANOSECONDS`.
fn time(value: &str) -> Option<Duration> {
    let mut words = value.split(' ').map(|word| u64::from_str_radix(word.strip_prefix("0x")?, 16).ok());
    Some(Duration::from_secs(words.next()??) + Duration::from_nanos(words.next()??))
}

impl Event {
    /// What it hints at, if anything.
    pub(crate) fn hint(&self) -> Option<Hint> {
        let everywhere = Some(Hint { dataset: None });
        match self.class.rsplit('.').next().unwrap_or_default() {
            "dropped" | "pool_create" | "pool_import" | "pool_export" | "pool_destroy" => everywhere,
            "history_event" if !self.dataset.is_empty() => self.of_dataset(),
            _ => None,
        }
    }

    fn of_dataset(&self) -> Option<Hint> {
        let (dataset, tag) = match self.dataset.split_once('@') {
            Some((dataset, tag)) => (dataset, Some(tag)),
            None => (self.dataset.as_str(), None),
        };
        let own = tag.is_some_and(|tag| tag.starts_with(LIVE_TAG_PREFIX));
        if own || QUIET.contains(&self.name.as_str()) {
            return None;
        }
        if is_internal(dataset) {
            // `tank/x/%rollback` and `tank/x/%recv` tell of `tank/x` when they take its place.
            let taken = dataset.split_once("/%").filter(|_| self.name == "clone swap");
            return taken.map(|(dataset, _)| Hint { dataset: dataset.parse::<DatasetName>().ok() });
        }
        match (self.name.as_str(), tag) {
            ("set" | "inherit", _) if !matters(self.detail.split('=').next().unwrap_or_default()) => None,
            // These change others too, which are not named.
            ("rename", None) | ("promote", _) => Some(Hint { dataset: None }),
            _ => Some(Hint { dataset: dataset.parse::<DatasetName>().ok() }),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn hints(text: &str) -> Vec<Option<String>> {
        let mut events = Events::default();
        let found: Vec<Event> = text.lines().filter_map(|line| events.line(line)).collect();
        found.iter().filter_map(Event::hint).map(|hint| hint.dataset.map(|name| name.to_string())).collect()
    }

    fn history(dataset: &str, name: &str, detail: &str) -> Vec<Option<String>> {
        hints(&format!(
            "Nov 23 2026 20:36:31.801660538\tsysevent.fs.zfs.history_event\n        pool = \"tank\"\n        \
             history_dsname = \"{dataset}\"\n        history_internal_str = \"{detail}\"\n        \
             history_internal_name = \"{name}\"\n        time = 0x6b04a3cf 0x2fc85e7a \n        eid = 0x1\n\n"
        ))
    }

    #[test]
    fn those_of_a_real_machine() {
        for version in ["2.1", "2.3"] {
            let path = format!("{}/tests/fixtures/{version}/zpool-events.out", env!("CARGO_MANIFEST_DIR"));
            let told = hints(&std::fs::read_to_string(path).unwrap());
            let told: Vec<&str> = told.iter().map(|name| name.as_deref().unwrap_or("*")).collect();
            assert_eq!(
                told,
                [
                    "*",         // zpool create scratch
                    "scratch/a", // zfs create
                    "scratch/a", // zfs snapshot scratch/a@one
                    "scratch",   // zfs snapshot -r scratch@two
                    "scratch/a", // … and of a
                    "scratch/a", // zfs rename scratch/a@two scratch/a@three
                    "scratch/a", // zfs destroy scratch/a@one (hold and release tell nothing)
                    "scratch/a", // zfs rollback: takes the dataset's place
                    "scratch/a", // zfs snapshot scratch/a@four
                    "scratch/c", // zfs clone
                    "*",         // zfs promote
                    "*",         // zfs rename scratch/a scratch/b
                    "scratch/b", // zfs set mountpoint (another property tells nothing)
                    "scratch/c", // zfs snapshot scratch/c@z
                    "scratch/r", // zfs receive: begins,
                    "scratch/r", // ends,
                    "scratch/r", // makes the snapshot
                    "scratch/r", // zfs destroy -r: the snapshot,
                    "scratch/r", // the dataset: begins,
                    "scratch/r", // ends
                    "*",         // zpool destroy
                ],
                "{version}"
            );
        }
    }

    #[test]
    fn what_tells_nothing() {
        assert_eq!(history("tank/a@nasman-live-7", "snapshot", " "), []);
        assert_eq!(history("tank/a@nasman-live-7", "destroy", " "), []);
        assert_eq!(history("tank/a/%recv", "create", " "), []);
        assert_eq!(history("tank/a/%recv", "clone swap", "parent=a"), [Some("tank/a".into())]);
        assert_eq!(history("tank/a", "set", "org.x:mountpoint=/x"), []);
        assert_eq!(history("tank/a", "set", "mountpoint=/x"), [Some("tank/a".into())]);
        assert_eq!(hints("Nov 23 2026\tereport.fs.zfs.checksum\n        pool = \"tank\"\n\n"), []);
    }

    #[test]
    fn what_is_lost_is_everywhere() {
        assert_eq!(hints("dropped 7 events\n"), [None]);
        assert_eq!(history("tank/\u{e4}", "snapshot", " "), [None]);
    }

    #[test]
    fn when() {
        let mut events = Events::default();
        let lines = ["x\tsysevent.fs.zfs.config_sync", "        time = 0x6b04a3cf 0x2fc85e7a ", ""];
        let found: Vec<Event> = lines.iter().filter_map(|line| events.line(line)).collect();
        assert_eq!(found[0].at, Duration::new(0x6b04_a3cf, 0x2fc8_5e7a));
        assert_eq!((time("0x1"), time("1 2"), time("")), (None, None, None));
    }
}
