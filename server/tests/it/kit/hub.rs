//! The real program in a folder of its own: started, killed, stopped, started again.

use super::http::{Ask, Client};
use super::postgres::{self, Store};
use super::told::Transcript;
use sqlx::sqlite::SqliteConnectOptions;
use sqlx::{AssertSqlSafe, Connection as _, PgConnection, SqliteConnection};
use std::collections::HashMap;
use std::path::{Path, PathBuf};
use std::process::{ExitStatus, Stdio};
use std::sync::{Arc, Mutex};
use std::time::Duration;
use tempfile::TempDir;
use tokio::io::{AsyncBufReadExt, BufReader};
use tokio::process::{Child, Command};
use tokio::sync::OnceCell;

/// Where a hub lives, over as many starts as a story needs.
#[derive(Debug)]
pub struct Home {
    pub store: Store,
    pub folder: TempDir,
    /// The name of its database on PostgreSQL.
    pub database: String,
}

/// How the program is started, beside where it lives.
#[derive(Debug, Clone, Default)]
pub struct Options {
    pub env: Vec<(&'static str, String)>,
    /// A limit on the size of every file that it writes, in KiB.
    pub file_limit: Option<u64>,
    /// Without `--demo`.
    pub plain: bool,
}

impl Options {
    /// A hub that is no demo.
    pub fn plain() -> Self {
        Self {
            plain: true,
            ..Self::default()
        }
    }
}

/// Stories ask more often than anybody in service; the one about a limit sets it.
const UNLIMITED: [(&str, &str); 3] = [
    ("COMANDA_RATE_ANONYMOUS", "0"),
    ("COMANDA_RATE_PER_ACTOR", "0"),
    ("COMANDA_RATE_SIGN_IN", "0"),
];

#[derive(Debug)]
pub struct Hub {
    pub home: Home,
    options: Options,
    child: Child,
    client: Client,
    tokens: tokio::sync::Mutex<HashMap<String, String>>,
    pub transcript: Arc<Mutex<Transcript>>,
}

impl Home {
    /// An empty database.
    pub async fn empty(store: Store) -> Self {
        let home = Self::nowhere(store);
        if store == Store::Postgres {
            postgres::create(&home.database, None).await;
        }
        home
    }

    pub fn nowhere(store: Store) -> Self {
        Self {
            store,
            folder: super::watched::folder(),
            database: postgres::new_name(),
        }
    }

    /// A database with the demo restaurant: made once for each store by the program itself, and copied.
    pub async fn demo(store: Store) -> Self {
        let template = template(store).await;
        let home = Self::nowhere(store);
        match store {
            Store::Sqlite => copy(
                &template.folder.path().join("comanda.sqlite"),
                &home.sqlite_file(),
            ),
            Store::Postgres => postgres::create(&home.database, Some(&template.database)).await,
        }
        // It is no old copy of another hub's, but a beginning.
        let nowhere = "DELETE FROM hub WHERE name = 'place'".to_owned();
        home.sql(&[nowhere]).await;
        home
    }

    pub fn sqlite_file(&self) -> PathBuf {
        self.folder.path().join("comanda.sqlite")
    }

    pub fn log_file(&self) -> PathBuf {
        self.folder.path().join("stderr")
    }

    pub fn env(&self) -> Vec<(&'static str, String)> {
        let mut env = vec![("COMANDA_DATA", self.folder.path().display().to_string())];
        if self.store == Store::Postgres {
            env.push(("DATABASE_URL", postgres::url(&self.database)));
        }
        env
    }

    /// Says something to the database itself, beside the hub.
    pub async fn sql(&self, statements: &[String]) {
        match self.store {
            Store::Sqlite => {
                let options = SqliteConnectOptions::new()
                    .filename(self.sqlite_file())
                    .busy_timeout(Duration::from_secs(10));
                let mut link = SqliteConnection::connect_with(&options)
                    .await
                    .expect("the file opens");
                for sql in statements {
                    sqlx::query(AssertSqlSafe(sql.clone()))
                        .execute(&mut link)
                        .await
                        .unwrap_or_else(|e| panic!("{sql}: {e}"));
                }
                link.close().await.expect("closed");
            }
            Store::Postgres => {
                let mut link = PgConnection::connect(&postgres::url(&self.database))
                    .await
                    .expect("PostgreSQL answers");
                for sql in statements {
                    sqlx::query(AssertSqlSafe(sql.clone()))
                        .execute(&mut link)
                        .await
                        .unwrap_or_else(|e| panic!("{sql}: {e}"));
                }
                link.close().await.expect("closed");
            }
        }
    }

