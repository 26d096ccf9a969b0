//! Lets a bounded number through at once.

use std::{
    sync::{Arc, Condvar, Mutex, PoisonError},
    time::Instant,
};

/// Counts who is inside.
pub(crate) struct Gate {
    free: Mutex<usize>,
    freed: Condvar,
}

/// The right to be inside; given back when dropped, from any thread.
pub(crate) struct Permit(Arc<Gate>);

impl Gate {
    pub(crate) fn new(places: usize) -> Arc<Self> {
        Arc::new(Self { free: Mutex::new(places.max(1)), freed: Condvar::new() })
    }

    /// Waits for a place; none when `until` passes first.
    pub(crate) fn enter(self: &Arc<Self>, until: Instant) -> Option<Permit> {
        let mut free = self.free.lock().unwrap_or_else(PoisonError::into_inner);
        while *free == 0 {
            let left = until.checked_duration_since(Instant::now())?;
            (free, _) = self.freed.wait_timeout(free, left).unwrap_or_else(PoisonError::into_inner);
        }
        *free -= 1;
        Some(Permit(Arc::clone(self)))
    }
}

impl Drop for Permit {
    fn drop(&mut self) {
        *self.0.free.lock().unwrap_or_else(PoisonError::into_inner) += 1;
        self.0.freed.notify_one();
    }
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use super::*;

    #[test]
    fn the_last_place_is_waited_for() {
        let gate = Gate::new(1);
        let soon = || Instant::now() + Duration::from_millis(50);
        let permit = gate.enter(soon()).unwrap();
        assert!(gate.enter(soon()).is_none());
        let waiting = {
            let gate = Arc::clone(&gate);
            std::thread::spawn(move || gate.enter(Instant::now() + Duration::from_secs(60)).is_some())
        };
        drop(permit);
        assert!(waiting.join().unwrap());
    }
}
