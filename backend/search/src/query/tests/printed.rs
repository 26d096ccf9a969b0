//! Back to text.

use std::ops::Bound::{self, Excluded, Included, Unbounded};

use proptest::prelude::*;

use super::{now, pasted::garbled, read};
use crate::query::{Clause, Condition, Query, parse};

#[test]
fn queries_are_printed_as_people_would_write_them() {
    for (text, expected) in [
        ("  Holiday   SUN", "holiday sun"),
        ("Holiday sun ", "holiday sun "),
        ("img_2041.JPG -Tmp x", "img_2041_jpg -tmp x"),
        ("“Big Sunset” -\"x y\"", "\"big sunset\" -\"x y\""),
        ("*.JPG name:\"my notes\" name:-x*", "*.jpg name:\"my notes\" name:-x*"),
        ("ext:.JPG,png type:film", "ext:jpg,png type:video"),
        (
            "size:>1024M size:>=1.5K size:1M..2G size:0 size:..3000",
            "size:>1G size:>=1536 size:1M..2G size:0..0 size:<=3000",
        ),
        ("modified:>2024-05-03 is:Live", "modified:>2024-05-03T21:59:59Z is:live"),
        ("in:tank/Photos in:\"my \"\"x\"\" photos\"", "in:tank/Photos in:\"my \"\"x\"\" photos\""),
        ("path:/2019/ path:2019 a*/*.jpg", "path:/2019/ path:2019 path:/a*/*.jpg"),
        ("at:\"2026-05-02 14:05\" -owner:anna", "at:\"2026-05-02 14:05\" -owner:anna"),
    ] {
        assert_eq!(read(text).query.to_string(), expected, "{text}");
    }
}

#[test]
fn ranges_that_nobody_can_type_are_printed_as_what_they_hold() {
    let print = |from: Bound<u64>, to: Bound<u64>| Condition::Size(from, to).to_string();
    assert_eq!(print(Excluded(1), Excluded(9)), "size:2..8");
    assert_eq!(print(Included(1), Excluded(9)), "size:1..8");
    assert_eq!(print(Unbounded, Unbounded), "size:>=0");
    let all = Condition::Modified(Unbounded, Unbounded).to_string();
    assert_eq!(read(&all).problems, [], "{all}");
}

/// Without where it stood.
fn meaning(query: &Query) -> Vec<(Condition, bool)> {
    query.clauses.iter().map(|Clause { condition, negated, .. }| (condition.clone(), *negated)).collect()
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(8192))]

    #[test]
    fn what_is_printed_means_the_same(text in garbled()) {
        let query = parse(&text, &now()).query;
        let printed = query.to_string();
        let again = parse(&printed, &now());
        prop_assert_eq!(meaning(&again.query), meaning(&query), "{:?} printed as {:?}", text, printed);
        prop_assert_eq!(again.problems, []);
    }
}