    /// A copy of the database as it stands; nobody may be connected.
    pub async fn copied(&self) -> Copy {
        let copy = Copy {
            folder: super::watched::folder(),
            database: postgres::new_name(),
        };
        match self.store {
            Store::Sqlite => copy_sqlite(self.folder.path(), copy.folder.path()),
            Store::Postgres => postgres::create(&copy.database, Some(&self.database)).await,
        }
        copy
    }

    /// The database is what it was when it was copied, as after a virtual machine was rolled back.
    pub async fn put_back(&self, copy: &Copy) {
        match self.store {
            Store::Sqlite => copy_sqlite(copy.folder.path(), self.folder.path()),
            Store::Postgres => {
                postgres::admin(format!("DROP DATABASE {}", self.database)).await;
                postgres::create(&self.database, Some(&copy.database)).await;
            }
        }
    }

    pub fn log(&self) -> String {
        std::fs::read_to_string(self.log_file()).unwrap_or_default()
    }
}

/// A database as it was at some time.
#[derive(Debug)]
pub struct Copy {
    folder: TempDir,
    database: String,
}

fn copy_sqlite(from: &Path, to: &Path) {
    for name in ["comanda.sqlite", "comanda.sqlite-wal", "comanda.sqlite-shm"] {
        // Into the same file where there is one, as a virtual machine's disk is rolled back.
        if from.join(name).exists() {
            copy(&from.join(name), &to.join(name));
        } else {
            let _absent = std::fs::remove_file(to.join(name));
        }
    }
}

fn copy(from: &Path, to: &Path) {
    std::fs::copy(from, to).unwrap_or_else(|e| panic!("{}: {e}", from.display()));
}

async fn template(store: Store) -> &'static Home {
    static SQLITE: OnceCell<Home> = OnceCell::const_new();
    static POSTGRES: OnceCell<Home> = OnceCell::const_new();
    let cell = match store {
        Store::Sqlite => &SQLITE,
        Store::Postgres => &POSTGRES,
    };
    cell.get_or_init(|| async move {
        let hub = Hub::start(Home::empty(store).await, Options::default()).await;
        hub.stop().await
    })
    .await
}

/// The program with a clean environment.
pub fn program() -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_comanda"));
    command.env_clear().kill_on_drop(true).stdin(Stdio::null());
    command
}

impl Hub {
    /// The demo restaurant on a fresh copy of it.
    pub async fn demo(store: Store) -> Self {
        Self::start(Home::demo(store).await, Options::default()).await
    }

    /// The demo with a week of evenings behind it.
    pub async fn lived_in(store: Store) -> Self {
        let options = Options {
            env: vec![("COMANDA_DEMO_DAYS", "7".to_owned())],
            ..Options::default()
        };
        Self::start(Home::empty(store).await, options).await
    }

    pub async fn start(home: Home, options: Options) -> Self {
        let log = std::fs::OpenOptions::new()
            .create(true)
            .append(true)
            .open(home.log_file())
            .expect("a log");
        let mut command = match options.file_limit {
            None => program(),
            Some(kib) => limited(kib),
        };
        command
            .args(["serve", "--listen", "127.0.0.1:0"])
            .args((!options.plain).then_some("--demo"))
            .env("RUST_LOG", "info")
            .env("COMANDA_DEMO_DAYS", "0")
            .envs(UNLIMITED)
            .envs(home.env())
            .envs(options.env.clone())
            .stdout(Stdio::piped())
            .stderr(log);
        let mut child = command.spawn().expect("the hub starts");
        let mut lines = BufReader::new(child.stdout.take().expect("a pipe")).lines();
        let first = tokio::time::timeout(Duration::from_secs(60), lines.next_line()).await;
        let Ok(Ok(Some(first))) = first else {
            panic!(
                "the hub did not say where it listens; {first:?}\n{}",
                home.log()
            );
        };
        tokio::spawn(async move { while let Ok(Some(_)) = lines.next_line().await {} });
        let address = first
            .strip_prefix("listening on http://")
            .unwrap_or_else(|| panic!("first line: {first}"));
        Self {
            client: Client::new(address),
            home,
            options,
            child,
            tokens: tokio::sync::Mutex::default(),
            transcript: Arc::default(),
        }
    }

    pub fn address(&self) -> &str {
        &self.client.address
    }

    pub fn pid(&self) -> u32 {
        self.child.id().expect("the hub runs")
    }

    /// `kill -9`, and nothing is cleaned up.
    pub async fn kill(mut self) -> Home {
        self.child.kill().await.expect("the hub is killed");
        self.ended()
    }

    /// `kill -9` from beside; whoever speaks to the hub just then hears nothing more.
    pub fn kill_now(&self) {
        std::process::Command::new("kill")
            .args(["-9", &self.pid().to_string()])
            .status()
            .expect("kill is there");
    }

