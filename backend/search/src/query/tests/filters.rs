//! `name:value`.

use std::ops::Bound::{self, Excluded, Included, Unbounded};

use super::{at, noted, now, only, printed, read, refused};
use crate::{
    Category, State,
    query::{Condition, PathPattern, parse},
};

#[test]
fn extensions() {
    let are = |text: &str, expected: &[&str]| {
        assert_eq!(only(text), Condition::Extension(expected.iter().map(ToString::to_string).collect()));
    };
    are("ext:mkv", &["mkv"]);
    are("EXT:.MKV", &["mkv"]);
    are("ext:jpg,PNG,jpg,", &["jpg", "png"]);
    are("ext:*.mp3", &["mp3"]);
    are("ext:\"jpg, png\"", &["jpg", "png"]);
    assert!(refused("ext:tar.gz").1.contains("ext:gz"));
    assert_eq!(refused("ext:,").0, ",");
    assert!(refused("ext:a-b").1.contains("ext:jpg"));
}

#[test]
fn types_and_what_people_call_them() {
    let are =
        |text: &str, expected: &[Category]| assert_eq!(only(text), Condition::Category(expected.to_vec()));
    for category in Category::ALL {
        are(&format!("type:{}", category.word()), &[category]);
    }
    are("type:Image", &[Category::Picture]);
    are("type:photos", &[Category::Picture]);
    are("type:film", &[Category::Video]);
    are("type:movies", &[Category::Video]);
    are("type:music", &[Category::Audio]);
    are("type:doc", &[Category::Document]);
    are("type:directory", &[Category::Folder]);
    are("type:video,image,film", &[Category::Picture, Category::Video]);
    let Condition::Category(files) = only("type:file") else { panic!() };
    assert_eq!(files.len(), 7);
    let (place, detail) = refused("x type:foo");
    assert_eq!(place, "foo");
    assert!(detail.contains("picture, video, audio"), "{detail}");
}

#[test]
fn sizes() {
    const K: u64 = 1 << 10;
    const M: u64 = 1 << 20;
    const G: u64 = 1 << 30;
    let is = |text: &str, from: Bound<u64>, to: Bound<u64>| {
        assert_eq!(only(text), Condition::Size(from, to), "{text}");
    };
    is("size:>1G", Excluded(G), Unbounded);
    is("size:>=1.5g", Included(G * 3 / 2), Unbounded);
    is("size:<10M", Unbounded, Excluded(10 * M));
    is("size:<=10MiB", Unbounded, Included(10 * M));
    is("size:1M..2G", Included(M), Included(2 * G));
    is("size:1,5K..", Included(1536), Unbounded);
    is("size:..2kb", Unbounded, Included(2 * K));
    is("size:0", Included(0), Included(0));
    is("size:=1234", Included(1234), Included(1234));
    is("size:100B", Included(100), Included(100));
    is("size:\"> 1 TB\"", Excluded(1024 * G), Unbounded);
    is("size:1.5M", Included(M * 3 / 2 - M / 20), Included(M * 3 / 2 + M / 20 - 1));
    is("size:1K", Included(512), Included(1535));
    is("size:>0.5K", Excluded(512), Unbounded);
    for (text, place) in [
        ("size:>banana", ">banana"),
        ("size:1X", "1X"),
        ("size:>", ">"),
        ("size:1.5", "1.5"),
        ("size:-1", "-1"),
        ("size:..", ".."),
        ("size:2G..1M", "2G..1M"),
        ("size:<0", "<0"),
        ("size:1M..banana", "1M..banana"),
        (
            "size:99999999999999999999999999999999999999999999T",
            "99999999999999999999999999999999999999999999T",
        ),
        ("size:8E", "8E"),
        ("size:1.2.3G", "1.2.3G"),
        ("size:1GG", "1GG"),
        ("size:1ℵ", "1ℵ"),
    ] {
        let (found, detail) = refused(text);
        assert_eq!(found, place);
        assert!(detail.contains("size:>1G"), "{text}: {detail}");
    }
}

