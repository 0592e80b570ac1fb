//! What the hub's page tells where it runs a demo: people who sign in at one tap.

use crate::web;
use serde::Deserialize;

#[derive(Debug, Clone, PartialEq, Deserialize)]
pub struct Demo {
    pub people: Vec<DemoPerson>,
}

#[derive(Debug, Clone, PartialEq, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct DemoPerson {
    pub username: String,
    pub password: String,
    pub full_name: String,
    pub role: domain::auth::Role,
}

/// None: this is no demo.
pub fn demo() -> Option<Demo> {
    serde_json::from_str(&web::element_text("comanda-demo")?).ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_demo_is_read_as_the_hub_writes_it() {
        let json = r#"{"people":[{"username":"ana","password":"demo","fullName":"Ana Lopez","role":"staff"}]}"#;
        let demo: Demo = serde_json::from_str(json).unwrap();
        assert_eq!(demo.people[0].full_name, "Ana Lopez");
    }
}
