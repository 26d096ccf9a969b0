//! The server killed while it indexes, fifty times.

use std::{
    path::Path,
    thread,
    time::{Duration, Instant},
};

use fastrand::Rng;
use jiff::Timestamp;
use nasman_catalog::{At, Catalog, DatasetId};

use crate::{
    answer::{answer, compare, versions},
    scene::{Scene, run, seeds, zfs},
    server::Server,
    workload::Workload,
};

const KILLS: usize = 50;
const SNAPSHOTS: usize = 40;

/// A server that leaves all other datasets out.
fn server(program: &Path, scene: &Scene) -> Server {
    let server = Server::new(program);
    server.index_only(&*scene.zfs, Some(&scene.root));
    server
}

fn is_indexing(server: &Server) -> bool {
    server.ask("SELECT count(*) AS n FROM jobs WHERE state = 'processing'").is_some_and(|n| n > 0)
}

/// All snapshots are known, and live as it was at that time or later.
fn is_complete(server: &Server, scene: &Scene, since: Timestamp) -> bool {
    let snapshots = scene.snapshots(&scene.root);
    let snapshots = snapshots.iter().filter(|s| !nasman::index::is_own(&s.name.tag)).count();
    let sql = format!(
        "SELECT count(*) AS n FROM snapshots WHERE indexed = 1 AND dataset = (SELECT id FROM datasets \
         WHERE NOT excluded AND position_at >= {}) AND NOT EXISTS (SELECT 1 FROM jobs \
         WHERE state IN ('processing', 'enqueued'))",
        since.as_millisecond()
    );
    server.ask(&sql) == i64::try_from(snapshots).ok()
}

fn id(scene: &Scene, catalog: &Catalog) -> DatasetId {
    catalog.dataset_by_name(&scene.root).unwrap().unwrap().id
}

#[test]
fn killed_fifty_times_it_comes_to_the_same_catalog() {
    let Some(program) = Server::program() else { return };
    let seed = seeds(&[1])[0];
    let Some(scene) = Scene::new("kill", &[]) else { return };
    let mut work = Workload::new(&scene.folder(&scene.root), seed);
    work.run(100);
    for number in 0..SNAPSHOTS {
        work.run(15);
        zfs(&["snapshot", &format!("{}@{number}", scene.root)]);
    }

    let mut killed = server(&program, &scene);
    let (took, mut random) = (time_of_a_first_index(&program, &scene), Rng::with_seed(seed));
    let (mut kills, mut completed) = (0, 0);
    let begin = Instant::now();
    while kills < KILLS {
        // Live changes all the time; there is always something to do.
        work.run(3);
        run("zpool", &["sync", scene.root.pool().as_str()]);
        let since = Timestamp::now();
        killed.start();
        killed.wait("indexing", |server| is_indexing(server) || is_complete(server, &scene, since));
        thread::sleep(took.mul_f64(random.f64() / 8.0));
        let indexing = is_indexing(&killed);
        let complete = is_complete(&killed, &scene, since);
        killed.kill();
        if indexing {
            kills += 1;
        } else if complete {
            completed += 1;
            scene.has_nothing_of_nasmans_own();
            killed.begin_anew();
            killed.index_only(&*scene.zfs, Some(&scene.root));
        }
        if kills % 10 == 0 {
            eprintln!("{kills} kills, {completed} times complete, {:?}", begin.elapsed());
        }
    }

    work.run(20);
    run("zpool", &["sync", scene.root.pool().as_str()]);
    let mut whole = server(&program, &scene);
    for server in [&mut killed, &mut whole] {
        let since = Timestamp::now();
        server.start();
        server.wait("the end", |server| is_complete(server, &scene, since));
        server.kill();
    }
    scene.has_nothing_of_nasmans_own();
    let [held, expected] = [&killed, &whole].map(|server| {
        let catalog = server.catalog();
        assert_eq!(catalog.check().unwrap(), []);
        let id = id(&scene, &catalog);
        compare(&answer(&catalog, id, At::Live), &scene.live(&scene.root), "live");
        versions(server.state.path(), &catalog, id)
    });
    assert!(expected.len() > 300, "only {} versions", expected.len());
    let differ: Vec<_> = held.iter().filter(|(what, states)| expected.get(*what) != Some(states)).collect();
    assert!(differ.is_empty() && held.len() == expected.len(), "{differ:#?}");
}

/// Without a kill, from the first job's begin.
fn time_of_a_first_index(program: &Path, scene: &Scene) -> Duration {
    let mut server = server(program, scene);
    let since = Timestamp::now();
    server.start();
    server.wait("indexing", is_indexing);
    let begin = Instant::now();
    server.wait("the end", |server| is_complete(server, scene, since));
    server.kill();
    eprintln!("a first index takes {:?}", begin.elapsed());
    begin.elapsed()
}
