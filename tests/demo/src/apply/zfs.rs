//! The `zfs` program, as far as the demo needs it.

use std::io::Write as _;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use anyhow::{Context, Result, bail, ensure};

/// One pool and the program that manages it.
pub(super) struct Zfs {
    program: &'static Path,
    pub(super) pool: String,
}

impl Zfs {
    pub(super) fn new(pool: &str) -> Result<Self> {
        let plain = !pool.is_empty()
            && pool.chars().all(|c| c.is_ascii_alphanumeric() || "_-.:".contains(c))
            && !pool.starts_with('-');
        ensure!(plain, "{pool:?} is not a pool's name");
        let program = ["/usr/sbin/zfs", "/sbin/zfs", "/usr/local/sbin/zfs"]
            .map(Path::new)
            .into_iter()
            .find(|path| path.exists());
        Ok(Self {
            program: program.context("there is no zfs program on this machine")?,
            pool: pool.to_owned(),
        })
    }

    /// The full name of something in the pool.
    pub(super) fn name(&self, below: &str) -> String {
        format!("{}/{below}", self.pool)
    }

    pub(super) fn run(&self, args: &[&str]) -> Result<()> {
        self.run_with_input(args, "").map(drop)
    }

    /// Runs `zfs` with the arguments, gives it the line to read, and returns what it printed.
    pub(super) fn run_with_input(&self, args: &[&str], line: &str) -> Result<String> {
        let told = || format!("zfs {}", args.join(" "));
        let mut child = Command::new(self.program)
            .args(args)
            .env("LC_ALL", "C")
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .stderr(Stdio::piped())
            .spawn()
            .with_context(told)?;
        if let Some(mut stdin) = child.stdin.take()
            && !line.is_empty()
        {
            writeln!(stdin, "{line}").with_context(told)?;
        }
        let output = child.wait_with_output().with_context(told)?;
        if !output.status.success() {
            bail!("{} failed: {}", told(), String::from_utf8_lossy(&output.stderr).trim());
        }
        String::from_utf8(output.stdout).with_context(told)
    }

    /// Names of all filesystems and volumes of the pool.
    pub(super) fn datasets(&self) -> Result<Vec<String>> {
        let listed = self
            .run_with_input(&["list", "-H", "-o", "name", "-t", "filesystem,volume", "-r", &self.pool], "")?;
        Ok(listed.lines().map(str::to_owned).collect())
    }

    /// Where a dataset is mounted.
    pub(super) fn mountpoint(&self, dataset: &str) -> Result<PathBuf> {
        let name = self.name(dataset);
        let said = self.run_with_input(&["get", "-Hp", "-o", "value", "mountpoint", &name], "")?;
        let path = PathBuf::from(said.trim_end_matches('\n'));
        ensure!(path.is_absolute(), "{name} has no mountpoint but {}", path.display());
        Ok(path)
    }

    /// Takes a snapshot of one dataset, or of the pool with all that is in it at once.
    pub(super) fn snapshot(&self, dataset: Option<&str>, name: &str) -> Result<()> {
        match dataset {
            Some(dataset) => self.run(&["snapshot", &self.name(&format!("{dataset}@{name}"))]),
            None => self.run(&["snapshot", "-r", &format!("{}@{name}", self.pool)]),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::Zfs;

    #[test]
    fn names_that_no_pool_has_are_refused() {
        for name in ["", "-r", "tank/home", "tank@now", "a b", "tank;reboot"] {
            let error = Zfs::new(name).err().map(|error| error.to_string()).unwrap_or_default();
            assert!(error.contains("is not a pool's name"), "{name:?}: {error}");
        }
    }
}
