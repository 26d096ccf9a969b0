//! `zpool events`, followed for as long as somebody wants hints.

mod follow;

use std::{
    io,
    os::fd::OwnedFd,
    process::{Command, Stdio},
    thread::{self, JoinHandle},
    time::{Duration, Instant, SystemTime, UNIX_EPOCH},
};

use rustix::pipe::{PipeFlags, pipe_with};

use self::follow::{Child, End, Told};
use super::CliZfs;
use crate::{
    Result, ZfsError,
    watch::{Hint, Tell, Watch},
};

const VERB: &str = "zpool events";
/// Before the command is started again; each time twice as long, up to the longest.
const PAUSE: Duration = Duration::from_secs(2);
const LONGEST: Duration = Duration::from_secs(300);

impl CliZfs {
    pub(super) fn watch_events(&self, tell: Tell) -> Result<Watch> {
        let mut command = self.door.command(VERB, &["-H", "-f", "-v"])?;
        command.stdin(Stdio::null()).stdout(Stdio::piped()).stderr(Stdio::piped());
        start(command, tell, PAUSE).map(Watch::new).map_err(|error| ZfsError::Failed {
            verb: VERB,
            detail: format!("it can't be followed: {error}"),
        })
    }
}

/// A thread that follows; ended when dropped.
struct Following {
    /// Closing it wakes the thread.
    stop: Option<OwnedFd>,
    thread: Option<JoinHandle<()>>,
}

impl Drop for Following {
    fn drop(&mut self) {
        drop(self.stop.take());
        if let Some(thread) = self.thread.take() {
            let _ = thread.join();
        }
    }
}

fn start(command: Command, tell: Tell, pause: Duration) -> io::Result<Following> {
    let since = now();
    let (stopped, stop) = pipe_with(PipeFlags::CLOEXEC)?;
    let thread = thread::Builder::new().name("zfs-events".into()).spawn(move || {
        again_and_again(command, &tell, &stopped, since, pause);
    })?;
    Ok(Following { stop: Some(stop), thread: Some(thread) })
}

/// Starts the command anew when it ends, until `stopped` is closed.
///
/// What happened before `since` is not news: whoever asked for hints looks at all there is at first.
fn again_and_again(
    mut command: Command,
    tell: &Tell,
    stopped: &OwnedFd,
    mut since: Duration,
    first_pause: Duration,
) {
    let mut pause = first_pause;
    loop {
        let begun = Instant::now();
        let end =
            Child::spawn(&mut command).and_then(|mut child| child.follow(Told::new(since, tell), stopped));
        match end {
            Ok(End::Stopped) => return,
            Ok(End::Ended { reason }) => {
                tracing::warn!(reason, ?pause, "zpool events ended; it is started again");
            }
            Err(error) => tracing::warn!(%error, ?pause, "zpool events can't be followed; it is tried again"),
        }
        if begun.elapsed() > LONGEST {
            pause = first_pause;
        }
        match follow::wait(stopped, pause) {
            Ok(false) => pause = (pause * 2).min(LONGEST),
            Ok(true) | Err(_) => return,
        }
        // Whatever happened in between was told to nobody.
        since = now();
        tell(Hint { dataset: None });
    }
}

/// Since 1970, by the clock that stamps events: it is a little behind.
fn now() -> Duration {
    let now = SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default();
    now.saturating_sub(Duration::from_secs(1))
}

#[cfg(test)]
mod tests {
    use std::sync::mpsc;

    use super::*;

    const SECOND: Duration = Duration::from_secs(1);

    /// A shell that plays the command; the hints it leads to; what ends it.
    fn play(script: &str, pause: Duration) -> (mpsc::Receiver<Option<String>>, Following) {
        let mut command = Command::new("/bin/sh");
        command.args(["-c", script]).stdin(Stdio::null()).stdout(Stdio::piped()).stderr(Stdio::piped());
        let (send, receive) = mpsc::channel();
        let tell = Box::new(move |hint: Hint| {
            let _ = send.send(hint.dataset.map(|name| name.to_string()));
        });
        (receive, start(command, tell, pause).unwrap())
    }

    /// A function `event NAME SECONDS` for the script.
    const EVENT: &str = r#"event() { printf 'now\tsysevent.fs.zfs.history_event\n        history_dsname = "%s"\n        history_internal_name = "snapshot"\n        time = 0x%x 0x0 \n\n' "$1" "$2"; };"#;

    #[test]
    fn old_events_are_no_news_and_bursts_are_one() {
        let script = format!(
            "{EVENT} sleep 0.5; event tank/old@1 1000; for i in 1 2 3; do event tank/new@$i 9999999999; done; sleep 1000"
        );
        let (hints, following) = play(&script, 60 * SECOND);
        assert_eq!(hints.recv_timeout(20 * SECOND).unwrap().as_deref(), Some("tank/new"));
        assert!(hints.recv_timeout(SECOND).is_err());
        let start = Instant::now();
        drop(following);
        assert!(start.elapsed() < 10 * SECOND);
        // The thread is gone, and with it the sender.
        assert_eq!(hints.recv_timeout(SECOND), Err(mpsc::RecvTimeoutError::Disconnected));
    }

    #[test]
    fn a_large_burst_is_everywhere() {
        let script = format!(
            "{EVENT} i=0; while [ $i -lt 2000 ]; do i=$((i+1)); event tank/d$i@1 9999999999; done; sleep 1000"
        );
        let (hints, _following) = play(&script, 60 * SECOND);
        assert_eq!(hints.recv_timeout(20 * SECOND).unwrap(), None);
    }

    #[test]
    fn when_it_ends_it_is_started_again() {
        let script = format!("{EVENT} event tank/a@1 9999999999; echo 'no such device' >&2; exit 1");
        let (hints, following) = play(&script, Duration::from_millis(50));
        let told: Vec<_> = (0..4).map(|_| hints.recv_timeout(20 * SECOND).unwrap()).collect();
        assert_eq!(told, [Some("tank/a".into()), None, Some("tank/a".into()), None]);
        drop(following);
    }

    #[test]
    fn a_line_without_end_ends_it() {
        let (hints, following) = play("yes | tr -d '\\n'", Duration::from_millis(50));
        // Started again, which is told.
        assert_eq!(hints.recv_timeout(20 * SECOND).unwrap(), None);
        drop(following);
    }

    #[test]
    fn a_program_that_is_missing_is_tried_again() {
        let command = Command::new("/nonexistent/zpool");
        let (send, receive) = mpsc::channel();
        let tell = Box::new(move |hint| drop(send.send(hint)));
        let following = start(command, tell, Duration::from_millis(10)).unwrap();
        assert_eq!(receive.recv_timeout(20 * SECOND).unwrap(), Hint { dataset: None });
        drop(following);
    }
}
