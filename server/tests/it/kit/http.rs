//! A small HTTP client that writes down what it was answered.

use super::told::Transcript;
use reqwest::header::HeaderMap;
use serde_json::Value;
use std::sync::{Arc, Mutex};

#[derive(Debug)]
pub struct Client {
    pub address: String,
    http: reqwest::Client,
}

impl Client {
    pub fn new(address: &str) -> Self {
        let http = reqwest::Client::builder()
            .no_proxy()
            .timeout(std::time::Duration::from_secs(60))
            .build()
            .expect("a client");
        Self {
            address: address.to_owned(),
            http,
        }
    }

    pub fn ask(
        &self,
        method: reqwest::Method,
        path: &str,
        transcript: &Arc<Mutex<Transcript>>,
    ) -> Ask<'_> {
        let request = self
            .http
            .request(method.clone(), format!("http://{}{path}", self.address));
        let what = format!("{method} {path}");
        Ask {
            request,
            what,
            transcript: Some(Arc::clone(transcript)),
            client: std::marker::PhantomData,
        }
    }
}

/// A request that is not yet sent.
#[derive(Debug)]
pub struct Ask<'a> {
    request: reqwest::RequestBuilder,
    what: String,
    transcript: Option<Arc<Mutex<Transcript>>>,
    client: std::marker::PhantomData<&'a ()>,
}

impl Ask<'_> {
    pub fn by(self, token: &str) -> Self {
        self.header("authorization", &format!("Bearer {token}"))
    }

    pub fn header(mut self, name: &str, value: &str) -> Self {
        self.request = self.request.header(name, value);
        self
    }

    pub fn key(self, key: &str) -> Self {
        self.header("idempotency-key", key)
    }

    /// Left out of the transcript: its answer differs from run to run.
    pub fn unheard(mut self) -> Self {
        self.transcript = None;
        self
    }

    pub async fn json(mut self, body: &Value) -> Answer {
        self.request = self
            .request
            .header("content-type", "application/json")
            .body(body.to_string());
        self.send().await
    }

    pub async fn raw(mut self, kind: &str, body: impl Into<reqwest::Body>) -> Answer {
        self.request = self.request.header("content-type", kind).body(body);
        self.send().await
    }

    pub async fn send(self) -> Answer {
        let what = self.what.clone();
        self.try_send()
            .await
            .unwrap_or_else(|error| panic!("{what}: {error:?}"))
    }

    /// For when the hub may be dying.
    pub async fn try_send(self) -> reqwest::Result<Answer> {
        let response = self.request.send().await?;
        let (status, headers) = (response.status().as_u16(), response.headers().clone());
        let text = response.text().await?;
        let body = serde_json::from_str(&text).unwrap_or(Value::Null);
        let answer = Answer {
            what: self.what,
            status,
            headers,
            text,
            body,
        };
        if let Some(transcript) = self.transcript {
            transcript.lock().expect("nobody panicked").hear(&answer);
        }
        Ok(answer)
    }

    pub async fn try_json(mut self, body: &Value) -> reqwest::Result<Answer> {
        self.request = self
            .request
            .header("content-type", "application/json")
            .body(body.to_string());
        self.try_send().await
    }
}

#[derive(Debug, Clone)]
pub struct Answer {
    pub what: String,
    pub status: u16,
    pub headers: HeaderMap,
    pub text: String,
    pub body: Value,
}

impl Answer {
    /// The body, where the status is the one that is due.
    #[track_caller]
    pub fn expect(self, status: u16) -> Value {
        assert_eq!(self.status, status, "{}: {}", self.what, self.text);
        self.body
    }

    /// A problem of this status and code, in the one form that problems have.
    #[track_caller]
    pub fn refused(self, status: u16, code: &str) -> Value {
        assert_eq!(
            (self.status, &self.body["code"]),
            (status, &code.into()),
            "{}: {}",
            self.what,
            self.text
        );
        assert_eq!(
            self.header("content-type"),
            Some("application/problem+json"),
            "{}",
            self.what
        );
        assert_eq!(self.body["status"], status, "{}", self.text);
        for field in ["type", "title", "detail", "requestId"] {
            assert!(
                self.body[field].is_string(),
                "{}: no {field} in {}",
                self.what,
                self.text
            );
        }
        self.body
    }

    pub fn header(&self, name: &str) -> Option<&str> {
        self.headers.get(name).and_then(|value| value.to_str().ok())
    }
}
