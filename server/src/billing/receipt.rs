//! A bill as a page to print, in the restaurant's language and time. It needs nothing but itself.

use super::stored;
use crate::api::body::Id;
use crate::api::{Api, read};
use crate::auth::May;
use crate::auth::actor::SeeMoney;
use crate::problem::Problem;
use crate::store::receipts;
use axum::extract::State;
use axum::http::{HeaderValue, header};
use axum::response::{Html, IntoResponse, Response};
use domain::Key;
use domain::billing::Method;
use domain::billing::bill::{Bill, Says, says};
use domain::ids::BillId;
use domain::money::Money;
use domain::orders::Order;
use domain::settings::Settings;
use domain::time::local;
use std::fmt::Write;

/// What the page says, in one language.
struct Words {
    lang: &'static str,
    receipt: &'static str,
    provisional: &'static str,
    copy: &'static str,
    table: &'static str,
    served_by: &'static str,
    subtotal: &'static str,
    tax_in: &'static str,
    tax_on: &'static str,
    total: &'static str,
    tip: &'static str,
    paid: &'static str,
    given: &'static str,
    change: &'static str,
    due: &'static str,
    methods: [&'static str; 3],
    comma: bool,
}

const ENGLISH: Words = Words {
    lang: "en",
    receipt: "Receipt",
    provisional: "Provisional: this is no receipt",
    copy: "Copy",
    table: "Table",
    served_by: "Served by",
    subtotal: "Subtotal",
    tax_in: "Tax contained",
    tax_on: "Tax",
    total: "Total",
    tip: "Tip",
    paid: "Paid",
    given: "Given",
    change: "Change",
    due: "Due",
    methods: ["Cash", "Card", "Voucher"],
    comma: false,
};

const GERMAN: Words = Words {
    lang: "de",
    receipt: "Rechnung",
    provisional: "Zwischenrechnung: kein Beleg",
    copy: "Kopie",
    table: "Tisch",
    served_by: "Es bediente Sie",
    subtotal: "Zwischensumme",
    tax_in: "Enthaltene MwSt.",
    tax_on: "MwSt.",
    total: "Summe",
    tip: "Trinkgeld",
    paid: "Bezahlt",
    given: "Gegeben",
    change: "Rückgeld",
    due: "Offen",
    methods: ["Bar", "Karte", "Gutschein"],
    comma: true,
};

fn words(settings: &Settings) -> &'static Words {
    let language = settings.language.as_str();
    match language.split(['-', '_']).next() {
        Some("de") => &GERMAN,
        Some(_) | None => &ENGLISH,
    }
}

pub async fn receipt(
    State(api): State<Api>,
    May(by, _): May<SeeMoney>,
    id: Id<BillId>,
) -> Result<Response, Problem> {
    let id = id.of("bill")?;
    let mut tx = api.hub.db.read().await.map_err(|e| Problem::database(&e))?;
    let settings = read::settings(&mut tx, by.restaurant).await?;
    let bill = stored(&mut tx, by.restaurant, id).await?;
    let order = read::one(&mut tx, by.restaurant, Key::Order(bill.order)).await;
    let order: Option<Order> = order.map_err(|e| Problem::database(&e))?;
    drop(tx);
    let says = says(&bill, order.as_ref()).map_err(|_| Problem::not_found("bill"))?;
    let copy = if bill.paid.is_some() {
        let shown = async {
            let mut tx = api.hub.db.begin().await?;
            let before = receipts::show(&mut tx, by.restaurant, id).await?;
            tx.commit().await?;
            Ok(before)
        };
        shown
            .await
            .map_err(|e: sqlx::Error| Problem::database(&e))?
    } else {
        false
    };
    let page = page(&bill, order.as_ref(), &says, &settings, copy);
    let mut response = Html(page).into_response();
    let headers = response.headers_mut();
    headers.insert(header::CACHE_CONTROL, HeaderValue::from_static("no-store"));
    let policy = "default-src 'none'; style-src 'unsafe-inline'";
    headers.insert(
        header::CONTENT_SECURITY_POLICY,
        HeaderValue::from_static(policy),
    );
    Ok(response)
}

/// "12.50" or "12,50", by the digits of the currency.
fn amount(words: &Words, settings: &Settings, money: Money) -> String {
    let minor = money.minor();
    let sign = if minor < 0 { "−" } else { "" };
    let code = settings.currency.code();
    let digits = settings.currency.digits();
    let unit = 10_u64.pow(digits);
    let (whole, part) = (minor.unsigned_abs() / unit, minor.unsigned_abs() % unit);
    if digits == 0 {
        return format!("{sign}{whole} {code}");
    }
    let point = if words.comma { ',' } else { '.' };
    let width = digits as usize;
    format!("{sign}{whole}{point}{part:0width$} {code}")
}

