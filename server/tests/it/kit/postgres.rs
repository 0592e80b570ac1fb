//! One real PostgreSQL for the whole test program, with a database for each story.

use super::watched::{Watched, folder, free_port, run};
use sqlx::{AssertSqlSafe, Connection, PgConnection};
use std::path::{Path, PathBuf};
use std::sync::OnceLock;

/// Where a hub's data lies.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Store {
    Sqlite,
    Postgres,
}

#[derive(Debug)]
struct Cluster {
    port: u16,
    _server: Watched,
}

const INSTALL: &str = "install PostgreSQL, as on Debian with: apt-get install postgresql";

fn bin() -> PathBuf {
    let versions = std::fs::read_dir("/usr/lib/postgresql")
        .into_iter()
        .flatten()
        .flatten();
    let mut found: Vec<PathBuf> = versions
        .map(|entry| entry.path().join("bin"))
        .filter(|bin| bin.join("initdb").exists())
        .collect();
    found.sort();
    found.pop().unwrap_or_default()
}

/// PostgreSQL refuses to run as root: then it runs as the user that its package made.
fn as_postgres(words: &[&str]) -> Vec<String> {
    let root = run(Path::new("id"), &["-u"], INSTALL).trim() == "0";
    let user: &[&str] = if root {
        &[
            "setpriv",
            "--reuid=postgres",
            "--regid=postgres",
            "--clear-groups",
        ]
    } else {
        &[]
    };
    user.iter()
        .chain(words)
        .map(|word| (*word).to_owned())
        .collect()
}

fn cluster() -> &'static Cluster {
    static CLUSTER: OnceLock<Cluster> = OnceLock::new();
    CLUSTER.get_or_init(|| {
        let folder = folder().keep();
        let data = folder.join("data");
        let (bin, data, path) = (
            bin(),
            data.display().to_string(),
            folder.display().to_string(),
        );
        if !as_postgres(&[]).is_empty() {
            run(Path::new("chown"), &["postgres", &path], INSTALL);
        }
        let initdb = bin.join("initdb").display().to_string();
        let words = as_postgres(&[
            &initdb,
            "-D",
            &data,
            "-A",
            "trust",
            "-U",
            "comanda",
            "-E",
            "UTF8",
            "--locale=C",
            "--no-sync",
        ]);
        let args: Vec<&str> = words[1..].iter().map(String::as_str).collect();
        run(Path::new(&words[0]), &args, INSTALL);
        let port = free_port();
        let server = bin.join("postgres").display().to_string();
        let settings = format!(
            "-D {data} -p {port} -c listen_addresses=127.0.0.1 -c unix_socket_directories={path} \
             -c max_connections=300 -c fsync=on -c shared_buffers=64MB"
        );
        let command = format!("{} {settings}", as_postgres(&[&server]).join(" "));
        let server = Watched::server(&folder, &command);
        wait_until_ready(&bin, port);
        Cluster {
            port,
            _server: server,
        }
    })
}

fn wait_until_ready(bin: &Path, port: u16) {
    for _ in 0..600 {
        let asked = std::process::Command::new(bin.join("pg_isready"))
            .args(["-q", "-h", "127.0.0.1", "-p", &port.to_string()])
            .status();
        if asked.is_ok_and(|status| status.success()) {
            return;
        }
        std::thread::sleep(std::time::Duration::from_millis(50));
    }
    panic!("PostgreSQL does not come up");
}

pub fn url(database: &str) -> String {
    format!("postgres://comanda@127.0.0.1:{}/{database}", cluster().port)
}

/// Says something to the cluster itself.
pub async fn admin(sql: String) {
    let mut link = PgConnection::connect(&url("postgres"))
        .await
        .expect("PostgreSQL answers");
    sqlx::query(AssertSqlSafe(sql.clone()))
        .execute(&mut link)
        .await
        .unwrap_or_else(|e| panic!("{sql}: {e}"));
}

pub fn new_name() -> String {
    format!("t{}", super::fresh().simple())
}

/// A database of its own: empty, or a copy of another that nobody is connected to.
pub async fn create(name: &str, template: Option<&str>) {
    let from = template
        .map(|from| format!(" TEMPLATE {from}"))
        .unwrap_or_default();
    admin(format!("CREATE DATABASE {name}{from}")).await;
}
