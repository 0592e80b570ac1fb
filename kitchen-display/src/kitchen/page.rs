//! Tickets oldest first, as many as the wall holds; what comes beyond is counted and one tap away.

use super::bar::KitchenBar;
use super::hands::use_hands_root;
use super::keys::{self, use_keys};
use super::sheets::Sheets;
use super::strip::Strip;
use super::ticket::TicketCard;
use crate::device::{Sound, use_awake, use_hidden, use_sound};
use dioxus::prelude::*;
use domain::text::Label;
use futures_channel::mpsc::unbounded;
use futures_util::StreamExt;
use protocol::bridge::{Request, View};
use protocol::view::Board;
use ui::bridge::{Reading, call, use_view};
use ui::components::list::{Loading, Unreadable};
use ui::components::{Icon, ListState, Nothing};
use ui::kitchen::layout::{Grid, Needs, Wall};
use ui::kitchen::settings::Wishes;
use ui::kitchen::sound::{Chime, Ears};
use ui::kitchen::view::{self, TicketShown};
use ui::say;
use ui::shared::{use_locale, use_shared};
use ui::sync::quiet::{Moment, is_quiet, use_last_touch};
use ui::web;

/// How long a chime is also seen.
const FLASH_MS: i32 = 1_500;

#[component]
pub fn BoardPage() -> Element {
    let mut wishes = use_signal(Wishes::kept);
    use_hands_root(use_shared());
    use_sound(wishes);
    use_awake();
    let onstation = move |next: Option<String>| {
        wishes.write().station = next;
        wishes.peek().keep();
    };
    let station = use_memo(move || wishes.read().station.clone());
    rsx! {
        // A list of one: only in a list does another key make another board, with a reading of its own.
        for name in [station()] {
            StationBoard { key: "{name:?}", station: name, onstation, wishes }
        }
    }
}

#[component]
fn StationBoard(
    station: Option<String>,
    onstation: EventHandler<Option<String>>,
    wishes: Signal<Wishes>,
) -> Element {
    let (shared, locale, sound) = (use_shared(), use_locale(), use_context::<Sound>());
    let asked = station.clone();
    let reading = use_view::<Board>(move || View::Board {
        station: asked.and_then(|name| Label::new(name).ok()),
    });
    let grid = use_grid(wishes);
    let mut turned = use_signal(|| false);
    let own = station.clone();
    let tickets = use_memo(move || {
        let (reading, locale) = (reading.read(), shared.locale.read());
        let board = reading.model.as_ref();
        board.map(|board| view::tickets(board, own.as_deref(), &locale))
    });
    let wall = use_memo(move || {
        let tickets = tickets.read();
        let needs = tickets.iter().flatten().map(|ticket| ticket.needs.clone());
        Wall::of(grid(), &needs.collect::<Vec<Needs>>(), turned())
    });
    // Once all fits again one is back at the oldest, and stays there when more come.
    use_effect(move || {
        if turned() && wall.read().from == 0 {
            turned.set(false);
        }
    });
    let on_wall = use_memo(move || {
        let (tickets, shown) = (tickets.read(), wall.read().tickets());
        let all = tickets.as_deref().unwrap_or_default();
        all.get(shown).unwrap_or_default().to_vec()
    });
    let stations = use_memo(move || {
        let reading = reading.read();
        let board = reading.model.as_ref();
        board
            .map(|board| board.stations.clone())
            .unwrap_or_default()
    });
    let keys = keys::Board {
        on_wall,
        stations,
        turned,
    };
    use_keys(keys, station.clone(), onstation);
    use_quiet_update(reading);
    use_seen(reading, on_wall);
    let flash = use_ears(reading, sound);
    let state = ListState::of(&reading.read(), |_| {
        tickets.read().as_ref().is_none_or(Vec::is_empty)
    });
    let board = reading.read().model.clone();
    let columns = grid().columns;
    let (
        scale,
        Wall {
            from,
            spots,
            beyond,
        },
    ) = (wishes.read().scale, wall());
    rsx! {
        div {
            class: "page kitchen-page",
            "data-flash": flash().map(Chime::name),
            "data-hearing": sound.hearing().name(),
            KitchenBar {
                stations: stations(),
                tickets: tickets(),
                station: station.clone(),
                onstation,
            }
            match state {
                ListState::Loading => rsx! {
                    Loading {}
                },
                ListState::Trouble(why) => rsx! {
                    Unreadable { why }
                },
                ListState::Empty => rsx! {
                    Nothing {
                        icon: Icon::ChefHat,
                        title: say!(locale, "board-empty"),
                        body: say!(locale, "board-empty-body"),
                    }
                },
                ListState::Filled => rsx! {
                    main {
                        class: "board",
                        "data-scale": "{scale}",
                        grid_template_columns: "repeat({columns}, minmax(0, 1fr))",
                        for (spot , ticket) in spots.into_iter().zip(on_wall()) {
                            TicketCard {
                                key: "{ticket.key}",
                                number: spot.ticket + 1,
                                spot,
                                ticket,
                            }
                        }
                    }
                },
            }
            Strip {
                board: board.clone(),
                beyond,
                voids: voids_off(tickets.read().as_deref().unwrap_or_default(), &wall.read()),
                turned: from > 0,
                onturn: move |()| turned.toggle(),
            }
            Sheets { board, station, wishes }
        }
    }
}

