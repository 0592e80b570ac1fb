//! A device as the wire knows it: it builds commands, numbers them, pushes, pulls, and checks the chain.

use super::hub::Hub;
use super::{Answer, fresh, now};
use domain::Command;
use domain::ids::{DishId, LineId, OrderId, RestaurantId, TableId, TicketId};
use domain::orders::add::{Add, NewLine};
use domain::orders::open::Open;
use domain::orders::send::{Fire, Named, Send};
use domain::sync::Chain;
use domain::text::{Guests, Quantity};
use serde_json::{Value, json};

/// A command as it travels: its envelope with its place in the queue.
#[derive(Debug, Clone)]
pub struct Cmd {
    pub wire: Value,
    pub order: OrderId,
    pub lines: Vec<LineId>,
}

impl Cmd {
    pub fn id(&self) -> &str {
        self.wire["cmdId"].as_str().expect("a command id")
    }

    /// The same command in another place of the queue.
    pub fn at_place(&self, mid: u64) -> Self {
        self.with("mid", json!(mid))
    }

    pub fn with(&self, field: &str, value: Value) -> Self {
        let mut other = self.clone();
        other.wire[field] = value;
        other
    }
}

/// What the demo's floor and menu hold, for whoever makes commands.
#[derive(Debug, Clone)]
pub struct Floor {
    pub tables: Vec<TableId>,
    pub dishes: Vec<DishId>,
    pub ana: String,
}

impl Floor {
    pub async fn of(hub: &Hub) -> Self {
        let ana = hub.token("ana").await;
        let tables = hub
            .get("/api/v1/tables")
            .unheard()
            .by(&ana)
            .send()
            .await
            .expect(200);
        let menu = hub
            .get("/api/v1/menu")
            .unheard()
            .by(&ana)
            .send()
            .await
            .expect(200);
        let ids = |items: &Value| -> Vec<uuid::Uuid> {
            let items = items.as_array().expect("a list").iter();
            items
                .map(|item| item["id"].as_str().expect("an id").parse().expect("an id"))
                .collect()
        };
        Self {
            tables: ids(&tables["items"]).into_iter().map(TableId).collect(),
            dishes: ids(&menu["dishes"]).into_iter().map(DishId).collect(),
            ana: subject(&ana),
        }
    }
}

/// Whom an access token is for.
pub fn subject(token: &str) -> String {
    use base64::Engine;
    let claims = token.split('.').nth(1).expect("a JWT");
    let claims = base64::prelude::BASE64_URL_SAFE_NO_PAD
        .decode(claims)
        .expect("base64");
    let claims: Value = serde_json::from_slice(&claims).expect("JSON");
    claims["sub"].as_str().expect("a subject").to_owned()
}

#[derive(Debug, Clone)]
pub struct Tablet {
    pub id: String,
    pub token: String,
    pub restaurant: RestaurantId,
    pub key: String,
    pub floor: Floor,
    /// The signed position that the hub gave last.
    pub position: Value,
    /// Each entry that was pulled, from the first.
    pub entries: Vec<Value>,
    chain: Chain,
    pub next: u64,
}

impl Tablet {
    /// A waiter's device in the demo, enrolled from this very machine.
    pub async fn enrol(hub: &Hub) -> Self {
        Self::enrol_as(hub, "waiter").await
    }

    pub async fn enrol_as(hub: &Hub, kind: &str) -> Self {
        let body = json!({"name": "Tablet", "kind": kind});
        let answer = hub
            .post("/api/v1/devices/enrol")
            .unheard()
            .json(&body)
            .await
            .expect(201);
        Self::of(hub, &answer).await
    }

    /// From the answer to an enrolment; it stands at the hub's present position.
    pub async fn of(hub: &Hub, enrolled: &Value) -> Self {
        let text = |field: &str| enrolled[field].as_str().expect("a text").to_owned();
        let restaurant = RestaurantId(text("restaurantId").parse().expect("an id"));
        let mut tablet = Self {
            id: text("deviceId"),
            token: text("deviceToken"),
            key: text("positionKey"),
            restaurant,
            floor: Floor::of(hub).await,
            position: Value::Null,
            entries: Vec::new(),
            chain: Chain::start(restaurant),
            next: 1,
        };
        tablet.position = tablet.snapshot(hub, 0).await["position"].clone();
        tablet
    }

