//! What only the hub has or can do: the outside contract's own GETs and writes, with the holder's token.

use crate::bridge::Device;
use crate::session::SIGN_IN;
use crate::submit::refused;
use crate::sync::{Call, Host, Method, Reply};
use protocol::bridge::{Answer, Ask, Fetch};
use protocol::view::Link;
use serde::Deserialize;
use serde_json::{Value, json};

const PATIENCE_MILLIS: u32 = 10_000;
const RECOVERY: &str = "/recovery";
const CODES: &str = "/devices/codes";

/// One call of the contract: method, path with its query, body.
type Wanted = (Method, String, Option<Value>);

impl<H: Host> Device<H> {
    pub(crate) async fn fetch(&self, what: &Fetch) -> Answer {
        let turn = self.session.turn();
        match self.at_hub((Method::Get, path(what), None)).await {
            Answer::Fetched { data, as_of } => {
                let now = self.shared.host.now();
                self.session.keep(turn, what, now, &data);
                Answer::Fetched { data, as_of }
            }
            Answer::Offline => match self.session.kept(what) {
                Some((at, data)) => Answer::Fetched {
                    data,
                    as_of: Some(at),
                },
                None => Answer::Offline,
            },
            other => other,
        }
    }

    pub(crate) async fn ask(&self, what: Ask) -> Answer {
        if !self.is_by_password() {
            return refused("password_session");
        }
        self.at_hub(write(what)).await
    }

    async fn at_hub(&self, (method, path, body): Wanted) -> Answer {
        let (link, gathers) = self.shared.with(|core| (core.link(), core.is_gathering()));
        // A hub that gathers what it has forgotten says how that goes, and makes codes for those whom it knows no more.
        let silent = !(gathers && (path.starts_with(RECOVERY) || path == CODES));
        if silent && matches!(link, Link::Offline { .. }) {
            // Said at once; and perhaps it is back.
            self.shared.signals.wake_now();
            return Answer::Offline;
        }
        let identity = match self.bound() {
            Ok(identity) => identity,
            Err(no) => return no,
        };
        let mut tried = false;
        loop {
            let token = match self.token(&identity).await {
                Ok(token) => token,
                Err(no) => return no,
            };
            let call = Call {
                method,
                url: format!("{}/api/v1{path}", identity.hub),
                token: Some(token.clone()),
                body: body.as_ref().map(Value::to_string),
                timeout_millis: PATIENCE_MILLIS,
            };
            match self.shared.host.call(call).await {
                Err(_) => return Answer::Offline,
                // It has ended sooner than it said: once more with another.
                Ok(reply) if reply.status == 401 && !tried => {
                    self.token_ended(&token);
                    tried = true;
                }
                Ok(reply) => return said(&reply),
            }
        }
    }
}

fn path(what: &Fetch) -> String {
    match what {
        Fetch::Sales { from, to, by } => format!(
            "/reports/sales?from={}&to={}&by={}",
            plain(from),
            plain(to),
            plain(by)
        ),
        Fetch::BestSellers { from, to } => {
            format!(
                "/reports/best-sellers?from={}&to={}",
                plain(from),
                plain(to)
            )
        }
        Fetch::Bills { query } if query.is_empty() => "/billing/bills".into(),
        Fetch::Bills { query } => format!("/billing/bills?{query}"),
        Fetch::Bill { id } => format!("/billing/bills/{}", plain(id)),
        Fetch::Trail { order } => format!("/orders/{order}/trail"),
        Fetch::Users => "/auth/users".into(),
        Fetch::Devices => "/devices".into(),
        Fetch::Recovery => RECOVERY.into(),
    }
}

fn write(what: Ask) -> Wanted {
    match what {
        Ask::DeviceCode { kind } => (Method::Post, CODES.into(), Some(json!({ "kind": kind }))),
        Ask::RenameDevice { id, name } => (
            Method::Patch,
            format!("/devices/{}", plain(&id)),
            Some(json!({ "name": name })),
        ),
        Ask::RevokeDevice { id } => (Method::Delete, format!("/devices/{}", plain(&id)), None),
        Ask::AddUser { body } => (Method::Post, "/auth/register".into(), Some(body)),
        Ask::ChangeUser { id, body } => (
            Method::Patch,
            format!("/auth/users/{}", plain(&id)),
            Some(body),
        ),
        Ask::EndRecovery => (Method::Post, format!("{RECOVERY}/end"), None),
        Ask::AdoptReport { id } => (
            Method::Post,
            format!("{RECOVERY}/adopt"),
            Some(json!({ "deviceId": id })),
        ),
    }
}

/// Percent-encoded but for what never needs it.
fn plain(text: &str) -> String {
    let byte = |byte: u8| match byte {
        b'a'..=b'z' | b'A'..=b'Z' | b'0'..=b'9' | b'-' | b'.' | b'_' | b'~' => {
            char::from(byte).to_string()
        }
        byte => format!("%{byte:02X}"),
    };
    text.bytes().map(byte).collect()
}

#[derive(Deserialize)]
struct Problem {
    code: String,
    #[serde(default)]
    errors: Vec<Wrong>,
}

#[derive(Deserialize)]
struct Wrong {
    field: String,
    code: String,
}

fn said(reply: &Reply) -> Answer {
    let Reply { status, body, .. } = reply;
    if (200..300).contains(status) {
        return match serde_json::from_str(body) {
            Ok(data) => fetched(data),
            Err(_) if body.is_empty() => fetched(Value::Null),
            Err(why) => Answer::Trouble {
                what: format!("the hub's answer does not read: {why}"),
            },
        };
    }
    if *status == 401 {
        return refused(SIGN_IN);
    }
    let problem: Option<Problem> = serde_json::from_str(body).ok();
    match problem {
        Some(mut problem) if *status < 500 && !problem.errors.is_empty() => {
            let Wrong { field, code } = problem.errors.remove(0);
            Answer::Bad { field, code }
        }
        Some(problem) if *status < 500 => refused(&problem.code),
        Some(_) | None => Answer::Trouble {
            what: format!("the hub answered {status}"),
        },
    }
}

fn fetched(data: Value) -> Answer {
    Answer::Fetched { data, as_of: None }
}

#[cfg(test)]
mod tests {
    use super::{path, said};
    use crate::sync::Reply;
    use protocol::bridge::{Answer, Fetch};

    fn reply(status: u16, body: &str) -> Reply {
        Reply {
            status,
            retry_after: None,
            body: body.into(),
        }
    }

    #[test]
    fn what_is_typed_stays_one_value() {
        let sales = Fetch::Sales {
            from: "2026-11-01".into(),
            to: "a&b=c d".into(),
            by: "day".into(),
        };
        let wanted = "/reports/sales?from=2026-11-01&to=a%26b%3Dc%20d&by=day";
        assert_eq!(path(&sales), wanted);
    }

    #[test]
    fn the_hubs_words_become_typed_answers() {
        let bad = r#"{"code":"invalid","errors":[{"field":"name","code":"empty","message":"…"}]}"#;
        assert!(matches!(said(&reply(422, bad)), Answer::Bad { field, .. } if field == "name"));
        let no = r#"{"code":"last_admin"}"#;
        assert!(matches!(said(&reply(409, no)), Answer::Refused { code } if code == "last_admin"));
        assert!(matches!(said(&reply(204, "")), Answer::Fetched { .. }));
        assert!(matches!(
            said(&reply(503, "<html>")),
            Answer::Trouble { .. }
        ));
    }
}
