//! What a file is, as its name tells.

use std::{collections::HashMap, sync::LazyLock};

use nasman_core::Kind;
use serde::{Deserialize, Serialize};

use crate::words::folded;

/// The longest that an extension may be, in characters; what is longer is part of a name with a dot in it.
const LONGEST: usize = 12;

/// What a file is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema), schema(as = FileCategory))]
pub enum Category {
    /// Photographs, drawings.
    Picture,
    /// Films, recordings.
    Video,
    /// Music, speech.
    Audio,
    /// Texts, tables, slides.
    Document,
    /// Packed files, disk images.
    Archive,
    /// Programs as text, and what configures them.
    Code,
    /// Folders.
    Folder,
    /// All else.
    Other,
}

impl Category {
    /// All there are.
    pub const ALL: [Self; 8] = [
        Self::Picture,
        Self::Video,
        Self::Audio,
        Self::Document,
        Self::Archive,
        Self::Code,
        Self::Folder,
        Self::Other,
    ];

    /// The word for it in a query and in the API.
    #[must_use]
    pub const fn word(self) -> &'static str {
        match self {
            Self::Picture => "picture",
            Self::Video => "video",
            Self::Audio => "audio",
            Self::Document => "document",
            Self::Archive => "archive",
            Self::Code => "code",
            Self::Folder => "folder",
            Self::Other => "other",
        }
    }

    /// By what it is, and a file's folded extension. A symbolic link is what its name says.
    #[must_use]
    pub fn of(kind: Kind, extension: Option<&str>) -> Self {
        match (kind, extension) {
            (Kind::Directory, _) => Self::Folder,
            (Kind::File | Kind::Symlink, Some(extension)) => {
                KNOWN.get(extension).copied().unwrap_or(Self::Other)
            }
            _ => Self::Other,
        }
    }
}

/// Asked for every name there is.
static KNOWN: LazyLock<HashMap<&str, Category>> = LazyLock::new(|| {
    let of = |(category, all): &(Category, &'static str)| {
        let category = *category;
        all.split_ascii_whitespace().map(move |extension| (extension, category))
    };
    EXTENSIONS.iter().flat_map(of).collect()
});

/// What people mean by each. Where an extension has two meanings, the one that is seen more on file servers: `ts` is
/// TypeScript, `key` slides, `mod` a camera's film.
const EXTENSIONS: [(Category, &str); 6] = [
    (
        Category::Picture,
        "apng avif bmp dib exr gif hdr heic heif hif ico icns j2k jfif jp2 jpe jpeg jpf jpg jpx jxl jxr pbm pcx pgm
         png pnm ppm qoi tga tif tiff wbmp webp xbm xpm
         3fr ari arw bay cr2 cr3 crw dcr dng erf fff gpr iiq kdc mef mos mrw nef nrw orf pef raf raw rw2 rwl sr2 srf
         srw x3f
         afdesign afphoto ai cdr dwg dxf emf eps fig indd insp kra lrcat odg ora psb psd sketch svg svgz vsd
         vsdx wmf xcf xd drawio dcm",
    ),
    (
        Category::Video,
        "3g2 3gp 3gpp amv asf avi bdmv braw divx dv evo f4v flv gifv h264 h265 hevc insv ivf lrv m1v m2p m2t m2ts m2v
         m4v mjpeg mjpg mkv mod mov mp4 mpe mpeg mpg mpv mts mxf nsv nut ogm ogv qt r3d rm rmvb tod tp trp vob
         webm wmv wtv xvid y4m prproj fcpbundle kdenlive",
    ),
    (
        Category::Audio,
        "8svx aa aac aax ac3 aif aifc aiff alac als amr ape au awb caf cda cpr cue dff dsf dts dtshd eac3 flac flp
         gsm it kar logicx m3u m3u8 m4a m4b m4p m4r mid midi mka mlp mmf mp1 mp2 mp3 mpa mpc mpga oga ogg opus pls
         qcp ra ram rf64 s3m shn sf2 snd spx tak thd tta voc w64 wav wax wma wv xm xspf aup aup3 band ptx rpp",
    ),
    (
        Category::Document,
        "abw adoc azw azw3 asciidoc bib cbr cbz cb7 chm csv djvu doc docm docx dot dotm dotx dvi eml emlx enex epub
         fb2 fodp fods fodt gdoc gsheet gslides htm html hwp hwpx ics ifo key lit log lrf lyx markdown mbox md mdx mht
         mhtml mobi mpp msg nfo numbers odf odp ods odt one opf org ott ots otp oxps pages pdb pdf pot potx pps ppsm
         ppsx ppt pptm pptx prn ps pub qif rmd rst rtf srt ssa sub sxc sxi sxw tex texi text tsv txt vcf vtt webarchive
         wks wpd wps wri xhtml xls xlsb xlsm xlsx xlt xltx xps ofx gnucash kmy accdb mdb lwp",
    ),
    (
        Category::Archive,
        "7z ace aar alz apk ar arc arj bz bz2 cab cpio crx deb dmg ear gz gzip hqx img ipa iso jar kgb lbr lha
         lz lz4 lzh lzma lzo msi msix nrg ova pax pea pkg qcow qcow2 rar rpm rz sfx shar sit sitx snap squashfs sz tar
         taz tb2 tbz tbz2 tgz tlz txz tzo tzst udf vdi vhd vhdx vmdk war whl wim xapk xar xpi xz z zip zipx zpaq zst
         zstd zoo appimage flatpak mdf mds ccd toast swm esd vbk tib gho mrimg bkf",
    ),
    (
        Category::Code,
        "ada adb ads as asm asp aspx astro awk bas bash bat bicep c cabal cc cfg cjs cl clj cljs cls cmake cmd cob
         coffee conf config cpp cr cs csh cshtml csproj css cts cu cxx d dart desktop diff dockerfile ejs el elm env
         erb erl ex exs f f03 f77 f90 f95 fish for frag fs fsproj fsx gd gemspec glsl go gql gradle graphql groovy h hbs hcl
         hh hlsl hpp hrl hs hxx idl ini inl ino ipynb java jl js json json5 jsonc jsonl jsx ksh kt kts less lhs lisp
         lock lua m4 mak mjs mk ml mli mm mustache nim nix nsi pas patch php phtml pl plist pm po pp
         properties proto ps1 psd1 psm1 pug purs py pyi pyw pyx qml r rake rb reg rkt rs sass sbt scala scm scss
         service sh sln sol sql styl sv svelte svh swift tcl tf tfvars thrift timer toml ts tsx twig v vala vb vbproj
         vbs vert vhdl vim vue wasm wat wgsl wsdl xaml xml xsd xsl xslt yaml yml zig zsh",
    ),
];

