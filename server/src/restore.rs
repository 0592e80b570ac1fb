//! `comanda restore FILE`: a backup becomes the database of a hub that has none, on either store, whole or not at all.

use crate::backup::{self, Part, is_marked, unsafely};
use crate::serve;
use crate::settings::Settings;
use crate::store::db::{Schema, Tx, schema};
use crate::store::{Db, copy, head};
use crate::verify::{self, Verified};
use anyhow::{Context, bail, ensure};
use std::path::Path;

const WHY: &str = "restored";

/// Puts back what the file holds. The hub that serves it next asks its devices first what they know beyond it.
pub async fn restore(settings: &Settings, file: &Path) -> anyhow::Result<()> {
    let _alone = serve::alone(settings)?;
    let shown = file.display();
    let folder = &settings.data;
    std::fs::create_dir_all(folder)
        .with_context(|| format!("the data folder {} cannot be made", folder.display()))?;
    ensure!(
        std::fs::metadata(file)
            .with_context(|| format!("{shown} cannot be read"))?
            .is_file(),
        "{shown} is no file"
    );
    ensure!(is_marked(file)?, "{shown} is no backup");
    let target = target(settings).await?;
    // What is checked is what is restored, whatever happens to the file meanwhile.
    let mut part = Part::begin(&folder.join("restore.part"))?;
    part.fill(file)?;
    let staged = Db::sqlite_as_it_is(unsafely(&part.path)).await;
    let staged = staged.with_context(|| format!("{shown} is damaged"))?;
    let done = async {
        unseal(&staged, &shown.to_string()).await?;
        match &target {
            Some(target) => into(target, &staged).await,
            None => in_place(&staged).await,
        }
    };
    let done = done.await;
    staged.close().await;
    let found = match target {
        Some(target) => {
            target.close().await;
            done?
        }
        None => {
            let found = done?;
            part.keep_as(&folder.join(serve::SQLITE))?;
            found
        }
    };
    serve::say(&format!("restored {shown}"))?;
    if serve::tell(&found)? > 0 {
        tracing::warn!(
            "what was backed up did not agree with its log then: it is restored as it was"
        );
    }
    Ok(())
}

/// Where it goes: into PostgreSQL, or else as the file itself. Nothing may be there.
async fn target(settings: &Settings) -> anyhow::Result<Option<Db>> {
    let Some(url) = &settings.database_url else {
        let there = std::fs::read_dir(&settings.data).context("the data folder does not read")?;
        for one in there {
            let name = one.context("the data folder does not read")?.file_name();
            // A log of writes that is left beside no database would be taken for the new one's.
            ensure!(
                !name.to_string_lossy().starts_with(serve::SQLITE),
                "the data folder {} is not empty: move {} away first",
                settings.data.display(),
                name.display()
            );
        }
        return Ok(None);
    };
    let target = serve::postgres(Db::postgres_as_it_is(url).await)?;
    let empty = async {
        let mut tx = target.read().await?;
        if let Some(table) = copy::filled(&mut tx).await? {
            bail!("the PostgreSQL database is not empty: {table} has rows");
        }
        drop(tx);
        let made = target.migrate().await;
        made.context("the PostgreSQL database is not empty: it has tables that are not ours")
    };
    match empty.await {
        Ok(()) => Ok(Some(target)),
        Err(error) => {
            target.close().await;
            Err(error)
        }
    }
}

/// Checks that the copy is what was backed up, and makes a database of today's version of it.
async fn unseal(staged: &Db, shown: &str) -> anyhow::Result<()> {
    let damaged = || format!("{shown} is damaged");
    backup::check_pages(staged).await.with_context(damaged)?;
    let mut tx = staged.begin().await?;
    match schema(&mut tx).await.with_context(damaged)? {
        Schema::Ours | Schema::Older => {}
        Schema::Newer => bail!("{shown} was made by a newer version of this program"),
        Schema::Another => bail!("{shown} is damaged: its version is not known"),
    }
    let tables = copy::tables(&mut tx).await.with_context(damaged)?;
    let sums = copy::sums(&mut tx, &tables).await.with_context(damaged)?;
    let as_sealed = copy::is_as_sealed(&mut tx, &sums).await;
    ensure!(
        as_sealed.with_context(damaged)?,
        "{shown} is damaged: it does not hold what was backed up"
    );
    copy::unseal(&mut tx).await?;
    tx.commit().await?;
    backup::mark(staged, 0).await?;
    staged.migrate().await
}

async fn in_place(staged: &Db) -> anyhow::Result<Vec<Verified>> {
    let mut tx = staged.begin().await?;
    let found = recovering(&mut tx).await?;
    tx.commit().await?;
    Ok(found)
}

async fn into(target: &Db, staged: &Db) -> anyhow::Result<Vec<Verified>> {
    let (mut from, mut to) = (staged.read().await?, target.begin().await?);
    let tables = copy::tables(&mut from).await?;
    copy::copy(&mut from, &mut to, &tables).await?;
    let (held, put) = (
        copy::sums(&mut from, &tables).await?,
        copy::sums(&mut to, &tables).await?,
    );
    ensure!(held == put, "PostgreSQL does not hold what it was given");
    let found = recovering(&mut to).await?;
    to.commit().await?;
    Ok(found)
}

/// What it holds, and from here on it is a log that devices may know more of.
async fn recovering(tx: &mut Tx) -> anyhow::Result<Vec<Verified>> {
    let found = verify::in_one_moment(tx).await?;
    for one in &found {
        head::begin_recovery(tx, one.restaurant, WHY).await?;
    }
    Ok(found)
}
