//! `nasman-demo fill --pool tank` or `nasman-demo fill --dir DIR`.

use std::io::Write as _;
use std::path::PathBuf;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::{Instant, SystemTime, UNIX_EPOCH};

use anyhow::{Context, Result};
use clap::{Args, Parser};
use nasman_demo::apply::{fill_dir, fill_pool};
use nasman_demo::plan::{Plan, Settings};

/// Fills a demo pool with believable files and weeks of snapshots.
#[derive(Parser)]
#[command(version)]
enum Cli {
    /// Makes the files, and on a pool their history.
    Fill(Fill),
}

#[derive(Args)]
struct Fill {
    #[command(flatten)]
    place: Place,
    /// For how many days there are daily snapshots.
    #[arg(long, default_value_t = 21, value_parser = clap::value_parser!(u16).range(14..=60))]
    days: u16,
    /// Another number gives other everyday life; the landmarks stay.
    #[arg(long, default_value_t = 1)]
    seed: u64,
}

#[derive(Args)]
#[group(required = true, multiple = false)]
struct Place {
    /// An existing pool without the demo's datasets; sets the system's clock back and forth, so: a guest's.
    #[arg(long)]
    pool: Option<String>,
    /// An empty or new directory, for the last state alone, without snapshots.
    #[arg(long)]
    dir: Option<PathBuf>,
}

fn main() -> Result<()> {
    let Cli::Fill(fill) = Cli::parse();
    let begun = Instant::now();
    let now = SystemTime::now().duration_since(UNIX_EPOCH).context("the system's clock is before 1970")?;
    let plan = Plan::new(Settings { seed: fill.seed, now: i64::try_from(now.as_secs())?, days: fill.days });
    let planned = begun.elapsed();
    let done = match (fill.place.pool, fill.place.dir) {
        (Some(pool), _) => {
            let stop = Arc::new(AtomicBool::new(false));
            let flag = Arc::clone(&stop);
            ctrlc::set_handler(move || flag.store(true, Ordering::Relaxed))
                .context("listening to signals")?;
            fill_pool(&plan, &pool, &stop)?
        }
        (None, Some(dir)) => fill_dir(&plan, &dir)?,
        (None, None) => unreachable!("clap asks for one"),
    };
    writeln!(
        std::io::stdout(),
        "{} files, {} snapshots in {:.1} s (planned in {:.1} s)",
        done.files,
        done.snapshots,
        begun.elapsed().as_secs_f64(),
        planned.as_secs_f64()
    )?;
    Ok(())
}
