//! A card → what happened, what became of it, and where to look.

use crate::components::{Icon, Tone};
use crate::floor::view::first_name;
use crate::strings::Locale;
use domain::ids::OrderId;
use domain::notifications::{About, Card};
use domain::text::Name;

#[derive(Debug, Clone, PartialEq)]
pub struct CardShown {
    pub key: String,
    pub tone: Tone,
    pub icon: Icon,
    pub title: String,
    pub body: String,
    pub time: String,
    /// The check to look at.
    pub order: Option<OrderId>,
}

pub fn shown(card: &Card, locale: &Locale) -> CardShown {
    let (title, body) = words(&card.about, locale);
    let (tone, icon) = weight(&card.about);
    CardShown {
        key: card.id.to_string(),
        tone,
        icon,
        title,
        body,
        time: locale.wall(card.at),
        order: card.about.orders().last().copied(),
    }
}

fn words(about: &About, locale: &Locale) -> (String, String) {
    match about {
        About::TwoChecks {
            table_name, orders, ..
        } => (
            say!(
                locale,
                "card-two-checks",
                table = table_name.as_str(),
                count = orders.len()
            ),
            say!(locale, "card-two-checks-body"),
        ),
        About::AlreadySent {
            dish,
            sent_by,
            sent_at,
            ..
        } => (
            say!(locale, "card-already-sent", dish = dish.as_str()),
            already_sent(sent_by.as_ref(), locale.wall(*sent_at), locale),
        ),
        About::LineRepeated { dish, .. } => (
            say!(locale, "card-line-repeated", dish = dish.as_str()),
            say!(locale, "card-line-repeated-body"),
        ),
        About::FoundCheck { .. } => (
            say!(locale, "card-found-check"),
            say!(locale, "card-found-check-body"),
        ),
        About::UnknownTable { .. } => (
            say!(locale, "card-unknown-table"),
            say!(locale, "card-unknown-table-body"),
        ),
        About::PriceDiffers { dish, .. } => (
            say!(locale, "card-price-differs", dish = dish.as_str()),
            say!(locale, "card-price-differs-body"),
        ),
        About::DishGone {
            dish, table_name, ..
        } => (
            say!(locale, "card-dish-gone", dish = dish.as_str()),
            match table_name {
                Some(table) => say!(locale, "card-dish-gone-at", table = table.as_str()),
                None => say!(locale, "card-dish-gone-body"),
            },
        ),
        About::QuantityChanged { dish, from, to, .. } => (
            say!(locale, "card-quantity-changed", dish = dish.as_str()),
            say!(
                locale,
                "card-quantity-changed-body",
                from = from.get(),
                to = to.get()
            ),
        ),
        About::ChangedTooLate { dish, .. } => (
            say!(locale, "card-changed-too-late", dish = dish.as_str()),
            say!(locale, "card-changed-too-late-body"),
        ),
        About::VoidAsked { dish, quantity, .. } => (
            say!(
                locale,
                "card-void-asked",
                count = quantity.get(),
                dish = dish.as_str()
            ),
            say!(locale, "card-void-asked-body"),
        ),
        About::CookedInVain {
            dish,
            quantity,
            table_name,
            ..
        } => (
            say!(
                locale,
                "card-cooked-in-vain",
                count = quantity.get(),
                dish = dish.as_str()
            ),
            match table_name {
                Some(table) => say!(locale, "card-cooked-in-vain-at", table = table.as_str()),
                None => say!(locale, "card-cooked-in-vain-body"),
            },
        ),
        About::DueAfterPayment { amount, .. } => (
            say!(
                locale,
                "card-due-after-payment",
                amount = locale.money_with_currency(*amount)
            ),
            say!(locale, "card-due-after-payment-body"),
        ),
        About::Overpaid { amount, .. } => (
            say!(
                locale,
                "card-overpaid",
                amount = locale.money_with_currency(*amount)
            ),
            say!(locale, "card-overpaid-body"),
        ),
        About::UnassignedMoney { amount, .. } => (
            say!(
                locale,
                "card-unassigned",
                amount = locale.money_with_currency(*amount)
            ),
            say!(locale, "card-unassigned-body"),
        ),
        About::NotPermitted { kind, .. } => (
            say!(locale, "card-not-permitted"),
            say!(locale, "card-not-permitted-body", kind = deed(kind, locale)),
        ),
        About::Rejected { kind, code, .. } => (
            say!(locale, "card-rejected", kind = deed(kind, locale)),
            locale.refusal(code),
        ),
        About::MissingRange { from, to, .. } => (
            say!(locale, "card-missing-range"),
            say!(locale, "card-missing-range-body", from = *from, to = *to),
        ),
        About::Quarantined { kind, why, .. } => (
            say!(locale, "card-quarantined", kind = deed(kind, locale)),
            why.clone(),
        ),
    }
}

