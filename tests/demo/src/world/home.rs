//! Two homes: documents, mail, settings; and a drawer of names that are hard to handle.

use std::ffi::OsString;
use std::os::unix::ffi::OsStringExt;
use std::path::PathBuf;

use fastrand::Rng;

use super::words::{capital, fill, word};
use super::{Shelf, prose};
use crate::content::Content;
use crate::plan::dates::{DAY, format};
use crate::plan::{ANNA, File, JONAS, Node, Owner};

pub(super) fn furnish(rng: &mut Rng, shelf: &mut Shelf) {
    person(rng, shelf, "anna", "Anna Lindqvist", ANNA);
    person(rng, shelf, "jonas", "Jonas Falk", JONAS);
    for month in 0..16 {
        let at = shelf.now - DAY * 30 * (month + 1);
        let name = format!("anna/Documents/Sailing club/Minutes {}.md", format(at, "%Y-%m"));
        let text = prose::minutes(rng, "Sailing club", at);
        shelf.file(name, Content::Text(text), ANNA, at);
    }
    for dish in [
        "Leek pie",
        "Barley soup",
        "Plum crumble",
        "Fish chowder",
        "Rye bread",
        "Cardamom buns",
        "Potato pancakes",
        "Honey mustard",
        "Dill cucumbers",
        "Juniper stew",
    ] {
        let text = prose::recipe(rng, dish);
        let at = shelf.past(rng, 1500);
        shelf.file(format!("anna/Documents/Recipes/{dish}.md"), Content::Text(text), ANNA, at);
    }
    odd_names(shelf);
}

const FOLDERS: [(&str, usize); 9] = [
    ("Documents", 14),
    ("Documents/Letters", 40),
    ("Documents/Contracts", 22),
    ("Documents/Insurance", 18),
    ("Documents/Household", 34),
    ("Documents/Work/Reports", 36),
    ("Documents/Work/Meetings", 40),
    ("Documents/Travel", 26),
    ("Notes", 60),
];

fn person(rng: &mut Rng, shelf: &mut Shelf, home: &str, name: &str, owner: Owner) {
    for (folder, count) in FOLDERS {
        for _ in 0..count {
            let at = shelf.past(rng, 1400);
            let (file, content) = paper(rng, folder, name, at);
            shelf.file(format!("{home}/{folder}/{file}"), content, owner, at);
        }
    }
    for (folder, count) in [("INBOX", 150), ("Sent", 70), ("Archive", 130)] {
        for _ in 0..count {
            let at = shelf.past(rng, if folder == "Archive" { 900 } else { 90 });
            let text = prose::mail(rng, &format!("{home}@mail.example"), at);
            let file = mail_name(rng, at);
            shelf.put(format!("{home}/Mail/{folder}/cur/{file}"), private(Content::Text(text), owner, at));
        }
    }
    for year in 2021..=2026 {
        for month in (1..=12).step_by(2) {
            let at = crate::plan::dates::on(year, month, 28);
            if at < shelf.now {
                let rows = prose::table(rng, at - 27 * DAY, 27);
                let content = if month == 11 { Content::Ods(rows) } else { Content::Text(prose::csv(&rows)) };
                let ending = if month == 11 { "ods" } else { "csv" };
                shelf.file(
                    format!("{home}/Documents/Household/Accounts {year}/{month:02}.{ending}"),
                    content,
                    owner,
                    at,
                );
            }
        }
    }
    let settings = [
        (".config/editor/settings.ini", "[editor]\nfont=Plain Mono 11\nwrap=true\n"),
        (".config/mailer/accounts.conf", "# one account\nname = home\nfolder = ~/Mail\n"),
        (".shellrc", "# aliases\nalias ll='ls -l'\nalias tides='python3 ~/bin/tides.py'\n"),
        (
            "bin/tides.sh",
            "#!/bin/sh\n# prints today's high water\ngrep \"$(date +%F)\" ~/Documents/tides.csv\n",
        ),
    ];
    for (path, text) in settings {
        let at = shelf.past(rng, 700);
        shelf.file(format!("{home}/{path}"), Content::Text(text.to_owned()), owner, at);
    }
}

fn private(content: Content, owner: Owner, at: i64) -> Node {
    Node::File(File { mode: 0o600, ..File::new(content, owner, at) })
}

/// A name as mail programs give them in a maildir.
pub(crate) fn mail_name(rng: &mut Rng, at: i64) -> String {
    format!("{at}.M{}P{}.harbour:2,S", rng.u32(100_000..999_999), rng.u16(300..9000))
}

