//! `comanda backup FILE`: one moment of the whole database as a file of SQLite that stands alone, checked and sealed.

use crate::serve;
use crate::settings::Settings;
use crate::store::{Db, copy};
use crate::verify;
use anyhow::{Context, bail, ensure};
use sqlx::ConnectOptions;
use sqlx::sqlite::{SqliteConnectOptions, SqliteJournalMode, SqliteSynchronous};
use std::ffi::OsString;
use std::fs::{File, OpenOptions, TryLockError};
use std::io::Read;
use std::os::unix::fs::OpenOptionsExt;
use std::path::{Path, PathBuf};

/// What a finished backup bears in its header, and no other database: "Cmda".
const MARK: i32 = 0x436d_6461;
/// SQLite keeps such a mark at these bytes of a file.
const MARK_AT: std::ops::Range<usize> = 68..72;

/// Writes what the database holds now into a new file. The hub may serve meanwhile.
pub async fn backup(settings: &Settings, file: &Path, replace: bool) -> anyhow::Result<()> {
    let file = std::path::absolute(file).context("the file's path does not read")?;
    let shown = file.display();
    may_stand_at(&file, replace)?;
    let from = serve::standing(settings).await?;
    let part = Part::begin(&beside(&file, ".part"))?;
    let copied = async {
        let mut tx = from.read().await?;
        serve::is_ours(&mut tx).await?;
        match &from {
            Db::Sqlite { read, .. } => {
                drop(tx);
                let to = part.path.to_str().context("the file's path is no text")?;
                let text = "VACUUM INTO $1";
                sqlx::query(text).bind(to).execute(read).await.map(drop)?;
            }
            Db::Postgres(_) => {
                let to = Db::sqlite_alone(unsafely(&part.path)).await?;
                let mut file = to.begin().await?;
                let tables = copy::tables(&mut file).await?;
                copy::copy(&mut tx, &mut file, &tables).await?;
                file.commit().await?;
                drop(tx);
                to.close().await;
            }
        }
        anyhow::Ok(())
    };
    let copied = copied.await;
    from.close().await;
    copied.with_context(|| format!("the backup {shown} could not be written"))?;
    let sealed = seal(&part.path).await;
    let entries = sealed.with_context(|| format!("the backup {shown} is not good"))?;
    may_stand_at(&file, replace)?;
    let size = part.keep_as(&file)?;
    serve::say(&format!(
        "backup {shown}: {entries} entries, {size} bytes, checked"
    ))
}

/// Nothing may stand there, or else an earlier backup and nothing else.
fn may_stand_at(file: &Path, replace: bool) -> anyhow::Result<()> {
    let shown = file.display();
    match std::fs::symlink_metadata(file) {
        Err(error) if error.kind() == std::io::ErrorKind::NotFound => Ok(()),
        Err(error) => Err(error).with_context(|| format!("{shown} cannot be looked at")),
        Ok(_) if !replace => bail!("{shown} exists; --replace would replace an earlier backup"),
        Ok(there) if there.is_file() && is_marked(file)? => Ok(()),
        Ok(_) => bail!("{shown} is no backup, and so is not replaced"),
    }
}

/// Whether the file says of itself that it is a finished backup.
pub fn is_marked(file: &Path) -> anyhow::Result<bool> {
    let shown = file.display();
    let mut begins = Vec::new();
    File::open(file)
        .and_then(|there| there.take(100).read_to_end(&mut begins))
        .with_context(|| format!("{shown} cannot be read"))?;
    let mark = begins.get(MARK_AT) == Some(&MARK.to_be_bytes());
    Ok(mark && begins.starts_with(b"SQLite format 3\0"))
}

/// Looks at what was written as a restore would, and then says in the file what is in it.
async fn seal(file: &Path) -> anyhow::Result<u64> {
    let db = Db::sqlite_as_it_is(unsafely(file)).await?;
    let sealed = async {
        check_pages(&db).await?;
        let mut tx = db.begin().await?;
        let entries = verify::chains(&mut tx).await?;
        let tables = copy::tables(&mut tx).await?;
        let sums = copy::sums(&mut tx, &tables).await?;
        copy::seal(&mut tx, &sums).await?;
        tx.commit().await?;
        mark(&db, MARK).await?;
        Ok(entries)
    };
    let sealed = sealed.await;
    db.close().await;
    sealed
}

