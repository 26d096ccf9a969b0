//! What the language of the box finds.

use nasman_core::Kind;
use nasman_search::{Document, Filters, Request, SearchIndex, State, Versions};

use super::{
    Case,
    world::{DAY, PHOTOS, WORK, file, fill, found, lived, noon, paths, request},
};

pub const CASES: &[Case] = &[
    ("names_are_found_by_their_words", names_are_found_by_their_words),
    ("the_last_word_may_be_begun", the_last_word_may_be_begun),
    ("longer_words_may_be_misspelt", longer_words_may_be_misspelt),
    ("phrases_stand_together", phrases_stand_together),
    ("what_must_not_be_is_not", what_must_not_be_is_not),
    ("globs_fit_whole_names", globs_fit_whole_names),
    ("extensions_and_categories", extensions_and_categories),
    ("sizes_and_times", sizes_and_times),
    ("places", places),
    ("states_and_versions", states_and_versions),
    ("owners", owners),
    ("choices_beside_the_box", choices_beside_the_box),
    ("odd_names_are_kept", odd_names_are_kept),
];

fn fill_names(index: &dyn SearchIndex, names: &[&str]) {
    fill(index, names.iter().map(|name| file(PHOTOS, name)));
}

fn names_are_found_by_their_words(index: &dyn SearchIndex) {
    fill_names(
        index,
        &["2019/IMG_2041-final.v2.JPG", "2019/HolidaySunset.png", "Grüße aus Łódź.txt", "notes.md"],
    );
    for text in ["img 2041", "2041 img", "final", "img_2041", "IMG2041", "jpg final 2019", "v2"] {
        assert_eq!(found(index, text), ["2019/IMG_2041-final.v2.JPG"], "{text}");
    }
    for text in ["sunset", "holiday", "holidaysunset", "HolidaySunset.png", "2019 holiday"] {
        assert_eq!(found(index, text), ["2019/HolidaySunset.png"], "{text}");
    }
    for text in ["grusse", "Grüße", "lodz", "GRÜSSE LODZ"] {
        assert_eq!(found(index, text), ["Grüße aus Łódź.txt"], "{text}");
    }
    assert_eq!(found(index, "").len(), 4);
    assert_eq!(found(index, "img sunset"), [] as [&str; 0]);
}

fn the_last_word_may_be_begun(index: &dyn SearchIndex) {
    fill_names(index, &["holiday sunset.jpg", "sunday.jpg"]);
    assert_eq!(found(index, "holiday sun"), ["holiday sunset.jpg"]);
    assert_eq!(found(index, "sun"), ["holiday sunset.jpg", "sunday.jpg"]);
    assert_eq!(found(index, "sun holiday"), [] as [&str; 0]);
}

fn longer_words_may_be_misspelt(index: &dyn SearchIndex) {
    fill_names(index, &["sunset.jpg", "congratulations.txt", "cat.jpg"]);
    for text in ["sunsst ", "susnet ", "sunest"] {
        assert_eq!(found(index, text), ["sunset.jpg"], "{text}");
    }
    assert_eq!(found(index, "congratelatons "), ["congratulations.txt"]);
    assert_eq!(found(index, "cet "), [] as [&str; 0]);
}

fn phrases_stand_together(index: &dyn SearchIndex) {
    fill_names(
        index,
        &[
            "holiday sunset.jpg",
            "sunset holiday.jpg",
            "holiday/sunset.jpg",
            "my holiday sunset/a.jpg",
            "HolidaySunset.JPG",
            "holiday sunsets.jpg",
        ],
    );
    assert_eq!(
        found(index, "\"holiday sunset\""),
        ["HolidaySunset.JPG", "holiday sunset.jpg", "my holiday sunset/a.jpg"]
    );
    assert_eq!(
        found(index, "\"sunset jpg\""),
        ["HolidaySunset.JPG", "holiday sunset.jpg", "holiday/sunset.jpg"]
    );
    assert_eq!(found(index, "\"sunset\"").len(), 5);
}

