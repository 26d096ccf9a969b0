//! The frontend's files are built into the binary: build anew when they change, new names included.
#![allow(clippy::print_stdout, reason = "how a build script talks to cargo")]

fn main() {
    // A folder that is missing counts as changed each time, which would build anew each time.
    let dist = concat!(env!("CARGO_MANIFEST_DIR"), "/../../frontend/dist");
    if std::fs::exists(dist).is_ok_and(|there| there) {
        println!("cargo::rerun-if-changed={dist}");
    } else {
        println!("cargo::rerun-if-changed=build.rs");
    }
}
