//! Backup and restore: one moment of a busy hub, put back on either database, whole or not at all.

use crate::kit::device::Floor;
use crate::kit::hub::{Home, limited, program};
use crate::kit::postgres::{self, Store};
use crate::kit::{Hub, Options, Tablet, eventually, fresh, watched};
use crate::world::{Ended, one_sentence, run, verify};
use comanda::backup::{is_marked, mark};
use comanda::store::{Db, copy, head, log};
use domain::recover::Phase;
use serde_json::{Value, json};
use sqlx::sqlite::SqliteConnectOptions;
use std::collections::BTreeSet;
use std::os::unix::fs::PermissionsExt;
use std::path::{Path, PathBuf};
use std::process::Stdio;
use std::sync::Mutex;
use std::sync::atomic::{AtomicBool, Ordering};

on_both! {
    sixteen_write_while_it_is_backed_up_and_either_store_gets_it_back,
    a_backup_that_is_killed_leaves_no_file,
    a_restore_that_is_killed_leaves_nothing,
    nothing_is_restored_over_something,
    a_full_disk_leaves_nothing_half,
}

async fn told(home: &Home, args: &[&str]) -> Ended {
    let env = home.env();
    let env: Vec<(&str, &str)> = env.iter().map(|(k, v)| (*k, v.as_str())).collect();
    run(args, &env).await
}

fn text(path: &Path) -> &str {
    path.to_str().expect("a path of letters")
}

async fn backup(home: &Home, file: &Path) -> Ended {
    told(home, &["backup", text(file)]).await
}

async fn restore(home: &Home, file: &Path) -> Ended {
    told(home, &["restore", text(file)]).await
}

#[track_caller]
fn went_well(ended: &Ended) {
    assert_eq!(ended.code, Some(0), "{}{}", ended.out, ended.err);
    let said = ended.err.lines().find(|line| !line.starts_with('{'));
    assert_eq!(said, None, "{}", ended.out);
}

#[track_caller]
fn says(ended: &Ended, what: &str) {
    one_sentence(ended, 1);
    assert!(ended.err.contains(what), "{what}: {}", ended.err);
}

fn names(folder: &Path) -> BTreeSet<String> {
    let there = std::fs::read_dir(folder).expect("a folder");
    there
        .map(|one| {
            one.expect("a name")
                .file_name()
                .into_string()
                .expect("text")
        })
        .collect()
}

/// What a restore that was refused leaves in its data folder: the lock that it held.
#[track_caller]
fn is_empty(home: &Home) {
    let mut there = names(home.folder.path());
    there.remove("comanda.lock");
    assert_eq!(there, BTreeSet::new(), "nothing is left half");
}

async fn open(home: &Home) -> Db {
    match home.store {
        Store::Sqlite => Db::sqlite(&home.sqlite_file()).await,
        Store::Postgres => Db::postgres(&postgres::url(&home.database)).await,
    }
    .expect("opened")
}

/// Every check that was opened, and the phase in which the hub is.
async fn held(home: &Home) -> (BTreeSet<String>, Phase) {
    let db = open(home).await;
    let mut tx = db.read().await.unwrap();
    let restaurant = head::restaurants(&mut tx).await.unwrap()[0];
    let phase = head::read(&mut tx, restaurant)
        .await
        .unwrap()
        .unwrap()
        .phase;
    let entries = log::after(&mut tx, restaurant, 0, usize::MAX)
        .await
        .unwrap();
    drop(tx);
    db.close().await;
    let entries = entries
        .iter()
        .map(|bytes| serde_json::from_str::<Value>(bytes).unwrap());
    let orders = entries.flat_map(|entry| {
        let events = entry["events"].as_array().unwrap().clone();
        let opened = events
            .into_iter()
            .filter(|event| event["kind"] == "order.opened");
        opened.map(|event| event["data"]["order"].as_str().unwrap().to_owned())
    });
    (orders.collect(), phase)
}

