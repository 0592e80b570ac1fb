//! Taking cash: what guests are likely to give at one tap, a pad for all else, and the change, large.

use dioxus::prelude::*;
use domain::ids::{BillId, OrderId};
use domain::money::Money;
use protocol::view::{Bill, BillStatus};
use ui::billing::view::Tender;
use ui::billing::{act, view};
use ui::bridge::{Flight, Submitting};
use ui::components::{Button, Glyph, Icon, Look};
use ui::say;
use ui::shared::{use_locale, use_shared};
use ui::{ids, web};

#[component]
pub fn TenderSide(order: OrderId, bill: Bill, fresh: BillId) -> Element {
    let (shared, locale) = (use_shared(), use_locale());
    let mut given = use_signal(|| Money::ZERO);
    let mut tip = use_signal(|| Money::ZERO);
    let mut tipping = use_signal(|| false);
    let mut busy = use_signal(|| false);
    // Drawn before the first tap on Take: however often it is tapped, it counts once.
    let mut payment = use_signal(ids::payment);
    let tender = Tender {
        due: bill.due,
        given: given(),
        tip: tip(),
    };
    let taken = tender.taken();
    let digits = bill.currency.digits;
    let edit = move |change: &dyn Fn(Money) -> Money| {
        let mut edited = if tipping() { tip } else { given };
        let to = change(*edited.peek());
        edited.set(to);
    };
    let asked = bill.status == BillStatus::Open;
    let id = bill.id.unwrap_or(fresh);
    let mut take = move |()| {
        let pay = act::pay(*payment.peek(), id, order, &tender);
        let Some(pay) = pay.as_ref().and_then(Submitting::new) else {
            return;
        };
        if busy() {
            return;
        }
        busy.set(true);
        let open = (!asked)
            .then(|| Submitting::new(&act::open(id, order)))
            .flatten();
        spawn(async move {
            if let Some(open) = open {
                shared.submit(open).await;
            }
            if shared.submit(pay).await == Flight::Stored {
                payment.set(ids::payment());
                given.set(Money::ZERO);
                tip.set(Money::ZERO);
                tipping.set(false);
            }
            busy.set(false);
        });
    };
    let label = match &taken {
        None if given() > Money::ZERO => say!(locale, "tender-short"),
        None => say!(locale, "tender-type"),
        Some(taken) if taken.left > Money::ZERO => say!(
            locale,
            "tender-part",
            amount = locale.money(taken.amount),
            due = locale.money(bill.due)
        ),
        Some(taken) => say!(
            locale,
            "tender-take",
            amount =
                locale.money_with_currency(taken.amount.plus(taken.tip).unwrap_or(taken.amount))
        ),
    };
    let (change_word, change) = match &taken {
        Some(taken) if taken.left > Money::ZERO => (say!(locale, "tender-left"), taken.left),
        Some(taken) => (say!(locale, "tender-change"), taken.change),
        None => (say!(locale, "tender-change"), Money::ZERO),
    };
    let onkeydown = move |event: KeyboardEvent| match event.key() {
        Key::Backspace => edit(&Tender::backspace),
        key => {
            if let Ok(digit) = key.to_string().parse::<u8>() {
                event.prevent_default();
                edit(&|amount| Tender::digit(amount, digit));
            }
        }
    };
    rsx! {
        section { class: "tender", aria_label: say!(locale, "tender-title"), onkeydown,
            p { class: "tender-due",
                span { {say!(locale, "bill-due")} }
                b { {locale.money_with_currency(bill.due)} }
            }
            div { class: "quick",
                for (at, amount) in view::quick(bill.due, digits).into_iter().enumerate() {
                    button {
                        key: "{amount.minor()}",
                        id: "quick-{at}",
                        r#type: "button",
                        aria_pressed: if given() == amount { "true" } else { "false" },
                        onclick: move |_| {
                            given.set(amount);
                            tipping.set(false);
                        },
                        if at == 0 {
                            {say!(locale, "tender-exact", amount = locale.money(amount))}
                        } else {
                            {locale.money(amount)}
                        }
                    }
                }
            }
            div { class: "tender-amounts",
                Amount {
                    word: say!(locale, "tender-given"),
                    amount: locale.money(given()),
                    chosen: !tipping(),
                    onchoose: move |()| tipping.set(false),
                }
                Amount {
                    word: say!(locale, "tender-tip"),
                    amount: locale.money(tip()),
                    chosen: tipping(),
                    onchoose: move |()| {
                        tipping.set(true);
                        web::focus_soon("tender-1".to_owned());
                    },
                }
                button {
                    r#type: "button",
                    class: "button ghost",
                    aria_disabled: (given() <= bill.due).then_some("true"),
                    onclick: move |_| tip.set(tender.keep_the_change().tip),
                    {say!(locale, "tender-keep")}
                }
            }
            Pad { ondigits: move |digits: Vec<u8>| for digit in digits { edit(&|amount| Tender::digit(amount, digit)) }, ondelete: move |()| edit(&Tender::backspace) }
            p { class: "tender-change", role: "status",
                span { "{change_word}" }
                b { {locale.money_with_currency(change)} }
            }
            Button {
                look: Look::Primary,
                icon: Icon::Banknote,
                class: "large take",
                disabled: taken.is_none() || busy(),
                label,
                onclick: move |()| take(()),
            }
        }
    }
}

#[component]
fn Amount(word: String, amount: String, chosen: bool, onchoose: EventHandler<()>) -> Element {
    rsx! {
        button {
            r#type: "button",
            class: "amount",
            aria_pressed: if chosen { "true" } else { "false" },
            onclick: move |_| onchoose.call(()),
            span { "{word}" }
            b { "{amount}" }
        }
    }
}

#[component]
fn Pad(ondigits: EventHandler<Vec<u8>>, ondelete: EventHandler<()>) -> Element {
    let locale = use_locale();
    rsx! {
        div { class: "pad",
            for digit in [1_u8, 2, 3, 4, 5, 6, 7, 8, 9] {
                button {
                    key: "{digit}",
                    id: "tender-{digit}",
                    r#type: "button",
                    class: "number",
                    onclick: move |_| ondigits.call(vec![digit]),
                    "{digit}"
                }
            }
            button { r#type: "button", class: "number", onclick: move |_| ondigits.call(vec![0, 0]), "00" }
            button { r#type: "button", class: "number", onclick: move |_| ondigits.call(vec![0]), "0" }
            button {
                r#type: "button",
                class: "number",
                aria_label: say!(locale, "tender-delete"),
                onclick: move |_| ondelete.call(()),
                Glyph { icon: Icon::Backspace }
            }
        }
    }
}
