//! A pool's condition from the text for people: all there is before 2.3.

use std::collections::HashMap;

use super::{
    Malformed, Parsed,
    pool::{Condition, unwrapped, vdev_state},
    pool_json::kind_by_name,
    scan_text::scans,
};
use crate::{Vdev, VdevState};

/// `zpool status -p [POOL]`, by the pool's name. Labels end in a colon within the first eleven columns; what follows
/// them, and the lines beneath that begin with a TAB, belong to them.
pub(crate) fn status_text(text: &str) -> Parsed<HashMap<String, Condition>> {
    let mut pools: Vec<(String, Condition)> = Vec::new();
    for (label, value) in sections(text) {
        if label == "pool" {
            pools.push((value.trim().to_owned(), Condition::default()));
            continue;
        }
        let Some((_, condition)) = pools.last_mut() else {
            return Err(Malformed(format!("expected a pool first, found {label:?}")));
        };
        match label {
            "status" => condition.status = unwrapped(&value),
            "action" => condition.action = unwrapped(&value),
            // A sequential resilver is told beside the scan; later ones are younger.
            "scan" => condition.scan = scans(&value)?.or(condition.scan.take()),
            "config" => condition.vdevs = config(&value)?,
            "errors" => condition.data_errors = errors(&value)?,
            _ => {}
        }
    }
    Ok(pools.into_iter().collect())
}

fn sections(text: &str) -> Vec<(&str, String)> {
    let mut sections: Vec<(&str, String)> = Vec::new();
    for line in text.lines() {
        let label = line.split_once(':').filter(|(label, _)| {
            let word = label.trim_start();
            label.len() <= 10 && !line.starts_with('\t') && word.chars().all(|c| c.is_ascii_lowercase())
        });
        match (label, sections.last_mut()) {
            (Some((label, value)), _) => sections.push((label.trim_start(), format!("{value}\n"))),
            (None, Some((_, value))) => {
                value.push_str(line);
                value.push('\n');
            }
            (None, None) => {}
        }
    }
    sections
}

/// `No known data errors`, `121 data errors, use '-v' for a list`.
fn errors(text: &str) -> Parsed<u64> {
    let first = text.split_whitespace().next().unwrap_or_default();
    match first {
        "No" => Ok(0),
        // Where the list may not be read, or is shown instead of its length, there is at least one.
        "List" | "Permanent" => Ok(1),
        count => count.parse().map_err(|_| Malformed(format!("errors are {text:?}"))),
    }
}

/// The table of devices: two more spaces a level, a word alone in a line for each class after the first.
fn config(text: &str) -> Parsed<Vec<Vdev>> {
    let mut class = "normal";
    let mut top: Vec<Vdev> = Vec::new();
    for line in text.lines().filter_map(|line| line.strip_prefix('\t')) {
        let body = line.trim_start();
        if body.is_empty() || body.starts_with("NAME ") {
            continue;
        }
        let depth = (line.len() - body.len()) / 2;
        if depth == 0 {
            // Either the pool itself or the name of a class.
            class = class_of(body.trim_end()).unwrap_or("normal");
            continue;
        }
        let vdev = device(body, class)?;
        let siblings = siblings(&mut top, depth - 1);
        siblings.ok_or_else(|| Malformed(format!("{body:?} is indented beneath nothing")))?.push(vdev);
    }
    Ok(top)
}

fn class_of(word: &str) -> Option<&'static str> {
    Some(match word {
        "logs" => "log",
        "cache" => "cache",
        "spares" => "spare",
        "special" => "special",
        "dedup" => "dedup",
        _ => return None,
    })
}

/// The list that the next device of this depth joins.
fn siblings(top: &mut Vec<Vdev>, depth: usize) -> Option<&mut Vec<Vdev>> {
    let mut list = top;
    for _ in 0..depth {
        list = &mut list.last_mut()?.children;
    }
    Some(list)
}

/// `NAME STATE READ WRITE CKSUM [remark]`; spares and caches have no counters. A name may hold spaces where it is the
/// path of a file, so the state is the first word that is one.
fn device(body: &str, class: &str) -> Parsed<Vdev> {
    let words: Vec<&str> = body.split_whitespace().collect();
    let state = words.iter().skip(1).position(|word| vdev_state(word) != VdevState::Unknown).map(|at| at + 1);
    let state = state.ok_or_else(|| Malformed(format!("no state in {body:?}")))?;
    let name = words[..state].join(" ");
    let counter = |at: usize| match words.get(state + at) {
        Some(word) if class != "spare" => {
            word.parse().map_err(|_| Malformed(format!("an error counter of {name} is {word:?}")))
        }
        _ => Ok(0),
    };
    let was = body.split_once(" was ").map(|(_, path)| path.trim().to_owned());
    let path = if name.starts_with('/') { Some(name.clone()) } else { was };
    Ok(Vdev {
        kind: if name.starts_with('/') && !name.starts_with("/dev/") { "file" } else { kind_by_name(&name) }
            .to_owned(),
        class: class.to_owned(),
        state: vdev_state(words[state]),
        read_errors: counter(1)?,
        write_errors: counter(2)?,
        checksum_errors: counter(3)?,
        path,
        children: Vec::new(),
        name,
    })
}

