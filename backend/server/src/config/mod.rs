//! Settings: one TOML file, with each value also settable from the environment.
//!
//! `[server] listen` is `NASMAN_SERVER_LISTEN` in the environment, which wins. All problems are found at once
//! and named, so that one edit can mend them all.

mod read;

use std::{
    collections::BTreeMap,
    net::{IpAddr, SocketAddr},
    path::{Path, PathBuf},
    time::Duration,
};

use nasman_search::MeiliSettings;
use nasman_zfs::feed::FolderNames;
use read::{Many, Reader, Seconds};

/// Variables of the environment that are not settings of the file.
const OTHER_VARIABLES: [&str; 2] = ["NASMAN_CONFIG", "NASMAN_ADMIN_PASSWORD"];

/// Everything that can be set.
#[derive(Debug, Clone)]
pub struct Config {
    /// Where the server listens.
    pub listen: SocketAddr,
    /// Where it keeps its state.
    pub state_dir: PathBuf,
    /// The browser reaches it by HTTPS (a proxy in front): cookies are marked so.
    pub https: bool,
    /// Proxies whose `X-Forwarded-For` is believed.
    pub trusted_proxies: Vec<IpAddr>,
    /// A folder to serve the frontend from, instead of the one built in.
    pub frontend_dir: Option<PathBuf>,
    /// Life of a session's signed cookie; it is renewed while in use.
    pub session_renewal: Duration,
    /// Longest life of a session, however busy.
    pub session_life: Duration,
    /// How long a ZFS command may take.
    pub zfs_timeout: Duration,
    /// Whether anything is indexed without being asked.
    pub index_enabled: bool,
    /// Seconds between looks at live files; 0: off.
    pub live_interval: u32,
    /// Names of folders that are not entered when indexing.
    pub index_exclude: FolderNames,
    /// A Meilisearch server to search by, instead of the embedded index.
    pub search_url: Option<String>,
    /// Its API key. Never shown.
    pub search_key: Option<Secret>,
    /// Its index, which several servers may share.
    pub search_index: String,
    /// Whose files these are, where several servers share a search index.
    pub search_host: String,
    /// `/metrics` without a token.
    pub metrics_public: bool,
    /// What is logged: a `tracing` filter such as `info` or `nasman=debug`.
    pub log_filter: String,
    /// How it is logged.
    pub log_format: LogFormat,
}

/// How log lines look.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum LogFormat {
    /// For people.
    Text,
    /// One JSON object a line.
    Json,
}

/// All that is wrong with the settings; at least one line.
#[derive(Debug, PartialEq, Eq, thiserror::Error)]
#[error("{}", .0.join("\n"))]
pub struct ConfigError(pub Vec<String>);

impl Config {
    /// Reads the file, if one is named, and the environment.
    ///
    /// # Errors
    /// Every problem at once, each naming its setting.
    pub fn load(file: Option<&Path>, env: BTreeMap<String, String>) -> Result<Self, ConfigError> {
        let text = match file {
            Some(path) => std::fs::read_to_string(path)
                .map_err(|e| ConfigError(vec![format!("{}: can't be read: {e}", path.display())]))?,
            None => String::new(),
        };
        Self::parse(&text, env)
    }

    /// As [`Self::load`], from the file's text.
    ///
    /// # Errors
    /// Every problem at once, each naming its setting.
    pub fn parse(text: &str, env: BTreeMap<String, String>) -> Result<Self, ConfigError> {
        let mut reader = Reader::new(text, env, &OTHER_VARIABLES)?;
        let config = Self {
            listen: reader.get("server", "listen", "an address and port, such as 127.0.0.1:8440", || {
                SocketAddr::from(([127, 0, 0, 1], 8440))
            }),
            state_dir: reader.get("server", "state_dir", "a folder", || "/var/lib/nasman".into()),
            https: reader.get("server", "https", "true or false", || false),
            trusted_proxies: reader
                .get::<Many<IpAddr>>("server", "trusted_proxies", "a list of IP addresses", Many::default)
                .0,
            frontend_dir: reader.get_optional("server", "frontend_dir", "a folder"),
            session_renewal: reader.seconds("auth", "session_renewal_seconds", 900),
            session_life: reader.seconds("auth", "session_life_seconds", 7 * 24 * 3600),
            zfs_timeout: reader.seconds("zfs", "timeout_seconds", 30),
            index_enabled: reader.get("index", "enabled", "true or false", || true),
            live_interval: reader.get("index", "live_interval_seconds", "a number of seconds, or 0", || 300),
            index_exclude: reader
                .get::<Excluded>("index", "exclude", "a list of folder names such as .cache or *.tmp", || {
                    Excluded(FolderNames::default())
                })
                .0,
            search_url: reader.get_optional("search", "url", "an address such as http://search.lan:7700"),
            search_key: reader.get_optional("search", "key", "an API key"),
            search_index: reader
                .get("search", "index", "an index's name", || MeiliSettings::INDEX.to_owned()),
            search_host: reader.get("search", "host", "this server's name", host_name),
            metrics_public: reader.get("metrics", "public", "true or false", || false),
            log_filter: reader
                .get("log", "filter", "a filter, such as info or nasman=debug", || Filter("info".into()))
                .0,
            log_format: reader.get("log", "format", "text or json", || LogFormat::Text),
        };
        reader.finish()?;
        Ok(config)
    }
}