fn what_must_not_be_is_not(index: &dyn SearchIndex) {
    fill_names(index, &["sunset.jpg", "sunset-copy.jpg", "old/sunset.png"]);
    assert_eq!(found(index, "sunset -copy"), ["old/sunset.png", "sunset.jpg"]);
    assert_eq!(found(index, "sunset -ext:jpg"), ["old/sunset.png"]);
    assert_eq!(found(index, "-old -copy"), ["sunset.jpg"]);
}

fn globs_fit_whole_names(index: &dyn SearchIndex) {
    fill_names(index, &["IMG_2041.jpg", "IMG_20410.jpg", "my IMG_2041.jpg", "IMG/x.txt"]);
    assert_eq!(found(index, "img_20??.jpg"), ["IMG_2041.jpg"]);
    assert_eq!(found(index, "*2041*"), ["IMG_2041.jpg", "IMG_20410.jpg", "my IMG_2041.jpg"]);
    assert_eq!(found(index, "*.txt"), ["IMG/x.txt"]);
    assert_eq!(found(index, "-*2041* x"), ["IMG/x.txt"]);
}

fn extensions_and_categories(index: &dyn SearchIndex) {
    fill_names(index, &["a.MKV", "b.mp4", "c.flac", "d.jpg", "e"]);
    fill(index, [Document { kind: Kind::Directory, ..file(PHOTOS, "folder.d") }]);
    assert_eq!(found(index, "ext:mkv"), ["a.MKV"]);
    assert_eq!(found(index, "ext:mkv,jpg"), ["a.MKV", "d.jpg"]);
    assert_eq!(found(index, "type:video"), ["a.MKV", "b.mp4"]);
    assert_eq!(found(index, "type:folder"), ["folder.d"]);
    assert_eq!(found(index, "-type:video -type:folder"), ["c.flac", "d.jpg", "e"]);
}

fn sizes_and_times(index: &dyn SearchIndex) {
    let sized = |name: &str, size, modified| Document { size, modified, ..file(PHOTOS, name) };
    fill(
        index,
        [
            sized("empty", 0, noon(2023, 12, 31)),
            sized("small", 1 << 20, noon(2024, 5, 1)),
            sized("large", 3 << 30, noon(2024, 6, 30)),
            sized("old", 5, -40 * 365 * DAY),
        ],
    );
    assert_eq!(found(index, "size:>1G"), ["large"]);
    assert_eq!(found(index, "size:0"), ["empty"]);
    assert_eq!(found(index, "size:1M..2G"), ["small"]);
    assert_eq!(found(index, "-size:>1G"), ["empty", "old", "small"]);
    assert_eq!(found(index, "modified:2024-05..2024-06"), ["large", "small"]);
    assert_eq!(found(index, "modified:2024-05"), ["small"]);
    assert_eq!(found(index, "modified:<1970"), ["old"]);
}

fn places(index: &dyn SearchIndex) {
    fill_names(index, &["2019/may/a.jpg", "x/2019/b.jpg", "2019.jpg", "my 2019 trip/c.jpg"]);
    fill(index, [file(WORK, "2019/d.jpg")]);
    assert_eq!(found(index, "path:/2019/"), ["2019/d.jpg", "2019/may/a.jpg", "x/2019/b.jpg"]);
    assert_eq!(found(index, "path:2019").len(), 5);
    assert_eq!(found(index, "path:x/20"), ["x/2019/b.jpg"]);
    assert_eq!(found(index, "in:tank/photos").len(), 4);
    assert_eq!(found(index, "in:tank").len(), 5);
    assert_eq!(found(index, "in:tan"), [] as [&str; 0]);
    assert_eq!(found(index, "in:tank/photos/2019"), ["2019/may/a.jpg"]);
    assert_eq!(found(index, "in:tank/photos/2019/ma"), [] as [&str; 0]);
    assert_eq!(found(index, "-in:tank/photos"), ["2019/d.jpg"]);
}

/// Three versions of one path, the last one gone; and one that lives.
fn fill_versions(index: &dyn SearchIndex) {
    let gone = |born, died, latest| lived(file(PHOTOS, "letter.txt"), born, died, latest);
    fill(index, [gone(10, 20, false), gone(20, 30, false), gone(40, 50, true), file(PHOTOS, "letter.md")]);
}

