//! The trail of one check, as the hub's log tells it → who did what, when and why, in words.

use crate::components::{Icon, Tone};
use crate::floor::view::first_name;
use crate::strings::Locale;
use domain::money::Money;
use domain::time::Moment;
use serde::Deserialize;
use serde_json::Value;

#[derive(Debug, Clone, PartialEq, Deserialize)]
struct Trail {
    items: Vec<Step>,
}

#[derive(Debug, Clone, PartialEq, Deserialize)]
#[serde(rename_all = "camelCase")]
struct Step {
    id: String,
    at: String,
    by_name: Option<String>,
    approved_by_name: Option<String>,
    device_name: Option<String>,
    outcome: String,
    code: Option<String>,
    reason: Option<String>,
    events: Vec<Happened>,
}

#[derive(Debug, Clone, PartialEq, Deserialize)]
struct Happened {
    kind: String,
    items: Vec<Part>,
    status: Option<String>,
    station: Option<String>,
    name: Option<String>,
    guests: Option<u16>,
    number: Option<u32>,
    method: Option<String>,
    amount: Option<Money>,
    tip: Option<Money>,
}

#[derive(Debug, Clone, PartialEq, Deserialize)]
struct Part {
    name: Option<String>,
    quantity: Option<u16>,
}

/// One thing that somebody did.
#[derive(Debug, Clone, PartialEq)]
pub struct StepShown {
    pub key: String,
    /// "19:42" on the restaurant's wall.
    pub time: String,
    pub tone: Tone,
    pub icon: Icon,
    /// What came of it, the first of it first.
    pub words: Vec<String>,
    /// "Ana · Terrace tablet · agreed: Marta · Guest complained".
    pub who: String,
}

/// None: the hub's answer does not read.
pub fn steps(data: &Value, locale: &Locale) -> Option<Vec<StepShown>> {
    let trail: Trail = serde_json::from_value(data.clone()).ok()?;
    Some(trail.items.iter().map(|step| shown(step, locale)).collect())
}

fn shown(step: &Step, locale: &Locale) -> StepShown {
    let mut words: Vec<String> = step
        .events
        .iter()
        .map(|event| told(event, locale))
        .collect();
    if step.outcome != "applied" {
        let code = step.code.as_deref().unwrap_or(&step.outcome);
        words.insert(0, say!(locale, "trail-refused", why = locale.refusal(code)));
    }
    let first = step.events.first().map(|event| event.kind.as_str());
    let (tone, icon) = look(first.unwrap_or_default(), step.outcome == "applied");
    StepShown {
        key: step.id.clone(),
        time: Moment::from_rfc3339(&step.at)
            .map(|at| locale.wall(at))
            .unwrap_or_default(),
        tone,
        icon,
        words,
        who: who(step, locale),
    }
}

fn who(step: &Step, locale: &Locale) -> String {
    let by = step.by_name.as_deref().map(first_name);
    let agreed = step.approved_by_name.as_deref().map(first_name);
    let agreed = agreed.map(|name| say!(locale, "trail-agreed", name = name));
    let parts = [by, step.device_name.clone(), agreed, step.reason.clone()];
    let parts: Vec<String> = parts.into_iter().flatten().collect();
    parts.join(" · ")
}

fn told(event: &Happened, locale: &Locale) -> String {
    let items = parts(&event.items);
    let name = event.name.clone().unwrap_or_default();
    let station = event.station.clone().unwrap_or_default();
    let amount = |amount: Option<Money>| locale.money_with_currency(amount.unwrap_or_default());
    match event.kind.as_str() {
        "order.opened" | "order.seated" => {
            let guests = say!(locale, "guests", count = event.guests.unwrap_or_default());
            say!(locale, "trail-opened", table = name, guests = guests)
        }
        "order.named" => say!(locale, "trail-named", name = name),
        "order.handed_over" => say!(locale, "trail-handed-over", name = name),
        "order.closed" if event.status.as_deref() == Some("cancelled") => {
            say!(locale, "trail-cancelled")
        }
        "order.closed" => say!(locale, "trail-closed"),
        "order.reopened" => say!(locale, "trail-reopened"),
        "lines.added" => say!(locale, "trail-added", items = items),
        "line.changed" => say!(locale, "trail-changed", items = items),
        "lines.voided" => say!(locale, "trail-voided", items = items),
        "lines.fired" => say!(locale, "trail-sent", items = items),
        "lines.held" => say!(locale, "trail-held", items = items),
        "lines.served" => say!(locale, "trail-served", items = items),
        "lines.staged" => match event.status.as_deref() {
            Some("ready") => say!(locale, "trail-ready", items = items),
            Some("new") => say!(locale, "trail-undone", items = items),
            _ => say!(locale, "trail-cooking", items = items),
        },
        "tickets.seen" => say!(locale, "trail-seen", station = station),
        "ticket.bumped" => say!(locale, "trail-bumped", station = station),
        "ticket.recalled" => say!(locale, "trail-recalled", station = station),
        "voids.acknowledged" => say!(locale, "trail-void-seen", items = items),
        "bill.opened" => say!(locale, "trail-bill"),
        "payment.taken" => paid(event, locale),
        "bill.paid" => match event.number {
            Some(number) => say!(
                locale,
                "trail-paid-number",
                amount = amount(event.amount),
                number = number
            ),
            None => say!(locale, "trail-paid", amount = amount(event.amount)),
        },
        "card.raised" => say!(locale, "trail-card"),
        // A newer hub knows of more than this build has words for.
        other => other.to_owned(),
    }
}

