//! What happens in every demo, whatever the seed and the day: tests, the README and screenshots rely on these names.
//! `README.md` beside this crate tells each one's story.

use std::path::Path;

use crate::content::{Content, Paper};
use crate::plan::dates::{DAY, HOUR};
use crate::plan::{ANNA, Action, Builder, File, JONAS, Node, Op, Owner, Save};
use crate::world::{prose, words};

/// In `home`: there from the first day, edited twice, deleted this morning.
pub const TAX_RETURN: &str = "anna/Documents/Tax return 2025.pdf";
/// In `home`: edited on most days; never deleted.
pub const THESIS: &str = "anna/Documents/Thesis.md";
/// In `photos`: a folder of 24 pictures, deleted five days ago in the evening.
pub const SAILING_TRIP: &str = "2026/Sailing trip";
/// In `home`: renamed eight days ago, content unchanged.
pub const RENAMED: (&str, &str) =
    ("jonas/Documents/Budget draft.csv", "jonas/Documents/Boat budget 2026.csv");
/// In `projects`: moved to another folder three days ago.
pub const MOVED: (&str, &str) = ("tidewatch/notes.md", "tidewatch/docs/Design notes.md");
/// In `home`: overwritten with garbage yesterday afternoon.
pub const OVERWRITTEN: &str = "anna/Documents/Recipe book.odt";
/// In `home`: deleted seven days ago, created anew five days ago.
pub const REBORN: &str = "jonas/todo.txt";
/// In `projects`: a whole source tree, deleted ten days ago.
pub const OLD_WEBSITE: &str = "old-website";
/// In `home`: created the day before yesterday.
pub const NEW: &str = "anna/Documents/Flat hunt.md";
/// In `home`: never touched; for search by `grusse`, and by camel case.
pub const UMLAUTS: &str = "anna/Documents/Letters/Grüße vom Deich.txt";
/// In `home`: see [`UMLAUTS`].
pub const CAMEL_CASE: &str = "jonas/Documents/BootsVersicherung2024.pdf";
/// In `home`: has extended attributes and an ACL for user 1001; edited six days ago.
pub const SHARED: &str = "anna/Documents/Sailing club accounts.csv";
/// In `home`: a name with a newline, deleted yesterday at noon.
pub const ODD_GONE: &str = "odd-names/gone\nyesterday.txt";
/// In `photos`: copies, byte for byte, of pictures in [`ORIGINALS`].
pub const COPIES: &str = "Unsorted/phone backup";
/// In `photos`: see [`COPIES`].
pub const ORIGINALS: &str = "2025/Island hopping";
/// In `films`: an original and its transcode in one folder.
pub const FILM: &str = "Films/The Quiet Harbour (2019)";

/// Snapshots by hand: dataset, name, days ago, hour of the day.
pub const BY_HAND: [(&str, &str, u16, i64); 3] = [
    ("home", "thesis-first-draft", 12, 18),
    ("home", "before-upgrade", 6, 10),
    ("photos", "before-cleanup", 5, 17),
];
/// The tag of the hold on `home@before-upgrade`.
pub const HOLD: &str = "keep";

const LEFT_ALONE: [(&str, &[&str]); 4] = [
    (
        "home",
        &[
            TAX_RETURN,
            THESIS,
            RENAMED.0,
            RENAMED.1,
            OVERWRITTEN,
            REBORN,
            NEW,
            UMLAUTS,
            CAMEL_CASE,
            SHARED,
            "odd-names",
        ],
    ),
    ("photos", &[SAILING_TRIP, COPIES, ORIGINALS]),
    ("projects", &[MOVED.0, MOVED.1, OLD_WEBSITE]),
    ("films", &[FILM]),
];

/// True when everyday life must leave the path alone: a landmark, something in one, or a directory above one.
#[must_use]
pub fn is_landmark(dataset: &str, path: &Path) -> bool {
    LEFT_ALONE.iter().filter(|(name, _)| *name == dataset).any(|(_, paths)| {
        paths.iter().any(|mark| path.starts_with(mark) || Path::new(mark).starts_with(path))
    })
}

fn write(path: &str, content: Content, owner: Owner, mtime: i64) -> Op {
    Op::Put(path.into(), Node::File(File::new(content, owner, mtime)), Save::Replace)
}

fn tax_return(edition: usize) -> Content {
    let mut body = vec![
        "Income from employment: 41,370. Travel to work, 212 days at 18 kilometres: 1,144.".to_owned(),
        "Study room, share of rent: 1,260. Professional books: 214. Sailing club: not deductible.".to_owned(),
    ];
    let later = [
        "Corrected: gifts to the lifeboat society, 120.",
        "Second correction: bank interest, 38; church tax, none.",
    ];
    body.extend(later.iter().take(edition).map(|&line| line.to_owned()));
    Content::Pdf(Paper { title: "Tax return 2025".into(), author: "Anna Lindqvist".into(), body })
}

