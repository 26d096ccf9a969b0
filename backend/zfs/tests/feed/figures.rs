//! How long it takes, compared with `zfs diff` of the same pair.

use std::{fs, process::Command, time::Instant};

use nasman_zfs::feed::Means;

use crate::scene::{Line, Scene};

/// 3,000 of 20,000 files change. `NASMAN_TEST_BESIDE` puts so many more files beside them.
#[test]
fn a_step_costs_what_changed() {
    let Some(scene) = Scene::new("figures", &[]) else { return };
    let beside = std::env::var("NASMAN_TEST_BESIDE").map_or(0, |count| count.parse().unwrap());
    let name = |number: usize| scene.folder.join(format!("d{:03}/f{number}", number / 100));
    for number in 0..20_000 + beside {
        let path = name(number);
        if number % 100 == 0 {
            fs::create_dir(path.parent().unwrap()).unwrap();
        }
        fs::write(path, b"content").unwrap();
    }
    let first = scene.snapshot("first");
    let mut lines = [Line::new(Means::Ioctl), Line::new(Means::Walk)];
    lines.iter_mut().for_each(|line| drop(line.step(&scene, &first)));
    for number in 0..3000 {
        match number % 3 {
            0 => fs::remove_file(name(number)).unwrap(),
            1 => fs::write(name(number), b"other content").unwrap(),
            _ => fs::rename(name(number), scene.folder.join(format!("d000/moved{number}"))).unwrap(),
        }
    }
    let second = scene.snapshot("second");
    // The first one mounts the snapshot and finds nothing in memory, as it is in use. What follows is warm only after
    // some turns, in an emulated guest above all.
    let cold = lines[0].alone(&scene, &second);
    let warm = (0..6).map(|_| lines[0].alone(&scene, &second)).min().unwrap();
    let truth = scene.truth(&second);
    let [told, walk] = [0, 1].map(|at| lines[at].prove(&scene, &second, &truth, "figures").took);
    let [first_diff, diff] = [0, 1].map(|_| diff(&first.to_string(), &second.to_string()));
    let third = scene.snapshot("third");
    let equal = lines[0].step(&scene, &third);
    assert_eq!(equal.means, Means::Nothing);
    eprintln!(
        "3,000 of {} files: feed {cold:?}, then {warm:?} ({told:?} with a receiver), walk {walk:?}, \
         zfs diff {first_diff:?}, then {diff:?} ({:.0} times), equal {:?}",
        20_000 + beside,
        diff.as_secs_f64() / warm.as_secs_f64(),
        equal.took
    );
    // The bound is the benchmark's; this holds on a busy machine too.
    assert!(warm * 4 < diff, "no faster than zfs diff");
}

fn diff(from: &str, to: &str) -> std::time::Duration {
    let start = Instant::now();
    let output = Command::new("zfs").args(["diff", "-FHt", from, to]).output().unwrap();
    assert!(output.status.success() && output.stdout.iter().filter(|&&byte| byte == b'\n').count() >= 3000);
    start.elapsed()
}
