//! Many writers on one log, as on a hub of many nodes: the head's row orders them, and a reader never sees a gap.

use crate::kit::hub::Home;
use crate::kit::postgres::{self, Store};
use crate::kit::{fresh, now};
use comanda::store::log::Stored;
use comanda::store::{Db, head, log};
use domain::ids::RestaurantId;
use domain::sync::{Chain, Epoch};
use serde_json::json;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

on_both! { sixteen_writers_leave_one_log_and_readers_see_no_gap }

const WRITERS: u64 = 16;
const EACH: u64 = 12;

async fn open(home: &Home) -> Db {
    match home.store {
        Store::Sqlite => Db::sqlite(&home.sqlite_file()).await.expect("opened"),
        Store::Postgres => Db::postgres(&postgres::url(&home.database))
            .await
            .expect("opened"),
    }
}

async fn sixteen_writers_leave_one_log_and_readers_see_no_gap(store: Store) {
    let home = Home::empty(store).await;
    let (db, restaurant) = (open(&home).await, RestaurantId(fresh()));
    let mut tx = db.begin().await.unwrap();
    let epoch = Epoch {
        n: 1,
        tag: "0123456789abcdef".into(),
    };
    head::create(&mut tx, restaurant, &epoch, now())
        .await
        .unwrap();
    tx.commit().await.unwrap();
    let done = AtomicBool::new(false);

    let writing = async {
        let writers = (0..WRITERS).map(|writer| write(&home, restaurant, writer));
        futures_util::future::join_all(writers).await;
        done.store(true, Ordering::Relaxed);
    };
    let readers =
        futures_util::future::join_all((0..4).map(|_| read_until(&db, restaurant, &done)));
    let (_, looks) = tokio::join!(writing, readers);

    assert!(
        looks.iter().sum::<u64>() > 20,
        "the readers did look while it happened"
    );
    assert_eq!(
        prefix(&db, restaurant).await,
        WRITERS * EACH,
        "every write is there"
    );
}

/// A node of its own: it takes the head, pauses, appends, pauses, commits; every third time it gives up.
async fn write(home: &Home, restaurant: RestaurantId, writer: u64) {
    let db = open(home).await;
    let mut written = 0;
    for attempt in 0.. {
        if written == EACH {
            break;
        }
        let pause = Duration::from_micros((writer * 7919 + attempt * 104_729) % 3000);
        let mut tx = db.begin().await.expect("begun");
        let mut head = head::lock(&mut tx, restaurant)
            .await
            .expect("read")
            .expect("a head");
        tokio::time::sleep(pause).await;
        let bytes = json!({"writer": writer, "attempt": attempt}).to_string();
        let (seq, chain) = (head.position.seq + 1, head.position.chain.then(&bytes));
        let entry = Stored {
            seq,
            hub_at: head.hub_at,
            bytes,
            chain,
        };
        log::append(&mut tx, restaurant, &[entry])
            .await
            .expect("appended");
        (head.position.seq, head.position.chain) = (seq, chain);
        head::write(&mut tx, restaurant, &head)
            .await
            .expect("written");
        tokio::time::sleep(pause).await;
        if attempt % 3 == 2 {
            drop(tx);
        } else {
            tx.commit().await.expect("committed");
            written += 1;
        }
    }
    db.close().await;
}

/// The whole log within one moment: it has no gap, and ends where its head says.
async fn prefix(db: &Db, restaurant: RestaurantId) -> u64 {
    let mut tx = db.read().await.expect("begun");
    let head = head::read(&mut tx, restaurant)
        .await
        .expect("read")
        .expect("a head");
    let entries = log::after(&mut tx, restaurant, 0, usize::MAX)
        .await
        .expect("read");
    let chain = entries
        .iter()
        .fold(Chain::start(restaurant), |chain, bytes| chain.then(bytes));
    assert_eq!(
        (entries.len() as u64, chain),
        (head.position.seq, head.position.chain)
    );
    assert_eq!(
        log::chain_at(&mut tx, restaurant, head.position.seq)
            .await
            .expect("read"),
        Some(chain)
    );
    head.position.seq
}

async fn read_until(db: &Db, restaurant: RestaurantId, done: &AtomicBool) -> u64 {
    let (mut last, mut looks) = (0, 0);
    while !done.load(Ordering::Relaxed) {
        let seq = prefix(db, restaurant).await;
        assert!(seq >= last, "nothing that was seen is taken back");
        last = seq;
        looks += 1;
    }
    looks
}
