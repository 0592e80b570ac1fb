//! Settings and the world at the start: one sentence, an exit code, and never a password.

use crate::kit::hub::{Home, Options, program};
use crate::kit::postgres::{self, Store};
use crate::kit::{Hub, fresh};
use serde_json::json;
use std::path::Path;
use std::process::Stdio;
use std::time::Duration;

/// What the program says and how it ends.
pub struct Ended {
    pub code: Option<i32>,
    pub out: String,
    pub err: String,
}

pub async fn run(args: &[&str], env: &[(&str, &str)]) -> Ended {
    let ended = program()
        .args(args)
        .envs(env.iter().copied())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .output();
    let ended = tokio::time::timeout(Duration::from_secs(30), ended)
        .await
        .expect("it ends")
        .expect("it ran");
    let text = |bytes: Vec<u8>| String::from_utf8(bytes).expect("text");
    Ended {
        code: ended.status.code(),
        out: text(ended.stdout),
        err: text(ended.stderr),
    }
}

#[track_caller]
pub fn one_sentence(ended: &Ended, code: i32) {
    let said: Vec<&str> = ended
        .err
        .lines()
        .filter(|line| !line.starts_with('{'))
        .collect();
    assert_eq!(ended.code, Some(code), "{}", ended.err);
    assert_eq!(said.len(), 1, "one sentence: {}", ended.err);
    assert!(said[0].starts_with("comanda: "), "{}", said[0]);
    assert!(
        !ended.err.contains("panicked") && !ended.err.contains("hunter2"),
        "{}",
        ended.err
    );
    assert!(ended.out.is_empty(), "{}", ended.out);
}

#[tokio::test]
async fn a_setting_that_does_not_read_ends_with_two() {
    let folder = crate::kit::watched::folder();
    let data = folder.path().to_str().unwrap();
    for (name, value) in [
        ("COMANDA_LISTEN", "nonsense"),
        ("COMANDA_LISTEN", "127.0.0.1:99999"),
        ("COMANDA_LISTEN", ""),
        ("DATABASE_URL", "mysql://comanda:hunter2@db/comanda"),
        ("DATABASE_URL", "postgres://comanda:hunter2@db:port/x"),
        ("DATABASE_URL", "hunter2"),
        ("DATABASE_URL", ""),
        ("KAFKA_BROKERS", "nonsense"),
        ("KAFKA_BROKERS", "a:1,,b:2"),
        ("KAFKA_BROKERS", ""),
        ("COMANDA_LOG", "loud"),
        ("COMANDA_RATE_ANONYMOUS", "many"),
        ("COMANDA_RATE_PER_ACTOR", "-1"),
        ("COMANDA_RATE_SIGN_IN", "1.5"),
        ("RUST_LOG", "comanda=shout"),
        ("COMANDA_TLS", "nonsense"),
        ("COMANDA_TLS", ""),
        ("COMANDA_TLS", "cert.pem,"),
        ("COMANDA_KAFKA_BACKLOG", "0"),
        ("COMANDA_DEMO_DAYS", "many"),
        ("COMANDA_DEMO_DAYS", "29"),
    ] {
        one_sentence(
            &run(&["serve"], &[("COMANDA_DATA", data), (name, value)]).await,
            2,
        );
    }
    for args in [
        &["serve", "--listen", "x"][..],
        &["serve", "--unknown"],
        &["dance"],
        &["restaurant"],
        &["restaurant", "add"],
        &["restaurant", "add", ""],
        &["serve", "--database-url", "mysql://u:hunter2@h"],
    ] {
        one_sentence(&run(args, &[("COMANDA_DATA", data)]).await, 2);
    }
    assert_eq!(
        std::fs::read_dir(folder.path()).unwrap().count(),
        0,
        "nothing was made"
    );
}

#[tokio::test]
async fn help_names_every_setting_and_hides_what_is_secret() {
    let help = run(
        &["serve", "--help"],
        &[("DATABASE_URL", "postgres://comanda:hunter2@db/comanda")],
    )
    .await;
    assert_eq!(help.code, Some(0));
    for name in [
        "COMANDA_LISTEN",
        "COMANDA_DATA",
        "DATABASE_URL",
        "KAFKA_BROKERS",
        "RUST_LOG",
        "COMANDA_LOG",
        "COMANDA_TLS",
        "COMANDA_RATE_ANONYMOUS",
        "COMANDA_RATE_PER_ACTOR",
        "COMANDA_RATE_SIGN_IN",
        "--demo",
    ] {
        assert!(help.out.contains(name), "{name}");
    }
    assert!(!help.out.contains("hunter2"));
    assert_eq!(run(&["--version"], &[]).await.code, Some(0));
}

