//! The stand-in on a port of this machine.

use std::{
    io::{BufRead as _, BufReader, Read as _, Write as _},
    net::{SocketAddr, TcpListener, TcpStream},
    sync::{
        Arc, Mutex, MutexGuard,
        atomic::{AtomicBool, Ordering},
    },
    thread::{self, JoinHandle},
};

use super::{Asked, Shared, State};

/// It listens as long as this lives.
pub struct Fake {
    address: SocketAddr,
    state: Shared,
    ended: Arc<AtomicBool>,
    thread: Option<JoinHandle<()>>,
}

impl Fake {
    pub fn new() -> Self {
        Self::at("127.0.0.1:0".parse().unwrap(), Arc::new(Mutex::new(State::new())))
    }

    /// The same server again: at its old address, with what it holds.
    pub fn at(address: SocketAddr, state: Shared) -> Self {
        let listener = TcpListener::bind(address).unwrap();
        let address = listener.local_addr().unwrap();
        let ended = Arc::new(AtomicBool::new(false));
        let thread = thread::spawn({
            let (state, ended) = (state.clone(), ended.clone());
            move || {
                for stream in listener.incoming() {
                    if ended.load(Ordering::SeqCst) {
                        return;
                    }
                    serve(&stream.unwrap(), &state);
                }
            }
        });
        Self { address, state, ended, thread: Some(thread) }
    }

    pub fn url(&self) -> String {
        format!("http://{}", self.address)
    }

    pub fn shared(&self) -> Shared {
        self.state.clone()
    }

    pub fn state(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap()
    }
}

impl Drop for Fake {
    fn drop(&mut self) {
        self.ended.store(true, Ordering::SeqCst);
        let _ = TcpStream::connect(self.address);
        let ended = self.thread.take().unwrap().join();
        if !thread::panicking() {
            assert!(ended.is_ok(), "the stand-in failed");
            let strange = &self.state.lock().unwrap().strange;
            assert!(strange.is_empty(), "no real server would understand {strange:?}");
        }
    }
}

/// One request of one connection.
fn serve(stream: &TcpStream, state: &Shared) {
    let mut reader = BufReader::new(stream);
    let mut line = String::new();
    if reader.read_line(&mut line).unwrap_or(0) == 0 {
        return;
    }
    let mut parts = line.split_whitespace().map(str::to_owned);
    let (method, path) = (parts.next().unwrap(), parts.next().unwrap());
    let (mut length, mut content_type, mut bearer) = (0, String::new(), None);
    loop {
        let mut header = String::new();
        reader.read_line(&mut header).unwrap();
        let Some((name, value)) = header.trim().split_once(':') else { break };
        match name.to_ascii_lowercase().as_str() {
            "content-length" => length = value.trim().parse().unwrap(),
            "content-type" => content_type = value.trim().to_owned(),
            "authorization" => bearer = value.trim().strip_prefix("Bearer ").map(str::to_owned),
            "transfer-encoding" => panic!("the length is known"),
            _ => {}
        }
    }
    let mut body = vec![0; length];
    reader.read_exact(&mut body).unwrap();
    let asked = Asked {
        method: &method,
        path: &path,
        content_type: &content_type,
        bearer: bearer.as_deref(),
        body: std::str::from_utf8(&body).unwrap(),
    };
    let (status, answer) = state.lock().unwrap().answer(&asked);
    let answer = answer.to_string();
    let mut stream = stream;
    let _ = write!(
        stream,
        "HTTP/1.1 {status} x\r\ncontent-type: application/json\r\ncontent-length: {}\r\nconnection: close\r\n\r\n{answer}",
        answer.len()
    );
}
