//! Names as people and their cameras, banks, players and compilers give them: photos, videos, music, documents, code and
//! archives of many years, in several languages. Always the same ones.

use std::{
    collections::{HashMap, HashSet},
    fs,
    path::Path,
    time::{Duration, SystemTime},
};

use anyhow::Result;
use fastrand::Rng;
use nasman_core::{Change, EntryName, FileTime, Kind, Meta, ROOT_INODE};

/// Different made-up words; how often one occurs falls with its number, as in any language.
const VOCABULARY: usize = 200_000;
const SYLLABLES: [&str; 60] = [
    "ba", "ben", "bra", "cor", "da", "del", "di", "dro", "el", "en", "fa", "fen", "fri", "ga", "gel", "gro",
    "ha", "hol", "in", "ja", "ka", "kel", "kri", "la", "lin", "lo", "ma", "mer", "mi", "na", "nor", "nu",
    "ol", "pa", "per", "pli", "que", "ra", "ren", "ro", "sa", "sel", "si", "sta", "ta", "ter", "tor", "tri",
    "u", "un", "va", "ver", "vi", "wa", "wen", "xi", "ya", "zan", "ze", "zor",
];
const EVENTS: [&str; 16] = [
    "Holiday",
    "Birthday",
    "Wedding",
    "Weihnachten",
    "Urlaub",
    "Ausflug",
    "Mariage",
    "Vacances",
    "Cumpleaños",
    "Fiesta",
    "Natale",
    "Отпуск",
    "День рождения",
    "写真",
    "運動会",
    "Garden",
];
const SUBJECTS: [&str; 14] = [
    "Rechnung",
    "Steuererklärung",
    "Versicherung",
    "Protokoll",
    "Kündigung",
    "Invoice",
    "Report",
    "Minutes",
    "Letter",
    "Contract",
    "Facture",
    "Reçu d'impôt",
    "Отчёт",
    "議事録",
];
const STEMS: [&str; 12] = [
    "index",
    "utils",
    "parser",
    "requestHandler",
    "userService",
    "HttpClient",
    "test_helpers",
    "main",
    "types",
    "configLoader",
    "render-list",
    "mod",
];

/// A folder with files in it.
pub struct Folder {
    /// Its path, without a slash in front.
    pub path: String,
    /// What is in it.
    pub files: Vec<File>,
}

/// A file.
pub struct File {
    /// Its name.
    pub name: String,
    /// Bytes.
    pub size: u64,
    /// Seconds since 1970.
    pub modified: i64,
}

/// The made-up word of a number.
pub fn word(number: usize) -> String {
    let mut random = Rng::with_seed(number as u64);
    (0..random.usize(2..=4)).map(|_| SYLLABLES[random.usize(..SYLLABLES.len())]).collect()
}

/// Folders with so many files together.
pub fn folders(files: usize) -> impl Iterator<Item = Folder> {
    let mut maker = Maker { random: Rng::with_seed(4), made: HashSet::new(), left: files };
    std::iter::from_fn(move || maker.folder())
}

/// Makes the tree.
pub fn grow(tree: &Path, files: usize) -> Result<()> {
    for folder in folders(files) {
        let path = tree.join(&folder.path);
        fs::create_dir_all(&path)?;
        for File { name, size, modified } in folder.files {
            let file = fs::File::create(path.join(name))?;
            file.set_len(size)?;
            file.set_modified(SystemTime::UNIX_EPOCH + Duration::from_secs(modified.unsigned_abs()))?;
        }
    }
    Ok(())
}

/// The same tree as what a walk would tell of it, for catalogs without files.
pub fn told(files: usize) -> Result<Vec<Change>> {
    let mut inodes = HashMap::from([(String::new(), ROOT_INODE)]);
    let mut entries: HashMap<u64, Vec<(EntryName, u64)>> = HashMap::new();
    let mut told = vec![object(ROOT_INODE, Kind::Directory, 0, 1_700_000_000)];
    let mut next = ROOT_INODE;
    for Folder { path, files } in folders(files) {
        let mut above = ROOT_INODE;
        for (end, _) in path.match_indices('/').chain([(path.len(), "")]) {
            above = *inodes.entry(path[..end].to_owned()).or_insert_with_key(|folder| {
                next += 1;
                told.push(object(next, Kind::Directory, 0, 1_700_000_000));
                let name = folder.rsplit('/').next().unwrap_or_default();
                entries.entry(above).or_default().extend(EntryName::new(name).map(|name| (name, next)));
                next
            });
        }
        for file in files {
            next += 1;
            told.push(object(next, Kind::File, file.size, file.modified));
            entries.entry(above).or_default().push((EntryName::new(file.name)?, next));
        }
    }
    told.extend(entries.into_iter().map(|(inode, entries)| Change::Directory { inode, entries }));
    Ok(told)
}

fn object(inode: u64, kind: Kind, size: u64, modified: i64) -> Change {
    let time = FileTime { seconds: modified, nanos: 123_456_789 };
    let meta = Meta {
        generation: 1_700_000_000_123_456_789,
        kind,
        size,
        mtime: time,
        ctime: time,
        uid: 1000,
        gid: 1000,
        mode: 0o644,
        nlink: 1,
        target: None,
    };
    Change::Object { inode, meta: Some(meta) }
}

struct Maker {
    random: Rng,
    made: HashSet<String>,
    left: usize,
}

/// A folder's path, and what gives the names and sizes of what is in it.
type Plan = (String, Box<dyn FnMut(&mut Maker, usize) -> (String, u64)>);