#[tokio::test]
async fn a_world_that_is_not_ready_ends_with_one() {
    let folder = crate::kit::watched::folder();
    let file = folder.path().join("file");
    std::fs::write(&file, "not a folder").unwrap();
    let (data, file) = (folder.path().to_str().unwrap(), file.to_str().unwrap());
    let taken = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
    let taken = taken.local_addr().unwrap().to_string();
    let listen = ("COMANDA_LISTEN", "127.0.0.1:0");
    one_sentence(&run(&["serve"], &[listen, ("COMANDA_DATA", file)]).await, 1);
    one_sentence(
        &run(
            &["serve"],
            &[listen, ("COMANDA_DATA", &format!("{file}/below"))],
        )
        .await,
        1,
    );
    one_sentence(
        &run(&["serve"], &[listen, ("COMANDA_DATA", "/proc/nowhere")]).await,
        1,
    );
    one_sentence(
        &run(
            &["serve"],
            &[("COMANDA_LISTEN", &taken), ("COMANDA_DATA", data)],
        )
        .await,
        1,
    );
    one_sentence(
        &run(
            &["serve"],
            &[("COMANDA_LISTEN", "203.0.113.7:1"), ("COMANDA_DATA", data)],
        )
        .await,
        1,
    );

    let broken = folder.path().join("broken");
    std::fs::create_dir(&broken).unwrap();
    std::fs::write(
        broken.join("comanda.sqlite"),
        "this is no database, it is a letter to the manager".repeat(40),
    )
    .unwrap();
    one_sentence(
        &run(
            &["serve"],
            &[listen, ("COMANDA_DATA", broken.to_str().unwrap())],
        )
        .await,
        1,
    );
}

#[tokio::test]
async fn a_database_that_does_not_answer_ends_with_one_and_without_the_password() {
    let folder = crate::kit::watched::folder();
    let env = |url: &'static str| {
        [
            ("COMANDA_DATA", folder.path().to_str().unwrap()),
            ("DATABASE_URL", url),
            ("COMANDA_LISTEN", "127.0.0.1:0"),
            ("RUST_LOG", "debug"),
        ]
    };
    let nobody = run(
        &["serve"],
        &env("postgres://comanda:hunter2@127.0.0.1:1/comanda"),
    )
    .await;
    one_sentence(&nobody, 1);
    let missing = postgres::url("there_is_none").replace("comanda@", "comanda:hunter2@");
    let env = [
        ("COMANDA_DATA", folder.path().to_str().unwrap()),
        ("DATABASE_URL", &missing),
        ("COMANDA_LISTEN", "127.0.0.1:0"),
    ];
    one_sentence(&run(&["serve"], &env).await, 1);
}

on_both! {
    the_demo_is_served_again_and_nothing_else_is_a_demo,
    sigterm_lets_what_is_in_flight_end,
    a_further_restaurant_is_another_world,
    what_was_tampered_with_is_found,
    what_is_of_another_version_is_not_touched_by_whoever_verifies_it,
    what_the_hub_counts_can_be_read,
    each_request_is_in_the_log_and_no_secret_is,
}

async fn add_restaurant(home: &Home, name: &str) -> serde_json::Value {
    let env = home.env();
    let env: Vec<(&str, &str)> = env.iter().map(|(k, v)| (*k, v.as_str())).collect();
    let added = run(&["restaurant", "add", name], &env).await;
    assert_eq!(added.code, Some(0), "{}", added.err);
    let lines: Vec<&str> = added.out.lines().collect();
    assert_eq!(lines.len(), 1, "one line of JSON: {}", added.out);
    let said: serde_json::Value = serde_json::from_str(lines[0]).expect("JSON");
    let password = said["password"].as_str().expect("a password");
    assert!(!added.err.contains(password), "the log holds no password");
    said
}

