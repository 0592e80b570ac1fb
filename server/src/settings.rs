//! What the program is told: by flag or by environment, all of it in `--help`.

use crate::limits::Rates;
pub mod restaurant;

use clap::{Parser, Subcommand, ValueEnum};
use domain::text::Name;
use std::net::SocketAddr;
use std::path::PathBuf;

#[derive(Debug, Parser)]
#[command(
    name = "comanda",
    version,
    about = "Table ordering that goes on working when the network does not"
)]
pub struct Cli {
    #[command(subcommand)]
    pub call: Call,
    #[command(flatten)]
    pub settings: Settings,
}

#[derive(Debug, Subcommand)]
pub enum Call {
    /// Serve the hub and the screens
    Serve {
        /// Fill an empty database with the demo restaurant, or serve the one that it was filled with
        #[arg(long)]
        demo: bool,
        /// How many evenings lie behind the demo when it is made
        #[arg(long, env = "COMANDA_DEMO_DAYS", default_value_t = 7, value_parser = clap::value_parser!(u8).range(0..=28))]
        demo_days: u8,
    },
    /// Write all that the database holds now into a new file, while serving or not
    Backup {
        /// The file: readable for its owner only, for it holds keys and everybody's data
        file: PathBuf,
        /// Put it in the place of an earlier backup of this name
        #[arg(long)]
        replace: bool,
    },
    /// Put a backup into an empty data folder or PostgreSQL database, the hub stopped
    Restore {
        /// What `comanda backup` has written
        file: PathBuf,
    },
    /// Check that log, state and reports agree, and exit with 1 where they do not
    Verify,
    /// The restaurants of this database
    Restaurant {
        #[command(subcommand)]
        call: RestaurantCall,
    },
}

#[derive(Debug, Subcommand)]
pub enum RestaurantCall {
    /// Add a further restaurant, and print how its first admin signs in
    Add {
        /// What it is called
        #[arg(value_parser = name)]
        name: Name,
    },
}

#[derive(Debug, Clone, clap::Args)]
pub struct Settings {
    /// Where to listen; port 0 takes a free one
    #[arg(
        long,
        global = true,
        env = "COMANDA_LISTEN",
        default_value = "127.0.0.1:8080"
    )]
    pub listen: SocketAddr,
    /// The data folder, made where it is missing
    #[arg(
        long,
        global = true,
        env = "COMANDA_DATA",
        default_value = "comanda-data"
    )]
    pub data: PathBuf,
    /// postgres://…; without it, SQLite in the data folder
    #[arg(long, global = true, env = "DATABASE_URL", hide_env_values = true, value_parser = database)]
    pub database_url: Option<String>,
    /// Kafka's brokers, with commas between; without it, no Kafka
    #[arg(long, global = true, env = "KAFKA_BROKERS", value_parser = brokers)]
    pub kafka_brokers: Option<String>,
    /// How many records are kept for a Kafka that is gone, each some 3 kB; beyond, it loses the oldest and is told so
    #[arg(long, global = true, env = "COMANDA_KAFKA_BACKLOG", default_value_t = 1_000_000, value_parser = clap::value_parser!(u32).range(1..))]
    pub kafka_backlog: u32,
    /// off; lan: by a certificate authority of the hub's own; or CERT,KEY: two PEM files
    #[arg(long, global = true, env = "COMANDA_TLS", default_value = "off", value_parser = tls)]
    pub tls: Tls,
    /// Requests a minute from one address without a valid token; 0 lifts the limit
    #[arg(
        long,
        global = true,
        env = "COMANDA_RATE_ANONYMOUS",
        default_value_t = 100
    )]
    pub rate_anonymous: u32,
    /// Requests a second of one person or device, ten times as many at once; 0 lifts the limit
    #[arg(
        long,
        global = true,
        env = "COMANDA_RATE_PER_ACTOR",
        default_value_t = 50
    )]
    pub rate_per_actor: u32,
    /// Failed sign-ins a minute for one name, and six times as many tries from one address; 0 lifts the limit
    #[arg(long, global = true, env = "COMANDA_RATE_SIGN_IN", default_value_t = 5)]
    pub rate_sign_in: u32,
    /// How logs are written to stderr
    #[arg(long, global = true, env = "COMANDA_LOG", default_value = "json")]
    pub log: LogForm,
    /// What is logged, as `RUST_LOG` has it
    #[arg(long, global = true, env = "RUST_LOG", default_value = "info", value_parser = filter)]
    pub log_filter: String,
}

/// How connections are secured.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Tls {
    Off,
    Lan,
    Files { certificate: PathBuf, key: PathBuf },
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub enum LogForm {
    Json,
    Text,
}

impl Settings {
    pub fn rates(&self) -> Rates {
        Rates {
            anonymous: self.rate_anonymous,
            per_actor: self.rate_per_actor,
            sign_in: self.rate_sign_in,
        }
    }
}

fn name(text: &str) -> Result<Name, String> {
    Name::new(text).map_err(|error| error.to_string())
}

fn database(url: &str) -> Result<String, String> {
    let known = ["postgres://", "postgresql://"]
        .iter()
        .any(|start| url.starts_with(start));
    let reads = known && url.parse::<sqlx::postgres::PgConnectOptions>().is_ok();
    // The address may hold a password: it is never said again.
    if reads {
        Ok(url.to_owned())
    } else {
        Err("it has to be a postgres:// address".into())
    }
}

fn tls(text: &str) -> Result<Tls, String> {
    match (text, text.split_once(',')) {
        ("off", _) => Ok(Tls::Off),
        ("lan", _) => Ok(Tls::Lan),
        (_, Some((certificate, key))) if !certificate.is_empty() && !key.is_empty() => {
            Ok(Tls::Files {
                certificate: certificate.into(),
                key: key.into(),
            })
        }
        (_, _) => Err("it has to be off, lan or CERT,KEY".into()),
    }
}

fn brokers(list: &str) -> Result<String, String> {
    let one = |broker: &str| {
        let port = broker.rsplit_once(':').filter(|(host, _)| !host.is_empty());
        port.is_some_and(|(_, port)| port.parse::<u16>().is_ok())
    };
    let reads = list.split(',').all(|broker| one(broker.trim()));
    if reads {
        Ok(list.to_owned())
    } else {
        Err("it has to be host:port, with commas between".into())
    }
}

fn filter(text: &str) -> Result<String, String> {
    let reads = tracing_subscriber::EnvFilter::builder().parse(text);
    reads
        .map(|_| text.to_owned())
        .map_err(|_| "it is no log filter".into())
}

/// One sentence about a setting that does not read, without the value where that may be secret.
pub fn sentence(error: &clap::Error) -> String {
    let text = error.to_string();
    let first = text.lines().next().unwrap_or("a setting does not read");
    let first = first.trim_start_matches("error: ");
    let secret = first.contains("--database-url");
    if secret {
        "--database-url (DATABASE_URL) does not read: it has to be a postgres:// address".into()
    } else {
        first.into()
    }
}