#[test]
fn moments() {
    let second = |text: &str| at(text).as_second();
    let from = |text: &str| if text.is_empty() { Unbounded } else { Included(second(text)) };
    for (text, first, last) in [
        ("modified:2024", "2023-12-31T23:00:00Z", "2024-12-31T22:59:59Z"),
        ("modified:2024-05", "2024-04-30T22:00:00Z", "2024-05-31T21:59:59Z"),
        ("modified:2024-05..2024-06", "2024-04-30T22:00:00Z", "2024-06-30T21:59:59Z"),
        ("modified:2024-2-29", "2024-02-28T23:00:00Z", "2024-02-29T22:59:59Z"),
        ("modified:2024..", "2023-12-31T23:00:00Z", ""),
        ("modified:..2024", "", "2024-12-31T22:59:59Z"),
        ("modified:>=2024-05-03", "2024-05-02T22:00:00Z", ""),
        ("modified:<=2024-05-03", "", "2024-05-03T21:59:59Z"),
        ("modified:\"2024-05-03 14:05\"", "2024-05-03T12:05:00Z", "2024-05-03T12:05:59Z"),
        ("modified:2024-05-03T14", "2024-05-03T12:00:00Z", "2024-05-03T12:59:59Z"),
        ("modified:2024-05-03T14:05:06", "2024-05-03T12:05:06Z", "2024-05-03T12:05:06Z"),
        ("modified:2024-05-03T14:05:06Z", "2024-05-03T14:05:06Z", "2024-05-03T14:05:06Z"),
        ("modified:2024-05-03T14:05:06+05:30", "2024-05-03T08:35:06Z", "2024-05-03T08:35:06Z"),
        ("modified:today", "2026-05-03T22:00:00Z", "2026-05-04T21:59:59Z"),
        ("modified:Yesterday", "2026-05-02T22:00:00Z", "2026-05-03T21:59:59Z"),
        ("modified:yesterday..", "2026-05-02T22:00:00Z", ""),
        ("modified:7d", "2026-04-27T08:30:00Z", ""),
        ("modified:12h", "2026-05-03T20:30:00Z", ""),
        ("modified:2w", "2026-04-20T08:30:00Z", ""),
        // In winter the clock was another.
        ("modified:3m", "2026-02-04T09:30:00Z", ""),
        ("modified:1y", "2025-05-04T08:30:00Z", ""),
        ("modified:30d..7d", "2026-04-04T08:30:00Z", "2026-04-27T08:30:00Z"),
        // The hour that is left out, and the one that comes twice.
        ("modified:2026-03-29T02:30", "2026-03-29T01:30:00Z", "2026-03-29T01:30:59Z"),
        ("modified:2026-03-29T02", "2026-03-29T01:00:00Z", "2026-03-29T01:00:00Z"),
        ("modified:2025-10-26T02", "2025-10-26T00:00:00Z", "2025-10-26T01:59:59Z"),
    ] {
        assert_eq!(only(text), Condition::Modified(from(first), from(last)), "{text}");
    }
    let is = |text: &str, from, to| assert_eq!(only(text), Condition::Modified(from, to), "{text}");
    is("modified:>2024-05-03", Excluded(second("2024-05-03T21:59:59Z")), Unbounded);
    is("modified:<2024", Unbounded, Excluded(second("2023-12-31T23:00:00Z")));
    is("modified:<2y", Unbounded, Excluded(second("2024-05-04T08:30:00Z")));
}

