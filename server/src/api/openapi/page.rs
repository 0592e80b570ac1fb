//! The same for people: one page without a script, drawn from the routes and their shapes.

use super::{all, said, schemas};
use axum::http::header;
use axum::response::{Html, IntoResponse};
use serde_json::Value;
use std::collections::BTreeMap;
use std::fmt::Write;
use std::sync::LazyLock;

static PAGE: LazyLock<String> = LazyLock::new(page);

const POLICY: &str =
    "default-src 'none'; style-src 'unsafe-inline'; base-uri 'none'; frame-ancestors 'none'";

const HEAD: &str = r#"<!doctype html>
<html lang="en"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width, initial-scale=1">
<title>Comanda: the API</title>
<style>
:root { color-scheme: light dark; --line: #8885; }
body { font: 16px/1.5 system-ui, sans-serif; max-width: 60rem; margin: 0 auto; padding: 1.5rem; }
code, pre { font: 14px/1.5 ui-monospace, monospace; }
table { border-collapse: collapse; width: 100%; }
th, td { text-align: start; vertical-align: top; padding: .35rem .75rem .35rem 0; border-bottom: 1px solid var(--line); }
td.method { font-weight: 600; }
details { border-bottom: 1px solid var(--line); padding: .35rem 0; }
pre { overflow-x: auto; }
</style></head><body><main>
<h1>Comanda: the API</h1>
<p>The whole of it for machines: <a href="/api/v1/openapi.json">OpenAPI</a> for REST,
<a href="/api/v1/asyncapi.json">AsyncAPI</a> for sockets and Kafka. Requests and answers are JSON; an error is
<code>application/problem+json</code> with a <code>code</code>. Money is an integer of the currency's minor unit.
A write may bring <code>Idempotency-Key</code>.</p>
"#;

pub async fn docs() -> impl IntoResponse {
    (
        [(header::CONTENT_SECURITY_POLICY, POLICY)],
        Html(PAGE.as_str()),
    )
}

fn page() -> String {
    let mut out = String::from(HEAD);
    let mut areas: BTreeMap<String, Vec<_>> = BTreeMap::new();
    for (path, route) in all() {
        let area = path.trim_start_matches("/api/v1").trim_start_matches('/');
        let area = area.split(['/', '.']).next().unwrap_or_default().to_owned();
        areas.entry(area).or_default().push((path, route));
    }
    for (area, routes) in areas {
        write(
            &mut out,
            format_args!(
                "<h2>{area}</h2><table><thead><tr><th scope=\"col\">Method</th>\
            <th scope=\"col\">Path</th><th scope=\"col\">What it does, and who may</th>\
            <th scope=\"col\">Takes</th><th scope=\"col\">Gives</th></tr></thead><tbody>"
            ),
        );
        for (path, route) in routes {
            let shape = |name: Option<&str>| {
                name.map_or_else(String::new, |name| {
                    format!("<a href=\"#{name}\">{name}</a>")
                })
            };
            let (status, gives) = route.gives;
            let query = match route.query {
                [] => String::new(),
                names => format!("<br><code>?{}</code>", names.join("=&amp;") + "="),
            };
            let (does, who) = (route.does, said(route.who));
            let (takes, gives) = (shape(route.takes), shape(gives));
            let method = route.method;
            write(
                &mut out,
                format_args!(
                    "<tr><td class=\"method\">{method}</td><td><code>{path}</code>{query}</td>\
                <td>{does}<br><small>{who}</small></td><td>{takes}</td><td>{status} {gives}</td></tr>"
                ),
            );
        }
        out.push_str("</tbody></table>");
    }
    out.push_str("<h2>Shapes</h2>");
    for (name, schema) in schemas::all() {
        let text = shown(&schema);
        write(
            &mut out,
            format_args!(
                "<details id=\"{name}\"><summary><code>{name}</code></summary>\
            <pre>{text}</pre></details>"
            ),
        );
    }
    out.push_str("</main></body></html>");
    out
}

fn write(out: &mut String, what: std::fmt::Arguments<'_>) {
    // Writing to a string cannot fail.
    let _written = out.write_fmt(what);
}

/// As JSON that holds nothing which HTML would take for its own.
fn shown(schema: &Value) -> String {
    let text = serde_json::to_string_pretty(schema).unwrap_or_default();
    text.replace('&', "&amp;").replace('<', "&lt;")
}