/// Whether the file is a whole database: its pages, and that each index holds what its table does.
pub async fn check_pages(db: &Db) -> anyhow::Result<()> {
    let Db::Sqlite { read, .. } = db else {
        return Ok(());
    };
    let text = "PRAGMA integrity_check(1)";
    let (found,): (String,) = sqlx::query_as(text).fetch_one(read).await?;
    // Its first line says only that there is something.
    let found = found.lines().last().unwrap_or_default();
    ensure!(found == "ok", "{found}");
    Ok(())
}

/// Marks a file as a backup, or takes its mark away.
pub async fn mark(db: &Db, mark: i32) -> sqlx::Result<()> {
    if let Db::Sqlite { write, .. } = db {
        let text = format!("PRAGMA application_id = {mark}");
        sqlx::query(sqlx::AssertSqlSafe(text))
            .execute(write)
            .await?;
    }
    Ok(())
}

/// For a file that nobody sees before it is whole: synced once at its end, with no file beside it.
pub fn unsafely(file: &Path) -> SqliteConnectOptions {
    SqliteConnectOptions::new()
        .filename(file)
        .journal_mode(SqliteJournalMode::Memory)
        .synchronous(SqliteSynchronous::Off)
        // Each statement is of a whole table, and slow.
        .disable_statement_logging()
}

fn beside(file: &Path, ending: &str) -> PathBuf {
    let mut name = OsString::from(file);
    name.push(ending);
    name.into()
}

/// A file that is being written under another name, for its owner's eyes only. It goes again unless it is kept.
#[derive(Debug)]
pub struct Part {
    pub path: PathBuf,
    file: File,
}

impl Part {
    /// What an earlier try has left here goes; another one that is at work is left alone.
    pub fn begin(path: &Path) -> anyhow::Result<Self> {
        let shown = path.display();
        let alone = |file: &File| match file.try_lock() {
            Err(TryLockError::WouldBlock) => bail!("{shown} is being written by another program"),
            // A file system without locks.
            Ok(()) | Err(TryLockError::Error(_)) => Ok(()),
        };
        if let Ok(there) = std::fs::symlink_metadata(path) {
            ensure!(there.is_file(), "{shown} is in the way");
            let left = File::open(path).with_context(|| format!("{shown} is in the way"))?;
            alone(&left)?;
            std::fs::remove_file(path).with_context(|| format!("{shown} is in the way"))?;
        }
        let mut how = OpenOptions::new();
        let made = how
            .read(true)
            .write(true)
            .create_new(true)
            .mode(0o600)
            .open(path);
        let file = made.with_context(|| format!("{shown} cannot be made"))?;
        alone(&file)?;
        let path = path.to_owned();
        Ok(Self { path, file })
    }

    /// Fills it with what another file holds.
    pub fn fill(&mut self, from: &Path) -> anyhow::Result<()> {
        let shown = from.display();
        let mut there = File::open(from).with_context(|| format!("{shown} cannot be read"))?;
        let kind = there
            .metadata()
            .with_context(|| format!("{shown} cannot be read"))?;
        ensure!(kind.is_file(), "{shown} is no file");
        std::io::copy(&mut there, &mut self.file)
            .with_context(|| format!("{shown} cannot be copied to {}", self.path.display()))?;
        Ok(())
    }

    /// Gives it its name once it is on the disk whole, and says how large it is.
    pub fn keep_as(self, name: &Path) -> anyhow::Result<u64> {
        let folder = name.parent().unwrap_or(Path::new("/"));
        let kept = self.file.sync_all();
        let kept = kept.and_then(|()| std::fs::rename(&self.path, name));
        let kept = kept.and_then(|()| File::open(folder)?.sync_all());
        let size = kept.and_then(|()| Ok(self.file.metadata()?.len()));
        size.with_context(|| format!("{} could not be written", name.display()))
    }
}

impl Drop for Part {
    fn drop(&mut self) {
        for ending in ["", "-journal", "-wal", "-shm"] {
            // Under its own name it is gone already, where it was kept.
            let _absent = std::fs::remove_file(beside(&self.path, ending));
        }
    }
}
