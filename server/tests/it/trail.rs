//! The whole trail of a check: each act with its person, its device, its reason, in the hub's order.

use crate::kit::device::Floor;
use crate::kit::told::Transcript;
use crate::kit::{Hub, Store, Tablet, fresh};
use serde_json::{Value, json};

on_both! { each_act_on_a_check_has_a_name_a_time_and_a_reason }

async fn each_act_on_a_check_has_a_name_a_time_and_a_reason(store: Store) -> Transcript {
    let hub = Hub::demo(store).await;
    let floor = Floor::of(&hub).await;
    let [ana, manager, kitchen] = ["ana", "manager", "kitchen"].map(|name| hub.token(name));
    let (ana, manager, kitchen) = (ana.await, manager.await, kitchen.await);
    let patch = async |by: &str, path: &str, body: Value| {
        let ask = hub.ask("PATCH", &format!("/api/v1/{path}")).by(by);
        ask.json(&body).await.expect(200)
    };
    // Ben's tablet opens the check and sends it; everything else comes by REST.
    let mut tablet = Tablet::enrol(&hub).await;
    let open = tablet.open(0, 2);
    let send = tablet.send(open.order, &open.lines);
    let pushed = tablet.push(&hub, &[&open, &send]).await;
    assert_eq!(Tablet::outcomes(pushed), ["applied"; 2]);
    let path = format!("orders/{}", open.order);
    let [kept, gone] = [open.lines[0], open.lines[1]];
    patch(
        &kitchen,
        &format!("kitchen/items/{gone}"),
        json!({"status": "preparing"}),
    )
    .await;
    let void = json!({"status": "voided", "reason": "fell on the floor"});
    let refused = hub.ask("PATCH", &format!("/api/v1/{path}/items/{gone}"));
    let refused = refused.by(&ana).json(&void).await;
    refused.refused(403, "approval_required");
    patch(&manager, &format!("{path}/items/{gone}"), void).await;
    // Another check, which is nobody's business here.
    let other = json!({"tableId": floor.tables[0], "guests": 2, "items": []});
    let other = hub.post("/api/v1/orders").by(&ana).json(&other).await;
    other.expect(201);
    let bill = hub.post("/api/v1/billing/bills").by(&ana);
    let bill = bill.json(&json!({"orderId": open.order})).await.expect(201);
    let paid = format!(
        "/api/v1/billing/bills/{}/payments",
        bill["id"].as_str().unwrap()
    );
    let paid = hub.post(&paid).by(&ana);
    let cash = json!({"method": "cash", "amount": bill["due"], "tip": 100});
    paid.json(&cash).await.expect(201);

    let trail = format!("/api/v1/{path}/trail");
    let whole = hub.get(&trail).by(&manager).send().await.expect(200);
    assert_eq!(whole["orderId"], json!(open.order));
    let steps = whole["items"].as_array().expect("steps");
    let said = |step: &Value| {
        let text = |name: &str| step[name].as_str().unwrap_or("-").to_owned();
        let words = [
            text("kind"),
            text("byName"),
            text("deviceName"),
            text("reason"),
            text("code"),
        ];
        words.join(" | ")
    };
    assert_eq!(
        steps.iter().map(said).collect::<Vec<_>>(),
        [
            "orders.open | Ana Sousa | Tablet | - | -",
            "orders.send | Ana Sousa | Tablet | - | -",
            "kitchen.advance | Kim Lindqvist | - | - | -",
            "orders.void | Ana Sousa | - | fell on the floor | approval_required",
            "orders.void | Marta Ruiz | - | fell on the floor | -",
            "billing.open | Ana Sousa | - | - | -",
            "billing.pay | Ana Sousa | - | - | -",
        ]
    );
    let event = |step: usize, kind: &str| -> &Value {
        let events = steps[step]["events"].as_array().expect("events");
        let found = events.iter().find(|event| event["kind"] == kind);
        found.unwrap_or_else(|| panic!("{kind} in {}", steps[step]))
    };
    assert_eq!(event(0, "lines.added")["items"][0]["id"], json!(kept));
    assert_eq!(event(1, "lines.fired")["items"][1]["quantity"], 1);
    assert_eq!(event(2, "lines.staged")["status"], "preparing");
    assert_eq!(event(4, "lines.voided")["items"][0]["id"], json!(gone));
    let taken = event(6, "payment.taken");
    assert_eq!(
        (&taken["amount"], &taken["tip"]),
        (&bill["due"], &json!(100))
    );
    assert_eq!(event(6, "order.closed")["status"], "completed");
    assert!(steps.is_sorted_by_key(|step| step["seq"].as_u64()));

    hub.get(&trail)
        .by(&kitchen)
        .send()
        .await
        .refused(403, "forbidden");
    let nobodys = format!("/api/v1/orders/{}/trail", fresh());
    let nobodys = hub.get(&nobodys).by(&manager).send().await;
    nobodys.refused(404, "not_found");
    hub.told()
}
