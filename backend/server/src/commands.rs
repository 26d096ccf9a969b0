//! What the binary does when called.

use std::{
    collections::BTreeMap,
    io::{BufRead as _, IsTerminal as _, Write as _},
    path::{Path, PathBuf},
    sync::Arc,
};

use clap::{Parser, Subcommand};
use nasman_catalog::{Catalog, NewUser, UserChange};
use nasman_core::Role;
use nasman_zfs::{CliSettings, CliZfs};
use tokio::sync::watch;

use crate::{
    auth::Passwords,
    config::{Config, LogFormat},
    index,
    lock::Lock,
    routes::{openapi, users::check_user_name},
    serve,
};

/// Gets files back from ZFS snapshots.
#[derive(Debug, Parser)]
#[command(version, about)]
pub struct Cli {
    /// The settings' file.
    #[arg(long, global = true, env = "NASMAN_CONFIG", value_name = "FILE")]
    config: Option<PathBuf>,
    #[command(subcommand)]
    command: Command,
}

#[derive(Debug, Subcommand)]
enum Command {
    /// Serve the API and the frontend.
    Serve,
    /// Administer users without the server. Passwords are read from standard input.
    User {
        #[command(subcommand)]
        command: UserCommand,
    },
    /// Look after the catalog: what is known of every snapshot's files.
    Catalog {
        #[command(subcommand)]
        command: CatalogCommand,
    },
    /// Print the OpenAPI document.
    Openapi,
    /// Check the settings and print every problem.
    CheckConfig,
}

#[derive(Debug, Subcommand)]
enum CatalogCommand {
    /// Check the state database, and that the files' versions in it fit together. Ends with 1 where they don't.
    Check,
    /// Begin the catalog anew: the server reads all snapshots again when it starts. Users, tokens, settings and jobs
    /// stay, as far as they can be read. Stop the server first.
    Rebuild,
}

#[derive(Debug, Subcommand)]
enum UserCommand {
    /// List users.
    List,
    /// Make a user; the password is the first line of standard input.
    Add {
        /// The user's name.
        name: String,
        /// viewer, operator or admin.
        #[arg(long, default_value = "viewer")]
        role: Role,
    },
    /// Set a user's password: the first line of standard input. Signs the user out everywhere.
    Password {
        /// The user's name.
        name: String,
    },
}

/// Does what the command line asks.
///
/// # Errors
/// A text for people: what happened and what to do.
pub fn run(cli: Cli) -> Result<(), String> {
    let env: BTreeMap<String, String> = std::env::vars_os()
        .filter_map(|(k, v)| Some((k.into_string().ok()?, v.into_string().ok()?)))
        .collect();
    let load = |file: Option<&Path>| {
        Config::load(file, env).map_err(|e| format!("the settings have problems:\n{e}"))
    };
    match cli.command {
        Command::Openapi => print(&openapi::document().map_err(|e| e.to_string())?),
        Command::CheckConfig => load(cli.config.as_deref()).and_then(|_| print("The settings are fine.\n")),
        Command::Catalog { command: CatalogCommand::Check } => check(&load(cli.config.as_deref())?),
        Command::Catalog { command: CatalogCommand::Rebuild } => rebuild(&load(cli.config.as_deref())?),
        Command::User { command } => user(&load(cli.config.as_deref())?, command),
        Command::Serve => serve_until_told(load(cli.config.as_deref())?),
    }
}

fn print(text: &str) -> Result<(), String> {
    std::io::stdout()
        .write_all(text.as_bytes())
        .map_err(|e| format!("writing to standard output failed: {e}"))
}

fn check(config: &Config) -> Result<(), String> {
    let catalog = Catalog::open(&config.state_dir).map_err(|e| e.to_string())?;
    let problems = catalog.check().map_err(|e| e.to_string())?;
    for problem in &problems {
        print(&format!("{}: {}\n", if problem.damage { "damage" } else { "note" }, problem.text))?;
    }
    if problems.iter().any(|problem| problem.damage) {
        let what =
            "the catalog is damaged; stop the server, run `nasman catalog rebuild`, and start it again";
        return Err(what.to_owned());
    }
    print("The catalog is sound.\n")
}

fn rebuild(config: &Config) -> Result<(), String> {
    let _alone = Lock::take(&config.state_dir)?;
    let rebuilt = nasman_catalog::rebuild(&config.state_dir, jiff::Timestamp::now());
    let rebuilt = rebuilt.map_err(|e| e.to_string())?;
    if let Some(aside) = &rebuilt.aside {
        print(&format!("The damaged file was kept as {}.\n", aside.display()))?;
    }
    for lost in &rebuilt.lost {
        print(&format!("lost: {lost}\n"))?;
    }
    print("The catalog begins anew: when the server starts, it reads all snapshots again.\n")
}

