//! Names of users and groups.

use std::{collections::HashMap, sync::Mutex};

use nix::unistd::{Gid, Group, Uid, User};

/// Looks up names of owners, each number once. The lookup is the system's own and may ask a directory server,
/// so it can block; make a new one now and then to see new users.
#[derive(Debug, Default)]
pub struct Owners {
    users: Mutex<HashMap<u32, Option<String>>>,
    groups: Mutex<HashMap<u32, Option<String>>>,
}

impl Owners {
    /// The user's name; absent when the system knows none, as for files that came from another machine.
    #[must_use]
    pub fn user(&self, uid: u32) -> Option<String> {
        remembered(&self.users, uid, || Some(User::from_uid(Uid::from_raw(uid)).ok()??.name))
    }

    /// The group's name; absent when the system knows none.
    #[must_use]
    pub fn group(&self, gid: u32) -> Option<String> {
        remembered(&self.groups, gid, || Some(Group::from_gid(Gid::from_raw(gid)).ok()??.name))
    }
}

fn remembered(
    names: &Mutex<HashMap<u32, Option<String>>>,
    id: u32,
    look_up: impl FnOnce() -> Option<String>,
) -> Option<String> {
    let mut names = names.lock().unwrap_or_else(std::sync::PoisonError::into_inner);
    names.entry(id).or_insert_with(look_up).clone()
}
