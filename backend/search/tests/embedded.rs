//! The embedded engine: the contract, and what only it must do.

#![allow(clippy::unwrap_used, clippy::panic, clippy::print_stdout, reason = "tests")]

mod contract;

use std::fs;

use nasman_search::{Embedded, SearchError, SearchIndex};

fn open(folder: &tempfile::TempDir) -> Embedded {
    Embedded::open(&folder.path().join("search"), "here")
}

#[test]
fn keeps_the_contract() {
    for (name, case) in contract::cases() {
        println!("{name}");
        let folder = tempfile::tempdir().unwrap();
        case(&open(&folder));
    }
}

#[test]
fn what_is_damaged_or_of_another_version_is_said_and_begun_anew() {
    let damages: [fn(&std::path::Path); 4] = [
        |folder| fs::write(folder.join("nasman-format"), "999").unwrap(),
        |folder| fs::write(folder.join("meta.json"), "{ not json").unwrap(),
        |folder| fs::remove_file(folder.join("meta.json")).unwrap(),
        |folder| {
            let store = fs::read_dir(folder).unwrap().map(|file| file.unwrap().path());
            let store =
                store.into_iter().find(|path| path.extension().is_some_and(|e| e == "store")).unwrap();
            let mut bytes = fs::read(&store).unwrap();
            bytes[0] ^= 0xff;
            fs::write(store, bytes).unwrap();
        },
    ];
    for (number, damage) in damages.into_iter().enumerate() {
        let folder = tempfile::tempdir().unwrap();
        let index = open(&folder);
        let documents = [nasman_core::RelPath::decode("a").unwrap()];
        let change = documents.map(|path| nasman_search::Change::Add(document(path)));
        index.apply(&mut change.into_iter()).unwrap();
        index.commit(&nasman_search::Marker { catalog: "one".into(), note: 1 }).unwrap();
        drop(index);
        damage(&folder.path().join("search"));
        let index = open(&folder);
        assert!(matches!(index.marker(), Err(SearchError::Unusable(_))), "{number}: {:?}", index.marker());
        index.clear().unwrap();
        assert_eq!(index.marker().unwrap(), None);
        assert_eq!(index.stats().unwrap().documents, 0);
    }
}

fn document(path: nasman_core::RelPath) -> nasman_search::Document {
    let guid = nasman_core::Guid(1);
    nasman_search::Document {
        dataset: guid,
        dataset_name: "tank".into(),
        inode: 1,
        path,
        kind: nasman_core::Kind::File,
        size: 0,
        modified: 0,
        owner: 0,
        lifetime: nasman_core::Lifetime { born: nasman_core::Txg(1), died: None },
        latest: true,
        versions: 1,
    }
}