fn user(config: &Config, command: UserCommand) -> Result<(), String> {
    let catalog = Catalog::open(&config.state_dir).map_err(|e| e.to_string())?;
    let failed = |e: nasman_catalog::CatalogError| e.to_string();
    match command {
        UserCommand::List => {
            let users = catalog.users().map_err(failed)?;
            let line = |u: &nasman_catalog::User| {
                format!("{}\t{}{}\n", u.name, u.role, if u.disabled { "\tdisabled" } else { "" })
            };
            print(&users.iter().map(line).collect::<String>())
        }
        UserCommand::Add { name, role } => {
            check_user_name(&name).map_err(|e| e.detail)?;
            let password_hash = &hash_from_input()?;
            let new = NewUser { name: &name, password_hash, role, restricted: false };
            catalog.add_user(&new, jiff::Timestamp::now()).map_err(|e| format!("{name}: {e}"))?;
            print(&format!("Made {name}, {role}.\n"))
        }
        UserCommand::Password { name } => {
            let user =
                catalog.user_by_name(&name).map_err(failed)?.ok_or(format!("no user {name} exists"))?;
            let change = UserChange { password_hash: Some(hash_from_input()?), ..UserChange::default() };
            catalog.change_user(user.id, change).map_err(failed)?;
            print(&format!("Set the password of {name}.\n"))
        }
    }
}

/// Not from the arguments, which every user of the machine can see.
fn hash_from_input() -> Result<String, String> {
    let mut line = String::new();
    std::io::stdin().lock().read_line(&mut line).map_err(|e| format!("the password can't be read: {e}"))?;
    let passwords = Passwords::new().map_err(|e| e.detail)?;
    passwords.hash("password", line.trim_end_matches(['\n', '\r'])).map_err(|e| e.detail)
}

fn serve_until_told(config: Config) -> Result<(), String> {
    start_log(&config)?;
    let _alone = Lock::take(&config.state_dir)?;
    actix_web::rt::System::new().block_on(async {
        let (stop, stopping) = watch::channel(false);
        let deadline = config.zfs_timeout;
        let app = serve::set_up(
            config,
            |metrics| {
                let observer = Some(metrics.command_observer());
                Arc::new(CliZfs::new(CliSettings { deadline, observer, ..CliSettings::default() }))
            },
            stopping,
        )
        .map_err(|e| e.to_string())?;
        let first = serve::first_run(&app, std::env::var("NASMAN_ADMIN_PASSWORD").ok().as_deref())
            .map_err(|e| e.to_string())?;
        let address = app.config.listen;
        let running = serve::listen(app.clone()).map_err(|e| format!("can't listen on {address}: {e}"))?;
        tracing::info!(address = %running.address, "serving");
        print(&format!("NASMan serves http://{}\n", running.address))?;
        if let Some(login) = first {
            let password = login.password.as_deref().unwrap_or("(from NASMAN_ADMIN_PASSWORD)");
            print(&format!("First run: sign in as '{}' with the password {password}\n", login.name))?;
        }
        let schedule = actix_web::rt::spawn(index::run(app.clone()));
        let work = actix_web::rt::spawn(serve::work(app));
        let server = actix_web::rt::spawn(running.server);
        told_to_stop().await.map_err(|e| format!("signals can't be received: {e}"))?;
        tracing::info!("stopping");
        // Nobody listening any more is no fault.
        let _ = stop.send(true);
        running.handle.stop(true).await;
        let _ = server.await;
        let _ = schedule.await;
        let _ = work.await;
        tracing::info!("stopped");
        Ok(())
    })
}

async fn told_to_stop() -> std::io::Result<()> {
    use tokio::signal::unix::{SignalKind, signal};
    let mut terminate = signal(SignalKind::terminate())?;
    tokio::select! {
        _ = terminate.recv() => Ok(()),
        interrupted = tokio::signal::ctrl_c() => interrupted,
    }
}

fn start_log(config: &Config) -> Result<(), String> {
    let filter = tracing_subscriber::EnvFilter::try_new(&config.log_filter)
        .map_err(|e| format!("log.filter: '{}' is no filter: {e}", config.log_filter))?;
    // Colours are for terminals, not for journals.
    let log = tracing_subscriber::fmt()
        .with_env_filter(filter)
        .with_ansi(std::io::stderr().is_terminal())
        .with_writer(std::io::stderr);
    let started = match config.log_format {
        LogFormat::Text => log.try_init(),
        LogFormat::Json => log.json().try_init(),
    };
    started.map_err(|e| format!("the log can't be started: {e}"))
}
