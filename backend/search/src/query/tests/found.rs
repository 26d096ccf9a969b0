//! What is highlighted, and which paths fit a pattern.

use proptest::prelude::*;

use super::{now, only, pasted::garbled, read};
use crate::query::{Condition, matches, parse};

/// The path with what was found in brackets.
fn marked(path: &str, query: &str) -> String {
    let found = matches(path, &read(query).query);
    let mut all = String::new();
    for (at, character) in path.chars().enumerate() {
        if found.iter().any(|range| range.start == at) {
            all.push('[');
        }
        all.push(character);
        if found.iter().any(|range| range.end == at + 1) {
            all.push(']');
        }
    }
    all
}

#[test]
fn the_reason_is_shown() {
    for (path, query, expected) in [
        ("photos/Grüße.txt", "grusse ", "photos/[Grüße].txt"),
        ("photos/Grüße.txt", "gru", "photos/[Grü]ße.txt"),
        ("photos/Grüße.txt", "grus", "photos/[Grüß]e.txt"),
        ("Gru\u{308}\u{df}e", "gru", "[Gru\u{308}]ße"),
        ("HolidaySunset.jpg", "holidaysunset ", "[HolidaySunset].jpg"),
        ("HolidaySunset.jpg", "sun", "Holiday[Sun]set.jpg"),
        ("HolidaySunset.jpg", "holidaysun", "[HolidaySun]set.jpg"),
        ("IMG_2041-final.v2.JPG", "img_2041 jpg ", "[IMG]_[2041]-final.v2.[JPG]"),
        ("sunset/Sunset sun.jpg", "sun ", "sunset/Sunset [sun].jpg"),
        ("sunset/Sunset sun.jpg", "-sun x", "sunset/Sunset sun.jpg"),
        ("a b/b a c", "\"a b\"", "[a] [b]/b a c"),
        ("a/b", "\"a b\"", "a/b"),
        ("old/IMG_2041.JPG", "img_*.jpg", "old/[IMG_]2041[.JPG]"),
        ("a*/abab", "a?ab*", "a*/[a]b[ab]"),
        ("old.jpg/x", "*.jpg", "old.jpg/x"),
        ("x/photos/2019/a", "path:photos/20", "x/[photos]/[20]19/a"),
        ("x/photos/2019/2019", "path:/2019/", "x/photos/[2019]/2019"),
        ("旅行/写真館.jpg", "写真館", "旅行/[写真館].jpg"),
        ("写真館", "真", "写[真]館"),
        ("写真館", "館", "写真[館]"),
        ("a", "is:live size:0 in:a", "a"),
        ("", "a", ""),
    ] {
        assert_eq!(marked(path, query), expected, "{query}");
    }
}

#[test]
fn paths_fit_patterns_name_by_name() {
    for (pattern, path, fits) in [
        ("/2019/", "photos/2019/a.jpg", true),
        ("/2019/", "photos/2019", false),
        ("/2019/", "photos/x2019/a.jpg", false),
        ("2019", "photos/x2019y/a.jpg", true),
        ("2019", "photos/img2019.jpg", true),
        ("/2019", "photos/2019-05/a.jpg", true),
        ("/2019", "photos/x2019/a.jpg", false),
        ("2019/", "photos/x2019/a.jpg", true),
        ("2019/", "photos/2019x/a.jpg", false),
        ("photos/2019", "x/myphotos/2019b", true),
        ("photos/2019", "photos/x/2019", false),
        ("photos/*.jpg", "photos/a.jpg", true),
        ("photos/*.jpg", "photos/a.jpg.bak", false),
        ("20??/", "x/2019/y", true),
        ("20??/", "x/20190/y", false),
        ("a/b/c", "b/c", false),
    ] {
        let Condition::Path(pattern) = only(&format!("path:{pattern}")) else { panic!("{pattern}") };
        assert_eq!(pattern.fits(path), fits, "{pattern} {path}");
    }
}

proptest! {
    #[test]
    fn what_is_shown_lies_inside_and_in_order(path in "[a-zA-Zßé\u{301}写真ﷺ0-9/_. ]{0,40}", query in garbled()) {
        let found = matches(&path, &parse(&query, &now()).query);
        let length = path.chars().count();
        prop_assert!(found.iter().all(|range| range.start < range.end && range.end <= length));
        prop_assert!(found.windows(2).all(|two| two[0].end < two[1].start));
    }

    #[test]
    fn a_whole_name_is_found_by_itself(name in "[a-zA-Z0-9ßüé_ -]{1,30}") {
        let query = parse(&name.to_lowercase().replace('-', " "), &now()).query;
        let found = matches(&name, &query);
        for (at, character) in name.chars().enumerate() {
            let inside = found.iter().any(|range| range.contains(&at));
            prop_assert!(inside || !character.is_alphanumeric(), "{at} of {name}: {found:?}");
        }
    }
}