/// Tells the landmarks' stories.
pub(crate) fn tell(builder: &mut Builder) {
    let days = builder.settings.days;
    let ago = |builder: &Builder, days_ago: u16, hour: i64, minute: i64| {
        builder.day(days - days_ago) + hour * HOUR + minute * 60
    };
    first_day(builder);
    thesis(builder);

    for (edition, day) in [(1, 4), (2, 11)] {
        let at = builder.day(day) + 20 * HOUR + 14 * 60;
        builder.change(at, "home", vec![write(TAX_RETURN, tax_return(edition), ANNA, at)]);
    }
    let morning = builder.this_morning();
    builder.change(morning, "home", vec![Op::Remove(TAX_RETURN.into())]);

    let at = ago(builder, 10, 21, 5);
    builder.change(at, "projects", vec![Op::Remove(OLD_WEBSITE.into())]);
    let at = ago(builder, 8, 19, 40);
    builder.change(at, "home", vec![Op::Rename(RENAMED.0.into(), RENAMED.1.into())]);
    let at = ago(builder, 7, 9, 10);
    builder.change(at, "home", vec![Op::Remove(REBORN.into())]);
    let at = ago(builder, 6, 12, 20);
    let more = "2026-09-01,Anna,new mainsheet,-84.00\n";
    builder.change(at, "home", vec![shared(at, more)]);
    let at = ago(builder, 5, 9, 10);
    builder.change(at, "home", vec![write(REBORN, Content::Text("- find the old list\n".into()), JONAS, at)]);
    let at = ago(builder, 5, 19, 20);
    builder.change(at, "photos", vec![Op::Remove(SAILING_TRIP.into())]);
    let at = ago(builder, 3, 16, 45);
    builder.change(at, "projects", vec![Op::Rename(MOVED.0.into(), MOVED.1.into())]);
    let at = ago(builder, 2, 17, 30);
    let hunt = prose::note(&mut builder.rng, "Flat hunt");
    builder.change(at, "home", vec![write(NEW, Content::Text(hunt), ANNA, at)]);
    let at = ago(builder, 1, 12, 3);
    builder.change(at, "home", vec![Op::Remove(ODD_GONE.into())]);
    let at = ago(builder, 1, 14, 31);
    let file = File::new(Content::Garbage { seed: 9, len: 6000 }, ANNA, at);
    builder.change(at, "home", vec![Op::Put(OVERWRITTEN.into(), Node::File(file), Save::InPlace)]);

    for (dataset, name, days_ago, hour) in BY_HAND {
        let at = ago(builder, days_ago, hour, 30);
        builder.step(at, Action::Snapshot(Some(dataset), name.to_owned()));
        if name == "before-upgrade" {
            builder.step(at, Action::Hold(dataset, name.to_owned(), HOLD));
        }
    }
}

fn shared(mtime: i64, more: &str) -> Op {
    let text = format!(
        "Date,Who,What,Amount\n2026-04-02,Jonas,mooring,-310.00\n2026-05-11,Anna,membership,45.00\n{more}"
    );
    let file = File {
        xattrs: vec![("user.comment", "kept by Anna and Jonas"), ("user.xdg.tags", "club,money")],
        shared_with: Some(JONAS),
        mode: 0o660,
        ..File::new(Content::Text(text), ANNA, mtime)
    };
    Op::Put(SHARED.into(), Node::File(file), Save::InPlace)
}

fn first_day(builder: &mut Builder) {
    let at = builder.start();
    let rng = &mut builder.rng;
    let recipes = prose::paper(rng, "Recipe book", "Anna Lindqvist", 14);
    let policy = prose::paper(rng, "Boots-Versicherung 2024", "Jonas Falk", 6);
    let budget = prose::csv(&prose::table(rng, at - 90 * DAY, 60));
    let notes = prose::note(rng, "Design notes");
    let old = |days: i64| at - days * DAY - 3210;
    let home = vec![
        write(TAX_RETURN, tax_return(0), ANNA, old(40)),
        write(OVERWRITTEN, Content::Odt(recipes), ANNA, old(310)),
        write(RENAMED.0, Content::Text(budget), JONAS, old(25)),
        write(
            REBORN,
            Content::Text("- antifouling\n- call the insurance\n- find the spare key\n".into()),
            JONAS,
            old(3),
        ),
        write(
            UMLAUTS,
            Content::Text("Liebe Anna,\n\nviele Grüße vom Deich! Das Wetter hält.\n\nDeine Lise\n".into()),
            ANNA,
            old(88),
        ),
        write(CAMEL_CASE, Content::Pdf(policy), JONAS, old(600)),
        shared(old(30), ""),
        write(ODD_GONE, Content::Text("Gone, but not lost.\n".into()), ANNA, old(12)),
    ];
    builder.change(at, "home", home);
    builder.change(at, "projects", vec![write(MOVED.0, Content::Text(notes), JONAS, old(50))]);
}

/// A version for each day but every seventh.
fn thesis(builder: &mut Builder) {
    let mut text = prose::thesis(&mut builder.rng);
    let start = builder.start();
    builder.change(start, "home", vec![write(THESIS, Content::Text(text.clone()), ANNA, start - DAY)]);
    for day in (0..builder.settings.days).filter(|day| day % 7 != 5) {
        let at = builder.day(day) + 15 * HOUR + i64::from(day) * 97;
        text += &format!("\n{}\n", words::scholarly(&mut builder.rng));
        builder.change(at, "home", vec![write(THESIS, Content::Text(text.clone()), ANNA, at)]);
    }
}
