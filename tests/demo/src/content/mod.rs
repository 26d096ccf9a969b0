//! What is in a file, said briefly in the plan and turned into bytes only when the file is written.

mod media;
mod office;
mod picture;
mod scene;

use std::collections::HashMap;

pub use media::{Cut, Song, SongFormat};
pub use office::Paper;
pub use picture::Shot;

/// The content of one file. Equal values give equal bytes.
#[derive(Clone, Debug, PartialEq)]
pub enum Content {
    /// Text written by the plan; the only kind that later days edit piece by piece.
    Text(String),
    /// A photograph: a landscape, with the camera's notes in its EXIF block.
    Photo(Shot),
    /// A small upright (poster) or square (cover) landscape.
    Art {
        /// Which landscape.
        scene: u32,
        /// Pixels across.
        width: u16,
        /// Pixels down.
        height: u16,
    },
    /// A PNG of a chart, as a screenshot would look.
    Chart {
        /// Gives the bars their heights.
        seed: u64,
    },
    /// A one-font PDF.
    Pdf(Paper),
    /// An OpenDocument text.
    Odt(Paper),
    /// An OpenDocument spreadsheet, row by row.
    Ods(Vec<Vec<String>>),
    /// A tagged piece of music, three seconds long.
    Song(Song),
    /// A film, three seconds long, whose bytes are its own.
    Film {
        /// Which film, encoded how.
        cut: Cut,
        /// Any number, different for each file.
        serial: u32,
    },
    /// Nothing but a hole, with one written block in its middle.
    Sparse {
        /// Bytes it seems to have.
        len: u64,
    },
    /// Bytes without sense, as a failing program leaves them.
    Garbage {
        /// Gives the bytes.
        seed: u64,
        /// How many.
        len: usize,
    },
}

impl Content {
    /// True for kinds that a text editor would open.
    #[must_use]
    pub fn is_text(&self) -> bool {
        matches!(self, Self::Text(_))
    }
}

/// Turns contents into bytes, and keeps what is costly to make and used more than once.
#[derive(Default)]
pub struct Studio {
    landscapes: HashMap<(u32, u16, u16), Vec<u8>>,
}

impl Studio {
    /// The bytes of `content`; of a sparse file only the block in its middle.
    ///
    /// # Errors
    /// When an encoder refuses its input, which would be a fault of the plan.
    pub fn bytes(&mut self, content: &Content) -> anyhow::Result<Vec<u8>> {
        Ok(match content {
            Content::Text(text) => text.clone().into_bytes(),
            Content::Photo(shot) => {
                picture::with_exif(self.landscape(shot.scene, picture::WIDTH, picture::HEIGHT)?, shot)?
            }
            Content::Art { scene, width, height } => self.landscape(*scene, *width, *height)?.to_vec(),
            Content::Chart { seed } => picture::chart(*seed)?,
            Content::Pdf(paper) => office::pdf(paper),
            Content::Odt(paper) => office::odt(paper)?,
            Content::Ods(rows) => office::ods(rows)?,
            Content::Song(song) => media::song(song),
            Content::Film { cut, serial } => media::film(*cut, *serial),
            Content::Sparse { .. } => b"the only block of this file that is not a hole\n".to_vec(),
            Content::Garbage { seed, len } => garbage(*seed, *len),
        })
    }

    fn landscape(&mut self, scene: u32, width: u16, height: u16) -> anyhow::Result<&[u8]> {
        use std::collections::hash_map::Entry;
        Ok(match self.landscapes.entry((scene, width, height)) {
            Entry::Occupied(known) => known.into_mut(),
            Entry::Vacant(empty) => empty.insert(picture::landscape(scene, width, height)?),
        })
    }
}

fn garbage(seed: u64, len: usize) -> Vec<u8> {
    let mut bytes = vec![0; len];
    fastrand::Rng::with_seed(seed).fill(&mut bytes);
    bytes
}
