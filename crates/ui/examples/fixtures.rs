//! Prints one evening as the bridge would answer it, for `look/`: made from the bridge's own types, so it cannot drift.

#[expect(clippy::unwrap_used, reason = "made by hand, and looked at by us only")]
#[path = "../src/fixtures/models/mod.rs"]
mod models;

use protocol::bridge::Model;
use protocol::view::Attention;
use std::io::Write;

fn main() -> std::io::Result<()> {
    let cards = models::cards();
    let told = serde_json::json!({
        "now": models::NOW,
        "floor": Model::Floor(models::floor()),
        "check": Model::Check { check: Some(models::check()) },
        "bill": Model::Bill { bill: Some(Box::new(models::bill())) },
        "menu": Model::Menu(models::menu()),
        "board": Model::Board(models::board(17)),
        "attention": Model::Attention(Attention { cards }),
        "sync": Model::Sync(models::sync()),
        "session": Model::Session(models::session()),
    });
    writeln!(std::io::stdout(), "{told}")
}
