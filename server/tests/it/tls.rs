//! TLS: by the hub's own authority, and by a certificate that is given.

use crate::kit::hub::{Home, program};
use crate::kit::{Store, eventually};
use std::path::Path;
use std::process::Stdio;
use tokio::io::{AsyncBufReadExt, BufReader};
use tokio::process::Child;

/// Starts the program with this setting; its address without the scheme.
async fn start(home: &Home, tls: &str) -> (Child, String) {
    let mut child = program()
        .args(["serve", "--listen", "127.0.0.1:0"])
        .envs(home.env())
        .env("COMANDA_TLS", tls)
        .stdout(Stdio::piped())
        .stderr(Stdio::null())
        .spawn()
        .expect("the hub starts");
    let mut lines = BufReader::new(child.stdout.take().expect("a pipe")).lines();
    let first = lines.next_line().await.expect("a line").expect("a line");
    let address = first.strip_prefix("listening on https://");
    let address = address.unwrap_or_else(|| panic!("first line: {first}"));
    tokio::spawn(async move { while let Ok(Some(_)) = lines.next_line().await {} });
    (child, address.to_owned())
}

fn trusting(authority: &str) -> reqwest::Client {
    let root = reqwest::Certificate::from_pem(authority.as_bytes()).expect("a certificate");
    let client = reqwest::Client::builder().no_proxy().tls_certs_only([root]);
    client.build().expect("a client")
}

async fn answers(client: &reqwest::Client, url: &str) -> bool {
    let said = client.get(url).send().await;
    said.is_ok_and(|said| said.status() == 200)
}

fn authority(home: &Home) -> String {
    let file = home.folder.path().join("comanda-ca.pem");
    std::fs::read_to_string(file).expect("the authority's certificate")
}

#[tokio::test]
async fn a_hub_is_its_own_authority_and_stays_the_same_one() {
    let home = Home::empty(Store::Sqlite).await;
    let (mut child, address) = start(&home, "lan").await;
    let first = authority(&home);
    let client = trusting(&first);
    assert!(answers(&client, &format!("https://{address}/livez")).await);
    let by_name = address.replace("127.0.0.1", "localhost");
    assert!(answers(&client, &format!("https://{by_name}/livez")).await);
    let stranger = reqwest::Client::builder().no_proxy().build().unwrap();
    assert!(!answers(&stranger, &format!("https://{address}/livez")).await);
    assert!(!answers(&stranger, &format!("http://{address}/livez")).await);
    // Whoever connects and says nothing holds up nobody.
    let _silent = tokio::net::TcpStream::connect(&address).await.unwrap();
    assert!(answers(&trusting(&first), &format!("https://{address}/livez")).await);
    child.kill().await.unwrap();

    let (mut child, address) = start(&home, "lan").await;
    assert_eq!(authority(&home), first, "devices trust it once");
    assert!(answers(&client, &format!("https://{address}/livez")).await);
    child.kill().await.unwrap();
}

#[tokio::test]
async fn a_certificate_that_is_given_is_shown() {
    let home = Home::empty(Store::Sqlite).await;
    let pair = rcgen_pair();
    let files = ["cert.pem", "key.pem"].map(|name| home.folder.path().join(name));
    std::fs::write(&files[0], &pair.0).unwrap();
    std::fs::write(&files[1], &pair.1).unwrap();
    let setting = format!("{},{}", files[0].display(), files[1].display());
    let (mut child, address) = start(&home, &setting).await;
    let client = trusting(&pair.0);
    eventually("it answers", async || {
        answers(&client, &format!("https://{address}/livez"))
            .await
            .then_some(())
    })
    .await;
    child.kill().await.unwrap();
}

fn rcgen_pair() -> (String, String) {
    let key = rcgen::KeyPair::generate().unwrap();
    let names = vec!["localhost".to_owned(), "127.0.0.1".to_owned()];
    let params = rcgen::CertificateParams::new(names).unwrap();
    let certificate = params.self_signed(&key).unwrap();
    (certificate.pem(), key.serialize_pem())
}

#[tokio::test]
async fn a_certificate_that_does_not_read_ends_with_one() {
    let home = Home::empty(Store::Sqlite).await;
    let letter = home.folder.path().join("letter.pem");
    std::fs::write(&letter, "to the manager").unwrap();
    let nowhere = home.folder.path().join("nowhere.pem");
    let both = |one: &Path, two: &Path| format!("{},{}", one.display(), two.display());
    for (setting, code) in [
        (both(&nowhere, &nowhere), 1),
        (both(&letter, &letter), 1),
        ("on".to_owned(), 2),
        ("cert.pem,".to_owned(), 2),
        (String::new(), 2),
    ] {
        let ended = program()
            .args(["serve", "--listen", "127.0.0.1:0"])
            .envs(home.env())
            .env("COMANDA_TLS", &setting)
            .output()
            .await
            .expect("it ran");
        let err = String::from_utf8_lossy(&ended.stderr);
        assert_eq!(ended.status.code(), Some(code), "{setting}: {err}");
        let said = err.lines().filter(|line| line.starts_with("comanda: "));
        assert_eq!(said.count(), 1, "{err}");
        assert!(
            ended.stdout.is_empty() && !err.contains("panicked"),
            "{err}"
        );
    }
}