#[cfg(test)]
mod tests {
    use super::{super::pool_json::status_json, *};
    use crate::{ScanKind, ScanState};

    fn captured(name: &str) -> String {
        let path = format!("{}/tests/fixtures/{name}", env!("CARGO_MANIFEST_DIR"));
        std::fs::read_to_string(path).unwrap()
    }

    /// What the text does not tell is left out of the comparison.
    fn comparable(vdevs: &[Vdev]) -> Vec<Vdev> {
        let strip = |vdev: &Vdev| Vdev {
            path: None,
            kind: vdev.kind.replace("file", "disk"),
            children: comparable(&vdev.children),
            ..vdev.clone()
        };
        vdevs.iter().map(strip).collect()
    }

    #[test]
    fn the_text_tells_what_the_json_tells() {
        let states = [
            "healthy",
            "degraded",
            "resilvered",
            "resilvering",
            "scrub-canceled",
            "scrub-paused",
            "scrubbed",
            "scrubbing",
            "topology",
            "spare-and-missing",
            "data-errors",
        ];
        for state in states {
            let text = status_text(&captured(&format!("2.3/status-{state}-text.out"))).unwrap();
            let json = status_json(&captured(&format!("2.3/status-{state}-json.out"))).unwrap();
            assert_eq!(text.len(), 1, "{state}");
            for (name, json) in json {
                let text = &text[&name];
                assert_eq!(comparable(&text.vdevs), comparable(&json.vdevs), "{state}");
                assert_eq!((&text.status, &text.action), (&json.status, &json.action), "{state}");
                assert_eq!(text.data_errors, json.data_errors, "{state}");
                let of = |condition: &Condition| {
                    condition.scan.as_ref().map(|s| (s.kind, s.state, s.errors, s.percent))
                };
                assert_eq!(of(text), of(&json), "{state}");
            }
        }
    }

    #[test]
    fn as_2_1_tells_it() {
        let status = |state: &str| {
            let pools = status_text(&captured(&format!("2.1/status-{state}-text.out"))).unwrap();
            pools.into_values().next().unwrap()
        };
        for state in ["healthy", "degraded", "resilvered", "scrub-canceled", "scrub-paused", "scrubbed"] {
            let Condition { vdevs, data_errors, .. } = status(state);
            assert_eq!((vdevs.len(), vdevs[0].children.len(), data_errors), (1, 2, 0), "{state}");
        }
        for (state, kind) in [("resilvering", ScanKind::Resilver), ("scrubbing", ScanKind::Scrub)] {
            let scan = status(state).scan.unwrap();
            assert_eq!((scan.kind, scan.state, scan.percent), (kind, ScanState::Scanning, Some(0)));
            assert!(scan.started.is_some());
        }
        let newer = status_text(&captured("2.3/status-topology-text.out")).unwrap();
        assert_eq!(comparable(&status("topology").vdevs), comparable(&newer["complex"].vdevs));
        let missing = &status("spare-and-missing").vdevs[0].children[1];
        assert_eq!(
            (missing.state, missing.path.as_deref()),
            (VdevState::Unavail, Some("/var/tmp/vdevs/disk2"))
        );
        let broken = status("data-errors");
        assert_eq!(
            (broken.data_errors, broken.vdevs[0].checksum_errors, broken.scan.unwrap().errors),
            (1, 66, 32)
        );
    }

    #[test]
    fn other_sections_are_passed_over() {
        let text = captured("2.3/status-scrubbed-text.out");
        let more = "remove: Removal of vdev 1 copied 2.1M in 0h0m, completed on Mon Nov 23 17:26:14 2026\n\
                    \t1.2K memory used for removed device mappings\n\
                    checkpoint: created Mon Nov 23 17:26:14 2026, consumes 79.5K\nconfig:";
        assert_eq!(status_text(&text.replace("config:", more)).unwrap(), status_text(&text).unwrap());
    }

    #[test]
    fn several_pools() {
        let text = captured("2.3/status-healthy-text.out") + "\n" + &captured("2.3/status-topology-text.out");
        let pools = status_text(&text).unwrap();
        assert_eq!((pools["tank"].vdevs.len(), pools["complex"].vdevs.len()), (1, 6));
        assert!(status_text("no pools available\n").unwrap().is_empty());
    }

    #[test]
    fn malformed() {
        let text = captured("2.3/status-healthy-text.out");
        assert!(
            status_text(&text.replace("ONLINE       0     0     0", "ONLINE       few     0     0")).is_err()
        );
        assert!(status_text(&text.replace("ONLINE  ", "SLEEPY  ")).is_err());
        assert!(status_text(&text.replace("No known", "Countless")).is_err());
        assert!(status_text(&text.replace("\t  mirror-0", "\t      mirror-0")).is_err());
        assert!(status_text(&text.replace("  pool: tank\n", "")).is_err());
    }
}
