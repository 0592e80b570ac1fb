//! Reports over REST, as JSON and as CSV: what paid bills sold.

pub mod facts;

use crate::api::body::{Asked, bad_query};
use crate::api::{Api, read};
use crate::auth::May;
use crate::auth::actor::ReadReports;
use crate::billing::day;
use crate::problem::Problem;
use crate::store::sales::{self, By, Sold};
use axum::Json;
use axum::extract::State;
use axum::http::{HeaderMap, HeaderValue, header};
use axum::response::{IntoResponse, Response};
use domain::settings::Settings;
use domain::time::Day;
use serde::{Deserialize, Serialize};

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Query {
    from: Option<String>,
    to: Option<String>,
    by: Option<String>,
}

#[derive(Debug, Serialize)]
struct SalesShape {
    from: String,
    to: String,
    by: &'static str,
    currency: String,
    items: Vec<SoldShape>,
    total: FiguresShape,
}

#[derive(Debug, Serialize)]
struct SoldShape {
    /// None where nobody knows it any more.
    key: Option<String>,
    label: String,
    #[serde(flatten)]
    figures: FiguresShape,
}

#[derive(Debug, Serialize)]
struct FiguresShape {
    orders: i64,
    guests: i64,
    quantity: i64,
    gross: i64,
    discounts: i64,
    net: i64,
    tax: i64,
    tips: i64,
}

fn figures(sold: &Sold) -> FiguresShape {
    FiguresShape {
        orders: sold.orders,
        guests: sold.guests,
        quantity: sold.quantity,
        gross: sold.net + sold.tax + sold.discounts,
        discounts: sold.discounts,
        net: sold.net,
        tax: sold.tax,
        tips: sold.tips,
    }
}

/// The days that are asked about; today unless told.
fn days(
    api: &Api,
    settings: &Settings,
    from: Option<&str>,
    to: Option<&str>,
) -> Result<(String, String), Problem> {
    let today = settings.day_of(api.hub.world.now());
    let asked = |field: &str, text: Option<&str>| text.map(|text| day(field, text)).transpose();
    let (from, to): (Option<Day>, Option<Day>) = (asked("from", from)?, asked("to", to)?);
    let to_or = to.unwrap_or_else(|| from.map_or(today, |from| from.max(today)));
    let from_or = from.unwrap_or(to_or);
    if from_or > to_or {
        return Err(bad_query("to", "lies before from"));
    }
    Ok((from_or.to_string(), to_or.to_string()))
}

pub async fn sales(
    State(api): State<Api>,
    May(by, _): May<ReadReports>,
    headers: HeaderMap,
    Asked(query): Asked<Query>,
) -> Result<Response, Problem> {
    let group = query.by.as_deref().unwrap_or("day");
    let group = By::ALL.into_iter().find(|by| by.as_str() == group);
    let group = group.ok_or_else(|| bad_query("by", "sales are not grouped by that"))?;
    let mut tx = api.hub.db.read().await.map_err(|e| Problem::database(&e))?;
    let settings = read::settings(&mut tx, by.restaurant).await?;
    let (from, to) = days(&api, &settings, query.from.as_deref(), query.to.as_deref())?;
    let rows = sales::sums(&mut tx, by.restaurant, group, &from, &to).await;
    let mut rows = rows.map_err(|e| Problem::database(&e))?;
    let total = sales::sums(&mut tx, by.restaurant, By::Nothing, &from, &to).await;
    let total = total.map_err(|e| Problem::database(&e))?;
    sort(&mut rows, group);
    let total = figures(total.first().unwrap_or(&Sold::default()));
    let items: Vec<SoldShape> = rows.iter().map(|row| shape(row, group)).collect();
    if wants_csv(&headers) {
        return Ok(csv(&sales_csv(&items)));
    }
    Ok(Json(SalesShape {
        from,
        to,
        by: group.as_str(),
        currency: settings.currency.code().to_owned(),
        items,
        total,
    })
    .into_response())
}

/// Time goes on; everything else begins with what brought most.
fn sort(rows: &mut [Sold], by: By) {
    match by {
        By::Day | By::Hour => rows.sort_by(|a, b| a.grouped.cmp(&b.grouped)),
        By::Nothing | By::Category | By::Dish | By::Waiter | By::Table | By::Tender => {
            rows.sort_by(|a, b| {
                let most = (b.net + b.tax).cmp(&(a.net + a.tax));
                most.then_with(|| a.label.cmp(&b.label))
                    .then_with(|| a.grouped.cmp(&b.grouped))
            });
        }
    }
}

fn shape(row: &Sold, by: By) -> SoldShape {
    let label = match by {
        By::Hour => format!("{}:00", row.label),
        By::Nothing | By::Day | By::Category => row.label.clone(),
        By::Dish | By::Waiter | By::Table | By::Tender => row.label.clone(),
    };
    SoldShape {
        key: Some(row.grouped.clone()).filter(|key| !key.is_empty()),
        label,
        figures: figures(row),
    }
}

