//! Counters for Prometheus.

use std::time::Duration;

use prometheus::{
    Encoder as _, HistogramOpts, HistogramVec, IntGauge, IntGaugeVec, Opts, Registry, TextEncoder,
};

/// The process's counters.
pub struct Metrics {
    registry: Registry,
    requests: HistogramVec,
    commands: HistogramVec,
    /// Jobs by state.
    pub jobs: IntGaugeVec,
    /// Snapshots noted, by whether their files are known.
    pub snapshots: IntGaugeVec,
    /// Bytes of the catalog on the disk.
    pub catalog_bytes: IntGauge,
    /// Bytes allocated, by pool.
    pub pool_allocated: IntGaugeVec,
    /// Bytes in all, by pool.
    pub pool_size: IntGaugeVec,
    /// 1 for the state that the pool is in.
    pub pool_state: IntGaugeVec,
    /// 1 when ZFS answered the last time it was asked for its pools.
    pub zfs_up: IntGauge,
}

impl Metrics {
    /// # Errors
    /// When two counters have one name: a fault of the program.
    pub fn new() -> prometheus::Result<Self> {
        let registry = Registry::new();
        let histogram = |name: &str, help: &str, labels: &[&str]| -> prometheus::Result<HistogramVec> {
            let buckets = vec![0.001, 0.005, 0.025, 0.1, 0.5, 2.5, 10.0, 60.0];
            let histogram = HistogramVec::new(HistogramOpts::new(name, help).buckets(buckets), labels)?;
            registry.register(Box::new(histogram.clone()))?;
            Ok(histogram)
        };
        let gauge = |name: &str, help: &str, labels: &[&str]| -> prometheus::Result<IntGaugeVec> {
            let gauge = IntGaugeVec::new(Opts::new(name, help), labels)?;
            registry.register(Box::new(gauge.clone()))?;
            Ok(gauge)
        };
        let zfs_up = IntGauge::new("nasman_zfs_up", "1 when ZFS answered the last time it was asked")?;
        registry.register(Box::new(zfs_up.clone()))?;
        let catalog_bytes = IntGauge::new("nasman_catalog_bytes", "Bytes of the catalog on the disk")?;
        registry.register(Box::new(catalog_bytes.clone()))?;
        let version = gauge("nasman_build_info", "Always 1; the version is a label", &["version"])?;
        version.with_label_values(&[env!("CARGO_PKG_VERSION")]).set(1);
        Ok(Self {
            requests: histogram(
                "nasman_http_request_seconds",
                "Time to answer HTTP requests",
                &["method", "route", "status"],
            )?,
            commands: histogram("nasman_zfs_command_seconds", "Time of ZFS commands, by verb", &["verb"])?,
            jobs: gauge("nasman_jobs", "Jobs remembered, by state", &["state"])?,
            snapshots: gauge("nasman_index_snapshots", "Snapshots, by how far the index is", &["state"])?,
            catalog_bytes,
            pool_allocated: gauge("nasman_pool_allocated_bytes", "Bytes allocated in the pool", &["pool"])?,
            pool_size: gauge("nasman_pool_size_bytes", "Bytes in the pool before redundancy", &["pool"])?,
            pool_state: gauge("nasman_pool_state", "1 for the state the pool is in", &["pool", "state"])?,
            zfs_up,
            registry,
        })
    }

    /// Counts an answered request.
    pub fn observe_request(&self, method: &str, route: &str, status: u16, took: Duration) {
        self.requests.with_label_values(&[method, route, &status.to_string()]).observe(took.as_secs_f64());
    }

    /// What counts ZFS commands; handed to the driver.
    #[must_use]
    pub fn command_observer(&self) -> nasman_zfs::Observer {
        let commands = self.commands.clone();
        Box::new(move |ran| commands.with_label_values(&[ran.verb]).observe(ran.took.as_secs_f64()))
    }

    /// All counters, in Prometheus's text form.
    ///
    /// # Errors
    /// When a counter can't be written down.
    pub fn text(&self) -> prometheus::Result<Vec<u8>> {
        let mut text = Vec::new();
        TextEncoder::new().encode(&self.registry.gather(), &mut text)?;
        Ok(text)
    }
}
