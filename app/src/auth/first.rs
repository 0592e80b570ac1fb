//! The first run: a hub at which nobody can sign in yet is given its name, its money and its first admin.

use dioxus::prelude::*;
use domain::devices::DeviceKind;
use protocol::bridge::SessionAsk;
use serde_json::{Value, json};
use ui::auth::demo::demo;
use ui::auth::view::demo_name;
use ui::auth::{EnrolPage, failure};
use ui::bridge::session;
use ui::components::list::Loading;
use ui::components::{Button, Glyph, Icon, Look};
use ui::say;
use ui::shared::{Shared, use_locale, use_shared};
use ui::strings::Language;
use ui::web;

/// A device of nothing yet: it is enrolled, but where the hub is new, the restaurant comes first.
#[component]
pub fn BeginPage() -> Element {
    let empty = use_resource(|| async {
        if demo().is_some() {
            return false;
        }
        let said = web::http("GET", "/health", None, None).await;
        said.is_ok_and(|(_, said)| {
            let said: Value = serde_json::from_str(&said).unwrap_or_default();
            said["founded"] == json!(false)
        })
    });
    match empty() {
        None => rsx! {
            Loading {}
        },
        Some(true) => rsx! {
            FirstPage {}
        },
        Some(false) => rsx! {
            EnrolPage { kind: DeviceKind::Waiter }
        },
    }
}

#[derive(Debug, Clone, PartialEq)]
struct Wanted {
    restaurant: String,
    currency: String,
    zone: String,
    language: &'static str,
    name: String,
    username: String,
    password: String,
}

#[component]
fn FirstPage() -> Element {
    let (shared, locale) = (use_shared(), use_locale());
    let mut wanted = use_signal(|| Wanted {
        restaurant: String::new(),
        currency: "EUR".to_owned(),
        zone: web::zone().unwrap_or_else(|| "UTC".to_owned()),
        language: shared.locale.peek().language.tag(),
        name: String::new(),
        username: String::new(),
        password: String::new(),
    });
    let (mut busy, mut trouble) = (use_signal(|| false), use_signal(|| None::<String>));
    let onsubmit = move |event: FormEvent| {
        event.prevent_default();
        if busy() {
            return;
        }
        busy.set(true);
        spawn(async move {
            let wanted = wanted.peek().clone();
            trouble.set(begin(shared, &wanted).await.err());
            busy.set(false);
        });
    };
    let now = wanted.read().clone();
    rsx! {
        main { class: "door first",
            h1 { {say!(locale, "first-title")} }
            p { class: "quiet", {say!(locale, "first-body")} }
            form { class: "form", onsubmit,
                Field {
                    id: "first-restaurant",
                    label: say!(locale, "first-restaurant"),
                    value: now.restaurant,
                    oninput: move |text| wanted.write().restaurant = text,
                }
                div { class: "pair",
                    Field {
                        id: "first-currency",
                        label: say!(locale, "first-currency"),
                        value: now.currency,
                        oninput: move |text: String| wanted.write().currency = text.trim().to_uppercase(),
                    }
                    Field {
                        id: "first-zone",
                        label: say!(locale, "first-zone"),
                        value: now.zone,
                        oninput: move |text| wanted.write().zone = text,
                    }
                }
                fieldset { class: "choice",
                    legend { {say!(locale, "language")} }
                    for language in Language::ALL {
                        button {
                            key: "{language:?}",
                            r#type: "button",
                            lang: language.tag(),
                            aria_pressed: if now.language == language.tag() { "true" } else { "false" },
                            onclick: move |_| {
                                wanted.write().language = language.tag();
                                let mut choices = shared.choices;
                                choices.write().language = Some(language);
                            },
                            {language.own_name()}
                        }
                    }
                }
                h2 { {say!(locale, "first-admin")} }
                Field {
                    id: "first-name",
                    label: say!(locale, "first-name"),
                    value: now.name,
                    oninput: move |text| wanted.write().name = text,
                }
                Field {
                    id: "first-username",
                    label: say!(locale, "sign-in-username"),
                    value: now.username,
                    oninput: move |text: String| wanted.write().username = text.trim().to_lowercase(),
                }
                Field {
                    id: "first-password",
                    label: say!(locale, "first-password"),
                    value: now.password,
                    secret: true,
                    oninput: move |text| wanted.write().password = text,
                }
                if let Some(why) = trouble() {
                    p { class: "notice late", role: "alert",
                        Glyph { icon: Icon::TriangleAlert }
                        span { "{why}" }
                    }
                }
                Button {
                    look: Look::Primary,
                    submit: true,
                    class: "large",
                    disabled: busy(),
                    label: if busy() { say!(locale, "first-busy") } else { say!(locale, "first-do") },
                    onclick: move |()| {},
                }
            }
        }
    }
}