async fn a_further_restaurant_is_another_world(store: Store) {
    let hub = Hub::demo(store).await;
    let floor = crate::kit::device::Floor::of(&hub).await;
    let mut signed_in = Vec::new();
    for name in ["Trattoria", "Bar"] {
        // While the hub serves.
        let added = add_restaurant(&hub.home, name).await;
        let body = json!({"username": added["username"], "password": added["password"]});
        let session = hub.post("/api/v1/auth/login").json(&body).await.expect(200);
        let token = session["accessToken"].as_str().unwrap().to_owned();
        signed_in.push((added, token));
    }
    let [(first, one), (second, two)] = &signed_in[..] else {
        panic!("two of them");
    };
    assert_ne!(first["restaurantId"], second["restaurantId"]);
    assert_ne!(first["username"], second["username"]);
    for token in [one, two] {
        let tables = hub.get("/api/v1/tables").by(token).send().await.expect(200);
        assert_eq!(tables["items"], json!([]));
        let theirs = format!("/api/v1/tables/{}", floor.tables[0]);
        hub.get(&theirs)
            .by(token)
            .send()
            .await
            .refused(404, "not_found");
        let users = hub
            .get("/api/v1/auth/users")
            .by(token)
            .send()
            .await
            .expect(200);
        assert_eq!(users["items"].as_array().unwrap().len(), 1);
    }
    let theirs = format!("/api/v1/auth/users/{}", floor.ana);
    let change = json!({"role": "admin"});
    let asked = hub.ask("PATCH", &theirs).by(one);
    asked.json(&change).await.refused(404, "not_found");
}

async fn each_request_is_in_the_log_and_no_secret_is(store: Store) {
    let hub = Hub::demo(store).await;
    let login = json!({"username": "ana", "password": "demo-ana"});
    let session = hub
        .post("/api/v1/auth/login")
        .json(&login)
        .await
        .expect(200);
    let tablet = crate::kit::Tablet::enrol(&hub).await;
    let pin = json!({"username": "ana", "pin": "3001"});
    let by_pin = hub.post("/api/v1/auth/pin").by(&tablet.token);
    let by_pin = by_pin.json(&pin).await.expect(200);
    let secrets: Vec<String> = [&session, &by_pin]
        .iter()
        .flat_map(|session| ["accessToken", "refreshToken"].map(|name| &session[name]))
        .map(|token| token.as_str().expect("a token").to_owned())
        .chain([
            tablet.token.clone(),
            "demo-ana".to_owned(),
            "$argon2".to_owned(),
        ])
        .collect();
    let refresh = json!({"refreshToken": session["refreshToken"]});
    hub.post("/api/v1/auth/refresh")
        .json(&refresh)
        .await
        .expect(200);
    let asked = hub.get("/api/v1/orders").by(&secrets[0]);
    let asked = asked.header("x-request-id", "from-the-till-7");
    asked.send().await.expect(200);
    let line = crate::kit::eventually("the request is in the log", async || {
        let log = hub.home.log();
        let line = log.lines().find(|line| line.contains("from-the-till-7"));
        line.map(str::to_owned)
    });
    let line: serde_json::Value = serde_json::from_str(&line.await).expect("a line of JSON");
    assert_eq!(line["span"]["id"], "from-the-till-7");
    assert_eq!(line["fields"]["route"], "/api/v1/orders");
    assert_eq!(line["fields"]["status"], 200);
    let log = hub.home.log();
    for line in log.lines() {
        serde_json::from_str::<serde_json::Value>(line).unwrap_or_else(|e| panic!("{line}: {e}"));
    }
    for secret in secrets {
        assert!(!log.contains(&secret), "a secret is in the log");
    }
}

async fn what_the_hub_counts_can_be_read(store: Store) {
    let hub = Hub::demo(store).await;
    let ana = hub.token("ana").await;
    let _socket = crate::kit::Socket::connect(&hub, &ana).await;
    hub.get("/api/v1/orders").by(&ana).send().await.expect(200);
    let nowhere = hub.get(&format!("/api/v1/nowhere/{}", fresh())).by(&ana);
    nowhere.send().await.refused(404, "not_found");
    let answer = hub.get("/metrics").send().await;
    assert_eq!(answer.status, 200);
    assert!(
        answer
            .header("content-type")
            .unwrap()
            .starts_with("text/plain")
    );
    for line in [
        "comanda_http_requests_total{route=\"/api/v1/orders\",method=\"GET\",status=\"200\"} 1",
        "comanda_http_requests_total{route=\"other\",method=\"GET\",status=\"404\"} 1",
        "comanda_http_request_seconds_count{route=\"/api/v1/orders\"} 1",
        "comanda_sockets 1",
        "# TYPE comanda_writer_batch_jobs histogram",
    ] {
        assert!(
            answer.text.lines().any(|said| said == line),
            "{line} in\n{}",
            answer.text
        );
    }
    for name in ["comanda_log_seq{", "comanda_outbox_backlog{"] {
        assert!(answer.text.contains(name), "{name}");
    }
}

