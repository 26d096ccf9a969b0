//! One server for one state: a lock on the state folder, gone with the process whatever becomes of it.

use std::{
    fs::{self, File, TryLockError},
    os::unix::fs::DirBuilderExt as _,
    path::Path,
};

/// Held as long as it lives.
pub struct Lock {
    _file: File,
}

impl Lock {
    /// Takes the lock of a state folder, making the folder when missing.
    ///
    /// # Errors
    /// A text for people: a server holds it already, or the folder can't be used.
    pub fn take(state_dir: &Path) -> Result<Self, String> {
        let path = state_dir.join("lock");
        let failed = |e: std::io::Error| format!("{}: can't be used: {e}", path.display());
        fs::DirBuilder::new().recursive(true).mode(0o700).create(state_dir).map_err(failed)?;
        let file = File::options().create(true).truncate(false).write(true).open(&path).map_err(failed)?;
        match file.try_lock() {
            Ok(()) => Ok(Self { _file: file }),
            Err(TryLockError::WouldBlock) => {
                Err(format!("a server is running on {}; stop it first", state_dir.display()))
            }
            Err(TryLockError::Error(error)) => Err(failed(error)),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_one_at_a_time() {
        let folder = tempfile::tempdir().unwrap();
        let first = Lock::take(folder.path()).unwrap();
        let refusal = Lock::take(folder.path()).err().unwrap();
        assert!(refusal.contains("stop it first"), "{refusal}");
        drop(first);
        Lock::take(folder.path()).unwrap();
    }
}
