//! The sheets over the board: what can be called back, what is off, this screen's own choices, and its keys.

use super::hands::{Open, use_hands};
use crate::device::{Sound, is_full, toggle_full};
use dioxus::prelude::*;
use domain::ids::DishId;
use protocol::bridge::View;
use protocol::view::{Board, Menu};
use ui::bridge::use_view;
use ui::components::list::{Loading, Unreadable};
use ui::components::{Button, Icon, ListState, Look, Nothing, SearchField, Sheet};
use ui::kitchen::act::{self, Stock};
use ui::kitchen::recall::{Gone, gone};
use ui::kitchen::settings::Wishes;
use ui::kitchen::sound::{Chime, Hearing};
use ui::kitchen::stock::{DishRow, outstanding, rows, words};
use ui::kitchen::view::titled;
use ui::say;
use ui::settings::PersonSheet;
use ui::shared::{use_locale, use_shared};

#[component]
pub fn Sheets(board: Option<Board>, station: Option<String>, wishes: Signal<Wishes>) -> Element {
    let hands = use_hands();
    let mut open = hands.sheet;
    let onclose = move |()| open.set(None);
    rsx! {
        match open() {
            None => rsx! {},
            Some(Open::Recall) => rsx! {
                RecallSheet { board, station, onclose }
            },
            Some(Open::Stock) => rsx! {
                StockSheet { onclose }
            },
            Some(Open::Menu) => rsx! {
                MenuSheet { wishes, onclose }
            },
            Some(Open::Help) => rsx! {
                HelpSheet { onclose }
            },
        }
    }
}

#[component]
fn RecallSheet(
    board: Option<Board>,
    station: Option<String>,
    onclose: EventHandler<()>,
) -> Element {
    let (locale, hands) = (use_locale(), use_hands());
    let now = *use_shared().now.peek();
    let all = board.map(|board| gone(&board, station.as_deref(), now, &locale));
    let all = all.unwrap_or_default();
    rsx! {
        Sheet {
            id: "recall-sheet",
            title: say!(locale, "recall"),
            wide: true,
            onclose,
            if all.is_empty() {
                p { class: "sheet-note", {say!(locale, "recall-none")} }
            }
            ul { class: "kitchen-rows",
                for row in all {
                    li { key: "{row.key}",
                        GoneRow {
                            row,
                            onrecall: move |gone: Gone| {
                                hands.tap(act::recall(&gone.bumped), String::new());
                                onclose.call(());
                            },
                        }
                    }
                }
            }
        }
    }
}

#[component]
fn GoneRow(row: Gone, onrecall: EventHandler<Gone>) -> Element {
    let locale = use_locale();
    let at = say!(locale, "bumped-at", time = locale.wall(row.at));
    let label = say!(locale, "recall-ticket", table = &row.table);
    let station = row.station.as_deref().map(titled);
    rsx! {
        div { class: "grow",
            p { class: "kitchen-row-title",
                b { "{row.table}" }
                span { class: "quiet",
                    if let Some(station) = station {
                        "{station} · "
                    }
                    "{at}"
                }
            }
            p { "{row.dishes}" }
        }
        button {
            r#type: "button",
            class: "button ghost",
            aria_label: "{label}",
            onclick: move |_| onrecall.call(row.clone()),
            {say!(locale, "recall")}
        }
    }
}

#[component]
fn StockSheet(onclose: EventHandler<()>) -> Element {
    let locale = use_locale();
    let menu = use_view::<Menu>(|| View::Menu);
    let mut search = use_signal(String::new);
    // What stood out at the first sight of the menu stays on top.
    let mut first = use_signal(|| None::<Vec<DishId>>);
    use_effect(move || {
        if let Some(menu) = &menu.read().model
            && first.peek().is_none()
        {
            first.set(Some(outstanding(menu)));
        }
    });
    let state = ListState::of(&menu.read(), |menu| menu.dishes.is_empty());
    let top = first.read().clone().unwrap_or_default();
    let found = menu
        .read()
        .model
        .as_ref()
        .map(|menu| rows(menu, &search.read(), &top, &locale));
    let found = found.unwrap_or_default();
    rsx! {
        Sheet {
            id: "stock-sheet",
            title: say!(locale, "stock-title"),
            wide: true,
            onclose,
            SearchField {
                id: "stock-search",
                label: say!(locale, "stock-search"),
                value: search(),
                oninput: move |text| search.set(text),
                onenter: |()| {},
            }
            match state {
                ListState::Loading => rsx! {
                    Loading {}
                },
                ListState::Trouble(why) => rsx! {
                    Unreadable { why }
                },
                ListState::Empty => rsx! {
                    Nothing { icon: Icon::List, title: say!(locale, "stock-no-menu") }
                },
                ListState::Filled => rsx! {
                    if found.is_empty() {
                        p { class: "sheet-note", {say!(locale, "stock-nothing-found")} }
                    }
                    ul { class: "kitchen-rows",
                        for row in found {
                            li { key: "{row.id}",
                                StockRow { row }
                            }
                        }
                    }
                },
            }
        }
    }
}

