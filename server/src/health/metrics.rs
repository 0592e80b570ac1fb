//! What the hub counts of itself, as Prometheus reads it.

use crate::api::Api;
use crate::problem::Problem;
use crate::store::{head, outbox};
use axum::extract::State;
use axum::http::{Method, StatusCode, header};
use axum::response::IntoResponse;
use std::collections::BTreeMap;
use std::fmt::Write;
use std::sync::atomic::{AtomicI64, Ordering};
use std::sync::{Mutex, PoisonError};
use std::time::Duration;

/// The upper ends of what a histogram counts in: seconds of an answer, jobs of a batch.
const SECONDS: [f64; 11] = [
    0.001, 0.002, 0.005, 0.01, 0.02, 0.05, 0.1, 0.25, 0.5, 1.0, 5.0,
];
const JOBS: [f64; 8] = [1.0, 2.0, 4.0, 8.0, 16.0, 32.0, 64.0, 128.0];

#[derive(Debug, Default)]
pub struct Metrics {
    /// By route, method and status: as many as there are routes, for an unknown path has no name.
    answers: Mutex<BTreeMap<(String, &'static str, u16), u64>>,
    seconds: Mutex<BTreeMap<String, Histogram<11>>>,
    batches: Mutex<Histogram<8>>,
    pub sockets: AtomicI64,
}

#[derive(Debug, Clone)]
struct Histogram<const N: usize> {
    counts: [u64; N],
    sum: f64,
    all: u64,
}

impl<const N: usize> Default for Histogram<N> {
    fn default() -> Self {
        Self {
            counts: [0; N],
            sum: 0.0,
            all: 0,
        }
    }
}

impl<const N: usize> Histogram<N> {
    fn count(&mut self, ends: &[f64; N], value: f64) {
        for (count, end) in self.counts.iter_mut().zip(ends) {
            *count += u64::from(value <= *end);
        }
        self.sum += value;
        self.all += 1;
    }

    fn write(&self, out: &mut String, name: &str, labels: &str, ends: &[f64; N]) {
        let comma = if labels.is_empty() { "" } else { "," };
        for (count, end) in self.counts.iter().zip(ends) {
            line(
                out,
                &format!("{name}_bucket{{{labels}{comma}le=\"{end}\"}}"),
                *count,
            );
        }
        line(
            out,
            &format!("{name}_bucket{{{labels}{comma}le=\"+Inf\"}}"),
            self.all,
        );
        let braces = if labels.is_empty() {
            String::new()
        } else {
            format!("{{{labels}}}")
        };
        line(out, &format!("{name}_sum{braces}"), self.sum);
        line(out, &format!("{name}_count{braces}"), self.all);
    }
}

fn line(out: &mut String, name: &str, value: impl std::fmt::Display) {
    // Writing to a string cannot fail.
    let _written = writeln!(out, "{name} {value}");
}

fn about(out: &mut String, name: &str, kind: &str, help: &str) {
    line(out, &format!("# HELP {name}"), help);
    line(out, &format!("# TYPE {name}"), kind);
}

fn plain(method: &Method) -> &'static str {
    match method.as_str() {
        "GET" => "GET",
        "POST" => "POST",
        "PUT" => "PUT",
        "PATCH" => "PATCH",
        "DELETE" => "DELETE",
        "HEAD" => "HEAD",
        "OPTIONS" => "OPTIONS",
        _ => "OTHER",
    }
}

impl Metrics {
    pub fn answered(&self, route: &str, method: &Method, status: StatusCode, took: Duration) {
        let key = (route.to_owned(), plain(method), status.as_u16());
        *lock(&self.answers).entry(key).or_default() += 1;
        let mut seconds = lock(&self.seconds);
        let histogram = match seconds.get_mut(route) {
            Some(histogram) => histogram,
            None => seconds.entry(route.to_owned()).or_default(),
        };
        histogram.count(&SECONDS, took.as_secs_f64());
    }

