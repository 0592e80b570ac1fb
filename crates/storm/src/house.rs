//! The hub's nodes and what they stand on: SQLite in one node's folder, or one PostgreSQL under two of them; perhaps a Kafka.

use crate::door::{self, Nodes};
use crate::process::Process;
use crate::storm::Args;
use anyhow::{Context, Result, ensure};
use rusqlite::{Connection, OpenFlags};
use servers::{Kafka, Postgres};
use sqlx::{Connection as _, PgConnection};
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

#[derive(Debug)]
pub struct House {
    pub nodes: Vec<Process>,
    pub listening: Nodes,
    /// One address for everybody.
    pub door: String,
    pub postgres: Option<Postgres>,
    /// The database's address, where there is PostgreSQL.
    pub database: Option<String>,
    pub kafka: Option<Broker>,
}

impl House {
    pub async fn found(args: &Args, folder: &Path) -> Result<Self> {
        let postgres = args.postgres.then(Postgres::start).transpose()?;
        let made = |there: &Postgres| there.database("storm");
        let database = postgres.as_ref().map(made).transpose()?;
        let kafka = args.kafka.then(Broker::start).transpose()?;
        let many = if args.postgres { 2 } else { 1 };
        let listening = Nodes::new(many);
        let mut nodes = Vec::new();
        for n in 0..many {
            let mut env = Vec::new();
            if let Some(url) = &database {
                // So that the database says whose a connection is.
                env.push(("DATABASE_URL", format!("{url}?application_name=node-{n}")));
            }
            if let Some(kafka) = &kafka {
                env.push(("KAFKA_BROKERS", kafka.address.clone()));
            }
            nodes.push(Process::node(
                &args.hub,
                folder.join(format!("node-{n}")),
                &env,
            ));
        }
        let door = door::open(listening.clone()).await?;
        let mut house = Self {
            nodes,
            listening,
            door,
            postgres,
            database,
            kafka,
        };
        // The first one makes the demo.
        for n in 0..many {
            house.start(n).await?;
        }
        Ok(house)
    }

    pub async fn start(&mut self, node: usize) -> Result<()> {
        let process = self.nodes.get_mut(node).context("no such node")?;
        process.begin()?;
        let address = process.listens().await?;
        self.listening.set(node, Some(address));
        Ok(())
    }

    pub async fn kill(&mut self, node: usize) -> Result<()> {
        self.listening.set(node, None);
        let process = self.nodes.get_mut(node).context("no such node")?;
        process.kill().await
    }

    /// Where its log ends.
    pub async fn end_of_log(&self) -> Result<i64> {
        let text = "SELECT MAX(seq) FROM log";
        match &self.database {
            None => Ok(open(&self.own_file()?)?.query_row(text, [], |row| row.get(0))?),
            Some(url) => {
                let mut link = PgConnection::connect(url).await?;
                let (end,) = sqlx::query_as(text).fetch_one(&mut link).await?;
                link.close().await?;
                Ok(end)
            }
        }
    }

    /// One connection of a node, whoever it is, is cut by the database.
    pub async fn cut_a_connection(&self) -> Result<()> {
        let url = self.database.as_ref().context("no PostgreSQL")?;
        let mut link = PgConnection::connect(url).await?;
        let text = "SELECT pg_terminate_backend(pid) FROM (SELECT pid FROM pg_stat_activity
                    WHERE application_name LIKE 'node-%' ORDER BY random() LIMIT 1) AS one";
        sqlx::query(text).execute(&mut link).await?;
        Ok(link.close().await?)
    }

    /// Once nobody writes any more: whether all that it holds agrees with itself, and its database as one file.
    pub async fn verified(&self, folder: &Path) -> Result<PathBuf> {
        let node = self.nodes.first().context("no node")?;
        node.runs(&["verify"]).await?;
        for node in &self.nodes {
            let said = node.said();
            ensure!(!said.contains("panicked at"), "a node has panicked: {said}");
            ensure!(!said.contains("ALARM"), "a node is alarmed: {said}");
        }
        if self.database.is_none() {
            return self.own_file();
        }
        let file = folder.join("backup");
        node.runs(&["backup", &file.display().to_string()]).await?;
        Ok(file)
    }

    fn own_file(&self) -> Result<PathBuf> {
        let node = self.nodes.first().context("no node")?;
        Ok(node.home.join("comanda.sqlite"))
    }
}

pub fn open(file: &Path) -> rusqlite::Result<Connection> {
    Connection::open_with_flags(file, OpenFlags::SQLITE_OPEN_READ_ONLY)
}

/// Kafka, as it is killed and started again.
#[derive(Debug)]
pub struct Broker {
    pub address: String,
    server: Kafka,
    /// Whether it answers.
    pub answers: Arc<AtomicBool>,
    pub runs: bool,
}

impl Broker {
    fn start() -> Result<Self> {
        let server = Kafka::start()?;
        Ok(Self {
            address: server.address(),
            server,
            answers: Arc::new(AtomicBool::new(true)),
            runs: true,
        })
    }

    pub fn kill(&mut self) {
        self.runs = false;
        self.answers.store(false, Ordering::SeqCst);
        self.server.kill();
    }

    /// Starts it again, and waits beside; a Java takes its time.
    pub fn begin(&mut self) -> Result<()> {
        self.runs = true;
        self.server.begin()?;
        let (address, answers) = (self.address.clone(), Arc::clone(&self.answers));
        // Where it does not come, whoever needs it says so.
        std::thread::spawn(move || answers.store(Kafka::wait(&address).is_ok(), Ordering::SeqCst));
        Ok(())
    }

    /// All records of all topics, also those that came twice.
    pub fn records(&self, topics: &[&str]) -> Result<usize> {
        let mut all = 0;
        for topic in topics {
            all += self.server.read(topic, "%o\n")?.lines().count();
        }
        Ok(all)
    }
}
