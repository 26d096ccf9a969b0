//! Snapshots that somebody wants to destroy while they are read.

use std::{fs, io::Cursor, process::Command};

use serde_json::{Value, json};

use super::{
    Stage,
    client::Client,
    files::{fill, fill_with_noise, same},
    request_to, succeeded,
};
use crate::{scene::zfs, server::wait_for};

/// What ZFS says to a command that it refuses.
pub(super) fn refused(arguments: &[&str]) -> String {
    let output = Command::new("zfs").args(arguments).env("LC_ALL", "C").output().unwrap();
    let said = String::from_utf8_lossy(&output.stderr).trim().to_owned();
    assert!(!output.status.success(), "zfs {arguments:?} was not refused");
    eprintln!("zfs {arguments:?}: {said}");
    said
}

fn is_destroyed(snapshot: &str) -> bool {
    Command::new("zfs").args(["destroy", snapshot]).output().unwrap().status.success()
}

#[test]
fn a_snapshot_stays_as_long_as_a_restore_reads_it() {
    let Some(mut stage) = Stage::new("held") else { return };
    let home = stage.create("home", &[]);
    fill(&stage.folder(&home).join("files"), 2000, 1);
    stage.snapshot(&home, "then");
    let client = stage.start();
    let id = client.begin(&request_to(&home, &["files"], &home, "back"));
    stage.pause_amid(50);
    let snapshot = format!("{home}@then");
    let holds = stage.holds();
    assert!(holds.lines().count() == 1 && holds.contains(&format!("nasman-{id}")), "{holds}");
    for arguments in [&["destroy"][..], &["destroy", "-R", "-f"]] {
        let said = refused(&[arguments, &[snapshot.as_str()]].concat());
        assert!(said.contains("held") || said.contains("busy"), "{said}");
    }
    stage.server.go_on();
    succeeded(&client.ended(&id));
    stage.is_clean();
    same(&stage.folder(&home).join("files"), &stage.folder(&home).join("back/files"));
    // As soon as the job has ended.
    zfs(&["destroy", &snapshot]);
}

fn begin_download(client: &Client, request: &Value) -> reqwest::Response {
    let (status, ticket) = client.post("/downloads", request);
    assert_eq!(status, 201, "{ticket}");
    client.open(ticket["address"].as_str().unwrap())
}

#[test]
fn a_snapshot_stays_as_long_as_a_download_reads_it() {
    // More than all buffers on the way hold.
    const FILES: usize = 48;
    let Some(mut stage) = Stage::new("download") else { return };
    let home = stage.create("home", &[]);
    let folder = stage.folder(&home).join("files");
    fill_with_noise(&folder, FILES);
    stage.snapshot(&home, "then");
    let snapshot = format!("{home}@then");
    let item = json!({ "dataset": home, "at": "then", "paths": ["files"] });
    let request = json!({ "format": "zip", "items": [item] });
    let client = stage.start();

    let mut given_up = begin_download(&client, &request);
    assert!(client.more(&mut given_up).is_some());
    assert!(refused(&["destroy", &snapshot]).contains("busy"));
    drop(given_up);

    let mut response = begin_download(&client, &request);
    let mut archive = client.more(&mut response).unwrap();
    let (status, problem) = client.delete(&address(&client, &home.to_string()));
    assert_eq!((status, &problem["code"]), (409, &json!("snapshot_busy")), "{problem}");
    assert!(refused(&["destroy", &snapshot]).contains("busy"));
    assert_eq!(stage.holds(), "", "an opened folder keeps it");
    while let Some(more) = client.more(&mut response) {
        archive.extend(more);
    }
    let mut archive = zip::ZipArchive::new(Cursor::new(archive)).unwrap();
    let files = fs::read_dir(&folder).unwrap().map(|entry| entry.unwrap().path());
    for path in files {
        let name = format!("files/{}", path.file_name().unwrap().to_str().unwrap());
        let mut content = Vec::new();
        std::io::copy(&mut archive.by_name(&name).unwrap(), &mut content).unwrap();
        assert!(content == fs::read(&path).unwrap(), "{name}");
    }
    // Those who gave up are noticed when the next bytes are sent to them.
    wait_for("the end of both downloads", || is_destroyed(&snapshot));
    stage.server.is_sound();
}

/// Of the snapshot.
fn address(client: &Client, dataset: &str) -> String {
    let address = format!("/datasets/{}/snapshots/then", dataset.replace('/', "%2F"));
    let plan = client.get(&format!("{address}/destroy-plan"));
    format!("{address}?guid={}", plan["guid"].as_str().unwrap())
}
