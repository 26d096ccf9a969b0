//! From the thread that writes an archive to the client that reads it.

use std::io;

use actix_web::web::Bytes;
use futures_util::{Stream, stream};
use tokio::sync::{mpsc, watch};

/// Bytes are sent so many at a time.
const CHUNK: usize = 256 * 1024;
/// So many chunks wait for a slow client.
const WAITING: usize = 4;

enum Piece {
    Bytes(Bytes),
    /// The archive is whole. A channel that closes without it means that it is not.
    End,
}

/// Takes the archive's bytes. Writing blocks while the client is slow, and fails when it is gone.
pub struct Sink {
    pieces: mpsc::Sender<Piece>,
    chunk: Vec<u8>,
    sent: u64,
}

/// The other end, on its way to the client.
pub struct Outlet(mpsc::Receiver<Piece>);

/// Both ends.
pub fn channel() -> (Sink, Outlet) {
    let (pieces, outlet) = mpsc::channel(WAITING);
    (Sink { pieces, chunk: Vec::with_capacity(CHUNK), sent: 0 }, Outlet(outlet))
}

#[cfg(test)]
impl Outlet {
    /// All bytes; whether they are the whole.
    pub fn copy_to(mut self, into: &mut dyn io::Write) -> io::Result<bool> {
        loop {
            match self.0.blocking_recv() {
                Some(Piece::Bytes(bytes)) => into.write_all(&bytes)?,
                Some(Piece::End) => return Ok(true),
                None => return Ok(false),
            }
        }
    }
}

/// Knows whether the client is still there.
#[derive(Clone)]
pub struct Client(mpsc::Sender<Piece>);

impl Client {
    /// Nothing, as long as somebody reads.
    ///
    /// # Errors
    /// When nobody does any more.
    pub fn still_there(&self) -> io::Result<()> {
        if self.0.is_closed() { Err(gone()) } else { Ok(()) }
    }
}

fn gone() -> io::Error {
    io::Error::new(io::ErrorKind::BrokenPipe, "the client is gone")
}

impl Sink {
    /// To ask whether the client is still there.
    pub fn client(&self) -> Client {
        Client(self.pieces.clone())
    }

    /// Sends the rest and tells that the archive is whole. Answers its bytes.
    ///
    /// # Errors
    /// When the client is gone.
    pub fn end(mut self) -> io::Result<u64> {
        self.send()?;
        self.pieces.blocking_send(Piece::End).map_err(|_| gone())?;
        Ok(self.sent)
    }

    fn send(&mut self) -> io::Result<()> {
        if self.chunk.is_empty() {
            return Ok(());
        }
        let chunk = std::mem::replace(&mut self.chunk, Vec::with_capacity(CHUNK));
        self.sent += chunk.len() as u64;
        self.pieces.blocking_send(Piece::Bytes(chunk.into())).map_err(|_| gone())
    }
}

impl io::Write for Sink {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        let taken = bytes.len().min(CHUNK - self.chunk.len());
        self.chunk.extend_from_slice(&bytes[..taken]);
        if self.chunk.len() == CHUNK {
            self.send()?;
        }
        Ok(taken)
    }

    /// Chunks are sent when they are full, and at the end.
    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

/// Passes bytes on, but not for a client that is gone: what compresses well would otherwise be read to its end before
/// the first chunk of it is full.
pub struct Watched<W> {
    /// Where the bytes go.
    pub inner: W,
    /// For whom.
    pub client: Client,
}

impl<W: io::Write> io::Write for Watched<W> {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.client.still_there()?;
        self.inner.write(bytes)
    }

    fn flush(&mut self) -> io::Result<()> {
        self.inner.flush()
    }
}

/// The answer's body. It ends with an error, which breaks the connection, where the archive did not come to its end or
/// the server stops: a client must not take a part for the whole.
pub fn body(outlet: Outlet, stopping: watch::Receiver<bool>) -> impl Stream<Item = io::Result<Bytes>> {
    stream::unfold(Some((outlet, stopping)), |state| async move {
        let (mut outlet, mut stopping) = state?;
        let piece = tokio::select! {
            piece = outlet.0.recv() => piece,
            _ = stopping.wait_for(|stopping| *stopping) => None,
        };
        match piece {
            Some(Piece::Bytes(bytes)) => Some((Ok(bytes), Some((outlet, stopping)))),
            Some(Piece::End) => None,
            None => Some((Err(io::Error::other("the archive was not finished")), None)),
        }
    })
}

#[cfg(test)]
mod tests {
    use std::{io::Write as _, thread};

    use super::*;

    #[test]
    fn writing_fails_as_soon_as_nobody_reads() {
        let (mut sink, outlet) = channel();
        let client = sink.client();
        client.still_there().unwrap();
        let writer = thread::spawn(move || {
            // Far more than the channel holds: it waits for the reader, and is woken by its end.
            sink.write_all(&vec![0; (WAITING + 2) * CHUNK])
        });
        drop(outlet);
        assert_eq!(writer.join().unwrap().unwrap_err().kind(), io::ErrorKind::BrokenPipe);
        assert!(client.still_there().is_err());
        let (sink, outlet) = channel();
        let mut watched = Watched { client: sink.client(), inner: Vec::new() };
        watched.write_all(b"a").unwrap();
        drop(outlet);
        assert!(watched.write_all(b"b").is_err());
        assert!(sink.end().is_err());
    }

    #[test]
    fn an_archive_without_an_end_is_not_whole() {
        let (mut sink, outlet) = channel();
        sink.write_all(b"half").unwrap();
        sink.send().unwrap();
        drop(sink);
        let mut bytes = Vec::new();
        assert!(!outlet.copy_to(&mut bytes).unwrap());
        assert_eq!(bytes, b"half");
    }
}
