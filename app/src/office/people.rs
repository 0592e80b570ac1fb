//! People: who there is, adding one, taking somebody out of service, and new PINs and passwords.

use super::page::{AsOf, NoData, read};
use crate::auth::PasswordNotice;
use dioxus::prelude::*;
use domain::auth::Role;
use protocol::bridge::{Ask, Fetch};
use serde::Deserialize;
use serde_json::json;
use ui::auth::failure;
use ui::auth::view::role_word;
use ui::bridge::{ask, use_fetch};
use ui::components::toast::Toast;
use ui::components::{Button, Icon, Look, Sheet, Tag, Tone};
use ui::say;
use ui::shared::{Shared, use_locale, use_shared};

#[derive(Debug, Clone, PartialEq, Deserialize)]
#[serde(rename_all = "camelCase")]
struct User {
    id: String,
    username: String,
    full_name: String,
    role: Role,
    is_active: bool,
}

/// A list as it is, or as a page of one.
#[derive(Debug, Clone, Deserialize)]
#[serde(untagged)]
pub enum Listed<T> {
    Page { items: Vec<T> },
    Plain(Vec<T>),
}

impl<T> Listed<T> {
    pub fn items(self) -> Vec<T> {
        match self {
            Self::Page { items } | Self::Plain(items) => items,
        }
    }
}

/// Writes at the hub; what went wrong is said, and what is shown is read again.
pub fn write(shared: Shared, what: Ask, mut again: Signal<u32>, then: impl FnOnce() + 'static) {
    spawn(async move {
        let answer = ask(what).await;
        let locale = shared.locale.peek().clone();
        match failure(&answer, &locale) {
            Some(why) => shared.toast(Toast::trouble(why)),
            None => then(),
        }
        *again.write() += 1;
    });
}

#[component]
pub fn People() -> Element {
    let locale = use_locale();
    let again = use_signal(|| 0);
    let mut adding = use_signal(|| false);
    let mut chosen = use_signal(|| None::<User>);
    let what = use_memo(|| Fetch::Users);
    let fetched = use_fetch(what, again);
    let users: Option<Vec<User>> = read(&fetched.read()).map(Listed::items);
    let Some(users) = users else {
        return rsx! {
            NoData { fetched: fetched(), again, by_password: true }
        };
    };
    rsx! {
        AsOf { fetched: fetched() }
        PasswordNotice {}
        div { class: "office-tools row",
            Button {
                look: Look::Primary,
                icon: Icon::Plus,
                label: say!(locale, "person-add"),
                onclick: move |()| adding.set(true),
            }
        }
        ul { class: "rows",
            for user in users {
                li { key: "{user.id}",
                    button {
                        r#type: "button",
                        class: "office-row",
                        onclick: move |_| chosen.set(Some(user.clone())),
                        b { class: "grow", "{user.full_name}" }
                        span { class: "quiet", "{user.username}" }
                        span { {role_word(user.role, &locale)} }
                        if !user.is_active {
                            Tag { tone: Tone::Quiet, icon: Icon::Ban, {say!(locale, "person-inactive")} }
                        }
                    }
                }
            }
        }
        if adding() {
            AddSheet { again, onclose: move |()| adding.set(false) }
        }
        if let Some(user) = chosen() {
            UserSheet { user, again, onclose: move |()| chosen.set(None) }
        }
    }
}

#[component]
fn Field(
    id: String,
    label: String,
    value: Signal<String>,
    #[props(default)] secret: bool,
    #[props(default)] digits: bool,
) -> Element {
    let mut value = value;
    rsx! {
        label { r#for: "{id}", "{label}" }
        input {
            id: "{id}",
            r#type: if secret { "password" } else { "text" },
            inputmode: if digits { "numeric" } else { "text" },
            autocomplete: if secret { "new-password" } else { "off" },
            autocapitalize: "none",
            value: "{value}",
            oninput: move |event| value.set(event.value()),
        }
    }
}

#[component]
fn RoleChoice(role: Signal<Role>) -> Element {
    let locale = use_locale();
    let mut role = role;
    rsx! {
        fieldset { class: "choice",
            legend { {say!(locale, "person-role")} }
            for known in Role::ALL {
                button {
                    key: "{known.as_str()}",
                    r#type: "button",
                    aria_pressed: if role() == known { "true" } else { "false" },
                    onclick: move |_| role.set(known),
                    {role_word(known, &locale)}
                }
            }
        }
    }
}

#[component]
fn AddSheet(again: Signal<u32>, onclose: EventHandler<()>) -> Element {
    let (shared, locale) = (use_shared(), use_locale());
    let (name, username, password) = (
        use_signal(String::new),
        use_signal(String::new),
        use_signal(String::new),
    );
    let role = use_signal(|| Role::Staff);
    let onsubmit = move |event: FormEvent| {
        event.prevent_default();
        let body = json!({
            "username": username.peek().trim().to_lowercase(),
            "password": *password.peek(),
            "fullName": name.peek().trim(),
            "role": role.peek().as_str(),
        });
        write(shared, Ask::AddUser { body }, again, move || {
            onclose.call(())
        });
    };
    rsx! {
        Sheet { id: "person-add", title: say!(locale, "person-add"), onclose,
            form { class: "form", onsubmit,
                Field { id: "person-name", label: say!(locale, "person-name"), value: name }
                Field { id: "person-username", label: say!(locale, "sign-in-username"), value: username }
                Field { id: "person-password", label: say!(locale, "sign-in-password"), value: password, secret: true }
                RoleChoice { role }
                Button {
                    look: Look::Primary,
                    submit: true,
                    class: "large",
                    label: say!(locale, "person-add"),
                    onclick: move |()| {},
                }
            }
        }
    }
}

#[component]
fn UserSheet(user: User, again: Signal<u32>, onclose: EventHandler<()>) -> Element {
    let (shared, locale) = (use_shared(), use_locale());
    let name = use_signal(|| user.full_name.clone());
    let role = use_signal(|| user.role);
    let (pin, password) = (use_signal(String::new), use_signal(String::new));
    let (id, active) = (user.id.clone(), user.is_active);
    let save = {
        let id = id.clone();
        move |event: FormEvent| {
            event.prevent_default();
            let mut body = json!({ "fullName": name.peek().trim(), "role": role.peek().as_str() });
            for (field, value) in [("pin", &*pin.peek()), ("password", &*password.peek())] {
                if !value.is_empty() {
                    body[field] = json!(value);
                }
            }
            let what = Ask::ChangeUser {
                id: id.clone(),
                body,
            };
            write(shared, what, again, move || onclose.call(()));
        }
    };
    rsx! {
        Sheet { id: "person-change", title: user.full_name, onclose,
            form { class: "form", onsubmit: save,
                Field { id: "person-name", label: say!(locale, "person-name"), value: name }
                RoleChoice { role }
                Field { id: "person-pin", label: say!(locale, "person-new-pin"), value: pin, secret: true, digits: true }
                Field { id: "person-password", label: say!(locale, "person-new-password"), value: password, secret: true }
                div { class: "sheet-do two",
                    Button {
                        look: Look::Ghost,
                        class: "large",
                        label: if active { say!(locale, "person-deactivate") } else { say!(locale, "person-activate") },
                        onclick: move |()| {
                            let what = Ask::ChangeUser {
                                id: id.clone(),
                                body: json!({ "isActive": !active }),
                            };
                            write(shared, what, again, move || onclose.call(()));
                        },
                    }
                    Button {
                        look: Look::Primary,
                        submit: true,
                        class: "large",
                        label: say!(locale, "do-save"),
                        onclick: move |()| {},
                    }
                }
            }
        }
    }
}