/// The keys by which devices know this hub.
async fn keys(home: &Home) -> String {
    let db = open(home).await;
    let keys = comanda::keys::Keys::load(&db, &comanda::world::Machine).await;
    db.close().await;
    let keys = keys.expect("keys");
    format!("{} {}", keys.position_key(), keys.tokens.jwks())
}

/// Opens checks one after the other until it is enough, by REST or as a device, and notes each that is acknowledged.
async fn write(
    n: usize,
    hub: &Hub,
    floor: &Floor,
    till: &str,
    tablet: Option<Tablet>,
    acknowledged: &Mutex<BTreeSet<String>>,
    enough: &AtomicBool,
) {
    let mut tablet = tablet;
    while !enough.load(Ordering::Relaxed) {
        let order = match &mut tablet {
            Some(tablet) => {
                let open = tablet.open(n % 12, 2);
                let pushed = tablet.push(hub, &[&open]).await;
                assert_eq!(Tablet::outcomes(pushed), ["applied"]);
                open.order.to_string()
            }
            None => {
                let items = json!([{"dishId": floor.dishes[n % 9], "quantity": 1}]);
                let (id, table) = (fresh().to_string(), floor.tables[n % 12]);
                let order =
                    json!({"id": id, "tableId": table, "guests": 2, "items": items, "send": true});
                let asked = hub.post("/api/v1/orders").unheard().by(till);
                asked.json(&order).await.expect(201);
                id
            }
        };
        acknowledged.lock().unwrap().insert(order);
    }
}

async fn sixteen_write_while_it_is_backed_up_and_either_store_gets_it_back(store: Store) {
    let hub = Hub::demo(store).await;
    let floor = Floor::of(&hub).await;
    let till = hub.token("ana").await;
    let folder = watched::folder();
    let file = folder.path().join("evening.backup");
    let (acknowledged, enough) = (Mutex::default(), AtomicBool::new(false));
    let mut writers = Vec::new();
    for n in 0..16 {
        let tablet = match n % 2 {
            0 => None,
            _ => Some(Tablet::enrol(&hub).await),
        };
        writers.push(write(
            n,
            &hub,
            &floor,
            &till,
            tablet,
            &acknowledged,
            &enough,
        ));
    }
    let backing_up = async {
        eventually("they are all at it", async || {
            (acknowledged.lock().unwrap().len() > 32).then_some(())
        })
        .await;
        let backed_up = eventually("they wrote while it was backed up", async || {
            let before: BTreeSet<String> = acknowledged.lock().unwrap().clone();
            let ended = told(&hub.home, &["backup", "--replace", text(&file)]).await;
            let during = acknowledged.lock().unwrap().len() - before.len();
            (during > 0).then_some((before, ended))
        });
        let backed_up = backed_up.await;
        enough.store(true, Ordering::Relaxed);
        backed_up
    };
    let (_, (before, ended)) = tokio::join!(futures_util::future::join_all(writers), backing_up);
    went_well(&ended);
    assert!(ended.out.contains(" entries, "), "{}", ended.out);
    assert_eq!(names(folder.path()), ["evening.backup".to_owned()].into());
    let mode = std::fs::metadata(&file).unwrap().permissions().mode();
    assert_eq!(mode & 0o777, 0o600, "for its owner's eyes");

    let home = hub.stop().await;
    let known = keys(&home).await;
    let (all, phase) = held(&home).await;
    assert_eq!(phase, Phase::Open, "a backup changes nothing");
    for into in [Store::Sqlite, Store::Postgres] {
        let new = Home::empty(into).await;
        let ended = restore(&new, &file).await;
        went_well(&ended);
        assert!(ended.out.contains(": agrees ("), "{}", ended.out);
        let ended = verify(&new).await;
        assert_eq!(ended.code, Some(0), "{}{}", ended.out, ended.err);
        let (orders, phase) = held(&new).await;
        assert!(before.is_subset(&orders), "each that was acknowledged");
        assert!(orders.is_subset(&all), "and none that never was");
        assert_eq!(phase, Phase::Collecting, "it asks its devices first");
        assert_eq!(keys(&new).await, known, "devices know it by its keys");
        let again = folder.path().join(format!("{into:?}.backup"));
        went_well(&backup(&new, &again).await);
        Hub::start(new, Options::default()).await.stop().await;
    }
}

