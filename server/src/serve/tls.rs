//! TLS: by a certificate authority of the hub's own for the local network, or by a certificate that is given.

use crate::hub::Hub;
use crate::settings::Tls;
use crate::store::keys;
use anyhow::{Context, anyhow};
use axum::serve::Listener;
use rcgen::{
    BasicConstraints, CertificateParams, DnType, ExtendedKeyUsagePurpose, IsCa, Issuer, KeyPair,
    KeyUsagePurpose, date_time_ymd,
};
use rustls::ServerConfig;
use rustls::crypto::aws_lc_rs;
use rustls::pki_types::pem::PemObject;
use rustls::pki_types::{CertificateDer, PrivateKeyDer};
use std::collections::BTreeSet;
use std::net::{IpAddr, Ipv4Addr, SocketAddr, UdpSocket};
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::Duration;
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::{Semaphore, mpsc};
use tokio_rustls::TlsAcceptor;
use tokio_rustls::server::TlsStream;

/// Whoever says nothing for so long is no client.
const HANDSHAKE_WITHIN: Duration = Duration::from_secs(10);
const MOST_HANDSHAKES: usize = 256;
/// The hub's certificate is made anew at each start, and good for as long as devices believe one at most.
const GOOD_FOR_DAYS: i64 = 397;
const AUTHORITY_YEARS: i32 = 20;
const AUTHORITY: &str = "Comanda on the local network";
/// The authority's certificate, for devices to be told to trust.
pub const AUTHORITY_FILE: &str = "comanda-ca.pem";

/// What the hub shows to clients, and where its authority lies where that is its own.
#[derive(Debug)]
pub struct Shown {
    config: Arc<ServerConfig>,
    pub authority: Option<PathBuf>,
}

/// None: without TLS.
pub async fn load(
    hub: &Hub,
    tls: &Tls,
    address: SocketAddr,
    folder: &Path,
) -> anyhow::Result<Option<Shown>> {
    match tls {
        Tls::Off => Ok(None),
        Tls::Files { certificate, key } => {
            let chain = CertificateDer::pem_file_iter(certificate)
                .and_then(Iterator::collect::<Result<Vec<_>, _>>)
                .map_err(|e| anyhow!("{e}"));
            let chain = chain.with_context(|| unread("certificate", certificate))?;
            let secret = PrivateKeyDer::from_pem_file(key).map_err(|e| anyhow!("{e}"));
            let secret = secret.with_context(|| unread("key", key))?;
            let config = config(chain, secret).context("the certificate and its key do not fit")?;
            Ok(Some(Shown {
                config,
                authority: None,
            }))
        }
        Tls::Lan => {
            let (config, authority) = own(hub, address).await?;
            let file = folder.join(AUTHORITY_FILE);
            std::fs::write(&file, authority)
                .with_context(|| format!("{} cannot be written", file.display()))?;
            Ok(Some(Shown {
                config,
                authority: Some(file),
            }))
        }
    }
}

fn unread(what: &str, file: &Path) -> String {
    format!("the {what} {} does not read", file.display())
}

fn config(
    chain: Vec<CertificateDer<'static>>,
    key: PrivateKeyDer<'static>,
) -> anyhow::Result<Arc<ServerConfig>> {
    let provider = Arc::new(aws_lc_rs::default_provider());
    let mut config = ServerConfig::builder_with_provider(provider)
        .with_safe_default_protocol_versions()?
        .with_no_client_auth()
        .with_single_cert(chain, key)?;
    config.alpn_protocols = vec![b"http/1.1".to_vec()];
    Ok(Arc::new(config))
}

/// A certificate for every name that this machine is called by, of an authority whose key lives in the database.
async fn own(hub: &Hub, address: SocketAddr) -> anyhow::Result<(Arc<ServerConfig>, String)> {
    let now = jiff::Timestamp::from_millisecond(hub.world.now().0)?;
    let drawn = KeyPair::generate()?;
    let made = authority(now)?.self_signed(&drawn)?.pem();
    let kept = format!("{}{made}", drawn.serialize_pem());
    // Two nodes that start at once agree on the first.
    let mut tx = hub.db.begin().await?;
    keys::write_first(&mut tx, "tls_authority", &kept).await?;
    let kept = keys::read(&mut tx, "tls_authority").await?;
    tx.commit().await?;
    let kept = kept.context("the certificate authority was not stored")?;
    let key = KeyPair::from_pem(&kept).context("the certificate authority does not read")?;
    let at = kept.find("-----BEGIN CERTIFICATE").unwrap_or_default();
    let root = kept.get(at..).unwrap_or_default().to_owned();
    let params = authority(now)?;
    let issuer = Issuer::from_params(&params, key);
    let secret = KeyPair::generate()?;
    let leaf = leaf(now, address)?.signed_by(&secret, &issuer)?;
    let chain = vec![
        leaf.der().clone(),
        CertificateDer::from_pem_slice(root.as_bytes()).map_err(|e| anyhow!("{e}"))?,
    ];
    let der = PrivateKeyDer::try_from(secret.serialize_der()).map_err(|e| anyhow!("{e}"))?;
    Ok((config(chain, der)?, root))
}

