//! A world that fails: a full disk, a database that goes away or only reads.

use crate::kit::device::Floor;
use crate::kit::hub::{Home, Options};
use crate::kit::postgres::{self, Store};
use crate::kit::{Hub, Tablet, eventually};
use serde_json::{Value, json};

fn order(floor: &Floor) -> Value {
    let items =
        vec![json!({"dishId": floor.dishes[0], "quantity": 1, "note": "x".repeat(400)}); 50];
    json!({"tableId": floor.tables[0], "guests": 2, "items": items})
}

async fn count(hub: &Hub, token: &str) -> usize {
    let list = hub
        .get("/api/v1/orders?limit=200")
        .by(token)
        .send()
        .await
        .expect(200);
    list["items"].as_array().unwrap().len()
}

#[tokio::test]
async fn a_full_disk_refuses_writes_whole_and_the_hub_goes_on_when_there_is_room() {
    let options = Options {
        file_limit: Some(2048),
        ..Options::default()
    };
    let hub = Hub::start(Home::demo(Store::Sqlite).await, options).await;
    let (ana, floor) = (hub.token("ana").await, Floor::of(&hub).await);
    let mut tablet = Tablet::enrol(&hub).await;
    let mut taken = 0;
    let refused = loop {
        let key = format!("order-{taken}");
        let answer = hub
            .post("/api/v1/orders")
            .by(&ana)
            .key(&key)
            .json(&order(&floor))
            .await;
        if answer.status != 201 {
            break answer;
        }
        taken += 1;
    };
    assert!(taken > 0);
    assert_eq!(refused.header("retry-after"), Some("1"));
    refused.refused(503, "database");
    let mut command = tablet.open(1, 20);
    for line in command.wire["args"]["lines"].as_array_mut().unwrap() {
        line["note"] = json!("x".repeat(400));
    }
    tablet
        .push(&hub, &[&command])
        .await
        .refused(503, "database");
    assert_eq!(
        count(&hub, &ana).await,
        taken,
        "one can still read, and nothing is half there"
    );

    let home = hub.stop().await;
    let hub = Hub::start(home, Options::default()).await;
    assert_eq!(count(&hub, &ana).await, taken);
    let key = format!("order-{taken}");
    hub.post("/api/v1/orders")
        .by(&ana)
        .key(&key)
        .json(&order(&floor))
        .await
        .expect(201);
    assert_eq!(
        Tablet::outcomes(tablet.push(&hub, &[&command]).await),
        ["applied"],
        "it was nobody's fault"
    );
    assert_eq!(count(&hub, &ana).await, taken + 2);
    let entries = tablet.read_log(&hub, 500).await.to_vec();
    crate::crash::the_feed_is_what_the_log_says(&hub, &entries).await;
    assert_eq!(hub.get("/health").send().await.expect(200)["status"], "ok");
}

async fn cut(hub: &Hub) {
    let database = &hub.home.database;
    postgres::admin(format!(
        "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = '{database}'"
    ))
    .await;
}

#[tokio::test]
async fn a_postgres_that_goes_away_is_waited_for() {
    let hub = Hub::demo(Store::Postgres).await;
    let (ana, database) = (hub.token("ana").await, hub.home.database.clone());
    let mut tablet = Tablet::enrol(&hub).await;
    let commands: Vec<_> = (0..6).map(|n| tablet.open(n, 1)).collect();
    postgres::admin(format!("ALTER DATABASE {database} ALLOW_CONNECTIONS false")).await;
    cut(&hub).await;

    for command in &commands {
        tablet.push(&hub, &[command]).await.refused(503, "database");
    }
    let open = json!({"tableId": tablet.floor.tables[0], "guests": 2, "items": []});
    assert_eq!(
        hub.post("/api/v1/orders").by(&ana).json(&open).await.status,
        503
    );
    hub.get("/api/v1/orders")
        .by(&ana)
        .send()
        .await
        .refused(503, "database");
    assert_eq!(
        hub.get("/health").send().await.expect(503)["status"],
        "down"
    );
    assert_eq!(
        (
            hub.get("/readyz").send().await.status,
            hub.get("/livez").send().await.status
        ),
        (503, 200)
    );

    postgres::admin(format!("ALTER DATABASE {database} ALLOW_CONNECTIONS true")).await;
    let health = eventually("the hub finds its database again", async || {
        let health = hub.get("/health").send().await;
        (health.status == 200).then_some(health.body)
    });
    assert_eq!(
        health.await["status"],
        "ok",
        "it is not ill: no command was at fault"
    );
    let all: Vec<_> = commands.iter().collect();
    assert_eq!(
        Tablet::outcomes(tablet.push(&hub, &all).await),
        ["applied"; 6]
    );
}

#[tokio::test]
async fn a_postgres_that_only_reads_is_no_fault_of_a_command() {
    let hub = Hub::demo(Store::Postgres).await;
    let database = hub.home.database.clone();
    let mut tablet = Tablet::enrol(&hub).await;
    let commands: Vec<_> = (0..6).map(|n| tablet.open(n, 1)).collect();
    postgres::admin(format!(
        "ALTER DATABASE {database} SET default_transaction_read_only = on"
    ))
    .await;
    cut(&hub).await;

    for command in &commands {
        tablet.push(&hub, &[command]).await.refused(503, "database");
    }
    tablet.pull(&hub, 10).await.expect(200);

    postgres::admin(format!(
        "ALTER DATABASE {database} RESET default_transaction_read_only"
    ))
    .await;
    cut(&hub).await;
    let all: Vec<_> = commands.iter().collect();
    let outcomes = eventually("the hub writes again", async || {
        let answer = tablet.push(&hub, &all).await;
        (answer.status == 200).then_some(answer)
    });
    assert_eq!(
        Tablet::outcomes(outcomes.await),
        ["applied"; 6],
        "nothing was kept aside for it"
    );
}