/// A finished backup of the demo.
async fn good(store: Store, folder: &Path) -> PathBuf {
    let file = folder.join("good.backup");
    went_well(&backup(&Home::demo(store).await, &file).await);
    file
}

/// Kills the program as soon as the file is there, or a little later; whether that came before its end.
async fn kill_at(home: &Home, args: &[&str], seen: &Path, later: usize) -> bool {
    let mut command = program();
    command.args(args).envs(home.env());
    command.stdout(Stdio::null()).stderr(Stdio::null());
    let mut child = command.spawn().expect("it starts");
    while !seen.exists() && child.try_wait().expect("a child").is_none() {
        tokio::task::yield_now().await;
    }
    for _ in 0..later {
        tokio::task::yield_now().await;
    }
    child.start_kill().ok();
    !child.wait().await.expect("it ends").success()
}

const KILLS: usize = 12;

async fn a_backup_that_is_killed_leaves_no_file(store: Store) {
    let hub = Hub::lived_in(store).await;
    let folder = watched::folder();
    let file = folder.path().join("evening.backup");
    let part = folder.path().join("evening.backup.part");
    let mut killed = 0;
    for n in 0..KILLS {
        let args = ["backup", "--replace", text(&file)];
        let was_killed = kill_at(&hub.home, &args, &part, n * n * 50).await;
        if was_killed && !file.exists() {
            killed += 1;
            assert!(part.exists(), "what it had written is under another name");
        } else {
            // It came to its end: then it is whole.
            assert!(is_marked(&file).unwrap());
            went_well(&restore(&Home::empty(Store::Sqlite).await, &file).await);
            std::fs::remove_file(&file).unwrap();
        }
    }
    assert!(killed > 0, "it was killed in the middle");
    went_well(&backup(&hub.home, &file).await);
    assert_eq!(names(folder.path()), ["evening.backup".to_owned()].into());
    hub.stop().await;
}

async fn a_restore_that_is_killed_leaves_nothing(store: Store) {
    let folder = watched::folder();
    let hub = Hub::lived_in(Store::Sqlite).await;
    let file = folder.path().join("evening.backup");
    went_well(&backup(&hub.home, &file).await);
    hub.stop().await;
    let mut home = Home::empty(store).await;
    let mut killed = 0;
    for n in 0..KILLS {
        let part = home.folder.path().join("restore.part");
        let args = ["restore", text(&file)];
        if kill_at(&home, &args, &part, n * n * 50).await {
            killed += 1;
            let hub = home.sqlite_file();
            assert!(!hub.exists(), "no database before it is whole");
        } else {
            home = Home::empty(store).await;
        }
    }
    assert!(killed > 0, "it was killed in the middle");
    went_well(&restore(&home, &file).await);
    assert_eq!(verify(&home).await.code, Some(0));
    assert!(!names(home.folder.path()).contains("restore.part"));
}

async fn nothing_is_restored_over_something(store: Store) {
    let folder = watched::folder();
    let file = good(store, folder.path()).await;
    let hub = Hub::demo(store).await;
    says(&restore(&hub.home, &file).await, "another hub serves");
    if store == Store::Postgres {
        let mut beside = Home::nowhere(store);
        beside.database = hub.home.database.clone();
        says(&restore(&beside, &file).await, "is not empty");
    }
    hub.get("/health").send().await.expect(200);
    let home = hub.stop().await;
    let before = held(&home).await;
    says(&restore(&home, &file).await, "is not empty");
    assert_eq!(held(&home).await, before, "nothing has changed");

    let home = Home::empty(store).await;
    went_well(&restore(&home, &file).await);
    says(&restore(&home, &file).await, "is not empty");
    // A hub that was only started once has keys of its own already.
    let hub = Hub::start(Home::empty(store).await, Options::plain()).await;
    let home = hub.stop().await;
    says(&restore(&home, &file).await, "is not empty");
}

