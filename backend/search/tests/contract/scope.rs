//! What somebody may not see is not there: not in hits, not in totals, not in counts.

use nasman_search::{Facet, Request, Scope, SearchIndex};

use super::{
    Case,
    world::{PHOTOS, WORK, file, fill, paths, request},
};

pub const CASES: &[Case] = &[("nothing_shows_beyond_the_scope", nothing_shows_beyond_the_scope)];

fn nothing_shows_beyond_the_scope(index: &dyn SearchIndex) {
    fill(index, [file(PHOTOS, "secret plan.txt"), file(WORK, "plan.md")]);
    let facets = vec![Facet::Dataset, Facet::Extension, Facet::Owner];
    for text in ["plan", "", "pla", "secret", "in:tank", "*"] {
        let scope = Scope::Datasets(vec![WORK]);
        let answer = index.search(&Request { scope, facets: facets.clone(), ..request(text) }).unwrap();
        let own = u64::from(text != "secret");
        assert_eq!(answer.total.count, own, "{text}");
        assert!(paths(&answer).iter().all(|path| path == "plan.md"));
        for (facet, counts) in &answer.facets {
            assert_eq!(
                counts.iter().map(|count| count.count).sum::<u64>(),
                own,
                "{text}: {facet:?} {counts:?}"
            );
            assert!(counts.iter().all(|count| count.value != PHOTOS.0.to_string() && count.value != "txt"));
        }
        let none = Request { scope: Scope::Datasets(vec![]), facets: facets.clone(), ..request(text) };
        let answer = index.search(&none).unwrap();
        assert_eq!(answer.total.count, 0, "{text}");
        assert!(answer.facets.iter().all(|(_, counts)| counts.is_empty()));
    }
}
