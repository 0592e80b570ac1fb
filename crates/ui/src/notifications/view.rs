//! A card → what happened, what became of it, and where to look.

use crate::components::{Icon, Tone};
use crate::floor::view::first_name;
use crate::strings::Locale;
use domain::ids::{LineId, OrderId};
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
    /// What can be done about it, the likeliest first.
    pub remedies: Vec<Remedy>,
}

/// One tap that answers a card. Only what can be done is offered.
#[derive(Debug, Clone, Copy, PartialEq)]
pub enum Remedy {
    /// Look at the check.
    Open(OrderId),
    /// Look at its bill.
    Bill(OrderId),
    /// The guest was asked: cook it all the same.
    Force(OrderId, LineId),
    /// So many of the line are not wanted; none is all of it.
    Void(OrderId, LineId, Option<u16>),
    /// Nothing has to be done: it is put away. `keep` where that means that both stay.
    Dismiss { keep: bool },
}

impl Remedy {
    pub fn words(self, locale: &Locale) -> String {
        match self {
            Self::Open(_) => say!(locale, "open-check"),
            Self::Bill(_) => say!(locale, "open-bill"),
            Self::Force(..) => say!(locale, "do-force"),
            Self::Void(..) => say!(locale, "do-void"),
            Self::Dismiss { keep: true } => say!(locale, "keep-both"),
            Self::Dismiss { keep: false } => say!(locale, "card-seen"),
        }
    }
}

/// What helps; who may put the card away gets that offered too.
fn remedies(about: &About, dismiss: bool) -> Vec<Remedy> {
    let own = match about {
        About::DishGone { order, line, .. } => vec![
            Remedy::Force(*order, *line),
            Remedy::Void(*order, *line, None),
        ],
        About::VoidAsked {
            order,
            line,
            quantity,
            ..
        } => vec![Remedy::Void(*order, *line, Some(quantity.get()))],
        About::DueAfterPayment { order, .. } => vec![Remedy::Bill(*order)],
        About::TwoChecks { .. }
        | About::AlreadySent { .. }
        | About::LineRepeated { .. }
        | About::FoundCheck { .. }
        | About::UnknownTable { .. }
        | About::PriceDiffers { .. }
        | About::QuantityChanged { .. }
        | About::ChangedTooLate { .. }
        | About::CookedInVain { .. }
        | About::Overpaid { .. }
        | About::UnassignedMoney { .. }
        | About::NotPermitted { .. }
        | About::Rejected { .. }
        | About::MissingRange { .. }
        | About::Quarantined { .. } => Vec::new(),
    };
    let keep = matches!(about, About::TwoChecks { .. });
    let dismiss = dismiss.then_some(Remedy::Dismiss { keep });
    let open = about.orders().last().copied().map(Remedy::Open);
    own.into_iter().chain(dismiss).chain(open).collect()
}

/// `dismiss`: who looks at it may put it away.
pub fn shown(card: &Card, dismiss: bool, locale: &Locale) -> CardShown {
    let (title, body) = words(&card.about, locale);
    let (tone, icon) = weight(&card.about);
    CardShown {
        key: card.id.to_string(),
        tone,
        icon,
        title,
        body,
        time: locale.wall(card.at),
        remedies: remedies(&card.about, dismiss),
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
            .map(|card| shown(&card.card, true, &english()))
            .collect();
        assert_eq!(shown[0].title, "Beef tartare was in the kitchen already");
        assert_eq!(
            shown[0].body,
            "Ben sent it at 19:21. It was not fired again."
        );
        assert_eq!(shown[1].title, "2 checks on T4");
    }

    #[test]
    fn a_card_offers_what_helps_and_putting_it_away_to_whom_it_belongs() {
        let cards = cards();
        let offered = |what: usize, dismiss| -> Vec<String> {
            let shown = shown(&cards[what].card, dismiss, &english());
            let words = |remedy: &Remedy| remedy.words(&english());
            shown.remedies.iter().map(words).collect()
        };
        assert_eq!(offered(1, true), ["Keep both", "Open the check"]);
        let gone = ["Cook it all the same", "Void…", "Seen to", "Open the check"];
        assert_eq!(offered(2, true), gone);
        assert_eq!(offered(0, false), ["Open the check"]);
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