/// What the minus, the plus and the button of a dish do to it.
#[component]
fn StockRow(row: DishRow) -> Element {
    let (locale, shared) = (use_locale(), use_shared());
    let DishRow {
        id, name, stock, ..
    } = row;
    let set = move |stock: Stock| {
        if let Some(submitting) = act::stock(id, stock) {
            shared.send(submitting, |_| {});
        }
    };
    let left = match stock {
        Stock::Left(left) => Some(left),
        Stock::Gone | Stock::Plenty => None,
    };
    let off = matches!(stock, Stock::Gone | Stock::Left(0));
    let (class, word) = (
        if off { "tag late" } else { "tag quiet-tone" },
        words(stock, &locale),
    );
    rsx! {
        div { class: "grow",
            p { class: "kitchen-row-title",
                b { "{name}" }
                if stock != Stock::Plenty {
                    span { class, "{word}" }
                }
            }
            if let Some(kitchen) = row.kitchen_name {
                p { class: "quiet", "{kitchen}" }
            }
        }
        div { class: "counter",
            Button {
                look: Look::Ghost,
                icon: Icon::Minus,
                icon_only: true,
                label: say!(locale, "stock-fewer", dish = &name),
                disabled: left.is_none_or(|left| left == 0),
                onclick: move |()| set(Stock::Left(left.unwrap_or_default().saturating_sub(1))),
            }
            input {
                r#type: "text",
                inputmode: "numeric",
                autocomplete: "off",
                placeholder: "–",
                aria_label: say!(locale, "stock-count-of", dish = &name),
                value: left.map(|left| left.to_string()).unwrap_or_default(),
                onchange: move |event| {
                    if let Ok(left) = event.value().trim().parse() {
                        set(Stock::Left(left));
                    }
                },
            }
            Button {
                look: Look::Ghost,
                icon: Icon::Plus,
                icon_only: true,
                label: say!(locale, "stock-more", dish = &name),
                onclick: move |()| set(Stock::Left(left.unwrap_or_default().saturating_add(1))),
            }
        }
        if stock == Stock::Plenty {
            button {
                r#type: "button",
                class: "button ghost stock-set",
                aria_label: say!(locale, "stock-take-off", dish = &name),
                onclick: move |_| set(Stock::Gone),
                {say!(locale, "stock-off")}
            }
        } else {
            button {
                r#type: "button",
                class: "button primary stock-set",
                aria_label: say!(locale, "stock-put-back", dish = &name),
                onclick: move |_| set(Stock::Plenty),
                {say!(locale, "stock-back")}
            }
        }
    }
}

#[component]
fn MenuSheet(wishes: Signal<Wishes>, onclose: EventHandler<()>) -> Element {
    let (locale, hands) = (use_locale(), use_hands());
    let sound = use_context::<Sound>();
    let mut wishes = wishes;
    let mut wish = move |change: &dyn Fn(&mut Wishes)| {
        wishes.with_mut(|wishes| change(wishes));
        wishes.peek().keep();
    };
    let now = wishes.read().clone();
    let pressed = |is: bool| if is { "true" } else { "false" };
    rsx! {
        PersonSheet { title: say!(locale, "kitchen-menu"), onclose,
            fieldset { class: "choice",
                legend { {say!(locale, "sound")} }
                button {
                    r#type: "button",
                    aria_pressed: pressed(now.sound),
                    onclick: move |_| {
                        wish(&|wishes| wishes.sound = true);
                        sound.play(Chime::New);
                    },
                    {say!(locale, "sound-on")}
                }
                button {
                    r#type: "button",
                    aria_pressed: pressed(!now.sound),
                    onclick: move |_| wish(&|wishes| wishes.sound = false),
                    {say!(locale, "sound-off")}
                }
                if sound.hearing() == Hearing::On {
                    button { r#type: "button", onclick: move |_| sound.play(Chime::New),
                        {say!(locale, "sound-try-new")}
                    }
                    button { r#type: "button", onclick: move |_| sound.play(Chime::Void),
                        {say!(locale, "sound-try-void")}
                    }
                }
            }
            fieldset { class: "choice",
                legend { {say!(locale, "text-size")} }
                for scale in Wishes::SCALES {
                    button {
                        key: "{scale}",
                        r#type: "button",
                        aria_pressed: pressed(now.scale == scale),
                        onclick: move |_| wish(&|wishes| wishes.scale = scale),
                        "{scale} %"
                    }
                }
            }
            div { class: "sheet-foot",
                Button {
                    look: Look::Ghost,
                    label: say!(locale, "keys"),
                    onclick: move |()| hands.open(Open::Help),
                }
                Button {
                    look: Look::Ghost,
                    label: if is_full() { say!(locale, "full-screen-leave") } else { say!(locale, "full-screen") },
                    onclick: move |()| {
                        toggle_full();
                        onclose.call(());
                    },
                }
            }
        }
    }
}

#[component]
fn HelpSheet(onclose: EventHandler<()>) -> Element {
    let locale = use_locale();
    let keys = [
        ("1 – 9", say!(locale, "key-choose")),
        ("← →", say!(locale, "key-tickets")),
        ("↑ ↓", say!(locale, "key-lines")),
        ("Enter", say!(locale, "key-enter")),
        ("B", say!(locale, "key-bump")),
        ("U", say!(locale, "key-undo")),
        ("R", say!(locale, "key-recall")),
        ("S", say!(locale, "key-station")),
        ("X", say!(locale, "key-stock")),
        ("M", say!(locale, "key-more")),
        ("?", say!(locale, "key-help")),
    ];
    rsx! {
        Sheet { id: "help-sheet", title: say!(locale, "keys"), onclose,
            dl { class: "facts keys",
                for (key , does) in keys {
                    div { key: "{key}",
                        dt {
                            kbd { "{key}" }
                        }
                        dd { "{does}" }
                    }
                }
            }
        }
    }
}
