//! Reports: the sum of the days is the sum of the bills is what the log says, however it is grouped.

use crate::kit::device::Floor;
use crate::kit::told::Transcript;
use crate::kit::{Hub, Store, Tablet};
use serde_json::{Value, json};

on_both! {
    days_bills_and_the_log_come_to_the_same,
    an_evening_is_found_in_its_reports,
    a_report_that_cannot_be_is_refused,
}

const FIGURES: [&str; 8] = [
    "orders",
    "guests",
    "quantity",
    "gross",
    "discounts",
    "net",
    "tax",
    "tips",
];
const EVER: &str = "from=2000-01-01&to=2100-01-01";

async fn get(hub: &Hub, who: &str, path: &str) -> Value {
    let token = hub.token(who).await;
    let ask = hub.get(&format!("/api/v1/{path}")).unheard().by(&token);
    ask.send().await.expect(200)
}

fn sum(items: &Value, field: &str) -> i64 {
    let items = items.as_array().unwrap().iter();
    items.map(|item| item[field].as_i64().unwrap()).sum()
}

/// Opens, sends and pays a check; so much tip beside it.
async fn paid(hub: &Hub, floor: &Floor, table: usize, dishes: &[(usize, u16)], tip: i64) -> Value {
    let ana = hub.token("ana").await;
    let item = |(dish, quantity): &(usize, u16)| json!({"dishId": floor.dishes[*dish], "quantity": quantity});
    let items: Vec<Value> = dishes.iter().map(item).collect();
    let body = json!({"tableId": floor.tables[table], "guests": 3, "items": items, "send": true});
    let order = hub
        .post("/api/v1/orders")
        .unheard()
        .by(&ana)
        .json(&body)
        .await;
    let order = order.expect(201);
    let body = json!({"orderId": order["id"]});
    let bill = hub
        .post("/api/v1/billing/bills")
        .unheard()
        .by(&ana)
        .json(&body)
        .await;
    let bill = bill.expect(201);
    let path = format!(
        "/api/v1/billing/bills/{}/payments",
        bill["id"].as_str().unwrap()
    );
    let body = json!({"method": "cash", "amount": bill["due"], "tip": tip});
    hub.post(&path)
        .unheard()
        .by(&ana)
        .json(&body)
        .await
        .expect(201);
    bill
}

/// Every bill that was paid, over all pages.
async fn bills(hub: &Hub) -> Vec<Value> {
    let (mut all, mut after) = (Vec::new(), String::new());
    loop {
        let path = format!("billing/bills?status=paid&limit=100{after}");
        let page = get(hub, "manager", &path).await;
        all.extend(page["items"].as_array().unwrap().iter().cloned());
        let Some(next) = page["next"].as_str() else {
            return all;
        };
        after = format!("&after={next}");
    }
}

async fn days_bills_and_the_log_come_to_the_same(store: Store) {
    let hub = Hub::lived_in(store).await;
    let floor = Floor::of(&hub).await;
    let last = floor.dishes.len() - 1;
    for (table, tip) in [(0, 0), (1, 100), (2, 7)] {
        let dishes = [(0, 1), (table + 1, 3), (last, 2)];
        paid(&hub, &floor, table, &dishes, tip).await;
    }
    let bills = bills(&hub).await;
    assert!(bills.len() > 100, "a week of evenings lies behind");
    let of_bills: i64 = bills
        .iter()
        .map(|bill| bill["total"].as_i64().unwrap())
        .sum();
    let tips: i64 = bills
        .iter()
        .map(|bill| bill["tips"].as_i64().unwrap())
        .sum();
    let tax: i64 = bills.iter().map(|bill| bill["tax"].as_i64().unwrap()).sum();

    let mut tablet = Tablet::enrol(&hub).await;
    let log = tablet.read_log(&hub, 500).await;
    let paid_in = |entry: &Value| {
        let events = entry["events"].as_array().unwrap().clone().into_iter();
        events.filter(|event| event["kind"] == "bill.paid")
    };
    let of_log: i64 = log
        .iter()
        .flat_map(paid_in)
        .map(|event| event["data"]["paid"]["total"].as_i64().unwrap())
        .sum();
    assert_eq!(of_bills, of_log, "the bills are what the log says");

    for by in [
        "day", "hour", "category", "dish", "waiter", "table", "tender",
    ] {
        let report = get(&hub, "manager", &format!("reports/sales?by={by}&{EVER}")).await;
        let (items, total) = (&report["items"], &report["total"]);
        for figures in items.as_array().unwrap().iter().chain([total]) {
            for field in FIGURES {
                assert!(figures[field].is_i64(), "{by}: {field}");
            }
            assert_eq!(
                figures["gross"].as_i64().unwrap(),
                ["net", "tax", "discounts"]
                    .map(|it| figures[it].as_i64().unwrap())
                    .iter()
                    .sum::<i64>()
            );
        }
        assert_eq!(sum(items, "net") + sum(items, "tax"), of_bills, "by {by}");
        assert_eq!(sum(items, "tips"), tips, "by {by}");
        assert_eq!(sum(items, "tax"), tax, "by {by}");
        assert_eq!(
            sum(items, "quantity"),
            total["quantity"].as_i64().unwrap(),
            "by {by}"
        );
        assert_eq!(
            total["net"].as_i64().unwrap() + total["tax"].as_i64().unwrap(),
            of_bills
        );
    }
    let days = get(&hub, "manager", &format!("reports/sales?by=day&{EVER}")).await;
    assert_eq!(
        days["items"].as_array().unwrap().len(),
        8,
        "a week, and today"
    );
    for day in days["items"].as_array().unwrap() {
        let own = bills.iter().filter(|bill| bill["day"] == day["key"]);
        let own: i64 = own.map(|bill| bill["total"].as_i64().unwrap()).sum();
        assert_eq!(
            day["net"].as_i64().unwrap() + day["tax"].as_i64().unwrap(),
            own,
            "{day}"
        );
    }
}