fn already_sent(by: Option<&Name>, time: String, locale: &Locale) -> String {
    match by {
        Some(by) => say!(
            locale,
            "card-already-sent-by",
            by = first_name(by.as_str()),
            time = time
        ),
        None => say!(locale, "card-already-sent-body", time = time),
    }
}

/// What somebody did, by the command's kind.
fn deed(kind: &str, locale: &Locale) -> String {
    match kind {
        "orders.open" => say!(locale, "deed-open"),
        "orders.add" => say!(locale, "deed-add"),
        "orders.send" => say!(locale, "deed-send"),
        "orders.name" => say!(locale, "deed-name"),
        "orders.force" => say!(locale, "deed-force"),
        "orders.change" => say!(locale, "deed-change"),
        "orders.void" => say!(locale, "deed-void"),
        "orders.serve" => say!(locale, "deed-serve"),
        "orders.cancel" => say!(locale, "deed-cancel"),
        "orders.hand_over" => say!(locale, "deed-hand-over"),
        "billing.open" => say!(locale, "deed-bill"),
        "billing.pay" => say!(locale, "deed-pay"),
        "menu.set_availability" => say!(locale, "deed-availability"),
        "notifications.clear" => say!(locale, "deed-clear"),
        kitchen if kitchen.starts_with("kitchen.") => say!(locale, "deed-kitchen"),
        other => other.to_owned(),
    }
}

/// What was lost or stopped is red; what only needs a look is amber.
fn weight(about: &About) -> (Tone, Icon) {
    match about {
        About::TwoChecks { .. }
        | About::AlreadySent { .. }
        | About::LineRepeated { .. }
        | About::FoundCheck { .. }
        | About::UnknownTable { .. }
        | About::PriceDiffers { .. }
        | About::DishGone { .. }
        | About::QuantityChanged { .. }
        | About::ChangedTooLate { .. }
        | About::VoidAsked { .. }
        | About::NotPermitted { .. } => (Tone::Wait, Icon::CircleAlert),
        About::DueAfterPayment { .. } | About::Overpaid { .. } => (Tone::Bill, Icon::Banknote),
        About::CookedInVain { .. }
        | About::UnassignedMoney { .. }
        | About::Rejected { .. }
        | About::MissingRange { .. }
        | About::Quarantined { .. } => (Tone::Late, Icon::TriangleAlert),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::fixtures::{cards, english};

    #[test]
    fn a_card_says_what_happened_who_did_it_and_where_to_look() {
        let shown: Vec<CardShown> = cards()
            .iter()
            .map(|card| shown(&card.card, &english()))
            .collect();
        assert_eq!(shown[0].title, "Beef tartare was in the kitchen already");
        assert_eq!(
            shown[0].body,
            "Ben sent it at 19:21. It was not fired again."
        );
        assert!(shown[0].order.is_some());
        assert_eq!(shown[1].title, "2 checks on T4");
    }

    #[test]
    fn what_was_stopped_is_red_and_says_why_in_words() {
        let about = About::Rejected {
            command: crate::ids::command(),
            kind: "orders.add".to_owned(),
            code: "dish_unavailable".to_owned(),
        };
        let (title, body) = words(&about, &english());
        assert_eq!(title, "Not done: add to a check");
        assert_eq!(body, "That dish is sold out.");
        assert_eq!(weight(&about).0, Tone::Late);
    }
}
