//! The hub's end of the socket, over plain HTTP: handshakes, polls and posts in any order, with frames whole or damaged.
//! Whatever comes, an honest device beside it still comes in and is told what is new.

use crate::book::{OFFICE, TABLET};
use crate::desk::{Answer, Desk, token};
use crate::mutate;
use crate::push::{open_a_check, replaced};
use crate::{Case, Reached, Target};
use axum::body::Body;
use axum::http::{Request, header};
use comanda::auth::password::Passwords;
use serde_json::Value;
use sim::world::Rng;
use std::time::Duration;

/// Stands where a token belongs that the hub knows.
const TOKEN: &str = "@token";
const SEPARATOR: &str = "\u{1e}";
/// What nobody has anything to say to is let go after so long.
const MOMENT: Duration = Duration::from_millis(15);
/// Whoever has something to say says it by then.
const PATIENCE: Duration = Duration::from_secs(20);

const OPEN: &str = "EIO=4&transport=polling";
const QUERIES: [&str; 9] = [
    OPEN,
    "EIO=4&transport=polling&t=1",
    "EIO=3&transport=polling",
    "EIO=4&transport=websocket",
    "EIO=4&transport=pigeon",
    "EIO=4",
    "transport=polling",
    "EIO=4&transport=polling&sid=AAAAAAAAAAAAAAAAAAAAAA",
    "EIO=4&transport=polling&sid=%00&b64=1",
];

const FRAMES: [&str; 22] = [
    r#"40{"token":"@token"}"#,
    r#"40{"token":"@token","token":7}"#,
    r#"40{"token":""}"#,
    r#"40{"token":null}"#,
    "40",
    r#"40/admin,{"token":"@token"}"#,
    r#"40/,{"token":"@token"}"#,
    r#"42["hello"]"#,
    r#"42["sync:poke",{"epoch":{"n":1,"tag":"a"},"seq":7}]"#,
    r#"4217["numbered",{"a":[1,2,{"b":null}]}]"#,
    r#"42/admin,["elsewhere",1]"#,
    r#"431["acknowledged"]"#,
    r#"44{"message":"no"}"#,
    r#"451-["binary",{"_placeholder":true,"num":0}]"#,
    r#"4599999999-["binary",{"_placeholder":true,"num":0}]"#,
    "bAQIDBA==",
    "41",
    "2probe",
    "3",
    "5",
    "6",
    "1",
];

/// What somebody does, one to a part.
const OPENS: &str = "open ";
const SAYS: &str = "say ";
const HEARS: &str = "hear ";

pub struct Polls {
    passwords: Passwords,
    house: Desk,
}

impl Polls {
    pub fn new() -> anyhow::Result<Self> {
        let passwords = Passwords::new()?;
        let house = Desk::founded(&passwords)?;
        Ok(Self { passwords, house })
    }
}

fn query(rng: &mut Rng) -> &'static str {
    match rng.per_mille(700) {
        true => OPEN,
        false => rng.pick(&QUERIES).copied().unwrap_or(OPEN),
    }
}