/// A document's name and content, of the sort that lies in `folder`.
pub(crate) fn paper(rng: &mut Rng, folder: &str, author: &str, at: i64) -> (String, Content) {
    let day = format(at, "%Y-%m-%d");
    let (title, endings): (String, &[&str]) = match folder.rsplit('/').next().unwrap_or_default() {
        "Letters" => {
            let to = word(rng, "who");
            return (format!("{day} to {to}.txt"), Content::Text(prose::letter(rng, &to, author, at)));
        }
        "Meetings" => {
            let of = capital(&word(rng, "topic"));
            return (format!("{day} {of}.md"), Content::Text(prose::minutes(rng, &of, at)));
        }
        "Contracts" => (fill(rng, "Contract with {who}, {thing}"), &["pdf", "odt"]),
        "Insurance" => (fill(rng, "Policy, {adj} {thing}"), &["pdf"]),
        "Reports" => {
            (format!("Report {} {}", format(at, "%Y-%m"), word(rng, "thing")), &["odt", "pdf", "md"])
        }
        "Travel" => (fill(rng, "Trip to {place} with {who}"), &["md", "odt", "csv"]),
        "Household" => (fill(rng, "{adj} {thing}"), &["ods", "csv", "md", "pdf"]),
        "Notes" => (fill(rng, "{thing} and {thing}"), &["md", "txt"]),
        _ => (fill(rng, "About {topic}"), &["odt", "md", "pdf"]),
    };
    let ending = endings[rng.usize(0..endings.len())];
    (format!("{title} {:02}.{ending}", rng.u8(1..99)), prose::document(rng, &title, ending, author, at))
}

/// Names that a careless program trips over. Each is explained in the README.
fn odd_names(shelf: &mut Shelf) {
    let at = shelf.now - 200 * DAY;
    let long =
        format!("{}.txt", "a-name-as-long-as-a-name-may-be-".repeat(8).chars().take(251).collect::<String>());
    let names: [&[u8]; 19] = [
        b"tab\there.txt",
        b"line\nbreak.txt",
        b"back\\slash.txt",
        b"latin1-caf\xe9.txt",
        b"not-utf8-\xff\xfe\x80.bin",
        b" leading and trailing space ",
        b"-rf",
        b"\"quoted\" 'twice' `thrice`.txt",
        b"percent%20and%2Fslash.txt",
        b"question?hash#amp&plus+.txt",
        b"<img src=x onerror=alert(1)>.html",
        b"...",
        b".hidden",
        b"CON.txt",
        b"trailing dot.",
        "composed-\u{e9}.txt".as_bytes(),
        "composed-e\u{301}.txt".as_bytes(),
        "Schöne Grüße 🛶 日本語.txt".as_bytes(),
        long.as_bytes(),
    ];
    for name in names {
        let text = format!("This file is called {}.\n", name.escape_ascii());
        shelf.file(odd(name), Content::Text(text), ANNA, at);
    }
    let deep = (1..=30).fold(PathBuf::from("odd-names/deep"), |path, n| path.join(format!("level {n}")));
    shelf.file(deep.join("bottom.txt"), Content::Text("As deep as it gets.\n".into()), ANNA, at);
    shelf.file("odd-names/empty.txt", Content::Text(String::new()), ANNA, at);
    shelf.file("odd-names/sparse.img", Content::Sparse { len: 64 << 20 }, JONAS, at);
    let secret = File { mode: 0o000, ..File::new(Content::Text("Nobody may read this.\n".into()), ANNA, at) };
    shelf.put("odd-names/no permission.txt", Node::File(secret));
    let tagged = File {
        xattrs: vec![("user.comment", "from the old laptop"), ("user.xdg.tags", "keep,paper")],
        shared_with: Some(JONAS),
        ..File::new(Content::Text("Two extended attributes and an ACL.\n".into()), ANNA, at)
    };
    shelf.put("odd-names/attributes and ACL.txt", Node::File(tagged));
    shelf.put("odd-names/empty folder", Node::Dir);
    shelf.put("odd-names/pipe", Node::Fifo);
    shelf.put("odd-names/hard link to empty.txt", Node::HardLink("odd-names/empty.txt".into()));
    shelf.put("odd-names/link", Node::Symlink("../anna/Documents".into()));
    shelf.put("odd-names/link to nowhere", Node::Symlink("nowhere".into()));
    shelf.put("odd-names/link outside", Node::Symlink("../../../../etc/passwd".into()));
}

fn odd(name: &[u8]) -> PathBuf {
    PathBuf::from("odd-names").join(OsString::from_vec(name.to_vec()))
}
