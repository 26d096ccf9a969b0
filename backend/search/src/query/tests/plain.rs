//! Words, phrases, globs.

use super::{noted, only, phrase, printed, read, words};
use crate::query::{Condition, PathPattern};

#[test]
fn words_are_folded_and_only_the_last_may_go_on() {
    assert_eq!(only("Grüße"), words(&["grusse"], true));
    assert_eq!(only("IMG_2041"), words(&["img", "2041"], true));
    let parsed = read("  Holiday\tsun ");
    let conditions: Vec<_> = parsed.query.wanted().cloned().collect();
    assert_eq!(conditions, [words(&["holiday"], false), words(&["sun"], false)]);
    assert_eq!(parsed.query.clauses[0].span, 2..9);
    let parsed = read("holiday sun");
    assert_eq!(parsed.query.words().collect::<Vec<_>>(), [("holiday", false), ("sun", true)]);
    assert_eq!(read("img_").query.words().collect::<Vec<_>>(), [("img", false)]);
    assert_eq!(read("v2 x").query.words().collect::<Vec<_>>(), [("v", false), ("2", false), ("x", true)]);
}

#[test]
fn single_ideographs_are_beginnings() {
    assert_eq!(read("写 ").query.words().collect::<Vec<_>>(), [("写", true)]);
    assert_eq!(read("\"写\"").query.words().collect::<Vec<_>>(), [("写", true)]);
    assert_eq!(read("写真館 ").query.words().collect::<Vec<_>>(), [("写真", false), ("真館", false)]);
}

#[test]
fn quotes_keep_words_together() {
    assert_eq!(only("\"Holiday  Sunset\""), phrase(&["holiday", "sunset"]));
    assert_eq!(only("“Holiday Sunset”"), phrase(&["holiday", "sunset"]));
    assert_eq!(only("„Grüße“"), phrase(&["grusse"]));
    assert_eq!(only("\"word\""), phrase(&["word"]));
    assert_eq!(only("\"5\"\" disk\""), phrase(&["5", "disk"]));
    assert_eq!(printed("\"a b\"c"), ["\"a b\"", "c"]);
    assert_eq!(printed("a\"b c\""), ["a_b", "c"]);
}

#[test]
fn an_open_quote_closes_at_the_end() {
    let text = "x \"holiday sun";
    let (place, detail) = noted(text);
    assert_eq!((place.as_str(), detail.as_str()), ("\"holiday sun", "this quote is not closed"));
    assert_eq!(printed(text), ["x", "\"holiday sun\""]);
    assert_eq!(noted("in:\"tank/my").0, "\"tank/my");
}

#[test]
fn a_minus_says_not() {
    let negated = |text: &str| {
        let parsed = read(text);
        assert_eq!(parsed.problems, [], "{text}");
        let [clause] = &parsed.query.clauses[..] else { panic!("{parsed:?}") };
        assert_eq!(clause.span, 0..text.len());
        clause.negated.then(|| clause.condition.clone())
    };
    assert_eq!(negated("-word"), Some(words(&["word"], false)));
    assert_eq!(negated("-\"two words\""), Some(phrase(&["two", "words"])));
    assert_eq!(negated("-ext:tmp"), Some(Condition::Extension(vec!["tmp".to_owned()])));
    assert_eq!(negated("-*.bak"), Some(Condition::Glob("*.bak".to_owned())));
    assert_eq!(negated("--verbose"), None);
    assert_eq!(negated("well-known"), None);
    assert_eq!(read("-tmp").query.words().count(), 0);
}

#[test]
fn nothing_means_nothing() {
    for text in [
        "",
        " ",
        "-",
        "- ",
        " - -- ---",
        "\"\"",
        "-\"\"",
        "\" \"",
        "“”",
        "*",
        "**",
        "-*",
        "...",
        "&",
        "\u{0}\r\n\t",
    ] {
        let parsed = read(text);
        assert!(parsed.query.is_empty(), "{text:?}: {:?}", parsed.query);
        assert_eq!(parsed.problems, [], "{text:?}");
    }
}

#[test]
fn globs_are_about_whole_names() {
    let glob = |text: &str| Condition::Glob(text.to_owned());
    assert_eq!(only("*.JPG"), glob("*.jpg"));
    assert_eq!(only("IMG_20??*"), glob("img_20??*"));
    assert_eq!(only("a**b***"), glob("a*b*"));
    assert_eq!(only("Größe*"), glob("grosse*"));
    assert_eq!(only("name:Makefile"), glob("makefile"));
    assert_eq!(only("name:\"My *.txt\""), glob("my *.txt"));
    assert!(read("name:*").query.is_empty());
}

#[test]
fn globs_with_slashes_are_about_folders() {
    let path = |names: &[&str], from_start, to_end, folder| {
        let names = names.iter().map(ToString::to_string).collect();
        Condition::Path(PathPattern { names, from_start, to_end, folder })
    };
    assert_eq!(only("Photos/*.jpg"), path(&["photos", "*.jpg"], true, true, false));
    assert_eq!(only("/photos/20*/"), path(&["photos", "20*"], true, true, true));
    assert_eq!(only("20*/summer"), path(&["20*", "summer"], true, false, false));
    assert!(read("/*").query.clauses.len() == 1 && read("///?").query.clauses.len() == 1);
}