impl Maker {
    fn folder(&mut self) -> Option<Folder> {
        if self.left == 0 {
            return None;
        }
        let (year, month, day) =
            (self.random.i64(2004..=2026), self.random.i64(1..=12), self.random.i64(1..=28));
        let date = format!("{year}-{month:02}-{day:02}");
        let (path, mut file) = match self.random.usize(..100) {
            0..45 => self.photos(year, &date),
            45..50 => self.episodes(),
            50..68 => self.documents(year),
            68..80 => self.music(year),
            80..97 => self.code(),
            _ => self.archives(year, month),
        };
        let path = if self.made.insert(path.clone()) { path } else { format!("{path} {}", self.made.len()) };
        self.made.insert(path.clone());
        let (mut files, mut names) = (Vec::new(), HashSet::new());
        let began = (year - 1970) * 31_556_952 + (month - 1) * 2_629_746 + day * 86_400;
        for number in 0..self.random.usize(4..=40).min(self.left) {
            let (mut name, size) = file(self, number);
            if !names.insert(name.clone()) {
                name = format!("{number} {name}");
                names.insert(name.clone());
            }
            files.push(File { name, size, modified: began + self.random.i64(0..86_400) });
        }
        self.left -= files.len();
        Some(Folder { path, files })
    }

    /// The number of a word: of the first it is as likely to be one of ten as to be one of the next hundred.
    fn word(&mut self) -> String {
        word((VOCABULARY as f64).powf(self.random.f64()) as usize)
    }

    fn title(&mut self) -> String {
        let mut title = self.word();
        title[..1].make_ascii_uppercase();
        for _ in 0..self.random.usize(..3) {
            title = format!("{title} {}", self.word());
        }
        title
    }

    fn one_of(&mut self, all: &[&'static str]) -> &'static str {
        all[self.random.usize(..all.len())]
    }

    fn photos(&mut self, year: i64, date: &str) -> Plan {
        let (event, place) = (self.one_of(&EVENTS), self.title());
        let (style, first, day) = (self.random.usize(..4), self.random.usize(..9000), date.replace('-', ""));
        let file = move |maker: &mut Self, number: usize| {
            let name = match style {
                0 => format!("IMG_{day}_{:06}.jpg", 90_000 + number * 37),
                1 => format!("DSC{:05}.NEF", first + number),
                2 => format!("IMG_{:04}.JPG", first + number),
                _ => format!("{event} {} {number:03}.jpeg", maker.word()),
            };
            (name, maker.random.u64(500_000..30_000_000))
        };
        (format!("Photos/{year}/{date} {event} {place}"), Box::new(file))
    }

    fn episodes(&mut self) -> Plan {
        let (show, season) = (self.title(), self.random.usize(1..9));
        let path = format!("Videos/{show}/Season {season:02}");
        let file = move |maker: &mut Self, number: usize| {
            let (title, episode) = (maker.title(), number / 2 + 1);
            match number % 2 {
                0 => (
                    format!("{show} - S{season:02}E{episode:02} - {title}.mkv"),
                    maker.random.u64(1 << 28..1 << 32),
                ),
                _ => (format!("{show} - S{season:02}E{episode:02}.en.srt"), 40_000),
            }
        };
        (path, Box::new(file))
    }

    fn documents(&mut self, year: i64) -> Plan {
        let (subject, company) = (self.one_of(&SUBJECTS), self.title());
        let path = format!("Documents/{subject}/{company}/{year}");
        let file = move |maker: &mut Self, number: usize| {
            let extension = maker.one_of(&["pdf", "pdf", "pdf", "docx", "xlsx", "odt", "txt"]);
            let name = match number % 3 {
                0 => format!("{subject} {company} {year}-{:02}.{extension}", number % 12 + 1),
                1 => format!("{}_final_v{}.{extension}", maker.title().replace(' ', "_"), number % 5),
                _ => format!("{subject}-{}-{number}.{extension}", maker.word()),
            };
            (name, maker.random.u64(2_000..4_000_000))
        };
        (path, Box::new(file))
    }

    fn music(&mut self, year: i64) -> Plan {
        let path = format!("Music/{}/{} ({year})", self.title(), self.title());
        let file = |maker: &mut Self, number: usize| {
            (format!("{:02} - {}.flac", number + 1, maker.title()), maker.random.u64(9_000_000..60_000_000))
        };
        (path, Box::new(file))
    }

    fn code(&mut self) -> Plan {
        let path = match self.random.usize(..3) {
            0 => format!("projects/{}/node_modules/{}-{}/lib", self.word(), self.word(), self.word()),
            1 => format!("projects/{}/src/{}", self.word(), self.word()),
            _ => format!("projects/{}/tests/{}", self.word(), self.word()),
        };
        let extension = self.one_of(&["js", "ts", "rs", "py", "go"]);
        let file = move |maker: &mut Self, number: usize| {
            let stem = maker.one_of(&STEMS);
            let name = match number {
                0 => "README.md".to_owned(),
                1 => format!("index.{extension}"),
                _ => format!("{stem}{}.{extension}", maker.title().replace(' ', "")),
            };
            (name, maker.random.u64(100..60_000))
        };
        (path, Box::new(file))
    }

    fn archives(&mut self, year: i64, month: i64) -> Plan {
        let host = self.word();
        let path = format!("Backup/{host}/{year}-{month:02}");
        let file = move |maker: &mut Self, number: usize| {
            let extension = maker.one_of(&["tar.gz", "zip", "7z"]);
            (
                format!("home-{host}-{year}{month:02}{:02}.{extension}", number + 1),
                maker.random.u64(1 << 20..1 << 31),
            )
        };
        (path, Box::new(file))
    }
}