fn payload(rng: &mut Rng) -> Vec<u8> {
    if rng.per_mille(60) {
        return format!(r#"42["{}"]"#, "x".repeat(200_000)).into_bytes();
    }
    let frames: Vec<&str> = (0..1 + rng.below(4))
        .map(|_| rng.pick(&FRAMES).copied().unwrap_or("2"))
        .collect();
    let mut body = frames.join(SEPARATOR).into_bytes();
    if rng.per_mille(400) {
        (0..1 + rng.below(3)).for_each(|_| mutate::bytes(rng, &mut body));
    }
    body
}

impl Target for Polls {
    fn draw(&mut self, rng: &mut Rng) -> Case {
        let mut parts = vec![format!("{OPENS}{OPEN}").into_bytes()];
        if rng.per_mille(600) {
            parts.push([SAYS, FRAMES[0]].concat().into_bytes());
        }
        for _ in 0..1 + rng.below(20) {
            parts.push(match rng.below(10) {
                0 => [OPENS, query(rng)].concat().into_bytes(),
                1..6 => [SAYS.as_bytes(), &payload(rng)].concat(),
                _ => HEARS.into(),
            });
        }
        Case { parts }
    }

    fn feed(&mut self, case: &Case, reached: &mut Reached) -> Result<(), String> {
        let desk = self
            .house
            .copied(&self.passwords)
            .map_err(|why| format!("{why:#}"))?
            .with_sockets();
        let mut at = OPEN.to_owned();
        for part in &case.parts {
            let part = replaced(part, TOKEN, &token(TABLET));
            let (what, with) = part.split_at(part.len().min(5));
            let answer = if what == OPENS.as_bytes() {
                let query = String::from_utf8_lossy(with);
                asked(&desk, "GET", &query, Vec::new(), PATIENCE)?
            } else if let Some(body) = part.strip_prefix(SAYS.as_bytes()) {
                asked(&desk, "POST", &at, body.to_vec(), PATIENCE)?
            } else {
                asked(&desk, "GET", &at, Vec::new(), MOMENT)?
            };
            let Some(answer) = answer else { continue };
            note(&answer, reached)?;
            if let Some(sid) = sid(&answer) {
                at = format!("{OPEN}&sid={sid}");
            }
        }
        is_still_told(&desk)
    }

    fn must_reach(&self) -> Vec<String> {
        ["200", "400", "413", "open", "connected", "refused"]
            .map(str::to_owned)
            .to_vec()
    }
}

fn note(answer: &Answer, reached: &mut Reached) -> Result<(), String> {
    reached.note(answer.status.to_string());
    if answer.status >= 500 {
        return Err(format!("the hub answers {} {}", answer.status, answer.text));
    }
    for frame in answer
        .text
        .split(SEPARATOR)
        .filter(|_| answer.status == 200)
    {
        match frame {
            "ok" => {}
            frame if frame.starts_with("0{") => reached.note("open"),
            frame if frame.starts_with("40{") => reached.note("connected"),
            frame if frame.starts_with("44{") => reached.note("refused"),
            "1" | "41" => reached.note("closed"),
            _ => reached.note("other"),
        }
    }
    Ok(())
}

fn sid(answer: &Answer) -> Option<String> {
    let greeting: Value = serde_json::from_str(answer.text.strip_prefix('0')?).ok()?;
    Some(greeting["sid"].as_str()?.to_owned())
}

fn request(method: &str, query: &str, body: Vec<u8>) -> Result<Request<Body>, String> {
    Request::builder()
        .method(method)
        .uri(format!("/socket.io/?{query}"))
        .header(header::CONTENT_TYPE, "text/plain;charset=UTF-8")
        .body(Body::from(body))
        .map_err(|why| why.to_string())
}

/// None where nobody has anything to say for a moment, or no such thing can be asked.
fn asked(
    desk: &Desk,
    method: &str,
    query: &str,
    body: Vec<u8>,
    patience: Duration,
) -> Result<Option<Answer>, String> {
    let Ok(request) = request(method, query, body) else {
        return Ok(None);
    };
    let answered = desk.run(async { tokio::time::timeout(patience, desk.answer(request)).await });
    match answered {
        Ok(answer) => answer.map(Some),
        Err(_) if patience == PATIENCE => Err(format!("{method} {query} is never answered")),
        Err(_) => Ok(None),
    }
}

/// A device that does as it should comes in, and is poked when something has happened.
fn is_still_told(desk: &Desk) -> Result<(), String> {
    let greeting = heard(desk, OPEN, "0{")?;
    let sid = sid(&greeting).ok_or("a greeting without an id")?;
    let at = format!("{OPEN}&sid={sid}");
    let hello = FRAMES[0].replace(TOKEN, &token(OFFICE));
    let said = desk.run(desk.answer(request("POST", &at, hello.into_bytes())?))?;
    if said.status != 200 {
        return Err(format!("an honest hello comes to {}", said.status));
    }
    heard(desk, &at, "40{")?;
    let mut honest = desk.device(OFFICE, &desk.disk)?;
    open_a_check(&mut honest, desk)?;
    heard(desk, &at, r#"42["sync:poke""#).map(drop)
}

/// Polls until some frame begins so.
fn heard(desk: &Desk, query: &str, start: &str) -> Result<Answer, String> {
    let hear = async {
        loop {
            let answer = desk.answer(request("GET", query, Vec::new())?).await?;
            if answer.status != 200 {
                return Err(format!("an honest poll comes to {}", answer.status));
            }
            let frames = answer.text.split(SEPARATOR);
            if frames.into_iter().any(|frame| frame.starts_with(start)) {
                return Ok(answer);
            }
        }
    };
    let heard = desk.run(async { tokio::time::timeout(PATIENCE, hear).await });
    heard.map_err(|_| format!("an honest device never hears {start}"))?
}