async fn an_evening_is_found_in_its_reports(store: Store) {
    let hub = Hub::demo(store).await;
    let floor = Floor::of(&hub).await;
    let bill = paid(&hub, &floor, 3, &[(0, 2), (1, 1)], 250).await;
    let bill = get(
        &hub,
        "ana",
        &format!("billing/bills/{}", bill["id"].as_str().unwrap()),
    )
    .await;
    let today = bill["day"].as_str().unwrap();
    let report = get(
        &hub,
        "manager",
        &format!("reports/sales?from={today}&to={today}&by=dish"),
    )
    .await;
    assert_eq!(
        (
            &report["from"],
            &report["to"],
            &report["by"],
            &report["currency"]
        ),
        (&json!(today), &json!(today), &json!("dish"), &json!("EUR"))
    );
    let burrata = &report["items"][0];
    for (field, value) in [
        ("key", json!(floor.dishes[0])),
        ("label", json!("Burrata, peach & basil")),
        ("orders", json!(1)),
        ("guests", json!(3)),
        ("quantity", json!(2)),
        ("gross", json!(2900)),
        ("discounts", json!(0)),
    ] {
        assert_eq!(burrata[field], value, "{field}");
    }
    assert_eq!(
        (
            &report["total"]["orders"],
            &report["total"]["guests"],
            &report["total"]["gross"]
        ),
        (&json!(1), &json!(3), &json!(4500))
    );
    assert_eq!(
        get(&hub, "manager", "reports/sales").await["total"],
        report["total"],
        "today unless told"
    );
    for (by, key, label) in [
        ("waiter", Value::Null, "Ana Sousa"),
        ("table", json!(floor.tables[3]), "T4"),
        ("tender", json!("cash"), "cash"),
        ("category", Value::Null, "Starters"),
        ("day", json!(today), today),
    ] {
        let path = format!("reports/sales?from={today}&to={today}&by={by}");
        let report = get(&hub, "manager", &path).await;
        let item = &report["items"][0];
        assert_eq!(item["label"], label, "{by}");
        assert!(key.is_null() || item["key"] == key, "{by}: {item}");
        assert_eq!(item["tips"], json!(250), "{by}");
    }
    let best = get(
        &hub,
        "manager",
        &format!("reports/best-sellers?from={today}&to={today}"),
    )
    .await;
    assert_eq!(
        (&best["items"][0]["dishId"], &best["items"][0]["quantity"]),
        (&json!(floor.dishes[0]), &json!(2))
    );
    assert_eq!(best["items"][0]["net"], burrata["net"]);
    let manager = hub.token("manager").await;
    let ask = hub.get(&format!(
        "/api/v1/reports/sales?from={today}&to={today}&by=dish"
    ));
    let csv = ask.by(&manager).header("accept", "text/csv").send().await;
    assert!(csv.header("content-type").unwrap().starts_with("text/csv"));
    let lines: Vec<&str> = csv.text.lines().collect();
    assert_eq!(
        lines[0],
        "key,label,orders,guests,quantity,gross,discounts,net,tax,tips"
    );
    assert!(
        lines[1].contains("\"Burrata, peach & basil\",1,3,2,2900,0,"),
        "{}",
        lines[1]
    );
    assert_eq!(lines.len(), 3);
    let ask = hub.get("/api/v1/reports/best-sellers?limit=1").by(&manager);
    let csv = ask.header("accept", "text/csv").send().await.text;
    assert_eq!(csv.lines().count(), 2, "{csv}");
}

async fn a_report_that_cannot_be_is_refused(store: Store) -> Transcript {
    let hub = Hub::demo(store).await;
    let manager = hub.token("manager").await;
    for bad in [
        "sales?by=weather",
        "sales?by=",
        "sales?from=yesterday",
        "sales?from=2026-02-30",
        "sales?from=+02026-02-01",
        "sales?from=2026-02-02&to=2026-02-01",
        "sales?from=%00",
        "sales?until=2026-02-02",
        "best-sellers?limit=0",
        "best-sellers?by=day",
    ] {
        let ask = hub.get(&format!("/api/v1/reports/{bad}"));
        ask.by(&manager).send().await.refused(400, "bad_request");
    }
    for who in ["ana", "kitchen"] {
        for report in ["sales", "best-sellers"] {
            let ask = hub.get(&format!("/api/v1/reports/{report}"));
            ask.by(&hub.token(who).await)
                .send()
                .await
                .refused(403, "forbidden");
        }
    }
    let none = hub.get("/api/v1/reports/sales?from=1999-01-01&to=1999-12-31");
    let none = none.by(&manager).send().await.expect(200);
    assert_eq!(
        (&none["items"], &none["total"]["net"]),
        (&json!([]), &json!(0))
    );
    hub.told()
}
