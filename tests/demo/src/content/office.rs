//! Papers: a plain PDF, an OpenDocument text, an OpenDocument spreadsheet.

use std::fmt::Write as _;
use std::io::{Cursor, Write as _};

use anyhow::Result;
use zip::write::SimpleFileOptions;
use zip::{CompressionMethod, ZipWriter};

/// A page or two of writing.
#[derive(Clone, Debug, PartialEq)]
pub struct Paper {
    /// Its heading, and its title in the file's own data.
    pub title: String,
    /// Who wrote it.
    pub author: String,
    /// Paragraphs, without line breaks.
    pub body: Vec<String>,
}

const LINE: usize = 88;
const LINES_A_PAGE: usize = 48;

/// `text` in lines of at most [`LINE`] characters, broken between words.
fn wrap(text: &str) -> Vec<String> {
    let mut lines = vec![String::new()];
    for word in text.split_whitespace() {
        let full = lines
            .last()
            .is_some_and(|line| !line.is_empty() && line.chars().count() + word.chars().count() >= LINE);
        if full {
            lines.push(String::new());
        }
        if let Some(line) = lines.last_mut() {
            if !line.is_empty() {
                line.push(' ');
            }
            line.push_str(word);
        }
    }
    lines
}

/// A PDF string in Latin-1 (what WinAnsi has for these characters); others become `?`.
fn pdf_string(text: &str) -> Vec<u8> {
    let mut out = vec![b'('];
    for c in text.chars() {
        match u8::try_from(c) {
            Ok(byte @ (b'(' | b')' | b'\\')) => out.extend([b'\\', byte]),
            Ok(byte) => out.push(byte),
            Err(_) => out.push(b'?'),
        }
    }
    out.push(b')');
    out
}

fn page(title: Option<&str>, lines: &[String]) -> Vec<u8> {
    let mut out = b"BT\n56 786 Td\n14 TL\n".to_vec();
    let mut show = |size: &str, text: &str| {
        out.extend_from_slice(size.as_bytes());
        out.extend_from_slice(&pdf_string(text));
        out.extend_from_slice(b" Tj T*\n");
    };
    if let Some(title) = title {
        show("/F1 18 Tf ", title);
        show("/F1 10 Tf ", "");
    }
    for line in lines {
        show("/F1 10 Tf ", line);
    }
    out.extend_from_slice(b"ET");
    out
}

pub(super) fn pdf(paper: &Paper) -> Vec<u8> {
    let lines: Vec<String> =
        paper.body.iter().flat_map(|text| wrap(text).into_iter().chain([String::new()])).collect();
    let pages: Vec<Vec<u8>> = lines
        .chunks(LINES_A_PAGE)
        .enumerate()
        .map(|(n, lines)| page((n == 0).then_some(paper.title.as_str()), lines))
        .collect();
    // Objects 1 to 4 are fixed; page n and its text are 5 + 2n and 6 + 2n.
    let kids = (0..pages.len()).fold(String::new(), |kids, n| kids + &format!("{} 0 R ", 5 + 2 * n));
    let mut info = b"<< /Title ".to_vec();
    info.extend(pdf_string(&paper.title));
    info.extend(b" /Author ");
    info.extend(pdf_string(&paper.author));
    info.extend(b" >>");
    let mut objects = vec![
        b"<< /Type /Catalog /Pages 2 0 R >>".to_vec(),
        format!("<< /Type /Pages /Kids [{kids}] /Count {} >>", pages.len()).into_bytes(),
        b"<< /Type /Font /Subtype /Type1 /BaseFont /Helvetica /Encoding /WinAnsiEncoding >>".to_vec(),
        info,
    ];
    for (n, text) in pages.iter().enumerate() {
        objects.push(
            format!(
                "<< /Type /Page /Parent 2 0 R /MediaBox [0 0 595 842] /Contents {} 0 R /Resources << /Font << /F1 3 0 R >> >> >>",
                6 + 2 * n
            )
            .into_bytes(),
        );
        let mut stream = format!("<< /Length {} >>\nstream\n", text.len()).into_bytes();
        stream.extend_from_slice(text);
        stream.extend_from_slice(b"\nendstream");
        objects.push(stream);
    }
    assemble(&objects)
}