fn states_and_versions(index: &dyn SearchIndex) {
    fill_versions(index);
    assert_eq!(found(index, "letter"), ["letter.md", "letter.txt"]);
    assert_eq!(found(index, "letter is:deleted"), ["letter.txt"]);
    assert_eq!(found(index, "letter is:live"), ["letter.md"]);
    assert_eq!(found(index, "letter -is:deleted"), ["letter.md"]);
    let ask = |versions| paths(&index.search(&Request { versions, ..request("letter") }).unwrap());
    assert_eq!(ask(Versions::All).len(), 4);
    let at = |txg| ask(Versions::At(vec![(PHOTOS, nasman_core::Txg(txg))]));
    assert_eq!(
        (at(9), at(10), at(29)),
        (vec![], vec!["letter.txt".to_owned()], vec!["letter.txt".to_owned()])
    );
    assert_eq!((at(30).len(), at(40).len(), at(50).len(), at(100)), (0, 1, 0, vec!["letter.md".to_owned()]));
    assert_eq!(ask(Versions::At(vec![(WORK, nasman_core::Txg(15))])), [] as [&str; 0]);
    let earlier = Request { versions: Versions::All, ..request("is:earlier") };
    let answer = index.search(&earlier).unwrap();
    assert!(answer.hits.iter().all(|hit| hit.document.state() == State::Earlier));
    assert_eq!(answer.total.count, 2);
    let versions: Vec<_> = answer.hits.iter().filter_map(|hit| hit.versions).collect();
    assert!(versions.iter().all(|versions| *versions == 3), "{versions:?}");
}

fn owners(index: &dyn SearchIndex) {
    fill(index, [Document { owner: 0, ..file(PHOTOS, "roots") }, file(PHOTOS, "annas")]);
    assert_eq!(found(index, "owner:1000"), ["annas"]);
    assert_eq!(found(index, "-owner:1000"), ["roots"]);
    assert_eq!(found(index, "owner:nobody-has-this-name"), [] as [&str; 0]);
}

fn choices_beside_the_box(index: &dyn SearchIndex) {
    let sized = |name: &str, size, year| Document { size, modified: noon(year, 6, 1), ..file(PHOTOS, name) };
    fill(index, [sized("a.jpg", 5, 2020), sized("b.mkv", 2 << 20, 2021), file(WORK, "c.jpg")]);
    let ask = |filters| {
        let mut found = paths(&index.search(&Request { filters, ..request("") }).unwrap());
        found.sort();
        found
    };
    let none = Filters::default;
    assert_eq!(ask(Filters { datasets: vec![PHOTOS], ..none() }), ["a.jpg", "b.mkv"]);
    assert_eq!(ask(Filters { extensions: vec!["jpg".into()], ..none() }), ["a.jpg", "c.jpg"]);
    assert_eq!(ask(Filters { sizes: vec![2], ..none() }), ["b.mkv"]);
    assert_eq!(ask(Filters { sizes: vec![0, 2], years: vec![2020, 2021], ..none() }), ["a.jpg", "b.mkv"]);
    assert_eq!(ask(Filters { years: vec![2024], ..none() }), ["c.jpg"]);
    assert_eq!(ask(Filters { owners: vec![1], ..none() }), [] as [&str; 0]);
    assert_eq!(ask(Filters { states: vec![State::Deleted], ..none() }), [] as [&str; 0]);
    assert_eq!(ask(Filters { hosts: vec!["another".into()], ..none() }), [] as [&str; 0]);
}

fn odd_names_are_kept(index: &dyn SearchIndex) {
    let odd = nasman_core::RelPath::from_bytes(b"r\xe9sum\xe9 \"quoted\" \n'x' \\.txt").unwrap();
    fill(index, [Document { path: odd.clone(), ..file(PHOTOS, "x") }]);
    let answer = index.search(&request("quoted")).unwrap();
    assert_eq!(answer.hits[0].document.path, odd);
}
