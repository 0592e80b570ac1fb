//! The door of the house: one address for everybody, and behind it whichever node is there.

use anyhow::Result;
use rand::seq::SliceRandom;
use std::sync::{Arc, Mutex, PoisonError};
use tokio::io::copy_bidirectional;
use tokio::net::{TcpListener, TcpStream};

/// Where each node listens; none while it does not.
#[derive(Debug, Clone)]
pub struct Nodes(Arc<Mutex<Vec<Option<String>>>>);

impl Nodes {
    pub fn new(many: usize) -> Self {
        Self(Arc::new(Mutex::new(vec![None; many])))
    }

    pub fn set(&self, node: usize, address: Option<String>) {
        let mut all = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(slot) = all.get_mut(node) {
            *slot = address;
        }
    }

    pub fn there(&self) -> Vec<String> {
        let all = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        all.iter().flatten().cloned().collect()
    }

    /// Any of them, the other where one does not answer.
    async fn any(&self) -> Option<TcpStream> {
        let mut all = self.there();
        all.shuffle(&mut rand::rng());
        for address in all {
            if let Ok(link) = TcpStream::connect(address).await {
                return Some(link);
            }
        }
        None
    }
}

/// Opens it: whoever comes is led to a node, and stays with it until one of the two goes. Its address.
pub async fn open(nodes: Nodes) -> Result<String> {
    let listener = TcpListener::bind("127.0.0.1:0").await?;
    let address = format!("http://{}", listener.local_addr()?);
    tokio::spawn(async move {
        loop {
            if let Ok((link, _)) = listener.accept().await {
                tokio::spawn(lead(link, nodes.clone()));
            }
        }
    });
    Ok(address)
}

async fn lead(mut from: TcpStream, nodes: Nodes) {
    if let Some(mut to) = nodes.any().await {
        let (_small, _packets) = (from.set_nodelay(true), to.set_nodelay(true));
        // However it ends, both ends hear of it.
        let _ended = copy_bidirectional(&mut from, &mut to).await;
    }
}