/// Voids that wait to be seen on tickets which are not on the wall.
fn voids_off(tickets: &[TicketShown], wall: &Wall) -> usize {
    let on = wall.tickets();
    let off = tickets
        .iter()
        .enumerate()
        .filter(|(at, _)| !on.contains(at));
    off.map(|(_, ticket)| ticket.voids).sum()
}

fn use_grid(wishes: Signal<Wishes>) -> Memo<Grid> {
    let mut size = use_signal(web::viewport);
    use_future(move || async move {
        let (tell, mut told) = unbounded();
        let _listening = web::on_window("resize", move || drop(tell.unbounded_send(())));
        while told.next().await.is_some() {
            size.set(web::viewport());
        }
    });
    use_memo(move || {
        let (width, height) = *size.read();
        Grid::of(width, height, wishes.read().scale)
    })
}

/// Plays what a change of the board sounds like, and says what to flash meanwhile.
fn use_ears(reading: Signal<Reading<Board>>, sound: Sound) -> Signal<Option<Chime>> {
    let mut ears = use_hook(|| CopyValue::new(Ears::default()));
    let mut flash = use_signal(|| None);
    use_effect(move || {
        let chime = reading
            .read()
            .model
            .as_ref()
            .and_then(|board| ears.write().hear(board));
        if let Some(chime) = chime {
            sound.play(chime);
            flash.set(Some(chime));
            spawn(async move {
                web::sleep(FLASH_MS).await;
                flash.set(None);
            });
        }
    });
    flash
}

/// Says which tickets somebody can see: neither what a filter keeps away nor what is beyond the wall, and nothing while
/// the page is covered.
fn use_seen(reading: Signal<Reading<Board>>, on_wall: Memo<Vec<TicketShown>>) {
    let hidden = use_hidden();
    use_effect(move || {
        let (reading, on_wall) = (reading.read(), on_wall.read());
        let board = reading.model.as_ref().filter(|_| !hidden());
        let tickets = board
            .map(|board| view::unseen(board, &on_wall))
            .unwrap_or_default();
        if !tickets.is_empty() {
            // Where it comes to nothing, the next change of the board says it again.
            spawn(async move { drop(call(&Request::Seen { tickets }).await) });
        }
    });
}

/// An update waits for a board with nothing on it.
fn use_quiet_update(reading: Signal<Reading<Board>>) {
    let shared = use_shared();
    let touched = use_last_touch();
    use_effect(move || {
        let now = *shared.now.read();
        let moment = Moment {
            at_rest: reading
                .peek()
                .model
                .as_ref()
                .is_some_and(|board| board.tickets.is_empty()),
            sheets: *shared.sheets.peek(),
            flying: *shared.flying.peek(),
            idle_ms: now.since(*touched.peek()),
        };
        if shared.heard.peek().update_ready && is_quiet(moment) {
            web::activate();
        }
    });
}
