//! A ZFS that does not answer for a while.

use std::{
    sync::{Arc, mpsc},
    thread::JoinHandle,
};

use nasman_zfs::FakeZfs;

/// As long as this lives, whoever asks ZFS for something waits.
pub struct Busy {
    end: Option<mpsc::Sender<()>>,
    thread: Option<JoinHandle<()>>,
}

impl Busy {
    pub fn new(zfs: &Arc<FakeZfs>) -> Self {
        let (zfs, (begun, begins)) = (Arc::clone(zfs), mpsc::channel());
        let (end, ends) = mpsc::channel::<()>();
        let thread = std::thread::spawn(move || {
            zfs.edit_pool("tank", |_| {
                let _ = begun.send(());
                let _ = ends.recv();
            });
        });
        begins.recv().expect("a ZFS that has begun to be busy");
        Self { end: Some(end), thread: Some(thread) }
    }
}

impl Drop for Busy {
    fn drop(&mut self) {
        drop(self.end.take());
        let _ = self.thread.take().map(JoinHandle::join);
    }
}