fn paid(event: &Happened, locale: &Locale) -> String {
    let method = match event.method.as_deref() {
        Some("card") => say!(locale, "method-card"),
        Some("voucher") => say!(locale, "method-voucher"),
        _ => say!(locale, "method-cash"),
    };
    let amount = locale.money_with_currency(event.amount.unwrap_or_default());
    let took = say!(locale, "trail-took", amount = amount, method = method);
    let tip = event.tip.filter(|tip| *tip > Money::ZERO);
    let tip = tip.map(|tip| say!(locale, "tip-of", amount = locale.money(tip)));
    let parts: Vec<String> = [Some(took), tip].into_iter().flatten().collect();
    parts.join(" · ")
}

/// "2 × Tagliatelle, 1 × Risotto": lines that are called the same are counted together.
fn parts(items: &[Part]) -> String {
    let mut counted: Vec<(&str, u32)> = Vec::new();
    for item in items {
        let name = item.name.as_deref().unwrap_or("?");
        let quantity = u32::from(item.quantity.unwrap_or(1));
        match counted.iter_mut().find(|(known, _)| *known == name) {
            Some((_, count)) => *count += quantity,
            None => counted.push((name, quantity)),
        }
    }
    let each = counted
        .iter()
        .map(|(name, count)| format!("{count} × {name}"));
    each.collect::<Vec<_>>().join(", ")
}

fn look(kind: &str, applied: bool) -> (Tone, Icon) {
    match kind {
        _ if !applied => (Tone::Late, Icon::TriangleAlert),
        "lines.added" | "line.changed" => (Tone::Quiet, Icon::Plus),
        "lines.fired" => (Tone::Cook, Icon::Send),
        "lines.held" => (Tone::Wait, Icon::CirclePause),
        "lines.voided" => (Tone::Late, Icon::Ban),
        "lines.served" => (Tone::Quiet, Icon::CheckCheck),
        "tickets.seen" => (Tone::Cook, Icon::Eye),
        "lines.staged" | "ticket.recalled" | "voids.acknowledged" => (Tone::Cook, Icon::Flame),
        "ticket.bumped" => (Tone::Ready, Icon::ConciergeBell),
        "bill.opened" => (Tone::Bill, Icon::ReceiptText),
        "payment.taken" | "bill.paid" => (Tone::Ready, Icon::Banknote),
        "card.raised" => (Tone::Wait, Icon::Bell),
        _ => (Tone::Quiet, Icon::User),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::fixtures::english;
    use serde_json::json;

    fn event(kind: &str, more: &Value) -> Value {
        let mut event = json!({ "kind": kind, "items": [], "status": null, "station": null, "name": null,
            "guests": null, "number": null, "method": null, "amount": null, "tip": null });
        for (key, value) in more.as_object().unwrap() {
            event[key] = value.clone();
        }
        event
    }

    fn step(events: &[Value], more: &Value) -> Value {
        let mut step = json!({ "id": "1", "seq": 7, "at": "2026-11-21T18:42:00.000Z", "hubAt": "2026-11-21T18:42:01.000Z",
            "kind": "x", "by": null, "byName": "Ana Sousa", "approvedBy": null, "approvedByName": null, "device": null,
            "deviceName": "Terrace", "outcome": "applied", "code": null, "reason": null, "events": events });
        for (key, value) in more.as_object().unwrap() {
            step[key] = value.clone();
        }
        step
    }

    fn read(steps_: &[Value]) -> Vec<(String, String)> {
        let data = json!({ "orderId": "o", "items": steps_ });
        let shown = steps(&data, &english()).unwrap();
        let said = shown
            .into_iter()
            .map(|step| (step.words.join("; "), step.who));
        said.collect()
    }

    #[test]
    fn a_step_says_who_did_what_who_agreed_and_why() {
        let soup = json!({ "items": [{ "id": "a", "name": "Soup", "quantity": 1 }, { "id": "b", "name": "Soup", "quantity": 2 }] });
        let voided = step(
            &[event("lines.voided", &soup)],
            &json!({ "approvedByName": "Marta Ruiz", "reason": "Guest complained" }),
        );
        let paid = step(
            &[
                event(
                    "payment.taken",
                    &json!({ "method": "cash", "amount": 1_900, "tip": 100 }),
                ),
                event("bill.paid", &json!({ "number": 31, "amount": 1_900 })),
                event("order.closed", &json!({ "status": "completed" })),
            ],
            &json!({}),
        );
        assert_eq!(
            read(&[voided, paid]),
            [
                (
                    "Voided 3 × Soup".to_owned(),
                    "Ana · Terrace · agreed: Marta · Guest complained".to_owned()
                ),
                (
                    "Took €19.00 · Cash · tip 1.00; Paid: €19.00, receipt 31; Done".to_owned(),
                    "Ana · Terrace".to_owned()
                ),
            ]
        );
    }

    #[test]
    fn what_was_refused_says_so_and_what_is_new_to_this_build_still_shows() {
        let refused = step(
            &[],
            &json!({ "outcome": "rejected", "code": "already_sent" }),
        );
        let newer = step(&[event("order.moved", &json!({}))], &json!({}));
        let said = read(&[refused, newer]);
        assert_eq!(said[0].0, "Refused: That has been sent already.");
        assert_eq!(said[1].0, "order.moved");
        assert_eq!(steps(&json!({ "items": 3 }), &english()), None);
    }
}