async fn a_full_disk_leaves_nothing_half(store: Store) {
    let folder = watched::folder();
    let file = good(store, folder.path()).await;
    let home = Home::demo(store).await;
    let full = async |home: &Home, args: &[&str]| {
        let mut command = limited(64);
        command.args(args).envs(home.env());
        let ended = command.output().await.expect("it ran");
        let text = |bytes| String::from_utf8(bytes).expect("text");
        Ended {
            code: ended.status.code(),
            out: text(ended.stdout),
            err: text(ended.stderr),
        }
    };
    let small = folder.path().join("small.backup");
    says(
        &full(&home, &["backup", text(&small)]).await,
        "could not be written",
    );
    assert_eq!(names(folder.path()), ["good.backup".to_owned()].into());
    let new = Home::empty(store).await;
    says(
        &full(&new, &["restore", text(&file)]).await,
        "cannot be copied",
    );
    is_empty(&new);
    went_well(&restore(&new, &file).await);
}

/// Changes a copy of a backup as a database.
async fn changed(file: &Path, statements: &[&str]) {
    let options = SqliteConnectOptions::new().filename(file);
    let db = Db::sqlite_as_it_is(options).await.unwrap();
    let Db::Sqlite { write, .. } = &db else {
        panic!("a file");
    };
    for sql in statements {
        sqlx::query(sqlx::AssertSqlSafe((*sql).to_owned()))
            .execute(write)
            .await
            .unwrap_or_else(|e| panic!("{sql}: {e}"));
    }
    db.close().await;
}

#[tokio::test]
async fn a_backup_that_somebody_has_changed_is_refused() {
    let folder = watched::folder();
    let file = good(Store::Sqlite, folder.path()).await;
    let bad = folder.path().join("bad.backup");
    let damaged = "is damaged";
    let changes = [
        ("UPDATE log SET bytes = bytes || ' ' WHERE seq = 3", damaged),
        (
            "UPDATE aggregates SET body = REPLACE(body, 'Ana', 'Eve')",
            damaged,
        ),
        (
            "DELETE FROM outcomes WHERE seq = (SELECT MAX(seq) FROM outcomes)",
            damaged,
        ),
        (
            "UPDATE hub SET value = 'x' WHERE name = 'position_key'",
            damaged,
        ),
        (
            "UPDATE credentials SET pin = NULL WHERE username = 'ana'",
            damaged,
        ),
        ("DELETE FROM log", damaged),
        ("DROP TABLE sales", damaged),
        ("DROP INDEX aggregates_by_day", damaged),
        ("ALTER TABLE hub ADD COLUMN more TEXT", damaged),
        ("CREATE TABLE more (a TEXT)", damaged),
        ("CREATE TABLE more (a BLOB)", damaged),
        (
            "CREATE TRIGGER t AFTER INSERT ON log BEGIN DELETE FROM log; END",
            damaged,
        ),
        ("DROP TABLE backup", damaged),
        ("UPDATE backup SET sum = '0 rows, 0'", damaged),
        ("DELETE FROM backup WHERE name = 'log'", damaged),
        ("INSERT INTO backup VALUES ('more', '0 rows, 0')", damaged),
        (
            "UPDATE _sqlx_migrations SET checksum = x'00' WHERE version = 2",
            damaged,
        ),
        ("DELETE FROM _sqlx_migrations", damaged),
        ("DROP TABLE _sqlx_migrations", damaged),
        (
            "INSERT INTO _sqlx_migrations VALUES (99999, 'x', '2026-11-21', true, x'00', 1)",
            "a newer version",
        ),
        ("PRAGMA application_id = 0", "is no backup"),
    ];
    for (change, told) in changes {
        std::fs::copy(&file, &bad).unwrap();
        changed(&bad, &[change]).await;
        let home = Home::empty(Store::Sqlite).await;
        let ended = restore(&home, &bad).await;
        assert!(ended.err.contains(told), "{change}: {}", ended.err);
        says(&ended, told);
        is_empty(&home);
    }
    let home = Home::empty(Store::Postgres).await;
    says(&restore(&home, &bad).await, "is no backup");
    went_well(&restore(&home, &file).await);
}