/// Joins numbered objects to a file with its table of offsets.
fn assemble(objects: &[Vec<u8>]) -> Vec<u8> {
    let mut out = b"%PDF-1.4\n%\xe2\xe3\xcf\xd3\n".to_vec();
    let mut table = format!("xref\n0 {}\n0000000000 65535 f \n", objects.len() + 1);
    for (n, object) in objects.iter().enumerate() {
        let _ = writeln!(table, "{:010} 00000 n ", out.len());
        out.extend(format!("{} 0 obj\n", n + 1).into_bytes());
        out.extend_from_slice(object);
        out.extend_from_slice(b"\nendobj\n");
    }
    let start = out.len();
    out.extend(table.into_bytes());
    let trailer = format!(
        "trailer\n<< /Size {} /Root 1 0 R /Info 4 0 R >>\nstartxref\n{start}\n%%EOF\n",
        objects.len() + 1
    );
    out.extend(trailer.into_bytes());
    out
}

fn escape(text: &str) -> String {
    text.replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;")
}

const NAMESPACES: &str = "xmlns:office=\"urn:oasis:names:tc:opendocument:xmlns:office:1.0\" \
    xmlns:text=\"urn:oasis:names:tc:opendocument:xmlns:text:1.0\" \
    xmlns:table=\"urn:oasis:names:tc:opendocument:xmlns:table:1.0\" \
    xmlns:meta=\"urn:oasis:names:tc:opendocument:xmlns:meta:1.0\" \
    xmlns:dc=\"http://purl.org/dc/elements/1.1/\" office:version=\"1.2\"";

/// An OpenDocument package: the type first and plain, as its standard asks, so that `file` knows it.
fn package(kind: &str, body: &str, title: &str, author: &str) -> Result<Vec<u8>> {
    let mime = format!("application/vnd.oasis.opendocument.{kind}");
    let manifest = format!(
        "<?xml version=\"1.0\" encoding=\"UTF-8\"?><manifest:manifest \
         xmlns:manifest=\"urn:oasis:names:tc:opendocument:xmlns:manifest:1.0\" manifest:version=\"1.2\">\
         <manifest:file-entry manifest:full-path=\"/\" manifest:media-type=\"{mime}\"/>\
         <manifest:file-entry manifest:full-path=\"content.xml\" manifest:media-type=\"text/xml\"/>\
         <manifest:file-entry manifest:full-path=\"meta.xml\" manifest:media-type=\"text/xml\"/></manifest:manifest>"
    );
    let meta = format!(
        "<?xml version=\"1.0\" encoding=\"UTF-8\"?><office:document-meta {NAMESPACES}><office:meta><dc:title>{}</dc:title>\
         <meta:initial-creator>{}</meta:initial-creator></office:meta></office:document-meta>",
        escape(title),
        escape(author)
    );
    let content = format!(
        "<?xml version=\"1.0\" encoding=\"UTF-8\"?><office:document-content {NAMESPACES}><office:body>{body}</office:body></office:document-content>"
    );
    let mut zip = ZipWriter::new(Cursor::new(Vec::new()));
    let plain = SimpleFileOptions::default().compression_method(CompressionMethod::Stored);
    for (name, text) in [
        ("mimetype", &mime),
        ("content.xml", &content),
        ("meta.xml", &meta),
        ("META-INF/manifest.xml", &manifest),
    ] {
        zip.start_file(name, plain)?;
        zip.write_all(text.as_bytes())?;
    }
    Ok(zip.finish()?.into_inner())
}

pub(super) fn odt(paper: &Paper) -> Result<Vec<u8>> {
    let mut body = format!("<office:text><text:h text:outline-level=\"1\">{}</text:h>", escape(&paper.title));
    for text in &paper.body {
        let _ = write!(body, "<text:p>{}</text:p>", escape(text));
    }
    body.push_str("</office:text>");
    package("text", &body, &paper.title, &paper.author)
}

pub(super) fn ods(rows: &[Vec<String>]) -> Result<Vec<u8>> {
    let mut body = "<office:spreadsheet><table:table table:name=\"Sheet1\">".to_owned();
    for row in rows {
        body.push_str("<table:table-row>");
        for cell in row {
            let kind = if cell.parse::<f64>().is_ok() {
                format!("float\" office:value=\"{cell}")
            } else {
                "string".to_owned()
            };
            let _ = write!(
                body,
                "<table:table-cell office:value-type=\"{kind}\"><text:p>{}</text:p></table:table-cell>",
                escape(cell)
            );
        }
        body.push_str("</table:table-row>");
    }
    body.push_str("</table:table></office:spreadsheet>");
    package("spreadsheet", &body, "", "")
}
