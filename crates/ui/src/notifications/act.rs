//! Putting a card away, as a command.

use domain::Command;
use domain::notifications::Clear;
use protocol::view::TrayCard;

/// Names the revision that was seen: if the card is another by now, nothing happens.
pub fn clear(card: &TrayCard) -> Command {
    Command::Clear(Clear {
        card: card.card.id,
        revision: card.revision,
    })
}
