//! The one place where commands are started.
//!
//! Never a shell; an absolute path found among fixed directories; an environment of our own; bounded output; a
//! deadline after which the caller goes on even if the command cannot be killed.

mod gate;
mod process;

use std::{
    collections::BTreeMap,
    fmt,
    path::PathBuf,
    process::{Command, Stdio},
    sync::{Arc, Mutex, PoisonError},
    time::{Duration, Instant},
};

pub(crate) use self::gate::Gate;
use self::process::{End, Limits};
pub(crate) use self::process::{abandon, spawn};
use crate::{Result, ZfsError};

/// Where the commands are looked for, in this order.
const DIRECTORIES: [&str; 6] =
    ["/usr/sbin", "/sbin", "/usr/local/sbin", "/usr/bin", "/bin", "/usr/local/bin"];
/// What commands that ZFS's own start (mount, umount) are looked for in.
const PATH: &str = "/usr/sbin:/usr/bin:/sbin:/bin:/usr/local/sbin:/usr/local/bin";
/// Far more than 100,000 snapshots with their details.
const MAX_STDOUT: usize = 64 << 20;
/// The end of stderr says what failed.
const MAX_STDERR: usize = 8 << 10;

/// A finished call, for metrics: by verb alone, since names would be without bound.
#[derive(Debug, Clone, Copy)]
pub struct Ran {
    /// Such as `zfs list`.
    pub verb: &'static str,
    /// How long the caller waited.
    pub took: Duration,
    /// Whether the command exited with 0.
    pub ok: bool,
}

/// Is told of each finished call.
pub type Observer = Box<dyn Fn(&Ran) + Send + Sync>;

/// How commands are run.
pub struct CliSettings {
    /// Where `zfs` and `zpool` are looked for; absolute.
    pub directories: Vec<PathBuf>,
    /// How long one call may take.
    pub deadline: Duration,
    /// How many run at once. Commands that hang in the kernel count until they really end, so that a suspended pool
    /// can't collect them without bound.
    pub parallel: usize,
    /// Told of each call.
    pub observer: Option<Observer>,
}

impl Default for CliSettings {
    fn default() -> Self {
        Self {
            directories: DIRECTORIES.iter().map(PathBuf::from).collect(),
            deadline: Duration::from_secs(30),
            parallel: 4,
            observer: None,
        }
    }
}

impl fmt::Debug for CliSettings {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("CliSettings")
            .field("directories", &self.directories)
            .field("deadline", &self.deadline)
            .field("parallel", &self.parallel)
            .finish_non_exhaustive()
    }
}

/// What a command said.
#[derive(Debug)]
pub(crate) struct Answer {
    pub(crate) ok: bool,
    pub(crate) stdout: String,
    pub(crate) stderr: String,
}

/// Runs commands.
pub(crate) struct Door {
    settings: CliSettings,
    gate: Arc<Gate>,
    found: Mutex<BTreeMap<String, PathBuf>>,
}

impl Door {
    pub(crate) fn new(settings: CliSettings) -> Self {
        Self { gate: Gate::new(settings.parallel), settings, found: Mutex::default() }
    }

    pub(crate) fn deadline(&self) -> Duration {
        self.settings.deadline
    }

    /// Runs `verb` (program and subcommand, such as `zfs list`) with these arguments. An exit status other than 0 is
    /// no error here: the caller knows what it asked.
    pub(crate) fn run(&self, verb: &'static str, args: &[&str]) -> Result<Answer> {
        let start = Instant::now();
        let answer = self.run_until(verb, args, start + self.settings.deadline);
        let took = start.elapsed();
        let ok = answer.as_ref().is_ok_and(|answer| answer.ok);
        tracing::debug!(verb, ?took, ok, "ran");
        if let Some(observer) = &self.settings.observer {
            observer(&Ran { verb, took, ok });
        }
        answer
    }

    /// The command, ready to be started.
    pub(crate) fn command(&self, verb: &'static str, args: &[&str]) -> Result<Command> {
        let (program, subcommand) = verb.split_once(' ').unwrap_or((verb, ""));
        let mut command = Command::new(self.find(program)?);
        command.arg(subcommand).args(args).stdin(Stdio::null());
        command.env_clear().envs([("PATH", PATH), ("LC_ALL", "C"), ("TZ", "UTC")]);
        Ok(command)
    }

