//! Text that was not written for this box.

use proptest::prelude::*;

use super::{noted, now, printed, read, refused};
use crate::query::{MOST_CHARACTERS, MOST_CLAUSES, parse};

#[test]
fn what_only_looks_like_a_filter_is_words() {
    for (text, expected) in [
        ("http://example.org/a?b=c*", &["http_example_org_a_b_c"][..]),
        ("https://example.org/size:1", &["https_example_org_size_1"]),
        ("C:\\Users\\Anna", &["c_users_anna"]),
        ("12:30", &["12_30"]),
        ("Re: your photos", &["re", "your", "photos"]),
        ("note:this", &["note_this"]),
        ("foo:\"a b\" c", &["foo", "\"a b\"", "c"]),
        ("std::vec::Vec", &["std_vec_vec"]),
        (":-)", &[]),
        ("a\u{0}b\u{1b}[0m", &["a", "b", "0_m"]),
        ("/tank/photos/2019/IMG_1.jpg", &["tank_photos_2019_img_1_jpg"]),
        ("rm -rf --no-preserve-root", &["rm", "-rf", "no_preserve_root"]),
        ("SELECT * FROM x;", &["select", "from", "x"]),
    ] {
        let parsed = read(text);
        assert_eq!(parsed.problems, [], "{text}");
        assert_eq!(printed(text), expected, "{text}");
    }
}

#[test]
fn misspelt_filters_are_words_with_a_hint() {
    for (text, meant) in [
        ("sze:>1G", "size:"),
        ("tpye:video", "type:"),
        ("extt:mkv", "ext:"),
        ("modifed:2024", "modified:"),
        ("ownr:anna", "owner:"),
        ("pat:x", "path:"),
    ] {
        let (place, detail) = noted(text);
        assert_eq!(place, text);
        assert!(detail.contains(&format!("was {meant}")), "{detail}");
        assert_eq!(read(text).query.clauses.len(), 1);
    }
    assert_eq!(read("ix:1 sze: pth://x colour:red").problems, []);
}

#[test]
fn there_is_an_end() {
    let text = "ä".repeat(MOST_CHARACTERS);
    assert_eq!(read(&text).problems, []);
    assert_eq!(refused(&format!("{text}öx")).0, "öx");
    assert!(read(&format!("{text}öx")).query.is_empty());
    let text = "ab ".repeat(MOST_CLAUSES);
    assert_eq!(read(&text).problems, []);
    assert_eq!(refused(&format!("{text}-c d")).0, "-c d");
    assert_eq!(read(&format!("{text}-c d")).query.clauses.len(), MOST_CLAUSES);
}

/// Pieces of the language, put together as nobody would.
pub(super) fn garbled() -> impl Strategy<Value = String> {
    let piece = prop_oneof![
        prop::sample::select(vec![
            "size:",
            ">",
            "<",
            "=",
            "..",
            "1G",
            "1.5M",
            "modified:",
            "2024",
            "-05",
            "7d",
            "today",
            "T10",
            "Z",
            "ext:",
            "jpg",
            ",",
            "type:",
            "video",
            "in:",
            "path:",
            "/",
            "is:",
            "live",
            "at:",
            "owner:",
            "name:",
            "sze:",
            "-",
            "\"",
            "“",
            "”",
            " ",
            " ",
            " ",
            "*",
            "?",
            ":",
            ".",
            "_",
            "a",
            "Sunset",
            "12",
            "写真",
            "ß",
            "é",
            "e\u{301}",
            "℀",
            "＊",
            "´",
            "\u{0}",
            "\u{a0}",
            "😀",
            "\\",
        ])
        .prop_map(str::to_owned),
        any::<char>().prop_map(String::from),
    ];
    prop::collection::vec(piece, 0..14).prop_map(|pieces| pieces.concat())
}

fn holds(text: &str) -> Result<(), TestCaseError> {
    let parsed = parse(text, &now());
    let spans = parsed.query.clauses.iter().map(|clause| &clause.span);
    for span in spans.chain(parsed.problems.iter().map(|problem| &problem.span)) {
        prop_assert!(span.start < span.end, "{:?} {:?}", text, span);
        prop_assert!(text.get(span.clone()).is_some(), "{:?} {:?}", text, span);
    }
    prop_assert!(parsed.problems.iter().all(|problem| !problem.detail.is_empty()));
    Ok(())
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(4096))]

    #[test]
    fn nothing_is_too_strange(text in any::<String>()) {
        holds(&text)?;
    }

    #[test]
    fn pieces_of_the_language_are_not_either(text in garbled()) {
        holds(&text)?;
    }
}
