//! Patience with the kernel's mounting of snapshots.

use std::{thread, time::Duration};

/// Tries, and between them.
const TRIES: u32 = 20;
const PAUSE: Duration = Duration::from_millis(50);

/// Opens what may have to be mounted for it. Those who enter a snapshot at the same moment, or while it is being
/// unmounted, get in each other's way: one mounts it, the others are told of too many links. A moment later it is there.
pub(crate) fn patiently<T, E>(
    in_the_way: impl Fn(&E) -> bool,
    mut open: impl FnMut() -> Result<T, E>,
) -> Result<T, E> {
    for _ in 1..TRIES {
        match open() {
            Err(error) if in_the_way(&error) => thread::sleep(PAUSE),
            opened => return opened,
        }
    }
    open()
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