async fn the_demo_is_served_again_and_nothing_else_is_a_demo(store: Store) {
    let hub = Hub::start(Home::empty(store).await, Options::default()).await;
    hub.get("/api/v1/menu")
        .by(&hub.token("ana").await)
        .send()
        .await
        .expect(200);
    let hub = hub.restart().await;
    hub.get("/api/v1/menu")
        .by(&hub.token("ana").await)
        .send()
        .await
        .expect(200);
    let home = hub.stop().await;
    home.sql(&["UPDATE aggregates SET body = replace(body, '\"demo\":true', '\"demo\":false') WHERE kind = 'settings'".to_owned()]).await;
    let env = home.env();
    let env: Vec<(&str, &str)> = env
        .iter()
        .map(|(name, value)| (*name, value.as_str()))
        .collect();
    one_sentence(
        &run(&["serve", "--demo", "--listen", "127.0.0.1:0"], &env).await,
        1,
    );
}

async fn sigterm_lets_what_is_in_flight_end(store: Store) {
    let hub = Hub::demo(store).await;
    let ana = hub.token("ana").await;
    let _idle = hub.get("/livez").send().await;
    let socket = crate::kit::Socket::connect(&hub, &ana).await;
    let polling = hub.get("/socket.io/?EIO=4&transport=polling").send().await;
    assert_eq!(polling.status, 200);
    let (home, status) = hub.terminate().await;
    assert!(status.success(), "{status}\n{}", home.log());
    drop(socket);
    let hub = Hub::start(home, Options::default()).await;
    hub.get("/api/v1/orders").by(&ana).send().await.expect(200);
}

pub async fn verify(home: &Home) -> Ended {
    let env = home.env();
    let env: Vec<(&str, &str)> = env.iter().map(|(k, v)| (*k, v.as_str())).collect();
    run(&["verify"], &env).await
}

/// A week of evenings agrees with its log to the cent; what somebody has changed in the database is named.
async fn what_was_tampered_with_is_found(store: Store) {
    let hub = Hub::lived_in(store).await;
    let serving = verify(&hub.home).await;
    assert_eq!(serving.code, Some(0), "{}{}", serving.out, serving.err);
    assert!(serving.out.contains(": agrees ("), "{}", serving.out);
    let (home, _) = hub.terminate().await;
    let entry = "UPDATE log SET bytes = REPLACE(bytes, '\"guests\":2', '\"guests\":3')
                 WHERE seq = (SELECT MAX(seq) FROM log WHERE bytes LIKE '%\"guests\":2%')";
    let person = "UPDATE aggregates SET body = REPLACE(body, 'Ana Sousa', 'Eve Sousa') WHERE kind = 'person'";
    let lost =
        "DELETE FROM aggregates WHERE key = (SELECT MIN(key) FROM aggregates WHERE kind = 'bill')";
    let sale =
        "UPDATE sales SET net = net + 1 WHERE bill = (SELECT MIN(bill) FROM sales) AND place = 0";
    let gone = "DELETE FROM sales_tenders WHERE bill = (SELECT MAX(bill) FROM sales_tenders)";
    let told = [
        (person, "is not what the log makes of it"),
        (lost, "is missing"),
        (sale, "another thing than the log"),
        (gone, "the reports do not count tender"),
        (entry, "the chain breaks at entry"),
    ];
    for (change, says) in told {
        home.sql(&[change.to_owned()]).await;
        let ended = verify(&home).await;
        assert_eq!(ended.code, Some(1), "{change}: {}", ended.out);
        assert!(ended.out.contains(": DIFFERS ("), "{}", ended.out);
        assert!(ended.out.contains(says), "{change}: {}", ended.out);
        assert!(
            ended.err.contains("comanda: 1 of 1 restaurants"),
            "{}",
            ended.err
        );
    }
}