#[tokio::test]
async fn what_is_no_backup_is_refused() {
    let folder = watched::folder();
    let file = good(Store::Sqlite, folder.path()).await;
    let bytes = std::fs::read(&file).unwrap();
    let (bad, home) = (folder.path().join("bad"), Home::empty(Store::Sqlite).await);
    let short = [
        0,
        1,
        15,
        16,
        71,
        72,
        99,
        100,
        4096,
        bytes.len() / 2,
        bytes.len() - 1,
    ];
    let mut all: Vec<Vec<u8>> = short.iter().map(|n| bytes[..*n].to_vec()).collect();
    all.push(b"a letter to the manager".repeat(400));
    all.push(vec![0; 8192]);
    all.push(bytes.iter().rev().copied().collect());
    all.push([&bytes[..8192], &bytes[..]].concat());
    let live = Home::demo(Store::Sqlite).await;
    all.push(std::fs::read(live.sqlite_file()).unwrap());
    for bytes in all {
        std::fs::write(&bad, &bytes).unwrap();
        let ended = restore(&home, &bad).await;
        assert!(
            ["is no backup", "is damaged"]
                .iter()
                .any(|told| ended.err.contains(told)),
            "{} bytes: {}{}",
            bytes.len(),
            ended.out,
            ended.err
        );
        one_sentence(&ended, 1);
        is_empty(&home);
    }
    says(&restore(&home, folder.path()).await, "is no file");
    says(&restore(&home, Path::new("/dev/null")).await, "is no file");
    let nowhere = folder.path().join("nowhere");
    says(&restore(&home, &nowhere).await, "cannot be read");
    one_sentence(&told(&home, &["restore"]).await, 2);
    one_sentence(&told(&home, &["restore", ""]).await, 2);
    is_empty(&home);
}

/// Wherever a bit falls over: it is refused, or it was of no matter.
#[tokio::test]
async fn a_bit_that_fell_over_is_refused_or_of_no_matter() {
    let folder = watched::folder();
    let file = good(Store::Sqlite, folder.path()).await;
    let whole = std::fs::read(&file).unwrap();
    let bad = folder.path().join("bad.backup");
    let mut refused = 0;
    for n in 0..40 {
        let mut bytes = whole.clone();
        // Each lies elsewhere in its page, too.
        let at = (n * whole.len() / 40 + n * 97) % whole.len();
        bytes[at] ^= 1 << (n % 8);
        std::fs::write(&bad, &bytes).unwrap();
        let home = Home::empty(Store::Sqlite).await;
        let ended = restore(&home, &bad).await;
        if ended.code == Some(0) {
            assert!(ended.out.contains(": agrees ("), "{at}: {}", ended.out);
        } else {
            refused += 1;
            one_sentence(&ended, 1);
            is_empty(&home);
        }
    }
    // Of so little data most pages are empty space.
    assert!(refused >= 10, "some bits matter: {refused} of 40");
}

