//! Slows failed sign-ins down, per account and per address.

use std::{
    collections::HashMap,
    net::IpAddr,
    sync::{Mutex, PoisonError},
    time::Duration,
};

use jiff::Timestamp;

/// Failures that cost nothing: people mistype.
const FREE: u32 = 5;
/// Longest wait.
const LONGEST: Duration = Duration::from_secs(15 * 60);
/// A record is forgotten after this long without a failure.
const MEMORY: Duration = Duration::from_secs(3600);
/// Characters of a name that count; users' names are no longer.
const LONGEST_NAME: usize = 64;
/// At most so many records; beyond, the oldest go.
const CAPACITY: usize = 10_000;

#[derive(Debug, Clone, PartialEq, Eq, Hash)]
enum Key {
    Account(String),
    Address(IpAddr),
}

#[derive(Debug, Clone, Copy)]
struct Failures {
    count: u32,
    last: Timestamp,
}

/// Failed sign-ins of late. In memory only: a restart forgives.
#[derive(Debug, Default)]
pub struct Throttle {
    failures: Mutex<HashMap<Key, Failures>>,
}

impl Throttle {
    /// How long to wait before the next try; none when it may be made now.
    #[must_use]
    pub fn wait(&self, account: &str, address: IpAddr, now: Timestamp) -> Option<Duration> {
        let failures = self.failures.lock().unwrap_or_else(PoisonError::into_inner);
        keys(account, address)
            .iter()
            .filter_map(|key| failures.get(key))
            .map(|f| remaining(*f, now))
            .max()
            .filter(|wait| !wait.is_zero())
    }

    /// Remembers a failure.
    pub fn failed(&self, account: &str, address: IpAddr, now: Timestamp) {
        let mut failures = self.failures.lock().unwrap_or_else(PoisonError::into_inner);
        failures.retain(|_, f| since(f.last, now) < MEMORY);
        if failures.len() >= CAPACITY
            && let Some(oldest) = failures.iter().min_by_key(|(_, f)| f.last).map(|(key, _)| key.clone())
        {
            failures.remove(&oldest);
        }
        for key in keys(account, address) {
            let entry = failures.entry(key).or_insert(Failures { count: 0, last: now });
            *entry = Failures { count: entry.count.saturating_add(1), last: now };
        }
    }

    /// A success clears the account's record; the address keeps its own, or one good account would buy
    /// an attacker any number of tries on others.
    pub fn succeeded(&self, account: &str) {
        self.failures.lock().unwrap_or_else(PoisonError::into_inner).remove(&account_key(account));
    }
}

fn keys(account: &str, address: IpAddr) -> [Key; 2] {
    [account_key(account), Key::Address(address)]
}

/// Whoever signs in chooses the text, so its length is cut: the records must not fill the memory.
fn account_key(account: &str) -> Key {
    Key::Account(account.chars().take(LONGEST_NAME).flat_map(char::to_lowercase).collect())
}

/// 1 s after the sixth failure in a row, doubling from there.
fn remaining(failures: Failures, now: Timestamp) -> Duration {
    let Some(beyond) = failures.count.checked_sub(FREE + 1) else { return Duration::ZERO };
    let delay = Duration::from_secs(1u64 << beyond.min(20)).min(LONGEST);
    delay.saturating_sub(since(failures.last, now))
}

fn since(then: Timestamp, now: Timestamp) -> Duration {
    Duration::try_from(now.duration_since(then)).unwrap_or(Duration::ZERO)
}

#[cfg(test)]
mod tests {
    use super::*;

    const HOME: IpAddr = IpAddr::V4(std::net::Ipv4Addr::LOCALHOST);
    const OTHER: IpAddr = IpAddr::V4(std::net::Ipv4Addr::new(10, 0, 0, 9));

    fn at(seconds: i64) -> Timestamp {
        Timestamp::from_second(seconds).unwrap()
    }

    #[test]
    fn waits_double_and_end() {
        let throttle = Throttle::default();
        for _ in 0..FREE {
            throttle.failed("Anna", HOME, at(0));
        }
        assert_eq!(throttle.wait("anna", HOME, at(0)), None);
        throttle.failed("anna", HOME, at(0));
        assert_eq!(throttle.wait("ANNA", OTHER, at(0)), Some(Duration::from_secs(1)));
        assert_eq!(throttle.wait("bert", HOME, at(0)), Some(Duration::from_secs(1)));
        assert_eq!(throttle.wait("anna", HOME, at(1)), None);
        for _ in 0..40 {
            throttle.failed("anna", HOME, at(1));
        }
        assert_eq!(throttle.wait("anna", HOME, at(1)), Some(LONGEST));
    }

    #[test]
    fn success_forgives_the_account_but_not_the_address() {
        let throttle = Throttle::default();
        for _ in 0..=FREE {
            throttle.failed("anna", HOME, at(0));
        }
        throttle.succeeded("Anna");
        assert_eq!(throttle.wait("anna", OTHER, at(0)), None);
        assert!(throttle.wait("anna", HOME, at(0)).is_some());
    }
}