fn safe(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for c in text.chars() {
        match c {
            '&' => out.push_str("&amp;"),
            '<' => out.push_str("&lt;"),
            '>' => out.push_str("&gt;"),
            '"' => out.push_str("&quot;"),
            '\'' => out.push_str("&#39;"),
            c => out.push(c),
        }
    }
    out
}

const STYLE: &str = "body{font:14px/1.4 system-ui,sans-serif;max-width:80mm;margin:8mm auto;color:#000;background:#fff}\
h1{font-size:18px;margin:0;text-align:center}p{margin:2px 0;text-align:center}\
.note{font-weight:700;border:1px solid #000;padding:4px;margin:8px 0}\
table{width:100%;border-collapse:collapse;margin-top:8px}td{padding:2px 0;vertical-align:top}\
td+td{text-align:end;white-space:nowrap;padding-inline-start:8px}.sum td{border-top:1px solid #000;font-weight:700}\
small{display:block}@media print{body{margin:0 auto}}";

struct Rows<'a> {
    out: String,
    words: &'a Words,
    settings: &'a Settings,
}

impl Rows<'_> {
    fn row(&mut self, class: &str, label: &str, money: Money) {
        let amount = amount(self.words, self.settings, money);
        // Writing to a string does not fail.
        let _always = write!(
            self.out,
            "<tr class=\"{class}\"><td>{label}</td><td>{amount}</td></tr>"
        );
    }
}

fn page(
    bill: &Bill,
    order: Option<&Order>,
    says: &Says,
    settings: &Settings,
    copy: bool,
) -> String {
    let words = words(settings);
    let mut rows = Rows {
        out: String::new(),
        words,
        settings,
    };
    for line in &says.lines {
        let chosen: Vec<String> = line.modifiers.iter().map(|it| safe(it.as_str())).collect();
        let more = match chosen.is_empty() {
            true => String::new(),
            false => format!("<small>{}</small>", chosen.join(", ")),
        };
        let label = format!(
            "{} × {}{more}",
            line.quantity.get(),
            safe(line.name.as_str())
        );
        rows.row("", &label, line.amount);
    }
    let totals = &says.totals;
    if totals.subtotal != totals.total {
        rows.row("sum", words.subtotal, totals.subtotal);
    }
    for tax in totals.taxes.iter().filter(|tax| !tax.inclusive) {
        rows.row("", &format!("{} {} %", words.tax_on, tax.rate), tax.amount);
    }
    rows.row("sum", words.total, totals.total);
    for tax in totals.taxes.iter().filter(|tax| tax.inclusive) {
        rows.row("", &format!("{} {} %", words.tax_in, tax.rate), tax.amount);
    }
    for payment in &bill.payments {
        let method = match payment.method {
            Method::Cash => words.methods[0],
            Method::Card => words.methods[1],
            Method::Voucher => words.methods[2],
        };
        rows.row("", &format!("{} ({method})", words.paid), payment.amount);
        if payment.tip > Money::ZERO {
            rows.row("", words.tip, payment.tip);
        }
        if let Some(given) = payment.tendered {
            rows.row("", words.given, given);
            rows.row("", words.change, payment.change());
        }
    }
    if bill.paid.is_none() {
        rows.row("sum", words.due, says.due);
    }
    let title = match bill.paid.as_ref().and_then(|paid| paid.printed()) {
        Some(number) => format!("{} {number}", words.receipt),
        None => words.receipt.to_owned(),
    };
    let note = match (&bill.paid, copy) {
        (None, _) => format!("<p class=\"note\">{}</p>", words.provisional),
        (Some(_), true) => format!("<p class=\"note\">{}</p>", words.copy),
        (Some(_), false) => String::new(),
    };
    let at = bill.paid.as_ref().map_or(bill.opened_at, |paid| paid.at);
    let name = safe(settings.name.as_str());
    let of = match &bill.paid {
        Some(paid) => paid.table_name.as_ref(),
        None => order.and_then(|order| order.table_name.as_ref()),
    };
    let table = of.map(|name| format!("<p>{} {}</p>", words.table, safe(name.as_str())));
    let by = order.and_then(|order| order.opened_by_name.as_ref());
    let by = by.map(|name| format!("<p>{} {}</p>", words.served_by, safe(name.as_str())));
    format!(
        "<!doctype html><html lang=\"{}\"><head><meta charset=\"utf-8\">\
         <meta name=\"viewport\" content=\"width=device-width\"><title>{title} · {name}</title>\
         <style>{STYLE}</style></head><body><main><h1>{name}</h1><p>{title}</p><p>{}</p>{}{}{note}\
         <table><tbody>{}</tbody></table></main></body></html>",
        words.lang,
        local(at, &settings.zone),
        table.unwrap_or_default(),
        by.unwrap_or_default(),
        rows.out,
    )
}
