//! ZFS by the installed commands.

mod classify;
mod door;
mod events;
mod folders;
mod list;
mod parse;
mod reach;
mod verbs;

use std::{
    path::PathBuf,
    sync::{
        Arc,
        atomic::{AtomicBool, Ordering},
    },
};

pub use self::door::{CliSettings, Observer, Ran};
use self::{
    classify::Subject,
    door::{Answer, Door, Gate},
};
use crate::Result;

/// How many folders may be waited for at once; each that hangs keeps a thread.
const PROBES: usize = 16;

/// Asks the installed `zfs` and `zpool`. Cheap to make: nothing is run until something is asked.
pub struct CliZfs {
    door: Door,
    probes: Arc<Gate>,
    /// `/proc`, or what stands for it.
    proc: PathBuf,
    knows: Knows,
}

/// What the installed version knows, found out by trying: commands and module may be of different versions, and
/// distributions patch.
struct Knows {
    /// `zfs list -j`, since 2.3.
    json_list: Feature,
    /// `zpool status -j`, since 2.3.
    json_status: Feature,
    /// `zfs get -j`, since 2.3.
    json_get: Feature,
    /// The property `snapshots_changed`, since 2.2.
    snapshots_changed: Feature,
    /// `zfs holds -p`, since 2.2.
    parsable_holds: Feature,
}

/// Something that is taken for granted until the command refuses it.
struct Feature(AtomicBool);

impl Feature {
    const fn new() -> Self {
        Self(AtomicBool::new(true))
    }

    fn there(&self) -> bool {
        self.0.load(Ordering::Relaxed)
    }

    fn missing(&self) {
        self.0.store(false, Ordering::Relaxed);
    }
}

impl Default for CliZfs {
    fn default() -> Self {
        Self::new(CliSettings::default())
    }
}

impl CliZfs {
    /// The commands of this machine.
    #[must_use]
    pub fn new(settings: CliSettings) -> Self {
        Self {
            door: Door::new(settings),
            probes: Gate::new(PROBES),
            proc: "/proc".into(),
            knows: Knows {
                json_list: Feature::new(),
                json_status: Feature::new(),
                json_get: Feature::new(),
                snapshots_changed: Feature::new(),
                parsable_holds: Feature::new(),
            },
        }
    }

    /// Runs a command that must succeed; its failure is about `subject`.
    fn run(&self, verb: &'static str, args: &[&str], subject: Subject<'_>) -> Result<String> {
        let answer = self.door.run(verb, args)?;
        if answer.ok { Ok(answer.stdout) } else { Err(classify::classify(verb, &answer.stderr, subject)) }
    }

    /// Runs a command in its new form where the installed version knows it; `None` asks for the old form.
    fn run_if_known(
        &self,
        feature: &Feature,
        verb: &'static str,
        args: &[&str],
        subject: Subject<'_>,
    ) -> Result<Option<String>> {
        if !feature.there() {
            return Ok(None);
        }
        let Answer { ok, stdout, stderr } = self.door.run(verb, args)?;
        if ok {
            Ok(Some(stdout))
        } else if classify::unknown_option(&stderr) {
            feature.missing();
            tracing::info!(verb, "this version lacks an option; the older form is used");
            Ok(None)
        } else {
            Err(classify::classify(verb, &stderr, subject))
        }
    }
}
