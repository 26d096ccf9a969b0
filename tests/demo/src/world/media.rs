//! Photographs, music, films. Every title, name and band is invented.

use fastrand::Rng;

use super::Shelf;
use super::words::fill;
use crate::content::{Content, Cut, Shot, Song, SongFormat};
use crate::plan::dates::{DAY, format, on};
use crate::plan::{ANNA, JONAS};

/// Year, month, name, number of pictures, where (north, east).
type Album = (i16, i8, &'static str, usize, Option<(f64, f64)>);

const ALBUMS: [Album; 18] = [
    (2019, 6, "Midsummer at Lindby", 22, Some((57.71, 11.65))),
    (2019, 10, "Autumn storm", 12, None),
    (2020, 3, "Grandmother's house", 18, Some((55.42, 9.71))),
    (2020, 8, "Canoe week", 26, Some((59.02, 14.11))),
    (2021, 5, "Garden before and after", 16, None),
    (2021, 7, "Kattvik", 24, Some((56.44, 12.63))),
    (2022, 2, "Frozen harbour", 20, Some((54.79, 9.43))),
    (2022, 9, "Marta's wedding", 34, Some((54.31, 10.13))),
    (2023, 4, "New roof", 14, None),
    (2023, 7, "Lighthouse walk", 26, Some((54.60, 11.23))),
    (2024, 5, "Boat show", 18, None),
    (2024, 8, "Skarpsund survey", 30, Some((58.90, 11.02))),
    (2025, 1, "Winter light", 20, None),
    (2025, 6, "Henrik's visit", 22, None),
    (2025, 8, "Island hopping", 32, Some((55.06, 10.61))),
    (2026, 2, "Ice on the Elv", 14, None),
    (2026, 5, "First warm day", 16, None),
    (2026, 7, "Sailing trip", 24, Some((54.92, 9.78))),
];

const CAMERAS: [(&str, &str); 3] = [("Halden", "H20"), ("Halden", "H7 Compact"), ("Lumora", "P3")];

fn landscapes(rng: &mut Rng, shelf: &mut Shelf) {
    for (n, (year, month, name, count, place)) in ALBUMS.into_iter().enumerate() {
        let first = on(year, month, rng.i8(1..=20)) + rng.i64(7..12) * 3600;
        let number = rng.u32(1000..8000);
        for k in 0..count {
            let at = first + k as i64 * 1900;
            // Pictures of a place look alike, as they do in life.
            let shot = shot(rng, (n * 3 + k / 9) as u32, at, n, name, place);
            let copy = (name == "Island hopping" && k < 14).then(|| shot.clone());
            let file = format!("IMG_{:04}.jpg", number as usize + k);
            if let Some(copy) = copy {
                shelf.file(
                    format!("Unsorted/phone backup/{file}"),
                    Content::Photo(copy),
                    ANNA,
                    at + 40 * DAY,
                );
            }
            shelf.file(format!("{year}/{name}/{file}"), Content::Photo(shot), ANNA, at);
        }
    }
}

/// One photograph of `scene`; `camera` is any number.
pub(crate) fn shot(
    rng: &mut Rng,
    scene: u32,
    at: i64,
    camera: usize,
    caption: &str,
    place: Option<(f64, f64)>,
) -> Shot {
    Shot {
        scene,
        taken: format(at, "%Y:%m:%d %H:%M:%S"),
        camera: CAMERAS[camera % CAMERAS.len()],
        iso: 50 << rng.u16(1..6),
        place: place.map(|(north, east)| (north + rng.f64() * 0.02, east + rng.f64() * 0.02)),
        caption: if rng.u8(0..3) == 0 {
            fill(rng, &format!("{caption}: {{who}}, {{place}}"))
        } else {
            caption.to_owned()
        },
    }
}

pub(super) fn photos(rng: &mut Rng, shelf: &mut Shelf) {
    landscapes(rng, shelf);
    for n in 0..24 {
        let at = shelf.past(rng, 500);
        let name = format!("Screenshots/Screenshot {}.png", format(at, "%Y-%m-%d %H-%M-%S"));
        shelf.file(name, Content::Chart { seed: rng.u64(..) + n }, JONAS, at);
    }
    for year in 2019..=2026 {
        let at = on(year, 12, 30).min(shelf.now - DAY);
        let text = format!("{year}\n\n{}\n", super::words::paragraph(rng));
        shelf.file(format!("{year}/about this year.txt"), Content::Text(text), ANNA, at);
    }
}

const BANDS: [(&str, &[&str]); 9] = [
    ("The Ebb Tables", &["Slack Water", "Neap", "Two Fathoms"]),
    ("Karin Holt Quartet", &["Brass in the Rain", "Late Ferry"]),
    ("Paper Lighthouse", &["Foldings", "Signals for Nobody"]),
    ("Ostwind Kapelle", &["Lieder vom Deich", "Übers Meer", "Nordlicht"]),
    ("Grey Heron", &["Stilts", "Reedbed Sessions"]),
    ("Motor & Moth", &["Lampblack", "Idle"]),
    ("Sofía Marín", &["Canción de sal", "Mañana, tal vez"]),
    ("Lindby Wind Orchestra", &["Live at the Boatyard"]),
    ("Null Pointer Jug Band", &["Undefined Behaviour", "Off by One"]),
];
const SONG_WORDS: [&str; 24] = [
    "Harbour", "Lantern", "Slow", "Winter", "Copper", "Morning", "Letter", "Salt", "River", "Window",
    "Garden", "Static", "Blue", "Ferry", "Hollow", "Northern", "Paper", "Glass", "Summer", "Echo", "Stone",
    "Hundred", "Little", "Evening",
];

/// The name and content of track number `track`.
pub(crate) fn track(
    rng: &mut Rng,
    artist: &str,
    album: &str,
    track: u8,
    format: SongFormat,
    year: u16,
) -> (String, Content) {
    let mut word = || SONG_WORDS[rng.usize(0..SONG_WORDS.len())];
    let title = format!("{} {}", word(), word());
    let song = Song {
        format,
        tune: usize::from(track),
        title: title.clone(),
        artist: artist.to_owned(),
        album: album.to_owned(),
        track,
        year,
    };
    (format!("{track:02} {title}.{}", format.ending()), Content::Song(song))
}

pub(super) fn music(rng: &mut Rng, shelf: &mut Shelf) {
    for (n, (artist, albums)) in BANDS.into_iter().enumerate() {
        for (k, album) in albums.iter().enumerate() {
            let year = rng.u16(1998..2026);
            let bought = shelf.past(rng, 1400);
            let format = [SongFormat::Flac, SongFormat::Mp3, SongFormat::Mp3, SongFormat::Ogg][(n + k) % 4];
            let folder = format!("{artist}/{album} ({year})");
            let tracks = rng.u8(8..=13);
            let mut list = "#EXTM3U\n".to_owned();
            for number in 1..=tracks {
                let (name, content) = track(rng, artist, album, number, format, year);
                list += &format!("{name}\n");
                shelf.file(format!("{folder}/{name}"), content, JONAS, bought + i64::from(number));
            }
            let cover = Content::Art { scene: (n * 8 + k) as u32, width: 240, height: 240 };
            shelf.file(format!("{folder}/cover.jpg"), cover, JONAS, bought);
            shelf.file(format!("{folder}/{album}.m3u"), Content::Text(list), JONAS, bought + 60);
        }
    }
}

/// Titles and years. The first is the README's example of an original beside its transcode.
const FILMS: [(&str, u16); 22] = [
    ("The Quiet Harbour", 2019),
    ("Seven Winters", 2004),
    ("The Cartographer's Niece", 2021),
    ("Ash and Clover", 1998),
    ("Night Bus to Ulmen", 2012),
    ("The Second Anchor", 2017),
    ("Das Salzhaus", 2009),
    ("A Minor Key", 1987),
    ("Lighthouse Zero", 2023),
    ("The Beekeeper's Ledger", 2015),
    ("Paper Rivers", 2001),
    ("Low Tide", 2011),
    ("La Última Estación", 1994),
    ("Counting Herons", 2020),
    ("The Understudy's Coat", 1976),
    ("Static", 2018),
    ("Three Days in Lindby", 2013),
    ("The Long Ferry", 1969),
    ("Copper Moon", 2022),
    ("Whose Garden", 2006),
    ("The Glass Orchard", 2016),
    ("Not Before Noon", 1999),
];
const SHOWS: [(&str, u8, u8); 2] = [("Harbour Police", 3, 8), ("The Allotment", 2, 6)];

/// The name that a collector would give to one cut of a film.
pub(crate) fn film_name(title: &str, year: u16, cut: Cut) -> String {
    let marks = match cut {
        Cut::Hd(_) => "1080p x264",
        Cut::Hevc(_) => "720p HEVC",
        Cut::Small(_) => "480p x264",
        Cut::Web(_) => "720p VP9",
    };
    format!("{title} ({year}) {marks}.{}", cut.ending())
}

fn subtitles(rng: &mut Rng) -> String {
    (1..=12).fold(String::new(), |out, n| {
        let line = super::words::sentence(rng);
        out + &format!("{n}\n00:00:0{},{}00 --> 00:00:0{},900\n{line}\n\n", n / 5, n % 5, n / 5)
    })
}

pub(super) fn films(rng: &mut Rng, shelf: &mut Shelf) {
    let mut serial = 0;
    let mut film = |cut| {
        serial += 1;
        Content::Film { cut, serial }
    };
    for (n, (title, year)) in FILMS.into_iter().enumerate() {
        let at = shelf.past(rng, 1200);
        let folder = format!("Films/{title} ({year})");
        let mut cuts = vec![if n % 5 == 3 { Cut::Small(n) } else { Cut::Hd(n) }];
        match n % 3 {
            0 => cuts.push(Cut::Hevc(n)),
            1 if n % 2 == 0 => cuts.push(Cut::Web(n)),
            _ => {}
        }
        for cut in cuts {
            shelf.file(format!("{folder}/{}", film_name(title, year, cut)), film(cut), JONAS, at);
        }
        let poster = Content::Art { scene: 40 + n as u32, width: 200, height: 300 };
        shelf.file(format!("{folder}/poster.jpg"), poster, JONAS, at);
        let text = subtitles(rng);
        shelf.file(format!("{folder}/{title} ({year}).en.srt"), Content::Text(text), JONAS, at + 600);
    }
    for (show, seasons, episodes) in SHOWS {
        for season in 1..=seasons {
            let at = shelf.past(rng, 900);
            for episode in 1..=episodes {
                let cut = Cut::Hevc(usize::from(season + episode));
                let name =
                    format!("Series/{show}/Season {season}/{show} S{season:02}E{episode:02} 720p HEVC.mp4");
                shelf.file(name, film(cut), JONAS, at + i64::from(episode) * 60);
            }
        }
    }
}
