//! Names as a zip can carry them: UTF-8, without `\`, which readers on Windows take for `/`.

use std::{borrow::Cow, fmt::Write as _};

/// Longest name that file systems take, in bytes.
const LONGEST: usize = 255;

/// The path's text, each name as [`of_name`] has it.
pub fn of_path(path: &[u8]) -> String {
    let names: Vec<_> = path.split(|byte| *byte == b'/').map(of_name).collect();
    names.join("/")
}

/// The name where a zip can carry it. Else each byte that it can't is written `%XX`, and `~` and eight digits made from
/// all of its bytes come before the last dot, so that no two names become one: `r%E9sum%E9~1c9f03ab.txt`.
fn of_name(name: &[u8]) -> Cow<'_, str> {
    match std::str::from_utf8(name) {
        Ok(text) if !text.contains('\\') => Cow::Borrowed(text),
        _ => Cow::Owned(rewritten(name)),
    }
}

fn rewritten(name: &[u8]) -> String {
    let mark = format!("~{:08x}", crc32fast::hash(name));
    let dot = name.iter().rposition(|byte| *byte == b'.').filter(|dot| *dot > 0).unwrap_or(name.len());
    let (stem, end) = (readable(&name[..dot]), readable(&name[dot..]));
    let room = LONGEST.saturating_sub(mark.len() + end.len());
    if room == 0 {
        return shortened(&readable(name), LONGEST - mark.len()).to_owned() + &mark;
    }
    format!("{}{mark}{end}", shortened(&stem, room))
}

fn readable(bytes: &[u8]) -> String {
    let mut text = String::with_capacity(bytes.len());
    for chunk in bytes.utf8_chunks() {
        text.push_str(&chunk.valid().replace('\\', "%5C"));
        for byte in chunk.invalid() {
            // Writing to a string can't fail.
            let _ = write!(text, "%{byte:02X}");
        }
    }
    text
}

fn shortened(text: &str, longest: usize) -> &str {
    let mut end = longest.min(text.len());
    while !text.is_char_boundary(end) {
        end -= 1;
    }
    &text[..end]
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_a_zip_can_carry_is_as_it_was() {
        for name in ["a.txt", "Grüße 🗄", "new\nline", "%41&?#=+", "..a", " x ", &"x".repeat(255)] {
            assert_eq!(of_path(format!("folder/{name}").as_bytes()), format!("folder/{name}"));
        }
    }

    #[test]
    fn all_else_is_readable_and_stays_different() {
        let text = |name: &[u8]| of_name(name).into_owned();
        assert_eq!(
            text(b"r\xe9sum\xe9.txt"),
            format!("r%E9sum%E9~{:08x}.txt", crc32fast::hash(b"r\xe9sum\xe9.txt"))
        );
        assert!(text(b"..\\..\\evil").starts_with("..%5C"), "{}", text(b"..\\..\\evil"));
        assert_ne!(text(b"a\xff"), text(b"a\xfe"));
        assert_ne!(text(b"a\xff"), text(b"a%FF"));
        assert!(text(b".\xff").starts_with(".%FF~"));
        let (long, other) = (vec![0xE9; 255], [vec![0xE9; 254], vec![0xE8]].concat());
        assert_ne!(text(&long), text(&other));
        for name in [&long[..], &other, &[b"a.".to_vec(), vec![0xFF; 253]].concat(), &[0xFF, b'.']] {
            assert!((1..=LONGEST).contains(&text(name).len()), "{}", text(name));
        }
    }
}