/// What must not be shown, whatever prints it.
#[derive(Clone, PartialEq, Eq)]
pub struct Secret(pub String);

impl std::fmt::Debug for Secret {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("…")
    }
}

impl std::str::FromStr for Secret {
    type Err = std::convert::Infallible;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        Ok(Self(text.to_owned()))
    }
}

/// What the system calls this machine.
fn host_name() -> String {
    let name = rustix::system::uname().nodename().to_string_lossy().into_owned();
    if name.is_empty() { "nasman".to_owned() } else { name }
}

/// Folder names: comma separated in the environment.
struct Excluded(FolderNames);

impl std::str::FromStr for Excluded {
    type Err = ();

    fn from_str(text: &str) -> Result<Self, ()> {
        let Many(names) = text.parse::<Many<String>>().map_err(|_| ())?;
        FolderNames::new(&names).map(Self).map_err(|_| ())
    }
}

/// A log filter that `tracing` takes.
struct Filter(String);

impl std::str::FromStr for Filter {
    type Err = tracing_subscriber::filter::ParseError;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        tracing_subscriber::EnvFilter::try_new(text).map(|_| Self(text.to_owned()))
    }
}

impl std::str::FromStr for LogFormat {
    type Err = ();

    fn from_str(text: &str) -> Result<Self, ()> {
        match text {
            "text" => Ok(Self::Text),
            "json" => Ok(Self::Json),
            _ => Err(()),
        }
    }
}

impl Reader {
    fn seconds(&mut self, section: &'static str, key: &'static str, default: u64) -> Duration {
        self.get(section, key, "a whole number of seconds, at least 1", || Seconds(default)).duration()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn env(pairs: &[(&str, &str)]) -> BTreeMap<String, String> {
        pairs.iter().map(|(k, v)| ((*k).to_owned(), (*v).to_owned())).collect()
    }

    #[test]
    fn nothing_set_means_the_defaults() {
        let config = Config::parse("", env(&[("HOME", "/root")])).unwrap();
        assert_eq!(config.listen.to_string(), "127.0.0.1:8440");
        assert_eq!(config.session_life, Duration::from_secs(604_800));
    }

    #[test]
    fn the_environment_wins_over_the_file() {
        let text = "[server]\nlisten = '0.0.0.0:1'\ntrusted_proxies = ['10.0.0.1', '::1']";
        let config = Config::parse(text, env(&[("NASMAN_SERVER_LISTEN", "[::1]:2")])).unwrap();
        assert_eq!(config.listen.to_string(), "[::1]:2");
        assert_eq!(config.trusted_proxies.len(), 2);
    }

    #[test]
    fn all_problems_are_named_at_once() {
        let text = "colour = 'red'\n[server]\nlisten = 'nowhere'\nhttps = 'maybe'\nstate_dri = '/x'\n\
                    [auth]\nsession_life_seconds = 0\n[zebra]\na = 1";
        let problems =
            Config::parse(text, env(&[("NASMAN_LOG_FORMAT", "xml"), ("NASMAN_SEVER_LISTEN", "x")]))
                .unwrap_err()
                .0;
        for part in [
            "server.listen: 'nowhere' is not an address and port",
            "server.https: 'maybe' is not true or false",
            "server.state_dri: no such setting; did you mean server.state_dir?",
            "auth.session_life_seconds: '0' is not a whole number of seconds",
            "colour: no such setting",
            "zebra.a: no such setting",
            "NASMAN_LOG_FORMAT: 'xml' is not text or json",
            "NASMAN_SEVER_LISTEN: no such setting; did you mean NASMAN_SERVER_LISTEN?",
        ] {
            assert!(problems.iter().any(|p| p.contains(part)), "{part} not in {problems:#?}");
        }
        assert_eq!(problems.len(), 8, "{problems:#?}");
    }

    #[test]
    fn a_file_that_is_no_toml_is_told_with_its_place() {
        let problem = Config::parse("[server\nlisten=", env(&[])).unwrap_err().0.join("");
        assert!(problem.contains("line 1"), "{problem}");
    }
}
