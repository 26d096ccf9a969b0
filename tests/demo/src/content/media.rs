//! Songs and films: the small files under `media/`, each time with tags or padding of its own.

/// How a piece of music is stored.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum SongFormat {
    /// MP3 with ID3v2.3 tags.
    Mp3,
    /// FLAC with a Vorbis comment.
    Flac,
    /// Ogg Vorbis, untagged; padded by nothing, so songs of one tune are duplicates.
    Ogg,
}

impl SongFormat {
    /// The ending of its file names.
    #[must_use]
    pub fn ending(self) -> &'static str {
        match self {
            Self::Mp3 => "mp3",
            Self::Flac => "flac",
            Self::Ogg => "ogg",
        }
    }
}

/// A piece of music and what its tags say.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Song {
    /// How it is stored.
    pub format: SongFormat,
    /// Which of the three tunes it is.
    pub tune: usize,
    /// Its title.
    pub title: String,
    /// Who plays.
    pub artist: String,
    /// The album.
    pub album: String,
    /// Number on the album, from 1.
    pub track: u8,
    /// Year of the album.
    pub year: u16,
}

/// One encoding of one of the three films.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Cut {
    /// 1920×1080, H.264, AAC and subtitles, Matroska.
    Hd(usize),
    /// 1280×720, HEVC, AAC, MP4.
    Hevc(usize),
    /// 854×480, H.264, AAC, MP4.
    Small(usize),
    /// 1280×720, VP9, Opus, WebM.
    Web(usize),
}

impl Cut {
    /// The ending of its file names.
    #[must_use]
    pub fn ending(self) -> &'static str {
        match self {
            Self::Hd(_) => "mkv",
            Self::Hevc(_) | Self::Small(_) => "mp4",
            Self::Web(_) => "webm",
        }
    }
}

macro_rules! three {
    ($before:literal, $a:literal, $b:literal, $c:literal, $after:literal) => {
        [
            include_bytes!(concat!("../../media/", $before, $a, $after)).as_slice(),
            include_bytes!(concat!("../../media/", $before, $b, $after)).as_slice(),
            include_bytes!(concat!("../../media/", $before, $c, $after)).as_slice(),
        ]
    };
}

type Three = [&'static [u8]; 3];
static MP3: Three = three!("song-", "1", "2", "3", ".mp3");
static FLAC: Three = three!("song-", "1", "2", "3", ".flac");
static OGG: Three = three!("song-", "1", "2", "3", ".ogg");
static HD: Three = three!("", "dusk", "noon", "storm", "-1080p-h264.mkv");
static HEVC: Three = three!("", "dusk", "noon", "storm", "-720p-hevc.mp4");
static SMALL: Three = three!("", "dusk", "noon", "storm", "-480p-h264.mp4");
static WEB: Three = three!("", "dusk", "noon", "storm", "-720p-vp9.webm");

pub(super) fn song(song: &Song) -> Vec<u8> {
    match song.format {
        SongFormat::Mp3 => id3(song, MP3[song.tune % 3]),
        SongFormat::Flac => flac(song, FLAC[song.tune % 3]),
        SongFormat::Ogg => OGG[song.tune % 3].to_vec(),
    }
}

/// ID3v2.3 in front of the sound; text as UTF-16 with a byte order mark, the one Unicode form that 2.3 has.
fn id3(song: &Song, sound: &[u8]) -> Vec<u8> {
    let mut frames = Vec::new();
    let texts = [
        (b"TIT2", song.title.clone()),
        (b"TPE1", song.artist.clone()),
        (b"TALB", song.album.clone()),
        (b"TRCK", song.track.to_string()),
        (b"TYER", song.year.to_string()),
    ];
    for (name, text) in texts {
        let mut body = vec![1, 0xff, 0xfe];
        body.extend(text.encode_utf16().flat_map(u16::to_le_bytes));
        frames.extend_from_slice(name);
        frames.extend_from_slice(&(body.len() as u32).to_be_bytes());
        frames.extend_from_slice(&[0, 0]);
        frames.extend(body);
    }
    let size = frames.len() as u32;
    // The header's size has seven bits a byte, so that no byte of it looks like the start of sound.
    let seven = [21, 14, 7, 0].map(|shift| (size >> shift & 0x7f) as u8);
    [b"ID3\x03\x00\x00".as_slice(), &seven, &frames, sound].concat()
}

/// FLAC's first block (the stream's figures) kept, then our comment, then the sound; the encoder's other blocks are dropped.
fn flac(song: &Song, file: &[u8]) -> Vec<u8> {
    const FIGURES: usize = 4 + 4 + 34;
    let mut sound = 4;
    loop {
        let last = file[sound] & 0x80 != 0;
        sound += 4 + u32::from_be_bytes([0, file[sound + 1], file[sound + 2], file[sound + 3]]) as usize;
        if last {
            break;
        }
    }
    let text = |text: &str| [&(text.len() as u32).to_le_bytes(), text.as_bytes()].concat();
    let comments = [
        format!("TITLE={}", song.title),
        format!("ARTIST={}", song.artist),
        format!("ALBUM={}", song.album),
        format!("TRACKNUMBER={}", song.track),
        format!("DATE={}", song.year),
    ];
    let mut block = text("demo");
    block.extend((comments.len() as u32).to_le_bytes());
    block.extend(comments.iter().flat_map(|comment| text(comment)));
    let length = (block.len() as u32).to_be_bytes();
    let mut out = file[..FIGURES].to_vec();
    out[4] &= 0x7f;
    out.extend_from_slice(&[0x84, length[1], length[2], length[3]]);
    out.extend(block);
    out.extend_from_slice(&file[sound..]);
    out
}

/// The film with an element at its end that players skip: MP4's `free` box, Matroska's Void.
pub(super) fn film(cut: Cut, serial: u32) -> Vec<u8> {
    let padding = format!("{serial:08}").repeat(2 + serial as usize % 60).into_bytes();
    let (file, head) = match cut {
        Cut::Hd(n) => (HD[n % 3], void(padding.len())),
        Cut::Web(n) => (WEB[n % 3], void(padding.len())),
        Cut::Hevc(n) => (HEVC[n % 3], free(padding.len())),
        Cut::Small(n) => (SMALL[n % 3], free(padding.len())),
    };
    [file, &head, &padding].concat()
}

fn free(len: usize) -> Vec<u8> {
    [&(len as u32 + 8).to_be_bytes(), b"free".as_slice()].concat()
}

/// Matroska's length here takes two bytes, marked by the first one's second bit.
fn void(len: usize) -> Vec<u8> {
    let [high, low] = (len as u16 | 0x4000).to_be_bytes();
    vec![0xec, high, low]
}
