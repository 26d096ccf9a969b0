//! Patience with the kernel's mounting and unmounting of snapshots.

use std::{thread, time::Duration};

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

#[cfg(test)]
mod tests {
    use super::*;

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
