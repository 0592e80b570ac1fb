//! Several nodes of one hub on one PostgreSQL: what one of them commits, the others tell their own sockets.
//!
//! The head row's lock orders what they write; this only carries the news, by NOTIFY within the very transaction. Who
//! misses some (a link that was lost) pokes everybody: nothing that matters rides on it.

use crate::hub::Hub;
use crate::live::{Doubt, Heard, LiveEvent, Said, Told, name_of};
use crate::store::{Db, Tx, head};
use crate::world::{World, token};
use domain::ids::{DeviceId, PersonId, RestaurantId};
use domain::sync::Position;
use serde::{Deserialize, Serialize};
use serde_json::Value;
use sqlx::postgres::PgListener;
use sqlx::{PgExecutor, PgPool};
use std::collections::HashMap;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;
use tokio_util::sync::CancellationToken;

const CHANNEL: &str = "comanda";
/// A notification holds less than 8000 bytes.
const MOST_IN_PART: usize = 7_500;
/// What is larger is told without its events: devices pull, and people's programs read again.
const MOST_TOLD: usize = 4 << 20;
const AFTER_TROUBLE: Duration = Duration::from_secs(1);
/// So often it is asked whether the others are still there, and so long they have to answer.
const ASK_EVERY: Duration = Duration::from_secs(60);
const PATIENCE: Duration = Duration::from_secs(2);

/// What this node knows of the others.
#[derive(Debug)]
pub struct Nodes {
    own: String,
    /// Whether anybody else may be listening: so until nobody answers. With nobody there nothing is written out.
    others: AtomicBool,
    /// Whether anybody has been heard since it was asked.
    heard: AtomicBool,
}

#[derive(Debug, Serialize, Deserialize)]
enum Message {
    /// A node has begun to listen.
    Hello,
    /// So has another one, before it.
    Here,
    Told {
        restaurant: RestaurantId,
        position: Position,
        events: Vec<Written>,
        revoked: Vec<DeviceId>,
        people: Vec<PersonId>,
    },
    Doubt(Doubt),
}

/// A live event as both ears hear it.
#[derive(Debug, Serialize, Deserialize)]
struct Written {
    name: String,
    service: Value,
    kitchen: Option<Value>,
}

impl Nodes {
    pub fn new(db: &Db, world: &dyn World) -> Self {
        let (own, others) = match db {
            Db::Sqlite { .. } => (String::new(), false),
            Db::Postgres(_) => (token(world), true),
        };
        Self {
            own,
            others: AtomicBool::new(others),
            heard: AtomicBool::default(),
        }
    }

    pub fn may_listen(&self) -> bool {
        self.others.load(Ordering::Relaxed)
    }

    fn somebody_is_there(&self) {
        self.others.store(true, Ordering::Relaxed);
        self.heard.store(true, Ordering::Relaxed);
    }

    /// Says within a transaction what it brings: the others hear it when it commits, and only then.
    pub async fn tell(&self, tx: &mut Tx, told: &Told) -> sqlx::Result<()> {
        match tx {
            Tx::Sqlite(_) => Ok(()),
            Tx::Postgres(tx) => {
                let mut text = Message::of(told).text()?;
                if text.len() > MOST_TOLD {
                    let bare = Told {
                        events: Vec::new(),
                        ..told.clone()
                    };
                    text = Message::of(&bare).text()?;
                }
                self.say_text(&mut **tx, &text).await
            }
        }
    }

    async fn say(&self, to: impl PgExecutor<'_>, message: &Message) -> sqlx::Result<()> {
        self.say_text(to, &message.text()?).await
    }

    async fn say_text(&self, to: impl PgExecutor<'_>, text: &str) -> sqlx::Result<()> {
        let text_of = "SELECT pg_notify($1, part) FROM unnest($2::text[]) AS part";
        let parts = parts(&self.own, text);
        let asked = sqlx::query(text_of).bind(CHANNEL).bind(parts);
        asked.execute(to).await.map(drop)
    }
}

/// Tells the other nodes of somebody who may have to go.
pub fn pass_on(hub: &Hub, doubt: Doubt) {
    let Db::Postgres(pool) = &hub.db else { return };
    if !hub.nodes.may_listen() {
        return;
    }
    let (pool, nodes) = (pool.clone(), Arc::clone(&hub.nodes));
    tokio::spawn(async move {
        if let Err(error) = nodes.say(&pool, &Message::Doubt(doubt)).await {
            tracing::warn!(%error, "the other nodes could not be told who is to go");
        }
    });
}