/// Who only looks does not bring a database to a newer version.
async fn what_is_of_another_version_is_not_touched_by_whoever_verifies_it(store: Store) {
    let (home, _) = Hub::demo(store).await.terminate().await;
    let older = "DELETE FROM _sqlx_migrations
                 WHERE version = (SELECT MAX(version) FROM _sqlx_migrations)";
    home.sql(&[older.to_owned()]).await;
    for _ in 0..2 {
        let ended = verify(&home).await;
        one_sentence(&ended, 1);
        assert!(ended.err.contains("of another version"), "{}", ended.err);
    }
}

#[tokio::test]
async fn there_is_nothing_to_verify_where_no_database_is() {
    let home = Home::empty(Store::Sqlite).await;
    let ended = verify(&home).await;
    one_sentence(&ended, 1);
    assert!(ended.err.contains("there is no database"), "{}", ended.err);
}

/// Whoever waits for its first line may end it there and then.
#[tokio::test]
async fn a_hub_that_is_ended_at_its_first_line_ends_well() {
    let mut home = Home::demo(Store::Sqlite).await;
    for _ in 0..5 {
        let (after, status) = Hub::start(home, Options::default()).await.terminate().await;
        assert!(status.success(), "{status}\n{}", after.log());
        home = after;
    }
}

#[tokio::test]
async fn a_second_hub_on_one_data_folder_says_so_and_harms_nothing() {
    let hub = Hub::demo(Store::Sqlite).await;
    let env = hub.home.env();
    let env: Vec<(&str, &str)> = env.iter().map(|(k, v)| (*k, v.as_str())).collect();
    let second = run(&["serve", "--listen", "127.0.0.1:0"], &env).await;
    one_sentence(&second, 1);
    assert!(second.err.contains("another hub"), "{}", second.err);
    let ana = hub.token("ana").await;
    hub.get("/api/v1/orders").by(&ana).send().await.expect(200);
}

#[tokio::test]
async fn a_mark_of_a_half_made_demo_does_not_stand_in_the_way() {
    let home = Home::demo(Store::Sqlite).await;
    // As if the program had been killed before the last dishes.
    let dishes = "(SELECT key FROM aggregates WHERE kind = 'dish' ORDER BY born DESC LIMIT 3)";
    home.sql(&[format!("DELETE FROM aggregates WHERE key IN {dishes}")])
        .await;
    let env = home.env();
    let env: Vec<(&str, &str)> = env
        .iter()
        .map(|(name, value)| (*name, value.as_str()))
        .collect();
    let ended = run(&["serve", "--demo", "--listen", "127.0.0.1:0"], &env).await;
    one_sentence(&ended, 1);
    assert!(
        ended.err.contains("half"),
        "it says what is wrong: {}",
        ended.err
    );
}

/// Nobody reads what it prints: that is no reason to fall over.
#[tokio::test]
async fn a_hub_whose_output_goes_nowhere_serves_all_the_same() {
    let home = Home::demo(Store::Sqlite).await;
    let listen = format!("127.0.0.1:{}", crate::kit::watched::free_port());
    let full = || {
        std::fs::OpenOptions::new()
            .write(true)
            .open("/dev/full")
            .expect("/dev/full")
    };
    assert!(Path::new("/dev/full").exists());
    let mut child = program()
        .args(["serve", "--demo", "--listen", &listen])
        .env("RUST_LOG", "debug")
        .envs(home.env())
        .stdout(full())
        .stderr(full())
        .spawn()
        .expect("the hub starts");
    let http = reqwest::Client::new();
    let health = crate::kit::eventually("the hub answers", async || {
        http.get(format!("http://{listen}/health"))
            .send()
            .await
            .ok()
    });
    assert_eq!(health.await.status(), 200);
    let body = json!({"username": "ana", "password": "demo-ana", "x": fresh()}).to_string();
    for _ in 0..20 {
        let login = http
            .post(format!("http://{listen}/api/v1/auth/login"))
            .header("content-type", "application/json")
            .body(body.clone());
        assert_eq!(login.send().await.expect("an answer").status(), 400);
    }
    child.kill().await.expect("killed");
}

#[tokio::test]
async fn the_first_line_says_where_and_the_rest_says_who() {
    let hub = Hub::demo(Store::Sqlite).await;
    assert!(hub.address().starts_with("127.0.0.1:") && !hub.address().ends_with(":0"));
    assert!(
        !hub.home.log().contains("demo-ana"),
        "a log holds no password"
    );
    hub.get("/health").send().await.expect(200);
}
