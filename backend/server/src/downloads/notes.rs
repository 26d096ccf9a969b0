//! What an archive lacks, told in a text at its end.

use super::content::Added;

/// The text's name.
pub const NAME: &str = "NASMan could not read these files.txt";
/// Longer it does not get, in bytes; the rest is counted.
const LONGEST: usize = 1 << 20;

/// One line for each thing that is not in the archive as it was found.
#[derive(Debug, Default)]
pub struct Notes {
    text: String,
    untold: u64,
    lines: u64,
}

impl Notes {
    /// Adds a line.
    pub fn add(&mut self, place: &[u8], cause: &str) {
        self.lines += 1;
        let line = format!("{}: {cause}\n", shown(place));
        if self.text.len() + line.len() > LONGEST {
            self.untold += 1;
        } else {
            self.text.push_str(&line);
        }
    }

    /// Adds a line about an entry that did not go in whole.
    pub fn add_outcome(&mut self, place: &[u8], size: u64, added: &Added) {
        let cause = match added {
            Added::Whole => return,
            Added::Shrunk(read) => {
                format!("became shorter while it was read: {read} of {size} bytes are its own")
            }
            Added::Grew => format!("grew while it was read: the archive has its first {size} bytes"),
            Added::Cut(read, error) => format!(
                "can't be read to its end ({error}): its first {read} of {size} bytes are in the archive, then zeros"
            ),
            Added::LeftOut(error) => format!("can't be read ({error}), and is not in the archive"),
            Added::Unfit => "can't be kept in such an archive; choose .tar.zst".to_owned(),
        };
        self.add(place, &cause);
    }

    /// Lines in all, with those that found no room.
    pub fn count(&self) -> u64 {
        self.lines
    }

    /// The text; absent where there is nothing to tell.
    pub fn text(mut self) -> Option<String> {
        if self.lines == 0 {
            return None;
        }
        if self.untold > 0 {
            self.text.push_str(&format!("and {} more\n", self.untold));
        }
        Some(self.text)
    }
}

/// On one line, whatever bytes the path has.
fn shown(place: &[u8]) -> String {
    let text = String::from_utf8_lossy(place);
    let mut shown = String::with_capacity(text.len());
    for c in text.chars() {
        if c.is_control() { shown.extend(c.escape_default()) } else { shown.push(c) }
    }
    shown
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn one_line_each_and_never_without_end() {
        assert_eq!(Notes::default().text(), None);
        let mut notes = Notes::default();
        notes.add_outcome(b"a", 1, &Added::Whole);
        assert_eq!(notes.count(), 0);
        notes.add(b"a\nb\xff", "gone");
        assert_eq!(notes.text().unwrap(), "a\\nb\u{fffd}: gone\n");
        let mut notes = Notes::default();
        for _ in 0..LONGEST {
            notes.add(b"a", "gone");
        }
        let (count, text) = (notes.count(), notes.text().unwrap());
        assert_eq!(count, LONGEST as u64);
        assert!(text.len() < LONGEST + 100 && text.ends_with("more\n"));
    }
}