fn sales_csv(items: &[SoldShape]) -> Vec<Vec<String>> {
    let head = [
        "key",
        "label",
        "orders",
        "guests",
        "quantity",
        "gross",
        "discounts",
        "net",
        "tax",
        "tips",
    ];
    let mut lines = vec![head.map(str::to_owned).to_vec()];
    lines.extend(items.iter().map(|item| {
        let it = &item.figures;
        let numbers = [
            it.orders,
            it.guests,
            it.quantity,
            it.gross,
            it.discounts,
            it.net,
            it.tax,
            it.tips,
        ];
        let key = item.key.clone().unwrap_or_default();
        let words = [key, item.label.clone()].into_iter();
        words.chain(numbers.map(|n| n.to_string())).collect()
    }));
    lines
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct BestQuery {
    from: Option<String>,
    to: Option<String>,
    limit: Option<String>,
}

#[derive(Debug, Serialize)]
struct BestShape {
    from: String,
    to: String,
    currency: String,
    items: Vec<SellerShape>,
}

#[derive(Debug, Serialize)]
#[serde(rename_all = "camelCase")]
struct SellerShape {
    dish_id: String,
    name: String,
    quantity: i64,
    net: i64,
}

pub async fn best_sellers(
    State(api): State<Api>,
    May(by, _): May<ReadReports>,
    headers: HeaderMap,
    Asked(query): Asked<BestQuery>,
) -> Result<Response, Problem> {
    let limit = crate::api::list::limit(query.limit.as_deref())?;
    let mut tx = api.hub.db.read().await.map_err(|e| Problem::database(&e))?;
    let settings = read::settings(&mut tx, by.restaurant).await?;
    let (from, to) = days(&api, &settings, query.from.as_deref(), query.to.as_deref())?;
    let rows = sales::sums(&mut tx, by.restaurant, By::Dish, &from, &to).await;
    let mut rows = rows.map_err(|e| Problem::database(&e))?;
    rows.retain(|row| !row.grouped.is_empty());
    rows.sort_by(|a, b| {
        let most = (b.quantity, b.net).cmp(&(a.quantity, a.net));
        most.then_with(|| a.label.cmp(&b.label))
            .then_with(|| a.grouped.cmp(&b.grouped))
    });
    rows.truncate(limit);
    let seller = |row: Sold| SellerShape {
        dish_id: row.grouped,
        name: row.label,
        quantity: row.quantity,
        net: row.net,
    };
    let items: Vec<SellerShape> = rows.into_iter().map(seller).collect();
    if wants_csv(&headers) {
        let mut lines = vec![
            ["dishId", "name", "quantity", "net"]
                .map(str::to_owned)
                .to_vec(),
        ];
        lines.extend(items.iter().map(|it| {
            let (quantity, net) = (it.quantity.to_string(), it.net.to_string());
            vec![it.dish_id.clone(), it.name.clone(), quantity, net]
        }));
        return Ok(csv(&lines));
    }
    let currency = settings.currency.code().to_owned();
    Ok(Json(BestShape {
        from,
        to,
        currency,
        items,
    })
    .into_response())
}

/// CSV is asked for by name; whoever takes anything gets JSON.
fn wants_csv(headers: &HeaderMap) -> bool {
    let accept = headers.get(header::ACCEPT).and_then(|it| it.to_str().ok());
    let kinds = accept.into_iter().flat_map(|accept| accept.split(','));
    let mut kinds = kinds.map(|kind| kind.split(';').next().unwrap_or_default().trim());
    kinds.any(|kind| kind.eq_ignore_ascii_case("text/csv"))
}

fn csv(lines: &[Vec<String>]) -> Response {
    let text: String = lines
        .iter()
        .map(|cells| {
            let cells: Vec<String> = cells.iter().map(|cell| quoted(cell)).collect();
            cells.join(",") + "\r\n"
        })
        .collect();
    let mut response = text.into_response();
    let kind = HeaderValue::from_static("text/csv; charset=utf-8");
    response.headers_mut().insert(header::CONTENT_TYPE, kind);
    response
}

/// Quoted where it has to be; what a spreadsheet would take for a formula stays a text.
fn quoted(cell: &str) -> String {
    let number = cell.parse::<i64>().is_ok();
    let formula = !number && cell.starts_with(['=', '+', '-', '@', '\t']);
    let cell = if formula {
        format!("'{cell}")
    } else {
        cell.to_owned()
    };
    if cell.contains([',', '"', '\n', '\r']) {
        format!("\"{}\"", cell.replace('"', "\"\""))
    } else {
        cell
    }
}

#[cfg(test)]
mod tests {
    use super::quoted;

    #[test]
    fn a_cell_is_a_cell_whatever_it_holds() {
        assert_eq!(quoted("Burrata, peach"), "\"Burrata, peach\"");
        assert_eq!(quoted("say \"hi\""), "\"say \"\"hi\"\"\"");
        assert_eq!(quoted("=1+1"), "'=1+1");
        assert_eq!(quoted("-12"), "-12");
    }
}
