//! Patience with the kernel's mounting and unmounting of snapshots.

use std::{
    collections::HashMap,
    path::{Path, PathBuf},
    sync::{Arc, LazyLock, Mutex, MutexGuard, PoisonError, Weak},
    thread,
    time::Duration,
};

/// Tries, and between them.
const TRIES: u32 = 20;
const PAUSE: Duration = Duration::from_millis(50);

/// Tries again what is in somebody's way for a moment. Above all the opening of what may have to be mounted for it: of
/// those who enter a snapshot at once, or while it is being unmounted, one mounts it and the others are told of too many
/// links.
pub(crate) fn patiently<T, E>(
    in_the_way: impl Fn(&E) -> bool,
    mut attempt: impl FnMut() -> Result<T, E>,
) -> Result<T, E> {
    for _ in 1..TRIES {
        match attempt() {
            Err(error) if in_the_way(&error) => thread::sleep(PAUSE),
            done => return done,
        }
    }
    attempt()
}

/// Folders that somebody opens, or leaves, just now.
static TAKEN: LazyLock<Mutex<HashMap<PathBuf, Weak<Mutex<()>>>>> = LazyLock::new(Mutex::default);

/// Works on a folder that may be a snapshot's while nobody else in this process does. Two who open a snapshot at the same
/// time can make OpenZFS 2.3 mount it twice, which its own books do not bear (`avl_add` in `zfsctl_snapshot_mount`): the one
/// never returns, and whoever opens any snapshot from then on waits for it until the machine is started again.
pub(crate) fn alone<T>(folder: &Path, work: impl FnOnce() -> T) -> T {
    let own = {
        let mut taken = held(&TAKEN);
        taken.retain(|_, known| known.strong_count() > 0);
        let known = taken.get(folder).and_then(Weak::upgrade);
        known.unwrap_or_else(|| {
            let own = Arc::default();
            taken.insert(folder.to_owned(), Arc::downgrade(&own));
            own
        })
    };
    let _alone = held(&own);
    work()
}

fn held<T>(lock: &Mutex<T>) -> MutexGuard<'_, T> {
    lock.lock().unwrap_or_else(PoisonError::into_inner)
}

#[cfg(test)]
mod tests {
    use std::sync::{
        atomic::{AtomicU32, Ordering},
        mpsc,
    };

    use super::*;

    #[test]
    fn one_folder_is_one_persons_and_another_is_free() {
        let (inside, most) = (AtomicU32::new(0), AtomicU32::new(0));
        thread::scope(|scope| {
            for _ in 0..8 {
                scope.spawn(|| {
                    for _ in 0..200 {
                        alone(Path::new("/tank/one"), || {
                            most.fetch_max(inside.fetch_add(1, Ordering::SeqCst) + 1, Ordering::SeqCst);
                            thread::yield_now();
                            inside.fetch_sub(1, Ordering::SeqCst);
                        });
                    }
                });
            }
            let (tell, told) = mpsc::channel();
            alone(Path::new("/tank/one"), || {
                scope.spawn(move || alone(Path::new("/tank/other"), || tell.send(()).unwrap()));
                told.recv_timeout(Duration::from_secs(60)).unwrap();
            });
        });
        assert_eq!(most.into_inner(), 1);
    }

    #[test]
    fn waits_for_what_passes_and_for_nothing_else() {
        let mut tries = 0;
        let mut third = || {
            tries += 1;
            if tries < 3 { Err("busy") } else { Ok(tries) }
        };
        assert_eq!(patiently(|error| *error == "busy", &mut third), Ok(3));
        let mut tries = 0;
        let refused = patiently(
            |error| *error == "busy",
            || {
                tries += 1;
                Err::<(), _>("forbidden")
            },
        );
        assert_eq!((refused, tries), (Err("forbidden"), 1));
    }
}
