//! A look ahead at a tree tells what the restore will meet.

use std::{fs, fs::Permissions, os::unix::fs::PermissionsExt as _};

use nasman_zfs::files::{
    RestoreError,
    tree::{Look, survey},
};

use crate::{
    carried::{Carrier, Surveyed, overwrite},
    common::path,
    trees::{EACH, of_each},
};

#[test]
fn a_survey_meets_what_the_restore_will() {
    let bench = of_each();
    bench.write("target/top/deep/file", "changed");
    bench.write("target/top/deep/added", "");
    bench.write("target/top/more/below", "");
    let see = |look: Look| {
        let mut seen = Surveyed::new(overwrite);
        survey(&bench.source, &path("top"), &bench.target, &path("top"), look, &mut seen).unwrap();
        seen
    };
    let seen = see(Look { added: true, ..Look::default() });
    let mut added = seen.added;
    added.sort();
    assert_eq!(added, ["top/deep/added", "top/more"]);
    assert_eq!(seen.refused, []);
    let mut there: Vec<_> = seen.met.iter().filter(|met| met.1).map(|met| met.0.as_str()).collect();
    there.sort_unstable();
    assert_eq!((there, seen.met.len()), (vec!["top", "top/deep", "top/deep/file"], EACH.len()));

    let mut asked = Vec::new();
    let mut carrier = Carrier::new(|met| {
        asked.push(met.from.display());
        overwrite(met)
    });
    bench.tree("top", "top", &mut carrier).unwrap();
    drop(carrier);
    let met: Vec<_> = seen.met.into_iter().map(|met| met.0).collect();
    assert_eq!(met, asked, "in the same order");
}

#[test]
fn a_survey_tells_what_would_be_lost_and_stops_when_asked() {
    let bench = of_each();
    fs::set_permissions(bench.at("source/top/deep/file"), Permissions::from_mode(0o4755)).unwrap();
    let look = Look { not_kept: true, ..Look::default() };
    let mut seen = Surveyed::new(overwrite);
    survey(&bench.source, &path("top"), &bench.target, &path("top"), look, &mut seen).unwrap();
    let lost = |name: &str| seen.met.iter().find(|met| met.0 == name).unwrap().2.clone();
    assert_eq!(lost("top/deep/file"), ["setuid"], "its other name comes, too");
    assert_eq!(lost("top/pipe"), Vec::<String>::new());
    let mut seen = Surveyed::new(overwrite);
    survey(&bench.source, &path("top/again"), &bench.target, &path("again"), look, &mut seen).unwrap();
    assert_eq!(seen.met[0].2, ["setuid", "hard link: one of 2 names of the same file"]);

    let mut seen = Surveyed::new(overwrite);
    seen.stop_after = Some(2);
    let stopped = survey(&bench.source, &path("top"), &bench.target, &path("top"), look, &mut seen);
    assert_eq!((stopped, seen.met.len()), (Err(RestoreError::Canceled), 2));
    assert_eq!(bench.names("target"), Vec::<String>::new());
}