    /// A batch of the writer.
    pub fn batch(&self, jobs: usize) {
        let jobs = u32::try_from(jobs).unwrap_or(u32::MAX);
        lock(&self.batches).count(&JOBS, f64::from(jobs));
    }

    fn write(&self, out: &mut String) {
        let name = "comanda_http_requests_total";
        about(
            out,
            name,
            "counter",
            "Requests by route, method and status.",
        );
        for ((route, method, status), count) in &*lock(&self.answers) {
            let labels = format!("route=\"{route}\",method=\"{method}\",status=\"{status}\"");
            line(out, &format!("{name}{{{labels}}}"), count);
        }
        let name = "comanda_http_request_seconds";
        about(out, name, "histogram", "How long answers took, by route.");
        for (route, histogram) in &*lock(&self.seconds) {
            histogram.write(out, name, &format!("route=\"{route}\""), &SECONDS);
        }
        let name = "comanda_writer_batch_jobs";
        about(out, name, "histogram", "Jobs that went into one commit.");
        lock(&self.batches).write(out, name, "", &JOBS);
        let name = "comanda_sockets";
        about(out, name, "gauge", "Sockets that are open.");
        line(out, name, self.sockets.load(Ordering::Relaxed));
    }
}

fn lock<T>(of: &Mutex<T>) -> std::sync::MutexGuard<'_, T> {
    of.lock().unwrap_or_else(PoisonError::into_inner)
}

pub async fn metrics(State(api): State<Api>) -> Result<impl IntoResponse, Problem> {
    let mut out = String::new();
    api.hub.metrics.write(&mut out);
    let name = "comanda_writer_waiting";
    about(
        &mut out,
        name,
        "gauge",
        "Jobs that wait at a restaurant's writer.",
    );
    for (restaurant, waiting) in api.hub.waiting() {
        line(
            &mut out,
            &format!("{name}{{restaurant=\"{restaurant}\"}}"),
            waiting,
        );
    }
    let read = async {
        let mut tx = api.hub.db.read().await?;
        let mut heads = Vec::new();
        for restaurant in head::restaurants(&mut tx).await? {
            let head = head::read(&mut tx, restaurant).await?;
            let relayed = outbox::relayed(&mut tx, restaurant).await?;
            heads.extend(head.map(|head| (restaurant, head, relayed)));
        }
        Ok(heads)
    };
    let heads = read.await.map_err(|e: sqlx::Error| Problem::database(&e))?;
    let name = "comanda_log_seq";
    about(&mut out, name, "gauge", "Where a restaurant's log ends.");
    for (restaurant, head, _) in &heads {
        let of = format!("{name}{{restaurant=\"{restaurant}\"}}");
        line(&mut out, &of, head.position.seq);
    }
    let name = "comanda_outbox_backlog";
    about(
        &mut out,
        name,
        "gauge",
        "Records that Kafka has not taken yet; none where there is no Kafka.",
    );
    for (restaurant, head, relayed) in &heads {
        let backlog = api.relay.is_up().map_or(0, |_| head.feed - relayed);
        line(
            &mut out,
            &format!("{name}{{restaurant=\"{restaurant}\"}}"),
            backlog,
        );
    }
    let kind = "text/plain; version=0.0.4; charset=utf-8";
    Ok(([(header::CONTENT_TYPE, kind)], out))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_histogram_counts_upwards() {
        let metrics = Metrics::default();
        for jobs in [1, 3, 200] {
            metrics.batch(jobs);
        }
        let mut out = String::new();
        metrics.write(&mut out);
        for line in [
            "comanda_writer_batch_jobs_bucket{le=\"1\"} 1",
            "comanda_writer_batch_jobs_bucket{le=\"4\"} 2",
            "comanda_writer_batch_jobs_bucket{le=\"128\"} 2",
            "comanda_writer_batch_jobs_bucket{le=\"+Inf\"} 3",
            "comanda_writer_batch_jobs_sum 204",
            "comanda_writer_batch_jobs_count 3",
        ] {
            assert!(
                out.lines().any(|written| written == line),
                "{line} in {out}"
            );
        }
    }
}