#[test]
fn what_is_no_moment() {
    for (text, place) in [
        ("modified:2024-13", "2024-13"),
        ("modified:2023-02-29", "2023-02-29"),
        ("modified:>banana", ">banana"),
        ("modified:24", "24"),
        ("modified:02024", "02024"),
        ("modified:..", ".."),
        ("modified:2024..2023", "2024..2023"),
        ("modified:2024-05-03T25", "2024-05-03T25"),
        ("modified:2024-05T10", "2024-05T10"),
        ("modified:2024-05-03T", "2024-05-03T"),
        ("modified:d", "d"),
        ("modified:99999999999999999999d", "99999999999999999999d"),
        ("modified:99999999y", "99999999y"),
        ("modified:9999", "9999"),
        ("modified:2024-", "2024-"),
        ("modified:+024", "+024"),
        ("modified:２０２４", "２０２４"),
    ] {
        let (found, detail) = refused(text);
        assert_eq!(found, place);
        assert!(detail.contains("modified:2024-05..2024-06"), "{text}: {detail}");
    }
}

#[test]
fn days_begin_where_the_one_who_asks_lives() {
    let tokyo = now().timestamp().to_zoned_datetime(jiff::tz::TimeZone::posix("JST-9").unwrap());
    let query = parse("modified:2024", &tokyo).query;
    let (first, last) = (at("2023-12-31T15:00:00Z").as_second(), at("2024-12-31T14:59:59Z").as_second());
    assert_eq!(query.clauses[0].condition, Condition::Modified(Included(first), Included(last)));
}

#[test]
fn places() {
    assert_eq!(only("in:tank/Photos"), Condition::In("tank/Photos".to_owned()));
    assert_eq!(only("In:\"tank/my photos\""), Condition::In("tank/my photos".to_owned()));
    assert_eq!(only("in:\"5\"\" disks\""), Condition::In("5\" disks".to_owned()));
    let path = |text: &str, names: &[&str], from_start, to_end, folder| {
        let names = names.iter().map(ToString::to_string).collect();
        assert_eq!(only(text), Condition::Path(PathPattern { names, from_start, to_end, folder }), "{text}");
    };
    path("path:/2019/", &["2019"], true, true, true);
    path("path:2019", &["2019"], false, false, false);
    path("path:/2019", &["2019"], true, false, false);
    path("path:2019/", &["2019"], false, true, true);
    path("path:Photos//Köln", &["photos", "koln"], false, false, false);
    path("path:\"/my photos/\"", &["my photos"], true, true, true);
    path("path:photos/*.jpg", &["photos", "*.jpg"], false, true, false);
    assert_eq!(refused("path:/").0, "/");
}

#[test]
fn states_moments_owners() {
    for state in State::ALL {
        assert_eq!(only(&format!("is:{}", state.word())), Condition::State(state));
    }
    assert_eq!(only("IS:Deleted"), Condition::State(State::Deleted));
    let (place, detail) = refused("is:gone");
    assert_eq!(place, "gone");
    assert!(detail.contains("is:live, is:deleted, is:earlier"), "{detail}");
    assert_eq!(only("at:daily-2026-05-02"), Condition::At("daily-2026-05-02".to_owned()));
    assert_eq!(only("at:\"2026-05-02 14:05\""), Condition::At("2026-05-02 14:05".to_owned()));
    assert_eq!(read("x at:2026-05-02").query.at(), Some("2026-05-02"));
    assert_eq!(refused("at:a at:b").0, "at:b");
    assert_eq!(refused("-at:a").0, "-at:a");
    assert_eq!(only("owner:anna"), Condition::Owner("anna".to_owned()));
    assert_eq!(only("owner:1000"), Condition::Owner("1000".to_owned()));
}

#[test]
fn a_filter_without_a_value_is_a_word() {
    for (text, place, expected) in [
        ("size:", "size:", &["size"][..]),
        ("type: video", "type:", &["type", "video"]),
        ("owner:\"\" x", "owner:\"\"", &["owner", "x"]),
        ("-ext:", "-ext:", &["-ext"]),
    ] {
        let (found, detail) = noted(text);
        assert_eq!(found, place);
        assert!(detail.contains("is a filter, such as"), "{detail}");
        assert_eq!(printed(text), expected);
    }
}