/// Begins to listen to the other nodes; on SQLite there are none.
pub async fn join(hub: &Arc<Hub>, stop: &CancellationToken) -> sqlx::Result<()> {
    let Db::Postgres(pool) = &hub.db else {
        return Ok(());
    };
    let listener = listen(pool).await?;
    hub.nodes.say(pool, &Message::Hello).await?;
    tokio::spawn(follow(
        Arc::clone(hub),
        pool.clone(),
        listener,
        stop.clone(),
    ));
    let (hub, stop) = (Arc::clone(hub), stop.clone());
    tokio::spawn(async move {
        tokio::select! {
            () = stop.cancelled() => {}
            () = ask(&hub) => {}
        }
    });
    Ok(())
}

/// A link on which the others are heard. Once lost it is made anew by `follow`, which then knows that it was.
async fn listen(pool: &PgPool) -> sqlx::Result<PgListener> {
    let mut listener = PgListener::connect_with(pool).await?;
    listener.eager_reconnect(false);
    listener.listen(CHANNEL).await?;
    Ok(listener)
}

/// Asks now and then whether any of the others are left.
async fn ask(hub: &Hub) {
    let Db::Postgres(pool) = &hub.db else { return };
    loop {
        tokio::time::sleep(PATIENCE).await;
        if !hub.nodes.heard.load(Ordering::Relaxed) {
            hub.nodes.others.store(false, Ordering::Relaxed);
        }
        tokio::time::sleep(ASK_EVERY).await;
        hub.nodes.heard.store(false, Ordering::Relaxed);
        if let Err(error) = hub.nodes.say(pool, &Message::Hello).await {
            tracing::warn!(%error, "the other nodes could not be asked for");
            // Nobody was asked, so nobody's silence says anything.
            hub.nodes.heard.store(true, Ordering::Relaxed);
        }
    }
}

async fn follow(hub: Arc<Hub>, pool: PgPool, first: PgListener, stop: CancellationToken) {
    let mut link = Some(first);
    while !stop.is_cancelled() {
        let done = tokio::select! {
            () = stop.cancelled() => return,
            done = stay(&hub, &pool, link.take()) => done,
        };
        if let Err(error) = done {
            tracing::warn!(%error, "the other nodes are not heard");
            tokio::select! {
                () = stop.cancelled() => return,
                () = tokio::time::sleep(AFTER_TROUBLE) => {}
            }
        }
    }
}

/// Hears the others for as long as the link holds; where there is none, makes one, and makes up for what was missed.
async fn stay(hub: &Hub, pool: &PgPool, link: Option<PgListener>) -> sqlx::Result<()> {
    let mut heard = Parts::default();
    let mut link = match link {
        Some(link) => link,
        None => {
            let link = listen(pool).await?;
            missed(hub).await?;
            link
        }
    };
    while let Some(said) = link.try_recv().await? {
        if let Some(message) = heard.take(&hub.nodes.own, said.payload()) {
            hear(hub, message).await?;
        }
    }
    Ok(())
}

async fn hear(hub: &Hub, message: Message) -> sqlx::Result<()> {
    match message {
        Message::Hello => {
            hub.nodes.somebody_is_there();
            if let Db::Postgres(pool) = &hub.db {
                hub.nodes.say(pool, &Message::Here).await?;
            }
        }
        Message::Here => hub.nodes.somebody_is_there(),
        Message::Told {
            restaurant,
            position,
            events,
            revoked,
            people,
        } => hub.tell(Told {
            restaurant,
            position,
            events: events.into_iter().filter_map(Written::read).collect(),
            revoked,
            people,
        }),
        Message::Doubt(doubt) => hub.doubt_here(doubt),
    }
    Ok(())
}

/// Everybody is poked and looked at once more, and the others are asked for anew.
async fn missed(hub: &Hub) -> sqlx::Result<()> {
    let Db::Postgres(pool) = &hub.db else {
        return Ok(());
    };
    hub.nodes.say(pool, &Message::Hello).await?;
    tracing::warn!("the link to the other nodes was lost, and is back");
    hub.doubt_here(Doubt::Anybody);
    let mut tx = hub.db.read().await?;
    for restaurant in head::restaurants(&mut tx).await? {
        if let Some(head) = head::read(&mut tx, restaurant).await? {
            hub.tell(Told::nothing(restaurant, &head.position));
        }
    }
    Ok(())
}