fn authority(now: jiff::Timestamp) -> anyhow::Result<CertificateParams> {
    let mut params = CertificateParams::new(Vec::new())?;
    params
        .distinguished_name
        .push(DnType::CommonName, AUTHORITY);
    // It signs for hubs and for nothing else.
    params.is_ca = IsCa::Ca(BasicConstraints::Constrained(0));
    params.key_usages = vec![KeyUsagePurpose::KeyCertSign, KeyUsagePurpose::CrlSign];
    let (year, month, day) = ymd(now, -1)?;
    params.not_before = date_time_ymd(year, month, day);
    params.not_after = date_time_ymd(year + AUTHORITY_YEARS, month, 1);
    Ok(params)
}

fn leaf(now: jiff::Timestamp, address: SocketAddr) -> anyhow::Result<CertificateParams> {
    let mut params = CertificateParams::new(names(address))?;
    params
        .distinguished_name
        .push(DnType::CommonName, "Comanda");
    params.key_usages = vec![KeyUsagePurpose::DigitalSignature];
    params.extended_key_usages = vec![ExtendedKeyUsagePurpose::ServerAuth];
    let (from, to) = (ymd(now, -1)?, ymd(now, GOOD_FOR_DAYS - 1)?);
    params.not_before = date_time_ymd(from.0, from.1, from.2);
    params.not_after = date_time_ymd(to.0, to.1, to.2);
    Ok(params)
}

fn ymd(now: jiff::Timestamp, days: i64) -> anyhow::Result<(i32, u8, u8)> {
    let day = now.to_zoned(jiff::tz::TimeZone::UTC).date();
    let day = day.checked_add(jiff::Span::new().try_days(days)?)?;
    let part = |part: i8| u8::try_from(part);
    Ok((i32::from(day.year()), part(day.month())?, part(day.day())?))
}

fn names(address: SocketAddr) -> Vec<String> {
    let mut names = BTreeSet::from(["localhost".to_owned(), "127.0.0.1".into(), "::1".into()]);
    if address.ip().is_unspecified() {
        names.extend(outward().map(|ip| ip.to_string()));
    } else {
        names.insert(address.ip().to_string());
    }
    let host = std::fs::read_to_string("/etc/hostname").unwrap_or_default();
    let host = host.trim().to_lowercase();
    let plain = |c: char| c.is_ascii_alphanumeric() || c == '-' || c == '.';
    if !host.is_empty() && host.chars().all(plain) {
        names.insert(format!("{host}.local"));
        names.insert(host);
    }
    names.into_iter().collect()
}

/// The address by which this machine speaks to others; nothing is sent to find it.
fn outward() -> Option<IpAddr> {
    let socket = UdpSocket::bind((Ipv4Addr::UNSPECIFIED, 0)).ok()?;
    socket.connect((Ipv4Addr::new(192, 0, 2, 1), 9)).ok()?;
    socket.local_addr().ok().map(|address| address.ip())
}

/// Connections whose handshake is done; one that dawdles holds up nobody else.
#[derive(Debug)]
pub struct TlsListener {
    ready: mpsc::Receiver<(TlsStream<TcpStream>, SocketAddr)>,
    address: SocketAddr,
}

impl TlsListener {
    pub fn new(tcp: TcpListener, shown: &Shown) -> std::io::Result<Self> {
        let address = tcp.local_addr()?;
        let acceptor = TlsAcceptor::from(Arc::clone(&shown.config));
        let (to, ready) = mpsc::channel(MOST_HANDSHAKES);
        tokio::spawn(shake_hands(tcp, acceptor, to));
        Ok(Self { ready, address })
    }
}

async fn shake_hands(
    mut tcp: TcpListener,
    acceptor: TlsAcceptor,
    to: mpsc::Sender<(TlsStream<TcpStream>, SocketAddr)>,
) {
    let turns = Arc::new(Semaphore::new(MOST_HANDSHAKES));
    loop {
        let Ok(turn) = Arc::clone(&turns).acquire_owned().await else {
            return;
        };
        let (stream, from) = tokio::select! {
            () = to.closed() => return,
            accepted = Listener::accept(&mut tcp) => accepted,
        };
        if let Err(error) = stream.set_nodelay(true) {
            tracing::debug!(%error, "a connection may be slower than it could be");
        }
        let (acceptor, to) = (acceptor.clone(), to.clone());
        tokio::spawn(async move {
            let shaken = tokio::time::timeout(HANDSHAKE_WITHIN, acceptor.accept(stream)).await;
            match shaken {
                // Nobody takes it any more: the hub stops.
                Ok(Ok(stream)) => drop(to.send((stream, from)).await),
                Ok(Err(error)) => tracing::debug!(%error, "no TLS came about"),
                Err(_) => tracing::debug!("a client did not come to TLS in time"),
            }
            drop(turn);
        });
    }
}

impl Listener for TlsListener {
    type Io = TlsStream<TcpStream>;
    type Addr = SocketAddr;

    async fn accept(&mut self) -> (Self::Io, Self::Addr) {
        match self.ready.recv().await {
            Some(ready) => ready,
            // Whoever shakes hands ends only after this listener.
            None => std::future::pending().await,
        }
    }

    fn local_addr(&self) -> std::io::Result<Self::Addr> {
        Ok(self.address)
    }
}