/// What follows the last dot of a name, folded: letters and digits, at least one of them a letter (`libz.so.1` and
/// `mail.2024` have none), and not the whole name (`.bashrc` has none).
pub(crate) fn extension(name: &[u8]) -> Option<String> {
    let dot = name.iter().rposition(|byte| *byte == b'.')?;
    let (stem, extension) = (&name[..dot], &name[dot + 1..]);
    if stem.iter().all(|byte| *byte == b'.') {
        return None;
    }
    let extension = folded(str::from_utf8(extension).ok()?);
    let is_plain = extension.chars().all(char::is_alphanumeric) && extension.contains(char::is_alphabetic);
    (is_plain && extension.chars().count() <= LONGEST).then_some(extension)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn of(name: &str) -> Category {
        Category::of(Kind::File, extension(name.as_bytes()).as_deref())
    }

    #[test]
    fn extensions_are_what_follows_the_last_dot() {
        for (name, expected) in [
            ("IMG_2041-final.v2.JPG", Some("jpg")),
            ("archive.tar.gz", Some("gz")),
            (".bashrc", None),
            ("..bashrc", None),
            (".config.json", Some("json")),
            ("README", None),
            ("name.", None),
            (".", None),
            ("", None),
            ("libz.so.1", None),
            ("syslog.1", None),
            ("photos.2019", None),
            ("disk.7z", Some("7z")),
            ("film.mp4", Some("mp4")),
            ("Dr. Who", None),
            ("report.final-v2", None),
            ("notes.txt~", None),
            ("Verträge.ÄÖÜ", Some("aou")),
            ("x.extraordinarily", None),
            ("x.twelveletter", Some("twelveletter")),
        ] {
            assert_eq!(extension(name.as_bytes()).as_deref(), expected, "{name}");
        }
        assert_eq!(extension(b"bad\xff.JPG").as_deref(), Some("jpg"));
        assert_eq!(extension(b"bad.j\xffg"), None);
    }

    #[test]
    fn names_tell_what_files_are() {
        for (name, expected) in [
            ("IMG_2041.HEIC", Category::Picture),
            ("DSC0001.NEF", Category::Picture),
            ("logo.svg", Category::Picture),
            ("Film.2019.mkv", Category::Video),
            ("00001.m2ts", Category::Video),
            ("01 Song.flac", Category::Audio),
            ("book.m4b", Category::Audio),
            ("Vertrag.pdf", Category::Document),
            ("Tabelle.xlsx", Category::Document),
            ("notes.md", Category::Document),
            ("backup.tar.zst", Category::Archive),
            ("debian.iso", Category::Archive),
            ("vm.qcow2", Category::Archive),
            ("main.rs", Category::Code),
            ("index.ts", Category::Code),
            ("docker-compose.yml", Category::Code),
            ("Makefile", Category::Other),
            ("db.sqlite3", Category::Other),
            (".bashrc", Category::Other),
        ] {
            assert_eq!(of(name), expected, "{name}");
        }
    }

    #[test]
    fn folders_are_folders_and_links_are_what_they_are_called() {
        assert_eq!(Category::of(Kind::Directory, Some("jpg")), Category::Folder);
        assert_eq!(Category::of(Kind::Symlink, Some("jpg")), Category::Picture);
        assert_eq!(Category::of(Kind::Symlink, None), Category::Other);
    }

    #[test]
    fn each_extension_is_of_one_category() {
        let all: Vec<&str> = EXTENSIONS.iter().flat_map(|(_, all)| all.split_ascii_whitespace()).collect();
        assert_eq!(KNOWN.len(), all.len());
        for known in all {
            assert_eq!(extension(format!("x.{known}").as_bytes()).as_deref(), Some(known));
        }
    }
}