#[component]
fn Field(
    id: String,
    label: String,
    value: String,
    oninput: EventHandler<String>,
    #[props(default)] secret: bool,
) -> Element {
    rsx! {
        div { class: "form",
            label { r#for: "{id}", "{label}" }
            input {
                id: "{id}",
                r#type: if secret { "password" } else { "text" },
                required: true,
                autocapitalize: "none",
                autocomplete: if secret { "new-password" } else { "off" },
                value: "{value}",
                oninput: move |event| oninput.call(event.value()),
            }
        }
    }
}

/// Each step can be done again: what was cut off goes on where it stood.
async fn begin(shared: Shared, wanted: &Wanted) -> Result<(), String> {
    let admin = json!({
        "username": wanted.username,
        "password": wanted.password,
        "fullName": wanted.name.trim(),
        "role": "admin",
    });
    match told(shared, "POST", "/auth/register", None, &admin).await {
        // It is there since an earlier try: whether it is theirs, their password says.
        Ok(_) | Err((401, _)) => {}
        Err((_, why)) => return Err(why),
    }
    let said = |(_, why): (u16, String)| why;
    let login = json!({ "username": wanted.username, "password": wanted.password });
    let login = told(shared, "POST", "/auth/login", None, &login)
        .await
        .map_err(said)?;
    let token = login["accessToken"].as_str().unwrap_or_default().to_owned();
    let settings = json!({
        "name": wanted.restaurant.trim(),
        "currency": wanted.currency,
        "zone": wanted.zone.trim(),
        "language": wanted.language,
    });
    told(shared, "PATCH", "/settings", Some(&token), &settings)
        .await
        .map_err(said)?;
    let kind = json!({ "kind": "waiter" });
    let code = told(shared, "POST", "/devices/codes", Some(&token), &kind)
        .await
        .map_err(said)?;
    let kind = DeviceKind::Waiter;
    let name = demo_name(kind, &shared.locale.peek());
    let enrol = SessionAsk::Enrol {
        name,
        kind,
        code: code["code"].as_str().map(ToOwned::to_owned),
        hub: None,
    };
    // The first page goes with the enrolment; who signs in is the first admin.
    let (username, password) = (wanted.username.clone(), wanted.password.clone());
    dioxus::core::spawn_forever(async move {
        let answer = session(enrol).await;
        let enrolled = failure(&answer, &shared.locale.peek());
        let answer = match enrolled {
            None => session(SessionAsk::SignIn { username, password }).await,
            Some(_) => answer,
        };
        let why = failure(&answer, &shared.locale.peek());
        if let Some(why) = why {
            shared.toast(ui::components::toast::Toast::trouble(why));
        }
    });
    Ok(())
}

/// One call of the outside contract; what went wrong comes in words.
async fn told(
    shared: Shared,
    method: &str,
    path: &str,
    token: Option<&str>,
    body: &Value,
) -> Result<Value, (u16, String)> {
    let path = format!("/api/v1{path}");
    let said = web::http(method, &path, token, Some(&body.to_string())).await;
    let locale = shared.locale.peek().clone();
    let Ok((status, text)) = said else {
        return Err((0, say!(locale, "needs-hub")));
    };
    let json: Value = serde_json::from_str(&text).unwrap_or_default();
    if (200..300).contains(&status) {
        return Ok(json);
    }
    let wrong = &json["errors"][0];
    let why = match (wrong["field"].as_str(), wrong["code"].as_str()) {
        (Some(field), Some(code)) => say!(locale, "bad-input", what = format!("{field}: {code}")),
        _ => locale.refusal(json["code"].as_str().unwrap_or("unknown")),
    };
    Err((status, why))
}
