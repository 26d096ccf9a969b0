use proptest::prelude::*;

use super::{LONGEST, Words, folded, of_name, of_query};

#[test]
fn names_are_split_where_people_see_words() {
    let cases = [
        ("", ""),
        ("...", ""),
        ("IMG_2041-final.v2.JPG", "img 2041 final v 2 jpg"),
        ("HolidaySunset.jpg", "holiday sunset jpg holidaysunset"),
        ("holidaySunset2019Beach.jpg", "holiday sunset 2019 beach jpg holidaysunset"),
        ("HTTPServerTest.java", "http server test java httpservertest"),
        ("parseURL.py", "parse url py parseurl"),
        ("iPhone 15 backup", "i phone 15 backup iphone"),
        ("README", "readme"),
        ("Makefile.am", "makefile am"),
        (".bashrc", "bashrc"),
        ("Track 03 - Don't Stop (Live).flac", "track 03 don t stop live flac"),
        ("S01E02.1080p.x264.mkv", "s 01 e 02 1080 p x 264 mkv"),
        ("libssl.so.1.1", "libssl so 1 1"),
        ("Grüße aus Köln.txt", "grusse aus koln txt"),
        ("GRU\u{308}SSE", "grusse"),
        ("Ærø Þingvellir Łódź Đakovo", "aero thingvellir lodz dakovo"),
        ("ÉtéÀNice.odt", "ete a nice odt eteanice"),
        ("İstanbul ılık", "istanbul ilik"),
        ("Οδυσσεύς", "οδυσσευσ"),
        ("Ёлка Йод", "елка иод"),
        ("ＦＵＬＬ　ｗｉｄｔｈ１２", "full width 12"),
        ("ﬁnal x² ½", "final x 2 1 2"),
        ("co\u{ad}op", "coop"),
        ("कहानी", "कहानी"),
        ("写", "写"),
        ("写真館.jpg", "写真 真館 jpg 館"),
        ("写真2019album", "写真 2019 album 真"),
        ("カタカナ", "カタ タカ カナ ナ"),
        ("a\u{0}b\u{fffd}c", "a b c"),
        ("😀party😀", "party"),
    ];
    for (name, words) in cases {
        assert_eq!(of_name(name).join(" "), words, "{name}");
    }
}

#[test]
fn what_is_typed_stays_together_at_capitals() {
    let cases = [
        ("HolidaySunset", "holidaysunset"),
        ("holiday-sunset", "holiday sunset"),
        ("GRÜSSE", "grusse"),
        ("v2.JPG", "v 2 jpg"),
        ("mp3", "mp 3"),
        ("写真館", "写真 真館"),
        ("館", "館"),
    ];
    for (text, words) in cases {
        assert_eq!(of_query(text).join(" "), words, "{text}");
    }
}

#[test]
fn hangul_is_alike_however_it_is_written() {
    assert_eq!(of_name("한글.hwp"), of_name("\u{1112}\u{1161}\u{11ab}\u{1100}\u{1173}\u{11af}.hwp"));
}

#[test]
fn words_are_cut_alike_in_names_and_queries() {
    let long = "ä".repeat(300);
    assert_eq!(of_name(&long), ["a".repeat(LONGEST)]);
    assert_eq!(of_query(&long), of_name(&long));
    let camel = format!("{}B{}", "a".repeat(80), "c".repeat(80));
    assert!(of_name(&camel).contains(&of_query(&camel)[0]));
}

#[test]
fn a_whole_text_keeps_what_is_between_words() {
    for (text, expected) in [
        ("IMG_2041 (1).JPG", "img_2041 (1).jpg"),
        ("Straße\tNº 5", "strasse\tno 5"),
        ("Crème Brûlée", "creme brulee"),
        ("ŒUVRE", "oeuvre"),
        ("ŁÓDŹ", "lodz"),
    ] {
        assert_eq!(folded(text), expected);
    }
}

#[test]
fn folding_what_is_folded_changes_nothing() {
    for character in '\0'..=char::MAX {
        let once = folded(&character.to_string());
        assert_eq!(folded(&once), once, "{character:?}");
        for word in of_query(&character.to_string()) {
            assert_eq!(of_query(&word), std::slice::from_ref(&word), "{character:?}");
            assert_eq!(of_name(&word)[0], word, "{character:?}");
        }
    }
}

proptest! {
    #[test]
    fn what_is_typed_is_found_in_its_name(name in "\\PC{0,40}") {
        let words = of_name(&name);
        for word in of_query(&name) {
            prop_assert!(words.contains(&word), "{} not in {:?}", word, words);
        }
    }

    #[test]
    fn room_that_was_used_tells_the_same(names in prop::collection::vec("[a-zA-Z0-9_. äÖß写真]{0,30}", 1..5)) {
        let mut words = Words::default();
        for name in names {
            words.read_name(&name);
            prop_assert_eq!(words.iter().map(str::to_owned).collect::<Vec<_>>(), of_name(&name));
        }
    }

    #[test]
    fn words_are_letters_and_digits(text in any::<String>()) {
        for word in of_name(&text) {
            prop_assert!(!word.is_empty() && word.chars().count() <= LONGEST);
            prop_assert!(word.chars().all(char::is_alphanumeric), "{word}");
        }
    }
}