#[tokio::test]
async fn a_file_that_is_there_is_kept() {
    let folder = watched::folder();
    let hub = Hub::demo(Store::Sqlite).await;
    let home = &hub.home;
    let file = folder.path().join("a.backup");
    went_well(&backup(home, &file).await);
    let first = std::fs::read(&file).unwrap();
    says(&backup(home, &file).await, "exists");
    assert_eq!(std::fs::read(&file).unwrap(), first);
    went_well(&told(home, &["backup", "--replace", text(&file)]).await);

    let letter = folder.path().join("letter");
    std::fs::write(&letter, "to the manager").unwrap();
    let database = home.sqlite_file();
    for other in [&letter, &database, &folder.path().to_owned()] {
        let ended = told(home, &["backup", "--replace", text(other)]).await;
        says(&ended, "is no backup, and so is not replaced");
    }
    assert_eq!(std::fs::read(&letter).unwrap(), b"to the manager");
    let below = folder.path().join("nowhere/a.backup");
    says(&backup(home, &below).await, "cannot be made");
    one_sentence(&told(home, &["backup"]).await, 2);

    let busy = folder.path().join("b.backup.part");
    let writing = std::fs::File::create(&busy).unwrap();
    writing.lock().unwrap();
    let ended = backup(home, &folder.path().join("b.backup")).await;
    says(&ended, "is being written by another program");
    drop(writing);
    went_well(&backup(home, &folder.path().join("b.backup")).await);
    hub.stop().await;
}

#[tokio::test]
async fn there_is_nothing_to_back_up_where_no_hub_is() {
    let folder = watched::folder();
    let file = folder.path().join("a.backup");
    let home = Home::empty(Store::Sqlite).await;
    says(&backup(&home, &file).await, "there is no database");
    says(
        &backup(&Home::empty(Store::Postgres).await, &file).await,
        "could not be written",
    );
    says(
        &backup(&Home::nowhere(Store::Postgres), &file).await,
        "cannot be reached",
    );
    let home = Home::demo(Store::Sqlite).await;
    home.sql(&["UPDATE log SET bytes = bytes || ' ' WHERE seq = 3".to_owned()])
        .await;
    says(&backup(&home, &file).await, "the chain breaks at entry 3");
    let home = Home::demo(Store::Sqlite).await;
    home.sql(&["DELETE FROM _sqlx_migrations WHERE version = 5".to_owned()])
        .await;
    says(&backup(&home, &file).await, "of another version");
    assert_eq!(names(folder.path()), BTreeSet::new());
}

/// What an older version of the program has written becomes a database of today's.
#[tokio::test]
async fn a_backup_of_an_older_version_is_restored() {
    let folder = watched::folder();
    let file = folder.path().join("old.backup");
    let ours = sqlx::migrate!("../migrations/server");
    let old: Vec<_> = ours
        .iter()
        .filter(|one| one.version <= 4)
        .cloned()
        .collect();
    let options = SqliteConnectOptions::new()
        .filename(&file)
        .create_if_missing(true);
    let db = Db::sqlite_as_it_is(options).await.unwrap();
    let Db::Sqlite { write, .. } = &db else {
        panic!("a file");
    };
    let old = sqlx::migrate::Migrator::with_migrations(old);
    old.run(write).await.unwrap();
    let restaurant = domain::ids::RestaurantId(fresh());
    let chain = domain::sync::Chain::start(restaurant);
    let text = "INSERT INTO heads (restaurant, epoch, epoch_tag, seq, chain, hub_at, position)
                VALUES ($1, 1, 't', 0, $2, 0, 0)";
    let insert = sqlx::query(text).bind(restaurant.to_string());
    insert.bind(chain.to_string()).execute(write).await.unwrap();
    let mut tx = db.begin().await.unwrap();
    let tables = copy::tables(&mut tx).await.unwrap();
    let sums = copy::sums(&mut tx, &tables).await.unwrap();
    copy::seal(&mut tx, &sums).await.unwrap();
    tx.commit().await.unwrap();
    mark(&db, 0x436d_6461).await.unwrap();
    db.close().await;
    for store in [Store::Sqlite, Store::Postgres] {
        let home = Home::empty(store).await;
        went_well(&restore(&home, &file).await);
        assert_eq!(held(&home).await.1, Phase::Collecting);
    }
}