impl Message {
    fn text(&self) -> sqlx::Result<String> {
        serde_json::to_string(self).map_err(|e| sqlx::Error::Encode(Box::new(e)))
    }

    fn of(told: &Told) -> Self {
        let events: Vec<Written> = told.events.iter().filter_map(Written::of).collect();
        Self::Told {
            restaurant: told.restaurant,
            position: told.position.clone(),
            events,
            revoked: told.revoked.clone(),
            people: told.people.clone(),
        }
    }
}

impl Written {
    fn of(event: &LiveEvent) -> Option<Self> {
        let written = |said: &Said| serde_json::to_value(said).ok();
        Some(Self {
            name: event.name.to_owned(),
            service: written(&event.said)?,
            kitchen: event.said.to_the_kitchen().as_ref().and_then(written),
        })
    }

    /// None where it is of a kind that this version does not know.
    fn read(self) -> Option<LiveEvent> {
        let (service, kitchen) = (self.service, self.kitchen);
        Some(LiveEvent {
            name: name_of(&self.name)?,
            said: Said::Heard(Heard { service, kitchen }),
        })
    }
}

/// Cuts a text into notifications, each with its sender, its place, and how many there are.
fn parts(own: &str, text: &str) -> Vec<String> {
    let mut cut = Vec::new();
    let mut rest = text;
    while !rest.is_empty() {
        let (part, after) = rest.split_at(rest.floor_char_boundary(MOST_IN_PART));
        cut.push(part);
        rest = after;
    }
    let of = cut.len();
    let part = |(at, part): (usize, &str)| format!("{own} {at} {of} {part}");
    cut.into_iter().enumerate().map(part).collect()
}

/// What has been heard of messages that are not whole yet, by who says them.
#[derive(Debug, Default)]
struct Parts(HashMap<String, String>);

impl Parts {
    /// The message that this part makes whole; one's own are not listened to.
    fn take(&mut self, own: &str, said: &str) -> Option<Message> {
        let mut fields = said.splitn(4, ' ');
        let from = fields.next().filter(|from| *from != own)?;
        let (at, of): (usize, usize) = (fields.next()?.parse().ok()?, fields.next()?.parse().ok()?);
        let part = fields.next()?;
        if at == 0 {
            self.0.insert(from.to_owned(), String::new());
        }
        let whole = self.0.get_mut(from)?;
        whole.push_str(part);
        if at + 1 < of {
            return None;
        }
        let whole = self.0.remove(from)?;
        let read = serde_json::from_str(&whole);
        let read = read
            .inspect_err(|error| tracing::warn!(%error, "another node says what does not read"));
        read.ok()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_cut_into_parts_is_whole_again_and_ones_own_is_not_heard() {
        let name = "Çay für zwei ".repeat(3_000);
        let doubt = Written {
            name,
            service: Value::Null,
            kitchen: None,
        };
        let position = serde_json::from_value(serde_json::json!({
            "epoch": {"n": 1, "tag": "t"}, "seq": 1, "chain": "0".repeat(64),
        }));
        let told = Message::Told {
            restaurant: RestaurantId(uuid::Uuid::nil()),
            position: position.unwrap(),
            events: vec![doubt],
            revoked: Vec::new(),
            people: Vec::new(),
        };
        let text = serde_json::to_string(&told).unwrap();
        let cut = parts("one", &text);
        assert!(cut.len() > 3 && cut.iter().all(|part| part.len() < 8_000));
        let (mut heard, mut own) = (Parts::default(), Parts::default());
        let whole: Vec<Message> = cut
            .iter()
            .filter_map(|part| heard.take("two", part))
            .collect();
        assert_eq!(whole.len(), 1);
        assert_eq!(serde_json::to_string(&whole[0]).unwrap(), text);
        assert!(cut.iter().all(|part| own.take("one", part).is_none()));
        // Who begins to listen in the middle waits for the next beginning.
        let mut late = Parts::default();
        assert!(cut[1..].iter().all(|part| late.take("two", part).is_none()));
    }
}
