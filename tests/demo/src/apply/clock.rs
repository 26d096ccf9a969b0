//! The system's clock, borrowed.

use anyhow::{Context, Result};
use rustix::time::{ClockId, Timespec, clock_gettime, clock_settime};

/// Sets the system's clock to times of the story, and back to the true time when dropped.
/// The true time is kept as its distance to the clock that runs since boot, which nothing can set.
pub(super) struct Clock {
    distance: Timespec,
    borrowed: bool,
}

impl Clock {
    pub(super) fn take() -> Self {
        Self {
            distance: clock_gettime(ClockId::Realtime) - clock_gettime(ClockId::Boottime),
            borrowed: false,
        }
    }

    /// Lets it be `at` seconds since 1970.
    pub(super) fn set(&mut self, at: i64) -> Result<()> {
        self.borrowed = true;
        clock_settime(ClockId::Realtime, Timespec { tv_sec: at, tv_nsec: 0 })
            .context("setting the system's clock")
    }

    /// Lets it be the true time again.
    pub(super) fn restore(&mut self) -> Result<()> {
        if self.borrowed {
            clock_settime(ClockId::Realtime, clock_gettime(ClockId::Boottime) + self.distance)
                .context("setting the system's clock right again")?;
            self.borrowed = false;
        }
        Ok(())
    }
}

impl Drop for Clock {
    fn drop(&mut self) {
        if let Err(error) = self.restore() {
            eprintln!("nasman-demo: the system's clock is WRONG now: {error:#}");
        }
    }
}