    /// SIGTERM; waits for the end, which has to be a good one.
    pub async fn stop(self) -> Home {
        let (home, status) = self.terminate().await;
        assert!(
            status.success(),
            "the hub ended with {status}\n{}",
            home.log()
        );
        home
    }

    pub async fn terminate(mut self) -> (Home, ExitStatus) {
        let pid = self.pid().to_string();
        std::process::Command::new("kill")
            .args(["-TERM", &pid])
            .status()
            .expect("kill is there");
        let ended = tokio::time::timeout(Duration::from_secs(10), self.child.wait()).await;
        let status = ended
            .expect("the hub ends within ten seconds of SIGTERM")
            .expect("a status");
        (self.ended(), status)
    }

    fn ended(self) -> Home {
        let log = self.home.log();
        assert!(!log.contains("panicked at"), "the hub has panicked:\n{log}");
        self.home
    }

    /// `kill -9` and a new start on the same folder and database.
    pub async fn restart(self) -> Self {
        let (options, transcript) = (self.options.clone(), Arc::clone(&self.transcript));
        let mut hub = Self::start(self.kill().await, options).await;
        hub.transcript = transcript;
        hub
    }

    pub fn get(&self, path: &str) -> Ask<'_> {
        self.client
            .ask(reqwest::Method::GET, path, &self.transcript)
    }

    pub fn post(&self, path: &str) -> Ask<'_> {
        self.client
            .ask(reqwest::Method::POST, path, &self.transcript)
    }

    pub fn delete(&self, path: &str) -> Ask<'_> {
        self.client
            .ask(reqwest::Method::DELETE, path, &self.transcript)
    }

    pub fn ask(&self, method: &str, path: &str) -> Ask<'_> {
        let method = method.parse().expect("a method");
        self.client.ask(method, path, &self.transcript)
    }

    /// The access token of one of the demo's people; signed in once.
    pub async fn token(&self, username: &str) -> String {
        let mut tokens = self.tokens.lock().await;
        if let Some(token) = tokens.get(username) {
            return token.clone();
        }
        let body =
            serde_json::json!({"username": username, "password": format!("demo-{username}")});
        let answer = self
            .post("/api/v1/auth/login")
            .unheard()
            .json(&body)
            .await
            .expect(200);
        let token = answer["accessToken"].as_str().expect("a token").to_owned();
        tokens.insert(username.to_owned(), token.clone());
        token
    }

    /// A token as good as this one, but for when it ends: signed with the hub's own key.
    pub async fn token_that_ends_in(&self, like: &str, long: Duration) -> String {
        use comanda::auth::token::Claims;
        use comanda::keys::Keys;
        use comanda::store::Db;
        let db = match self.home.store {
            Store::Sqlite => Db::sqlite(&self.home.sqlite_file()).await,
            Store::Postgres => Db::postgres(&postgres::url(&self.home.database)).await,
        };
        let db = db.expect("the database opens");
        let keys = Keys::load(&db, &comanda::world::Machine).await;
        let keys = keys.expect("the hub's keys").tokens;
        db.close().await;
        let now = super::now();
        let mut claims = Claims::read(like, &keys, now).expect("a good token");
        let millis = i64::try_from(long.as_millis()).expect("not for ever");
        claims.exp = now.plus(millis).0.div_euclid(1000);
        claims.sign(&keys).expect("signed")
    }

    /// Every event after a cursor, from the first where there is none; and where the feed ends now.
    pub async fn feed(&self, after: Option<&str>) -> (Vec<serde_json::Value>, String) {
        let admin = self.token("admin").await;
        let (mut all, mut cursor) = (Vec::new(), after.map(str::to_owned));
        loop {
            let after = cursor.map(|cursor| format!("&after={cursor}"));
            let path = format!("/api/v1/events?limit=200{}", after.unwrap_or_default());
            let page = self
                .get(&path)
                .unheard()
                .by(&admin)
                .send()
                .await
                .expect(200);
            let items = page["items"].as_array().expect("a list");
            let next = page["next"].as_str().expect("never null").to_owned();
            if items.is_empty() {
                return (all, next);
            }
            all.extend(items.iter().cloned());
            cursor = Some(next);
        }
    }

    /// What was asked and answered so far, without what is different every time.
    pub fn told(&self) -> Transcript {
        self.transcript.lock().expect("nobody panicked").clone()
    }
}

/// The program where no file that it writes may be larger.
pub fn limited(kib: u64) -> Command {
    let mut command = Command::new("bash");
    let script = format!("trap '' XFSZ; ulimit -f {kib}; exec \"$0\" \"$@\"");
    command.env_clear().kill_on_drop(true).stdin(Stdio::null());
    command.args(["-c", &script, env!("CARGO_BIN_EXE_comanda")]);
    command
}