    fn run_until(&self, verb: &'static str, args: &[&str], until: Instant) -> Result<Answer> {
        let late = ZfsError::Timeout { verb, after: self.settings.deadline };
        let command = self.command(verb, args)?;
        let Some(permit) = self.gate.enter(until) else { return Err(late) };
        let limits = Limits { stdout: MAX_STDOUT, stderr: MAX_STDERR };
        match process::run(command, until, &limits, permit) {
            Ok(End::Exited { ok, stdout, stderr }) => {
                Ok(Answer { ok, stdout: text(&stdout), stderr: text(&stderr) })
            }
            Ok(End::Late) => Err(late),
            Ok(End::TooMuch) => {
                let detail = format!("more than {} MiB of output", MAX_STDOUT >> 20);
                Err(ZfsError::Output { verb, detail })
            }
            Err(error) => Err(ZfsError::Failed { verb, detail: format!("it could not be run: {error}") }),
        }
    }

    /// Where the program is. Looked for until found once: ZFS may be installed while the server runs.
    fn find(&self, program: &str) -> Result<PathBuf> {
        let mut found = self.found.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(path) = found.get(program) {
            return Ok(path.clone());
        }
        let directories = &self.settings.directories;
        let Some(path) = directories.iter().map(|dir| dir.join(program)).find(|path| path.is_file()) else {
            let detail =
                format!("the command {program} is in none of the system's folders; install zfsutils-linux");
            return Err(ZfsError::NotInstalled { detail });
        };
        found.insert(program.to_owned(), path.clone());
        Ok(path)
    }
}

/// Names are ASCII; only a mountpoint may hold other bytes, and the mount table has those.
fn text(bytes: &[u8]) -> String {
    String::from_utf8_lossy(bytes).into_owned()
}

#[cfg(test)]
mod tests {
    use std::{
        path::Path,
        sync::atomic::{AtomicUsize, Ordering},
    };

    use super::*;

    fn door(deadline: Duration) -> Door {
        let directories = vec![Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/stub")];
        Door::new(CliSettings { directories, deadline, parallel: 2, observer: None })
    }

    const LONG: Duration = Duration::from_secs(60);

    #[test]
    fn arguments_arrive_as_they_are() {
        let answer = door(LONG).run("zfs echo", &["a b", "$(id)", "'", "-n", ""]).unwrap();
        assert_eq!((answer.ok, answer.stdout.as_str()), (true, "[a b][$(id)]['][-n][]"));
    }

    #[test]
    fn the_environment_is_ours() {
        let stdout = door(LONG).run("zfs env", &[]).unwrap().stdout;
        let mut names: Vec<&str> = stdout.lines().filter_map(|line| line.split('=').next()).collect();
        // The shell of the stub adds its own.
        names.retain(|name| !matches!(*name, "PWD" | "_" | "SHLVL" | "OLDPWD"));
        names.sort_unstable();
        assert_eq!(names, ["LC_ALL", "PATH", "TZ"], "{stdout}");
    }

    #[test]
    fn failure_keeps_the_end_of_stderr() {
        let answer = door(LONG).run("zfs fail", &[]).unwrap();
        assert!(!answer.ok);
        assert!(answer.stderr.ends_with("the reason\n"), "{}", answer.stderr);
        assert!(answer.stderr.len() <= MAX_STDERR);
    }

    #[test]
    fn both_streams_may_be_long() {
        let answer = door(LONG).run("zfs both", &[]).unwrap();
        assert_eq!((answer.ok, answer.stdout.len()), (true, 1 << 20));
    }

    #[test]
    fn endless_output_is_cut_off() {
        let error = door(LONG).run("zfs flood", &[]).unwrap_err();
        assert!(matches!(error, ZfsError::Output { verb: "zfs flood", .. }), "{error:?}");
    }

    #[test]
    fn a_command_that_hangs_is_left() {
        let door = door(Duration::from_millis(300));
        let start = Instant::now();
        let error = door.run("zfs hang", &[]).unwrap_err();
        assert_eq!(error, ZfsError::Timeout { verb: "zfs hang", after: Duration::from_millis(300) });
        assert!(start.elapsed() < Duration::from_secs(20));
        // It was killed, so its place is free again before long.
        for _ in 0..4 {
            assert!(matches!(door.run("zfs hang", &[]), Err(ZfsError::Timeout { .. })));
        }
    }

    #[test]
    fn each_call_is_told() {
        let calls = Arc::new(AtomicUsize::new(0));
        let seen = Arc::clone(&calls);
        let mut door = door(LONG);
        door.settings.observer = Some(Box::new(move |ran| {
            assert_eq!((ran.verb, ran.ok), ("zfs fail", false));
            seen.fetch_add(1, Ordering::Relaxed);
        }));
        door.run("zfs fail", &[]).unwrap();
        assert_eq!(calls.load(Ordering::Relaxed), 1);
    }

    #[test]
    fn a_missing_program_is_named() {
        let error = door(LONG).run("zwhat list", &[]).unwrap_err();
        assert!(matches!(&error, ZfsError::NotInstalled { detail } if detail.contains("zwhat")), "{error:?}");
    }
}
