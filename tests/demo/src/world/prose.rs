//! Documents that people write: letters, minutes, recipes, journals, mail, tables.

use std::fmt::Write as _;

use fastrand::Rng;

use super::words::{capital, fill, paragraph, scholarly, sentence, several, word};
use crate::content::{Content, Paper};
use crate::plan::dates::format;

pub(crate) fn paper(rng: &mut Rng, title: &str, author: &str, paragraphs: usize) -> Paper {
    Paper { title: title.to_owned(), author: author.to_owned(), body: several(rng, paragraphs, paragraph) }
}

pub(crate) fn note(rng: &mut Rng, title: &str) -> String {
    let count = rng.usize(2..=6);
    format!("# {title}\n\n{}\n", several(rng, count, paragraph).join("\n\n"))
}

pub(crate) fn letter(rng: &mut Rng, to: &str, from: &str, at: i64) -> String {
    let count = rng.usize(2..=4);
    let body = several(rng, count, paragraph).join("\n\n");
    format!("{}\n\nDear {to},\n\n{body}\n\nWith kind regards,\n{from}\n", format(at, "%-d %B %Y"))
}

pub(crate) fn minutes(rng: &mut Rng, of: &str, at: i64) -> String {
    let mut out = format!("# {of}, {}\n\nPresent: ", format(at, "%-d %B %Y"));
    let present = several(rng, 4, |rng| word(rng, "who"));
    out.push_str(&present.join(", "));
    out.push('\n');
    for n in 1..=rng.usize(3..=6) {
        let _ = write!(out, "\n## {n}. {}\n\n{}\n", capital(&word(rng, "topic")), paragraph(rng));
    }
    let _ = write!(out, "\n## To do\n\n- {}\n- {}\n", sentence(rng), sentence(rng));
    out
}

pub(crate) fn recipe(rng: &mut Rng, name: &str) -> String {
    let mut out = format!("# {name}\n\nFor {} people.\n\n", rng.u8(2..=8));
    for _ in 0..rng.usize(4..=8) {
        let _ = writeln!(out, "- {} g {}", u32::from(rng.u8(2..=40)) * 25, word(rng, "food").to_lowercase());
    }
    out.push('\n');
    let steps = [
        "Chop the {food} and leave it in the {food}.",
        "Fry the {food} gently, then add the {food}.",
        "Let it rest until {who} comes home.",
        "Bake for half an hour.",
        "Season with {food} and serve with {food}.",
        "Stir in the {food}.",
    ];
    for n in 1..=rng.usize(3..=5) {
        let step = steps[rng.usize(0..steps.len())];
        let _ = writeln!(out, "{n}. {}", fill(rng, step));
    }
    out
}

pub(crate) fn thesis(rng: &mut Rng) -> String {
    let mut out = "# Sediment and tide: two years at the Skarpsund inlet\n\nAnna Lindqvist\n".to_owned();
    for chapter in ["Introduction", "The inlet", "Measurements"] {
        let _ = write!(out, "\n## {chapter}\n\n{}\n\n{}\n", scholarly(rng), scholarly(rng));
    }
    out
}

/// A message as it lies in a mail folder.
pub(crate) fn mail(rng: &mut Rng, to: &str, at: i64) -> String {
    let from = word(rng, "who");
    let address = from.to_lowercase().replace(' ', ".");
    let subject = match rng.u8(0..4) {
        0 => format!("Re: {}", word(rng, "topic")),
        1 => capital(&word(rng, "topic")),
        2 => fill(rng, "The {adj} {thing}"),
        _ => fill(rng, "{place} {when}?"),
    };
    let count = rng.usize(1..=3);
    format!(
        "Return-Path: <{address}@mail.example>\nDate: {}\nFrom: {from} <{address}@mail.example>\nTo: {to}\nSubject: {subject}\nMessage-ID: <{:016x}@mail.example>\nMIME-Version: 1.0\nContent-Type: text/plain; charset=utf-8\n\n{}\n\n-- \n{from}\n",
        format(at, "%a, %d %b %Y %H:%M:%S +0000"),
        rng.u64(..),
        several(rng, count, paragraph).join("\n\n"),
    )
}

/// A table of spendings or readings with one row a day.
pub(crate) fn table(rng: &mut Rng, from: i64, rows: usize) -> Vec<Vec<String>> {
    let mut out = vec![["Date", "What", "Where", "Amount"].map(str::to_owned).to_vec()];
    for n in 0..rows {
        out.push(vec![
            format(from + n as i64 * 86_400, "%Y-%m-%d"),
            fill(rng, "{adj} {thing}"),
            word(rng, "place"),
            format!("{}.{:02}", rng.u16(2..900), rng.u8(0..100)),
        ]);
    }
    out
}

pub(crate) fn csv(rows: &[Vec<String>]) -> String {
    rows.iter().fold(String::new(), |out, row| out + &row.join(",") + "\n")
}

/// What an evening's work makes of a text: something is added, and sometimes a line is changed.
pub(crate) fn revise(rng: &mut Rng, ending: &str, text: &str, at: i64) -> String {
    let mut lines: Vec<String> = text.lines().map(str::to_owned).collect();
    match ending {
        "csv" => {
            let row =
                format!("{},{{adj}} {{thing}},{{place}},{}.50", format(at, "%Y-%m-%d"), rng.u16(2..900));
            lines.push(fill(rng, &row));
        }
        "md" | "txt" | "tex" => {
            let place = rng.usize(lines.len() / 2..=lines.len());
            lines.splice(place..place, [String::new(), paragraph(rng)]);
        }
        ending => {
            let mark = comment(ending);
            let place = rng.usize(0..=lines.len());
            lines.insert(place, format!("{mark} {}", sentence(rng)));
        }
    }
    lines.join("\n") + "\n"
}

fn comment(ending: &str) -> &'static str {
    match ending {
        "py" | "sh" | "toml" | "yml" | "conf" => "#",
        "srt" => "\n",
        "ini" | "nmea" => ";",
        _ => "//",
    }
}

/// A document of a kind that suits the name's ending.
pub(crate) fn document(rng: &mut Rng, title: &str, ending: &str, author: &str, at: i64) -> Content {
    match ending {
        "pdf" => {
            let length = rng.usize(3..=16);
            Content::Pdf(paper(rng, title, author, length))
        }
        "odt" => Content::Odt(paper(rng, title, author, 5)),
        "ods" => Content::Ods(table(rng, at - 86_400 * 60, 40)),
        "csv" => Content::Text(csv(&table(rng, at - 86_400 * 60, 40))),
        _ => Content::Text(note(rng, title)),
    }
}
