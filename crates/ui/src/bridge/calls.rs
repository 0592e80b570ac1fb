//! One call, one answer: where none comes in time the answer is trouble, so that no screen hangs.

use crate::web;
use futures_util::future::{Either, select};
use protocol::bridge::{Answer, Request, SessionAsk};
use std::pin::pin;

/// A core that is well answers in milliseconds; one that starts anew, within a few seconds.
const PATIENCE_MS: i32 = 8_000;

pub async fn call(request: &Request) -> Answer {
    let json = match serde_json::to_string(request) {
        Ok(json) => json,
        Err(error) => return trouble(error.to_string()),
    };
    let (answer, patience) = (pin!(web::call(&json)), pin!(web::sleep(PATIENCE_MS)));
    match select(answer, patience).await {
        Either::Left((said, _)) => understood(said),
        Either::Right(_) => trouble("no_answer".to_owned()),
    }
}

pub async fn session(ask: SessionAsk) -> Answer {
    call(&Request::Session(ask)).await
}

fn understood(said: Result<String, String>) -> Answer {
    match said {
        Ok(json) => serde_json::from_str(&json).unwrap_or_else(|error| trouble(error.to_string())),
        Err(why) => trouble(why),
    }
}

fn trouble(what: String) -> Answer {
    Answer::Trouble { what }
}

#[cfg(test)]
mod tests {
    use super::understood;
    use protocol::bridge::Answer;

    #[test]
    fn an_answer_that_makes_no_sense_is_trouble_and_not_a_panic() {
        for said in [
            Ok("{}".to_owned()),
            Ok(String::new()),
            Err("gone".to_owned()),
        ] {
            assert!(matches!(understood(said), Answer::Trouble { .. }));
        }
        let done = understood(Ok(r#"{"answer":"done"}"#.to_owned()));
        assert!(matches!(done, Answer::Done));
    }
}