    pub async fn snapshot(&self, hub: &Hub, oldest: u64) -> Value {
        let path = format!("/api/v1/sync/snapshot?oldest={oldest}");
        hub.get(&path)
            .unheard()
            .by(&self.token)
            .send()
            .await
            .expect(200)
    }

    pub fn epoch(&self) -> Value {
        self.position["position"]["epoch"].clone()
    }

    pub fn seq(&self) -> u64 {
        self.position["position"]["seq"].as_u64().expect("a seq")
    }

    fn queued(&mut self, command: &Command, order: OrderId, lines: Vec<LineId>) -> Cmd {
        let mid = self.next;
        self.next += 1;
        let args: Value = serde_json::from_str(&command.body()).expect("a body");
        let wire = json!({
            "mid": mid, "cmdId": fresh(), "kind": command.kind(), "version": command.version(),
            "by": self.floor.ana, "args": args, "seenSeq": self.seq(), "at": now().0,
        });
        Cmd { wire, order, lines }
    }

    pub fn line(&self, dish: usize) -> NewLine {
        NewLine {
            id: LineId(fresh()),
            dish: self.floor.dishes[dish],
            quantity: Quantity::new(1).expect("one"),
            note: None,
            seat: None,
            course: None,
            modifiers: Vec::new(),
            frozen: None,
        }
    }

    /// Opens a check on a table, with as many lines.
    pub fn open(&mut self, table: usize, lines: usize) -> Cmd {
        let order = OrderId(fresh());
        let lines: Vec<NewLine> = (0..lines).map(|dish| self.line(dish)).collect();
        let ids = lines.iter().map(|line| line.id).collect();
        let open = Open {
            order,
            table: self.floor.tables[table],
            guests: Guests::new(2).expect("two"),
            beside: Vec::new(),
            lines,
            fire: None,
        };
        self.queued(&open.into(), order, ids)
    }

    pub fn add(&mut self, order: OrderId, lines: usize) -> Cmd {
        let lines: Vec<NewLine> = (0..lines).map(|dish| self.line(dish)).collect();
        let ids = lines.iter().map(|line| line.id).collect();
        self.queued(
            &Add {
                order,
                lines,
                fire: None,
            }
            .into(),
            order,
            ids,
        )
    }

    pub fn add_and_fire(&mut self, order: OrderId, lines: usize) -> Cmd {
        let lines: Vec<NewLine> = (0..lines).map(|dish| self.line(dish)).collect();
        let ids = lines.iter().map(|line| line.id).collect();
        let fire = Some(Fire {
            tickets: (0..8).map(|_| TicketId(fresh())).collect(),
        });
        self.queued(&Add { order, lines, fire }.into(), order, ids)
    }

    pub fn send(&mut self, order: OrderId, lines: &[LineId]) -> Cmd {
        let quantity = Quantity::new(1).expect("one");
        let named = lines
            .iter()
            .map(|line| Named {
                line: *line,
                quantity,
            })
            .collect();
        let tickets = (0..8).map(|_| TicketId(fresh())).collect();
        self.queued(
            &Send {
                order,
                lines: named,
                tickets,
            }
            .into(),
            order,
            lines.to_vec(),
        )
    }

    pub fn push_body(&self, commands: &[&Cmd]) -> Value {
        let oldest = commands
            .first()
            .and_then(|cmd| cmd.wire["mid"].as_u64())
            .unwrap_or(self.next);
        json!({
            "proto": 1, "device": self.id, "epoch": self.epoch(), "oldest": oldest, "position": self.position,
            "commands": commands.iter().map(|cmd| &cmd.wire).collect::<Vec<_>>(),
        })
    }

    pub async fn push(&self, hub: &Hub, commands: &[&Cmd]) -> Answer {
        self.push_as(hub, &self.push_body(commands)).await
    }

    pub async fn push_as(&self, hub: &Hub, body: &Value) -> Answer {
        hub.post("/api/v1/sync/push")
            .by(&self.token)
            .json(body)
            .await
    }

