//! How many connections one address may hold: whoever opens them by the thousand keeps nobody else out.

use crate::limits::Address;
use axum::serve::Listener;
use std::collections::HashMap;
use std::io;
use std::net::SocketAddr;
use std::pin::Pin;
use std::sync::{Arc, Mutex, PoisonError};
use std::task::{Context, Poll};
use tokio::io::{AsyncRead, AsyncWrite, ReadBuf};

/// More than all devices of a restaurant hold behind one router, and less than a process may have.
pub const MOST_OF_ONE_ADDRESS: usize = 400;

/// Who holds how many.
#[derive(Debug, Default)]
struct Inside(Mutex<HashMap<Address, usize>>);

/// A place among those of one address, given back when the connection is over.
#[derive(Debug)]
struct Pass {
    inside: Arc<Inside>,
    of: Address,
}

impl Inside {
    fn enter(self: &Arc<Self>, of: Address, most: usize) -> Option<Pass> {
        let mut all = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let count = all.entry(of).or_default();
        if *count >= most {
            return None;
        }
        *count += 1;
        let inside = Arc::clone(self);
        Some(Pass { inside, of })
    }
}

impl Drop for Pass {
    fn drop(&mut self) {
        let mut all = self.inside.0.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(count) = all.get_mut(&self.of) {
            *count -= 1;
            if *count == 0 {
                all.remove(&self.of);
            }
        }
    }
}

/// A listener that shuts the door on whoever holds too many.
#[derive(Debug)]
pub struct Door<L> {
    inner: L,
    inside: Arc<Inside>,
}

impl<L> Door<L> {
    pub fn new(inner: L) -> Self {
        Self {
            inner,
            inside: Arc::default(),
        }
    }
}

impl<L: Listener<Addr = SocketAddr>> Listener for Door<L>
where
    L::Io: Unpin,
{
    type Io = Connection<L::Io>;
    type Addr = SocketAddr;

    async fn accept(&mut self) -> (Self::Io, SocketAddr) {
        loop {
            let (io, from) = self.inner.accept().await;
            let ip = from.ip().to_canonical();
            // Whoever is on this very machine has shorter ways, and a proxy here speaks for everybody.
            if ip.is_loopback() {
                return (Connection { io, _pass: None }, from);
            }
            if let Some(pass) = self.inside.enter(ip.into(), MOST_OF_ONE_ADDRESS) {
                let _pass = Some(pass);
                return (Connection { io, _pass }, from);
            }
            tracing::warn!(%ip, "an address holds too many connections");
        }
    }

    fn local_addr(&self) -> io::Result<SocketAddr> {
        self.inner.local_addr()
    }
}

/// A connection with its pass.
#[derive(Debug)]
pub struct Connection<Io> {
    io: Io,
    _pass: Option<Pass>,
}

impl<Io: AsyncRead + Unpin> AsyncRead for Connection<Io> {
    fn poll_read(
        mut self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        buf: &mut ReadBuf<'_>,
    ) -> Poll<io::Result<()>> {
        Pin::new(&mut self.io).poll_read(cx, buf)
    }
}

impl<Io: AsyncWrite + Unpin> AsyncWrite for Connection<Io> {
    fn poll_write(
        mut self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        buf: &[u8],
    ) -> Poll<io::Result<usize>> {
        Pin::new(&mut self.io).poll_write(cx, buf)
    }

    fn poll_flush(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.io).poll_flush(cx)
    }

    fn poll_shutdown(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.io).poll_shutdown(cx)
    }

    fn poll_write_vectored(
        mut self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        bufs: &[io::IoSlice<'_>],
    ) -> Poll<io::Result<usize>> {
        Pin::new(&mut self.io).poll_write_vectored(cx, bufs)
    }

    fn is_write_vectored(&self) -> bool {
        self.io.is_write_vectored()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::collections::VecDeque;
    use std::net::IpAddr;
    use tokio::io::{DuplexStream, duplex};

    /// Connections that come from these addresses, and then nobody.
    struct Street(VecDeque<SocketAddr>, Vec<DuplexStream>);

    impl Listener for Street {
        type Io = DuplexStream;
        type Addr = SocketAddr;

        async fn accept(&mut self) -> (DuplexStream, SocketAddr) {
            let Some(from) = self.0.pop_front() else {
                return std::future::pending().await;
            };
            let (mine, theirs) = duplex(16);
            self.1.push(theirs);
            (mine, from)
        }

        fn local_addr(&self) -> io::Result<SocketAddr> {
            Ok((IpAddr::from([127, 0, 0, 1]), 80).into())
        }
    }

    #[tokio::test]
    async fn one_address_holds_only_so_many_connections_and_keeps_nobody_out() {
        let from = |last: u8, port: u16| SocketAddr::from(([192, 0, 2, last], port));
        let flood = (0..1000).map(|port| from(66, port));
        let here = (0..1000).map(|port| SocketAddr::from(([127, 0, 0, 1], port)));
        let street = flood.chain(here).chain([from(7, 1), from(66, 1)]).collect();
        let mut door = Door::new(Street(street, Vec::new()));
        let mut held = Vec::new();
        for _ in 0..MOST_OF_ONE_ADDRESS + 1000 + 1 {
            held.push(door.accept().await);
        }
        let of = |last: u8| {
            let ip = IpAddr::from([192, 0, 2, last]);
            held.iter().filter(|(_, from)| from.ip() == ip).count()
        };
        assert_eq!((of(66), of(7)), (MOST_OF_ONE_ADDRESS, 1));

        held.remove(0);

        let (_, next) = door.accept().await;
        assert_eq!(next, from(66, 1), "there is room again");
        drop(held);
        assert!(door.inside.0.lock().unwrap().len() <= 1);
    }
}