    /// Pushes and gives the outcomes as `outcome` or `outcome: code`.
    #[track_caller]
    pub fn outcomes(answer: Answer) -> Vec<String> {
        let body = answer.expect(200);
        let outcomes = body["outcomes"].as_array().expect("outcomes").iter();
        outcomes
            .map(|decided| {
                let outcome = decided["outcome"].as_str().expect("an outcome");
                decided["code"]
                    .as_str()
                    .map_or(outcome.to_owned(), |code| format!("{outcome}: {code}"))
            })
            .collect()
    }

    pub fn pull_body(&self, limit: usize) -> Value {
        json!({"device": self.id, "position": self.position, "limit": limit, "knows": []})
    }

    pub async fn pull(&self, hub: &Hub, limit: usize) -> Answer {
        hub.post("/api/v1/sync/pull")
            .by(&self.token)
            .json(&self.pull_body(limit))
            .await
    }

    /// Pulls the whole log from its first entry, page by page, and checks its chain over the bytes.
    pub async fn read_log(&mut self, hub: &Hub, limit: usize) -> &[Value] {
        self.entries.clear();
        self.chain = Chain::start(self.restaurant);
        let epoch = self.snapshot(hub, 0).await["position"]["position"]["epoch"].clone();
        self.position =
            json!({"position": {"epoch": epoch, "seq": 0, "chain": self.chain}, "sig": ""});
        loop {
            let answer = hub.post("/api/v1/sync/pull").unheard().by(&self.token);
            let page = answer.json(&self.pull_body(limit)).await.expect(200);
            self.take(&page);
            if page["more"] == false {
                assert_eq!(
                    page["position"]["position"]["seq"],
                    self.entries.len(),
                    "the log ends at its head"
                );
                assert_eq!(
                    page["position"]["position"]["chain"],
                    json!(self.chain),
                    "the chain is the head's"
                );
                self.verify(&page["position"]);
                self.position = page["position"].clone();
                return &self.entries;
            }
            let position = json!({"epoch": epoch, "seq": self.entries.len(), "chain": self.chain});
            self.position = json!({"position": position, "sig": ""});
        }
    }

    fn take(&mut self, page: &Value) {
        for bytes in page["entries"]
            .as_array()
            .unwrap_or_else(|| panic!("entries: {page}"))
        {
            let bytes = bytes.as_str().expect("an entry travels as a string");
            let entry: Value = serde_json::from_str(bytes).expect("an entry is JSON");
            assert_eq!(entry["seq"], self.entries.len() + 1, "the log has no gap");
            let before = self
                .entries
                .last()
                .and_then(|last| last["hubAt"].as_i64())
                .unwrap_or(0);
            assert!(
                entry["hubAt"].as_i64() >= Some(before),
                "the hub's time never goes back"
            );
            self.chain = self.chain.then(bytes);
            self.entries.push(entry);
        }
    }

    /// The hub's signature, by the key that this device was given when it enrolled.
    pub fn verify(&self, signed: &Value) {
        use aws_lc_rs::signature::{ED25519, UnparsedPublicKey};
        use base64::{Engine, prelude::BASE64_STANDARD};
        let read: protocol::sync::Signed =
            serde_json::from_value(signed.clone()).expect("a signed position");
        let key = BASE64_STANDARD.decode(&self.key).expect("base64");
        let sig = BASE64_STANDARD.decode(&read.sig).expect("base64");
        let message = read.position.message(self.restaurant);
        let good = UnparsedPublicKey::new(&ED25519, key).verify(message.as_bytes(), &sig);
        assert!(good.is_ok(), "the position is signed by the pinned key");
    }
}

/// The cards that entries have raised, each as its `what`.
pub fn cards(entries: &[Value]) -> Vec<String> {
    let events = entries
        .iter()
        .flat_map(|entry| entry["events"].as_array().expect("events"));
    let cards = events.filter(|event| event["kind"] == "card.raised");
    cards
        .map(|event| {
            event["data"]["card"]["about"]["what"]
                .as_str()
                .expect("what")
                .to_owned()
        })
        .collect()
}
